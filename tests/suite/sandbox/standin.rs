//! Stand-in: the archive answers for a station that does not.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::activate::{Activation, POSTE_HEAD, an_activation, questions};
use super::relay::{Relay, Way};
use crate::given::{BANK, COMUNE, NAV, OTHER_NAV, POSTAL, a_position, a_position_of, an_option, today};
use crate::node::{BANK_HEAD, Node, participants};
use crate::station::{Reply, Station, agent};

/// What a creditor copies to the archive.
fn a_copy() -> Value {
    json!({
        "paFiscalCode": COMUNE, "entityType": "F", "entityFiscalCode": "VRDPNC70A01Z999J",
        "entityFullName": "Pancrazio Verdelli", "iuv": &NAV[1..], "nav": NAV, "amount": 11_000,
        "description": "TARI 2026", "expirationDate": "2026-12-31T22:59:59Z", "iban": BANK, "postalIban": POSTAL,
        "switchToExpired": false, "payStandIn": true
    })
}

/// The same with other members; null takes one away.
pub fn a_copy_with(members: Value) -> Value {
    let mut copy = a_copy();
    for (name, value) in members.as_object().unwrap() {
        copy[name] = value.clone();
        if value.is_null() {
            copy.as_object_mut().unwrap().remove(name);
        }
    }
    copy
}

fn send(node: &Node, body: &str, key: Option<&str>) -> (u16, String, Value) {
    let mut request = agent().post(format!("{}/aca/v1/paCreatePosition", node.url()));
    request = request.header("Content-Type", "application/json");
    if let Some(key) = key {
        request = request.header("Ocp-Apim-Subscription-Key", key);
    }
    let mut response = request.send(body).unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let body = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), kind, serde_json::from_str(&body).unwrap())
}

pub fn copy(node: &Node, copy: &Value) -> (u16, String) {
    let (status, kind, body) = send(node, &copy.to_string(), Some("a-key"));
    assert_eq!(kind, if status == 200 { "application/json" } else { "application/problem+json" });
    let text = if status == 200 { &body["status"] } else { &body["detail"] };
    (status, text.as_str().unwrap().to_owned())
}

fn verify(node: &Node, notice: &str) -> Reply {
    let qr = format!("<qrCode><fiscalCode>{COMUNE}</fiscalCode><noticeNumber>{notice}</noticeNumber></qrCode>");
    node.ask("verifyPaymentNotice", "verifyPaymentNoticeReq", &format!("{BANK_HEAD}{qr}"))
}

/// A Node whose station is stood in for, whatever it answers.
fn stood_in(station: &Station, ibans: Value) -> Node {
    let mut participants = participants();
    participants["organizations"][0]["stations"][0]["standIn"] = json!(true);
    participants["organizations"][0]["ibans"] = ibans;
    Node::with(station.url(), &participants, |_| ())
}

