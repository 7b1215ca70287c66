//! Where creditors copy their notices to: the path of the platform's archive.

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use tracing::info;

use super::{MOST_BYTES, PATIENCE};
use crate::reception::bytes_of;
use crate::sandbox::node::Node;
use crate::sandbox::standin::position::create_position;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/aca/v1/paCreatePosition", web::post().to(create));
}

async fn create(request: HttpRequest, mut payload: web::Payload, node: web::Data<Node>) -> HttpResponse {
    let raw = match bytes_of(&mut payload, MOST_BYTES, PATIENCE).await {
        Ok(raw) => raw,
        Err(status) => return HttpResponse::build(status).finish(),
    };
    let key = request.headers().get("Ocp-Apim-Subscription-Key").and_then(|key| key.to_str().ok());
    let reply = create_position(&node, key, &raw);
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status == StatusCode::OK { "application/json" } else { "application/problem+json" };
    info!(path = request.path(), status = status.as_u16(), "the archive answered");
    HttpResponse::build(status).content_type(kind).body(reply.body.to_string())
}
