//! Create, replace, delete, publish and invalidate one position.

use actix_web::http::StatusCode;
use actix_web::web;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};

use super::model::PaymentPosition;
use super::version::{V1, Version};
use super::{expected_versions, of_version};
use crate::domain::codes::Iupd;
use crate::domain::denial::Denial;
use crate::domain::{lifecycle, position::DebtPosition};
use crate::intake::{self, Complaint, Defect, Given, Handed, Sort, model};
use crate::rest::Answer;
use crate::rest::body::Body;
use crate::rest::docs::examples;
use crate::rest::docs::parameters::{IfMatch, Once};
use crate::rest::operator::Operator;
use crate::rest::paths;
use crate::rest::problem::Problem;
use crate::rest::query::Query;
use crate::station::Station;
use crate::store::Key;
use crate::use_cases::positions::{self, Change, Error};

/// Create a position.
///
/// It is a draft until it is published.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/debtpositions",
    operation_id = "createPosition",
    tag = "positions",
    params(("toPublish" = Option<bool>, Query, description = "Whether it can be paid at once, or at its validity date."), ("serviceType" = Option<String>, Query, description = "Through which service it comes: `GPD` unless you say otherwise.", pattern = "^(GPD|ACA|WISP)$"), Once),
    request_body(content = model::Position, example = json!(examples::position())),
    responses(
        (status = 201, description = "The position.", body = PaymentPosition,
         headers(("ETag" = String, description = "Its version."))),
        (status = 409, description = "The IUPD, an IUV or a notice number is taken."),
    )
)]
pub(in crate::rest) async fn create<V: Version>(
    station: web::Data<Station>,
    operator: Operator,
    query: Query,
    body: Body,
) -> Answer {
    let subject = operator.subject(&station, "The debt position creation is failed");
    let to_publish = query.flag("toPublish")?;
    let given: V::Given = read(&body)?;
    let service = operator.service()?.unwrap_or_default();
    let stored = positions::bring(&station, operator.desk(), &[given], service, to_publish).await;
    let stored = stored.map_err(|error| subject.problem(error))?;
    let answers = stored.first().map(|stored| of_version(stored, StatusCode::CREATED, V::written(&stored.position)));
    Ok(answers.unwrap_or_else(|| HttpResponse::Created().finish()))
}

/// Replace a position.
///
/// Options are known by their IUV. What is replaced without `toPublish` is a draft again, and cannot be paid until it
/// is published.
#[utoipa::path(
    put,
    path = "/organizations/{organization}/debtpositions/{iupd}",
    operation_id = "updatePosition",
    tag = "positions",
    params(("toPublish" = Option<bool>, Query, description = "Whether it can be paid at once, or at its validity date."), IfMatch),
    request_body(content = model::Position, example = json!(examples::position())),
    responses(
        (status = 200, description = "The position.", body = PaymentPosition,
         headers(("ETag" = String, description = "Its version."))),
        (status = 404, description = "There is no such position."),
        (status = 409, description = "It was paid, or is not in a state in which it can be replaced."),
        (status = 422, description = "No transfer could bear the notification fee."),
    )
)]
pub(in crate::rest) async fn update<V: Version>(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String)>,
    query: Query,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let (_, iupd) = path.into_inner();
    let subject = operator.subject(&station, "The debt position update is failed");
    let to_publish = query.flag("toPublish")?;
    let expected = expected_versions(&request);
    let given: V::Given = read(&body)?;
    let work = async {
        let rules = positions::rules(&station, operator.desk()).await?;
        let judged = given.judge_update(&rules);
        if let Err(defects) = &judged
            && defects.iter().any(|defect| defect.complaint.sort <= Sort::Value)
        {
            return Err(Error::Wrong(defects.clone()));
        }
        if given.iupd() != iupd {
            return Err(Denial::OtherPosition { path: iupd.clone(), body: given.iupd().into() }.into());
        }
        let change = Change { event: "POSITION_UPDATED", ..of_position(&iupd, expected.as_deref()) };
        let decide = |stored: &DebtPosition, now| replaced(stored, &judged, &operator, to_publish, now);
        positions::change(&station, operator.desk(), change, decide).await
    };
    let stored = work.await.map_err(|error| subject.problem(error))?;
    Ok(of_version(&stored, StatusCode::OK, V::written(&stored.position)))
}

