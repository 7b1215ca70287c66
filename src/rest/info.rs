//! What runs here (`gpd-api` 2).

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::station::Station;

/// Name, version and environment.
pub(super) async fn info(station: web::Data<Station>) -> HttpResponse {
    let environment = station.settings.validation.to_string();
    HttpResponse::Ok().json(json!({
        "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION"), "environment": environment,
    }))
}
