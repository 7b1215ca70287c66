//! The gate before every surface: who calls, by key, and how often. It knows nothing of organizations: those stand in
//! paths, which [`super::operator`] reads. A handler that asks for neither `Operator` nor `Admin` has asked nobody
//! whether it may answer: the good answers it gives stay behind the gate. What it has done is done.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use tracing::error;

use super::problem::Problem;
use crate::domain::access::Access;
use crate::reception::{Stranger, access_of};
use crate::station::Station;

const REMAINING: HeaderName = HeaderName::from_static("x-remaining-calls-per-min");

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
    let access = access_of(&station.keys, request).await;
    let access = access.map_err(|cause| Problem::failure("The keys could not be read", &cause).error_response())?;
    let Some(access) = access.map_err(refused)? else { return Ok((None, None)) };
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

fn refused(stranger: Stranger) -> HttpResponse {
    let mut refusal = told(stranger.status(), stranger.told());
    if refusal.status() == StatusCode::UNAUTHORIZED {
        refusal.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    refusal
}

fn told(status: StatusCode, message: &'static str) -> HttpResponse {
    Problem::Gateway { status, message }.error_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HOST;
    use actix_web::test::TestRequest;

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
