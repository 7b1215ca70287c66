//! A bank at its counter: activates notices, says how they ended, and looks at what the Node did about it.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::given::COMUNE;
use crate::node::{BANK_HEAD, Node};
use crate::station::{Reply, agent};

/// How a payment was made, up to what only V2 has.
pub const DETAILS: &str = "<paymentMethod>creditCard</paymentMethod><paymentChannel>app</paymentChannel>\
                           <fee>1.50</fee>";
/// The days of it.
pub const DAYS: &str = "<applicationDate>2026-11-22</applicationDate><transferDate>2026-11-23</transferDate>";

/// Activates a notice of the town.
pub fn ask_for(node: &Node, nav: &str, more: &str) -> Reply {
    let content = format!(
        "{BANK_HEAD}<qrCode><fiscalCode>{COMUNE}</fiscalCode><noticeNumber>{nav}</noticeNumber></qrCode>\
         <amount>120.50</amount>{more}"
    );
    node.ask("activatePaymentNoticeV2", "activatePaymentNoticeV2Request", &content)
}

/// The token of a notice that can be paid.
pub fn activate(node: &Node, nav: &str) -> String {
    let reply = ask_for(node, nav, "");
    assert_eq!(reply.outcome(), "OK", "{}", reply.body);
    reply.element("paymentToken").unwrap()
}

/// `sendPaymentOutcome`, with details as they usually are.
pub fn conclude(node: &Node, token: &str, outcome: &str) -> Reply {
    send_outcome(node, BANK_HEAD, "", token, outcome, &format!("<details>{DETAILS}{DAYS}</details>"))
}

/// The same, said as one likes.
pub fn send_outcome(node: &Node, head: &str, key: &str, token: &str, outcome: &str, details: &str) -> Reply {
    let content = format!("{head}{key}<paymentToken>{token}</paymentToken><outcome>{outcome}</outcome>{details}");
    node.ask("sendPaymentOutcome", "sendPaymentOutcomeReq", &content)
}

/// `sendPaymentOutcomeV2`; what is `last` in the details stands after the days.
pub fn conclude_v2(node: &Node, tokens: &[&str], outcome: &str, last: &str) -> Reply {
    let tokens: String = tokens.iter().map(|token| format!("<paymentToken>{token}</paymentToken>")).collect();
    let content = format!(
        "{BANK_HEAD}<paymentTokens>{tokens}</paymentTokens><outcome>{outcome}</outcome>\
         <details>{DETAILS}{DAYS}{last}</details>"
    );
    node.ask("sendPaymentOutcomeV2", "sendPaymentOutcomeV2Request", &content)
}

/// Pays a notice of the town.
pub fn pay(node: &Node, nav: &str) -> String {
    let token = activate(node, nav);
    assert_eq!(conclude(node, &token, "OK").outcome(), "OK");
    token
}

/// The receipts that the Node has for a notice.
pub fn receipts(node: &Node, nav: &str) -> Vec<Value> {
    node.page(&format!("/sandbox/receipts?notice={nav}")).as_array().unwrap().clone()
}

/// The receipts of a notice, as soon as they are as they should be.
pub fn receipts_when(node: &Node, nav: &str, mut are: impl FnMut(&[Value]) -> bool) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let receipts = receipts(node, nav);
        if !receipts.is_empty() && are(&receipts) {
            return receipts;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{receipts:#?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The receipts of a notice once all are in a state.
pub fn receipts_that_are(node: &Node, nav: &str, state: &str) -> Vec<Value> {
    receipts_when(node, nav, |all| all.iter().all(|receipt| receipt["state"] == state))
}

/// The states of the payments of a notice, the oldest first.
pub fn payment_states(node: &Node, nav: &str) -> Vec<String> {
    let payments = node.page(&format!("/sandbox/payments?notice={nav}"));
    payments.as_array().unwrap().iter().map(|payment| payment["state"].as_str().unwrap().to_owned()).collect()
}

/// Asks the Node to do something; the status and what it says.
pub fn order(node: &Node, path: &str) -> (u16, Value) {
    let mut response = agent().post(format!("{}{path}", node.url())).send_empty().unwrap();
    let body = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&body).unwrap())
}
