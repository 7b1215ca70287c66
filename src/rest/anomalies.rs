//! What a person should look at, and that somebody has.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use serde::Deserialize;
use serde_json::json;

use super::body::Body;
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
#[derive(Deserialize)]
struct Note {
    note: String,
}

/// The anomalies of an organization.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(resource("/organizations/{organization}/anomalies").route(web::get().to(list)))
        .service(resource("/organizations/{organization}/anomalies/{id}").route(web::get().to(one)))
        .service(resource("/organizations/{organization}/anomalies/{id}/resolve").route(web::post().to(resolve)));
}

async fn list(operator: Operator, query: Query, station: web::Data<Station>) -> Answer {
    let kind = query.parsed("kind", |text| AnomalyKind::parse(text).map(AnomalyKind::as_str))?;
    let open = query.text("open").map(|_| query.flag("open")).transpose()?;
    let filter = Filter { kind, open, ..newest(operator, &query, "getAnomalies")? };
    let anomalies = station.store.anomalies(&filter).await.map_err(|cause| failed(&cause))?;
    let next = next(&filter, anomalies.len(), anomalies.last().map(|last| last.id));
    Ok(HttpResponse::Ok().json(json!({ "anomalies": anomalies, "next": next })))
}

async fn one(operator: Operator, path: web::Path<(String, String)>, station: web::Data<Station>) -> Answer {
    let id = number_in_path("id", &path.1)?;
    Ok(HttpResponse::Ok().json(the_one(&operator, id, &station).await?))
}

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
