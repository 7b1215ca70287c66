//! Store what time has done to positions.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep, timeout_at};

use crate::domain::codes::OrganizationCode;
use crate::store::{Store, StoreError};

/// The longest pause after rivals were first.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Stores every move that is due, of one organization or of all, however long it takes.
pub async fn move_on(store: &Store, of: Option<&OrganizationCode>, now: DateTime<Utc>) -> Result<(), StoreError> {
    while !move_on_within(store, of, now, Duration::from_secs(60)).await? {}
    Ok(())
}

/// The same for whoever does not wait for ever; tells whether all is stored. A bounded number is stored at a time, so
/// that receipts never wait long.
pub(super) async fn move_on_within(
    store: &Store,
    of: Option<&OrganizationCode>,
    now: DateTime<Utc>,
    patience: Duration,
) -> Result<bool, StoreError> {
    let end = Instant::now() + patience;
    let mut pause = Duration::from_millis(5);
    while store.is_any_due(of, now).await? {
        let turn = timeout_at(end, store.turn_to_move()).await;
        let (Ok(turn), true) = (turn, Instant::now() < end) else { return Ok(false) };
        // Whoever had the turn before may have left nothing.
        if !store.is_any_due(of, now).await? {
            return Ok(true);
        }
        match store.move_some(of, now).await {
            // Another station is at it.
            Err(cause) if cause.is_conflict() => {
                drop(turn);
                pause = LONGEST_PAUSE.min(2 * pause);
                sleep(pause).await;
            }
            moved => moved?,
        }
    }
    Ok(true)
}
