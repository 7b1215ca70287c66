//! Version 3 of the positions API (`gpd-api` 9): every payment option is a plan with its own debtor and dates. What it
//! makes of a position is what version 1 would, and each reads what the other wrote.

mod listing;
mod model;

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};

use self::model::{PaymentPosition, ReadPosition};
use super::operator::Operator;
use super::positions::{Version, of_version, seen, writing};
use super::{Answer, resource};
use crate::domain::position::DebtPosition;
use crate::intake::model_v3;
use crate::station::Station;

/// What operators have at `/organizations/…`.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(
            resource("/organizations/{organization}/debtpositions")
                .route(web::post().to(writing::create::<V3>))
                .route(web::get().to(listing::list)),
        )
        .service(
            resource("/organizations/{organization}/debtpositions/{iupd}")
                .route(web::get().to(get))
                .route(web::put().to(writing::update::<V3>))
                .route(web::delete().to(writing::delete)),
        )
        .service(
            resource("/organizations/{organization}/debtpositions/{iupd}/publish")
                .route(web::post().to(writing::publish::<V3>)),
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

/// `GET …/debtpositions/{iupd}`
async fn get(station: web::Data<Station>, operator: Operator, path: web::Path<(String, String)>) -> Answer {
    let (_, iupd) = path.into_inner();
    let stored = seen(&station, &operator, &iupd).await?;
    Ok(of_version(&stored, StatusCode::OK, ReadPosition::of(&stored, |_| true)))
}
