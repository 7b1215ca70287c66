//! Version 3 of the positions API (`gpd-api` 9): every payment option is a plan with its own debtor and dates. What it
//! makes of a position is what version 1 would, and each reads what the other wrote.

mod listing;
mod model;
mod writing;

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use self::model::{PaymentPosition, ReadPosition};
use super::idempotency::once;
use super::operator::Operator;
use super::positions::{Version, of_version, seen};
use super::{Answer, paths, resource};
use crate::domain::position::DebtPosition;
use crate::intake::model_v3;
use crate::station::Station;

/// What is said of them.
pub(super) fn described() -> utoipa::openapi::OpenApi {
    utoipa::openapi::OpenApi::default().nest("/v3", Described::openapi())
}

#[derive(OpenApi)]
#[openapi(paths(get, listing::list, writing::create, writing::update, writing::delete, writing::publish))]
struct Described;

/// What operators have at `/organizations/…`.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(
            resource("/organizations/{organization}/debtpositions")
                .route(once(web::post().to(writing::create)))
                .route(web::get().to(listing::list)),
        )
        .service(
            resource("/organizations/{organization}/debtpositions/{iupd}")
                .route(web::get().to(get))
                .route(web::put().to(writing::update))
                .route(web::delete().to(writing::delete)),
        )
        .service(
            resource("/organizations/{organization}/debtpositions/{iupd}/publish")
                .route(once(web::post().to(writing::publish))),
        );
}

/// The same at the root of GPD's own service.
pub(super) fn below_root(config: &mut ServiceConfig) {
    config.service(web::scope("/v3").configure(resources));
}

/// Version 3.
struct V3;

impl Version for V3 {
    type Given = model_v3::Position;
    type Written = PaymentPosition;

    fn written(position: &DebtPosition) -> PaymentPosition {
        PaymentPosition::of(position)
    }
}

/// Read a position, with its debtors.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/debtpositions/{iupd}",
    operation_id = "getPositionV3",
    tag = "positions v3",
    responses(
        (status = 200, description = "The position as it stands now.", body = ReadPosition,
         headers(("ETag" = String, description = "Its version."))),
        (status = 404, description = "There is no such position."),
    )
)]
async fn get(station: web::Data<Station>, operator: Operator, path: web::Path<(String, String)>) -> Answer {
    let (_, iupd) = path.into_inner();
    paths::position("getOrganizationDebtPositionByIUPD", &operator, &iupd)?;
    let stored = seen(&station, &operator, &iupd).await?;
    Ok(of_version(&stored, StatusCode::OK, ReadPosition::of(&stored, |_| true)))
}
