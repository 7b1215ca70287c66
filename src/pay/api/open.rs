//! `POST /pay/{endpoint}`: opens a payment request.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use serde::Serialize;
use tracing::info;

use super::Answer;
use super::account::Account;
use super::envelope::success;
use super::opening::{MOST_BYTES, Opening, read_opening};
use super::problem::Problem;
use crate::domain::amount::AmountOrZero;
use crate::domain::payment_request::{PaymentRequest, Reach};
use crate::domain::refusal::Refusal;
use crate::intake::shown;
use crate::pay::{address, wire};
use crate::reception::bytes_of;
use crate::soap;
use crate::station::Station;
use crate::use_cases::Error;
use crate::use_cases::payment_requests::{self, NewRequest, NoRequest};

/// The types that this installation offers, as paths write them.
const OFFERED: &str = "PagoPA";

/// A request that was opened.
#[derive(Serialize)]
struct Opened {
    id: String,
    payment_url: String,
}

pub(super) async fn open(
    account: Account,
    request: HttpRequest,
    endpoint: web::Path<String>,
    mut payload: web::Payload,
    station: web::Data<Station>,
) -> Answer {
    if !endpoint.eq_ignore_ascii_case(wire::TYPE) {
        let asked = shown(&endpoint);
        return Err(Problem::not_found(format!("payments of type {asked} are not offered here: there is {OFFERED}")));
    }
    let limits = &station.settings.limits;
    let most = limits.body_bytes.min(MOST_BYTES);
    let body = bytes_of(&mut payload, most, limits.receive).await;
    let body = body.map_err(|status| Problem::reception(status, most))?;
    let outbox = &station.settings.outbox;
    let reach = Reach { http: outbox.http, private_addresses: outbox.private_addresses };
    let opening = read_opening(&body, is_form(&request)?, reach).map_err(Problem::bad_request)?;
    let base = address::base(&station.settings, &request);
    let Opening { notice, amount, given, callback } = opening;
    if notice.as_ref().is_some_and(|notice| !account.may_collect(notice)) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "this key is not for notices of this creditor"));
    }
    let new = NewRequest { account: account.name, notice, given, callback };
    let opened = payment_requests::open(&station, new, random()?).await.map_err(|error| problem(&station, error))?;
    info!(
        request = ?opened.id,
        organization = opened.notice.as_ref().map(|notice| notice.organization.as_str()),
        notice = opened.notice.as_ref().map(|notice| notice.notice.as_str()),
        "a payment request was opened"
    );
    let payment_url = format!("{base}/payment/{}", opened.id);
    let message = remark(&opened, amount);
    Ok(success(Opened { id: opened.id.to_string(), payment_url }, &message))
}

/// Whether the body is a form. Files are nobody's request.
fn is_form(request: &HttpRequest) -> Result<bool, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Ok(true),
        "multipart/form-data" => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body is a form with files: send application/json, or application/x-www-form-urlencoded with data",
        )),
        _ => Ok(false),
    }
}

fn random() -> Result<[u8; 8], Problem> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| Problem::failure(&std::io::Error::from(error)))?;
    Ok(bytes)
}

/// What is said where the amount is not the one that the caller gave: the notice wins.
fn remark(opened: &PaymentRequest, asked: Option<AmountOrZero>) -> String {
    match asked {
        None => String::new(),
        Some(asked) if opened.notice.is_none() => {
            format!("importo {} is not kept: the amount is that of the notice, once one is named", asked.euro())
        }
        Some(asked) if asked == opened.amount => String::new(),
        Some(asked) => format!("importo {} is not kept: the notice asks for {}", asked.euro(), opened.amount.euro()),
    }
}

/// A notice that cannot be paid, told with the code that the Node would hear.
fn problem(station: &Station, error: NoRequest) -> Problem {
    let error = match error {
        NoRequest::TooMany => return Problem::new(StatusCode::TOO_MANY_REQUESTS, error.to_string()),
        NoRequest::Other(error) => error,
    };
    match error {
        Error::Store(cause) => Problem::failure(&cause),
        Error::Refused(refusal) => {
            let status = match refusal {
                Refusal::AlreadyPaid => StatusCode::CONFLICT,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            Problem::new(status, format!("{}: {refusal}", soap::fault_code(&refusal, &station.settings)))
        }
    }
}
