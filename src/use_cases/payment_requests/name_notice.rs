//! Say what a payment request is for that was opened without a notice.

use super::{Error, NoRequest, while_payable};
use crate::domain::payment_request::{PaymentRequest, RequestedNotice};
use crate::domain::refusal::Refusal;
use crate::station::Station;

/// Gives an open request its notice, if it has none; tells whether it had none. Refused where a verify of the notice
/// would be, and where the account that opened it may not collect the notice: it hears of the payment.
pub async fn name_notice(
    station: &Station,
    request: &PaymentRequest,
    notice: &RequestedNotice,
) -> Result<bool, NoRequest> {
    let PaymentRequest { id, account, .. } = request;
    if !station.keys.may_collect(account, &notice.organization, notice.notice.iuv()).await? {
        return Err(Error::from(Refusal::UnknownOrganization).into());
    }
    let name = async |tx: &mut crate::store::Tx, amount| tx.name_requested_notice(id, notice, amount).await;
    let (_, named) = while_payable(station, notice, name).await?;
    Ok(named)
}
