//! The receipt of a payment, as a PDF.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use tracing::error;

use super::answer::private;
use super::stage;
use super::visitor::Visitor;
use super::{down, find, not_found};
use crate::domain::payment_request::{PaymentRequest, Report, RequestedNotice};
use crate::domain::receipt::Outcome;
use crate::paper::receipt::Payer;
use crate::station::Station;
use crate::store::StoreError;
use crate::telemetry::chain;
use crate::use_cases::paper::{NotPrinted, PrintedReceipt};
use crate::use_cases::payment_requests;

/// `GET /payment/{id}/receipt.pdf`.
pub(super) async fn receipt(station: Data<Station>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let visitor = Visitor::of(&station.settings, &request);
    let found = match find(&station, &visitor, &id).await {
        Ok(found) => found,
        Err(page) => return page,
    };
    let report = found.report.as_ref().filter(|report| report.outcome == Outcome::Ok);
    let (Some(notice), Some(report)) = (&found.notice, report) else { return not_found(&visitor) };
    match printed(&station, &found, notice, report).await {
        Ok(None) => not_found(&visitor),
        Ok(Some(printed)) => private(StatusCode::OK)
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"receipt-{}.pdf\"", notice.notice)))
            .content_type("application/pdf")
            .body(printed.pdf),
        Err(NotPrinted::Store(cause)) => down(&visitor, &cause),
        Err(cause) => {
            error!(cause = chain(&cause), notice = %notice.notice, "a receipt cannot be printed");
            not_found(&visitor)
        }
    }
}

/// Names people only where they paid by this request. Whoever types the number of somebody else's notice here sees that
/// it was paid, and not by whom.
async fn printed(
    station: &Station,
    request: &PaymentRequest,
    notice: &RequestedNotice,
    report: &Report,
) -> Result<Option<PrintedReceipt>, NotPrinted> {
    let payer = if was_paid_by(station, request, notice, report).await? { Payer::Shown } else { Payer::Nobody };
    payment_requests::receipt(station, request, payer).await
}

/// Whether the receipt gives back the request's id, as Checkout passed it on with the cart (`domain` 10).
async fn was_paid_by(
    station: &Station,
    request: &PaymentRequest,
    notice: &RequestedNotice,
    report: &Report,
) -> Result<bool, StoreError> {
    let receipt = stage::receipt(station, notice, report).await?;
    let note = receipt.and_then(|receipt| receipt.details.payment_note);
    Ok(note.is_some_and(|note| note == request.id.as_str()))
}
