//! What PSPs can ask: one file per primitive of nodeForPsp.

mod activate;
mod bollettino;
mod demand;
mod outcome;
mod payable;
mod verify;

pub(super) use self::activate::{Activate, ActivateV2};
pub(super) use self::bollettino::Bollettino;
pub(super) use self::demand::Demand;
pub(super) use self::outcome::{SendOutcome, SendOutcomeV2};
pub(super) use self::verify::Verify;
