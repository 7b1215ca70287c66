//! List positions as they stand now.

use super::Error;
use crate::station::Station;
use crate::store::{Listing, Page};

/// A page of a list, each position with the status that time has given it.
pub async fn list(station: &Station, listing: &Listing<'_>) -> Result<Page, Error> {
    let now = station.clock.now();
    let mut page = station.store.positions(listing).await?;
    for stored in &mut page.positions {
        stored.position.status = stored.position.status_at(now);
    }
    Ok(page)
}
