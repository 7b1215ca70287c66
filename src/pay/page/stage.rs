//! How far a payment request is. The store decides, whatever a browser says on its way back.

use std::time::Duration;

use crate::domain::bill::Bill;
use crate::domain::payment_request::{PaymentRequest, Report, RequestId, RequestedNotice};
use crate::domain::receipt::Receipt;
use crate::domain::refusal::Refusal;
use crate::station::Station;
use crate::store::{ReceiptKey, StoreError};
use crate::use_cases::{Error, look_at_notice};

/// How far it is.
pub(super) enum Stage {
    /// Nobody has said what is to be paid.
    Unnamed,
    /// It can be paid.
    Payable(Box<Bill>),
    /// The citizen was sent away to pay it, and it could be paid still.
    Sent(Box<Bill>),
    /// A receipt has ended it.
    Ended(Report),
    /// It cannot be paid, and this request had no part in that.
    Refused(Refusal),
}

/// How far a request is now.
pub(super) async fn stage(station: &Station, request: &PaymentRequest) -> Result<Stage, StoreError> {
    if let Some(report) = &request.report {
        return Ok(Stage::Ended(report.clone()));
    }
    let Some(RequestedNotice { organization, notice }) = &request.notice else { return Ok(Stage::Unnamed) };
    match look_at_notice(station, organization, notice).await {
        Ok(bill) if request.sent_at.is_some() => Ok(Stage::Sent(Box::new(bill))),
        Ok(bill) => Ok(Stage::Payable(Box::new(bill))),
        Err(Error::Refused(refusal)) => after_a_second_look(station, request, refusal).await,
        Err(Error::Store(cause)) => Err(cause),
    }
}

/// A receipt may have come between the look at the request and the look at its notice.
async fn after_a_second_look(
    station: &Station,
    request: &PaymentRequest,
    refusal: Refusal,
) -> Result<Stage, StoreError> {
    let again = station.store.payment_request(&request.id).await?;
    Ok(again.and_then(|request| request.report).map_or(Stage::Refused(refusal), Stage::Ended))
}

/// How long somebody who comes back waits for the receipt, and how often it is looked for.
const PATIENCE: Duration = Duration::from_secs(2);
const PACE: Duration = Duration::from_millis(150);

/// The request, a little later if no receipt has ended it yet: most receipts are as fast as the citizen's way back.
pub(super) async fn soon(station: &Station, request: PaymentRequest) -> Result<PaymentRequest, StoreError> {
    if request.sent_at.is_none() || request.report.is_some() {
        return Ok(request);
    }
    let ended = async {
        loop {
            tokio::time::sleep(PACE).await;
            match station.store.payment_request(&request.id).await {
                Ok(Some(later)) if later.report.is_some() => return Ok(later),
                Ok(_) => {}
                Err(cause) => return Err(cause),
            }
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.unwrap_or(Ok(request.clone()))
}

/// The request of an id that came in a path.
pub(super) async fn find(station: &Station, id: &str) -> Result<Option<PaymentRequest>, StoreError> {
    let Ok(id) = id.parse::<RequestId>() else { return Ok(None) };
    station.store.payment_request(&id).await
}

/// The receipt that ended a request.
pub(super) async fn receipt(
    station: &Station,
    notice: &RequestedNotice,
    report: &Report,
) -> Result<Option<Receipt>, StoreError> {
    let key = ReceiptKey::Digest(&report.receipt_digest);
    Ok(station.store.receipt_to_print(&notice.organization, key).await?.map(|found| found.receipt))
}
