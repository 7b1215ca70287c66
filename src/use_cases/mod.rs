//! What the station does: one file per verb, one transaction per file.

mod demand_notice;
mod get_payment;
pub mod once;
pub mod paper;
pub mod payment_requests;
pub mod positions;
mod present_notice;
mod record_receipt;
mod resolve_anomaly;
pub mod uploads;

pub use demand_notice::demand_notice;
pub use get_payment::get_payment;
pub use present_notice::{AskedNotice, look_at_notice, present_notice};
pub use record_receipt::{Delivery, Recorded, record_receipt, refuse_unreadable};
pub use resolve_anomaly::{LONGEST_NOTE, Resolution, Resolved, resolve_anomaly};

use crate::domain::refusal::Refusal;
use crate::domain::registry::Standing;
use crate::settings::Settings;
use crate::store::StoreError;

/// Why a use case has no good answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no: an answer like any other.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed: an accident.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl Error {
    /// Whether a rival on the same rows undid the work, so that it is to be tried again.
    fn is_conflict(&self) -> bool {
        matches!(self, Error::Store(cause) if cause.is_conflict())
    }
}

/// Table B of `domain` 4.4. GPD asks nobody who he is: there a creditor that is unknown merely has no notices.
fn admit(settings: &Settings, standing: Standing) -> Result<(), Refusal> {
    if settings.follows_gpd() { Ok(()) } else { standing.check() }
}
