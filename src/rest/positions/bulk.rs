//! Many positions at once, all or none (`gpd-api` 8).

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, Resource, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::read;
use super::writing::replaced;
use crate::domain::codes::Iupd;
use crate::domain::denial::Denial;
use crate::intake::{Given, Handed, Wanted, model, without_nul};
use crate::rest::body::Body;
use crate::rest::docs::examples;
use crate::rest::docs::parameters::Once;
use crate::rest::operator::Operator;
use crate::rest::problem::Problem;
use crate::rest::query::Query;
use crate::rest::{Answer, paths};
use crate::station::Station;
use crate::use_cases::positions::{self, Error};

/// Most positions to create or to replace.
const MOST: usize = 100;

/// Most positions to delete.
const MOST_TO_DELETE: usize = 20;

/// What is said of longer lists: GPD never found the words for its own key.
const TOO_MANY: &str = "{javax.validation.constraints.Size.message}";

#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentPositionsRequest, description = "Several positions: all of them, or none.")]
struct Positions {
    #[schema(value_type = Vec<model::Position>, required = true, min_items = 1, max_items = 100)]
    #[serde(default)]
    payment_positions: model::List<model::Position>,
}

#[derive(Default, Deserialize, ToSchema)]
#[schema(as = PaymentPositionKeys, description = "The keys of several positions: all of them, or none.")]
struct Keys {
    #[schema(value_type = Vec<String>, required = true, min_items = 1, max_items = 20)]
    #[serde(default, rename = "paymentPositionIUPDs")]
    iupds: model::List<String>,
}

impl Wanted for Positions {
    const NAME: &'static str = "an object";
    const CURE: &'static str = "put the list paymentPositions in curly brackets";
}

impl Wanted for Keys {
    const NAME: &'static str = "an object";
    const CURE: &'static str = "put the list paymentPositionIUPDs in curly brackets";
}

/// The positions of an organization, with what can be done to many; what creating them means is told apart.
pub(super) fn with(several: Resource) -> Resource {
    several.route(web::put().to(update)).route(web::delete().to(delete))
}

/// Create several positions, all or none.
///
/// The gateway publishes it as `POST …/debtpositions` of version 2.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/debtpositions/bulk",
    operation_id = "createMultiplePositions",
    tag = "positions",
    params(("toPublish" = Option<bool>, Query, description = "Whether they can be paid at once, or at their validity date."), Once),
    request_body(content = Positions, example = json!(examples::positions())),
    responses(
        (status = 201, description = "They are created."),
        (status = 409, description = "An IUPD, an IUV or a notice number is taken."),
    )
)]
pub(super) async fn create(station: web::Data<Station>, operator: Operator, query: Query, body: Body) -> Answer {
    let subject = operator.subject(&station, "The debt position creation is failed");
    let to_publish = query.flag("toPublish")?;
    let asked: Positions = read(&body)?;
    let given = listed("paymentPositions", &asked.payment_positions, MOST)?;
    let given: Vec<_> = given.into_iter().cloned().collect();
    let service = operator.service()?.unwrap_or_default();
    let brought = positions::bring_all(&station, operator.desk(), &given, service, to_publish).await;
    brought.map_err(|error| subject.problem(error))?;
    Ok(HttpResponse::Created().finish())
}

