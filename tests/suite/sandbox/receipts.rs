//! Receipts as the Node sends them, keeps them until asked, and sends them once more.

use ec_station::settings::Receipts;
use serde_json::json;

use super::psp::{order, pay, payment_states, receipts, receipts_that_are};
use super::puppet::{Act, Puppet};
use crate::given::{self, NAV, OTHER_NAV, a_position, a_position_of, an_option};
use crate::node::{Node, participants};
use crate::station::Station;

#[test]
fn each_station_gets_the_generation_it_wants() {
    for version in [1, 2] {
        let station = Station::spawn();
        station.load(&a_position());
        let mut file = participants();
        file["organizations"][0]["stations"][0]["receiptVersion"] = json!(version);
        let node = Node::with(station.url(), &file, |_| ());
        pay(&node, NAV);
        assert_eq!(receipts_that_are(&node, NAV, "NOTIFIED")[0]["version"], version);
        assert_eq!(station.receipts()[0].version, version);
        assert_eq!(station.anomalies(), [""; 0]);
    }
}

#[test]
fn what_is_held_is_sent_when_somebody_asks() {
    let station = Station::spawn();
    station.load(&a_position());
    station.load(&a_position_of(vec![an_option(OTHER_NAV)]));
    let node = Node::with(station.url(), &participants(), |settings| settings.receipts = Receipts::Hold);
    pay(&node, NAV);
    pay(&node, OTHER_NAV);
    for nav in [NAV, OTHER_NAV] {
        let held = receipts(&node, nav);
        assert_eq!((held[0]["held"].as_bool(), held[0]["attempts"].as_u64()), (Some(true), Some(0)));
        assert_eq!(payment_states(&node, nav), ["NOTICE_GENERATED"]);
    }
    assert_eq!(station.receipts().len(), 0);
    let (status, sent) = order(&node, "/sandbox/receipts/2/send");
    assert_eq!((status, &sent["state"], &sent["notice"]), (200, &json!("NOTIFIED"), &json!(OTHER_NAV)));
    assert_eq!(station.receipts().len(), 1);
    assert_eq!(order(&node, "/sandbox/receipts/send"), (202, json!({"ids": [1]})));
    receipts_that_are(&node, NAV, "NOTIFIED");
    assert_eq!(order(&node, "/sandbox/receipts/send"), (202, json!({"ids": []})));
    assert_eq!(order(&node, "/sandbox/receipts/3/send").0, 404);
    assert_eq!(station.receipts().len(), 2);
}

#[test]
fn a_ko_is_final() {
    let station = Station::spawn();
    station.load(&a_position());
    // One whose code the platform does not know is an answer all the same.
    for (at, code) in ["PAA_SEMANTICA", "SOMETHING_ELSE"].into_iter().enumerate() {
        let ko = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:paSendRTV2Response \
             xmlns:p=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><outcome>KO</outcome><fault>\
             <faultCode>{code}</faultCode><faultString>no</faultString><id>99000001018</id></fault>\
             </p:paSendRTV2Response></s:Body></s:Envelope>"
        );
        let puppet = Puppet::before(station.url(), [Act::Say(200, "text/xml", ko)]);
        let node = Node::with(puppet.url(), &participants(), |settings| {
            settings.retry = std::time::Duration::from_millis(1);
        });
        pay(&node, NAV);
        let notified = &receipts_that_are(&node, NAV, "NOTIFIED")[0];
        assert_eq!(
            (&notified["lastAnswer"]["outcome"], &notified["lastAnswer"]["faultCode"]),
            (&json!("KO"), &json!(code))
        );
        // Long after a receipt without an answer would have gone again.
        node.set_now(given::today() + chrono::Duration::hours(1));
        std::thread::sleep(std::time::Duration::from_millis(250));
        assert_eq!((puppet.receipts().len(), station.receipts().len()), (1, 0), "attempt {at}");
    }
}
