//! `Idempotency-Key`: a caller that heard nothing sends again, and hears what it would have heard. GPD has none, and
//! whoever sends none is served as GPD serves.
//!
//! Kept are status, body and what matters of the headers, for 24 hours; bodies name people. A key belongs to who calls
//! (with either key of the name), to the organization and to the operation. Failures are not kept, nor what says nothing of the request itself: no key,
//! too slow, too many. The work goes on when the caller hangs up, or the answer would be lost that it comes back for.

use std::collections::BTreeMap;

use actix_web::body::{self, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, LOCATION, RETRY_AFTER,
};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Bytes};
use actix_web::{Error, HttpResponse, ResponseError, Route};
use tracing::error;

use super::body::Body;
use super::operator::Operator;
use super::problem::Problem;
use crate::station::Station;
use crate::store::KeptAnswer;
use crate::telemetry::chain;
use crate::use_cases::once::{self, Attempt, Turn};

/// The caller's header.
pub(super) const KEY: &str = "Idempotency-Key";

/// Ours, on an answer that was kept.
pub(super) const REPLAYED: &str = "Idempotency-Replayed";

/// The headers that are kept.
const KEPT: [HeaderName; 3] = [CONTENT_TYPE, ETAG, LOCATION];

/// The title where nothing came of the work.
const FAILED: &str = "The request could not be carried out";

/// The longest key.
const LONGEST: usize = 255;

/// A route whose requests are carried out once for each key.
pub(super) fn once(route: Route) -> Route {
    route.wrap(from_fn(remember))
}

async fn remember<B>(mut request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<BoxBody>, Error>
where
    B: MessageBody + 'static,
{
    if !request.headers().contains_key(KEY) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let station = request.app_data::<web::Data<Station>>().expect("every route has a station").clone();
    let attempt = match attempt(&mut request).await {
        Ok(attempt) => attempt,
        Err(problem) => return Ok(request.into_response(problem.error_response())),
    };
    let answer = match once::begin(&station, attempt).await {
        Ok(Turn::First) => {
            let asked = request.request().clone();
            let work = actix_web::rt::spawn(carried_out(station.clone(), attempt, request, next));
            return match work.await {
                Ok(answered) => answered,
                Err(cause) => {
                    end(&station, attempt, None).await;
                    let failure = Problem::failure(FAILED, &cause);
                    Ok(ServiceResponse::new(asked, failure.error_response()))
                }
            };
        }
        Ok(Turn::Again(kept)) => replayed(kept),
        Ok(Turn::Other) => other().error_response(),
        Ok(Turn::OnItsWay) => on_its_way(),
        Err(cause) => Problem::failure("The request could not be remembered", &cause).error_response(),
    };
    Ok(request.into_response(answer))
}

/// What tells the request from others. The caller is asked first who it is: nobody hears what was kept for another.
async fn attempt(request: &mut ServiceRequest) -> Result<Attempt, Problem> {
    let operator = request.extract::<Operator>().await?;
    let key = one_key(request.headers())?.to_owned();
    let Body(body) = request.extract::<Body>().await?;
    let route = request.match_pattern().unwrap_or_default();
    let method = request.method().as_str();
    let insisted = request.headers().get(IF_MATCH).map(HeaderValue::as_bytes).unwrap_or_default();
    let slot = [operator.caller.as_str(), operator.organization.as_str(), method, &route, &key].map(str::as_bytes);
    let attempt = Attempt::new(&slot, &[request.uri().to_string().as_bytes(), insisted, &body]);
    request.set_payload(Payload::from(Bytes::from(body)));
    Ok(attempt)
}

fn one_key(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut keys = headers.get_all(KEY);
    let key = keys.next().and_then(|key| key.to_str().ok()).unwrap_or_default();
    let is_key = (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if is_key && keys.next().is_none() {
        return Ok(key);
    }
    Err(Problem::bad_request(format!("{KEY}: must be one key of 1 to {LONGEST} visible characters")))
}

/// Carries a request out, and keeps the answer.
async fn carried_out<B>(
    station: web::Data<Station>,
    attempt: Attempt,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error>
where
    B: MessageBody + 'static,
{
    let outcome = answered(request, &next).await;
    let kept = outcome.as_ref().ok().and_then(|(_, kept)| kept.as_ref());
    end(&station, attempt, kept).await;
    outcome.map(|(response, _)| response)
}

/// Keeps an answer, or gives the key free. If that fails the request is done all the same, and the caller hears of it;
/// asking again it would hear what the state says of it.
async fn end(station: &Station, attempt: Attempt, kept: Option<&KeptAnswer>) {
    if let Err(cause) = once::end(station, attempt, kept).await {
        error!(cause = chain(&cause), "the answer to a request could not be kept for those who ask again");
    }
}

/// The answer, and what is kept of it.
async fn answered<B>(
    request: ServiceRequest,
    next: &Next<B>,
) -> Result<(ServiceResponse<BoxBody>, Option<KeptAnswer>), Error>
where
    B: MessageBody + 'static,
{
    let (request, response) = next.call(request).await?.map_into_boxed_body().into_parts();
    let (head, body) = response.into_parts();
    let body = match body::to_bytes(body).await {
        Ok(body) => body,
        Err(cause) => {
            let failure = Problem::failure(FAILED, &*cause);
            return Ok((ServiceResponse::new(request, failure.error_response()), None));
        }
    };
    let kept = is_kept(head.status()).then(|| KeptAnswer {
        status: head.status().as_u16(),
        headers: kept_headers(head.headers()),
        body: body.to_vec(),
    });
    Ok((ServiceResponse::new(request, head.set_body(BoxBody::new(body))), kept))
}

fn is_kept(status: StatusCode) -> bool {
    use StatusCode as S;
    let passing = [S::UNAUTHORIZED, S::REQUEST_TIMEOUT, S::PAYLOAD_TOO_LARGE, S::TOO_MANY_REQUESTS];
    !status.is_server_error() && !passing.contains(&status)
}

fn kept_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let kept = KEPT.iter().filter_map(|name| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned())));
    kept.collect()
}

