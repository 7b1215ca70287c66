//! Webhooks: operators say where receipts and anomalies are to be told, and hear of them without asking.

mod model;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use self::model::{ListedWebhook, MadeWebhook, NewWebhook, Webhooks};
use super::body::Body;
use super::docs::examples;
use super::operator::{Operator, forbidden};
use super::problem::Problem;
use super::{Answer, number_in_path, resource};
use crate::domain::payment_request::Reach;
use crate::outbox::fresh_secret;
use crate::station::Station;
use crate::store::{StoreError, Webhook};

/// Most webhooks of an organization: each costs every receipt a message.
const MOST: u64 = 20;

/// What is said of them.
#[derive(OpenApi)]
#[openapi(paths(make, list, one, remove))]
pub(super) struct Described;

/// The webhooks of an organization.
pub(super) fn resources(config: &mut ServiceConfig) {
    config
        .service(
            resource("/organizations/{organization}/webhooks").route(web::get().to(list)).route(web::post().to(make)),
        )
        .service(
            resource("/organizations/{organization}/webhooks/{id}")
                .route(web::get().to(one))
                .route(web::delete().to(remove)),
        );
}

/// Say where receipts and anomalies are to be told.
///
/// Each message is a POST of JSON, signed as Standard Webhooks has it with the secret of the answer, which is shown this
/// once. It names codes and amounts, and the path where the rest can be read with a key. What is not answered with 2xx
/// comes again, for more than a day.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/webhooks",
    operation_id = "createWebhook",
    tag = "webhooks",
    request_body(content = NewWebhook, example = json!(examples::webhook())),
    responses(
        (status = 201, description = "It hears of whatever comes from now on.", body = MadeWebhook),
        (status = 409, description = "The organization has as many as it may have."),
    )
)]
async fn make(operator: Operator, body: Body, station: web::Data<Station>) -> Answer {
    unconfined(&operator)?;
    let outbox = &station.settings.outbox;
    let reach = Reach { http: outbox.http, private_addresses: outbox.private_addresses };
    let new: NewWebhook =
        serde_json::from_slice(&body.0).map_err(|error| Problem::bad_request(format!("JSON parse error: {error}")))?;
    let webhook = new.webhook(&operator, station.clock.now());
    let faults = model::faults(&webhook, reach);
    if !faults.is_empty() {
        return Err(Problem::bad_request(faults.join(", ")));
    }
    let secret = fresh_secret();
    let id = station.store.add_webhook(&webhook, &secret, MOST).await.map_err(failed)?;
    let id = id.ok_or_else(|| {
        let detail = format!("Organization Fiscal Code {} has {MOST} webhooks", operator.organization);
        Problem::new(StatusCode::CONFLICT, "There are too many webhooks", detail)
    })?;
    let webhook = ListedWebhook::from(Webhook { id, ..webhook });
    Ok(HttpResponse::Created().json(MadeWebhook { webhook, secret: secret.shown() }))
}

/// List who is told.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/webhooks",
    operation_id = "getWebhooks",
    tag = "webhooks",
    responses(
        (status = 200, description = "The webhooks of the organization, without what opens their doors.", body = Webhooks),
    )
)]
async fn list(operator: Operator, station: web::Data<Station>) -> Answer {
    unconfined(&operator)?;
    let webhooks = station.store.webhooks(&operator.organization).await.map_err(failed)?;
    let webhooks = webhooks.into_iter().map(ListedWebhook::from).collect();
    Ok(HttpResponse::Ok().json(Webhooks { webhooks }))
}

/// Read one of them.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/webhooks/{id}",
    operation_id = "getWebhook",
    tag = "webhooks",
    responses(
        (status = 200, description = "The webhook.", body = ListedWebhook),
        (status = 404, description = "There is none with this number."),
    )
)]
async fn one(operator: Operator, path: web::Path<(String, String)>, station: web::Data<Station>) -> Answer {
    unconfined(&operator)?;
    let id = number_in_path("id", &path.1)?;
    let found = station.store.webhook(id).await.map_err(failed)?;
    let found = found.filter(|webhook| webhook.organization == operator.organization);
    let webhook = found.ok_or_else(|| unknown(&operator, id))?;
    Ok(HttpResponse::Ok().json(ListedWebhook::from(webhook)))
}

/// Tell it nothing more, not even what waits for it.
#[utoipa::path(
    delete,
    path = "/organizations/{organization}/webhooks/{id}",
    operation_id = "deleteWebhook",
    tag = "webhooks",
    responses(
        (status = 204, description = "It hears nothing more."),
        (status = 404, description = "There is none with this number."),
    )
)]
async fn remove(operator: Operator, path: web::Path<(String, String)>, station: web::Data<Station>) -> Answer {
    unconfined(&operator)?;
    let id = number_in_path("id", &path.1)?;
    let ended = station.store.end_webhook(&operator.organization, id, station.clock.now()).await.map_err(failed)?;
    if ended { Ok(HttpResponse::NoContent().finish()) } else { Err(unknown(&operator, id)) }
}

/// The title of what fails.
const TITLE: &str = "The webhooks cannot be used";

/// A webhook hears of every notice of its organization: it is nobody's business who has some of its codes only.
fn unconfined(operator: &Operator) -> Result<(), Problem> {
    if operator.codes.listed().is_none() { Ok(()) } else { Err(forbidden()) }
}

fn unknown(operator: &Operator, id: i64) -> Problem {
    let detail = format!("Not found a webhook for Organization Fiscal Code {} and id {id}", operator.organization);
    Problem::new(StatusCode::NOT_FOUND, "Not found the webhook", detail)
}

fn failed(cause: StoreError) -> Problem {
    Problem::failure(TITLE, &cause)
}
