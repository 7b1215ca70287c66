//! Where the front office is, as citizens reach it.

use actix_web::HttpRequest;
use actix_web::http::header::HOST;
use url::Url;

use crate::settings::Settings;

/// Its address, without a slash at the end: the one of the settings, or the one that was called.
pub(super) fn base(settings: &Settings, request: &HttpRequest) -> String {
    settings.pay.public_url.clone().unwrap_or_else(|| {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
        host.map_or_else(|| format!("http://{}", settings.listen), |host| format!("http://{host}"))
    })
}

/// The path below which it is published.
pub(super) fn prefix(settings: &Settings) -> String {
    let url = settings.pay.public_url.as_deref().and_then(|url| Url::parse(url).ok());
    url.map_or_else(String::new, |url| url.path().trim_end_matches('/').to_owned())
}

/// Whether a text is a host, perhaps with a port, and nothing more.
fn is_host(text: &str) -> bool {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b));
    plain && Url::parse(&format!("http://{text}")).is_ok_and(|url| url.path() == "/")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn settings(public_url: Option<&str>) -> Settings {
        let mut settings = Settings::defaults();
        settings.pay.public_url = public_url.map(str::to_owned);
        settings
    }

    #[test]
    fn where_the_front_office_is() {
        for (public_url, host, is) in [
            (None, "pay.example.org", "http://pay.example.org"),
            (None, "127.0.0.1:8080", "http://127.0.0.1:8080"),
            (None, "[::1]:8080", "http://[::1]:8080"),
            (None, "", "http://127.0.0.1:8080"),
            (None, "evil.example.org/x", "http://127.0.0.1:8080"),
            (None, "user@evil.example.org", "http://127.0.0.1:8080"),
            (None, "a:b:c", "http://127.0.0.1:8080"),
            (Some("https://www.example.org/station"), "127.0.0.1", "https://www.example.org/station"),
        ] {
            let request = TestRequest::default().insert_header((HOST, host)).to_http_request();
            assert_eq!(base(&settings(public_url), &request), is, "{host}");
        }
    }

    #[test]
    fn below_which_path_it_is() {
        for (public_url, is) in
            [(None, ""), (Some("https://pay.example.org"), ""), (Some("https://www.example.org/station"), "/station")]
        {
            assert_eq!(prefix(&settings(public_url)), is);
        }
    }
}
