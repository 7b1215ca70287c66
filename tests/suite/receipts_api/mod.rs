//! Receipts over REST: GPD's list and detail, every other receipt that is kept, and anomalies. Each receipt comes by SOAP
//! through the front door.

mod anomalies;
mod detail;
mod kept;
mod list;

use serde_json::Value;

use crate::given::{COMUNE, Receipt, a_receipt_for};
use crate::station::{Station, agent};

/// What came back.
struct Answer {
    status: u16,
    content_type: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Status, title and detail of a problem.
    fn problem(&self) -> (u16, String, String) {
        let json = self.json();
        assert_eq!(json["status"], self.status, "{json}");
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        (self.status, text("title"), text("detail"))
    }
}

/// Asks for a path, as a client that takes what it gets.
fn get(station: &Station, path: &str) -> Answer {
    get_as(station, path, "*/*")
}

fn get_as(station: &Station, path: &str, accept: &str) -> Answer {
    answer(agent().get(format!("{}{path}", station.url())).header("Accept", accept).call())
}

fn post(station: &Station, path: &str, body: &str) -> Answer {
    answer(agent().post(format!("{}{path}", station.url())).content_type("application/json").send(body))
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = response.expect("the station answers");
    let kind = response.headers().get("Content-Type").map(|kind| kind.to_str().unwrap().to_owned());
    Answer {
        status: response.status().as_u16(),
        content_type: kind.unwrap_or_default(),
        body: response.body_mut().read_to_vec().unwrap(),
    }
}

/// Has the Node send a receipt that hears OK.
fn send(station: &Station, receipt: &Receipt) {
    assert_eq!(station.post(receipt.v2()).outcome(), "OK", "{}", receipt.id);
}

/// A receipt of the town for an IUV, paid by somebody at some time.
fn paid(iuv: &str, debtor: &str, when: &str) -> Receipt {
    let receipt = a_receipt_for(&format!("3{iuv}"));
    Receipt { debtor: debtor.into(), tail: format!("<paymentDateTime>{when}</paymentDateTime>"), ..receipt }
}

fn receipts(query: &str) -> String {
    format!("/payments/{COMUNE}/receipts{query}")
}
