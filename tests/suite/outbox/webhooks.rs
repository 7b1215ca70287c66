//! Webhooks of operators: who may make them, what they hear, and in which order.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::receiver::{Manner, Receiver, well};
use super::*;
use crate::access::{a_key, with};
use crate::given::{PROVINCIA, Receipt};

fn webhooks(organization: &str) -> String {
    format!("/organizations/{organization}/webhooks")
}

fn make(station: &Station, receiver: &Receiver, events: &[&str]) -> Value {
    let body = json!({ "url": receiver.url(), "events": events, "headers": { "X-Key": "k3-77" } }).to_string();
    let made = api::call(station, "POST", &webhooks(COMUNE), &[], Some(&body));
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

/// Kinds and subjects, in the order in which they came.
fn told(receiver: &Receiver) -> Vec<String> {
    let told =
        |message: Value| format!("{} {}", message["type"].as_str().unwrap(), message["data"]["nav"].as_str().unwrap());
    receiver.heard().iter().map(|call| told(call.json())).collect()
}

#[test]
fn receipts_and_anomalies_are_told() {
    let (both, receipts, anomalies) = (Receiver::well_behaved(), Receiver::well_behaved(), Receiver::well_behaved());
    let station = a_station(3);
    // What came before is nobody's news.
    pay(&station, &nav(2));
    make(&station, &both, &["receipt", "anomaly"]);
    make(&station, &receipts, &["receipt"]);
    make(&station, &anomalies, &["anomaly"]);
    pay(&station, &nav(0));
    hears(&both, 1);
    assert_eq!(station.post(Receipt { id: "second".into(), ..a_receipt_for(&nav(0)) }.v2()).outcome(), "OK");
    hears(&both, 3);
    hears(&receipts, 2);
    hears(&anomalies, 1);
    comes_to(&station, "heard", 6);
    let (receipt, anomaly) = (format!("receipt.recorded {}", nav(0)), format!("anomaly.opened {}", nav(0)));
    assert_eq!(told(&both), [receipt.clone(), receipt.clone(), anomaly.clone()]);
    assert_eq!(told(&receipts), [receipt.clone(), receipt]);
    assert_eq!(told(&anomalies), [anomaly]);
    let call = &receipts.heard()[0];
    assert_eq!(call.line, "POST /callback?session=k3 HTTP/1.1");
    assert_eq!((call.header("content-type"), call.header("x-key")), ("application/json", "k3-77"));
    let message = call.json();
    assert_eq!(message["timestamp"], "2026-11-22T12:00:00Z");
    let data = &message["data"];
    for (member, value) in [
        ("recipient", json!(COMUNE)),
        ("organization", json!(COMUNE)),
        ("receiptId", json!(format!("receipt-of-{}", nav(0)))),
        ("iuv", json!(&nav(0)[1..])),
        ("outcome", json!("OK")),
        ("amountCents", json!(12_050)),
        ("kind", json!("OWN")),
    ] {
        assert_eq!(data[member], value, "{member}");
    }
    assert_eq!(anomalies.heard()[0].json()["data"]["kind"], "DOUBLE_PAYMENT");
    for call in both.heard() {
        // Where the rest is read, with a key.
        let path = call.json()["data"]["path"].as_str().unwrap().to_owned();
        assert_eq!(api::get(&station, &path).json()["id"], call.json()["data"]["id"]);
        for person in ["VRDPNC70A01Z999J", "Verdelli"] {
            assert!(!call.body.contains(person), "{}", call.body);
        }
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM receipt WHERE NOT told"), 0);
}

#[test]
fn an_organization_hears_of_its_own() {
    let (ours, theirs) = (Receiver::well_behaved(), Receiver::well_behaved());
    let station = a_station(1);
    make(&station, &ours, &["receipt", "anomaly"]);
    let body = json!({ "url": theirs.url(), "events": ["receipt", "anomaly"] }).to_string();
    assert_eq!(api::call(&station, "POST", &webhooks(PROVINCIA), &[], Some(&body)).status, 201);
    pay(&station, &nav(0));
    hears(&ours, 1);
    // Sent to one who has no part in it: the anomaly is the province's.
    let stranger = Receipt { head: given::head(PROVINCIA, PROVINCIA, "99000002024_01"), ..a_receipt_for(&nav(0)) };
    assert_eq!(station.post(stranger.v2()).outcome(), "PAA_SEMANTICA");
    hears(&theirs, 2);
    comes_to(&station, "heard", 3);
    assert_eq!(ours.heard().len(), 1);
    assert_eq!(theirs.heard()[1].json()["data"]["kind"], "NOT_A_BENEFICIARY");
}

#[test]
fn messages_about_a_notice_keep_their_order() {
    let first = format!("receipt-of-{}", nav(0));
    let receiver = Receiver::that(move |number, call| {
        if number == 0 && call.body.contains(&first) { Manner::Answers(500, String::new()) } else { well() }
    });
    let station = a_station(2);
    make(&station, &receiver, &["receipt"]);
    pay(&station, &nav(0));
    tried(&station, 1);
    for id in ["second", "third"] {
        assert_eq!(station.post(Receipt { id: id.into(), ..a_receipt_for(&nav(0)) }.v2()).outcome(), "OK");
    }
    // Another notice's receipt does not wait.
    pay(&station, &nav(1));
    hears(&receiver, 2);
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(told(&receiver), [0, 1].map(|number| format!("receipt.recorded {}", nav(number))));
    station.set_now(minutes(1));
    hears(&receiver, 5);
    let ids: Vec<_> = receiver.heard()[2..].iter().map(|call| call.json()["data"]["receiptId"].clone()).collect();
    assert_eq!(ids, [format!("receipt-of-{}", nav(0)).as_str(), "second", "third"]);
}

#[test]
fn a_webhook_that_was_removed_hears_nothing_more() {
    let receiver = Receiver::that(|_, _| Manner::Answers(500, String::new()));
    let station = a_station(2);
    let id = make(&station, &receiver, &["receipt"])["webhook"]["id"].to_string();
    pay(&station, &nav(0));
    tried(&station, 1);
    let one = format!("{}/{id}", webhooks(COMUNE));
    let shown = api::get(&station, &one).json();
    assert_eq!((&shown["headers"], shown.get("secret")), (&json!(["X-Key"]), None));
    // What stands behind the path may open the receiver's door.
    assert_eq!(format!("{}?session=k3", shown["url"].as_str().unwrap()), receiver.url());
    assert_eq!(api::get(&station, &webhooks(COMUNE)).json(), json!({ "webhooks": [shown] }));
    assert_eq!(api::call(&station, "DELETE", &format!("{}/{id}", webhooks(PROVINCIA)), &[], None).status, 404);
    assert_eq!(api::call(&station, "DELETE", &one, &[], None).status, 204);
    for method in ["GET", "DELETE"] {
        assert_eq!(api::call(&station, method, &one, &[], None).status, 404, "{method}");
    }
    pay(&station, &nav(1));
    station.set_now(minutes(1));
    comes_to(&station, "dead", 1);
    assert_eq!(station.text("SELECT trouble FROM outbox_message"), "the webhook was removed");
    assert_eq!((receiver.heard().len(), count(&station, "waiting")), (1, 0));
}

#[test]
fn what_is_no_webhook() {
    let strict = Station::spawn();
    for (body, said) in [
        (json!({ "url": "http://portale.example.org/", "events": ["receipt"] }), "url must begin with https://"),
        (json!({ "url": "https://10.0.0.1/", "events": ["receipt"] }), "url names an address that is not public"),
        (json!({ "url": "https://localhost/", "events": ["receipt"] }), "url names an address that is not public"),
        (
            json!({ "url": "https://portale.example.org/\0", "events": ["receipt"] }),
            "url must hold no control characters",
        ),
        (json!({ "url": "https://portale.example.org/", "events": [] }), "events must name receipt, anomaly or both"),
        (json!({ "url": "https://portale.example.org/", "events": ["paid"] }), "unknown variant `paid`"),
        (json!({ "url": "https://portale.example.org/" }), "missing field `events`"),
        (json!({ "url": "https://portale.example.org/", "events": ["receipt"], "x": 1 }), "unknown field `x`"),
        (
            json!({ "url": "https://portale.example.org/", "events": ["receipt"], "headers": { "Host": "a" } }),
            "headers.Host is not the caller's to set",
        ),
        (json!([]), "JSON parse error"),
    ] {
        let heard = api::call(&strict, "POST", &webhooks(COMUNE), &[], Some(&body.to_string()));
        assert_eq!(heard.status, 400, "{body}: {}", heard.text);
        assert!(heard.problem().contains(said), "{body}: {}", heard.problem());
    }
    let good = json!({ "url": "https://portale.example.org/", "events": ["receipt"] }).to_string();
    let statuses = Mutex::new(Vec::new());
    super::crowd::at_once(25, |_| {
        let made = api::call(&strict, "POST", &webhooks(COMUNE), &[], Some(&good));
        statuses.lock().unwrap().push(made.status);
    });
    let mut statuses = statuses.into_inner().unwrap();
    statuses.sort();
    assert_eq!(statuses, [vec![201; 20], vec![409; 5]].concat());
}

#[test]
fn who_may_make_webhooks() {
    let station = a_station(0);
    let key = |name: &str, role: &str, opens: &[&str]| a_key(station.database(), name, role, opens);
    let keys = [
        (key("WRITER", "write", &["--organization", COMUNE]), [200, 201, 204]),
        (key("READER", "read", &["--organization", COMUNE]), [200, 403, 403]),
        // It would hear of notices that are none of its business.
        (key("CONFINED", "write", &["--organization", &format!("{COMUNE}:07")]), [403, 403, 403]),
        (key("STRANGER", "write", &["--organization", PROVINCIA]), [403, 403, 403]),
        (key("PORTAL", "pay", &["--organization", COMUNE]), [403, 403, 403]),
    ];
    let good = json!({ "url": "https://portale.example.org/", "events": ["receipt"] }).to_string();
    let mut made = String::new();
    for (key, [lists, makes, removes]) in &keys {
        let list = api::call(&station, "GET", &webhooks(COMUNE), &with(key), None);
        let make = api::call(&station, "POST", &webhooks(COMUNE), &with(key), Some(&good));
        if make.status == 201 {
            made = make.json()["webhook"]["id"].to_string();
        }
        let remove = api::call(&station, "DELETE", &format!("{}/{made}", webhooks(COMUNE)), &with(key), None);
        assert_eq!([list.status, make.status, remove.status], [*lists, *makes, *removes]);
    }
}
