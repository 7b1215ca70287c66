//! paForNode: bytes in, bytes out. No SQL, no rules.
//!
//! `receive` takes a request as far as its bytes (rows A1-A3), `envelope.rs` finds the operation (A5-A8), and
//! `operation.rs` answers it. One file per operation says how its request is read and its OK written; `fault.rs` puts
//! every refusal into the protocol's words. To add an operation: its file, a line in `for_operation!`, its use case.

mod contract;
mod demand;
pub(crate) mod envelope;
mod exchange;
mod facets;
mod fault;
mod get_payment;
pub(crate) mod head;
mod operation;
mod reader;
mod send_rt;
mod stamp;
mod verify;
mod wire;

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use tracing::{info, warn};

pub(crate) use self::contract::asks_for_wsdl;
use self::demand::Demand;
use self::envelope::NoOperation;
use self::exchange::Incoming;
pub(crate) use self::facets::MESSAGES;
pub(crate) use self::fault::{fault_code, knows_the_receipt};
use self::get_payment::{GetPayment, GetPaymentV2};
use self::head::{content_type, soap_action};
use self::operation::{Message, Operation, Reply, answer};
use self::send_rt::{SendRt, SendRtV2};
pub use self::stamp::read_stamp;
use self::verify::Verify;
use crate::journal::{About, Outcome};
use crate::reception::bytes_of;
use crate::settings::ArchiveReads;
use crate::station::Station;
use crate::xml::{Document, decode};

/// Where the Node finds the station: our own path, that of GPD's service, and where GPD's gateway publishes it.
const PATHS: [&str; 3] = ["/soap/paForNode", "/partner", "/gpd-payments/api/v1"];

/// How replies are labelled.
pub(crate) const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// The routes of this folder.
pub fn routes(config: &mut ServiceConfig) {
    for path in PATHS {
        config.service(
            web::resource(path)
                .route(web::post().to(receive))
                .route(web::get().guard(contract::asks_for_wsdl()).to(contract::wsdl))
                .default_service(web::to(post_only)),
        );
    }
    // GPD's service answers below its path too.
    config.service(
        web::resource("/partner/{anything:.*}").route(web::post().to(receive)).default_service(web::to(post_only)),
    );
    // Where the relative link in the WSDL leads from each of them.
    for folder in ["/xsd", "/gpd-payments/xsd"] {
        config.route(&format!("{folder}/{{file}}"), web::get().to(contract::xsd));
    }
}

/// The list of operations: calls a function for the one whose request has this name, if there is one.
macro_rules! for_operation {
    ($name:expr, $function:ident($($argument:expr),*) $($await:tt)*) => {
        match $name {
            Verify::REQUEST => Some($function::<Verify>($($argument),*) $($await)*),
            GetPayment::REQUEST => Some($function::<GetPayment>($($argument),*) $($await)*),
            GetPaymentV2::REQUEST => Some($function::<GetPaymentV2>($($argument),*) $($await)*),
            SendRt::REQUEST => Some($function::<SendRt>($($argument),*) $($await)*),
            SendRtV2::REQUEST => Some($function::<SendRtV2>($($argument),*) $($await)*),
            Demand::REQUEST => Some($function::<Demand>($($argument),*) $($await)*),
            _ => None,
        }
    };
}

