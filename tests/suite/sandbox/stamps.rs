//! Notices with a digital stamp: what the PSP has to bring.

use base64::{Engine, engine::general_purpose::STANDARD};
use ec_station::domain::amount::AmountOrZero;
use ec_station::sandbox::receipts::a_stamp;

use super::psp::{ask_for, conclude, conclude_v2, payment_states};
use crate::given::{self, HASH, NAV, a_position_of, a_transfer, an_option};
use crate::node::Node;
use crate::station::Station;

/// A station with a notice of 104.50 euro and a stamp of 16.00, and a Node whose token for it is alive.
fn a_desk() -> (Station, Node, String) {
    let station = Station::spawn();
    let mut option = an_option(NAV);
    option.transfers = vec![a_transfer(1, 10_450, given::bank()), a_transfer(2, 1_600, given::stamp())];
    station.load(&a_position_of(vec![option]));
    let node = Node::calling(station.url());
    let reply = ask_for(&node, NAV, "<touchPoint>CHECKOUT</touchPoint>");
    assert_eq!(reply.element("hashDocumento").as_deref(), Some(HASH));
    let token = reply.element("paymentToken").unwrap();
    (station, node, token)
}

/// The document of a stamp of 16.00 euro.
pub fn document() -> String {
    let amount = AmountOrZero::from_cents(1_600).unwrap();
    String::from_utf8(a_stamp(HASH, amount, "99000003030", given::today())).unwrap()
}

/// The stamps of an outcome: token, transfer and document of each.
pub fn bought(stamps: &[(&str, u8, &str)]) -> String {
    let one = |(token, transfer, document): &(&str, u8, &str)| {
        format!(
            "<marcaDaBollo><paymentToken>{token}</paymentToken><idTransfer>{transfer}</idTransfer>\
             <MBDAttachment>{}</MBDAttachment></marcaDaBollo>",
            STANDARD.encode(document)
        )
    };
    format!("<marcheDaBollo>{}</marcheDaBollo>", stamps.iter().map(one).collect::<String>())
}

#[test]
fn a_stamp_that_is_none_is_refused_before_anything_else() {
    let (_station, node, token) = a_desk();
    let bad = document().replace("<TipoBollo>01", "<TipoBollo>02");
    for token in [token.as_str(), "nobody-gave-this-token"] {
        let reply = conclude_v2(&node, &[token], "OK", &bought(&[(token, 2, &bad)]));
        assert_eq!(reply.outcome(), "PPT_SINTASSI_XSD");
        assert_eq!(reply.element("description").as_deref(), Some("Errore validazione marca da bollo"));
    }
    assert_eq!(payment_states(&node, NAV), ["PAYING"]);
}

#[test]
fn the_stamps_are_those_that_the_creditor_asked_for() {
    let (station, node, token) = a_desk();
    let (token, stamp) = (token.as_str(), document());
    for stamps in [
        String::new(),
        bought(&[(token, 1, &stamp)]),
        bought(&[(token, 2, &stamp), (token, 2, &stamp)]),
        bought(&[(token, 2, &stamp), (token, 1, &stamp)]),
        bought(&[("another", 2, &stamp)]),
    ] {
        let reply = conclude_v2(&node, &[token], "OK", &stamps);
        assert_eq!(reply.outcome(), "PPT_SEMANTICA");
        assert_eq!(reply.element("description").as_deref(), Some("Check marca da bollo"));
    }
    // The first generation has no place for them.
    assert_eq!(conclude(&node, token, "OK").outcome(), "PPT_SEMANTICA");
    assert_eq!(payment_states(&node, NAV), ["PAYING"]);
    assert_eq!(conclude(&node, token, "KO").outcome(), "OK");
    assert_eq!(station.receipts().len(), 0);
}