/// Replace several positions, all or none.
#[utoipa::path(
    put,
    path = "/organizations/{organization}/debtpositions",
    operation_id = "updateMultiplePositions",
    tag = "positions",
    params(("toPublish" = Option<bool>, Query, description = "Whether they can be paid at once, or at their validity date.")),
    request_body(content = Positions, example = json!(examples::positions())),
    responses(
        (status = 200, description = "They are replaced."),
        (status = 404, description = "One of them is unknown."),
        (status = 409, description = "One of them cannot be replaced."),
        (status = 422, description = "No transfer of one of them could bear the notification fee."),
    )
)]
pub(super) async fn update(station: web::Data<Station>, operator: Operator, query: Query, body: Body) -> Answer {
    let subject = operator.subject(&station, "The debt position update is failed");
    let to_publish = query.flag("toPublish")?;
    let asked: Positions = read(&body)?;
    let given = listed("paymentPositions", &asked.payment_positions, MOST)?;
    let work = async {
        let rules = positions::rules(&station, operator.desk()).await?;
        let judged = positions::well_formed(given.iter().map(|position| position.judge_update(&rules)))?;
        let keys = given.iter().map(|position| Iupd::new(position.iupd()));
        let changes: Vec<_> = keys.zip(judged).collect();
        positions::change_all(&station, operator.desk(), "POSITION_UPDATED", &changes, |judged, stored, now| {
            replaced(stored, judged, &operator, to_publish, now)
        })
        .await
    };
    work.await.map_err(|error| subject.problem(of_many(error)))?;
    Ok(HttpResponse::Ok().finish())
}

/// Delete several positions of which nothing was paid, all or none.
#[utoipa::path(
    delete,
    path = "/organizations/{organization}/debtpositions",
    operation_id = "deleteMultipleDebtPositions",
    tag = "positions",
    request_body(content = Keys, example = json!(examples::keys())),
    responses(
        (status = 200, description = "They are gone. The answer is a text without quotes, whatever its type says."),
        (status = 404, description = "One of them is unknown."),
        (status = 409, description = "Something was paid."),
    )
)]
pub(super) async fn delete(station: web::Data<Station>, operator: Operator, body: Body) -> Answer {
    let organization = operator.organization.as_str();
    let part = ("organizationFiscalCode", organization, &paths::ELEVEN_CHARACTERS);
    paths::check("deleteMultipleDebtPositions", &[part])?;
    let subject = operator.subject(&station, "The debt position delete is failed");
    let asked: Keys = read(&body)?;
    let iupds = listed("paymentPositionIUPDs", &asked.iupds, MOST_TO_DELETE)?;
    for (at, iupd) in iupds.iter().enumerate() {
        without_nul(iupd)
            .map_err(|complaint| Problem::bad_request(format!("paymentPositionIUPDs[{at}]: {}", complaint.reason)))?;
    }
    let iupds: Vec<Iupd> = iupds.into_iter().map(Iupd::new).collect();
    let deleted = positions::delete(&station, operator.desk(), &iupds, None).await;
    deleted.map_err(|error| subject.problem(of_many(error)))?;
    // GPD says JSON, and writes none.
    Ok(HttpResponse::Ok().insert_header(ContentType::json()).body("The debt position was successfully deleted"))
}

/// The elements of a list of at least one and at most so many.
fn listed<'g, T>(field: &str, list: &'g model::List<T>, most: usize) -> Result<Vec<&'g T>, Problem> {
    let elements = match list {
        Given::Wrong(complaint) => {
            return Err(Problem::bad_request(format!("JSON parse error: {field}: {}", complaint.reason)));
        }
        Given::Value(elements) if !elements.is_empty() => elements,
        Given::Absent | Given::Value(_) => return Err(Problem::bad_request(format!("{field}: must not be empty"))),
    };
    if elements.len() > most {
        return Err(Problem::bad_request(format!("{field}: {TOO_MANY}")));
    }
    let element = |(at, element): (usize, &'g Given<T>)| match element {
        Given::Value(value) => Ok(value),
        Given::Absent => Err(Problem::bad_request(format!("{field}[{at}]: must not be null"))),
        Given::Wrong(complaint) => {
            Err(Problem::bad_request(format!("JSON parse error: {field}[{at}]: {}", complaint.reason)))
        }
    };
    elements.iter().enumerate().map(element).collect()
}

/// Several were asked for, also where only one of them is missing.
fn of_many(error: Error) -> Error {
    match error {
        Error::Denied(Denial::UnknownPosition(iupds)) => Denial::UnknownPositions(iupds).into(),
        other => other,
    }
}
