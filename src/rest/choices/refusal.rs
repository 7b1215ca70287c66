//! Every "no" to whoever asks what can be chosen from (`gpd-api` 3.3).

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

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

/// A refusal as the platform reads it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OdpProblem {
    http_status_code: u16,
    http_status_description: &'static str,
    app_error_code: &'static str,
    timestamp: i64,
    date_time: String,
    error_message: String,
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
        HttpResponse::build(status).json(OdpProblem {
            http_status_code: status.as_u16(),
            http_status_description: status.canonical_reason().unwrap_or_default(),
            app_error_code: code,
            timestamp: self.now.timestamp(),
            date_time: self.now.format("%Y-%m-%dT%H:%M:%S").to_string(),
            error_message: message,
        })
    }
}
