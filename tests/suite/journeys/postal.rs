//! A postal slip is looked up and paid at the post office.

use serde_json::json;

use super::psp::poste;
use super::{a_position_for, is_open, is_settled, issue, receipts};
use crate::given::{BANK, COMUNE, NAV, POSTAL};
use crate::node::Node;
use crate::sandbox::activate::questions;
use crate::sandbox::psp::receipts_that_are;
use crate::station::Station;

const ACCOUNT: &str = "000099999999";

#[test]
fn a_slip_without_a_postal_account_is_paid_to_the_bank() {
    let station = Station::spawn();
    issue(&station, &a_position_for(NAV));
    let node = Node::calling(station.url());
    assert_eq!(poste(1).look_up_slip(&node, ACCOUNT, NAV).element("allCCP").as_deref(), Some("false"));
    let activated = poste(1).activate(&node, NAV);
    assert_eq!(activated.element("IBAN").as_deref(), Some(BANK));
    let token = activated.element("paymentToken").unwrap();
    assert_eq!(poste(1).conclude(&node, &token, "OK").outcome(), "OK");
    receipts_that_are(&node, NAV, "NOTIFIED");
    is_settled(&station, NAV, &token);
}

#[test]
fn a_slip_is_paid_to_the_postal_account() {
    for generation in [1, 2] {
        let station = Station::spawn();
        let mut position = a_position_for(NAV);
        position["paymentOption"][0]["transfer"][0]["postalIban"] = json!(POSTAL);
        issue(&station, &position);
        let node = Node::calling(station.url());
        let poste = poste(generation);

        assert_eq!(poste.look_up_slip(&node, "000011111111", NAV).outcome(), "PPT_SEMANTICA");
        let slip = poste.look_up_slip(&node, ACCOUNT, NAV);
        assert_eq!(slip.outcome(), "OK");
        for (name, text) in [("amount", "120.50"), ("allCCP", "true"), ("fiscalCodePA", COMUNE), ("noticeNumber", NAV)]
        {
            assert_eq!(slip.element(name).as_deref(), Some(text), "{name}");
        }
        is_open(&station, NAV);

        let activated = poste.activate(&node, NAV);
        assert_eq!(activated.elements("IBAN"), [POSTAL]);
        assert!(questions(&node).concat().contains("<transferType>POSTAL</transferType>"));
        let token = activated.element("paymentToken").unwrap();
        assert_eq!(poste.conclude(&node, &token, "OK").outcome(), "OK");
        receipts_that_are(&node, NAV, "NOTIFIED");
        is_settled(&station, NAV, &token);
        let [receipt] = &receipts(&station, COMUNE, NAV)[..] else { panic!("one receipt") };
        let parsed = &receipt["parsed"];
        assert_eq!((&parsed["idPSP"], &parsed["transfers"][0]["iban"]), (&json!("POSTE3"), &json!(POSTAL)));
        assert_eq!(poste.look_up_slip(&node, ACCOUNT, NAV).outcome(), "PPT_PAGAMENTO_DUPLICATO");
    }
}
