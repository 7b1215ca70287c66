//! What runs here (`gpd-api` 2).

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::station::Station;

/// What runs here.
#[derive(Serialize, ToSchema)]
pub(super) struct Info {
    name: &'static str,
    version: &'static str,
    /// Whose rules positions obey: `strict` or `gpd`.
    environment: String,
}

/// Name, version and environment.
#[utoipa::path(get, path = "/info", tag = "station", responses((status = 200, description = "What runs here.", body = Info)))]
pub(super) async fn info(station: web::Data<Station>) -> HttpResponse {
    let environment = station.settings.validation.to_string();
    let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    HttpResponse::Ok().json(Info { name, version, environment })
}
