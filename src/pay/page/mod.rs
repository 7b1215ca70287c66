//! The page where citizens pay: `/payment/{id}`. It is HTML and a sheet of styles, in three languages, and nothing else.
//!
//! `stage` asks the store how far a request is, `view` shows it by the templates of `html/`, `forms` reads what people
//! type, `answer` gives every page its headers. Whoever has a request's id may see its page; nobody is asked who he is.

mod answer;
mod assets;
mod forms;
mod language;
mod name;
mod pay;
mod receipt;
mod show;
mod stage;
mod texts;
mod view;
mod visitor;

use std::future::ready;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use actix_web::web::{self, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route};
use tracing::error;

use self::answer::Forms;
use self::forms::Form;
use self::texts::{Said, Texts};
use self::view::{Frame, Plain};
use self::visitor::{Visitor, is_from_elsewhere};
use crate::domain::payment_request::PaymentRequest;
use crate::reception::bytes_of;
use crate::station::Station;
use crate::store::StoreError;
use crate::telemetry::chain;

/// Largest form, in bytes.
const LARGEST_FORM: usize = 16 << 10;

/// The routes of this folder.
pub(super) fn routes(config: &mut ServiceConfig) {
    let page = || web::resource(["/{id}", "/{id}/"]).default_service(only("GET, HEAD"));
    let read = |path: &'static str| web::resource(path).default_service(only("GET"));
    let form = |path: &'static str| web::resource(path).default_service(only("POST"));
    config.service(
        web::scope("/payment")
            .service(read("/assets/{name}").route(web::get().to(asset)))
            .service(page().route(web::get().to(show::page)).route(web::head().to(show::page)))
            .service(form("/{id}/notice").route(web::post().to(name::name)))
            .service(form("/{id}/pay").route(web::post().to(pay::pay)))
            .service(read("/{id}/receipt.pdf").route(web::get().to(receipt::receipt)))
            .service(read("/{id}/return/{how}").route(web::get().to(show::back)))
            .default_service(web::to(unknown)),
    );
}

async fn asset(station: web::Data<Station>, request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    assets::asset(&name).unwrap_or_else(|| not_found(&Visitor::of(&station.settings, &request)))
}

async fn unknown(station: web::Data<Station>, request: HttpRequest) -> HttpResponse {
    not_found(&Visitor::of(&station.settings, &request))
}

/// For calls by other methods than those that are allowed.
fn only(allowed: &'static str) -> Route {
    web::to(move |station: web::Data<Station>, request: HttpRequest| {
        let visitor = Visitor::of(&station.settings, &request);
        let mut page = plain(&visitor, StatusCode::METHOD_NOT_ALLOWED, |texts| texts.wrong_method);
        page.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
        ready(page)
    })
}

/// A page that says one thing.
fn plain(visitor: &Visitor, status: StatusCode, said: impl Fn(&Texts) -> Said) -> HttpResponse {
    let said = said(visitor.language.texts());
    let frame = Frame::of(visitor, visitor.request.as_ref(), None);
    // What was called may be no page, or a page for nobody else.
    let frame = if visitor.request.is_some() { frame.after_a_form() } else { frame };
    let linked = visitor.request.is_some() && status != StatusCode::NOT_FOUND;
    answer::page(status, Forms::Here, &Plain { frame, said, linked })
}

fn not_found(visitor: &Visitor) -> HttpResponse {
    plain(visitor, StatusCode::NOT_FOUND, |texts| texts.not_found)
}

/// The store failed; the operators hear why.
fn down(visitor: &Visitor, cause: &StoreError) -> HttpResponse {
    error!(cause = chain(cause), "a payment page could not be shown");
    plain(visitor, StatusCode::SERVICE_UNAVAILABLE, |texts| texts.down)
}

/// The request of an id, or the page that says why there is none.
async fn find(station: &Station, visitor: &Visitor, id: &str) -> Result<PaymentRequest, HttpResponse> {
    match stage::find(station, id).await {
        Ok(found) => found.ok_or_else(|| not_found(visitor)),
        Err(cause) => Err(down(visitor, &cause)),
    }
}

/// A form from a page of ours, or the page that says why there is none.
async fn form(
    station: &Station,
    visitor: &Visitor,
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<Form, HttpResponse> {
    let bytes = bytes_of(payload, LARGEST_FORM, station.settings.limits.receive).await;
    let bytes = bytes.map_err(|status| plain(visitor, status, |texts| texts.wrong_form))?;
    if is_from_elsewhere(&station.settings, request) {
        return Err(plain(visitor, StatusCode::FORBIDDEN, |texts| texts.from_elsewhere));
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_form = kind.split(';').next().unwrap_or_default().trim() == "application/x-www-form-urlencoded";
    let form = if is_form { Form::read(&bytes) } else { None };
    form.ok_or_else(|| plain(visitor, StatusCode::BAD_REQUEST, |texts| texts.wrong_form))
}
