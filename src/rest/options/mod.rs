//! Single payment options: what those who present, pay, report and notify them ask for (`gpd-api` 10, 7.10).

mod asked;
mod model;

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource};
use utoipa::OpenApi;

use self::asked::{Fee, PaidElsewhere, ToldPayment};
use self::model::{OptionWithDebtor, PaidOption};
use super::body::Body;
use super::docs::examples;
use super::docs::parameters::Once;
use super::idempotency::once;
use super::operator::Operator;
use super::positions::model::ReadTransfer;
use super::positions::read;
use super::{Answer, paths, resource};
use crate::domain::denial::Denial;
use crate::domain::lifecycle;
use crate::station::Station;
use crate::store::Key;
use crate::use_cases::positions::{find, pay, report, set_fee};

/// What is said of them.
#[derive(OpenApi)]
#[openapi(paths(get, record_payment, record_payment_elsewhere, record_report, change_fee))]
pub(super) struct Described;

/// What GPD's own services have.
pub(super) fn resources(config: &mut ServiceConfig) {
    of_notifications(config);
    config
        .service(
            resource("/organizations/{organization}/paymentoptions/{nav}/pay")
                .route(once(web::post().to(record_payment))),
        )
        .service(
            resource("/organizations/{organization}/paymentoptions/{iuv}/transfers/{id}/report")
                .route(once(web::post().to(record_report))),
        );
}

/// What the platform of notifications has.
pub(super) fn of_notifications(config: &mut ServiceConfig) {
    let fee: Resource = resource("/organizations/{organization}/paymentoptions/{nav}/notificationfee");
    config
        .service(resource("/organizations/{organization}/paymentoptions/{nav}").route(web::get().to(get)))
        .service(fee.route(web::put().to(change_fee)));
}

/// What operators have, for what was paid outside pagoPA.
pub(super) fn paids(config: &mut ServiceConfig) {
    let paid = resource("/organizations/{organization}/paymentoptions/paids/{nav}");
    config.service(paid.route(once(web::post().to(record_payment_elsewhere))));
}

/// Read an option, with its debtor and its position.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/paymentoptions/{nav}",
    operation_id = "getOrganizationPaymentOptionByNAV",
    tag = "options",
    responses(
        (status = 200, description = "The option as it stands now.", body = OptionWithDebtor),
        (status = 404, description = "There is no such notice, or another plan of its debt was paid."),
    )
)]
async fn get(station: web::Data<Station>, operator: Operator, path: web::Path<(String, String)>) -> Answer {
    let (_, nav) = path.into_inner();
    let organization = operator.organization.as_str();
    let parts = [("organizationFiscalCode", organization, &paths::NUMBER), ("nav", &*nav, &paths::NUMBER)];
    paths::check("getOrganizationPaymentOptionByNAV", &parts)?;
    let subject = operator.subject(&station, "The payment option cannot be read");
    let found = find(&station, operator.desk(), Key::Number(&nav)).await.map_err(|error| subject.problem(error))?;
    let declined = |denial: Denial| subject.problem(denial.into());
    let stored = found.ok_or_else(|| declined(operator.desk().unknown_notice(&nav)))?;
    operator.desk().may_touch(&stored.position).map_err(|_| declined(Denial::NoticeNotAllowed))?;
    let (at, status) = lifecycle::look_at(&stored.position, &nav, station.clock.now()).map_err(declined)?;
    Ok(HttpResponse::Ok().json(OptionWithDebtor::of(&stored, at, status)))
}

/// Tell that an option was paid.
///
/// Money that was collected is always recorded, whatever the state of the position.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/paymentoptions/{nav}/pay",
    operation_id = "payPaymentOption",
    tag = "options",
    params(Once),
    request_body(content = ToldPayment, example = json!(examples::payment())),
    responses(
        (status = 200, description = "The option, paid.", body = PaidOption),
        (status = 404, description = "There is no such notice, or another plan of its debt was paid."),
        (status = 409, description = "It was paid before."),
    )
)]
async fn record_payment(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String)>,
    body: Body,
) -> Answer {
    let (_, nav) = path.into_inner();
    let subject = operator.subject(&station, "The payment is failed");
    let payment = read::<ToldPayment>(&body)?.payment()?;
    let paid = pay(&station, operator.desk(), &nav, payment).await;
    let (stored, at) = paid.map_err(|error| subject.problem(error))?;
    Ok(HttpResponse::Ok().json(PaidOption::of(&stored, at).with_service(&stored)))
}

