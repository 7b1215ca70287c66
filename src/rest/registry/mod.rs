//! The registry for those who administer it: the same organizations, by the same rules, as in the file of
//! `ec-station registry import`. Every call reads what is stored, so that a change counts at once at every station.

mod model;

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Path, ServiceConfig};
use serde::Deserialize;
use utoipa::OpenApi;

use self::model::{
    Broker, Brokers, Ibans, KnownStation, KnownStations, OrganizationsPage, PageOfOrganizations, RegisteredIban,
    Stations,
};
use super::body::Body;
use super::docs::examples;
use super::operator::Admin;
use super::problem::Problem;
use super::query::Query;
use super::{Answer, resource};
use crate::domain::codes::Iban;
use crate::domain::registry::Organization;
use crate::intake::registry::{check_against, check_one, parse_one};
use crate::intake::shown;
use crate::station::Station;
use crate::store::{Removed, StoreError};

/// What the title of every "no" says that is not about the form of a request.
const TITLE: &str = "The registry is not changed";

/// The resources of the registry.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(resource("/registry/organizations").route(web::get().to(list)))
        .service(
            resource("/registry/organizations/{organization}")
                .route(web::get().to(show))
                .route(web::put().to(save))
                .route(web::delete().to(remove)),
        )
        .service(
            resource("/registry/organizations/{organization}/stations")
                .route(web::get().to(stations_of))
                .route(web::put().to(save_stations)),
        )
        .service(
            resource("/registry/organizations/{organization}/ibans")
                .route(web::get().to(ibans))
                .route(web::post().to(register_iban)),
        )
        .service(resource("/registry/organizations/{organization}/ibans/{iban}").route(web::delete().to(remove_iban)))
        .service(resource("/registry/brokers").route(web::get().to(brokers)))
        .service(resource("/registry/stations").route(web::get().to(stations)));
}

/// What is said of them.
#[derive(OpenApi)]
#[openapi(paths(
    list,
    show,
    save,
    remove,
    stations_of,
    save_stations,
    ibans,
    register_iban,
    remove_iban,
    brokers,
    stations
))]
pub(super) struct Described;

/// List who is served.
#[utoipa::path(
    get,
    path = "/registry/organizations",
    operation_id = "listOrganizations",
    tag = "registry",
    params(
        ("limit" = Option<i32>, Query, description = "How many on a page: 50 unless you say otherwise.", minimum = 1, maximum = 100),
        ("page" = Option<i32>, Query, description = "Which page; the first is 0.", minimum = 0),
    ),
    responses(
        (status = 200, description = "Those that the key may administer.", body = OrganizationsPage),
    )
)]
async fn list(station: web::Data<Station>, admin: Admin, query: Query) -> Answer {
    let limit = query.number("organizations", "limit", 50, (1, 100))?;
    let page = query.number("organizations", "page", 0, (0, i64::from(i32::MAX)))?;
    let all = known(&station, &admin).await?;
    let pages = all.len().div_ceil(limit as usize);
    let organizations: Vec<_> = all.into_iter().skip((page * limit) as usize).take(limit as usize).collect();
    let page_info = PageOfOrganizations { page, limit, items_found: organizations.len(), total_pages: pages };
    Ok(HttpResponse::Ok().json(OrganizationsPage { organizations, page_info }))
}

/// Read one of them.
#[utoipa::path(
    get,
    path = "/registry/organizations/{organization}",
    operation_id = "getOrganization",
    tag = "registry",
    responses(
        (status = 200, description = "As in the file of the registry.", body = Organization),
        (status = 404, description = "It is not in the registry."),
    )
)]
async fn show(station: web::Data<Station>, admin: Admin) -> Answer {
    Ok(HttpResponse::Ok().json(one(&station, &admin).await?))
}

/// Put an organization into the registry, in place of what is there.
#[utoipa::path(
    put,
    path = "/registry/organizations/{organization}",
    operation_id = "saveOrganization",
    tag = "registry",
    request_body(content = Organization, example = json!(examples::organization())),
    responses(
        (status = 200, description = "It was there.", body = Organization),
        (status = 201, description = "It is new.", body = Organization),
        (status = 409, description = "It does not go with the others."),
    )
)]
async fn save(station: web::Data<Station>, admin: Admin, body: Body) -> Answer {
    let organization = parse_one(&body.0).map_err(wrong)?;
    if organization.fiscal_code != admin.organization {
        return Err(Problem::bad_request("fiscalCode: must be the one in the path"));
    }
    let now = station.clock.now();
    let saved = station.store.save_organization(&organization, goes_with, &admin.by, now).await.map_err(failed)?;
    let (organization, is_new) = saved?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(HttpResponse::build(status).json(organization))
}

