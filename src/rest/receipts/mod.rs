//! Receipts of paid notices, as GPD's clients ask for them (`gpd-api` 13). `kept` has all the others.

pub(super) mod kept;
pub(super) mod window;
mod written;

use actix_web::http::StatusCode;
use actix_web::http::header::{Accept, CONTENT_TYPE, Header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use tracing::error;
use utoipa::{OpenApi, ToSchema};

use self::window::Window;
use super::operator::Operator;
use super::problem::Problem;
use super::query::Query;
use super::{Answer, resource};
use crate::domain::codes::Iuv;
use crate::station::Station;
use crate::store::{PaidReceipts, RawReceipt, StoreError};
use crate::telemetry::chain;

/// What bytes are whose sender said nothing of them.
const XML: &str = "text/xml";

/// A page of GPD's list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaidReceipts)]
struct Page<'a> {
    current_page_number: i64,
    length: usize,
    total_pages: i64,
    results: Vec<Found<'a>>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaidReceipt)]
struct Found<'a> {
    organization_fiscal_code: &'a str,
    iuv: &'a str,
    debtor: Option<&'a str>,
    payment_date_time: Option<&'a str>,
    status: &'static str,
}

/// What is said of them.
#[derive(OpenApi)]
#[openapi(paths(list, one))]
pub(super) struct Described;

/// GPD's own two.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(resource("/payments/{organization}/receipts").route(web::get().to(list)))
        .service(resource("/payments/{organization}/receipts/{iuv}").route(web::get().to(one)));
}

/// List the receipts of paid notices, as GPD does.
#[utoipa::path(
    get,
    path = "/payments/{organization}/receipts",
    operation_id = "getOrganizationReceipts",
    tag = "receipts",
    params(
        ("pageNum" = Option<i32>, Query, description = "Which page; the first is 0.", minimum = 0),
        ("pageSize" = Option<i32>, Query, description = "How many on a page: 20 unless you say otherwise.", minimum = 1, maximum = 100),
        ("debtor" = Option<String>, Query, description = "Of this debtor only, by fiscal code."),
        ("service" = Option<String>, Query, description = "Only IUVs that begin so."),
        ("debtorOrIuv" = Option<String>, Query, description = "Only where the IUV or the debtor begins so."),
        ("from" = Option<String>, Query, description = "Since when they were paid: `2026-01-31`, or with a time, `2026-01-31T12:00:00`."),
        ("to" = Option<String>, Query, description = "Until when they were paid."),
    ),
    responses(
        (status = 200, description = "In the order of their IUVs. Without `from` and `to`, those of the last three months.", body = Page),
        (status = 400, description = "A parameter is out of bounds (no body), or the range of dates is wrong, or there are not so many pages."),
        (status = 503, description = "They cannot be read: try again."),
    )
)]
async fn list(operator: Result<Operator, Problem>, query: Query, station: web::Data<Station>) -> Answer {
    let operator = operator.map_err(wordless)?;
    let page = query.number("getOrganizationReceipts", "pageNum", 0, (0, i32::MAX.into())).map_err(wordless)?;
    let size = query.number("getOrganizationReceipts", "pageSize", 20, (1, 100)).map_err(wordless)?;
    let text = |name| query.text(name).map(str::to_owned);
    let window = Window::read(query.text("from"), query.text("to"), station.clock.now())?;
    let asked = PaidReceipts {
        organization: operator.organization,
        codes: operator.codes,
        debtor: text("debtor"),
        service: text("service"),
        debtor_or_iuv: text("debtorOrIuv"),
        from: window.from,
        to: window.to,
        offset: page * size,
        limit: size,
    };
    let (total, receipts) = station.store.paid_receipts(&asked).await.map_err(|cause| failed(&cause))?;
    let total_pages = (total.max(1) + size - 1) / size;
    if page >= total_pages {
        let detail = "The page number is too big for the filtered elements";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "Not enough elements", detail));
    }
    let found = receipts.iter().map(|receipt| Found {
        organization_fiscal_code: asked.organization.as_str(),
        iuv: &receipt.iuv,
        debtor: receipt.debtor.as_deref(),
        payment_date_time: receipt.payment_date_time.as_deref(),
        status: "PAID",
    });
    let results: Vec<_> = found.collect();
    Ok(HttpResponse::Ok().json(Page { current_page_number: page, length: results.len(), total_pages, results }))
}

/// Read the receipt of a paid notice, in XML.
#[utoipa::path(
    get,
    path = "/payments/{organization}/receipts/{iuv}",
    operation_id = "getOrganizationReceipt",
    tag = "receipts",
    params(("raw" = Option<bool>, Query, description = "As it came, instead of written anew.")),
    responses(
        (status = 200, description = "The message that brought it. Whoever prefers JSON gets the same text under that name.",
         content((String = "application/xml"), (String = "text/xml"))),
        (status = 404, description = "There is no receipt for this IUV."),
        (status = 503, description = "It cannot be read: try again."),
    )
)]
async fn one(
    operator: Operator,
    path: web::Path<(String, String)>,
    query: Query,
    request: HttpRequest,
    station: web::Data<Station>,
) -> Answer {
    let (organization, (_, iuv)) = (operator.organization, path.into_inner());
    if !operator.codes.allow(&iuv) {
        let code: String = iuv.chars().take(2).collect();
        let detail = format!(
            "The caller does not have proper authorization to access IUV with the following segregation code {code} \
             [Organization Fiscal Code={organization}, IUV={iuv}]"
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, "The receipt retrieve is forbidden", detail));
    }
    let as_it_came = query.flag("raw")?;
    let found = station.store.paid_receipt(&organization, &Iuv::new(&iuv)).await.map_err(|cause| failed(&cause))?;
    let Some(receipt) = found else {
        let detail = format!("Not found a receipt for Organization Fiscal Code {organization} and IUV {iuv}");
        return Err(Problem::new(StatusCode::NOT_FOUND, "Not found the receipt", detail));
    };
    if as_it_came {
        return Ok(raw(receipt));
    }
    let text = written::anew(&receipt).map_err(|cause| {
        error!(cause = chain(&cause), "the bytes of a stored receipt cannot be read");
        no_answer()
    })?;
    let kind = if prefers_json(&request) { "application/json" } else { "application/xml" };
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, kind)).body(text))
}

/// The bytes as they came.
fn raw(receipt: RawReceipt) -> HttpResponse {
    let kind = receipt.content_type.as_deref().unwrap_or(XML);
    HttpResponse::Ok().insert_header((CONTENT_TYPE, kind)).body(receipt.bytes)
}

/// Whether the caller would rather have JSON. The text is the same; some clients give up on another type.
fn prefers_json(request: &HttpRequest) -> bool {
    let ranked = Accept::parse(request).map(|accept| accept.ranked()).unwrap_or_default();
    let known = ["application/json", "application/xml", "text/xml", "application/*", "*/*"];
    let first = ranked.iter().map(|kind| kind.essence_str()).find(|kind| known.contains(kind));
    first == Some("application/json")
}

/// GPD has no words here for a parameter that is out of bounds.
fn wordless(problem: Problem) -> Problem {
    match problem {
        Problem::Told { status: status @ StatusCode::BAD_REQUEST, .. } => Problem::Bare(status),
        other => other,
    }
}

fn failed(cause: &StoreError) -> Problem {
    error!(cause = chain(cause), "receipts cannot be read");
    no_answer()
}

fn no_answer() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Internal DB error", "Something went wrong in the DB operation")
}
