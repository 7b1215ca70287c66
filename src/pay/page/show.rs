//! Show how far a request is.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::answer::{self, Forms};
use super::forms::{NoticeFaults, TypedNotice, TypedPayer};
use super::stage::{Stage, receipt, soon, stage};
use super::texts::{Said, Texts};
use super::view::{Closed, Facts, Frame, Paid, Payable, Sent, Which};
use super::visitor::Visitor;
use super::{down, find, not_found};
use crate::domain::bill::Bill;
use crate::domain::payment_request::{PaymentRequest, Report, RequestedNotice};
use crate::domain::receipt::Outcome;
use crate::domain::refusal::Refusal;
use crate::platform::checkout::Checkout;
use crate::station::Station;
use crate::store::StoreError;

/// `GET /payment/{id}`.
pub(super) async fn page(station: Data<Station>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let visitor = Visitor::of(&station.settings, &request);
    match find(&station, &visitor, &id).await {
        Ok(found) => shown(&station, &visitor, &found, None).await,
        Err(page) => page,
    }
}

/// `GET /payment/{id}/return/{how}`: somebody comes back. What he comes with proves nothing; it chooses the words for
/// what the store says.
pub(super) async fn back(station: Data<Station>, request: HttpRequest, path: Path<(String, String)>) -> HttpResponse {
    let visitor = Visitor::of(&station.settings, &request);
    let (id, how) = path.into_inner();
    let found = match find(&station, &visitor, &id).await {
        Ok(found) => found,
        Err(page) => return page,
    };
    let texts = visitor.language.texts();
    let news = match how.as_str() {
        "ok" | "waiting" => match soon(&station, found).await {
            Ok(later) => return shown(&station, &visitor, &later, None).await,
            Err(cause) => return down(&visitor, &cause),
        },
        "cancel" => texts.gave_up,
        "error" => texts.went_wrong,
        _ => return not_found(&visitor),
    };
    shown(&station, &visitor, &found, Some(news)).await
}

/// How far a request is, with something to say first where somebody comes back who can still pay.
pub(super) async fn shown(
    station: &Station,
    visitor: &Visitor,
    request: &PaymentRequest,
    news: Option<Said>,
) -> HttpResponse {
    match page_of(station, visitor, request, news).await {
        Ok(page) => page,
        Err(cause) => down(visitor, &cause),
    }
}

async fn page_of(
    station: &Station,
    visitor: &Visitor,
    request: &PaymentRequest,
    news: Option<Said>,
) -> Result<HttpResponse, StoreError> {
    let stage = stage(station, request).await?;
    let Some(notice) = &request.notice else { return Ok(which(visitor, request)) };
    let texts = visitor.language.texts();
    let page = match stage {
        Stage::Unnamed => which(visitor, request),
        Stage::Sent(bill) if news.is_none() && !visitor.insists => sent(visitor, request, notice, &bill),
        Stage::Sent(bill) => {
            let news = news.unwrap_or(texts.again);
            payable(station, visitor, request, (notice, &bill), Some(news), (StatusCode::OK, None))
        }
        // Nobody was sent away, so nobody comes back.
        Stage::Payable(bill) => payable(station, visitor, request, (notice, &bill), None, (StatusCode::OK, None)),
        Stage::Ended(report) => ended(station, visitor, request, notice, &report).await?,
        Stage::Refused(refusal) => closed(station, visitor, request, notice, said_of(&refusal, texts)).await?,
    };
    Ok(page)
}

fn which(visitor: &Visitor, request: &PaymentRequest) -> HttpResponse {
    which_again(visitor, request, StatusCode::OK, TypedNotice::default(), NoticeFaults::default())
}

/// The form for a notice, with what was typed there and what is wrong with it.
pub(super) fn which_again(
    visitor: &Visitor,
    request: &PaymentRequest,
    status: StatusCode,
    typed: TypedNotice,
    faults: NoticeFaults,
) -> HttpResponse {
    let frame = Frame::of(visitor, Some(&request.id), None);
    let frame = if status == StatusCode::OK { frame } else { frame.after_a_form() };
    answer::page(status, Forms::Here, &Which::of(frame, typed.fields(visitor.language.texts(), faults)))
}

/// The notice can be paid: the form to do so, with what was told before, or with what was typed there just now.
pub(super) fn payable(
    station: &Station,
    visitor: &Visitor,
    request: &PaymentRequest,
    (notice, bill): (&RequestedNotice, &Bill),
    news: Option<Said>,
    (status, typed): (StatusCode, Option<TypedPayer>),
) -> HttpResponse {
    let pay = &station.settings.pay;
    let frame = Frame::of(visitor, Some(&request.id), Some(bill.notice().company_name.clone()));
    let frame = if status == StatusCode::OK { frame } else { frame.after_a_form() };
    let sent = typed.is_some();
    let payer = typed.unwrap_or_else(|| TypedPayer::told(&request.given));
    let fields = Checkout::of(pay).map(|_| payer.fields(visitor.language.texts(), sent));
    let page = Payable::of(frame, notice, bill, station.clock.now(), fields).with(news);
    answer::page(status, Forms::Checkout(pay), &page)
}

fn sent(visitor: &Visitor, request: &PaymentRequest, notice: &RequestedNotice, bill: &Bill) -> HttpResponse {
    let frame = Frame::of(visitor, Some(&request.id), Some(bill.notice().company_name.clone()));
    let sent_at = request.sent_at.unwrap_or(request.opened_at);
    answer::page(StatusCode::OK, Forms::Here, &Sent::of(frame, notice, bill, sent_at))
}

async fn ended(
    station: &Station,
    visitor: &Visitor,
    request: &PaymentRequest,
    notice: &RequestedNotice,
    report: &Report,
) -> Result<HttpResponse, StoreError> {
    if report.outcome == Outcome::Ko {
        return closed(station, visitor, request, notice, visitor.language.texts().failed).await;
    }
    let facts = known(station, notice).await?;
    let frame = Frame::of(visitor, Some(&request.id), Some(facts.creditor()));
    let psp = receipt(station, notice, report).await?.and_then(|receipt| receipt.details.psp_company_name);
    let page = Paid::of(frame, facts, report, psp);
    Ok(answer::page(StatusCode::OK, Forms::Here, &page))
}

async fn closed(
    station: &Station,
    visitor: &Visitor,
    request: &PaymentRequest,
    notice: &RequestedNotice,
    said: Said,
) -> Result<HttpResponse, StoreError> {
    let facts = known(station, notice).await?;
    let frame = Frame::of(visitor, Some(&request.id), Some(facts.creditor()));
    let sent = request.sent_at.is_some() && request.report.is_none();
    Ok(answer::page(StatusCode::OK, Forms::Here, &Closed { frame, facts, said, sent }))
}

/// What is known of a notice that cannot be looked at.
async fn known(station: &Station, notice: &RequestedNotice) -> Result<Facts, StoreError> {
    let organization = station.store.organization(notice.organization.as_str()).await?;
    let creditor = organization.map_or_else(|| notice.organization.to_string(), |known| known.company_name);
    Ok(Facts::known(notice, creditor))
}

/// Why a notice cannot be paid, in words for citizens.
pub(super) fn said_of(refusal: &Refusal, texts: &Texts) -> Said {
    match refusal {
        Refusal::AlreadyPaid => texts.already_paid,
        Refusal::Cancelled => texts.cancelled,
        Refusal::Expired => texts.expired,
        Refusal::NotPublished => texts.not_yet,
        Refusal::Superseded => texts.superseded,
        Refusal::Unpresentable(_) => texts.unpresentable,
        _ => texts.unknown,
    }
}
