//! What PSPs can ask: one file per primitive of nodeForPsp.

mod bollettino;
mod demand;
mod payable;
mod verify;

pub(super) use self::bollettino::Bollettino;
pub(super) use self::demand::Demand;
pub(super) use self::verify::Verify;
