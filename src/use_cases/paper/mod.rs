//! Notices and receipts on paper: what is stored is looked up here, and drawn by [`crate::paper`] on a thread where
//! nobody waits.

mod bundle;
mod print_notice;
mod print_receipt;

pub use bundle::{Bundle, Contents, Unfinished};
pub use print_notice::{Press, Sheet, print_notice};
pub use print_receipt::{PrintedReceipt, print_receipt};

use crate::domain::denial::Denial;
use crate::domain::refusal::Refusal;
use crate::paper::Unprintable;
use crate::store::StoreError;

/// Why something is not printed.
#[derive(Debug, thiserror::Error)]
pub enum NotPrinted {
    /// It is not there, or not for the caller to see.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// It cannot be paid.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It cannot be drawn.
    #[error(transparent)]
    Unprintable(#[from] Unprintable),
    /// No notice number that a bank or a post office would take.
    #[error("the notice number is not eighteen digits")]
    NoNoticeNumber,
    /// The store failed: an accident.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Draws where nobody waits. What a panic says may have people's data in it.
async fn drawn(draw: impl FnOnce() -> Result<Vec<u8>, Unprintable> + Send + 'static) -> Result<Vec<u8>, Unprintable> {
    let panicked = |_| Err(Unprintable::Drawing("the drawing panicked".into()));
    tokio::task::spawn_blocking(draw).await.unwrap_or_else(panicked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_hears_what_a_panic_says() {
        let why = drawn(|| panic!("VRDPNC70A01Z999J")).await.unwrap_err();
        assert_eq!(why.to_string(), "the document could not be drawn: the drawing panicked");
    }
}
