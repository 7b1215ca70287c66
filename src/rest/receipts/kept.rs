//! Every receipt that is kept, beyond what GPD shows: of shares in others' notices, copies, orphans; and what was refused
//! or came altered. The same as `ec-station receipts`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, ServiceConfig};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::{OneOfBuilder, Ref, RefOr, Schema};
use utoipa::{OpenApi, PartialSchema, ToSchema};

use super::window::instants;
use super::{failed, raw};
use crate::domain::receipt::ReceiptKind;
use crate::rest::operator::Operator;
use crate::rest::problem::Problem;
use crate::rest::query::Query;
use crate::rest::{Answer, number_in_path, resource};
use crate::station::Station;
use crate::store::{Filter, Kept, KeptReceipt, ListedReceipt, Store, StoreError};

/// What is not well-formed, or nobody knows.
const BYTES: &str = "application/octet-stream";

/// A page of receipts, the newest first.
#[derive(Serialize, ToSchema)]
struct Receipts {
    #[schema(value_type = Vec<AnyReceipt>)]
    receipts: Vec<Value>,
    /// What to ask for `before`, to get the page after this one; null on the last.
    next: Option<i64>,
}

/// A receipt, wherever it is kept.
struct AnyReceipt;

impl PartialSchema for AnyReceipt {
    fn schema() -> RefOr<Schema> {
        let known = [ListedReceipt::name(), KeptReceipt::name()];
        known.into_iter().fold(OneOfBuilder::new(), |any, name| any.item(Ref::from_schema_name(name))).into()
    }
}

impl ToSchema for AnyReceipt {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((ListedReceipt::name().into(), ListedReceipt::schema()));
        schemas.push((KeptReceipt::name().into(), KeptReceipt::schema()));
    }
}

/// What is said of them.
#[derive(OpenApi)]
#[openapi(paths(list, one, one_raw))]
pub(in crate::rest) struct Described;

/// The receipts of an organization.
pub(in crate::rest) fn resources(config: &mut ServiceConfig) {
    config
        .service(resource("/organizations/{organization}/receipts").route(web::get().to(list)))
        .service(resource("/organizations/{organization}/receipts/{id}").route(web::get().to(one)))
        .service(resource("/organizations/{organization}/receipts/{id}/raw").route(web::get().to(one_raw)));
}

/// List every receipt that is kept.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/receipts",
    operation_id = "getReceipts",
    tag = "receipts",
    params(
        ("of" = Option<String>, Query, description = "Where it is kept: `RECEIVED` unless you say otherwise.", pattern = "^(RECEIVED|REFUSED|ALTERED)$"),
        ("kind" = Option<String>, Query, description = "Of this kind only."),
        ("limit" = Option<i32>, Query, description = "How many at the most: 50 unless you say otherwise.", minimum = 1, maximum = 100),
        ("before" = Option<i64>, Query, description = "The page after the one that ended with this `next`."),
        ("nav" = Option<String>, Query, description = "Of this notice only."),
        ("from" = Option<String>, Query, description = "Since when they came, in UTC: `2026-01-31`, or with a time, `2026-01-31T12:00:00`."),
        ("to" = Option<String>, Query, description = "Until when they came."),
    ),
    responses(
        (status = 200, description = "The newest first.", body = Receipts),
    )
)]
async fn list(operator: Operator, query: Query, station: web::Data<Station>) -> Answer {
    let kept = place(&query)?;
    let filter = Filter { kind: query.parsed("kind", kind)?, ..newest(operator, &query, "getReceipts")? };
    let mut receipts = found(&station.store, kept, &filter).await.map_err(|cause| failed(&cause))?;
    // What was parsed is long, and people's data: whoever wants it asks for the receipt.
    for receipt in receipts.iter_mut().filter_map(Value::as_object_mut) {
        receipt.remove("parsed");
    }
    let next = next(&filter, receipts.len(), receipts.last().and_then(|last| last["id"].as_i64()));
    Ok(HttpResponse::Ok().json(Receipts { receipts, next }))
}

