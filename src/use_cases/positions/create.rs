//! Bring new positions in, all of them or none.

use super::{Desk, Error};
use crate::domain::denial::Denial;
use crate::domain::position::DebtPosition;
use crate::station::Station;
use crate::store::StoredPosition;

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
    let keys = station
        .store
        .retrying(Error::is_conflict, async || {
            let mut tx = station.store.write().await?;
            let keys = match tx.add_positions(&positions, now).await? {
                Ok(keys) => keys,
                Err(taken) => return Err(Denial::NotUnique(taken.map(|option| option.nav.clone())).into()),
            };
            let why = format!("created by {}", desk.by);
            positions.iter().for_each(|position| tx.note_position("POSITION_CREATED", position, &why, now));
            station.store.commit_positions(tx, now).await?;
            Ok::<_, Error>(keys)
        })
        .await?;
    let stored = keys.into_iter().zip(positions);
    Ok(stored.map(|(id, position)| StoredPosition::new(id, position, now)).collect())
}
