//! Massive uploads (`gpd-api` 14): [`receive`] takes a file and answers at once, [`carry_out_a_batch`] works it off.

mod carry_out;
mod outcome;
mod receive;

pub use carry_out::carry_out_a_batch;
pub use receive::{NotReceived, new_id, receive};

use chrono::Days;

use crate::domain::upload::RETENTION_DAYS;
use crate::station::Station;
use crate::store::StoreError;

/// A file that has not come in as a whole after so long never will: whoever took it has ended.
const COMING_IN: chrono::TimeDelta = chrono::TimeDelta::hours(2);

/// Forgets an upload whose time is over, and tells whether there was one.
pub async fn forget_an_upload(station: &Station) -> Result<bool, StoreError> {
    let now = station.clock.now();
    let (remembered, coming_in) = (now - Days::new(RETENTION_DAYS), now - COMING_IN);
    let Some(id) = station.store.outdated_upload(remembered, coming_in).await? else { return Ok(false) };
    station.store.discard_upload(&id).await?;
    Ok(true)
}
