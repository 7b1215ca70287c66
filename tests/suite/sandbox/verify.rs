//! `verifyPaymentNotice`.

use super::psp::pay;
use crate::given::{COMUNE, NAV, a_position};
use crate::node::{BANK_HEAD, Node};
use crate::station::{Reply, Station};

fn verify(node: &Node, notice: &str) -> Reply {
    let content =
        format!("{BANK_HEAD}<qrCode><fiscalCode>{COMUNE}</fiscalCode><noticeNumber>{notice}</noticeNumber></qrCode>");
    node.ask("verifyPaymentNotice", "verifyPaymentNoticeReq", &content)
}

#[test]
fn a_notice_can_be_paid() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let reply = verify(&node, NAV);
    assert_eq!(reply.outcome(), "OK");
    assert_eq!(reply.element("amount").as_deref(), Some("120.50"));
    assert_eq!(reply.element("companyName").as_deref(), Some("Comune di Borgolieve"));
}

#[test]
fn a_notice_that_the_station_does_not_know() {
    let station = Station::spawn();
    let node = Node::calling(station.url());
    let reply = verify(&node, NAV);
    assert_eq!(reply.outcome(), "PPT_ERRORE_EMESSO_DA_PAA");
    assert_eq!(reply.element("originalFaultCode").as_deref(), Some("PAA_PAGAMENTO_SCONOSCIUTO"));
}

#[test]
fn a_notice_that_was_paid_is_nobodys_question_any_more() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    pay(&node, NAV);
    let before = node.page("/sandbox/story").as_array().unwrap().len();
    let reply = verify(&node, NAV);
    assert_eq!(reply.outcome(), "PPT_PAGAMENTO_DUPLICATO");
    assert_eq!(reply.element("id").as_deref(), Some("NodoDeiPagamentiSPC"));
    let story = node.page(&format!("/sandbox/story?after={before}"));
    let asked = |step: &serde_json::Value| step["what"].as_str().unwrap().starts_with("paVerifyPaymentNotice");
    assert!(!story.as_array().unwrap().iter().any(asked), "{story:#}");
}