/// What a message turns out to be when it is read and not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// A request of this operation that keeps to the contract.
    Request(&'static str),
    /// A request of this operation that breaks it.
    Malformed(&'static str),
    /// No operation could be chosen.
    NoOperation,
}

/// Reads a message as `receive` does and stops before anything is done about it: for benchmarks and fuzzing.
pub fn read(raw: &[u8], charset: Option<&str>, limits: &crate::xml::Limits) -> Read {
    fn as_operation<O: Operation>(root: crate::xml::Element<'_>) -> Read {
        if O::read(root).is_ok() { Read::Request(O::NAME) } else { Read::Malformed(O::NAME) }
    }
    let Ok(text) = decode(raw, charset) else { return Read::NoOperation };
    let Ok(document) = Document::parse(&text, limits) else { return Read::NoOperation };
    match envelope::open(&document) {
        Ok(root) if root.namespace() == facets::MESSAGES => {
            for_operation!(root.name(), as_operation(root)).unwrap_or(Read::NoOperation)
        }
        _ => Read::NoOperation,
    }
}

/// A1.
async fn post_only(request: HttpRequest, payload: web::Payload, station: web::Data<Station>) -> HttpResponse {
    let incoming = Incoming::of(&request, station.clock.now());
    let mut refusal = bare(StatusCode::METHOD_NOT_ALLOWED, payload, &incoming, &station);
    refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    refusal
}

/// Receives a request as far as its bytes, answers it, keeps both, and logs one line.
async fn receive(request: HttpRequest, mut payload: web::Payload, station: web::Data<Station>) -> HttpResponse {
    let incoming = Incoming::of(&request, station.clock.now());
    let charset = match content_type(&request) {
        Ok(charset) => charset,
        Err(status) => return bare(status, payload, &incoming, &station),
    };
    let limits = &station.settings.limits;
    // A3.
    let raw = match bytes_of(&mut payload, limits.body_bytes, limits.receive).await {
        Ok(raw) => raw,
        Err(status) => return bare(status, payload, &incoming, &station),
    };
    let reply = match respond(&station, &raw, charset.as_deref(), soap_action(&request), &incoming).await {
        Ok(reply) => reply,
        Err(no_operation) => unspoken(&no_operation),
    };
    spoken(keep(&station, reply, raw, &incoming).await, &incoming)
}

/// Opens the envelope and lets the operation answer.
async fn respond(
    station: &Station,
    raw: &[u8],
    charset: Option<&str>,
    action: Option<&str>,
    incoming: &Incoming,
) -> Result<Reply, NoOperation> {
    let text = decode(raw, charset)?;
    let document = Document::parse(&text, &station.settings.limits.xml)?;
    let message = Message { root: envelope::open(&document)?, raw, incoming };
    let reply = dispatch(station, message, action).await?;
    // A9: callers do send the other version's action.
    let operation = &reply.about.operation;
    match action {
        Some(action) if action == operation => {}
        Some(_) => warn!(operation, "the SOAPAction names another operation"),
        None => warn!(operation, "the SOAPAction is missing"),
    }
    Ok(reply)
}

/// A4: the journal has the exchange before the answer leaves, or will have it soon, as the settings say.
async fn keep(station: &Station, reply: Reply, raw: Vec<u8>, incoming: &Incoming) -> Reply {
    if reply.journaled {
        return reply;
    }
    let reads = station.settings.archive.reads;
    if reads != ArchiveReads::Sync || reply.rule == Some("A11") {
        station.archivist.offer(incoming.entry(&reply, (reads != ArchiveReads::Off).then_some(raw)));
        return reply;
    }
    match station.archivist.keep(incoming.entry(&reply, Some(raw.clone()))).await {
        Ok(()) => reply,
        Err(cause) => {
            let reply = (reply.if_lost)(station, reply.about, cause);
            station.archivist.offer(incoming.entry(&reply, Some(raw)));
            reply
        }
    }
}

/// Which operation it is, the element in the Body says, not the SOAPAction; but for GPD's choice between two versions.
async fn dispatch(station: &Station, message: Message<'_>, action: Option<&str>) -> Result<Reply, NoOperation> {
    if message.root.namespace() != facets::MESSAGES {
        return Err(NoOperation::Unknown);
    }
    let asked = message.root.name();
    let answered = if station.settings.follows_gpd() { in_version(asked, action) } else { asked };
    for_operation!(answered, answer(station, message).await).ok_or(NoOperation::Unknown)
}

/// The request that is answered in place of another, whose SOAPAction names the other version of the same primitive
/// (`gpd-api` 12). Both versions read either request, by its own rules.
fn in_version<'a>(asked: &'a str, action: Option<&str>) -> &'a str {
    match (asked, action) {
        (GetPayment::REQUEST, Some(GetPaymentV2::NAME)) => GetPaymentV2::REQUEST,
        (GetPaymentV2::REQUEST, Some(GetPayment::NAME)) => GetPayment::REQUEST,
        (SendRt::REQUEST, Some(SendRtV2::NAME)) => SendRtV2::REQUEST,
        (SendRtV2::REQUEST, Some(SendRt::NAME)) => SendRt::REQUEST,
        _ => asked,
    }
}

