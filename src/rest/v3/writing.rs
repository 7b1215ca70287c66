//! Create, replace, delete and publish one position: as version 1 does, in the words of version 3.

use actix_web::{HttpRequest, web};

use super::V3;
use super::model::PaymentPosition;
use crate::intake::model_v3;
use crate::rest::Answer;
use crate::rest::body::Body;
use crate::rest::docs::examples;
use crate::rest::docs::parameters::{IfMatch, Once};
use crate::rest::operator::Operator;
use crate::rest::positions::writing;
use crate::rest::query::Query;
use crate::station::Station;

/// Create a position.
///
/// It is a draft until it is published.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/debtpositions",
    operation_id = "createPositionV3",
    tag = "positions v3",
    params(("toPublish" = Option<bool>, Query, description = "Whether it can be paid at once, or at its validity dates."), ("serviceType" = Option<String>, Query, description = "Through which service it comes: `GPD` unless you say otherwise.", pattern = "^(GPD|ACA|WISP)$"), Once),
    request_body(content = model_v3::Position, example = json!(examples::position_v3())),
    responses(
        (status = 201, description = "The position.", body = PaymentPosition,
         headers(("ETag" = String, description = "Its version."))),
        (status = 409, description = "The IUPD, an IUV or a notice number is taken."),
    )
)]
pub(super) async fn create(station: web::Data<Station>, operator: Operator, query: Query, body: Body) -> Answer {
    writing::create::<V3>(station, operator, query, body).await
}

/// Replace a position.
///
/// What is replaced without `toPublish` is a draft again, and cannot be paid until it is published.
#[utoipa::path(
    put,
    path = "/organizations/{organization}/debtpositions/{iupd}",
    operation_id = "updatePositionV3",
    tag = "positions v3",
    params(("toPublish" = Option<bool>, Query, description = "Whether it can be paid at once, or at its validity dates."), IfMatch),
    request_body(content = model_v3::Position, example = json!(examples::position_v3())),
    responses(
        (status = 200, description = "The position.", body = PaymentPosition,
         headers(("ETag" = String, description = "Its version."))),
        (status = 404, description = "There is no such position."),
        (status = 409, description = "It was paid, or is not in a state in which it can be replaced."),
        (status = 422, description = "No transfer could bear the notification fee."),
    )
)]
pub(super) async fn update(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String)>,
    query: Query,
    request: HttpRequest,
    body: Body,
) -> Answer {
    writing::update::<V3>(station, operator, path, query, request, body).await
}

/// Delete a position of which nothing was paid.
#[utoipa::path(
    delete,
    path = "/organizations/{organization}/debtpositions/{iupd}",
    operation_id = "deletePositionV3",
    tag = "positions v3",
    params(IfMatch),
    responses(
        (status = 200, description = "It is gone.", body = String, content_type = "application/json"),
        (status = 404, description = "There is no such position."),
        (status = 409, description = "Something was paid."),
    )
)]
pub(super) async fn delete(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Answer {
    writing::delete(station, operator, path, request).await
}

/// Publish a draft, so that it can be paid.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/debtpositions/{iupd}/publish",
    operation_id = "publishPositionV3",
    tag = "positions v3",
    params(IfMatch, Once),
    responses(
        (status = 200, description = "The position.", body = PaymentPosition,
         headers(("ETag" = String, description = "Its version."))),
        (status = 404, description = "There is no such position."),
        (status = 409, description = "It is no draft, or its dates have passed."),
    )
)]
pub(super) async fn publish(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Answer {
    writing::publish::<V3>(station, operator, path, request).await
}
