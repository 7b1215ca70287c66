//! What every answer of the front office is wrapped in (`domain` 11.2).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use serde::Serialize;

/// Answers name people, and open pages.
pub(super) const NOT_KEPT: (HeaderName, &str) = (CACHE_CONTROL, "no-store");

/// The four members that every answer has, in their order.
#[derive(Serialize)]
pub(super) struct Envelope<'m, T> {
    data: Option<T>,
    success: bool,
    message: &'m str,
    error: Option<u16>,
}

impl<'m> Envelope<'m, ()> {
    /// A "no".
    pub(super) fn refusal(status: StatusCode, message: &'m str) -> Envelope<'m, ()> {
        Envelope { data: None, success: false, message, error: Some(status.as_u16()) }
    }
}

/// A good answer, perhaps with a word on what was done otherwise than asked.
pub(super) fn success<T: Serialize>(data: T, message: &str) -> HttpResponse {
    HttpResponse::Ok().insert_header(NOT_KEPT).json(Envelope { data: Some(data), success: true, message, error: None })
}
