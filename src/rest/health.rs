//! Is the process alive, and can it answer? The second really asks the store.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Serialize;
use tracing::error;
use utoipa::ToSchema;

use crate::station::Station;
use crate::telemetry::chain;

/// A balancer should not wait longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// How it stands.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// `up` or `down`.
    status: &'static str,
    /// The same of the store, where it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<&'static str>,
}

/// The process answers.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "station",
    responses((status = 200, description = "The process runs.", body = Health))
)]
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "up", store: None })
}

/// The store answers too.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "station",
    responses(
        (status = 200, description = "The store answers.", body = Health),
        (status = 503, description = "The store does not answer: send calls to another station.", body = Health),
    )
)]
pub(super) async fn ready(station: web::Data<Station>) -> HttpResponse {
    let answer = tokio::time::timeout(PATIENCE, station.store.ping()).await;
    match answer {
        Ok(Ok(())) => return HttpResponse::Ok().json(Health { status: "up", store: Some("up") }),
        Ok(Err(cause)) => error!(cause = chain(&cause), "the store is down"),
        Err(_) => error!("the store does not answer in time"),
    }
    HttpResponse::ServiceUnavailable().json(Health { status: "down", store: Some("down") })
}
