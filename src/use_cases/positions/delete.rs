//! Delete positions of which nothing was paid, all of them or none.

use chrono::{DateTime, Utc};

use super::{Desk, Error, all_of, in_one_go};
use crate::domain::codes::Iupd;
use crate::domain::denial::Denial;
use crate::domain::lifecycle;
use crate::station::Station;
use crate::store::Tx;

/// Deletes positions with their options. What was paid stays, and with it all the others.
pub async fn delete(station: &Station, desk: Desk<'_>, iupds: &[Iupd], expected: Option<&[i64]>) -> Result<(), Error> {
    let now = station.clock.now();
    in_one_go(station, now, async |tx| delete_in(tx, desk, iupds, expected, now).await).await?;
    Ok(())
}

/// The same in a transaction that goes on.
pub(in crate::use_cases) async fn delete_in(
    tx: &mut Tx,
    desk: Desk<'_>,
    iupds: &[Iupd],
    expected: Option<&[i64]>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    for stored in all_of(tx.positions(desk.organization, iupds).await?, iupds)? {
        if expected.is_some_and(|expected| !expected.contains(&stored.version)) {
            return Err(Denial::Changed(stored.position.iupd.clone()).into());
        }
        desk.may_touch(&stored.position)?;
        lifecycle::delete(&stored.position)?;
        tx.delete_position(stored.id).await?;
        tx.note_position("POSITION_DELETED", &stored.position, &format!("by {}", desk.by), now);
    }
    Ok(())
}
