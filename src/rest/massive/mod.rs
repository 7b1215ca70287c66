//! Massive uploads (`gpd-api` 14): a file is taken at once and worked off later; its status and its report tell how far
//! that is. The two versions differ in the names of their answers.

mod form;
mod list;
mod progress;
mod taking;

use actix_web::web::{self, ServiceConfig};

use super::operator::{Operator, forbidden};
use super::problem::Problem;
use super::resource;
use crate::domain::position::ServiceType;
use crate::domain::registry::Caller;
use crate::domain::upload::{Operation, Owner};
use crate::intake::Validation;
use crate::station::Station;

/// Which names the answers use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V1,
    V2,
}

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

/// Version 1, where the gateway publishes it.
pub(super) fn v1(config: &mut ServiceConfig) {
    resources(config, "", Version::V1);
}

/// Version 2, where the gateway publishes it.
pub(super) fn v2(config: &mut ServiceConfig) {
    resources(config, "", Version::V2);
}

/// Both, as the service itself has them.
pub(super) fn local(config: &mut ServiceConfig) {
    resources(config, "/v2", Version::V2);
    resources(config, "", Version::V1);
}

fn resources(config: &mut ServiceConfig, before: &str, version: Version) {
    let base = format!("{before}/brokers/{{broker}}/organizations/{{organization}}/debtpositions");
    let file = resource(&format!("{base}/file"))
        .route(web::post().to(|taken| taking::take(Operation::Create, taken)))
        .route(web::put().to(|taken| taking::take(Operation::Update, taken)))
        .route(web::delete().to(|taken| taking::take(Operation::Delete, taken)));
    let status = move |station, operator, path| progress::status(version, station, operator, path);
    let report = move |station, operator, path| progress::report(version, station, operator, path);
    config
        .service(file)
        .service(resource(&format!("{base}/file/{{upload}}/status")).route(web::get().to(status)))
        .service(resource(&format!("{base}/file/{{upload}}/report")).route(web::get().to(report)))
        .service(resource(&format!("{base}/files")).route(web::get().to(list::list)));
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
    let service = operator.service.unwrap_or(ServiceType::Gpd);
    Ok(Owner { broker, organization: operator.organization.clone(), service })
}
