//! The receipt of a payment request on paper.

use crate::domain::codes::SegregationCodes;
use crate::domain::payment_request::PaymentRequest;
use crate::domain::receipt::Outcome;
use crate::paper::receipt::Payer;
use crate::station::Station;
use crate::store::ReceiptKey;
use crate::use_cases::paper::{NotPrinted, PrintedReceipt, print_receipt};
use crate::use_cases::positions::Desk;

/// Prints the very receipt that ended a request; none as long as none has paid it.
pub async fn receipt(
    station: &Station,
    request: &PaymentRequest,
    payer: Payer,
) -> Result<Option<PrintedReceipt>, NotPrinted> {
    let report = request.report.as_ref().filter(|report| report.outcome == Outcome::Ok);
    let (Some(notice), Some(report)) = (&request.notice, report) else { return Ok(None) };
    let codes = SegregationCodes::all();
    let desk = Desk { organization: &notice.organization, codes: &codes, by: &request.account };
    print_receipt(&station.store, desk, ReceiptKey::Digest(&report.receipt_digest), payer).await.map(Some)
}
