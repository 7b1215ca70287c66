//! Record that a transfer was found in the reporting flows.

use super::change::change_option;
use super::{Change, Desk, Error};
use crate::domain::denial::Denial;
use crate::domain::lifecycle;
use crate::station::Station;
use crate::store::{Key, StoredPosition};

/// Marks a transfer as reported, found by the IUV of its option and its number, and gives its position and the place of
/// its option there.
pub async fn report(station: &Station, desk: Desk<'_>, iuv: &str, id: &str) -> Result<(StoredPosition, usize), Error> {
    let unknown = Denial::UnknownTransfer { iuv: iuv.into(), id: id.into() };
    let change = Change { event: "TRANSFER_REPORTED", key: Key::Iuv(iuv), unknown, expected: None };
    change_option(station, desk, change, |stored, now| Ok(lifecycle::report(stored, iuv, id, now)?)).await
}
