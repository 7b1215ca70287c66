//! Version 1 of the positions API (`gpd-api` 4 to 7).

pub(super) mod model;
mod writing;

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderValue, IF_MATCH};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::OpenApi;

use self::model::BasePosition;
use super::denials::Subject;
use super::idempotency::once;
use super::operator::Operator;
use super::problem::Problem;
use super::{Answer, resource};
use crate::domain::codes::Iupd;
use crate::domain::denial::Denial;
use crate::station::Station;
use crate::store::{Key, StoredPosition};
use crate::use_cases::positions::find;

/// What is said of them.
#[derive(OpenApi)]
#[openapi(paths(get, writing::create, writing::update, writing::delete, writing::publish, writing::invalidate))]
pub(super) struct Described;

/// What operators have at `/organizations/…`.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(resource("/organizations/{organization}/debtpositions").route(once(web::post().to(writing::create))))
        .service(
            resource("/organizations/{organization}/debtpositions/{iupd}")
                .route(web::get().to(get))
                .route(web::put().to(writing::update))
                .route(web::delete().to(writing::delete)),
        )
        .service(
            resource("/organizations/{organization}/debtpositions/{iupd}/publish")
                .route(once(web::post().to(writing::publish))),
        )
        .service(
            resource("/organizations/{organization}/debtpositions/{iupd}/invalidate")
                .route(once(web::post().to(writing::invalidate))),
        );
}

/// Read a position.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/debtpositions/{iupd}",
    operation_id = "getOrganizationDebtPositionByIUPD",
    tag = "positions",
    responses(
        (status = 200, description = "The position as it stands now, without its debtor.", body = BasePosition,
         headers(("ETag" = String, description = "Its version."))),
        (status = 404, description = "There is no such position."),
        (status = 422, description = "It has two plans or more, which only version 3 can tell."),
    )
)]
async fn get(station: web::Data<Station>, operator: Operator, path: web::Path<(String, String)>) -> Answer {
    let (_, iupd) = path.into_inner();
    let subject = Subject {
        station: &station,
        organization: &operator.organization,
        failure: "The debt position cannot be read",
    };
    let found = find(&station, operator.desk(), Key::Iupd(&iupd)).await.map_err(|error| subject.problem(error))?;
    let declined = |denial: Denial| subject.problem(denial.into());
    let stored = found.ok_or_else(|| declined(Denial::UnknownPosition(vec![Iupd::new(&iupd)])))?;
    operator.desk().may_touch(&stored.position).map_err(declined)?;
    if stored.position.instalment_plans() > 1 {
        return Err(declined(Denial::SeveralPlans(stored.position.iupd.clone())));
    }
    Ok(of_version(&stored, StatusCode::OK, BasePosition::of(&stored, |_| true)))
}

/// An answer that carries the version of a position, for those who insist on it later.
pub(super) fn of_version(stored: &StoredPosition, status: StatusCode, body: impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((ETAG, format!("\"{}\"", stored.version))).json(body)
}

/// The version that the caller insists on (`If-Match`); `*` is any.
pub(super) fn expected_version(request: &HttpRequest) -> Result<Option<i64>, Problem> {
    let Some(value) = request.headers().get(IF_MATCH) else { return Ok(None) };
    let tag = HeaderValue::to_str(value).unwrap_or_default().trim();
    if tag == "*" {
        return Ok(None);
    }
    let version = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).and_then(|tag| tag.parse().ok());
    // A tag that was never given matches nothing.
    Ok(Some(version.unwrap_or(-1)))
}
