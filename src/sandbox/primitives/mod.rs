//! What PSPs can ask: one file per primitive of nodeForPsp.

mod verify;

pub(super) use self::verify::Verify;
