//! The gate before every surface: who calls, by key, and how often. It knows nothing of organizations: those stand in
//! paths, which [`super::operator`] reads. A handler that asks for neither `Operator` nor `Admin` has asked nobody
//! whether it may answer: the good answers it gives stay behind the gate. What it has done is done.

use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    AUTHORIZATION, FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, RETRY_AFTER, VIA, WWW_AUTHENTICATE,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use tracing::error;

use super::problem::Problem;
use super::query::Query;
use crate::domain::access::Access;
use crate::keyring::Holder;
use crate::station::Station;

const KEY: HeaderName = HeaderName::from_static("ocp-apim-subscription-key");
const KEY_IN_QUERY: &str = "subscription-key";
const REMAINING: HeaderName = HeaderName::from_static("x-remaining-calls-per-min");

/// Headers that proxies add.
const OF_PROXIES: [HeaderName; 6] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
];

const NO_KEY: &str = "This request has no subscription key: send one in the header Ocp-Apim-Subscription-Key.";
const BAD_KEY: &str = "The subscription key of this request is not valid: send one that exists and was not revoked.";
const NOT_FROM_HERE: &str =
    "No subscription key exists yet, so only clients on this machine may call: make one with `ec-station key create`.";
const TOO_OFTEN: &str = "This key has called too often: call again when the window is over.";

/// Somebody who came through the gate.
#[derive(Debug)]
pub(super) struct Visitor {
    /// What the key opens; none for somebody on this machine while there are no keys.
    pub(super) access: Option<Arc<Access>>,
    /// Whether somebody asked what the visitor may do.
    asked: Cell<bool>,
}

impl Visitor {
    /// Who stands behind a request; nobody where no gate is.
    pub(super) fn of(request: &HttpRequest) -> Option<Rc<Visitor>> {
        let visitor = request.extensions().get::<Rc<Visitor>>().cloned()?;
        visitor.asked.set(true);
        Some(visitor)
    }
}

/// Lets through who may call at all. Where nothing is, everybody may hear so.
pub(super) async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // No database can hold it, and no key, notice or code has it.
    if request.request().uri().to_string().contains("%00") {
        return Ok(request.into_response(Problem::bad_request("the URL holds the character U+0000").error_response()));
    }
    if request.match_pattern().is_none() {
        return Ok(unless_forgotten(next.call(request).await?.map_into_boxed_body(), false));
    }
    let station = request.app_data::<web::Data<Station>>().expect("every route has a station").clone();
    let (access, remaining) = match admitted(&station, request.request()).await {
        Ok(admitted) => admitted,
        Err(refusal) => return Ok(request.into_response(refusal)),
    };
    let visitor = Rc::new(Visitor { access, asked: Cell::new(false) });
    request.extensions_mut().insert(visitor.clone());
    let response = next.call(request).await?.map_into_boxed_body();
    let mut response = unless_forgotten(response, visitor.asked.get());
    if let Some(remaining) = remaining {
        response.headers_mut().insert(REMAINING, remaining.into());
    }
    Ok(response)
}

/// A response, unless it is a good one of which nobody was asked whether it may be given.
fn unless_forgotten(response: ServiceResponse<BoxBody>, asked: bool) -> ServiceResponse<BoxBody> {
    if asked || !response.status().is_success() {
        return response;
    }
    error!(path = response.request().match_pattern(), "a route asked nobody whether it may answer");
    let refusal = Problem::Bare(StatusCode::INTERNAL_SERVER_ERROR).error_response();
    ServiceResponse::new(response.request().clone(), refusal)
}

/// What the key of a request opens and how many more calls it has, or the answer to somebody who may not call.
async fn admitted(
    station: &Station,
    request: &HttpRequest,
) -> Result<(Option<Arc<Access>>, Option<u32>), HttpResponse> {
    let secret = secret(request);
    let holder = station.keys.holder(secret.as_deref()).await;
    let holder = holder.map_err(|cause| Problem::failure("The keys could not be read", &cause).error_response())?;
    let access = match holder {
        Holder::NobodyHasKeys if is_from_here(request.peer_addr().map(|peer| peer.ip()), request.headers()) => {
            return Ok((None, None));
        }
        Holder::NobodyHasKeys => return Err(told(StatusCode::FORBIDDEN, NOT_FROM_HERE)),
        Holder::Known(access) => access,
        Holder::Unknown => {
            let mut refusal = told(StatusCode::UNAUTHORIZED, if secret.is_none() { NO_KEY } else { BAD_KEY });
            refusal.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            return Err(refusal);
        }
    };
    let remaining = station.keys.count(access.id).map_err(|wait| {
        let mut refusal = told(StatusCode::TOO_MANY_REQUESTS, TOO_OFTEN);
        // Whole seconds, and the window is over.
        refusal.headers_mut().insert(RETRY_AFTER, (wait.as_secs() + 1).into());
        refusal.headers_mut().insert(REMAINING, 0.into());
        refusal
    })?;
    station.keys.note_use(access.id, station.clock.now());
    Ok((Some(access), remaining))
}

fn told(status: StatusCode, message: &'static str) -> HttpResponse {
    Problem::Gateway { status, message }.error_response()
}

/// The key of a request: GPD's header, else a bearer's, else the query's.
fn secret(request: &HttpRequest) -> Option<Vec<u8>> {
    let bytes = |name: HeaderName| request.headers().get(name).map(HeaderValue::as_bytes);
    let bearer = bytes(AUTHORIZATION).and_then(|value| {
        let (scheme, secret) = value.split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"bearer ").then_some(secret.trim_ascii())
    });
    let in_query = || Query::read(request.query_string()).text(KEY_IN_QUERY).map(|text| text.as_bytes().to_vec());
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

    /// Were it not for this, a handler that forgot to ask would answer anybody with any key.
    #[tokio::test]
    async fn a_route_that_asked_nobody_says_nothing() {
        use crate::rest::operator::Operator;
        use crate::settings::Settings;
        use crate::station::Clock;
        use actix_web::{App, middleware::from_fn, test};

        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::defaults();
        settings.database = crate::store::DatabaseUrl::file(folder.path().join("station.db"));
        let station = Station::build(settings, Clock::system()).await.unwrap();
        let forgetful = async || "everything";
        let careful = async |_: Operator| "yours";
        let scope =
            web::scope("").route("/forgetful", web::get().to(forgetful)).route("/careful", web::get().to(careful));
        let app = App::new().app_data(web::Data::new(station.clone())).service(scope.wrap(from_fn(gate)));
        let app = test::init_service(app).await;
        for (path, status, body) in [("/forgetful", 500, ""), ("/careful", 200, "yours"), ("/nothing", 404, "")] {
            let request = TestRequest::get().uri(path).peer_addr("127.0.0.1:9".parse().unwrap());
            let answer = test::call_service(&app, request.insert_header((HOST, "localhost")).to_request()).await;
            assert_eq!(answer.status().as_u16(), status, "{path}");
            assert_eq!(test::read_body(answer).await, body, "{path}");
        }
        station.close().await;
    }
}
