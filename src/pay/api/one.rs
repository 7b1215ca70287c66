//! `GET /pay/{id}` and its receipt: one payment request, and the proof that it was paid.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpResponse, web};

use super::Answer;
use super::account::Account;
use super::envelope::success;
use super::listing::own;
use super::problem::Problem;
use crate::domain::payment_request::PaymentRequest;
use crate::paper::receipt::Payer;
use crate::pay::wire;
use crate::station::Station;
use crate::use_cases::paper::PrintedReceipt;
use crate::use_cases::payment_requests;

pub(super) async fn detail(account: Account, id: web::Path<String>, station: web::Data<Station>) -> Answer {
    let request = known(&station, &account, &id).await?;
    Ok(success([wire::detail(&request)], ""))
}

pub(super) async fn receipt(account: Account, id: web::Path<String>, station: web::Data<Station>) -> Answer {
    let request = known(&station, &account, &id).await?;
    let printed = payment_requests::receipt(&station, &request, Payer::Shown).await;
    let printed = printed.map_err(|error| Problem::failure(&error))?;
    let PrintedReceipt { iuv, pdf } =
        printed.ok_or_else(|| Problem::not_found("there is no receipt: the request is not paid"))?;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"ricevuta-{}.pdf\"", file_name(iuv.as_str()))))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(pdf))
}

/// What of a text may stand in the name of a file.
fn file_name(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(35).collect()
}

async fn known(station: &Station, account: &Account, id: &str) -> Result<PaymentRequest, Problem> {
    own(station, account, id).await?.ok_or_else(|| Problem::not_found("this account has no request of this id"))
}
