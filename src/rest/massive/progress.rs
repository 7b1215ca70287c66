//! `GET /file/{id}/status` and `/report`: how far an upload is, and what became of its items.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::super::Answer;
use super::{Operator, Problem, UploadPath, owner};
use crate::domain::upload::{Outcomes, Upload};
use crate::station::Station;
use crate::store::StoreError;

/// How far an upload is, in the names of a version.
pub(super) async fn status<S: From<Upload> + Serialize>(
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
    let upload = station.store.upload(&owner, &operator.codes, &id).await.map_err(failed)?.ok_or_else(unknown)?;
    Ok(HttpResponse::Ok().json(S::from(upload)))
}

/// What became of the items of an upload, in the names of a version. Whether it is told while it is being worked off is
/// the version's too.
pub(super) async fn report<R: From<(Upload, Outcomes)> + Serialize>(
    while_on_its_way: bool,
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
    let upload = station.store.upload(&owner, &operator.codes, &id).await.map_err(failed)?.ok_or_else(unknown)?;
    if !while_on_its_way && upload.finished_at.is_none() {
        let detail = "The report has not been generated yet, wait for the operations to complete.";
        return Err(Problem::new(too_early(), "Too Early", detail));
    }
    let outcomes = station.store.upload_outcomes(&id).await.map_err(failed)?;
    Ok(HttpResponse::Ok().json(R::from((upload, outcomes))))
}

/// The crate has no name for it.
fn too_early() -> StatusCode {
    StatusCode::from_u16(425).expect("a status of three digits")
}

fn failed(cause: StoreError) -> Problem {
    Problem::failure("INTERNAL SERVER ERROR", &cause)
}
