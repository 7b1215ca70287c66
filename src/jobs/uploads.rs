//! Works off massive uploads, and forgets them when their time is over.
//!
//! Every station has one task for it. Where several share a database, the rows say who works on what.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use tracing::{info, warn};

use super::end;
use crate::station::Station;
use crate::store::StoreError;
use crate::telemetry::chain;
use crate::use_cases::once::KEPT_FOR;
use crate::use_cases::uploads::{carry_out_a_batch, forget_an_upload};

/// How often the task looks for what another station has left, or has taken and not yet begun.
const PAUSE: Duration = Duration::from_secs(2);
/// How often it looks for what is to be forgotten.
const TIDYING: Duration = Duration::from_secs(3600);

/// The way to the task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Jobs(mpsc::Sender<Word>);

/// The task before it runs.
#[derive(Debug)]
pub struct Task(mpsc::Receiver<Word>);

/// What the task is told.
#[derive(Debug)]
enum Word {
    /// There is something to do.
    Look,
    /// It is to end after what it has in hand.
    End(oneshot::Sender<()>),
}

impl Jobs {
    /// A task, and the way to it.
    pub fn new() -> (Jobs, Task) {
        let (words, heard) = mpsc::channel(16);
        (Jobs(words), Task(heard))
    }

    /// Tells the task that there is something to do. Where it has not come to hear the last word, it will look anyway.
    pub fn look(&self) {
        let _ = self.0.try_send(Word::Look);
    }

    /// Ends the task after what it has in hand.
    pub async fn close(&self) {
        end(&self.0, Word::End).await;
    }
}

impl Task {
    /// Starts the task.
    pub fn start(self, station: Station) {
        tokio::spawn(self.run(station));
    }

    async fn run(mut self, station: Station) {
        let worker = uuid::Uuid::new_v4().simple().to_string();
        let mut tidied: Option<Instant> = None;
        let mut failing = false;
        loop {
            let untidy = tidy(&station, &mut tidied).await;
            let done = do_something(&station, &worker).await;
            match &done {
                Err(cause) if !failing => {
                    warn!(cause = chain(cause), "uploads have to wait; trying again until it works")
                }
                Ok(_) if failing => info!("uploads are worked off again"),
                _ => {}
            }
            failing = done.is_err();
            let pause = if untidy || matches!(done, Ok(true)) { Duration::ZERO } else { PAUSE };
            if let Ok(Some(Word::End(tell))) = timeout(pause, self.0.recv()).await {
                if let Err(cause) = station.store.release_uploads(&worker).await {
                    warn!(cause = chain(&cause), "another station has to wait before it goes on with an upload");
                }
                let _ = tell.send(());
                return;
            }
        }
    }
}

/// Works off the next batch; tells whether there may be more.
async fn do_something(station: &Station, worker: &str) -> Result<bool, StoreError> {
    match carry_out_a_batch(station, worker).await {
        // A rival was faster, on the upload or on a position.
        Err(cause) if cause.is_conflict() => Ok(true),
        other => other,
    }
}

/// Forgets something that is old when it is time to, whatever becomes of the work; tells whether there may be more.
async fn tidy(station: &Station, tidied: &mut Option<Instant>) -> bool {
    if tidied.is_some_and(|last| last.elapsed() < TIDYING) {
        return false;
    }
    let forget = async {
        station.store.forget_answers(station.clock.now() - KEPT_FOR).await?;
        forget_an_upload(station).await
    };
    let more = forget.await.unwrap_or_else(|cause| {
        warn!(cause = chain(&cause), "what is old cannot be forgotten; trying again in an hour");
        false
    });
    if !more {
        *tidied = Some(Instant::now());
    }
    more
}
