//! How the body of a request comes in, whoever asked for it: bounded in size and time.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::Sleep;

/// All the bytes, unless they are too many or too slow. A client that is told so while it is still sending would see its
/// connection reset instead: what it has on the way is read and dropped, up to a few times the limit.
pub(crate) async fn bytes_of(
    payload: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    most: usize,
    patience: Duration,
) -> Result<Vec<u8>, StatusCode> {
    tokio::time::timeout(patience, gather(payload, most)).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}

async fn gather(
    payload: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    most: usize,
) -> Result<Vec<u8>, StatusCode> {
    let mut bytes = Vec::new();
    let mut received = 0usize;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        received += chunk.len();
        if received <= most {
            bytes.extend_from_slice(&chunk);
        } else if received > most.saturating_mul(8) {
            break;
        } else {
            bytes = Vec::new();
        }
    }
    if received > most { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(bytes) }
}

/// For how many bytes a client has its time once more.
const PACE: usize = 1 << 20;

/// A large body on its way to whoever reads it in parts: bounded in size and time. Its clones read from the same source,
/// so that one of them can read and drop what is left.
#[derive(Clone)]
pub(crate) struct Measured(Rc<RefCell<Measure>>);

struct Measure {
    payload: Payload,
    received: usize,
    most: usize,
    patience: Duration,
    /// When the client has had its time.
    due: Pin<Box<Sleep>>,
    too_slow: bool,
}

impl Measured {
    /// A body of at most so many bytes, with so much time for the first MiB and again for each that follows.
    pub(crate) fn new(payload: Payload, most: usize, patience: Duration) -> Measured {
        let due = Box::pin(tokio::time::sleep(patience));
        Measured(Rc::new(RefCell::new(Measure { payload, received: 0, most, patience, due, too_slow: false })))
    }

    /// Whether more came than may.
    pub(crate) fn is_too_large(&self) -> bool {
        let measure = self.0.borrow();
        measure.received > measure.most
    }

    /// Whether it took too long.
    pub(crate) fn is_too_slow(&self) -> bool {
        self.0.borrow().too_slow
    }

    /// Reads and drops what is left, up to twice the bound: a client that is still sending hears no answer.
    pub(crate) async fn drain(&self) {
        let rest = futures_util::stream::poll_fn(|context| self.0.borrow_mut().poll(context));
        let mut rest = rest.take_while(|part| std::future::ready(part.is_ok() && !self.is_far_too_large()));
        while rest.next().await.is_some() {}
    }

    fn is_far_too_large(&self) -> bool {
        let measure = self.0.borrow();
        measure.received > 2 * measure.most
    }
}

impl Measure {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        if self.too_slow || self.due.as_mut().poll(context).is_ready() {
            self.too_slow = true;
            return Poll::Ready(Some(Err(PayloadError::Incomplete(None))));
        }
        let next = self.payload.poll_next_unpin(context);
        if let Poll::Ready(Some(Ok(bytes))) = &next {
            let begun = self.received / PACE;
            self.received += bytes.len();
            let more = (self.received / PACE - begun) as u32;
            let due = self.due.deadline() + self.patience * more;
            self.due.as_mut().reset(due);
        }
        next
    }
}

impl Stream for Measured {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.0.borrow_mut().poll(context);
        if self.is_too_large() { Poll::Ready(Some(Err(PayloadError::Overflow))) } else { next }
    }
}
