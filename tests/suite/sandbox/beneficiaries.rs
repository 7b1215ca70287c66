//! Notices with several beneficiaries: each that wants copies gets one, at its own station.

use ec_station::domain::codes::OrganizationCode;
use ec_station::domain::position::{DebtPosition, Transfer};
use ec_station::domain::registry::Organization;
use serde_json::{Value, json};

use super::psp::{pay, payment_states, receipts_that_are, receipts_when};
use super::puppet::{Act, Puppet};
use crate::given::{self, COMUNE, NAV, PROVINCIA, a_position_of, a_transfer, an_option};
use crate::node::{Node, participants};
use crate::station::Station;

/// 100.00 euro for the town, 20.50 for the province.
fn a_shared_position() -> DebtPosition {
    let mut option = an_option(NAV);
    let share = a_transfer(2, 2_050, given::bank());
    let share = Transfer { organization: OrganizationCode::new(PROVINCIA), ..share };
    option.transfers = vec![a_transfer(1, 10_000, given::bank()), share];
    a_position_of(vec![option])
}

/// The province's own station, which does not know the town.
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
    let (town, province) = (Station::spawn(), the_provinces_station());
    town.load(&a_shared_position());
    let node = Node::with(town.url(), &with_the_province_at(province.url()), |_| ());
    let token = pay(&node, NAV);
    let copies = receipts_that_are(&node, NAV, "NOTIFIED");
    let to: Vec<_> = copies.iter().map(|copy| format!("{} {}", copy["recipient"], copy["station"])).collect();
    assert_eq!(to, ["\"99000001018\" \"99000001018_01\"", "\"99000002024\" \"99000002024_01\""]);
    assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
    for (station, recipient, kind) in [(&town, COMUNE, "OWN"), (&province, PROVINCIA, "BENEFICIARY")] {
        let [stored] = &station.receipts()[..] else { panic!("one receipt for {recipient}") };
        let expected = (recipient, COMUNE, kind, token.as_str(), 12_050);
        let is = (&*stored.recipient, &*stored.organization, &*stored.kind, &*stored.receipt_id, stored.amount_cents);
        assert_eq!(is, expected);
        assert_eq!(station.anomalies(), [""; 0]);
    }
}

#[test]
fn a_payment_waits_for_the_last_of_them() {
    let (town, province) = (Station::spawn(), the_provinces_station());
    town.load(&a_shared_position());
    let puppet = Puppet::before(province.url(), [Act::Drop]);
    let node = Node::with(town.url(), &with_the_province_at(puppet.url()), |_| ());
    pay(&node, NAV);
    let states = |all: &[Value], states: [&str; 2]| all.iter().zip(states).all(|(copy, state)| copy["state"] == state);
    receipts_when(&node, NAV, |all| states(all, ["NOTIFIED", "NOTICE_PENDING"]));
    assert_eq!(payment_states(&node, NAV), ["NOTICE_SENT"]);
    assert_eq!((town.receipts().len(), province.receipts().len()), (1, 0));
    node.set_now(given::today() + chrono::Duration::hours(1));
    receipts_that_are(&node, NAV, "NOTIFIED");
    assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
    assert_eq!((town.receipts().len(), province.receipts().len()), (1, 1));
}

#[test]
fn who_wants_no_copies_gets_none() {
    let (town, province) = (Station::spawn(), the_provinces_station());
    town.load(&a_shared_position());
    let mut file = with_the_province_at(province.url());
    file["organizations"][1]["stations"][0]["broadcast"] = json!(false);
    let node = Node::with(town.url(), &file, |_| ());
    pay(&node, NAV);
    assert_eq!(receipts_that_are(&node, NAV, "NOTIFIED").len(), 1);
    assert_eq!((town.receipts().len(), province.receipts().len()), (1, 0));
}
