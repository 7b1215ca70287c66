//! Change positions: what they are afterwards is decided on what is stored, all of them or none.

use chrono::{DateTime, Utc};

use super::{Desk, Error, in_one_go};
use crate::domain::codes::Iupd;
use crate::domain::denial::Denial;
use crate::domain::position::DebtPosition;
use crate::station::Station;
use crate::store::{Key, StoredPosition, Tx};

/// A change of one position.
pub struct Change<'c> {
    /// How the journal calls it.
    pub event: &'static str,
    /// By what the position is found.
    pub key: Key<'c>,
    /// What is said when there is none.
    pub unknown: Denial,
    /// The versions of which the caller insists on one, where it does.
    pub expected: Option<&'c [i64]>,
}

/// Changes one position by a decision on what is stored.
pub async fn change(
    station: &Station,
    desk: Desk<'_>,
    change: Change<'_>,
    decide: impl Fn(&DebtPosition, DateTime<Utc>) -> Result<DebtPosition, Error>,
) -> Result<StoredPosition, Error> {
    let whole = |stored: &DebtPosition, now| Ok((decide(stored, now)?, None));
    carry_out(station, desk, change, whole).await.map(|(stored, _)| stored)
}

/// The same where the decision concerns one option; it gives the option's place, and so does this.
pub(super) async fn change_option(
    station: &Station,
    desk: Desk<'_>,
    change: Change<'_>,
    decide: impl Fn(&DebtPosition, DateTime<Utc>) -> Result<(DebtPosition, usize), Error>,
) -> Result<(StoredPosition, usize), Error> {
    let of_option = |stored: &DebtPosition, now| decide(stored, now).map(|(after, at)| (after, Some(at)));
    let (stored, at) = carry_out(station, desk, change, of_option).await?;
    Ok((stored, at.unwrap_or_default()))
}

async fn carry_out(
    station: &Station,
    desk: Desk<'_>,
    change: Change<'_>,
    decide: impl Fn(&DebtPosition, DateTime<Utc>) -> Result<(DebtPosition, Option<usize>), Error>,
) -> Result<(StoredPosition, Option<usize>), Error> {
    let now = station.clock.now();
    in_one_go(station, now, async |tx| {
        let before = tx.position(desk.organization, change.key).await?;
        let before = before.ok_or_else(|| change.unknown.clone())?;
        if change.expected.is_some_and(|expected| !expected.contains(&before.version)) {
            return Err(Denial::Changed(before.position.iupd.clone()).into());
        }
        desk.may_touch(&before.position)?;
        let (after, at) = decide(&before.position, now)?;
        if let Err(taken) = tx.change_position(&before, &after, now).await? {
            return Err(Denial::NotUnique(Some(taken.nav.clone())).into());
        }
        let by = format!("by {}", desk.by);
        match at {
            None => tx.note_position(change.event, &after, &by, now),
            Some(at) => tx.note_option(change.event, &after, at, &by, now),
        }
        Ok((before.changed_to(after, now), at))
    })
    .await
}

/// Changes several positions in one transaction, each by its own decision.
pub async fn change_all(
    station: &Station,
    desk: Desk<'_>,
    event: &'static str,
    iupds: &[Iupd],
    decide: impl Fn(usize, &DebtPosition, DateTime<Utc>) -> Result<DebtPosition, Error>,
) -> Result<(), Error> {
    let now = station.clock.now();
    in_one_go(station, now, async |tx| change_all_in(tx, desk, event, iupds, &decide, now).await).await
}

/// The same in a transaction that goes on.
pub(in crate::use_cases) async fn change_all_in(
    tx: &mut Tx,
    desk: Desk<'_>,
    event: &'static str,
    iupds: &[Iupd],
    decide: &impl Fn(usize, &DebtPosition, DateTime<Utc>) -> Result<DebtPosition, Error>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let stored = super::delete::all_of(tx.positions(desk.organization, iupds).await?, iupds)?;
    for (at, before) in stored.iter().enumerate() {
        desk.may_touch(&before.position)?;
        let after = decide(at, &before.position, now)?;
        if let Err(taken) = tx.change_position(before, &after, now).await? {
            return Err(Denial::NotUnique(Some(taken.nav.clone())).into());
        }
        tx.note_position(event, &after, &format!("by {}", desk.by), now);
    }
    Ok(())
}
