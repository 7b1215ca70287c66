//! What a person should look at, and that somebody has.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::body::Body;
use super::docs::examples;
use super::operator::Operator;
use super::problem::Problem;
use super::query::Query;
use super::receipts::kept::{newest, next};
use super::{Answer, number_in_path, resource};
use crate::domain::anomaly::AnomalyKind;
use crate::station::Station;
use crate::store::{Filter, StoreError, StoredAnomaly};
use crate::use_cases::{LONGEST_NOTE, Resolution, Resolved, resolve_anomaly};

/// How an anomaly was dealt with.
#[derive(Deserialize, ToSchema)]
struct Note {
    /// For whoever asks later.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// A page of anomalies, the newest first.
#[derive(Serialize, ToSchema)]
struct Anomalies {
    anomalies: Vec<StoredAnomaly>,
    /// What to ask for `before`, to get the page after this one; null on the last.
    next: Option<i64>,
}

/// What is said of them.
#[derive(OpenApi)]
#[openapi(paths(list, one, resolve))]
pub(super) struct Described;

/// The anomalies of an organization.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(resource("/organizations/{organization}/anomalies").route(web::get().to(list)))
        .service(resource("/organizations/{organization}/anomalies/{id}").route(web::get().to(one)))
        .service(resource("/organizations/{organization}/anomalies/{id}/resolve").route(web::post().to(resolve)));
}

/// List what a person should look at.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/anomalies",
    operation_id = "getAnomalies",
    tag = "receipts",
    params(
        ("kind" = Option<String>, Query, description = "Of this kind only, such as `DOUBLE_PAYMENT`."),
        ("open" = Option<bool>, Query, description = "Only those that are open, or only those that are not."),
        ("limit" = Option<i32>, Query, description = "How many at the most: 50 unless you say otherwise.", minimum = 1, maximum = 100),
        ("before" = Option<i64>, Query, description = "The page after the one that ended with this `next`."),
        ("nav" = Option<String>, Query, description = "Of this notice only."),
        ("from" = Option<String>, Query, description = "Since when they came, in UTC: `2026-01-31`, or with a time, `2026-01-31T12:00:00`."),
        ("to" = Option<String>, Query, description = "Until when they came."),
    ),
    responses(
        (status = 200, description = "The newest first.", body = Anomalies),
    )
)]
async fn list(operator: Operator, query: Query, station: web::Data<Station>) -> Answer {
    let kind = query.parsed("kind", |text| AnomalyKind::parse(text).map(AnomalyKind::as_str))?;
    let open = query.text("open").map(|_| query.flag("open")).transpose()?;
    let filter = Filter { kind, open, ..newest(operator, &query, "getAnomalies")? };
    let anomalies = station.store.anomalies(&filter).await.map_err(|cause| failed(&cause))?;
    let next = next(&filter, anomalies.len(), anomalies.last().map(|last| last.id));
    Ok(HttpResponse::Ok().json(Anomalies { anomalies, next }))
}

/// Read one of them.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/anomalies/{id}",
    operation_id = "getAnomaly",
    tag = "receipts",
    responses(
        (status = 200, description = "The anomaly.", body = StoredAnomaly),
        (status = 404, description = "There is none with this number."),
    )
)]
async fn one(operator: Operator, path: web::Path<(String, String)>, station: web::Data<Station>) -> Answer {
    let id = number_in_path("id", &path.1)?;
    Ok(HttpResponse::Ok().json(the_one(&operator, id, &station).await?))
}

/// Say how one was dealt with.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/anomalies/{id}/resolve",
    operation_id = "resolveAnomaly",
    tag = "receipts",
    request_body(content = Note, example = json!(examples::note())),
    responses(
        (status = 200, description = "It is closed.", body = StoredAnomaly),
        (status = 404, description = "There is none with this number."),
        (status = 409, description = "It was closed before."),
    )
)]
async fn resolve(
    operator: Operator,
    path: web::Path<(String, String)>,
    body: Body,
    station: web::Data<Station>,
) -> Answer {
    let id = number_in_path("id", &path.1)?;
    let note = note(&body.0)?;
    the_one(&operator, id, &station).await?;
    let resolution = Resolution { id, note: &note, by: &operator.by };
    match resolve_anomaly(&station.store, resolution, station.clock.now()).await.map_err(|cause| failed(&cause))? {
        Resolved::Now(anomaly) => Ok(HttpResponse::Ok().json(anomaly)),
        Resolved::Unknown => Err(unknown(&operator, id)),
        Resolved::Before => {
            let detail =
                format!("Anomaly {id} of Organization Fiscal Code {} was resolved before", operator.organization);
            Err(Problem::new(StatusCode::CONFLICT, "The anomaly is already resolved", detail))
        }
    }
}

fn note(body: &[u8]) -> Result<String, Problem> {
    let Ok(Note { note }) = serde_json::from_slice(body) else {
        return Err(Problem::bad_request("JSON parse error: the body must be an object with the text \"note\""));
    };
    match note.chars().count() {
        _ if note.trim().is_empty() => Err(Problem::bad_request("note: must not be blank")),
        _ if note.contains('\0') => Err(Problem::bad_request("note: must hold characters that can be stored")),
        length if length > LONGEST_NOTE => {
            Err(Problem::bad_request(format!("note: size must be between 1 and {LONGEST_NOTE}")))
        }
        _ => Ok(note),
    }
}

/// The anomaly with this number, if it is the operator's to see.
async fn the_one(operator: &Operator, id: i64, station: &Station) -> Result<StoredAnomaly, Problem> {
    let organization = Some(operator.organization.as_str().to_owned());
    let filter = Filter { id: Some(id), organization, codes: operator.codes.clone(), limit: 1, ..Filter::default() };
    let found = station.store.anomalies(&filter).await.map_err(|cause| failed(&cause))?;
    found.into_iter().next().ok_or_else(|| unknown(operator, id))
}

fn unknown(operator: &Operator, id: i64) -> Problem {
    let detail = format!("Not found an anomaly for Organization Fiscal Code {} and id {id}", operator.organization);
    Problem::new(StatusCode::NOT_FOUND, "Not found the anomaly", detail)
}

fn failed(cause: &StoreError) -> Problem {
    Problem::failure("INTERNAL SERVER ERROR", cause)
}
