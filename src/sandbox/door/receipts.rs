//! Payments and receipts in JSON, and receipts sent on demand.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Deserialize;
use serde_json::json;

use crate::sandbox::ledger::Busy;
use crate::sandbox::node::Node;
use crate::sandbox::receipts::{self, ReceiptPage};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/sandbox/payments", web::get().to(payments))
        .route("/sandbox/receipts", web::get().to(list))
        .route("/sandbox/receipts/send", web::post().to(send_held))
        .route("/sandbox/receipts/{id}/send", web::post().to(send));
}

/// Which ones are asked for.
#[derive(Deserialize)]
struct Wanted {
    notice: Option<String>,
}

/// How one is sent.
#[derive(Deserialize)]
struct How {
    #[serde(default)]
    changed: bool,
}

async fn payments(wanted: web::Query<Wanted>, node: web::Data<Node>) -> HttpResponse {
    HttpResponse::Ok().json(receipts::payments(&node.ledger(), wanted.notice.as_deref(), node.now()))
}

async fn list(wanted: web::Query<Wanted>, node: web::Data<Node>) -> HttpResponse {
    HttpResponse::Ok().json(receipts::receipts(&node.ledger(), wanted.notice.as_deref()))
}

/// Has all sent that are held; the answer does not wait for them.
async fn send_held(node: web::Data<Node>) -> HttpResponse {
    let ids = node.ledger().send_held(node.now());
    node.queue.wake();
    HttpResponse::Accepted().json(json!({"ids": ids}))
}

/// Has one sent, whatever became of it before unless it is on its way, and says what came back.
async fn send(id: web::Path<u64>, how: web::Query<How>, node: web::Data<Node>) -> HttpResponse {
    let complaint = |mut status: HttpResponseBuilder, why: &str| status.json(json!({"detail": why}));
    match receipts::send_now(&node, *id, how.changed).await {
        Ok(()) => HttpResponse::Ok().json(node.ledger().delivery(*id).map(ReceiptPage::of)),
        Err(Busy::Unknown) => complaint(HttpResponse::NotFound(), "there is no such receipt"),
        Err(Busy::OnItsWay) => complaint(HttpResponse::Conflict(), "the receipt is on its way"),
    }
}
