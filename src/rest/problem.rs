//! Every "no" of the operators' API, in GPD's words (`gpd-api` 3).

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::json;
use tracing::error;
use utoipa::ToSchema;

use crate::telemetry::chain;

/// GPD's title for what is wrong with the form of a request.
const BAD_REQUEST: &str = "BAD REQUEST";

/// Why a request is not answered as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// GPD's own `ProblemJson`.
    Told {
        /// The status, also in the body.
        status: StatusCode,
        /// What kind of problem.
        title: &'static str,
        /// What is wrong here.
        detail: String,
    },
    /// What GPD's gateway says before GPD hears of a request.
    Gateway {
        /// The status, also in the body.
        status: StatusCode,
        /// Why.
        message: &'static str,
    },
    /// A status alone.
    Bare(StatusCode),
}

/// What is wrong, in GPD's words.
#[derive(Serialize, ToSchema)]
pub(super) struct ProblemJson {
    /// What kind of problem.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What is wrong here.
    detail: String,
}

/// What is wrong, in the words of GPD's gateway.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GatewayProblem {
    /// The status of the answer.
    status_code: u16,
    /// Why.
    message: &'static str,
}

impl Problem {
    /// A problem with GPD's title and detail.
    pub(super) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Problem {
        Problem::Told { status, title, detail: detail.into() }
    }

    /// The form of the request is wrong.
    pub(super) fn bad_request(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, BAD_REQUEST, detail)
    }

    /// The same with another detail, where there is one.
    pub(super) fn saying(self, other: Option<String>) -> Problem {
        match (self, other) {
            (Problem::Told { status, title, .. }, Some(detail)) => Problem::Told { status, title, detail },
            (problem, _) => problem,
        }
    }

    /// The same, and if it is a failure, of what it speaks.
    pub(super) fn about(self, iupd: &str) -> Problem {
        match self {
            Problem::Told { status: StatusCode::INTERNAL_SERVER_ERROR, title, detail } => {
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, title, format!("{detail} and IUPD {iupd}"))
            }
            problem => problem,
        }
    }

    /// A failure of ours: the cause goes to the log, not to the caller.
    pub(super) fn failure(title: &'static str, cause: &dyn std::error::Error) -> Problem {
        error!(cause = chain(cause), "{title}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, title, "The request could not be carried out: try again")
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Problem::Told { title, .. } => f.write_str(title),
            Problem::Gateway { message, .. } => f.write_str(message),
            Problem::Bare(status) => status.fmt(f),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Problem::Told { status, .. } | Problem::Gateway { status, .. } | Problem::Bare(status) => *status,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if self.status_code() == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((RETRY_AFTER, "10"));
        }
        match self {
            Problem::Told { status, title, detail } => {
                response.json(ProblemJson { title, status: status.as_u16(), detail: detail.clone() })
            }
            Problem::Gateway { status, message } => {
                response.json(GatewayProblem { status_code: status.as_u16(), message })
            }
            Problem::Bare(_) => response.finish(),
        }
    }
}

/// A path that nothing is at.
pub(super) async fn unknown_url(request: HttpRequest) -> HttpResponse {
    of_the_framework(StatusCode::NOT_FOUND, format!("No static resource {}.", request.path()), &request)
}

/// A path that has no such method.
pub(super) async fn wrong_method(request: HttpRequest) -> HttpResponse {
    let detail = format!("Method '{}' is not supported.", request.method());
    of_the_framework(StatusCode::METHOD_NOT_ALLOWED, detail, &request)
}

/// What GPD's framework says by itself.
fn of_the_framework(status: StatusCode, detail: String, request: &HttpRequest) -> HttpResponse {
    let title = status.canonical_reason().unwrap_or_default();
    let body = json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail, "instance": request.path(),
    });
    let kind = ContentType("application/problem+json".parse().expect("a media type"));
    HttpResponse::build(status).insert_header(kind).body(body.to_string())
}
