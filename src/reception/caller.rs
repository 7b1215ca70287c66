//! Who sends a request: by the key it shows, or by coming straight from this machine as long as nobody has a key.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, VIA};

use crate::domain::access::Access;
use crate::keyring::{Holder, Keyring};
use crate::store::StoreError;

const KEY: HeaderName = HeaderName::from_static("ocp-apim-subscription-key");
const KEY_IN_QUERY: &str = "subscription-key";

/// Headers that proxies add.
const OF_PROXIES: [HeaderName; 6] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
];

/// Why somebody may not call at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// No key is shown.
    NoKey,
    /// The key that is shown opens nothing.
    BadKey,
    /// There are no keys, and the request comes from elsewhere.
    NotFromHere,
}

impl Stranger {
    /// The status that tells it.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Stranger::NoKey | Stranger::BadKey => StatusCode::UNAUTHORIZED,
            Stranger::NotFromHere => StatusCode::FORBIDDEN,
        }
    }

    /// What the caller hears, cure included.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Stranger::NoKey => {
                "This request has no subscription key: send one in the header Ocp-Apim-Subscription-Key."
            }
            Stranger::BadKey => {
                "The subscription key of this request is not valid: send one that exists and was not revoked."
            }
            Stranger::NotFromHere => {
                "No subscription key exists yet, so only clients on this machine may call: make one with \
                 `ec-station key create`."
            }
        }
    }
}

/// What the key of a request opens; none for somebody on this machine while there are no keys.
pub(crate) async fn access_of(
    keys: &Keyring,
    request: &HttpRequest,
) -> Result<Result<Option<Arc<Access>>, Stranger>, StoreError> {
    let secret = secret(request);
    Ok(match keys.holder(secret.as_deref()).await? {
        Holder::NobodyHasKeys if is_from_here(request.peer_addr().map(|peer| peer.ip()), request.headers()) => Ok(None),
        Holder::NobodyHasKeys => Err(Stranger::NotFromHere),
        Holder::Known(access) => Ok(Some(access)),
        Holder::Unknown => Err(if secret.is_none() { Stranger::NoKey } else { Stranger::BadKey }),
    })
}

/// The key of a request: GPD's header, else a bearer's, else the query's.
fn secret(request: &HttpRequest) -> Option<Vec<u8>> {
    let bytes = |name: HeaderName| request.headers().get(name).map(HeaderValue::as_bytes);
    let bearer = bytes(AUTHORIZATION).and_then(|value| {
        let (scheme, secret) = value.split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"bearer ").then_some(secret.trim_ascii())
    });
    let in_query = || {
        let mut query = url::form_urlencoded::parse(request.query_string().as_bytes());
        let found = query.find(|(name, _)| name == KEY_IN_QUERY).filter(|(_, value)| !value.is_empty());
        found.map(|(_, value)| value.as_bytes().to_vec())
    };
    bytes(KEY).or(bearer).map(<[u8]>::to_vec).or_else(in_query)
}

/// Whether a request comes straight from a program on this machine. What a proxy passes on comes from anywhere, and so
/// does what a page of another site has a browser send; one that resolves its own name to this machine shows that name.
fn is_from_here(peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
    let is_here = |address: IpAddr| address.to_canonical().is_loopback();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let names_us = name.eq_ignore_ascii_case("localhost") || address.parse().is_ok_and(is_here);
    let own_page = |origin: &HeaderValue| origin.as_bytes() == format!("http://{host}").as_bytes();
    peer.is_some_and(is_here)
        && names_us
        && headers.get(ORIGIN).is_none_or(own_page)
        && !OF_PROXIES.iter().any(|header| headers.contains_key(header))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn which_requests_come_straight_from_this_machine() {
        for (peer, host, others, is) in [
            ("127.0.0.1", "127.0.0.1:8080", "", true),
            ("127.8.9.10", "localhost:8080", "", true),
            ("::1", "[::1]:8080", "", true),
            ("::1", "[::1]", "", true),
            ("::ffff:127.0.0.1", "LOCALHOST", "", true),
            ("127.0.0.1", "127.0.0.1:8080", "Origin: http://127.0.0.1:8080", true),
            ("10.0.0.1", "localhost", "", false),
            ("::ffff:10.0.0.1", "localhost", "", false),
            ("fe80::1", "[::1]", "", false),
            ("127.0.0.1", "station.example.org", "", false),
            ("127.0.0.1", "127.0.0.1.example.org", "", false),
            ("127.0.0.1", "localhost.example.org:80", "", false),
            ("127.0.0.1", "10.0.0.1:8080", "", false),
            ("127.0.0.1", "", "", false),
            ("127.0.0.1", "localhost", "X-Forwarded-For: 127.0.0.1", false),
            ("127.0.0.1", "localhost", "Forwarded: for=127.0.0.1", false),
            ("127.0.0.1", "localhost", "Via: 1.1 proxy", false),
            ("127.0.0.1", "localhost", "X-Real-Ip: 127.0.0.1", false),
            ("127.0.0.1", "127.0.0.1:8080", "Origin: http://attacker.example.org", false),
            ("127.0.0.1", "127.0.0.1:8080", "Origin: null", false),
        ] {
            let mut request = TestRequest::default().insert_header((HOST, host));
            if let Some((name, value)) = others.split_once(": ") {
                request = request.insert_header((name, value));
            }
            let request = request.to_http_request();
            assert_eq!(is_from_here(peer.parse().ok(), request.headers()), is, "{peer} {host} {others}");
        }
    }

    #[test]
    fn where_a_key_is_read() {
        for (path, headers, key) in [
            ("/", vec![], None),
            ("/", vec![("Ocp-Apim-Subscription-Key", "a")], Some("a")),
            ("/", vec![("Authorization", "Bearer b")], Some("b")),
            ("/", vec![("Authorization", "bearer  b ")], Some("b")),
            ("/", vec![("Authorization", "Basic b")], None),
            ("/?subscription-key=c", vec![], Some("c")),
            ("/?subscription-key=c", vec![("Authorization", "Bearer b")], Some("b")),
            (
                "/?subscription-key=c",
                vec![("Authorization", "Bearer b"), ("Ocp-Apim-Subscription-Key", "a")],
                Some("a"),
            ),
            ("/?subscription-key=c", vec![("Ocp-Apim-Subscription-Key", "")], Some("")),
        ] {
            let request =
                headers.iter().fold(TestRequest::with_uri(path), |request, header| request.insert_header(*header));
            let found = secret(&request.to_http_request());
            assert_eq!(found.as_deref(), key.map(str::as_bytes), "{path} {headers:?}");
        }
    }
}
