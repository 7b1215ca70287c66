//! Version 1 of the positions API (`gpd-api` 4 to 7).

pub(super) mod listing;
pub(super) mod model;
mod version;
pub(super) mod writing;

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderValue, IF_MATCH};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use self::model::BasePosition;
use self::version::V1;
pub(super) use self::version::Version;
use super::operator::Operator;
use super::problem::Problem;
use super::{Answer, resource};
use crate::domain::codes::Iupd;
use crate::domain::denial::Denial;
use crate::station::Station;
use crate::store::{Key, StoredPosition};
use crate::use_cases::positions::find;

/// What is said when a position cannot be read.
const UNREADABLE: &str = "The debt position cannot be read";

/// What operators have at `/organizations/…`.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(
            resource("/organizations/{organization}/debtpositions")
                .route(web::post().to(writing::create::<V1>))
                .route(web::get().to(listing::list)),
        )
        .service(
            resource("/organizations/{organization}/debtpositions/{iupd}")
                .route(web::get().to(get))
                .route(web::put().to(writing::update::<V1>))
                .route(web::delete().to(writing::delete)),
        )
        .service(
            resource("/organizations/{organization}/debtpositions/{iupd}/publish")
                .route(web::post().to(writing::publish::<V1>)),
        )
        .service(
            resource("/organizations/{organization}/debtpositions/{iupd}/invalidate")
                .route(web::post().to(writing::invalidate)),
        );
}

/// `GET …/debtpositions/{iupd}`
async fn get(station: web::Data<Station>, operator: Operator, path: web::Path<(String, String)>) -> Answer {
    let (_, iupd) = path.into_inner();
    let stored = seen(&station, &operator, &iupd).await?;
    if stored.position.instalment_plans() > 1 {
        let several = Denial::SeveralPlans(stored.position.iupd.clone());
        return Err(operator.subject(&station, UNREADABLE).problem(several.into()));
    }
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
    work.await.map_err(|error| operator.subject(station, UNREADABLE).problem(error))
}

/// An answer that carries the version of a position, for those who insist on it later.
pub(super) fn of_version(stored: &StoredPosition, status: StatusCode, body: impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((ETAG, format!("\"{}\"", stored.version))).json(body)
}

/// The version that the caller insists on (`If-Match`); `*` is any.
pub(super) fn expected_version(request: &HttpRequest) -> Result<Option<i64>, Problem> {
    let Some(value) = request.headers().get(IF_MATCH) else { return Ok(None) };
    let tag = HeaderValue::to_str(value).unwrap_or_default().trim();
    if tag == "*" {
        return Ok(None);
    }
    let version = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).and_then(|tag| tag.parse().ok());
    // A tag that was never given matches nothing.
    Ok(Some(version.unwrap_or(-1)))
}
