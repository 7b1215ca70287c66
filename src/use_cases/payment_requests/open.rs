//! Open a payment request.

use super::{Error, NoRequest, while_payable};
use crate::domain::amount::AmountOrZero;
use crate::domain::payment_request::{Callback, Given, PaymentRequest, RequestId, RequestedNotice};
use crate::station::Station;

/// A request that is to be.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// Who opens it: the name of a key.
    pub account: String,
    /// What is to be paid, where that is known.
    pub notice: Option<RequestedNotice>,
    /// What the caller told.
    pub given: Given,
    /// Whom to tell of the end.
    pub callback: Option<Callback>,
}

/// Opens a request under an id of its own. One for a notice is refused where a verify of the notice would be, and asks
/// for what the notice asks for.
pub async fn open(station: &Station, new: NewRequest, random: [u8; 8]) -> Result<PaymentRequest, NoRequest> {
    let NewRequest { account, notice, given, callback } = new;
    let opened_at = station.clock.now();
    let id = RequestId::new(opened_at, random);
    let amount = AmountOrZero::ZERO;
    let mut request =
        PaymentRequest { id, account, opened_at, notice, amount, given, callback, sent_at: None, report: None };
    match request.notice.clone() {
        Some(notice) => {
            let insert = async |tx: &mut crate::store::Tx, amount| {
                let request = PaymentRequest { amount, ..request.clone() };
                tx.open_payment_request(&request).await
            };
            let (bill, ()) = while_payable(station, &notice, insert).await?;
            request.amount = bill.notice().option.amount.into();
        }
        None => {
            station
                .store
                .retrying(Error::is_conflict, async || {
                    let mut tx = station.store.write().await?;
                    tx.open_payment_request(&request).await?;
                    Ok::<_, Error>(tx.commit().await?)
                })
                .await?;
        }
    }
    Ok(request)
}