#[test]
fn what_the_archive_does_not_take() {
    let station = Station::spawn();
    let node = stood_in(&station, json!([BANK, POSTAL]));
    assert_eq!(send(&node, &a_copy().to_string(), None).0, 401);
    for body in ["", "null", "[]", "{", "\"\""] {
        assert_eq!(send(&node, body, Some("a-key")).0, 400, "{body}");
    }
    for (members, status, told) in [
        (json!({"paFiscalCode": null}), 400, "paFiscalCode: is missing"),
        (json!({"paFiscalCode": "9900000101"}), 400, "paFiscalCode: must be a text of 11 to 11 characters"),
        (json!({"paFiscalCode": "99000009999"}), 400, "paFiscalCode: the platform does not know this creditor"),
        (json!({"entityType": "P"}), 400, "entityType: must be F or G"),
        (json!({"entityFiscalCode": "V"}), 400, "entityFiscalCode: must be a text of 2 to 255 characters"),
        (json!({"entityFullName": " "}), 400, "entityFullName: must be a text of 1 to 255 characters"),
        (json!({"nav": OTHER_NAV}), 400, "nav: must be 18 digits, a digit and then the iuv"),
        (json!({"nav": null, "iuv": "RF18"}), 400, "nav: must be 18 digits, a digit and then the iuv"),
        (json!({"amount": 110.0}), 400, "amount: must be whole cents, 0 to 99999999999"),
        (json!({"amount": "11000"}), 400, "amount: must be whole cents, 0 to 99999999999"),
        (json!({"amount": -1}), 400, "amount: must be whole cents, 0 to 99999999999"),
        (json!({"amount": 100_000_000_000_i64}), 400, "amount: must be whole cents, 0 to 99999999999"),
        (json!({"description": "x".repeat(256)}), 400, "description: must be a text of 1 to 255 characters"),
        (
            json!({"expirationDate": "2026-12-31"}),
            400,
            "expirationDate: must be a date and a time with a zone, such as 2026-12-31T22:59:59Z",
        ),
        (json!({"iban": "IT41"}), 400, "iban: must be a text of 27 to 27 characters"),
        (json!({"payStandIn": "yes"}), 400, "payStandIn: must be true or false"),
        (
            json!({"amount": null, "iban": 1}),
            400,
            "amount: must be whole cents, 0 to 99999999999; iban: must be a text of 27 to 27 characters",
        ),
        (json!({"amount": 0}), 404, "there is nothing to invalidate"),
        (json!({"iban": "IT60X0542811101000000123456"}), 422, "an account that is not registered"),
    ] {
        assert_eq!(copy(&node, &a_copy_with(members.clone())), (status, told.to_owned()), "{members}");
    }
    let poor = stood_in(&station, json!([]));
    let without = a_copy_with(json!({"iban": null, "postalIban": null}));
    assert_eq!(copy(&poor, &without), (422, "no account: neither given nor registered".into()));
    assert_eq!(verify(&node, NAV).outcome(), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE", "nothing was kept");
}

#[test]
fn the_newest_word_counts_and_the_last_one_is_no() {
    let station = Station::spawn();
    let node = stood_in(&station, json!(null));
    let (status, _, body) = send(&node, &a_copy_with(json!({"nav": null})).to_string(), Some("a-key"));
    assert_eq!((status, &body["nav"], &body["companyName"]), (200, &json!(NAV), &json!("Comune di Borgolieve")));
    assert_eq!(verify(&node, NAV).element("amount").as_deref(), Some("110.00"));
    assert_eq!(copy(&node, &a_copy_with(json!({"amount": 12_000}))), (200, "VALID".into()));
    assert_eq!(verify(&node, NAV).element("amount").as_deref(), Some("120.00"));
    assert_eq!(copy(&node, &a_copy_with(json!({"amount": 0}))), (200, "INVALID".into()));
    assert_eq!(verify(&node, NAV).outcome(), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE");
    for again in [0, 12_000] {
        assert_eq!(copy(&node, &a_copy_with(json!({"amount": again}))).0, 409);
    }
}

#[test]
fn what_cannot_be_paid_from_the_archive() {
    let station = Station::spawn();
    let node = stood_in(&station, json!(null));
    station.load(&a_position());
    for (members, outcome) in [
        (json!({"payStandIn": false}), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE"),
        (
            json!({"switchToExpired": true, "expirationDate": "2026-11-22T13:00:00+01:00"}),
            "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE",
        ),
        (json!({"switchToExpired": true, "expirationDate": "2026-11-22T13:00:01+01:00"}), "OK"),
        (json!({"switchToExpired": false, "expirationDate": "2026-11-22T13:00:00+01:00"}), "OK"),
    ] {
        assert_eq!(copy(&node, &a_copy_with(members.clone())).0, 200);
        assert_eq!(verify(&node, NAV).outcome(), outcome, "{members}");
    }
    assert!(questions(&node).is_empty(), "the station is not asked, even where it could answer");
}

#[test]
fn what_a_psp_is_told_from_the_archive() {
    let station = Station::spawn();
    let node = stood_in(&station, json!([BANK, POSTAL]));
    copy(&node, &a_copy());
    copy(&node, &a_copy_with(json!({"iuv": &OTHER_NAV[1..], "nav": OTHER_NAV, "postalIban": null, "iban": null})));
    let verified = verify(&node, NAV);
    for (name, text) in [
        ("amount", "110.00"),
        ("dueDate", "2026-12-31"),
        ("paymentDescription", "TARI 2026"),
        ("companyName", "Comune di Borgolieve"),
        ("standin", "true"),
    ] {
        assert_eq!(verified.element(name).as_deref(), Some(text), "{name}");
    }
    let slip = format!("{POSTE_HEAD}<ccPost>000099999999</ccPost><noticeNumber>{NAV}</noticeNumber>");
    let slip = node.ask("verificaBollettino", "verificaBollettinoReq", &slip);
    assert_eq!((slip.element("amount").as_deref(), slip.element("allCCP").as_deref()), (Some("110.00"), Some("true")));
    let activated = Activation { head: POSTE_HEAD.into(), ..an_activation() }.v2(&node);
    for (name, text) in [
        ("totalAmount", "110.00"),
        ("transferAmount", "110.00"),
        ("IBAN", POSTAL),
        ("remittanceInformation", "/RFB/07000000001234573/110.00/TXT/TARI 2026"),
        ("creditorReferenceId", &NAV[1..]),
        ("standin", "true"),
    ] {
        assert_eq!(activated.element(name).as_deref(), Some(text), "{name}");
    }
    assert_eq!(an_activation().v1(&node).outcome(), "PPT_PAGAMENTO_IN_CORSO");
    let other = Activation { notice: OTHER_NAV, ..an_activation() }.v1(&node);
    assert_eq!(other.element("IBAN").as_deref(), Some(BANK), "the account that is registered");
    assert_eq!(other.element("standin").as_deref(), Some("true"));
}

#[test]
fn without_an_archive_the_station_is_called_whatever_it_says() {
    let station = Station::spawn();
    let relay = Relay::to(&station, Way::Cut);
    let node = Node::calling(relay.url());
    for call in 0..8 {
        assert_eq!(verify(&node, NAV).outcome(), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE", "call {call}");
    }
    assert_eq!(questions(&node).len(), 8);
}

#[test]
fn a_station_goes_and_comes_back() {
    let station = Station::spawn();
    station.load(&a_position_of(vec![an_option(NAV), an_option(OTHER_NAV)]));
    let relay = Relay::to(&station, Way::Cut);
    let node = Node::calling(relay.url());
    copy(&node, &a_copy());
    for call in 0..4 {
        assert_eq!(verify(&node, NAV).outcome(), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE", "call {call}");
    }
    let archived = verify(&node, NAV);
    assert_eq!((archived.outcome(), archived.element("standin")), ("OK".into(), Some("true".into())));
    assert_eq!(verify(&node, OTHER_NAV).outcome(), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE");
    assert_eq!(questions(&node).len(), 4, "the station is left alone");

    let probes = |least: usize| {
        let started = Instant::now();
        loop {
            let asked = questions(&node);
            let probes = asked.iter().filter(|question| question.contains(">000000000000000000<")).count();
            if probes >= least {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "{probes} probes");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    node.set_now(today() + TimeDelta::minutes(1));
    probes(1);
    relay.set(Way::Open);
    assert_eq!(verify(&node, NAV).element("standin").as_deref(), Some("true"), "one bad probe");
    node.set_now(today() + TimeDelta::minutes(2));
    probes(2);
    let started = Instant::now();
    let back = loop {
        let reply = verify(&node, NAV);
        if reply.element("standin").is_none() || started.elapsed() > Duration::from_secs(20) {
            break reply;
        }
    };
    assert_eq!((back.outcome(), back.element("amount")), ("OK".into(), Some("120.50".into())));
}

#[test]
fn a_station_that_says_no_is_there() {
    let station = Station::spawn();
    let node = Node::calling(station.url());
    copy(&node, &a_copy());
    for call in 0..10 {
        assert_eq!(verify(&node, NAV).outcome(), "PPT_ERRORE_EMESSO_DA_PAA", "call {call}");
    }
}
