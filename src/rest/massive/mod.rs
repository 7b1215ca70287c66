//! Massive uploads (`gpd-api` 14): a file is taken at once and worked off later; its status and its report tell how far
//! that is. The two versions differ in the names of their answers.

mod form;
mod list;
mod model;
mod progress;
mod taking;
mod v1;
mod v2;

use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use super::operator::{Operator, forbidden};
use super::problem::Problem;
use crate::domain::position::ServiceType;
use crate::domain::registry::Caller;
use crate::domain::upload::Owner;
use crate::intake::Validation;
use crate::station::Station;

/// The broker in a path.
#[derive(serde::Deserialize)]
struct BrokerPath {
    broker: String,
}

/// The broker and the upload in a path.
#[derive(serde::Deserialize)]
struct UploadPath {
    broker: String,
    upload: String,
}

/// What is said of both versions.
pub(super) fn described() -> utoipa::openapi::OpenApi {
    v1::Described::openapi().nest("/v2", v2::Described::openapi())
}

/// Version 1, where the gateway publishes it.
pub(super) fn v1(config: &mut ServiceConfig) {
    config.configure(v1::resources);
}

/// Version 2, where the gateway publishes it.
pub(super) fn v2(config: &mut ServiceConfig) {
    config.configure(v2::resources);
}

/// Both, as the service itself has them.
pub(super) fn local(config: &mut ServiceConfig) {
    config.service(web::scope("/v2").configure(v2::resources)).configure(v1::resources);
}

/// For whom a call is. Under strict validation the broker in the path must be one of the organization's.
async fn owner(station: &Station, operator: &Operator, broker: String) -> Result<Owner, Problem> {
    if station.settings.validation == Validation::Strict {
        let organization = operator.organization.as_str().to_owned();
        let caller = Caller { organization, broker: broker.clone(), station: String::new() };
        let standing = station.store.standing(&caller).await;
        let standing = standing.map_err(|cause| Problem::failure("INTERNAL SERVER ERROR", &cause))?;
        if !(standing.organization && standing.broker) {
            return Err(forbidden());
        }
    }
    let service = operator.service()?.unwrap_or(ServiceType::Gpd);
    Ok(Owner { broker, organization: operator.organization.clone(), service })
}
