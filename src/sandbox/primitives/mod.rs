//! What PSPs can ask: one file per primitive of nodeForPsp.

mod activate;
mod outcome;
mod verify;

pub(super) use self::activate::{Activate, ActivateV2};
pub(super) use self::outcome::{SendOutcome, SendOutcomeV2};
pub(super) use self::verify::Verify;
