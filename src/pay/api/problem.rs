//! Every "no" of the front office: the envelope says what is wrong, and its `error` is the status (`domain` 11.2).

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use tracing::error;

use super::envelope::{Envelope, NOT_KEPT};
use crate::telemetry::chain;

/// Why a call is not answered as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(super) struct Problem {
    status: StatusCode,
    message: String,
    /// What else the answer says: the methods that a path has, or when to come again.
    hint: Option<Hint>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hint {
    Methods(&'static str),
    Wait(Duration),
}

impl Problem {
    /// A problem with a status and a text for people.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Problem {
        Problem { status, message: message.into(), hint: None }
    }

    /// The call is not of the form it should have.
    pub(super) fn bad_request(message: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, message)
    }

    /// There is no such thing, or it is somebody else's.
    pub(super) fn not_found(message: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, message)
    }

    /// The path has other methods.
    pub(super) fn wrong_method(methods: &'static str) -> Problem {
        let message = format!("this path has no such method: it has {methods}");
        Problem { hint: Some(Hint::Methods(methods)), ..Problem::new(StatusCode::METHOD_NOT_ALLOWED, message) }
    }

    /// The account has had its calls.
    pub(super) fn too_often(wait: Duration) -> Problem {
        let message = "this account has had its calls of today: call again tomorrow";
        Problem { hint: Some(Hint::Wait(wait)), ..Problem::new(StatusCode::TOO_MANY_REQUESTS, message) }
    }

    /// A failure of ours: the cause goes to the log, not to the caller.
    pub(super) fn failure(cause: &dyn std::error::Error) -> Problem {
        error!(cause = chain(cause), "a call of the front office failed");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the call could not be carried out: try again")
    }

    /// The bytes of a call did not come in as they should.
    pub(super) fn reception(status: StatusCode, most: usize) -> Problem {
        let message = match status {
            StatusCode::PAYLOAD_TOO_LARGE => format!("the body is larger than {most} bytes: send less"),
            StatusCode::REQUEST_TIMEOUT => "the body did not come in time: send it again".into(),
            _ => "the body did not come in whole: send it again".into(),
        };
        Problem::new(status, message)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header(NOT_KEPT);
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        match self.hint {
            Some(Hint::Methods(methods)) => drop(response.insert_header((ALLOW, methods))),
            Some(Hint::Wait(wait)) => drop(response.insert_header((RETRY_AFTER, wait.as_secs()))),
            None => {}
        }
        response.json(Envelope::refusal(self.status, &self.message))
    }
}