/// Tell that an option was paid outside pagoPA.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/paymentoptions/paids/{nav}",
    operation_id = "setPaymentOptionAsAlreadyPaid",
    tag = "options",
    params(Once),
    request_body(content = PaidElsewhere, example = json!(examples::paid_elsewhere())),
    responses(
        (status = 200, description = "The option, paid.", body = PaidOption),
        (status = 404, description = "There is no such notice, or another plan of its debt was paid."),
        (status = 409, description = "It was paid before."),
    )
)]
async fn record_payment_elsewhere(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String)>,
    body: Body,
) -> Answer {
    let (_, nav) = path.into_inner();
    let subject = operator.subject(&station, "The payment is failed");
    let payment = read::<PaidElsewhere>(&body)?.payment()?;
    let paid = pay(&station, operator.desk(), &nav, payment).await;
    let (stored, at) = paid.map_err(|error| subject.problem(error))?;
    Ok(HttpResponse::Ok().json(PaidOption::of(&stored, at)))
}

/// Tell that a transfer was credited.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/paymentoptions/{iuv}/transfers/{id}/report",
    operation_id = "reportTransfer",
    tag = "options",
    params(Once),
    responses(
        (status = 200, description = "The transfer, reported.", body = ReadTransfer),
        (status = 404, description = "There is no such transfer."),
        (status = 409, description = "It was not paid, or reported before."),
    )
)]
async fn record_report(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String, String)>,
) -> Answer {
    let (_, iuv, id) = path.into_inner();
    let subject = operator.subject(&station, "The report is failed");
    let reported = report(&station, operator.desk(), &iuv, &id).await;
    let (stored, at) = reported.map_err(|error| subject.problem(error))?;
    let transfers = stored.position.options[at].transfers.iter();
    let mut transfers = transfers.filter(|transfer| transfer.id.get().to_string() == id);
    Ok(HttpResponse::Ok().json(transfers.next().map(|transfer| ReadTransfer::of(transfer, &stored.times[at]))))
}

/// Set what the notification of an option costs.
#[utoipa::path(
    put,
    path = "/organizations/{organization}/paymentoptions/{nav}/notificationfee",
    operation_id = "updateNotificationFee",
    tag = "options",
    request_body(content = Fee, example = json!(examples::fee())),
    responses(
        (status = 200, description = "The option with the fee in its amount.", body = PaidOption),
        (status = 209, description = "The same, while a payment may be in progress (validation = gpd).", body = PaidOption),
        (status = 404, description = "There is no such notice, or another plan of its debt was paid."),
        (status = 422, description = "It was paid, or no transfer can bear the fee."),
    )
)]
// GPD asks the Node whether somebody is paying just now, and answers 209 where that cannot be ruled out. The station
// has nobody to ask, so with `validation = gpd` it cannot rule it out; clients must take 200 and 209 for the same.
async fn change_fee(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String)>,
    body: Body,
) -> Answer {
    let (_, nav) = path.into_inner();
    let subject = operator.subject(&station, "The notification fee update is failed");
    let fee = read::<Fee>(&body)?.amount()?;
    let changed = set_fee(&station, operator.desk(), &nav, fee).await;
    let (stored, at) = changed.map_err(|error| subject.problem(error))?;
    let status = if station.settings.follows_gpd() { in_progress() } else { StatusCode::OK };
    Ok(HttpResponse::build(status).json(PaidOption::of(&stored, at)))
}

/// 209, which GPD calls "In Progress State".
fn in_progress() -> StatusCode {
    StatusCode::from_u16(209).expect("a status has three digits")
}
