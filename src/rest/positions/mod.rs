//! Version 1 of the positions API (`gpd-api` 4 to 7).

mod accounts;
mod bulk;
pub(super) mod listing;
pub(super) mod model;
mod version;
pub(super) mod writing;

use actix_web::guard::{Guard, fn_guard};
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, IF_MATCH};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::Serialize;
use utoipa::OpenApi;

use self::model::BasePosition;
use self::version::V1;
pub(super) use self::version::Version;
pub(super) use self::writing::read;
use super::idempotency::once;
use super::operator::Operator;
use super::problem::Problem;
use super::{Answer, paths, resource};
use crate::domain::codes::Iupd;
use crate::domain::denial::Denial;
use crate::station::Station;
use crate::store::{Key, StoredPosition};
use crate::use_cases::positions::find;

/// What is said of them.
#[derive(OpenApi)]
#[openapi(paths(
    get,
    get_by_iuv,
    listing::list,
    writing::create,
    writing::update,
    writing::delete,
    writing::publish,
    writing::invalidate,
    bulk::create,
    bulk::update,
    bulk::delete,
    accounts::change
))]
pub(super) struct Described;

/// Version 1, as operators have it.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(several().route(once(web::post().to(writing::create::<V1>))))
        .service(with_accounts(one()))
        .configure(actions);
}

/// The same as the clients of the platform's archive have it.
pub(super) fn of_archive(config: &mut ServiceConfig) {
    config.service(several().route(once(web::post().to(writing::create::<V1>)))).service(one()).configure(actions);
}

/// Version 2: many positions at once.
pub(super) fn in_bulk(config: &mut ServiceConfig) {
    config.service(bulk::with(resource(POSITIONS)).route(once(web::post().to(bulk::create))));
}

/// Everything, as GPD's own service has it.
pub(super) fn all(config: &mut ServiceConfig) {
    let several = bulk::with(several()).route(once(web::post().to(writing::create::<V1>)));
    config.service(several).service(with_bulk(with_accounts(one()))).configure(actions).configure(by_iuv);
}

/// Everything, as GPD's gateway publishes it to its own services as version 2: to create is to create many.
pub(super) fn all_in_bulk(config: &mut ServiceConfig) {
    let several = bulk::with(several()).route(once(web::post().to(bulk::create)));
    config.service(several).service(with_bulk(with_accounts(one()))).configure(actions).configure(by_iuv);
}

const POSITIONS: &str = "/organizations/{organization}/debtpositions";

fn several() -> Resource {
    resource(POSITIONS).route(web::get().to(listing::list))
}

fn one() -> Resource {
    resource("/organizations/{organization}/debtpositions/{iupd}")
        .route(web::get().to(get))
        .route(web::put().to(writing::update::<V1>))
        .route(web::delete().to(writing::delete))
}

/// `transfers` and `bulk` stand where the key of a position does, and some position may have it.
fn with_accounts(one: Resource) -> Resource {
    one.route(web::patch().guard(ends_with("/transfers")).to(accounts::change))
}

fn with_bulk(one: Resource) -> Resource {
    one.route(once(web::post().guard(ends_with("/bulk")).to(bulk::create)))
}

fn ends_with(name: &'static str) -> impl Guard {
    fn_guard(move |context| context.head().uri.path().ends_with(name))
}

fn actions(config: &mut ServiceConfig) {
    let publish = resource("/organizations/{organization}/debtpositions/{iupd}/publish");
    let invalidate = resource("/organizations/{organization}/debtpositions/{iupd}/invalidate");
    config
        .service(publish.route(once(web::post().to(writing::publish::<V1>))))
        .service(invalidate.route(once(web::post().to(writing::invalidate))));
}

fn by_iuv(config: &mut ServiceConfig) {
    let position = resource("/organizations/{organization}/paymentoptions/{iuv}/debtposition");
    config.service(position.route(web::get().to(get_by_iuv)));
}

/// What is said when the store fails.
const CANNOT_BE_READ: &str = "The debt position cannot be read";

