//! Let transfers credit another account (`gpd-api` 7.8), wherever the organization has named the old one and the
//! caller may.

use chrono::{DateTime, Utc};

use super::{Desk, Error, in_one_go};
use crate::domain::codes::Iupd;
use crate::domain::denial::Denial;
use crate::domain::lifecycle;
use crate::station::Station;
use crate::store::{Read, Tx};

/// Positions that are changed in one transaction: others want to write too.
const BATCH: usize = 50;

/// Replaces an account on unpaid options, at most so often; gives how often it did. What fails half-way has changed
/// some of them, and the same call again changes the others.
pub async fn move_account(
    station: &Station,
    desk: Desk<'_>,
    from: &str,
    to: &str,
    most: usize,
) -> Result<usize, Error> {
    let (mut moved, mut next) = (0, Some(Read::default()));
    while let Some(read) = next
        && moved < most
    {
        let holders = station.store.holders_of_account(desk.organization, from, read).await?;
        for batch in holders.iupds.chunks(BATCH) {
            let now = station.clock.now();
            let work = async |tx: &mut Tx| move_in(tx, desk, batch, (from, to), most - moved, now).await;
            moved += in_one_go(station, now, work).await?.what;
        }
        next = holders.next;
    }
    Ok(moved)
}

/// The same for some positions, in a transaction that goes on.
async fn move_in(
    tx: &mut Tx,
    desk: Desk<'_>,
    iupds: &[Iupd],
    (from, to): (&str, &str),
    most: usize,
    now: DateTime<Utc>,
) -> Result<usize, Error> {
    let mut moved = 0;
    for before in tx.positions(desk.organization, iupds).await? {
        if desk.may_touch(&before.position).is_err() {
            continue;
        }
        let mut after = before.position.clone();
        let count = lifecycle::move_account(&mut after, from, to, most - moved, now);
        if count == 0 {
            continue;
        }
        if let Err(taken) = tx.change_position(&before, &after, now).await? {
            return Err(Denial::NotUnique(Some(taken.nav.clone())).into());
        }
        tx.note_position("POSITION_ACCOUNT_MOVED", &after, &format!("by {}", desk.by), now);
        moved += count;
    }
    Ok(moved)
}
