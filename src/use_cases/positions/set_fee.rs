//! Collect what the notification of an option has cost.

use super::change::change_option;
use super::{Change, Desk, Error};
use crate::domain::amount::AmountOrZero;
use crate::domain::lifecycle;
use crate::station::Station;
use crate::store::{Key, StoredPosition};

/// Sets the notification fee of an option, found by its notice number or IUV, in place of the one before; gives its
/// position and its place there.
pub async fn set_fee(
    station: &Station,
    desk: Desk<'_>,
    number: &str,
    fee: AmountOrZero,
) -> Result<(StoredPosition, usize), Error> {
    let unknown = desk.unknown_notice(number);
    let change = Change { event: "OPTION_FEE_SET", key: Key::Number(number), unknown, expected: None };
    change_option(station, desk, change, |stored, _| Ok(lifecycle::set_fee(stored, number, fee)?)).await
}
