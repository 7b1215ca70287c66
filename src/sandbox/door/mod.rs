//! The Node's door: nodeForPsp in SOAP, its contract, what the Node tells of itself in JSON, and Checkout's pages.

mod archive;
mod checkout;
mod receipts;
mod running;

use std::net::TcpListener;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde::Deserialize;
use tracing::info;

pub use self::running::Running;
use super::choice::{Chosen, Unplaced, choose};
use super::node::Node;
use super::operation::{Operation, answer};
use super::primitives::{Activate, ActivateV2, Bollettino, Demand, SendOutcome, SendOutcomeV2, Verify};
use crate::reception::bytes_of;
use crate::soap::CONTENT_TYPE;
use crate::soap::head::{content_type, soap_action};
use crate::xml::{Document, Limits, decode, escape_attribute};

/// Where PSPs find the Node: the platform's path, with or without what its gateways put before it, that of older Nodes,
/// and our own.
const PATHS: [&str; 6] = [
    "/nodo/node-for-psp/v1",
    "/nodo-auth/node-for-psp/v1",
    "/node-for-psp/v1",
    "/nodo/webservices/input",
    "/webservices/input",
    "/soap/nodeForPsp",
];
/// Where the relative links in the WSDL lead from each of them.
const FOLDERS: [&str; 3] = ["/nodo/xsd", "/nodo-auth/xsd", "/xsd"];

/// Largest request, in bytes.
const MOST_BYTES: usize = 4 << 20;
/// How long a request may take to come in.
const PATIENCE: Duration = Duration::from_secs(10);

const WSDL: &str = include_str!("../../../wsdl/nodeForPsp.wsdl");
const SCHEMAS: &[(&str, &str)] = &[
    ("nodeForPsp.xsd", include_str!("../../../xsd/nodeForPsp.xsd")),
    ("nodoPerPsp.xsd", include_str!("../../../xsd/nodoPerPsp.xsd")),
    ("commonTypes.xsd", include_str!("../../../xsd/commonTypes.xsd")),
];

/// The address in the WSDL, which the Node replaces by its own.
const PLACEHOLDER: &str = "http://localhost:8081/soap/nodeForPsp";

impl Node {
    /// Serves on a port that is already open. The returned server runs when awaited, sends receipts and probes stations meanwhile;
    /// SIGTERM and SIGINT stop it.
    pub fn serve(&self, listener: TcpListener) -> std::io::Result<Running> {
        let node = web::Data::new(self.clone());
        let server = HttpServer::new(move || App::new().app_data(node.clone()).configure(routes));
        Ok(Running::new(self, server.workers(1).shutdown_timeout(20).listen(listener)?.run()))
    }
}

fn routes(config: &mut ServiceConfig) {
    for path in PATHS {
        config.service(
            web::resource(path)
                .route(web::post().to(receive))
                .route(web::get().guard(crate::soap::asks_for_wsdl()).to(wsdl))
                .default_service(web::to(HttpResponse::MethodNotAllowed)),
        );
    }
    for folder in FOLDERS {
        config.route(&format!("{folder}/{{file}}"), web::get().to(schema));
    }
    config
        .route("/sandbox/story", web::get().to(story))
        .configure(archive::routes)
        .configure(checkout::routes)
        .configure(receipts::routes);
}

/// The list of operations.
macro_rules! for_operation {
    ($name:expr, $function:ident($($argument:expr),*)) => {
        match $name {
            Activate::REQUEST => Some($function::<Activate>($($argument),*).await),
            ActivateV2::REQUEST => Some($function::<ActivateV2>($($argument),*).await),
            Bollettino::REQUEST => Some($function::<Bollettino>($($argument),*).await),
            Demand::REQUEST => Some($function::<Demand>($($argument),*).await),
            SendOutcome::REQUEST => Some($function::<SendOutcome>($($argument),*).await),
            SendOutcomeV2::REQUEST => Some($function::<SendOutcomeV2>($($argument),*).await),
            Verify::REQUEST => Some($function::<Verify>($($argument),*).await),
            _ => None,
        }
    };
}

async fn receive(request: HttpRequest, mut payload: web::Payload, node: web::Data<Node>) -> HttpResponse {
    let charset = match content_type(&request) {
        Ok(charset) => charset,
        Err(status) => return HttpResponse::build(status).finish(),
    };
    let raw = match bytes_of(&mut payload, MOST_BYTES, PATIENCE).await {
        Ok(raw) => raw,
        Err(status) => return HttpResponse::build(status).finish(),
    };
    let (status, body) = match respond(&node, &raw, charset.as_deref(), soap_action(&request)).await {
        Ok(body) => (StatusCode::OK, body),
        Err(unplaced) => (StatusCode::INTERNAL_SERVER_ERROR, unplaced.fault()),
    };
    info!(path = request.path(), status = status.as_u16(), "the Node answered");
    HttpResponse::build(status).content_type(CONTENT_TYPE).body(body)
}

/// The answer of the operation that the message is for, or why there is none.
async fn respond(node: &Node, raw: &[u8], charset: Option<&str>, action: Option<&str>) -> Result<String, Unplaced> {
    let text = decode(raw, charset)?;
    let document = Document::parse(&text, &Limits::default())?;
    let Chosen { request, root } = choose(&document, action)?;
    for_operation!(request, answer(node, root, raw)).ok_or(Unplaced::Unsupported)
}

/// The WSDL with the address by which it was asked for.
async fn wsdl(request: HttpRequest) -> HttpResponse {
    let connection = request.connection_info();
    let address = format!("{}://{}{}", connection.scheme(), connection.host(), request.path());
    HttpResponse::Ok().content_type(CONTENT_TYPE).body(WSDL.replace(PLACEHOLDER, &escape_attribute(&address)))
}

async fn schema(file: web::Path<String>) -> HttpResponse {
    match SCHEMAS.iter().find(|(name, _)| *name == file.as_str()) {
        Some((_, text)) => HttpResponse::Ok().content_type(CONTENT_TYPE).body(*text),
        None => HttpResponse::NotFound().finish(),
    }
}

/// Which steps are asked for.
#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    after: u64,
    notice: Option<String>,
    #[serde(default = "with_messages")]
    messages: bool,
}

fn with_messages() -> bool {
    true
}

/// What happened, step by step.
async fn story(wanted: web::Query<Wanted>, node: web::Data<Node>) -> HttpResponse {
    let mut steps = node.story.after(wanted.after, wanted.notice.as_deref());
    if !wanted.messages {
        steps.iter_mut().for_each(|step| step.message = None);
    }
    HttpResponse::Ok().json(steps)
}
