//! Change positions: what they are afterwards is decided on what is stored, all of them or none.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{Desk, Done, Error, all_of, in_one_go, read_again};
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
    let whole = |stored: &DebtPosition, now| Ok((decide(stored, now)?, ()));
    let note = |tx: &mut Tx, after: &DebtPosition, (), by: &str, now| tx.note_position(change.event, after, by, now);
    let Done { what: (changed, ()), settled } = carry_out(station, desk, &change, whole, note).await?;
    if settled { read_again(station, desk, changed).await } else { Ok(changed) }
}

/// The same where the decision concerns one option; it gives the option's place, and so does this. The notices stay as
/// they are, so that no receipt can have waited for them.
pub(super) async fn change_option(
    station: &Station,
    desk: Desk<'_>,
    change: Change<'_>,
    decide: impl Fn(&DebtPosition, DateTime<Utc>) -> Result<(DebtPosition, usize), Error>,
) -> Result<(StoredPosition, usize), Error> {
    let note = |tx: &mut Tx, after: &DebtPosition, at, by: &str, now| tx.note_option(change.event, after, at, by, now);
    Ok(carry_out(station, desk, &change, decide, note).await?.what)
}

/// Changes one position by a decision that may concern a part of it, and notes what became of that part.
async fn carry_out<P: Copy>(
    station: &Station,
    desk: Desk<'_>,
    change: &Change<'_>,
    decide: impl Fn(&DebtPosition, DateTime<Utc>) -> Result<(DebtPosition, P), Error>,
    note: impl Fn(&mut Tx, &DebtPosition, P, &str, DateTime<Utc>),
) -> Result<Done<(StoredPosition, P)>, Error> {
    let now = station.clock.now();
    in_one_go(station, now, async |tx| {
        let before = tx.position(desk.organization, change.key).await?;
        let before = before.ok_or_else(|| change.unknown.clone())?;
        if change.expected.is_some_and(|expected| !expected.contains(&before.version)) {
            return Err(Denial::Changed(before.position.iupd.clone()).into());
        }
        desk.may_touch(&before.position)?;
        let (after, part) = decide(&before.position, now)?;
        if let Err(taken) = tx.change_position(&before, &after, now).await? {
            return Err(Denial::NotUnique(Some(taken.nav.clone())).into());
        }
        note(tx, &after, part, &format!("by {}", desk.by), now);
        Ok((before.changed_to(after, now), part))
    })
    .await
}

/// Changes several positions in one transaction, each by a decision on what is said of it; what is said last counts.
pub async fn change_all<C>(
    station: &Station,
    desk: Desk<'_>,
    event: &'static str,
    changes: &[(Iupd, C)],
    decide: impl Fn(&C, &DebtPosition, DateTime<Utc>) -> Result<DebtPosition, Error>,
) -> Result<(), Error> {
    let now = station.clock.now();
    in_one_go(station, now, async |tx| change_all_in(tx, desk, event, changes, &decide, now).await).await?;
    Ok(())
}

/// The same in a transaction that goes on.
pub(in crate::use_cases) async fn change_all_in<C>(
    tx: &mut Tx,
    desk: Desk<'_>,
    event: &'static str,
    changes: &[(Iupd, C)],
    decide: &impl Fn(&C, &DebtPosition, DateTime<Utc>) -> Result<DebtPosition, Error>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let iupds: Vec<Iupd> = changes.iter().map(|(iupd, _)| iupd.clone()).collect();
    let said: HashMap<&Iupd, &C> = changes.iter().map(|(iupd, said)| (iupd, said)).collect();
    for before in all_of(tx.positions(desk.organization, &iupds).await?, &iupds)? {
        desk.may_touch(&before.position)?;
        let after = decide(said[&before.position.iupd], &before.position, now)?;
        if let Err(taken) = tx.change_position(&before, &after, now).await? {
            return Err(Denial::NotUnique(Some(taken.nav.clone())).into());
        }
        tx.note_position(event, &after, &format!("by {}", desk.by), now);
    }
    Ok(())
}