/// Read the stations that serve it.
#[utoipa::path(
    get,
    path = "/registry/organizations/{organization}/stations",
    operation_id = "getStations",
    tag = "registry",
    responses(
        (status = 200, description = "Its stations.", body = Stations),
        (status = 404, description = "It is not in the registry."),
    )
)]
async fn stations_of(station: web::Data<Station>, admin: Admin) -> Answer {
    let Organization { stations, .. } = one(&station, &admin).await?;
    Ok(HttpResponse::Ok().json(Stations { stations }))
}

/// Say which stations serve it.
#[utoipa::path(
    put,
    path = "/registry/organizations/{organization}/stations",
    operation_id = "saveStations",
    tag = "registry",
    request_body(content = Stations, example = json!(examples::stations())),
    responses(
        (status = 200, description = "The organization with its stations.", body = Organization),
        (status = 404, description = "It is not in the registry."),
        (status = 409, description = "They do not go with the others."),
    )
)]
async fn save_stations(station: web::Data<Station>, admin: Admin, body: Body) -> Answer {
    let Stations { stations } = read(&body)?;
    // Judged as if all of it had been sent.
    let judge = |known: &[Organization], wanted: &[Organization]| {
        let complaints: Vec<_> = wanted.iter().flat_map(check_one).collect();
        if complaints.is_empty() { goes_with(known, wanted) } else { Err(wrong(complaints)) }
    };
    let now = station.clock.now();
    let saved = station.store.save_stations(&admin.organization, &stations, judge, &admin.by, now).await;
    let saved = saved.map_err(failed)??;
    Ok(HttpResponse::Ok().json(saved.ok_or_else(|| unknown(&admin.organization))?))
}

/// Take an organization out of the registry.
#[utoipa::path(
    delete,
    path = "/registry/organizations/{organization}",
    operation_id = "removeOrganization",
    tag = "registry",
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "It is not in the registry."),
        (status = 409, description = "Positions or receipts of it are stored."),
    )
)]
async fn remove(station: web::Data<Station>, admin: Admin) -> Answer {
    match station
        .store
        .remove_organization(&admin.organization, &admin.by, station.clock.now())
        .await
        .map_err(failed)?
    {
        Removed::Done => Ok(HttpResponse::NoContent().finish()),
        Removed::Unknown => Err(unknown(&admin.organization)),
        Removed::InUse => Err(Problem::new(
            StatusCode::CONFLICT,
            TITLE,
            format!(
                "Positions or receipts of {} are stored: to serve it no longer, set active to false",
                shown(&admin.organization)
            ),
        )),
    }
}

/// Read the accounts it has registered.
#[utoipa::path(
    get,
    path = "/registry/organizations/{organization}/ibans",
    operation_id = "getIbans",
    tag = "registry",
    responses(
        (status = 200, description = "Its accounts; null where none was ever registered.", body = Ibans),
        (status = 404, description = "It is not in the registry."),
    )
)]
async fn ibans(station: web::Data<Station>, admin: Admin) -> Answer {
    let Organization { ibans, .. } = one(&station, &admin).await?;
    Ok(HttpResponse::Ok().json(Ibans { ibans }))
}

/// Register an account.
#[utoipa::path(
    post,
    path = "/registry/organizations/{organization}/ibans",
    operation_id = "registerIban",
    tag = "registry",
    request_body(content = RegisteredIban, example = json!(examples::iban())),
    responses(
        (status = 200, description = "It was registered already.", body = RegisteredIban),
        (status = 201, description = "It is registered.", body = RegisteredIban),
        (status = 404, description = "It is not in the registry."),
    )
)]
async fn register_iban(station: web::Data<Station>, admin: Admin, body: Body) -> Answer {
    let RegisteredIban { iban } = read(&body)?;
    let iban = Iban::parse(&iban).map_err(|error| Problem::bad_request(format!("iban: {error}")))?;
    let now = station.clock.now();
    let registered = station.store.register_iban(&admin.organization, &iban, &admin.by, now).await.map_err(failed)?;
    let is_new = registered.ok_or_else(|| unknown(&admin.organization))?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(HttpResponse::build(status).json(RegisteredIban { iban: iban.as_str().to_owned() }))
}

