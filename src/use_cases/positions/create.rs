//! Bring new positions in, all of them or none.

use chrono::{DateTime, Utc};

use super::{Desk, Error, in_one_go, read_again};
use crate::domain::denial::Denial;
use crate::domain::position::DebtPosition;
use crate::station::Station;
use crate::store::{StoredPosition, Tx};

/// Stores new positions as drafts, or published at once, in one transaction.
pub async fn create(
    station: &Station,
    desk: Desk<'_>,
    mut positions: Vec<DebtPosition>,
    to_publish: bool,
) -> Result<Vec<StoredPosition>, Error> {
    let now = station.clock.now();
    for position in &mut positions {
        desk.may_touch(position)?;
        if to_publish {
            position.publish(now);
        }
    }
    let done = in_one_go(station, now, async |tx| create_in(tx, desk, &positions, now).await).await?;
    let created = done.what.into_iter().zip(positions).map(|(id, position)| StoredPosition::new(id, position, now));
    let mut stored = Vec::with_capacity(created.len());
    for created in created {
        stored.push(if done.settled { read_again(station, desk, created).await? } else { created });
    }
    Ok(stored)
}

/// Stores new positions as they are, in a transaction that goes on, and gives their keys.
pub(in crate::use_cases) async fn create_in(
    tx: &mut Tx,
    desk: Desk<'_>,
    positions: &[DebtPosition],
    now: DateTime<Utc>,
) -> Result<Vec<i64>, Error> {
    let keys = match tx.add_positions(positions, now).await? {
        Ok(keys) => keys,
        Err(taken) => return Err(Denial::NotUnique(taken.map(|option| option.nav.clone())).into()),
    };
    let why = format!("created by {}", desk.by);
    positions.iter().for_each(|position| tx.note_position("POSITION_CREATED", position, &why, now));
    Ok(keys)
}
