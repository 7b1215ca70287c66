//! The front office for programs: payment requests are opened, listed, read, and their receipts fetched (`domain` 11).
//!
//! `account` says who calls and counts it, `opening` reads what is asked for, one file per call answers it, `envelope`
//! and `problem` wrap every answer.

mod account;
mod envelope;
mod listing;
mod members;
mod one;
mod open;
mod opening;
mod problem;

use std::future::ready;

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource};

pub use self::opening::{Opening, read_opening};
use self::problem::Problem;

/// What whoever is on a wrong path hears.
const NOTHING: &str = "nothing is at this path";

/// What a handler gives.
type Answer = Result<HttpResponse, Problem>;

/// The routes of this folder.
pub(super) fn routes(config: &mut ServiceConfig) {
    let list =
        |path| resource(path, "GET, HEAD").route(web::get().to(listing::list)).route(web::head().to(listing::list));
    config.service(
        web::scope("/pay")
            .service(list(""))
            .service(list("/"))
            .service(
                resource("/{id}", "GET, HEAD, POST")
                    .route(web::post().to(open::open))
                    .route(web::get().to(one::detail))
                    .route(web::head().to(one::detail)),
            )
            .service(
                resource("/{id}/ricevuta", "GET, HEAD")
                    .route(web::get().to(one::receipt))
                    .route(web::head().to(one::receipt)),
            )
            .default_service(web::to(async || Answer::Err(Problem::not_found(NOTHING)))),
    );
}

/// A resource that says which methods it has.
fn resource(path: &str, methods: &'static str) -> Resource {
    let allowed = move || ready(HttpResponse::NoContent().insert_header((ALLOW, methods)).finish());
    web::resource(path)
        .route(web::method(Method::OPTIONS).to(allowed))
        .default_service(web::to(move || ready(Answer::Err(Problem::wrong_method(methods)))))
}