/// What was answered before, once more.
fn replayed(kept: KeptAnswer) -> HttpResponse {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for header in kept.headers {
        response.insert_header(header);
    }
    response.insert_header((REPLAYED, "true")).body(kept.body)
}

fn other() -> Problem {
    let detail = format!("The {KEY} was used for another request within 24 hours: take a new one");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "The idempotency key was used for another request", detail)
}

fn on_its_way() -> HttpResponse {
    let detail = format!("The first request with this {KEY} is still on its way: try again");
    let problem = Problem::new(StatusCode::CONFLICT, "The request is in progress", detail);
    let mut response = problem.error_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

#[cfg(test)]
mod tests {
    use actix_web::App;
    use actix_web::http::header::HOST;
    use actix_web::test::{self, TestRequest};

    use super::*;
    use crate::rest::gate::gate;
    use crate::settings::Settings;
    use crate::station::Clock;

    /// The caller hears nothing of what panicked, and its key is free.
    #[actix_web::test]
    async fn a_panic_is_a_failure_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::defaults();
        settings.database = crate::store::DatabaseUrl::file(folder.path().join("station.db"));
        let station = Station::build(settings, Clock::system()).await.unwrap();
        let panics = async |_: Operator| -> HttpResponse { panic!("VRDPNC70A01Z999J") };
        let scope = web::scope("").route("/{organization}", once(web::post().to(panics))).wrap(from_fn(gate));
        let app = test::init_service(App::new().app_data(web::Data::new(station.clone())).service(scope)).await;
        for attempt in 0..2 {
            let request = TestRequest::post().uri("/99000001018").peer_addr("127.0.0.1:9".parse().unwrap());
            let request = request.insert_header((HOST, "localhost")).insert_header((KEY, "k"));
            let answer = test::call_service(&app, request.to_request()).await;
            assert_eq!(answer.status().as_u16(), 500, "{attempt}: the key is not blocked");
            let body = String::from_utf8(test::read_body(answer).await.to_vec()).unwrap();
            assert!(body.contains(FAILED) && !body.contains("VRDPNC"), "{body}");
        }
        station.close().await;
    }
}
