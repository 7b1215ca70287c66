//! Checkout's stand-in: where front ends post carts, and where their citizens pay (`domain` 10).

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::json;
use tracing::info;

use super::PATIENCE;
use crate::reception::bytes_of;
use crate::sandbox::checkout::{self, Generation, Next, Page, STYLE, gone};
use crate::sandbox::node::Node;

/// Largest cart or form, in bytes.
const MOST_BYTES: usize = 64 << 10;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/checkout/ec/v1/carts", web::post().to(take_v1))
        .route("/checkout/ec/v2/carts", web::post().to(take_v2))
        .route("/checkout/style.css", web::get().to(style))
        .service(web::resource("/checkout/{cart}").route(web::get().to(look)).route(web::post().to(press)));
}

async fn take_v1(request: HttpRequest, payload: web::Payload, node: web::Data<Node>) -> HttpResponse {
    take(request, payload, node, Generation::V1).await
}

async fn take_v2(request: HttpRequest, payload: web::Payload, node: web::Data<Node>) -> HttpResponse {
    take(request, payload, node, Generation::V2).await
}

/// The address of the page is that by which the cart came.
async fn take(
    request: HttpRequest,
    mut payload: web::Payload,
    node: web::Data<Node>,
    generation: Generation,
) -> HttpResponse {
    let raw = match bytes_of(&mut payload, MOST_BYTES, PATIENCE).await {
        Ok(raw) => raw,
        Err(status) => return HttpResponse::build(status).finish(),
    };
    let response = match checkout::take(&node, &raw, generation) {
        Ok(id) => {
            let connection = request.connection_info();
            let page = format!("{}://{}/checkout/{id}", connection.scheme(), connection.host());
            HttpResponse::Found().insert_header((header::LOCATION, page)).finish()
        }
        Err(complaints) => HttpResponse::BadRequest().content_type("application/problem+json").body(
            json!({"type": "about:blank", "title": "Bad Request", "status": 400, "detail": complaints.join("; ")})
                .to_string(),
        ),
    };
    info!(path = request.path(), status = response.status().as_u16(), "Checkout answered");
    response
}

async fn look(id: web::Path<String>, node: web::Data<Node>) -> HttpResponse {
    match checkout::look(&node, &id) {
        Some(page) => show(HttpResponse::Ok(), page),
        None => show(HttpResponse::NotFound(), gone()),
    }
}

async fn press(id: web::Path<String>, mut payload: web::Payload, node: web::Data<Node>) -> HttpResponse {
    let raw = match bytes_of(&mut payload, MOST_BYTES, PATIENCE).await {
        Ok(raw) => raw,
        Err(status) => return HttpResponse::build(status).finish(),
    };
    let Ok(sent) = serde_urlencoded::from_bytes(&raw) else { return HttpResponse::BadRequest().finish() };
    match checkout::press(&node, &id, sent).await {
        Next::Away(url) => see_other(url.as_str()),
        Next::Look => see_other(&format!("/checkout/{id}")),
        Next::Again(page) => show(HttpResponse::UnprocessableEntity(), page),
        Next::Gone => show(HttpResponse::NotFound(), gone()),
    }
}

fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, url)).finish()
}

async fn style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(STYLE)
}

/// A page that runs nothing, loads nothing of others and sends its form nowhere but where the cart says: browsers hold
/// the policy also against the redirect that answers a form.
fn show(mut status: HttpResponseBuilder, page: Page) -> HttpResponse {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
        page.origins.join(" ")
    );
    status
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(page.html)
}
