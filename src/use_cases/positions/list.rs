//! List positions as they stand now.

use super::{Error, move_on};
use crate::station::Station;
use crate::store::{Listing, Order, Page};

/// A page of a list, each position with the status that time has given it.
pub async fn list(station: &Station, listing: &Listing<'_>) -> Result<Page, Error> {
    let now = station.clock.now();
    // What is looked for by its status must be stored with it.
    if !listing.statuses.is_empty() || listing.order == Order::Status {
        move_on(&station.store, Some(listing.organization), now).await?;
    }
    let mut page = station.store.positions(listing).await?;
    for stored in &mut page.positions {
        stored.position.status = stored.position.status_at(now);
    }
    Ok(page)
}