/// Take an account out.
#[utoipa::path(
    delete,
    path = "/registry/organizations/{organization}/ibans/{iban}",
    operation_id = "removeIban",
    tag = "registry",
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "It has not registered it."),
    )
)]
async fn remove_iban(station: web::Data<Station>, admin: Admin, path: Path<(String, String)>) -> Answer {
    let (_, iban) = path.into_inner();
    let now = station.clock.now();
    match station.store.remove_iban(&admin.organization, &iban, &admin.by, now).await.map_err(failed)? {
        Some(true) => Ok(HttpResponse::NoContent().finish()),
        _ => {
            let detail = format!("{} has not registered {}", shown(&admin.organization), shown(&iban));
            Err(Problem::new(StatusCode::NOT_FOUND, "Not found the account", detail))
        }
    }
}

/// List the brokers and their stations.
#[utoipa::path(
    get,
    path = "/registry/brokers",
    operation_id = "listBrokers",
    tag = "registry",
    responses(
        (status = 200, description = "Every broker.", body = Brokers),
    )
)]
async fn brokers(station: web::Data<Station>, admin: Admin) -> Answer {
    let mut brokers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for link in known(&station, &admin).await?.into_iter().flat_map(|organization| organization.stations) {
        brokers.entry(link.id_broker).or_default().insert(link.id_station);
    }
    let brokers = brokers.into_iter().map(|(id_broker, stations)| Broker { id_broker, stations }).collect();
    Ok(HttpResponse::Ok().json(Brokers { brokers }))
}

/// List the stations and whom they serve.
#[utoipa::path(
    get,
    path = "/registry/stations",
    operation_id = "listStations",
    tag = "registry",
    responses(
        (status = 200, description = "Every station.", body = KnownStations),
    )
)]
async fn stations(station: web::Data<Station>, admin: Admin) -> Answer {
    let mut stations: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for Organization { fiscal_code, stations: links, .. } in known(&station, &admin).await? {
        for link in links {
            let (broker, organizations) = stations.entry(link.id_station).or_default();
            *broker = link.id_broker;
            organizations.insert(fiscal_code.clone());
        }
    }
    let known = |(id_station, (id_broker, organizations))| KnownStation { id_station, id_broker, organizations };
    let stations = stations.into_iter().map(known).collect();
    Ok(HttpResponse::Ok().json(KnownStations { stations }))
}

/// The organizations that are this admin's business.
async fn known(station: &Station, admin: &Admin) -> Result<Vec<Organization>, Problem> {
    let all = station.store.organizations().await.map_err(failed)?;
    Ok(all.into_iter().filter(|organization| admin.serves(&organization.fiscal_code)).collect())
}

async fn one(station: &Station, admin: &Admin) -> Result<Organization, Problem> {
    let found = station.store.organization(&admin.organization).await.map_err(failed)?;
    found.ok_or_else(|| unknown(&admin.organization))
}

/// Whether organizations go with those that are there.
fn goes_with(known: &[Organization], wanted: &[Organization]) -> Result<(), Problem> {
    let complaints = check_against(known, wanted);
    if complaints.is_empty() {
        return Ok(());
    }
    Err(Problem::new(StatusCode::CONFLICT, TITLE, complaints.join(", ").replace("organizations[0].", "")))
}

fn read<'b, T: Deserialize<'b>>(body: &'b Body) -> Result<T, Problem> {
    serde_json::from_slice(&body.0).map_err(|error| Problem::bad_request(error.to_string()))
}

fn wrong(complaints: Vec<String>) -> Problem {
    Problem::bad_request(complaints.join(", "))
}

fn unknown(organization: &str) -> Problem {
    let detail = format!("{} is not in the registry", shown(organization));
    Problem::new(StatusCode::NOT_FOUND, "Not found the organization", detail)
}

fn failed(cause: StoreError) -> Problem {
    Problem::failure(TITLE, &cause)
}
