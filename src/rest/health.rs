//! Is the process alive, and can it answer? The second really asks the store.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde_json::json;
use tracing::error;

use crate::station::Station;
use crate::telemetry::chain;

/// A balancer should not wait longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process answers.
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "up" }))
}

/// The store answers too.
pub(super) async fn ready(station: web::Data<Station>) -> HttpResponse {
    let answer = tokio::time::timeout(PATIENCE, station.store.ping()).await;
    match answer {
        Ok(Ok(())) => return HttpResponse::Ok().json(json!({ "status": "up", "store": "up" })),
        Ok(Err(cause)) => error!(cause = chain(&cause), "the store is down"),
        Err(_) => error!("the store does not answer in time"),
    }
    HttpResponse::ServiceUnavailable().json(json!({ "status": "down", "store": "down" }))
}
