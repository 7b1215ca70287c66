//! Store what time has done to positions.

use chrono::{DateTime, Utc};

use crate::domain::codes::OrganizationCode;
use crate::store::{Store, StoreError};

/// Stores every move that is due, of one organization or of all, a bounded number at a time so that receipts never wait
/// long.
pub async fn move_on(store: &Store, of: Option<&OrganizationCode>, now: DateTime<Utc>) -> Result<(), StoreError> {
    while store.move_on(of, now).await? {}
    Ok(())
}
