//! How far a payment request is. The store decides, whatever a browser says on its way back.

use std::time::Duration;

use crate::domain::bill::Bill;
use crate::domain::payment_request::{PaymentRequest, Report, RequestId, RequestedNotice};
use crate::domain::receipt::{Outcome, Receipt};
use crate::domain::refusal::Refusal;
use crate::station::Station;
use crate::store::{ReceiptKey, StoreError};
use crate::use_cases::{Error, look_at_notice};

/// How far it is.
pub(super) enum Stage {
    /// Nobody has said what is to be paid.
    Unnamed,
    /// It can be paid.
    Payable(Due),
    /// The citizen was sent away to pay it, and it could be paid still.
    Sent(Due),
    /// A receipt says that it is paid.
    Paid(RequestedNotice, Report),
    /// It cannot be paid, and this request had no part in that.
    Refused(RequestedNotice, Refusal),
}

/// A notice with what is due.
pub(super) struct Due {
    pub(super) notice: RequestedNotice,
    pub(super) bill: Box<Bill>,
}

/// Whether a receipt says that it is paid. One of a payment that failed ends nothing: the notice may be paid still.
pub(super) fn paid(request: &PaymentRequest) -> Option<&Report> {
    request.report.as_ref().filter(|report| report.outcome == Outcome::Ok)
}

/// Whether somebody was sent away, and no receipt has come since.
pub(super) fn is_on_its_way(request: &PaymentRequest) -> bool {
    let answered = |sent| request.report.as_ref().is_some_and(|report| report.closed_at >= sent);
    paid(request).is_none() && request.sent_at.is_some_and(|sent| !answered(sent))
}

/// How far a request is now.
pub(super) async fn stage(station: &Station, request: &PaymentRequest) -> Result<Stage, StoreError> {
    let Some(notice) = &request.notice else { return Ok(Stage::Unnamed) };
    if let Some(report) = paid(request) {
        return Ok(Stage::Paid(notice.clone(), report.clone()));
    }
    let due = |bill| Due { notice: notice.clone(), bill: Box::new(bill) };
    match look_at_notice(station, &notice.organization, &notice.notice).await {
        Ok(bill) if is_on_its_way(request) => Ok(Stage::Sent(due(bill))),
        Ok(bill) => Ok(Stage::Payable(due(bill))),
        Err(Error::Refused(refusal)) => after_a_second_look(station, request, notice, refusal).await,
        Err(Error::Store(cause)) => Err(cause),
    }
}

/// A receipt may have come between the look at the request and the look at its notice.
async fn after_a_second_look(
    station: &Station,
    request: &PaymentRequest,
    notice: &RequestedNotice,
    refusal: Refusal,
) -> Result<Stage, StoreError> {
    let again = station.store.payment_request(&request.id).await?;
    Ok(match again.as_ref().and_then(paid) {
        Some(report) => Stage::Paid(notice.clone(), report.clone()),
        None => Stage::Refused(notice.clone(), refusal),
    })
}

/// How long somebody who comes back waits for the receipt, and how often it is looked for.
const PATIENCE: Duration = Duration::from_secs(2);
const PACE: Duration = Duration::from_millis(150);

/// The request, a little later if no receipt has come yet: most receipts are as fast as the citizen's way back.
pub(super) async fn soon(station: &Station, request: PaymentRequest) -> Result<PaymentRequest, StoreError> {
    if !is_on_its_way(&request) {
        return Ok(request);
    }
    let ended = async {
        loop {
            tokio::time::sleep(PACE).await;
            match station.store.payment_request(&request.id).await {
                Ok(Some(later)) if !is_on_its_way(&later) => return Ok(later),
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
