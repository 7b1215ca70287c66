//! Record a payment that an operator tells of: money already collected is always recorded.

use super::{Desk, Error, in_one_go};
use crate::domain::denial::Denial;
use crate::domain::lifecycle;
use crate::domain::position::{Payment, PositionStatus};
use crate::station::Station;
use crate::store::{Key, StoredPosition};

/// Marks an option as paid, found by its notice number or IUV, and gives its position and its place there.
pub async fn pay(
    station: &Station,
    desk: Desk<'_>,
    number: &str,
    payment: Payment,
) -> Result<(StoredPosition, usize), Error> {
    let now = station.clock.now();
    let done = in_one_go(station, now, async |tx| {
        let before = tx.position(desk.organization, Key::Number(number)).await?;
        let before = before.ok_or_else(|| desk.unknown_notice(number))?;
        desk.may_touch(&before.position).map_err(|_| Denial::NoticeNotAllowed)?;
        let paid = lifecycle::pay(&before.position, number, payment.clone())?;
        let mut after = before.position.clone();
        let option = &mut after.options[paid.option];
        option.state = paid.state.clone();
        tx.save_payment(before.id, &option.nav, &paid, now).await?;
        after.status = paid.status;
        if after.status == PositionStatus::Paid {
            after.payment_date = after.payment_date.or(payment.date);
        }
        tx.note_option("OPTION_PAID", &after, paid.option, &format!("told by {}", desk.by), now);
        Ok((before.changed_to(after, now), paid.option))
    })
    .await?;
    Ok(done.what)
}
