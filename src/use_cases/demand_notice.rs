//! Spontaneous payments started at a PSP. Not offered yet: a known caller hears so.

use super::{Error, admit};
use crate::domain::refusal::Refusal;
use crate::domain::registry::Caller;
use crate::station::Station;

/// Checks the caller (table B) and declines (`domain` 4.7, closing sentence).
pub async fn demand_notice(station: &Station, caller: &Caller) -> Result<std::convert::Infallible, Error> {
    admit(&station.settings, station.store.standing(caller).await?)?;
    Err(Refusal::ServiceNotActive.into())
}
