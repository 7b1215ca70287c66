//! How a page goes out: as HTML that nobody keeps, frames or indexes, and that fetches nothing from elsewhere.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use askama::Template;
use tracing::error;
use url::Url;

use crate::telemetry::chain;

/// Where the forms of a page lead.
#[derive(Clone, Copy, Debug)]
pub(super) enum Forms<'s> {
    /// Back here.
    Here,
    /// Back here, and from here on to Checkout. Browsers judge the redirect too, and only Checkout knows where its
    /// citizens go, so any page of https will do; on a desk, the stand-in's as well.
    Checkout(&'s Url),
}

impl Forms<'_> {
    fn targets(self) -> String {
        match self {
            Forms::Here => "'self'".to_owned(),
            Forms::Checkout(url) if url.scheme() == "http" => {
                format!("'self' https: {}", url.origin().ascii_serialization())
            }
            Forms::Checkout(_) => "'self' https:".to_owned(),
        }
    }
}

/// A page.
pub(super) fn page(status: StatusCode, forms: Forms<'_>, page: &impl Template) -> HttpResponse {
    let html = match page.render() {
        Ok(html) => html,
        Err(cause) => {
            error!(cause = chain(&cause), "a page cannot be written");
            return private(StatusCode::INTERNAL_SERVER_ERROR).finish();
        }
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action {}; base-uri 'none'; \
         frame-ancestors 'none'",
        forms.targets()
    );
    private(status)
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header(("X-Robots-Tag", "noindex, nofollow"))
        .content_type("text/html; charset=utf-8")
        .body(html)
}

/// The way to another page, to be fetched anew.
pub(super) fn see_other(location: &str) -> HttpResponse {
    private(StatusCode::SEE_OTHER).insert_header((LOCATION, location)).finish()
}

/// An answer for one person. The address of a page opens it: it is told to nobody else.
pub(super) fn private(status: StatusCode) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_forms_may_lead() {
        for (url, targets) in [
            ("https://api.platform.pagopa.it/checkout/ec/v1", "'self' https:"),
            ("http://127.0.0.1:8081/checkout/ec/v1", "'self' https: http://127.0.0.1:8081"),
        ] {
            assert_eq!(Forms::Checkout(&Url::parse(url).unwrap()).targets(), targets);
        }
        assert_eq!(Forms::Here.targets(), "'self'");
    }
}