/// Read one of them, with what was read in it.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/receipts/{id}",
    operation_id = "getReceipt",
    tag = "receipts",
    params(("of" = Option<String>, Query, description = "Where it is kept: `RECEIVED` unless you say otherwise.", pattern = "^(RECEIVED|REFUSED|ALTERED)$")),
    responses(
        (status = 200, description = "The receipt.", body = AnyReceipt),
        (status = 404, description = "There is none with this number."),
    )
)]
async fn one(
    operator: Operator,
    path: web::Path<(String, String)>,
    query: Query,
    station: web::Data<Station>,
) -> Answer {
    let (kept, id) = (place(&query)?, number_in_path("id", &path.1)?);
    let receipt = the_one(operator, kept, id, &station).await?;
    Ok(HttpResponse::Ok().json(receipt))
}

/// Read one of them as it came.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/receipts/{id}/raw",
    operation_id = "getReceiptAsItCame",
    tag = "receipts",
    params(("of" = Option<String>, Query, description = "Where it is kept: `RECEIVED` unless you say otherwise.", pattern = "^(RECEIVED|REFUSED|ALTERED)$")),
    responses(
        (status = 200, description = "Its bytes, of the type their sender said.",
         content((String = "text/xml"), (String = "application/octet-stream"))),
        (status = 404, description = "There is none with this number."),
    )
)]
async fn one_raw(
    operator: Operator,
    path: web::Path<(String, String)>,
    query: Query,
    station: web::Data<Station>,
) -> Answer {
    let (kept, id) = (place(&query)?, number_in_path("id", &path.1)?);
    let unknown = unknown(&operator, id);
    the_one(operator, kept, id, &station).await?;
    let receipt = station.store.raw_receipt(kept, id).await.map_err(|cause| failed(&cause))?.ok_or(unknown)?;
    if kept == Kept::Received {
        return Ok(raw(receipt));
    }
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, BYTES)).body(receipt.bytes))
}

/// The receipt with this number, if it is the operator's to see.
async fn the_one(operator: Operator, kept: Kept, id: i64, station: &Station) -> Result<Value, Problem> {
    let unknown = unknown(&operator, id);
    let Operator { organization, codes, .. } = operator;
    let organization = Some(organization.as_str().to_owned());
    let filter = Filter { id: Some(id), organization, codes, limit: 1, ..Filter::default() };
    let found = found(&station.store, kept, &filter).await.map_err(|cause| failed(&cause))?;
    found.into_iter().next().ok_or(unknown)
}

async fn found(store: &Store, kept: Kept, filter: &Filter) -> Result<Vec<Value>, StoreError> {
    Ok(match kept {
        Kept::Received => values(&store.receipts(filter).await?),
        _ => values(&store.kept_receipts(kept, filter).await?),
    })
}

fn values(rows: &[impl Serialize]) -> Vec<Value> {
    rows.iter().map(|row| json!(row)).collect()
}

/// A page of the newest of an organization, as the query asks for it.
pub(in crate::rest) fn newest(operator: Operator, query: &Query, method: &str) -> Result<Filter, Problem> {
    let (from, to) = instants(query)?;
    Ok(Filter {
        organization: Some(operator.organization.as_str().to_owned()),
        codes: operator.codes,
        nav: query.text("nav").map(str::to_owned),
        from,
        to,
        before: query.parsed("before", |text| text.parse().ok())?,
        limit: query.number(method, "limit", 50, (1, 100))?,
        ..Filter::default()
    })
}

/// What to ask for the page after this one `before`; none when there is none.
pub(in crate::rest) fn next(filter: &Filter, length: usize, last: Option<i64>) -> Option<i64> {
    last.filter(|_| i64::try_from(length) == Ok(filter.limit))
}

fn place(query: &Query) -> Result<Kept, Problem> {
    let place = query.parsed("of", |text| match text {
        "RECEIVED" => Some(Kept::Received),
        "REFUSED" => Some(Kept::Refused),
        "ALTERED" => Some(Kept::Altered),
        _ => None,
    })?;
    Ok(place.unwrap_or(Kept::Received))
}

fn kind(text: &str) -> Option<&'static str> {
    ReceiptKind::parse(text).map(ReceiptKind::as_str)
}

fn unknown(operator: &Operator, id: i64) -> Problem {
    let detail = format!("Not found a receipt for Organization Fiscal Code {} and id {id}", operator.organization);
    Problem::new(StatusCode::NOT_FOUND, "Not found the receipt", detail)
}
