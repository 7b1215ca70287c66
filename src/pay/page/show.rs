//! Show how far a request is.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::answer::{self, Forms};
use super::forms::{NoticeFaults, TypedNotice, TypedPayer};
use super::stage::{Due, Stage, is_on_its_way, receipt, soon, stage};
use super::texts::{Said, Texts};
use super::view::{Closed, Facts, Frame, Paid, Payable, Sent, Which};
use super::visitor::Visitor;
use super::{down, find, not_found};
use crate::domain::payment_request::{PaymentRequest, Report, RequestedNotice};
use crate::domain::refusal::Refusal;
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
    Ok(match stage(station, request).await? {
        Stage::Unnamed => which(visitor, request),
        Stage::Sent(due) if news.is_none() && !visitor.insists => sent(visitor, request, &due),
        Stage::Sent(due) => payable(station, visitor, request, &due, Told::first(news)),
        // Nobody was sent away, so nobody comes back.
        Stage::Payable(due) => payable(station, visitor, request, &due, Told::first(None)),
        Stage::Paid(notice, report) => paid(station, visitor, request, &notice, &report).await?,
        Stage::Refused(notice, refusal) => closed(station, visitor, request, &notice, &refusal).await?,
    })
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

/// What a page with the form to pay tells besides.
pub(super) struct Told {
    /// What there is to say first; what is known of earlier payments follows by itself.
    pub(super) news: Option<Said>,
    pub(super) status: StatusCode,
    /// What was typed there just now; none: what was told before.
    pub(super) typed: Option<TypedPayer>,
}

impl Told {
    fn first(news: Option<Said>) -> Told {
        Told { news, status: StatusCode::OK, typed: None }
    }
}

/// The notice can be paid: the form to do so.
pub(super) fn payable(
    station: &Station,
    visitor: &Visitor,
    request: &PaymentRequest,
    Due { notice, bill }: &Due,
    Told { news, status, typed }: Told,
) -> HttpResponse {
    let frame = Frame::of(visitor, Some(&request.id), Some(bill.notice().company_name.clone()));
    let frame = if status == StatusCode::OK { frame } else { frame.after_a_form().again(is_on_its_way(request)) };
    let sent = typed.is_some();
    let payer = typed.unwrap_or_else(|| TypedPayer::told(&request.given));
    let fields = station.checkout.as_ref().map(|_| payer.fields(visitor.language.texts(), sent));
    let news = news.into_iter().chain(earlier(request, visitor.language.texts())).collect();
    let page = Payable::of(frame, notice, bill, station.clock.now(), fields).with(news);
    let forms = station.checkout.as_ref().map_or(Forms::Here, |checkout| Forms::Checkout(checkout.carts()));
    answer::page(status, forms, &page)
}

/// What is known of earlier payments: one is on its way, or one failed.
fn earlier(request: &PaymentRequest, texts: &Texts) -> Option<Said> {
    if is_on_its_way(request) {
        return Some(texts.again);
    }
    request.report.as_ref().map(|_| texts.failed)
}

fn sent(visitor: &Visitor, request: &PaymentRequest, Due { notice, bill }: &Due) -> HttpResponse {
    let frame = Frame::of(visitor, Some(&request.id), Some(bill.notice().company_name.clone()));
    let sent_at = request.sent_at.unwrap_or(request.opened_at);
    answer::page(StatusCode::OK, Forms::Here, &Sent::of(frame, notice, bill, sent_at))
}

async fn paid(
    station: &Station,
    visitor: &Visitor,
    request: &PaymentRequest,
    notice: &RequestedNotice,
    report: &Report,
) -> Result<HttpResponse, StoreError> {
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
    refusal: &Refusal,
) -> Result<HttpResponse, StoreError> {
    let facts = known(station, notice).await?;
    let frame = Frame::of(visitor, Some(&request.id), Some(facts.creditor()));
    let said = said_of(refusal, visitor.language.texts());
    let (sent, failed) = (is_on_its_way(request), request.report.is_some());
    Ok(answer::page(StatusCode::OK, Forms::Here, &Closed { frame, facts, said, sent, failed }))
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
