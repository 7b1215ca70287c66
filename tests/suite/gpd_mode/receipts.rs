//! Receipts: what GPD knows is paid, what it does not know is refused, and everything is kept.

use ec_station::domain::codes::OrganizationCode;
use ec_station::domain::position::{DebtPosition, PaymentOption, PositionStatus};

use super::{NOBODY, beside_paid, expired, gpd, gpd_with, not_valid_yet, settled, with};
use crate::given::{
    self, COMUNE, NAV, OTHER_NAV, PROVINCIA, Receipt, a_position, a_position_of, a_receipt_for, an_option,
};
use crate::station::Station;

const UNKNOWN: &str = "PAA_PAGAMENTO_SCONOSCIUTO";
const AGAIN: &str = "PAA_RECEIPT_DUPLICATA";

/// The kinds of the open anomalies.
fn kinds(station: &Station) -> Vec<String> {
    station.anomalies().iter().map(|anomaly| anomaly.split(' ').next().unwrap().to_owned()).collect()
}

/// The table of `gpd-api` 12: position, change of the receipt, answer, what is stored, anomalies, status of the position.
#[test]
fn what_a_receipt_does() {
    type Make = fn() -> Option<DebtPosition>;
    type Row =
        (&'static str, Make, fn(&mut Receipt), &'static str, &'static str, &'static [&'static str], &'static str);
    use PositionStatus::*;
    fn unchanged(_: &mut Receipt) {}
    let open: Make = || with(Valid, |_| ());
    let table: &[Row] = &[
        ("unknown", || None, unchanged, UNKNOWN, "ORPHAN D7", &["ORPHAN_RECEIPT"], ""),
        (
            "of a code that is routed elsewhere",
            || None,
            |r| *r = a_receipt_for("308000000001234567"),
            UNKNOWN,
            "ORPHAN D7",
            &["ORPHAN_RECEIPT"],
            "",
        ),
        (
            "of a creditor that nobody knows",
            open,
            |r| {
                r.head = given::head(NOBODY, NOBODY, "nowhere");
                r.organization = NOBODY.into();
            },
            UNKNOWN,
            "ORPHAN D7",
            &["ORPHAN_RECEIPT"],
            "VALID",
        ),
        (
            "to a recipient that has no part in it",
            open,
            |r| r.head = given::head(NOBODY, NOBODY, "nowhere"),
            UNKNOWN,
            "STRANGER D4",
            &["NOT_A_BENEFICIARY"],
            "VALID",
        ),
        (
            "another plan has begun",
            || beside_paid(PartiallyPaid, 1, 0),
            unchanged,
            UNKNOWN,
            "OWN D10",
            &["DOUBLE_PAYMENT"],
            "PARTIALLY_PAID",
        ),
        ("paid", || with(Paid, settled), unchanged, AGAIN, "OWN D10", &["DOUBLE_PAYMENT"], "PAID"),
        ("reported", || with(Reported, settled), unchanged, AGAIN, "OWN D10", &["DOUBLE_PAYMENT"], "REPORTED"),
        (
            "the other option settled it",
            || beside_paid(Paid, 1, 2),
            unchanged,
            AGAIN,
            "OWN D10",
            &["DOUBLE_PAYMENT"],
            "PAID",
        ),
        ("valid later", || with(Valid, not_valid_yet), unchanged, "OK", "OWN D9", &["PAID_AFTER_CLOSING"], "PAID"),
        ("draft", || with(Draft, |_| ()), unchanged, "OK", "OWN D9", &["PAID_AFTER_CLOSING"], "PAID"),
        ("published", || with(Published, not_valid_yet), unchanged, "OK", "OWN D9", &["PAID_AFTER_CLOSING"], "PAID"),
        ("expired", || with(Expired, expired), unchanged, "OK", "OWN D9", &["PAID_AFTER_CLOSING"], "PAID"),
        ("cancelled", || with(Invalid, |_| ()), unchanged, "OK", "OWN D9", &["PAID_AFTER_CLOSING"], "PAID"),
        ("valid", open, unchanged, "OK", "OWN D8", &[], "PAID"),
        (
            "by a broker that is not its own",
            open,
            |r| r.head = given::head(COMUNE, NOBODY, "nowhere"),
            "OK",
            "OWN D8",
            &[],
            "PAID",
        ),
        ("the next instalment", || beside_paid(PartiallyPaid, 0, 0), unchanged, "OK", "OWN D8", &[], "PAID"),
        (
            "another amount",
            open,
            |r| {
                r.amount = "30.00".into();
                r.transfers[0].1 = "30.00".into();
            },
            "OK",
            "OWN D11",
            &["AMOUNT_DIFFERS"],
            "PAID",
        ),
        ("of no payment", || with(Paid, settled), |r| r.outcome = "KO".into(), "OK", "OWN D3", &[], "PAID"),
    ];
    for (what, make, change, answer, stored_as, anomalies, status) in table {
        for write in [Receipt::v1, Receipt::v2] {
            let station = gpd();
            if let Some(position) = make() {
                station.load(&position);
            }
            let mut receipt = a_receipt_for(NAV);
            change(&mut receipt);
            let message = write(&receipt);
            assert_eq!(station.post(&message).outcome(), *answer, "{what}");
            let stored: Vec<_> = station.receipts().iter().map(|r| format!("{} {}", r.kind, r.rule)).collect();
            assert_eq!(stored, [*stored_as], "{what}");
            assert_eq!(station.raw_receipt(station.receipts()[0].id), message.as_bytes(), "{what}");
            assert_eq!(kinds(&station), *anomalies, "{what}");
            if !status.is_empty() {
                assert_eq!(station.text("SELECT status FROM debt_position"), *status, "{what}");
            }
        }
    }
}

/// A KO is final for the Node; the same receipt again hears what the first one heard, or that it is here already.
#[test]
fn what_a_repetition_hears() {
    let station = gpd();
    station.load(&a_position());
    let paid = a_receipt_for(NAV);
    let second = Receipt { id: "second".into(), ..paid.clone() };
    let orphan = a_receipt_for("308000000001234567");
    let stranger = Receipt { id: "stranger".into(), head: given::head(NOBODY, NOBODY, "nowhere"), ..paid.clone() };
    for (receipt, first, again) in
        [(&paid, "OK", AGAIN), (&second, AGAIN, AGAIN), (&orphan, UNKNOWN, UNKNOWN), (&stranger, UNKNOWN, UNKNOWN)]
    {
        let answers = [receipt.v1(), receipt.v1(), receipt.v2()].map(|message| station.post(message).outcome());
        assert_eq!(answers, [first, again, again], "{}", receipt.id);
    }
    assert_eq!(station.receipts().len(), 4);
    assert_eq!(kinds(&station), ["DOUBLE_PAYMENT", "ORPHAN_RECEIPT", "NOT_A_BENEFICIARY"]);
}

#[test]
fn an_explicit_setting_wins() {
    let orphan = a_receipt_for("308000000001234567");
    let (paid, second) = (a_receipt_for(NAV), Receipt { id: "second".into(), ..a_receipt_for(NAV) });
    for (more, answers) in [
        (&[][..], [UNKNOWN, UNKNOWN, "OK", AGAIN, AGAIN]),
        (&[("EC_STATION_ORPHAN_RECEIPT", "ok")], ["OK", AGAIN, "OK", AGAIN, AGAIN]),
        (&[("EC_STATION_ORPHAN_RECEIPT", "fault_semantica")], ["PAA_SEMANTICA", "PAA_SEMANTICA", "OK", AGAIN, AGAIN]),
        (&[("EC_STATION_DUPLICATE_RECEIPT", "ok")], [UNKNOWN, "OK", "OK", "OK", "OK"]),
    ] {
        let station = gpd_with(more);
        station.load(&a_position());
        let heard = [&orphan, &orphan, &paid, &paid, &second].map(|receipt| station.post(receipt.v2()).outcome());
        assert_eq!(heard, answers, "{more:?}");
        assert_eq!(kinds(&station), ["ORPHAN_RECEIPT", "DOUBLE_PAYMENT"], "{more:?}");
    }
}

/// GPD looks a receipt up by its notice: an id that came before with another notice says nothing of this one.
#[test]
fn one_id_may_come_with_several_notices() {
    let one_id = |nav| Receipt { id: "undefined".into(), ..a_receipt_for(nav) };
    for (station, second) in [(Station::spawn(), AGAIN), (gpd(), "OK")] {
        station.load(&a_position());
        station.load(&a_position_of(vec![an_option(OTHER_NAV)]));
        assert_eq!(station.post(one_id(NAV).v1()).outcome(), "OK");
        for (message, answer) in [(one_id(OTHER_NAV).v1(), second), (one_id(OTHER_NAV).v2(), AGAIN)] {
            assert_eq!(station.post(&message).outcome(), answer);
        }
        assert_eq!(station.post(one_id(NAV).v2()).outcome(), AGAIN);
        let paid = if second == "OK" { "PAID" } else { "VALID" };
        let status = format!("SELECT status FROM debt_position WHERE iupd = 'IUPD-{OTHER_NAV}'");
        assert_eq!(station.text(&status), paid);
        assert_eq!(kinds(&station), if second == "OK" { &[][..] } else { &["ALTERED_RECEIPT"] });
    }
}

/// Two creditors may use one number: each one's receipt pays its own.
#[test]
fn the_notice_is_found_by_whom_the_node_calls() {
    let station = gpd();
    station.load(&a_position());
    station.load(&DebtPosition { organization: OrganizationCode::new(NOBODY), ..a_position() });
    let receipt = Receipt {
        head: given::head(NOBODY, COMUNE, "99000001018_01"),
        organization: NOBODY.into(),
        ..a_receipt_for(NAV)
    };
    assert_eq!(station.post(receipt.v2()).outcome(), "OK");
    assert_eq!(station.text("SELECT organization FROM debt_position WHERE status = 'PAID'"), NOBODY);
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
}

/// Its money is its own, whoever's the notice is.
#[test]
fn a_beneficiary_is_told_of_its_share() {
    let station = gpd();
    let receipt = Receipt {
        head: given::head(PROVINCIA, PROVINCIA, "nowhere"),
        transfers: vec![(1, "100.00".into(), COMUNE.into(), None), (2, "20.50".into(), PROVINCIA.into(), None)],
        ..a_receipt_for(NAV)
    };
    assert_eq!(station.post(receipt.v2()).outcome(), "OK");
    assert_eq!(station.receipts()[0].kind, "BENEFICIARY");
    assert_eq!(station.anomalies(), [""; 0]);
}

/// What is no receipt hears the code of GPD, and is kept.
#[test]
fn an_unreadable_receipt_is_kept() {
    let station = gpd();
    let broken = a_receipt_for(NAV).v1().replace("<receiptId>", "<id>").replace("</receiptId>", "</id>");
    let reply = station.post(broken.replace("<idBrokerPA>99000001018", "<idBrokerPA>99000002024"));
    assert_eq!((reply.outcome().as_str(), reply.element("id").as_deref()), ("PAA_SINTASSI_XSD", Some("99000002024")));
    assert_eq!(kinds(&station), ["UNREADABLE_RECEIPT"]);
}

/// What is refused pays nothing: the plan that was begun goes on, and the other one stays closed.
#[test]
fn a_rival_that_is_refused_closes_nothing() {
    let of = |plan, nav| PaymentOption { plan, is_partial_payment: true, ..an_option(nav) };
    let [next, rival, last] = ["307000000000000003", "307000000000000004", "307000000000000005"];
    let begun = PaymentOption { state: given::paid(), ..of(0, OTHER_NAV) };
    let position = a_position_of(vec![begun, of(0, next), of(7, rival), of(7, last)]);
    let station = gpd();
    station.load(&DebtPosition { status: PositionStatus::PartiallyPaid, ..position });
    let refused = a_receipt_for(rival);
    for message in [refused.v2(), refused.v2(), refused.v1()] {
        assert_eq!(station.post(message).outcome(), UNKNOWN);
    }
    assert_eq!((station.receipts().len(), kinds(&station)), (1, vec!["DOUBLE_PAYMENT".to_owned()]));
    for closed in [rival, last] {
        assert_eq!(station.post(given::verify(closed)).outcome(), UNKNOWN);
    }
    assert_eq!(station.post(given::verify(next)).outcome(), "OK");
    assert_eq!(station.post(a_receipt_for(next).v2()).outcome(), "OK");
    assert_eq!(station.text("SELECT status FROM debt_position"), "PAID");
    assert_eq!(station.count("SELECT COUNT(*) FROM payment_option WHERE status = 'PO_PAID'"), 2);
}

/// GPD pays the notice of whom the Node calls, whoever the receipt says that the creditor is.
#[test]
fn the_called_ones_notice_is_paid_whatever_the_receipt_says() {
    for (station, answer, kind, status) in
        [(gpd(), "OK", "OWN", "PAID"), (Station::spawn(), "OK", "BENEFICIARY", "VALID")]
    {
        station.load(&a_position());
        let receipt = Receipt { organization: PROVINCIA.into(), ..a_receipt_for(NAV) };
        assert_eq!(station.post(receipt.v2()).outcome(), answer);
        assert_eq!(station.receipts()[0].kind, kind);
        assert_eq!(station.text("SELECT status FROM debt_position"), status);
        assert_eq!(station.anomalies(), [""; 0]);
    }
}
