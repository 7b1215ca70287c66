//! List positions as they stand now.

use std::time::Duration;

use super::{Error, move_on_within};
use crate::station::Station;
use crate::store::{Listing, Order, Page};

/// How long whoever lists positions waits until they are stored as they stand.
const PATIENCE: Duration = Duration::from_secs(4);

/// A page of a list, each position with the status that time has given it. None where time has done so much at once that
/// it is still being stored: a list by what the statuses were would not be true.
pub async fn list(station: &Station, listing: &Listing<'_>) -> Result<Option<Page>, Error> {
    let now = station.clock.now();
    // What is looked for by its status must be stored with it.
    let by_status = !listing.statuses.is_empty() || listing.order == Order::Status;
    if by_status && !move_on_within(&station.store, Some(listing.organization), now, PATIENCE).await? {
        return Ok(None);
    }
    let mut page = station.store.positions(listing).await?;
    for stored in &mut page.positions {
        stored.position.status = stored.position.status_at(now);
    }
    Ok(Some(page))
}
