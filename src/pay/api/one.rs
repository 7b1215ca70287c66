//! `GET /pay/{id}` and its receipt: one payment request, and the proof that it was paid.

use actix_web::web;

use super::Answer;
use super::account::Account;
use super::envelope::success;
use super::listing::own;
use super::problem::Problem;
use crate::domain::payment_request::PaymentRequest;
use crate::pay::wire;
use crate::station::Station;

pub(super) async fn detail(account: Account, id: web::Path<String>, station: web::Data<Station>) -> Answer {
    let request = known(&station, &account, &id).await?;
    Ok(success([wire::detail(&request)], ""))
}

pub(super) async fn receipt(account: Account, id: web::Path<String>, station: web::Data<Station>) -> Answer {
    let request = known(&station, &account, &id).await?;
    if request.report.is_none() {
        return Err(Problem::not_found("there is no receipt: the request is not paid"));
    }
    Err(Problem::not_found("there is no receipt on paper"))
}

async fn known(station: &Station, account: &Account, id: &str) -> Result<PaymentRequest, Problem> {
    own(station, account, id).await?.ok_or_else(|| Problem::not_found("this account has no request of this id"))
}