/// Read a position.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/debtpositions/{iupd}",
    operation_id = "getOrganizationDebtPositionByIUPD",
    tag = "positions",
    responses(
        (status = 200, description = "The position as it stands now, without its debtor.", body = BasePosition,
         headers(("ETag" = String, description = "Its version."))),
        (status = 404, description = "There is no such position."),
        (status = 422, description = "It has two plans or more, which only version 3 can tell."),
    )
)]
async fn get(station: web::Data<Station>, operator: Operator, path: web::Path<(String, String)>) -> Answer {
    let (_, iupd) = path.into_inner();
    paths::position("getOrganizationDebtPositionByIUPD", &operator, &iupd)?;
    let stored = seen(&station, &operator, &iupd).await?;
    if stored.position.instalment_plans() > 1 {
        let several = Denial::SeveralPlans(stored.position.iupd.clone());
        return Err(operator.subject(&station, CANNOT_BE_READ).problem(several.into()));
    }
    Ok(of_version(&stored, StatusCode::OK, BasePosition::of(&stored, |_| true)))
}

/// Read the position that an IUV belongs to.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/paymentoptions/{iuv}/debtposition",
    operation_id = "getDebtPositionByIUV",
    tag = "positions",
    responses(
        (status = 200, description = "The position as it stands now, without its debtor.", body = BasePosition),
        (status = 404, description = "No position has this IUV."),
    )
)]
async fn get_by_iuv(station: web::Data<Station>, operator: Operator, path: web::Path<(String, String)>) -> Answer {
    let (_, iuv) = path.into_inner();
    paths::check(
        "getDebtPositionByIUV",
        &[
            ("organizationFiscalCode", operator.organization.as_str(), &paths::ELEVEN_DIGITS),
            ("iuv", &iuv, &paths::IUV),
        ],
    )?;
    let subject = operator.subject(&station, CANNOT_BE_READ);
    if !operator.codes.allow(&iuv) {
        return Err(subject.problem(Denial::CodeNotAllowed(Iupd::new(iuv)).into()));
    }
    let found = find(&station, operator.desk(), Key::Iuv(&iuv)).await.map_err(|error| subject.problem(error))?;
    let stored = found.ok_or_else(|| subject.problem(Denial::UnknownIuv(iuv).into()))?;
    Ok(of_version(&stored, StatusCode::OK, BasePosition::of(&stored, |_| true)))
}

/// The position with this key, as it stands now, for somebody who may see it.
pub(super) async fn seen(station: &Station, operator: &Operator, iupd: &str) -> Result<StoredPosition, Problem> {
    let work = async {
        let found = find(station, operator.desk(), Key::Iupd(iupd)).await?;
        let stored = found.ok_or_else(|| Denial::UnknownPosition(vec![Iupd::new(iupd)]))?;
        operator.desk().may_touch(&stored.position)?;
        Ok(stored)
    };
    work.await.map_err(|error| operator.subject(station, CANNOT_BE_READ).problem(error))
}

/// An answer that carries the version of a position, for those who insist on it later.
pub(super) fn of_version(stored: &StoredPosition, status: StatusCode, body: impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((ETAG, format!("\"{}\"", stored.version))).json(body)
}

/// The versions of which the caller insists on one (`If-Match`); none where any will do. What was never given, or is
/// weak, matches nothing (RFC 9110).
pub(super) fn expected_versions(request: &HttpRequest) -> Option<Vec<i64>> {
    let values: Vec<_> = request.headers().get_all(IF_MATCH).map(|value| value.to_str().unwrap_or_default()).collect();
    if values.is_empty() || values.iter().any(|value| value.trim() == "*") {
        return None;
    }
    let version = |tag: &str| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok();
    Some(values.iter().flat_map(|value| value.split(',')).filter_map(version).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn on_which_versions_a_caller_insists() {
        for (values, versions) in [
            (&[][..], None),
            (&["*"], None),
            (&["\"3\""], Some(vec![3])),
            (&["\"0\", \"1\""], Some(vec![0, 1])),
            (&["\"0\"", "\"1\""], Some(vec![0, 1])),
            (&["W/\"3\""], Some(vec![])),
            (&["W/\"3\",\"4\""], Some(vec![4])),
            (&["3"], Some(vec![])),
            (&["\"x\""], Some(vec![])),
            (&[""], Some(vec![])),
        ] {
            let request =
                values.iter().fold(TestRequest::get(), |request, value| request.append_header((IF_MATCH, *value)));
            assert_eq!(expected_versions(&request.to_http_request()), versions, "{values:?}");
        }
    }
}
