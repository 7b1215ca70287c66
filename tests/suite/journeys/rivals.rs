//! Two who pay one debt at once: through one notice only one of them can, through two both.

use serde_json::json;

use super::psp::{bank, poste};
use super::{a_desk, a_position_for, anomalies, is_settled, issue, kinds, standing};
use crate::api::{get, of_comune};
use crate::given::{COMUNE, NAV, OTHER_NAV};
use crate::node::Node;
use crate::sandbox::psp::receipts_that_are;
use crate::station::Station;

#[test]
fn of_two_psps_one_pays() {
    let (station, node) = a_desk();
    let psps = [bank(2), poste(1)];
    let replies = std::thread::scope(|scope| {
        let node = &node;
        let calls = psps.map(|psp| (psp, scope.spawn(move || psp.activate(node, NAV))));
        calls.map(|(psp, call)| (psp, call.join().unwrap()))
    });
    let (mut winner, mut loser) = (&replies[0], &replies[1]);
    if winner.1.outcome() != "OK" {
        (winner, loser) = (loser, winner);
    }
    assert_eq!((winner.1.outcome().as_str(), loser.1.outcome().as_str()), ("OK", "PPT_PAGAMENTO_IN_CORSO"));
    let token = winner.1.element("paymentToken").unwrap();

    let (winner, loser) = (winner.0, loser.0);
    assert_eq!(loser.verify(&node, NAV).outcome(), "OK", "nothing is paid yet");
    assert_eq!(loser.conclude(&node, &token, "OK").outcome(), "PPT_TOKEN_SCONOSCIUTO", "it is not theirs");
    assert_eq!(winner.conclude(&node, &token, "OK").outcome(), "OK");
    receipts_that_are(&node, NAV, "NOTIFIED");
    for answer in [loser.verify(&node, NAV), loser.activate(&node, NAV)] {
        assert_eq!(answer.outcome(), "PPT_PAGAMENTO_DUPLICATO");
    }
    is_settled(&station, NAV, &token);
}

/// The Node does not know that two notices are one debt: both are paid, and a person has to give money back.
#[test]
fn the_whole_and_an_instalment_are_paid_at_once() {
    const SECOND: &str = "307000000001234775";
    let station = Station::spawn();
    let mut position = a_position_for(NAV);
    let mut instalment = |nav: &str| {
        let mut option = a_position_for(nav)["paymentOption"][0].clone();
        option["isPartialPayment"] = json!(true);
        (option["amount"], option["transfer"][0]["amount"]) = (json!(6_025), json!(6_025));
        position["paymentOption"].as_array_mut().unwrap().push(option);
    };
    [OTHER_NAV, SECOND].into_iter().for_each(&mut instalment);
    issue(&station, &position);
    let node = Node::calling(station.url());

    let (whole, part) = (bank(2).begin(&node, NAV), poste(1).begin(&node, OTHER_NAV));
    assert_eq!(bank(2).conclude(&node, &whole, "OK").outcome(), "OK");
    receipts_that_are(&node, NAV, "NOTIFIED");
    is_settled(&station, NAV, &whole);
    let refused = poste(1).verify(&node, SECOND);
    assert_eq!(refused.element("originalFaultCode").as_deref(), Some("PAA_PAGAMENTO_DUPLICATO"), "all is paid");

    assert_eq!(poste(1).conclude(&node, &part, "OK").outcome(), "OK");
    let taken = &receipts_that_are(&node, OTHER_NAV, "NOTIFIED")[0];
    assert_eq!(taken["lastAnswer"]["outcome"], "OK");
    assert_eq!(standing(&station, NAV), format!("PAID PO_PAID {whole}"));
    assert_eq!(kinds(&station, COMUNE, OTHER_NAV), [format!("OWN {part}")]);
    assert_eq!(anomalies(&station), ["DOUBLE_PAYMENT"]);
    let position = get(&station, &of_comune(&format!("/{}", super::iupd(NAV)))).json();
    assert_eq!(position["paymentOption"].as_array().unwrap().len(), 3, "{position}");
}
