//! Massive uploads in the names of version 1.

use actix_web::HttpRequest;
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use super::model::{FileForm, Files, ReportV1, StatusV1};
use super::taking::{Brought, take};
use super::{BrokerPath, Operator, UploadPath, list, progress};
use crate::domain::upload::Operation;
use crate::rest::query::Query;
use crate::rest::{Answer, resource};
use crate::station::Station;

/// What is said of them.
#[derive(OpenApi)]
#[openapi(paths(create, update, delete, status, report, files))]
pub(super) struct Described;

/// Where they are.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(
            resource("/brokers/{broker}/organizations/{organization}/debtpositions/file")
                .route(web::post().to(create))
                .route(web::put().to(update))
                .route(web::delete().to(delete)),
        )
        .service(
            resource("/brokers/{broker}/organizations/{organization}/debtpositions/file/{upload}/status")
                .route(web::get().to(status)),
        )
        .service(
            resource("/brokers/{broker}/organizations/{organization}/debtpositions/file/{upload}/report")
                .route(web::get().to(report)),
        )
        .service(
            resource("/brokers/{broker}/organizations/{organization}/debtpositions/files").route(web::get().to(files)),
        );
}

/// Create the positions of a file.
#[utoipa::path(
    post,
    path = "/brokers/{broker}/organizations/{organization}/debtpositions/file",
    operation_id = "createFileV1",
    tag = "massive",
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses(
        (status = 202, description = "It is taken; `Location` tells how far it is.",
         headers(("Location" = String, description = "Where its status is."), ("Retry-After" = String, description = "When to ask."))),
        (status = 415, description = "It is no form."),
    )
)]
async fn create(brought: Brought) -> Answer {
    take(Operation::Create, brought).await
}

/// Replace the positions of a file.
#[utoipa::path(
    put,
    path = "/brokers/{broker}/organizations/{organization}/debtpositions/file",
    operation_id = "updateFileV1",
    tag = "massive",
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses(
        (status = 202, description = "It is taken; `Location` tells how far it is.",
         headers(("Location" = String, description = "Where its status is."), ("Retry-After" = String, description = "When to ask."))),
        (status = 415, description = "It is no form."),
    )
)]
async fn update(brought: Brought) -> Answer {
    take(Operation::Update, brought).await
}

/// Delete the positions that a file names.
#[utoipa::path(
    delete,
    path = "/brokers/{broker}/organizations/{organization}/debtpositions/file",
    operation_id = "deleteFileV1",
    tag = "massive",
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses(
        (status = 202, description = "It is taken; `Location` tells how far it is.",
         headers(("Location" = String, description = "Where its status is."), ("Retry-After" = String, description = "When to ask."))),
        (status = 415, description = "It is no form."),
    )
)]
async fn delete(brought: Brought) -> Answer {
    take(Operation::Delete, brought).await
}

/// Read how far an upload is.
#[utoipa::path(
    get,
    path = "/brokers/{broker}/organizations/{organization}/debtpositions/file/{upload}/status",
    operation_id = "getFileStatusV1",
    tag = "massive",
    responses(
        (status = 200, description = "How far it is.", body = StatusV1),
        (status = 404, description = "There is no such upload."),
    )
)]
async fn status(station: web::Data<Station>, operator: Operator, path: web::Path<UploadPath>) -> Answer {
    progress::status::<StatusV1>(station, operator, path).await
}

/// Read what became of its items.
#[utoipa::path(
    get,
    path = "/brokers/{broker}/organizations/{organization}/debtpositions/file/{upload}/report",
    operation_id = "getFileReportV1",
    tag = "massive",
    responses(
        (status = 200, description = "Items that came to the same end stand together.", body = ReportV1),
        (status = 404, description = "There is no such upload."),
    )
)]
async fn report(station: web::Data<Station>, operator: Operator, path: web::Path<UploadPath>) -> Answer {
    progress::report::<ReportV1>(true, station, operator, path).await
}

/// List the uploads of some days.
#[utoipa::path(
    get,
    path = "/brokers/{broker}/organizations/{organization}/debtpositions/files",
    operation_id = "getFilesV1",
    tag = "massive",
    params(
        ("from" = Option<String>, Query, description = "The first day, in Rome: `2026-11-16`. The last seven days unless you say otherwise."),
        ("to" = Option<String>, Query, description = "The last day: seven at the most."),
        ("size" = Option<i32>, Query, description = "How many on a page: 100 unless you say otherwise.", minimum = 100, maximum = 500),
        ("x-continuation-token" = Option<String>, Header, description = "That of the page before.", pattern = "^[A-Za-z0-9_-]+$"),
    ),
    responses(
        (status = 200, description = "Their ids, the newest first.", body = Files),
        (status = 410, description = "The days are so long ago that their uploads are forgotten."),
    )
)]
async fn files(
    request: HttpRequest,
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<BrokerPath>,
    query: Query,
) -> Answer {
    list::list(request, station, operator, path, query).await
}
