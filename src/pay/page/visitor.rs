//! Who looks at a page: in which language, by which address, and whether he comes from the page itself.

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, ORIGIN};

use super::language::Language;
use crate::domain::payment_request::RequestId;
use crate::pay::address;
use crate::settings::Settings;

/// What a call tells besides what it asks for.
pub(super) struct Visitor {
    pub(super) language: Language,
    /// Whether the address says so; then the addresses that lead on say so too.
    chosen: bool,
    /// Whether he was told that a payment is on its way, and wants to pay all the same.
    pub(super) insists: bool,
    /// The path below which the front office is published.
    pub(super) prefix: String,
    /// The request that was called, if the path names one.
    pub(super) request: Option<RequestId>,
    /// The path that was called.
    pub(super) here: String,
    /// The front office, as he reaches it.
    base: String,
}

impl Visitor {
    /// Reads a call.
    pub(super) fn of(settings: &Settings, request: &HttpRequest) -> Visitor {
        let query: Vec<(String, String)> = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
        let asked = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let chosen = asked("lang").and_then(Language::of);
        Visitor {
            language: chosen.unwrap_or_else(|| Language::wanted(request)),
            chosen: chosen.is_some(),
            insists: asked("again").is_some(),
            prefix: address::prefix(settings),
            request: request.match_info().get("id").and_then(|id| id.parse().ok()),
            here: request.path().to_owned(),
            base: address::base(settings, request),
        }
    }

    /// What addresses that lead on end with.
    pub(super) fn query(&self) -> String {
        if self.chosen { format!("?lang={}", self.language.code()) } else { String::new() }
    }

    /// The path of a request's page.
    pub(super) fn page(&self, id: &RequestId) -> String {
        format!("{}/payment/{id}", self.prefix)
    }

    /// The address of a request's page, for whoever sends people back.
    pub(super) fn address(&self, id: &RequestId) -> String {
        format!("{}/payment/{id}", self.base)
    }
}

/// Whether a form was sent from another site. Browsers say so; a page that lets no referrer out hides its origin even
/// from itself, and then only the newer of the two headers knows.
pub(super) fn is_from_elsewhere(settings: &Settings, request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let own = |origin: &str| {
        let base = address::base(settings, request);
        let called = header(HOST.as_str()).is_some_and(|host| origin.split_once("://").is_some_and(|(_, o)| o == host));
        called || base.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    header(ORIGIN.as_str()).is_some_and(|origin| origin != "null" && !own(origin))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn which_forms_come_from_elsewhere() {
        for (site, origin, elsewhere) in [
            (None, None, false),
            (Some("same-origin"), Some("null"), false),
            (Some("none"), None, false),
            (Some("cross-site"), Some("null"), true),
            (Some("cross-site"), Some("https://pay.example.org"), true),
            (Some("same-site"), Some("https://evil.example.org"), true),
            (None, Some("null"), false),
            (None, Some("https://pay.example.org"), false),
            (None, Some("http://127.0.0.1:8080"), false),
            (None, Some("https://pay.example.org.evil.example.org"), true),
            (None, Some("https://pay.example"), true),
            (None, Some("https://evil.example.org"), true),
        ] {
            let mut settings = Settings::defaults();
            settings.pay.public_url = Some("https://pay.example.org/station".into());
            let mut request = TestRequest::default().insert_header((HOST, "127.0.0.1:8080"));
            if let Some(site) = site {
                request = request.insert_header(("Sec-Fetch-Site", site));
            }
            if let Some(origin) = origin {
                request = request.insert_header((ORIGIN, origin));
            }
            assert_eq!(is_from_elsewhere(&settings, &request.to_http_request()), elsewhere, "{site:?} {origin:?}");
        }
    }

    #[test]
    fn addresses_lead_on_in_the_language_that_was_chosen() {
        let settings = Settings::defaults();
        for (uri, query) in [
            ("/payment/x?lang=de", "?lang=de"),
            ("/payment/x?lang=xx", ""),
            ("/payment/x", ""),
            ("/payment/x?lang=%22%3E&again", ""),
        ] {
            let request = TestRequest::with_uri(uri).to_http_request();
            let visitor = Visitor::of(&settings, &request);
            assert_eq!(visitor.query(), query, "{uri}");
            assert_eq!(visitor.insists, uri.ends_with("again"), "{uri}");
        }
    }
}
