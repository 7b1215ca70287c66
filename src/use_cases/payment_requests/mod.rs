//! What the front office does with payment requests: they are opened, perhaps before anybody knows for what, and the
//! citizen is sent away to pay. How they end is [`super::record_receipt`]'s business.

mod name_notice;
mod open;
mod receipt;
mod send_away;

pub use name_notice::name_notice;
pub use open::{NewRequest, open};
pub use receipt::receipt;
pub use send_away::send_away;

use super::{Error, look_at_notice};
use crate::domain::amount::AmountOrZero;
use crate::domain::bill::Bill;
use crate::domain::payment_request::RequestedNotice;
use crate::domain::refusal::Refusal;
use crate::station::Station;
use crate::store::{StoreError, Tx};

/// Most requests of one notice that are open at a time: its receipt ends all of them in one transaction.
const MOST_OPEN: i64 = 1000;

/// Why there is no request for a notice.
#[derive(Debug, thiserror::Error)]
pub enum NoRequest {
    /// As many requests of the notice are open as may be.
    #[error("{MOST_OPEN} payment requests of this notice are open: use one of them, or wait until the notice is paid")]
    TooMany,
    /// The notice cannot be paid, or the store failed.
    #[error(transparent)]
    Other(#[from] Error),
}

impl NoRequest {
    fn is_conflict(&self) -> bool {
        matches!(self, NoRequest::Other(error) if error.is_conflict())
    }
}

impl From<StoreError> for NoRequest {
    fn from(cause: StoreError) -> NoRequest {
        NoRequest::Other(cause.into())
    }
}

/// Looks at the notice, then does the work in a transaction in which it is still unpaid. Where a receipt came in between
/// the second look says so.
async fn while_payable<T>(
    station: &Station,
    notice: &RequestedNotice,
    work: impl AsyncFn(&mut Tx, AmountOrZero) -> Result<T, StoreError>,
) -> Result<(Bill, T), NoRequest> {
    let _turn = station.store.turn_with(&notice.organization, &notice.notice).await;
    station
        .store
        .retrying(NoRequest::is_conflict, async || {
            for _ in 0..2 {
                let bill = look_at_notice(station, &notice.organization, &notice.notice).await?;
                let amount = AmountOrZero::from(bill.notice().option.amount);
                let mut tx = station.store.write().await?;
                if let Some(open) = tx.count_request_for(notice).await? {
                    if open >= MOST_OPEN {
                        tx.rollback().await?;
                        return Err(NoRequest::TooMany);
                    }
                    let done = work(&mut tx, amount).await?;
                    tx.commit().await?;
                    return Ok((bill, done));
                }
                tx.rollback().await?;
            }
            Err(Error::from(Refusal::AlreadyPaid).into())
        })
        .await
}
