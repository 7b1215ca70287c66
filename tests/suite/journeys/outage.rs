//! A station is down while its notices are paid, and gets what it missed when it is back: same database, same port.

use chrono::Duration;

use super::psp::{bank, poste};
use super::{Down, a_position_for, is_open, is_settled, issue};
use crate::given::{NAV, OTHER_NAV, today};
use crate::node::Node;
use crate::sandbox::psp::{payment_states, receipts_that_are, receipts_when};
use crate::station::Station;

#[test]
fn a_station_that_comes_back_gets_what_it_missed() {
    const UNPAID: &str = "307000000001234775";
    let station = Station::spawn();
    for nav in [NAV, OTHER_NAV, UNPAID] {
        issue(&station, &a_position_for(nav));
    }
    let node = Node::calling(station.url());
    let paid = [(NAV, bank(2)), (OTHER_NAV, poste(1))].map(|(nav, psp)| (nav, psp, psp.begin(&node, nav)));
    let down = Down::goes(station);
    for (nav, psp, token) in &paid {
        assert_eq!(psp.conclude(&node, token, "OK").outcome(), "OK", "the PSP need not know");
        let waits = &receipts_that_are(&node, nav, "NOTICE_PENDING")[0];
        assert_eq!((&waits["attempts"], &waits["next"]), (&1.into(), &"2026-11-22T13:00:00Z".into()));
        assert_eq!(psp.verify(&node, nav).outcome(), "PPT_PAGAMENTO_DUPLICATO");
    }
    assert_eq!(bank(2).activate(&node, UNPAID).outcome(), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE");

    // An hour later it is still down.
    node.set_now(today() + Duration::hours(1));
    for (nav, ..) in &paid {
        receipts_when(&node, nav, |all| all[0]["attempts"] == 2);
    }
    let station = down.comes_back();
    for (nav, ..) in &paid {
        receipts_that_are(&node, nav, "NOTICE_PENDING");
        is_open(&station, nav);
    }
    node.set_now(today() + Duration::hours(2));
    for (nav, _, token) in &paid {
        assert_eq!(receipts_that_are(&node, nav, "NOTIFIED")[0]["attempts"], 3);
        assert_eq!(payment_states(&node, nav), ["NOTIFIED"]);
        is_settled(&station, nav, token);
    }
    let token = bank(2).pay(&node, UNPAID);
    is_settled(&station, UNPAID, &token);
}
