//! A cart of the creditor's own front end: its notices are activated unasked, and paid with one word.

use super::psp::bank;
use super::{a_position_for, is_open, is_settled, issue, receipts};
use crate::given::{COMUNE, NAV, OTHER_NAV};
use crate::node::Node;
use crate::sandbox::activate::questions;
use crate::sandbox::psp::receipts_that_are;
use crate::station::Station;

#[test]
fn two_notices_are_paid_together() {
    let station = Station::spawn();
    for nav in [NAV, OTHER_NAV] {
        issue(&station, &a_position_for(nav));
    }
    let node = Node::calling(station.url());
    let checkout = bank(2);
    let cart = "<paymentNote>CART-2026-000042</paymentNote><paymentMethod>CP</paymentMethod>\
                <touchPoint>CHECKOUT</touchPoint>";
    let in_cart = [NAV, OTHER_NAV].map(|nav| {
        let activated = checkout.activate_with(&node, nav, cart);
        assert_eq!(activated.outcome(), "OK");
        (nav, activated.element("paymentToken").unwrap())
    });
    let asked = questions(&node);
    assert_eq!(asked.len(), 2, "nothing is verified");
    assert!(asked.iter().all(|it| it.contains("<paymentNote>CART-2026-000042</paymentNote>")), "{asked:#?}");

    let tokens = in_cart.each_ref().map(|(_, token)| token.as_str());
    let half = checkout.conclude_with(&node, &[tokens[0], "0123456789abcdef0123456789abcdef"], "OK", "");
    assert_eq!(half.outcome(), "PPT_TOKEN_SCONOSCIUTO");
    in_cart.iter().for_each(|(nav, _)| is_open(&station, nav));
    assert_eq!(checkout.conclude_with(&node, &tokens, "OK", "").outcome(), "OK");
    for (nav, token) in &in_cart {
        receipts_that_are(&node, nav, "NOTIFIED");
        is_settled(&station, nav, token);
        assert_eq!(receipts(&station, COMUNE, nav)[0]["parsed"]["channelDescription"], "WISP");
    }
}
