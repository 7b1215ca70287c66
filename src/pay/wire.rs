//! A payment request as portals and shops read it: in the answers of the API and in callbacks (`domain` 11.2, 11.3).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::payment_request::{PaymentRequest, Report};

/// The type of every request of this installation, as answers write it.
pub const TYPE: &str = "pagopa";

/// A request in a list.
#[derive(Debug, Serialize)]
pub struct Line<'r> {
    _id: &'r str,
    #[serde(rename = "type")]
    kind: &'static str,
    importo: String,
    timestamp: String,
}

/// A request with all that is known, in the order of the specification; then what the caller sent beyond it.
#[derive(Serialize)]
pub struct Detail<'r> {
    _id: &'r str,
    email: &'r str,
    cognome: &'r str,
    nome: &'r str,
    telefono: &'r str,
    ente_pa: &'r str,
    avviso_pa: &'r str,
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: String,
    owner: &'r str,
    report: Option<WrittenReport<'r>>,
    #[serde(flatten)]
    others: &'r Map<String, Value>,
}

/// How it ended.
#[derive(Serialize)]
struct WrittenReport<'r> {
    payment_status: &'static str,
    payment_id: &'r str,
    email: &'r str,
    payment_date: String,
    total_amount: String,
    ente_pa: &'r str,
    avviso_pa: &'r str,
}

/// What a list says of a request.
pub fn line(request: &PaymentRequest) -> Line<'_> {
    Line { _id: request.id.as_str(), kind: TYPE, importo: request.amount.euro(), timestamp: timestamp(request) }
}

/// What a call for one request, and a callback, say of it.
pub fn detail(request: &PaymentRequest) -> Detail<'_> {
    let PaymentRequest { id, account, given, .. } = request;
    let (ente_pa, avviso_pa) = codes(request);
    Detail {
        _id: id.as_str(),
        email: &given.email,
        cognome: &given.surname,
        nome: &given.first_name,
        telefono: &given.telephone,
        ente_pa,
        avviso_pa,
        kind: TYPE,
        timestamp: timestamp(request),
        owner: account,
        report: request.report.as_ref().map(|report| written(request, report)),
        others: &given.others,
    }
}

fn written<'r>(request: &'r PaymentRequest, report: &'r Report) -> WrittenReport<'r> {
    let (ente_pa, avviso_pa) = codes(request);
    let total = report.total_cents();
    WrittenReport {
        payment_status: report.outcome.as_str(),
        payment_id: &report.receipt_id,
        email: &request.account,
        payment_date: report.paid_local.replacen('T', " ", 1),
        total_amount: format!("{}.{:02}", total / 100, total % 100),
        ente_pa,
        avviso_pa,
    }
}

/// The creditor and the number of the notice; empty while nobody has named one.
fn codes(request: &PaymentRequest) -> (&str, &str) {
    let notice = request.notice.as_ref();
    notice.map_or(("", ""), |notice| (notice.organization.as_str(), notice.notice.as_str()))
}

/// When it was opened, in milliseconds.
fn timestamp(request: &PaymentRequest) -> String {
    request.opened_at.timestamp_millis().to_string()
}
