//! Let transfers credit another account (`gpd-api` 7.8).

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::read;
use crate::intake::{self, Given, Wanted};
use crate::rest::Answer;
use crate::rest::asked::Look;
use crate::rest::body::Body;
use crate::rest::docs::examples;
use crate::rest::operator::Operator;
use crate::rest::problem::Problem;
use crate::rest::query::Query;
use crate::station::Station;
use crate::use_cases::positions::{self, Error};

/// GPD's name of the operation, in its messages.
const METHOD: &str = "updateTransferIbanMassive";

/// Most transfers of one call.
const MOST: i64 = 1000;

/// The longest account.
const LONGEST: usize = 255;

/// What is asked for.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewAccount {
    #[schema(value_type = String, required = true, max_length = 255)]
    #[serde(default)]
    new_iban: Given<String>,
}

impl Wanted for NewAccount {
    const NAME: &'static str = "an object";
    const CURE: &'static str = "put newIban in curly brackets";
}

/// What was done.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UpdatedTransfers)]
struct Moved {
    description: String,
    updated_transfers: usize,
}

/// Let unpaid transfers credit another account.
#[utoipa::path(
    patch,
    path = "/organizations/{organization}/debtpositions/transfers",
    operation_id = "updateTransferIbanMassive",
    tag = "positions",
    params(
        ("oldIban" = String, Query, description = "The account that they credit now.", min_length = 1, example = "IT60X0542811101000000123456"),
        ("limit" = Option<i32>, Query, description = "How many at the most: 1000 unless you say otherwise.", minimum = 1, maximum = 1000)),
    request_body(content = NewAccount, example = json!(examples::new_account())),
    responses(
        (status = 200, description = "How many there were; none is well too.", body = Moved),
    )
)]
pub(super) async fn change(station: web::Data<Station>, operator: Operator, query: Query, body: Body) -> Answer {
    let subject = operator.subject(&station, "The IBANs cannot be updated");
    let old = match query.names("oldIban") {
        true => query.text("oldIban").unwrap_or_default(),
        false => query.required("oldIban")?,
    };
    let most = query.number(METHOD, "limit", MOST, (1, MOST))?;
    if old.trim().is_empty() {
        return Err(Problem::bad_request(format!("{METHOD}.oldIban: must not be blank")));
    }
    let asked: NewAccount = read(&body)?;
    let mut look = Look::default();
    look.required("newIban", &asked.new_iban, "must not be null");
    let new = look.text("newIban", &asked.new_iban, Some(LONGEST)).unwrap_or_default();
    if new.chars().any(|c| c.is_control() && c != '\0') {
        look.wrong("newIban", "holds a control character");
    }
    look.end()?;
    // Nothing that is stored is longer.
    if old.chars().count() > LONGEST {
        return Ok(told(0));
    }
    let most = usize::try_from(most).unwrap_or_default();
    let work = async {
        let rules = positions::rules(&station, operator.desk()).await?;
        intake::judge_account("newIban", &new, &rules).map_err(Error::Wrong)?;
        positions::move_account(&station, operator.desk(), old, &new, most).await
    };
    let moved = work.await.map_err(|error| subject.problem(error))?;
    Ok(told(moved))
}

fn told(moved: usize) -> HttpResponse {
    let description = format!("Updated IBAN on {moved} Transfers");
    HttpResponse::Ok().json(Moved { description, updated_transfers: moved })
}
