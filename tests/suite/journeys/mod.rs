//! Whole payments, one for each way a notice's life may take (`domain` 2). An operator issues the notice over the API, a
//! PSP pays it at the Node, the Node calls a real station, and the operator looks at what the station has afterwards.
//!
//! What one message does is told beside the message: `sandbox` has the Node's primitives one by one, and with them
//! spontaneous payments (`sandbox::demand`), which the station declines.

mod again;
mod beneficiaries;
mod by_hand;
mod cart;
mod ordinary;
mod outage;
mod postal;
mod psp;
mod rivals;
mod stamp;
mod stand_in;
mod third_party;
mod told_again;

use std::net::TcpListener;
use std::sync::Arc;

use ec_station::archivist::Bounds;
use serde_json::{Value, json};

use crate::api::cases::created;
use crate::api::{a_body, get, of_comune};
use crate::database::Database;
use crate::given::{COMUNE, NAV};
use crate::node::Node;
use crate::station::Station;

/// The IUPD under which the tests issue a notice.
fn iupd(nav: &str) -> String {
    format!("TARI-{nav}")
}

/// A position of 120.50 euro with one notice, as an operator writes it.
fn a_position_for(nav: &str) -> Value {
    a_body(&iupd(nav), &nav[1..])
}

/// Publishes a position.
fn issue(station: &Station, position: &Value) {
    let created = created(station, &of_comune("?toPublish=true"), position);
    assert_eq!(created["status"], "VALID", "{created}");
}

/// A station with one notice that can be paid, and a Node before it.
fn a_desk() -> (Station, Node) {
    let station = Station::spawn();
    issue(&station, &a_position_for(NAV));
    let node = Node::calling(station.url());
    (station, node)
}

/// Where a position stands, and its first option with the receipt that settled it.
fn standing(station: &Station, nav: &str) -> String {
    let position = get(station, &of_comune(&format!("/{}", iupd(nav)))).json();
    let option = &position["paymentOption"][0];
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    [&position["status"], &option["status"], &option["idReceipt"]].map(text).join(" ")
}

/// The receipts that a creditor has for a notice, the oldest first.
fn receipts(station: &Station, organization: &str, nav: &str) -> Vec<Value> {
    let path = format!("/organizations/{organization}/receipts");
    let listed = get(station, &format!("{path}?nav={nav}")).json()["receipts"].as_array().unwrap().clone();
    listed.iter().rev().map(|receipt| get(station, &format!("{path}/{}", receipt["id"])).json()).collect()
}

/// The same in short: what each is to the creditor, and its id.
fn kinds(station: &Station, organization: &str, nav: &str) -> Vec<String> {
    let short = |receipt: &Value| [&receipt["kind"], &receipt["receiptId"]].map(|it| it.as_str().unwrap()).join(" ");
    receipts(station, organization, nav).iter().map(short).collect()
}

/// What a person of the town should look at, the oldest first.
fn anomalies(station: &Station) -> Vec<String> {
    let listed = get(station, &format!("/organizations/{COMUNE}/anomalies?open=true")).json();
    let kind = |anomaly: &Value| anomaly["kind"].as_str().unwrap().to_owned();
    listed["anomalies"].as_array().unwrap().iter().rev().map(kind).collect()
}

/// A notice is paid by one receipt, and nobody has to look at anything.
#[track_caller]
fn is_settled(station: &Station, nav: &str, token: &str) {
    assert_eq!(standing(station, nav), format!("PAID PO_PAID {token}"));
    assert_eq!(kinds(station, COMUNE, nav), [format!("OWN {token}")]);
    assert_eq!(anomalies(station), [""; 0]);
}

/// A notice can be paid, as if nothing had happened.
#[track_caller]
fn is_open(station: &Station, nav: &str) {
    assert_eq!(standing(station, nav), "VALID PO_UNPAID -");
    assert_eq!((kinds(station, COMUNE, nav), anomalies(station)), (vec![], vec![]));
}

/// A station that is down.
struct Down {
    address: String,
    database: Arc<Database>,
}

impl Down {
    /// Ends a station in the middle of everything.
    fn goes(station: Station) -> Down {
        let address = station.url().trim_start_matches("http://").to_owned();
        Down { address, database: station.killed() }
    }

    /// Starts it again, on its database and its port.
    fn comes_back(self) -> Station {
        Station::spawn_at(TcpListener::bind(self.address).unwrap(), self.database, Bounds::default(), |_| ())
    }
}

/// A transfer of a position as an operator writes it.
fn a_transfer(id: u8, cents: i64) -> Value {
    let mut transfer = a_position_for(NAV)["paymentOption"][0]["transfer"][0].clone();
    (transfer["idTransfer"], transfer["amount"]) = (json!(id.to_string()), json!(cents));
    transfer
}
