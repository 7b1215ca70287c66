//! A receipt comes a second time: because the answer was lost, because somebody asked for it, or altered on its way.

use std::time::{Duration, Instant};

use chrono::Duration as Minutes;
use serde_json::json;

use super::psp::bank;
use super::{a_desk, a_position_for, anomalies, is_settled, issue, kinds, receipts, standing};
use crate::given::{COMUNE, NAV, today};
use crate::node::{Node, participants};
use crate::sandbox::psp::{order, payment_states, receipts_that_are};
use crate::sandbox::puppet::{Act, Puppet};
use crate::station::Station;

#[test]
fn the_answer_to_a_receipt_is_lost() {
    let station = Station::spawn();
    issue(&station, &a_position_for(NAV));
    let puppet = Puppet::before(station.url(), [Act::Wait(Duration::from_millis(700))]);
    let node =
        Node::with(puppet.url(), &participants(), |settings| settings.receipt_timeout = Duration::from_millis(300));
    let token = bank(2).begin(&node, NAV);
    assert_eq!(bank(2).conclude(&node, &token, "OK").outcome(), "OK");
    receipts_that_are(&node, NAV, "NOTICE_PENDING");
    assert_eq!(payment_states(&node, NAV), ["NOTICE_SENT"]);
    // The station took it, only a little later than the Node waited.
    let waiting = Instant::now();
    while kinds(&station, COMUNE, NAV).is_empty() && waiting.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    is_settled(&station, NAV, &token);

    node.set_now(today() + Minutes::hours(1));
    let again = &receipts_that_are(&node, NAV, "NOTIFIED")[0];
    assert_eq!((&again["attempts"], &again["lastAnswer"]["faultCode"]), (&json!(2), &json!("PAA_RECEIPT_DUPLICATA")));
    assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
    is_settled(&station, NAV, &token);
}

#[test]
fn one_that_comes_again_and_one_that_comes_altered() {
    let (station, node) = a_desk();
    let token = bank(2).pay(&node, NAV);
    let (status, again) = order(&node, "/sandbox/receipts/1/send");
    assert_eq!((status, &again["attempts"], &again["state"]), (200, &json!(2), &json!("NOTIFIED")));
    assert_eq!(again["lastAnswer"]["faultCode"], "PAA_RECEIPT_DUPLICATA");
    is_settled(&station, NAV, &token);

    let (_, altered) = order(&node, "/sandbox/receipts/1/send?changed=true");
    assert_eq!(altered["lastAnswer"]["faultCode"], "PAA_RECEIPT_DUPLICATA");
    assert_eq!(standing(&station, NAV), format!("PAID PO_PAID {token}"));
    let kept = receipts(&station, COMUNE, NAV);
    assert_eq!((kept.len(), &kept[0]["amountCents"]), (1, &json!(12_050)));
    assert_eq!(anomalies(&station), ["ALTERED_RECEIPT"]);
    // Only once: the next is as it was written.
    order(&node, "/sandbox/receipts/1/send");
    assert_eq!(anomalies(&station), ["ALTERED_RECEIPT"]);
    assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
}
