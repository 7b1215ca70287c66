//! What the station does by itself, when nobody asks.

pub mod metering;
pub mod outbox;
pub mod time;
pub mod uploads;

use tokio::sync::{mpsc, oneshot};

/// Ends a task after what it has in hand: the word that says so carries the way to tell that it was heard.
async fn end<W>(way: &mpsc::Sender<W>, word: impl FnOnce(oneshot::Sender<()>) -> W) {
    let (tell, ended) = oneshot::channel();
    if way.send(word(tell)).await.is_ok() {
        let _ = ended.await;
    }
}
