//! What the API says of itself: one OpenAPI document, made of what stands beside the handlers, and pages that show it.
//!
//! A surface annotates its handlers with what is theirs alone and collects them in a `Described` beside its resources;
//! [`document`] puts the surfaces together, and `common` adds what is so everywhere. `examples` are requests that a
//! test sends: whoever copies one from the page hears what the page says. Nothing is fetched from elsewhere, neither
//! when the station is built nor when it runs.

mod common;
pub(super) mod examples;
pub(super) mod parameters;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

use super::{anomalies, choices, health, info, massive, options, paper, positions, receipts, registry, v3, webhooks};

/// Where the document is.
const DOCUMENT: &str = "/docs/openapi.json";

/// The frame of the document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "ec-station",
        description = include_str!("about.md"),
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")
    ),
    servers((url = "/", description = "This station")),
    tags(
        (name = "positions", description = "Debt positions, version 1: one debtor, one set of instalments at the most."),
        (name = "positions v3", description = "Debt positions, version 3: any number of plans, each with its debtor."),
        (name = "options", description = "Single notices: what those who show, pay, report and notify them ask for."),
        (name = "receipts", description = "Receipts of what was paid, and what a person should look at."),
        (name = "webhooks", description = "Who is told of receipts and anomalies without asking."),
        (name = "paper", description = "Notices to send and receipts to hand out, as PDF."),
        (name = "massive", description = "Many positions in one file, taken at once and worked off later."),
        (name = "registry", description = "Who is served: for keys that may administer."),
        (name = "station", description = "Is it there, and what is it?"),
    ),
    paths(info::info, health::live, health::ready),
)]
struct Frame;

/// The whole document.
fn document() -> utoipa::openapi::OpenApi {
    let surfaces = [
        positions::Described::openapi(),
        v3::described(),
        options::Described::openapi(),
        choices::Described::openapi(),
        receipts::Described::openapi(),
        receipts::kept::Described::openapi(),
        anomalies::Described::openapi(),
        webhooks::Described::openapi(),
        paper::Described::openapi(),
        massive::described(),
        registry::Described::openapi(),
    ];
    let mut document = surfaces.into_iter().fold(Frame::openapi(), |whole, surface| whole.merge_from(surface));
    common::complete(&mut document);
    document
}

/// The document and the pages that show it, at `/docs/`.
pub(super) fn routes(config: &mut ServiceConfig) {
    let json = web::Data::new(document().to_json().expect("a document is JSON"));
    let pages = SwaggerUi::new("/docs/{_:.*}").config(Config::new([Url::new("ec-station", "openapi.json")]));
    config
        .route("/", web::get().to(async || web::Redirect::to("/docs/")))
        .service(web::redirect("/docs", "/docs/"))
        .service(web::resource(DOCUMENT).app_data(json).route(web::get().to(serve)))
        .service(pages);
}

async fn serve(json: web::Data<String>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(json.get_ref().clone())
}
