//! Notices and receipts as PDF: one at a time here, many notices in `bundle`.

mod bundle;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CacheControl, CacheDirective, ContentDisposition, DispositionParam, DispositionType, ETAG, EntityTag, Header,
    IfNoneMatch,
};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};
use utoipa::OpenApi;

use super::operator::Operator;
use super::problem::Problem;
use super::query::Query;
use super::{Answer, paths, resource};
use crate::domain::denial::Denial;
use crate::domain::refusal::Refusal;
use crate::paper::Unprintable;
use crate::paper::receipt::Payer;
use crate::station::Station;
use crate::store::ReceiptKey;
use crate::use_cases::paper::{NotPrinted, print_notice, print_receipt};

/// The title where something is there and is not printed.
const TITLE: &str = "It cannot be printed";

/// What is said of them.
#[derive(OpenApi)]
#[openapi(paths(notice, receipt, bundle::notices))]
pub(super) struct Described;

/// What can be printed.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(resource("/organizations/{organization}/notices/pdf").route(web::post().to(bundle::notices)))
        .service(resource("/organizations/{organization}/notices/{nav}/pdf").route(web::get().to(notice)))
        .service(resource("/organizations/{organization}/receipts/{iuv}/pdf").route(web::get().to(receipt)));
}

/// Print a notice.
///
/// What can be paid is printed, also ahead of the day from which it can. The other ways to pay the same debt stand on the
/// same notice: with an instalment the rest of its plan and the single payment, with the single payment the instalments.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/notices/{nav}/pdf",
    operation_id = "printNotice",
    tag = "paper",
    responses(
        (status = 200, description = "The payment notice.", body = Vec<u8>, content_type = "application/pdf",
         headers(("ETag" = String, description = "What it is now."))),
        (status = 304, description = "It is still what `If-None-Match` names."),
        (status = 404, description = "There is no such notice."),
        (status = 409, description = "It is a draft, or paid, cancelled or expired, or another plan of its debt has begun."),
        (status = 422, description = "Something on it does not fit a notice, such as a number that is not eighteen digits."),
    )
)]
async fn notice(
    station: web::Data<Station>,
    operator: Operator,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Answer {
    let (_, nav) = path.into_inner();
    paths::check("printNotice", &[("nav", &nav, &paths::NUMBER)])?;
    let printed = print_notice(&station.store, operator.desk(), &nav, station.clock.now()).await;
    let sheet = printed.map_err(|why| not_printed(why, &operator, &station))?;
    Ok(pdf(&request, &format!("avviso-{}.pdf", sheet.nav), sheet.pdf))
}

/// Print a receipt.
///
/// Of the organization's own notices, and of those of others in which it has a share. Creditors may have used one IUV: an
/// own notice comes first, then the latest receipt; a receipt's id names one alone. Eighteen digits are a notice number,
/// and no other notice's receipt is given for them.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/receipts/{iuv}/pdf",
    operation_id = "printReceipt",
    tag = "paper",
    params(("hidePayer" = Option<bool>, Query, description = "Without the name of who has paid: for a debtor for whom somebody else did.")),
    responses(
        (status = 200, description = "The receipt, for whoever wants a proof.", body = Vec<u8>, content_type = "application/pdf",
         headers(("ETag" = String, description = "What it is now."))),
        (status = 304, description = "It is still what `If-None-Match` names."),
        (status = 404, description = "There is no receipt for this IUV, notice number or receipt id."),
    )
)]
async fn receipt(
    station: web::Data<Station>,
    operator: Operator,
    request: HttpRequest,
    query: Query,
    path: web::Path<(String, String)>,
) -> Answer {
    let (_, number) = path.into_inner();
    let payer = if query.flag("hidePayer")? { Payer::Hidden } else { Payer::Shown };
    let printed = print_receipt(&station.store, operator.desk(), ReceiptKey::Number(&number), payer).await;
    let printed = printed.map_err(|why| match why {
        NotPrinted::Denied(Denial::UnknownOption(_)) => {
            let of = format!("Organization Fiscal Code {} and IUV {number}", operator.organization);
            Problem::new(StatusCode::NOT_FOUND, "Not found the receipt", format!("Not found a receipt for {of}"))
        }
        why => not_printed(why, &operator, &station),
    })?;
    // An IUV is any text, and a file's name is not.
    let name: String = printed.iuv.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
    Ok(pdf(&request, &format!("ricevuta-{name}.pdf"), printed.pdf))
}

fn not_printed(why: NotPrinted, operator: &Operator, station: &Station) -> Problem {
    match why {
        NotPrinted::Denied(denial) => operator.subject(station, TITLE).problem(denial.into()),
        NotPrinted::Refused(Refusal::UnknownNotice) => {
            Problem::new(StatusCode::NOT_FOUND, TITLE, Refusal::UnknownNotice.to_string())
        }
        NotPrinted::Refused(refusal) => Problem::new(StatusCode::CONFLICT, TITLE, refusal.to_string()),
        NotPrinted::Store(cause) => Problem::failure(TITLE, &cause),
        NotPrinted::Unprintable(cause @ Unprintable::Drawing(_)) => Problem::failure(TITLE, &cause),
        why @ (NotPrinted::Unprintable(_) | NotPrinted::NoNoticeNumber) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, TITLE, why.to_string())
        }
    }
}

/// A PDF, unless the caller has it already. Its name tells no person's, and nobody on the way keeps it.
fn pdf(request: &HttpRequest, name: &str, bytes: Vec<u8>) -> HttpResponse {
    let digest: String = Sha256::digest(&bytes)[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = EntityTag::new_strong(digest);
    let known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, tag.to_string())).insert_header(kept_by_the_caller());
    if known {
        return response.finish();
    }
    response.content_type("application/pdf").insert_header(named(DispositionType::Inline, name)).body(bytes)
}

/// What is on paper is people's data.
fn kept_by_the_caller() -> CacheControl {
    CacheControl(vec![CacheDirective::Private, CacheDirective::NoCache])
}

fn named(disposition: DispositionType, name: &str) -> ContentDisposition {
    ContentDisposition { disposition, parameters: vec![DispositionParam::Filename(name.to_owned())] }
}
