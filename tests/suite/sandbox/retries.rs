//! What becomes of a receipt that gets no answer, or none that can be used.

use std::time::Duration;

use chrono::Duration as Minutes;
use serde_json::json;

use super::psp::{order, pay, payment_states, receipts, receipts_that_are, receipts_when};
use super::puppet::{Act, Puppet};
use crate::given::{self, NAV, a_position};
use crate::node::{Node, participants};
use crate::station::Station;

const SOON: Duration = Duration::from_millis(1);

fn envelope(content: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:p=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><s:Body>{content}</s:Body></s:Envelope>"
    )
}

#[test]
fn answers_that_cannot_be_used_are_no_answers() {
    let xml = "text/xml";
    let fault = "<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring></s:Fault>";
    let ok = envelope("<p:paSendRTV2Response><outcome>OK</outcome></p:paSendRTV2Response>");
    for (what, act) in [
        ("a connection that breaks", Act::Drop),
        ("an answer that comes too late", Act::Wait(Duration::from_millis(700))),
        ("an empty body", Act::Say(200, xml, String::new())),
        ("no XML", Act::Say(200, xml, "OK".into())),
        ("a status of error", Act::Say(503, xml, ok.clone())),
        ("a SOAP Fault", Act::Say(500, xml, envelope(fault))),
        ("another generation", Act::Say(200, xml, envelope("<p:paSendRTRes><outcome>OK</outcome></p:paSendRTRes>"))),
        (
            "a KO without a fault",
            Act::Say(200, xml, envelope("<p:paSendRTV2Response><outcome>KO</outcome></p:paSendRTV2Response>")),
        ),
    ] {
        let station = Station::spawn();
        station.load(&a_position());
        let puppet = Puppet::before(station.url(), [act]);
        let node = Node::with(puppet.url(), &participants(), |settings| {
            settings.receipt_timeout = Duration::from_millis(300);
        });
        pay(&node, NAV);
        let pending = &receipts_that_are(&node, NAV, "NOTICE_PENDING")[0];
        assert_eq!((&pending["attempts"], &pending["parked"]), (&json!(1), &json!(false)), "{what}");
        assert_eq!(
            (&pending["next"], &pending["lastAnswer"]["outcome"]),
            (&json!("2026-11-22T13:00:00Z"), &json!("NOTHING"))
        );
        assert_eq!(payment_states(&node, NAV), ["NOTICE_SENT"], "{what}");
        node.set_now(given::today() + Minutes::minutes(59));
        std::thread::sleep(Duration::from_millis(250));
        assert_eq!(puppet.receipts().len(), 1, "{what}: an hour is not over");
        node.set_now(given::today() + Minutes::minutes(60));
        receipts_that_are(&node, NAV, "NOTIFIED");
        assert_eq!(payment_states(&node, NAV), ["NOTIFIED"], "{what}");
        // The first time the station may have taken it, and only its answer was lost.
        assert_eq!((puppet.receipts().len(), station.receipts().len()), (2, 1), "{what}");
        assert_eq!(puppet.receipts()[0], puppet.receipts()[1], "{what}");
    }
}

#[test]
fn after_48_times_it_is_parked_until_somebody_asks() {
    let station = Station::spawn();
    station.load(&a_position());
    let puppet = Puppet::before(station.url(), vec![Act::Drop; 48]);
    let node = Node::with(puppet.url(), &participants(), |settings| settings.retry = SOON);
    pay(&node, NAV);
    let mut now = given::today();
    let parked = receipts_when(&node, NAV, |receipts| {
        now_moves(&node, &mut now);
        receipts[0]["parked"] == true
    });
    assert_eq!((&parked[0]["attempts"], &parked[0]["state"]), (&json!(48), &json!("NOTICE_PENDING")));
    assert_eq!(parked[0].get("next"), None);
    node.set_now(now + Minutes::days(3));
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!((puppet.receipts().len(), station.receipts().len()), (48, 0));
    let (status, sent) = order(&node, "/sandbox/receipts/1/send");
    assert_eq!((status, &sent["state"], &sent["attempts"]), (200, &json!("NOTIFIED"), &json!(49)));
    assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
    assert_eq!(station.receipts().len(), 1);
}

/// A clock that runs.
fn now_moves(node: &Node, now: &mut chrono::DateTime<chrono::Utc>) {
    *now += Minutes::seconds(1);
    node.set_now(*now);
}

#[test]
fn what_is_on_its_way_is_finished_before_the_node_ends() {
    let station = Station::spawn();
    station.load(&a_position());
    let puppet = Puppet::before(station.url(), [Act::Wait(Duration::from_millis(600))]);
    let node = Node::calling(puppet.url());
    pay(&node, NAV);
    receipts_that_are(&node, NAV, "NOTICE_SENT");
    assert_eq!(order(&node, "/sandbox/receipts/1/send").0, 409);
    assert_eq!(receipts(&node, NAV).len(), 1);
    drop(node);
    assert_eq!((puppet.taken_late(), station.receipts().len()), (1, 1));
}