fn spoken(reply: Reply, incoming: &Incoming) -> HttpResponse {
    // What came in a malformed message is anybody's text: the log takes no more of it than a code needs.
    let shown = |code: &str| code.chars().filter(|c| !c.is_control()).take(35).collect::<String>();
    let About { operation, organization, nav, .. } = &reply.about;
    let fields = (!operation.is_empty()).then(|| (operation, shown(organization), shown(nav)));
    info!(
        operation = fields.as_ref().map(|fields| fields.0),
        organization = fields.as_ref().map(|fields| &fields.1),
        notice = fields.as_ref().map(|fields| &fields.2),
        outcome = reply.outcome.as_str(),
        fault = reply.fault,
        rule = reply.rule,
        status = reply.status,
        duration_ms = milliseconds(incoming.started),
        cause = fields.is_none().then_some(&reply.why),
        "answered"
    );
    if reply.status == 503 {
        return HttpResponse::ServiceUnavailable().insert_header((header::RETRY_AFTER, "30")).finish();
    }
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status).content_type(CONTENT_TYPE).body(reply.body)
}

/// A5 to A8: a SOAP Fault, since no operation could be chosen.
fn unspoken(no_operation: &NoOperation) -> Reply {
    let why = crate::telemetry::chain(no_operation);
    let body = envelope::fault(no_operation.fault_code(), &why);
    let (fault, rule) = (no_operation.fault_code(), no_operation.rule());
    Reply { body, fault: Some(fault), rule: Some(rule), why, ..wordless(StatusCode::INTERNAL_SERVER_ERROR) }
}

/// An answer without a body; the connection ends with it, since the request may not have been read to its end.
fn bare(status: StatusCode, unread: web::Payload, incoming: &Incoming, station: &Station) -> HttpResponse {
    info!(
        outcome = "FAULT",
        status = status.as_u16(),
        duration_ms = milliseconds(incoming.started),
        path = incoming.path(),
        "answered"
    );
    let rule = match status {
        StatusCode::METHOD_NOT_ALLOWED => Some("A1"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Some("A2"),
        StatusCode::PAYLOAD_TOO_LARGE => Some("A3"),
        _ => None,
    };
    station.archivist.offer(incoming.entry(&Reply { rule, ..wordless(status) }, None));
    HttpResponse::build(status).force_close().body(Unread { _payload: unread })
}

/// A reply of no operation, without a body.
fn wordless(status: StatusCode) -> Reply {
    Reply {
        status: status.as_u16(),
        body: String::new(),
        about: About::default(),
        outcome: Outcome::Fault,
        fault: None,
        rule: None,
        why: String::new(),
        journaled: false,
        // Nothing is known of what was asked: it may be a receipt, and then the Node must ask again.
        if_lost: |_, _, cause| {
            let body = envelope::fault("Server", "Servizio momentaneamente non disponibile");
            let why = crate::telemetry::chain(&cause);
            let rule = Some("A11");
            Reply { body, fault: Some("Server"), rule, why, ..wordless(StatusCode::INTERNAL_SERVER_ERROR) }
        },
    }
}

/// No body, and what was not read of the request. A payload in chunks that is dropped before the answer is written
/// would be read to its end first, however long that takes; one that is still held is given a second and closed.
struct Unread {
    _payload: web::Payload,
}

impl MessageBody for Unread {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(0)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

fn milliseconds(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 1e6).round() / 1e3
}
