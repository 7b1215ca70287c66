//! Where the front office is, as its visitors reach it.

use actix_web::HttpRequest;
use actix_web::http::header::HOST;

use crate::settings::Pay;

/// What the addresses of pages begin with: what the settings say, else the address of the call. None where the call names
/// none that can be. What proxies add is not believed: behind one, the settings say where this is.
pub(super) fn base(settings: &Pay, request: &HttpRequest) -> Option<String> {
    settings.public_url.clone().or_else(|| {
        let host = request.headers().get(HOST)?.to_str().ok()?;
        is_address(host).then(|| format!("http://{host}"))
    })
}

/// Whether a text is a host and perhaps a port, and nothing else.
fn is_address(host: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b);
    (1..=255).contains(&host.len())
        && host.bytes().all(plain)
        && url::Url::parse(&format!("http://{host}/")).is_ok_and(|url| url.path() == "/" && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_hosts_are_addresses() {
        for (host, is) in [
            ("pay.example.org", true),
            ("pay.example.org:8080", true),
            ("localhost:1", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("", false),
            (":8080", false),
            ("a b", false),
            ("a/b", false),
            ("a@b", false),
            ("a?b", false),
            ("a#b", false),
            ("a:b", false),
            ("a:99999", false),
            ("[::1", false),
            ("a\"><script>", false),
        ] {
            assert_eq!(is_address(host), is, "{host}");
        }
    }
}
