//! `GET /file/{id}/status` and `/report`: how far an upload is, and what became of its items.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::Answer;
use super::{Operator, Problem, UploadPath, Version, owner};
use crate::domain::upload::Upload;
use crate::station::Station;
use crate::store::StoreError;

/// How far an upload is.
pub(super) async fn status(
    version: Version,
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<UploadPath>,
) -> Answer {
    let UploadPath { broker, upload: id } = path.into_inner();
    let owner = owner(&station, &operator, broker).await?;
    let unknown = || {
        let detail = format!("The status for given fileId {id} does not exist for {}", owner.service.as_str());
        Problem::new(StatusCode::NOT_FOUND, "STATUS NOT FOUND", detail)
    };
    let upload = station.store.upload(&owner, &id).await.map_err(failed)?.ok_or_else(unknown)?;
    let mut body = head(version, &upload);
    body["startTime"] = upload.received_at.format("%Y-%m-%d %H:%M:%S").to_string().into();
    if version == Version::V2 {
        body["operationStatus"] = upload.status().into();
    }
    Ok(HttpResponse::Ok().json(body))
}

/// What became of the items of an upload. Version 1 tells it while it is being worked off.
pub(super) async fn report(
    version: Version,
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<UploadPath>,
) -> Answer {
    let UploadPath { broker, upload: id } = path.into_inner();
    let owner = owner(&station, &operator, broker).await?;
    let unknown = || {
        let service = owner.service.as_str();
        let detail = format!("The blob for the given upload id {id} does not exist for {service}");
        Problem::new(StatusCode::NOT_FOUND, "Upload blob not found", detail)
    };
    let upload = station.store.upload(&owner, &id).await.map_err(failed)?.ok_or_else(unknown)?;
    if version == Version::V2 && upload.finished_at.is_none() {
        let detail = "The report has not been generated yet, wait for the operations to complete.";
        return Err(Problem::new(too_early(), "Too Early", detail));
    }
    let outcomes = station.store.upload_outcomes(&id).await.map_err(failed)?;
    let iupds = if version == Version::V1 { "requestIDs" } else { "iupds" };
    let response = |(outcome, list)| {
        let crate::domain::upload::Outcome { status, message } = outcome;
        json!({ "statusCode": status, "statusMessage": message, iupds: list as Vec<String> })
    };
    let mut body = head(version, &upload);
    if !outcomes.is_empty() {
        body["responses"] = outcomes.into_iter().map(response).collect();
    }
    body["startTime"] = moment(upload.received_at).into();
    if let Some(at) = upload.finished_at {
        body["endTime"] = moment(at).into();
    }
    Ok(HttpResponse::Ok().json(body))
}

/// What both tell.
fn head(version: Version, upload: &Upload) -> Value {
    let id = if version == Version::V1 { "uploadID" } else { "fileId" };
    json!({ id: upload.id, "processedItem": upload.processed, "submittedItem": upload.submitted })
}

/// The crate has no name for it.
fn too_early() -> StatusCode {
    StatusCode::from_u16(425).expect("a status of three digits")
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}

fn failed(cause: StoreError) -> Problem {
    Problem::failure("INTERNAL SERVER ERROR", &cause)
}
