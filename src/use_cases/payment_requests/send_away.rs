//! Send a citizen away to pay.

use super::Error;
use crate::domain::amount::AmountOrZero;
use crate::domain::payment_request::{Given, RequestId};
use crate::station::Station;

/// Keeps what the citizen told, and that he was sent away to pay an amount; tells whether the request is still open.
pub async fn send_away(station: &Station, id: &RequestId, given: &Given, amount: AmountOrZero) -> Result<bool, Error> {
    let now = station.clock.now();
    station
        .store
        .retrying(Error::is_conflict, async || {
            let mut tx = station.store.write().await?;
            let open = tx.send_payer_away(id, given, amount, now).await?;
            tx.commit().await?;
            Ok(open)
        })
        .await
}
