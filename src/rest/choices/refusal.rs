//! Every "no" to whoever asks what can be chosen from (`gpd-api` 3.3).

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use serde_json::json;

/// A refusal, and when it was spoken.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Why.
    pub(super) why: Why,
    /// When.
    pub(super) now: DateTime<Utc>,
}

/// Why nothing is told.
#[derive(Debug)]
pub(super) enum Why {
    /// The request is not of the form it should have.
    Syntax(String),
    /// There is no such notice, or it is none of the caller's business.
    UnknownNotice {
        /// Whose notice it would be.
        organization: String,
        /// Its number.
        nav: String,
    },
    /// The station failed.
    Failure,
}

impl Refusal {
    /// The status, the code and what is said.
    fn told(&self) -> (StatusCode, &'static str, String) {
        match &self.why {
            Why::Syntax(detail) => (StatusCode::BAD_REQUEST, "ODP-101", format!("PAA_SINTASSI {detail}")),
            Why::UnknownNotice { organization, nav } => (
                StatusCode::NOT_FOUND,
                "ODP-107",
                format!(
                    "PAA_PAGAMENTO_SCONOSCIUTO Not found a payment option for Organization Fiscal Code {organization} \
                     and NAV {nav}"
                ),
            ),
            Why::Failure => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "ODP-103",
                "PAA_SYSTEM_ERROR The request could not be carried out: try again".to_owned(),
            ),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.told().1)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.told().0
    }

    fn error_response(&self) -> HttpResponse {
        let (status, code, message) = self.told();
        HttpResponse::build(status).json(json!({
            "httpStatusCode": status.as_u16(),
            "httpStatusDescription": status.canonical_reason().unwrap_or_default(),
            "appErrorCode": code,
            "timestamp": self.now.timestamp(),
            "dateTime": self.now.format("%Y-%m-%dT%H:%M:%S").to_string(),
            "errorMessage": message,
        }))
    }
}
