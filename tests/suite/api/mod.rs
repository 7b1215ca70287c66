//! The operators' API through the front door: what GPD's clients send, and what they hear.

mod accounts;
mod bulk;
pub mod cases;
mod choices;
mod docs;
mod errors;
mod fees;
mod fields;
mod forms;
mod idempotency;
mod listing;
mod numbering;
mod order;
mod payments;
mod positions;
mod reports;
mod rivals;
mod schemathesis;
mod states;
mod time;
mod v3;
mod versions;

use serde_json::{Value, json};

use crate::given::{BANK, COMUNE};
use crate::station::{Station, agent};

/// What a call heard.
pub struct Heard {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Heard {
    /// The body, which is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// `status title: detail` of a problem.
    pub fn problem(&self) -> String {
        let body = self.json();
        assert_eq!(body["status"], self.status, "{}", self.text);
        format!("{} {}: {}", self.status, body["title"].as_str().unwrap(), body["detail"].as_str().unwrap())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Calls the API with a body of any kind and any headers.
pub fn call(station: &Station, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Heard {
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", station.url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = match body {
        Some(body) => agent().run(request.header("Content-Type", "application/json").body(body.to_owned()).unwrap()),
        None => agent().run(request.body(()).unwrap()),
    };
    let mut response = response.expect("the station answers");
    let bytes = response.body_mut().read_to_vec().expect("the answer has an end");
    // What is no text is judged elsewhere.
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Heard { status: response.status().as_u16(), headers: response.headers().clone(), text }
}

pub fn get(station: &Station, path: &str) -> Heard {
    call(station, "GET", path, &[], None)
}

pub fn post(station: &Station, path: &str, body: &Value) -> Heard {
    call(station, "POST", path, &[], Some(&body.to_string()))
}

pub fn put(station: &Station, path: &str, body: &Value) -> Heard {
    call(station, "PUT", path, &[], Some(&body.to_string()))
}

pub fn delete(station: &Station, path: &str) -> Heard {
    call(station, "DELETE", path, &[], None)
}

/// The path of the organization's positions, or of what stands below.
pub fn of_comune(below: &str) -> String {
    format!("/organizations/{COMUNE}/debtpositions{below}")
}

/// A position as an operator writes it: one option, due in ten days.
pub fn a_body(iupd: &str, iuv: &str) -> Value {
    json!({
        "iupd": iupd, "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli",
        "companyName": "Comune di Borgolieve", "officeName": "Ufficio Tributi", "switchToExpired": false,
        "paymentOption": [{
            "iuv": iuv, "amount": 12050, "description": "TARI 2026", "isPartialPayment": false,
            "dueDate": "2026-12-02T12:00:00Z",
            "transfer": [{
                "idTransfer": "1", "amount": 12050, "remittanceInformation": "TARI 2026",
                "category": "0101101IM", "iban": BANK,
            }],
        }],
    })
}
