//! Say what a payment request is for that was opened without a notice.

use super::{Error, while_payable};
use crate::domain::payment_request::{RequestId, RequestedNotice};
use crate::station::Station;

/// Gives an open request its notice, if it has none; tells whether it had none. Refused where a verify of the notice
/// would be.
pub async fn name_notice(station: &Station, id: &RequestId, notice: &RequestedNotice) -> Result<bool, Error> {
    let name = async |tx: &mut crate::store::Tx, amount| tx.name_requested_notice(id, notice, amount).await;
    let (_, named) = while_payable(station, notice, name).await?;
    Ok(named)
}
