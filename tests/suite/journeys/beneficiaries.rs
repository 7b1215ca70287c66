//! A notice with two beneficiaries: each that wants copies of the receipt gets one, at its own station.

use ec_station::domain::registry::Organization;
use serde_json::{Value, json};

use super::psp::bank;
use super::{a_position_for, a_transfer, is_open, is_settled, issue, kinds, receipts};
use crate::api::get;
use crate::given::{self, COMUNE, NAV, PROVINCIA};
use crate::node::{Node, participants};
use crate::sandbox::psp::{payment_states, receipts_that_are, receipts_when};
use crate::sandbox::puppet::{Act, Puppet};
use crate::station::Station;

/// The town's own station, with a notice of 100.00 euro for the town and 20.50 for the province.
fn the_towns_station() -> Station {
    let station = Station::spawn();
    let mut share = a_transfer(2, 2_050);
    share["organizationFiscalCode"] = json!(PROVINCIA);
    let mut position = a_position_for(NAV);
    position["paymentOption"][0]["transfer"] = json!([a_transfer(1, 10_000), share]);
    issue(&station, &position);
    station
}

/// The province's own station, with a registry and a database of its own: it does not know the town.
fn the_provinces_station() -> Station {
    let station = Station::spawn();
    let [town, province] = given::registry().try_into().unwrap_or_else(|_| panic!("two organizations"));
    station.register(&[Organization { active: false, ..town }, province]);
    assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_ID_DOMINIO_ERRATO");
    station
}

fn with_the_province_at(url: &str) -> Value {
    let mut file = participants();
    file["organizations"][1]["stations"][0]["url"] = json!(format!("{url}/soap/paForNode"));
    file
}

#[test]
fn each_beneficiary_gets_a_copy_at_its_own_station() {
    for generation in [1, 2] {
        let (town, province) = (the_towns_station(), the_provinces_station());
        let mut file = with_the_province_at(province.url());
        file["organizations"][1]["stations"][0]["receiptVersion"] = json!(generation);
        let node = Node::with(town.url(), &file, |_| ());
        let token = bank(2).pay(&node, NAV);
        let copies = receipts_that_are(&node, NAV, "NOTIFIED");
        let to: Vec<_> = copies.iter().map(|copy| [&copy["recipient"], &copy["station"]]).collect();
        assert_eq!(to, [[COMUNE, "99000001018_01"], [PROVINCIA, "99000002024_01"]]);
        assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);

        is_settled(&town, NAV, &token);
        assert_eq!(kinds(&town, PROVINCIA, NAV), [""; 0]);
        let [copy] = &receipts(&province, PROVINCIA, NAV)[..] else { panic!("one copy") };
        let is = [&copy["kind"], &copy["organization"], &copy["receiptId"]];
        assert_eq!(is, ["BENEFICIARY", COMUNE, &token]);
        assert_eq!((&copy["amountCents"], &copy["version"]), (&json!(12_050), &json!(generation)));
        assert_eq!((kinds(&province, COMUNE, NAV), province.anomalies()), (vec![], vec![]));
        let positions = get(&province, &format!("/organizations/{PROVINCIA}/debtpositions")).json();
        assert_eq!(positions["payment_position_list"], json!([]), "a copy makes no position");
    }
}

#[test]
fn a_payment_waits_for_the_last_of_them() {
    let (town, province) = (the_towns_station(), the_provinces_station());
    let puppet = Puppet::before(province.url(), [Act::Drop]);
    let node = Node::with(town.url(), &with_the_province_at(puppet.url()), |_| ());
    let token = bank(2).begin(&node, NAV);
    is_open(&town, NAV);
    assert_eq!(bank(2).conclude(&node, &token, "OK").outcome(), "OK");
    let states = |all: &[Value], states: [&str; 2]| all.iter().zip(states).all(|(copy, state)| copy["state"] == state);
    receipts_when(&node, NAV, |all| states(all, ["NOTIFIED", "NOTICE_PENDING"]));
    assert_eq!(payment_states(&node, NAV), ["NOTICE_SENT"]);
    is_settled(&town, NAV, &token);
    assert_eq!(kinds(&province, PROVINCIA, NAV), [""; 0]);

    node.set_now(given::today() + chrono::Duration::hours(1));
    receipts_that_are(&node, NAV, "NOTIFIED");
    assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
    is_settled(&town, NAV, &token);
    assert_eq!(kinds(&province, PROVINCIA, NAV), [format!("BENEFICIARY {token}")]);
}

#[test]
fn who_wants_no_copies_gets_none() {
    let (town, province) = (the_towns_station(), the_provinces_station());
    let mut file = with_the_province_at(province.url());
    file["organizations"][1]["stations"][0]["broadcast"] = json!(false);
    let node = Node::with(town.url(), &file, |_| ());
    let token = bank(2).pay(&node, NAV);
    assert_eq!(receipts_that_are(&node, NAV, "NOTIFIED").len(), 1);
    is_settled(&town, NAV, &token);
    assert_eq!(kinds(&province, PROVINCIA, NAV), [""; 0]);
}
