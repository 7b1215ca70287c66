//! What a debtor may choose from (`gpd-api` 11), in the words of the platform that shows it.

mod refusal;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use self::refusal::{OdpProblem, Refusal, Why};
use super::operator::Operator;
use super::problem::Problem;
use super::times::{local, maybe};
use super::{paths, resource};
use crate::domain::choice::{Choice, choices};
use crate::domain::denial::Denial;
use crate::domain::position::{DebtPosition, PaymentOption};
use crate::intake::Validation;
use crate::station::Station;
use crate::store::Key;
use crate::use_cases::positions::{Error, find};

/// What is said of it.
#[derive(OpenApi)]
#[openapi(paths(verify))]
pub(super) struct Described;

/// What the platform has.
pub(super) fn resources(config: &mut ServiceConfig) {
    let notice = resource("/payment-options/organizations/{organization}/notices/{nav}");
    config.service(notice.route(web::post().to(verify)));
}

/// All there is to choose from.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PaymentOptions {
    organization_fiscal_code: String,
    company_name: String,
    office_name: Option<String>,
    payment_options: Vec<Plan>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Plan {
    description: Option<String>,
    number_of_installments: usize,
    amount: i64,
    due_date: String,
    valid_from: Option<String>,
    status: String,
    status_reason: Option<&'static str>,
    #[serde(rename = "allCCP")]
    all_ccp: bool,
    installments: Vec<Instalment>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Instalment {
    nav: String,
    iuv: String,
    amount: i64,
    description: String,
    due_date: String,
    valid_from: Option<String>,
    status: String,
    status_reason: Option<&'static str>,
}

/// Read what the debtor may choose from.
#[utoipa::path(
    post,
    path = "/payment-options/organizations/{organization}/notices/{nav}",
    operation_id = "verifyPaymentOptions",
    tag = "options",
    responses(
        (status = 200, description = "Plans and their instalments, the first due first.", body = PaymentOptions),
        (status = 400, description = "The notice number is none.", body = OdpProblem),
        (status = 404, description = "There is no such notice.", body = OdpProblem),
        (status = 500, description = "It failed: try again.", body = OdpProblem),
    )
)]
async fn verify(
    station: web::Data<Station>,
    operator: Result<Operator, Problem>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, actix_web::Error> {
    let (_, nav) = path.into_inner();
    let now = station.clock.now();
    let refused = |why| actix_web::Error::from(Refusal { why, now });
    let operator = operator.map_err(|problem| match problem {
        Problem::Told { detail, .. } => refused(Why::Syntax(detail)),
        before_us => before_us.into(),
    })?;
    let organization = operator.organization.as_str();
    let parts = [("organizationFiscalCode", organization, &paths::NUMBER), ("nav", &*nav, &paths::NUMBER)];
    if let Err(Problem::Told { detail, .. }) = paths::check("verifyPaymentOptions", &parts) {
        return Err(refused(Why::Syntax(detail)));
    }
    let found = find(&station, operator.desk(), Key::Number(&nav)).await.map_err(|error| refused(accident(&error)))?;
    let unknown = || refused(Why::UnknownNotice { organization: organization.to_owned(), nav: nav.clone() });
    let stored = found.ok_or_else(unknown)?;
    operator.desk().may_touch(&stored.position).map_err(|_: Denial| unknown())?;
    let own_accounts = station.settings.validation == Validation::Strict;
    Ok(HttpResponse::Ok().json(PaymentOptions::of(&stored.position, &choices(&stored.position, now), own_accounts)))
}

/// A failure of ours: the cause goes to the log.
fn accident(error: &Error) -> Why {
    tracing::error!(cause = crate::telemetry::chain(error), "payment options cannot be told");
    Why::Failure
}

impl PaymentOptions {
    fn of(position: &DebtPosition, choices: &[Choice<'_>], own_accounts: bool) -> PaymentOptions {
        PaymentOptions {
            organization_fiscal_code: position.organization.as_str().into(),
            company_name: position.company_name.clone(),
            office_name: position.office_name.clone(),
            payment_options: choices.iter().map(|choice| Plan::of(choice, own_accounts)).collect(),
        }
    }
}

impl Plan {
    fn of(choice: &Choice<'_>, own_accounts: bool) -> Plan {
        let options = || choice.instalments.iter().map(|(option, _)| *option);
        Plan {
            description: choice.description.map(str::to_owned),
            number_of_installments: choice.instalments.len(),
            amount: i64::try_from(choice.cents).unwrap_or(i64::MAX),
            due_date: local(choice.due_date),
            valid_from: maybe(choice.valid_from),
            status: format!("PO_{}", choice.standing.status),
            status_reason: choice.standing.reason,
            all_ccp: options().all(|option: &PaymentOption| option.all_ccp(own_accounts)),
            installments: choice
                .instalments
                .iter()
                .map(|(option, standing)| Instalment {
                    nav: option.nav.as_str().into(),
                    iuv: option.iuv.as_str().into(),
                    amount: option.amount.cents(),
                    description: option.description.clone(),
                    due_date: local(option.due_date),
                    valid_from: maybe(option.validity_date),
                    status: format!("POI_{}", standing.status),
                    status_reason: standing.reason,
                })
                .collect(),
        }
    }
}