/// Delete a position of which nothing was paid.
#[utoipa::path(
    delete,
    path = "/organizations/{organization}/debtpositions/{iupd}",
    operation_id = "deletePosition",
    tag = "positions",
    params(IfMatch),
    responses(
        (status = 200, description = "It is gone.", body = String, content_type = "application/json"),
        (status = 404, description = "There is no such position."),
        (status = 409, description = "Something was paid."),
    )
)]
pub(in crate::rest) async fn delete(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Answer {
    let (_, iupd) = path.into_inner();
    paths::position("deleteDebtPosition", &operator, &iupd)?;
    let subject = operator.subject(&station, "The debt position delete is failed");
    let expected = expected_versions(&request);
    let deleted = positions::delete(&station, operator.desk(), &[Iupd::new(iupd)], expected.as_deref()).await;
    deleted.map_err(|error| subject.problem(error))?;
    Ok(HttpResponse::Ok().json("The debt position was successfully deleted"))
}

/// Publish a draft, so that it can be paid.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/debtpositions/{iupd}/publish",
    operation_id = "publishPosition",
    tag = "positions",
    params(IfMatch, Once),
    responses(
        (status = 200, description = "The position.", body = PaymentPosition,
         headers(("ETag" = String, description = "Its version."))),
        (status = 404, description = "There is no such position."),
        (status = 409, description = "It is no draft, or its dates have passed."),
    )
)]
pub(in crate::rest) async fn publish<V: Version>(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Answer {
    let (_, iupd) = path.into_inner();
    let subject = operator.subject(&station, "The debt position publish is failed");
    let expected = expected_versions(&request);
    let change = Change { event: "POSITION_PUBLISHED", ..of_position(&iupd, expected.as_deref()) };
    let decide = |stored: &DebtPosition, now| Ok(lifecycle::publish(stored, now)?);
    let stored = positions::change(&station, operator.desk(), change, decide).await;
    let stored = stored.map_err(|error| subject.problem(error).about(&iupd))?;
    Ok(of_version(&stored, StatusCode::OK, V::written(&stored.position)))
}

/// Invalidate a published position, so that it can no longer be paid.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/debtpositions/{iupd}/invalidate",
    operation_id = "invalidatePosition",
    tag = "positions",
    params(IfMatch, Once),
    responses(
        (status = 200, description = "The position.", body = PaymentPosition,
         headers(("ETag" = String, description = "Its version."))),
        (status = 404, description = "There is no such position."),
        (status = 409, description = "It is not published, or something was paid."),
    )
)]
pub(in crate::rest) async fn invalidate(
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Answer {
    let (_, iupd) = path.into_inner();
    let subject = operator.subject(&station, "The debt position invalidate is failed");
    let expected = expected_versions(&request);
    let change = Change { event: "POSITION_INVALIDATED", ..of_position(&iupd, expected.as_deref()) };
    let decide = |stored: &DebtPosition, now| Ok(lifecycle::invalidate(stored, now)?);
    let stored = positions::change(&station, operator.desk(), change, decide).await;
    let stored = stored.map_err(|error| subject.problem(error).about(&iupd))?;
    Ok(of_version(&stored, StatusCode::OK, V1::written(&stored.position)))
}

/// A change of the position with this key.
fn of_position<'c>(iupd: &'c str, expected: Option<&'c [i64]>) -> Change<'c> {
    Change { event: "", key: Key::Iupd(iupd), unknown: Denial::UnknownPosition(vec![Iupd::new(iupd)]), expected }
}

/// A position with the content that was judged. Whether it may be replaced at all is said before what is wrong with
/// the content.
pub(super) fn replaced(
    stored: &DebtPosition,
    judged: &Result<DebtPosition, Vec<Defect>>,
    operator: &Operator,
    to_publish: bool,
    now: DateTime<Utc>,
) -> Result<DebtPosition, Error> {
    if !stored.status_at(now).is_updatable() {
        return Err(Denial::NotUpdatable(stored.iupd.clone()).into());
    }
    let content = judged.clone().map_err(Error::Wrong)?;
    operator.desk().may_touch(&content)?;
    Ok(lifecycle::update(stored, content, to_publish, now)?)
}

/// The JSON object in a body.
pub(in crate::rest) fn read<'b, T>(body: &'b Body) -> Result<T, Problem>
where
    T: serde::Deserialize<'b> + intake::Wanted,
{
    if body.0.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::bad_request("Required request body is missing: an object in JSON"));
    }
    let broken = |complaint: Complaint| Problem::bad_request(format!("JSON parse error: {}", complaint.reason));
    match intake::read_json(&body.0) {
        Ok(Given::Value(value)) => Ok(value),
        Ok(Given::Wrong(complaint)) => Err(broken(complaint)),
        Ok(Given::Absent) => Err(Problem::bad_request("Required request body is missing: an object in JSON")),
        Err(complaint) => Err(broken(complaint)),
    }
}
