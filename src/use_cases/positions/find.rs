//! Find one position as it stands now.

use super::{Desk, Error};
use crate::station::Station;
use crate::store::{Key, StoredPosition};

/// A position with the status that time has given it, if there is one. Whether the caller may see it is not asked here.
pub async fn find(station: &Station, desk: Desk<'_>, key: Key<'_>) -> Result<Option<StoredPosition>, Error> {
    let mut found = station.store.position(desk.organization, key).await?;
    if let Some(stored) = &mut found {
        stored.position.status = stored.position.status_at(station.clock.now());
    }
    Ok(found)
}
