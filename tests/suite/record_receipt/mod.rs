//! `paSendRT` and V2: table D, what is kept, and what operators are told.

mod kept;
mod lenient;
mod stamps;

use std::collections::BTreeSet;

use ec_station::domain::position::{DebtPosition, PaymentOption, PositionStatus};
use ec_station::settings::{DuplicateReceipt, OrphanReceipt};
use serde_json::json;

use crate::api::{get, of_comune};
use crate::given::{
    self, COMUNE, NAV, OTHER_NAV, PROVINCIA, Receipt, a_position, a_position_of, a_receipt_for, an_option, days,
};
use crate::station::Station;

#[test]
fn a_receipt_settles_its_notice() {
    for write in [Receipt::v1, Receipt::v2] {
        let station = Station::spawn();
        station.load(&a_position());
        let message = write(&a_receipt_for(NAV));
        let reply = station.post(&message);
        let root = if message.contains("V2") { "paSendRTV2Response" } else { "paSendRTRes" };
        let expected = format!(
            "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:paf=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><soapenv:Body><paf:{root}>\
             <outcome>OK</outcome></paf:{root}></soapenv:Body></soapenv:Envelope>"
        );
        assert_eq!(reply.body, expected);
        assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
        assert_eq!(station.anomalies(), [""; 0]);
        let [stored] = &station.receipts()[..] else { panic!("one receipt is stored") };
        assert_eq!((stored.kind.as_str(), stored.rule.as_str(), stored.amount_cents), ("OWN", "D8", 12_050));
        assert_eq!(station.raw_receipt(stored.id), message.as_bytes());
    }
}

/// Rows D3 to D11: who the receipt is for, what the notice looked like, what the Node hears, what operators see.
#[test]
fn what_a_receipt_does() {
    type Make = fn() -> Option<DebtPosition>;
    fn with(status: PositionStatus, change: fn(&mut PaymentOption)) -> Option<DebtPosition> {
        let mut option = an_option(NAV);
        change(&mut option);
        Some(DebtPosition { status, ..a_position_of(vec![option]) })
    }
    fn beside_paid(own_plan: i64, other_plan: i64) -> Option<DebtPosition> {
        let other = PaymentOption { plan: other_plan, state: given::paid(), ..an_option(OTHER_NAV) };
        let own = PaymentOption { plan: own_plan, ..an_option(NAV) };
        Some(DebtPosition { status: PositionStatus::PartiallyPaid, ..a_position_of(vec![own, other]) })
    }
    fn unchanged(_: &mut Receipt) {}
    fn to_the_province(receipt: &mut Receipt) {
        receipt.head = given::head(PROVINCIA, PROVINCIA, "99000002024_01");
    }
    fn shared_with_the_province(receipt: &mut Receipt) {
        to_the_province(receipt);
        receipt.transfers =
            vec![(1, "100.00".into(), COMUNE.into(), None), (2, "20.50".into(), PROVINCIA.into(), None)];
    }
    fn of_another_station(receipt: &mut Receipt) {
        *receipt = a_receipt_for("308000000001234567");
    }
    fn of_less(receipt: &mut Receipt) {
        receipt.amount = "120.00".into();
        receipt.transfers[0].1 = "120.00".into();
    }
    use PositionStatus::*;
    // What, position, change of the receipt, answer, kind and rule, anomalies, verify afterwards.
    type Row =
        (&'static str, Make, fn(&mut Receipt), &'static str, &'static str, &'static [&'static str], &'static str);
    let open: Make = || with(Valid, |_| ());
    let table: &[Row] = &[
        ("D3 a KO moves nothing", open, |r| r.outcome = "KO".into(), "OK", "OWN D3", &[], "OK"),
        ("D4 a stranger", open, to_the_province, "PAA_SEMANTICA", "STRANGER D4", &["NOT_A_BENEFICIARY"], "OK"),
        (
            "D5 a beneficiary",
            || None,
            shared_with_the_province,
            "OK",
            "BENEFICIARY D5",
            &[],
            "PAA_PAGAMENTO_SCONOSCIUTO",
        ),
        ("D5 its copy leaves our notice alone", open, shared_with_the_province, "OK", "BENEFICIARY D5", &[], "OK"),
        ("D6 broadcast", open, of_another_station, "OK", "BROADCAST D6", &[], "OK"),
        ("D7 orphan", || None, unchanged, "OK", "ORPHAN D7", &["ORPHAN_RECEIPT"], "PAA_PAGAMENTO_SCONOSCIUTO"),
        ("D8 open", open, unchanged, "OK", "OWN D8", &[], "PAA_PAGAMENTO_DUPLICATO"),
        ("D8 instalment", || beside_paid(0, 0), unchanged, "OK", "OWN D8", &[], "PAA_PAGAMENTO_DUPLICATO"),
        (
            "D9 expired",
            || {
                with(Valid, |o| {
                    o.switch_to_expired = true;
                    o.due_date = days(-1)
                })
            },
            unchanged,
            "OK",
            "OWN D9",
            &["PAID_AFTER_CLOSING"],
            "PAA_PAGAMENTO_DUPLICATO",
        ),
        (
            "D9 cancelled",
            || with(Invalid, |_| ()),
            unchanged,
            "OK",
            "OWN D9",
            &["PAID_AFTER_CLOSING"],
            "PAA_PAGAMENTO_DUPLICATO",
        ),
        (
            "D9 draft",
            || with(Draft, |_| ()),
            unchanged,
            "OK",
            "OWN D9",
            &["PAID_AFTER_CLOSING"],
            "PAA_PAGAMENTO_DUPLICATO",
        ),
        (
            "D10 paid before",
            || with(Paid, |o| o.state = given::paid()),
            unchanged,
            "OK",
            "OWN D10",
            &["DOUBLE_PAYMENT"],
            "PAA_PAGAMENTO_DUPLICATO",
        ),
        (
            "D10 the other plan has begun",
            || beside_paid(1, 0),
            unchanged,
            "OK",
            "OWN D10",
            &["DOUBLE_PAYMENT"],
            "PAA_PAGAMENTO_DUPLICATO",
        ),
        ("D11 another amount", open, of_less, "OK", "OWN D11", &["AMOUNT_DIFFERS"], "PAA_PAGAMENTO_DUPLICATO"),
        (
            "D11 another beneficiary",
            open,
            |r| r.transfers[0].2 = PROVINCIA.into(),
            "OK",
            "OWN D11",
            &["AMOUNT_DIFFERS"],
            "PAA_PAGAMENTO_DUPLICATO",
        ),
        (
            "D12 another IUV",
            open,
            |r| r.iuv = "07000000000000000".into(),
            "OK",
            "OWN D8",
            &["IUV_MISMATCH"],
            "PAA_PAGAMENTO_DUPLICATO",
        ),
        (
            "D12 transfers do not add up",
            open,
            |r| r.transfers[0].1 = "120.00".into(),
            "OK",
            "OWN D11",
            &["AMOUNT_DIFFERS", "TRANSFERS_MISMATCH"],
            "PAA_PAGAMENTO_DUPLICATO",
        ),
    ];
    for (what, make, change, answer, stored_as, anomalies, afterwards) in table {
        for write in [Receipt::v1, Receipt::v2] {
            let station = Station::spawn();
            if let Some(position) = make() {
                station.load(&position);
            }
            let mut receipt = a_receipt_for(NAV);
            change(&mut receipt);
            assert_eq!(station.post(write(&receipt)).outcome(), *answer, "{what}");
            let stored: Vec<_> = station.receipts().iter().map(|r| format!("{} {}", r.kind, r.rule)).collect();
            assert_eq!(stored, [*stored_as], "{what}");
            let kinds =
                station.anomalies().iter().map(|a| a.split(' ').next().unwrap().to_owned()).collect::<BTreeSet<_>>();
            // Those of one receipt are in no order.
            let kinds: Vec<_> = kinds.into_iter().collect();
            assert_eq!(kinds, *anomalies, "{what}");
            assert_eq!(station.post(given::verify(NAV)).outcome(), *afterwards, "{what}");
        }
    }
}

#[test]
fn a_retransmission_has_one_effect() {
    for (setting, answer) in [(DuplicateReceipt::Ko, "PAA_RECEIPT_DUPLICATA"), (DuplicateReceipt::Ok, "OK")] {
        let station = Station::spawn_with(|settings| settings.duplicate_receipt = setting);
        station.load(&a_position());
        let receipt = a_receipt_for(NAV);
        assert_eq!(station.post(receipt.v1()).outcome(), "OK");
        // The same words in other clothes are the same receipt.
        let dressed = receipt.v1().replace("<receipt>", "\n <receipt><!-- again -->\n  ").replace("pafn", "x");
        for again in [receipt.v1(), dressed, receipt.v2()] {
            assert_eq!(station.post(again).outcome(), answer);
        }
        assert_eq!(station.receipts().len(), 1);
        assert_eq!(station.anomalies(), [""; 0]);
    }
}

#[test]
fn a_changed_retransmission_is_kept_beside_the_first() {
    // Whatever a repetition answers, a change is never taken for one.
    for setting in [DuplicateReceipt::Ko, DuplicateReceipt::Ok] {
        let station = Station::spawn_with(|settings| settings.duplicate_receipt = setting);
        station.load(&a_position());
        let receipt = a_receipt_for(NAV);
        let changed = Receipt { amount: "999.99".into(), ..receipt.clone() };
        assert_eq!(station.post(receipt.v1()).outcome(), "OK");
        for _ in 0..2 {
            assert_eq!(station.post(changed.v1()).outcome(), "PAA_RECEIPT_DUPLICATA");
        }
        assert_eq!(station.receipts().len(), 1);
        assert_eq!(station.count("SELECT COUNT(*) FROM receipt_copy"), 1);
        assert_eq!(station.anomalies(), [format!("ALTERED_RECEIPT {NAV}")]);
    }
}

#[test]
fn one_receipt_for_two_recipients_is_two_receipts() {
    let station = Station::spawn();
    station.load(&a_position());
    let mut receipt = a_receipt_for(NAV);
    receipt.transfers = vec![(1, "100.00".into(), COMUNE.into(), None), (2, "20.50".into(), PROVINCIA.into(), None)];
    assert_eq!(station.post(receipt.v2()).outcome(), "OK");
    receipt.head = given::head(PROVINCIA, PROVINCIA, "99000002024_01");
    assert_eq!(station.post(receipt.v2()).outcome(), "OK");
    let kinds: Vec<_> = station.receipts().iter().map(|r| format!("{} {}", r.recipient, r.kind)).collect();
    assert_eq!(kinds, [format!("{COMUNE} OWN"), format!("{PROVINCIA} BENEFICIARY")]);
}

#[test]
fn what_an_orphan_hears_is_a_setting() {
    for (setting, answer) in [
        (OrphanReceipt::Ok, "OK"),
        (OrphanReceipt::FaultSconosciuto, "PAA_PAGAMENTO_SCONOSCIUTO"),
        (OrphanReceipt::FaultSemantica, "PAA_SEMANTICA"),
    ] {
        let station = Station::spawn_with(|settings| settings.orphan_receipt = setting);
        assert_eq!(station.post(a_receipt_for(NAV).v1()).outcome(), answer);
        assert_eq!(station.receipts().len(), 1, "it is kept whatever the Node hears");
        assert_eq!(station.anomalies(), [format!("ORPHAN_RECEIPT {NAV}")]);
    }
}

#[test]
fn a_known_notice_is_settled_by_whichever_copy_comes_first() {
    // The broadcast copy of a notice that we hold, though the called station does not route its code.
    let station = Station::spawn();
    let nav = "308000000001234567";
    station.load(&a_position_of(vec![an_option(nav)]));
    assert_eq!(station.post(a_receipt_for(nav).v1()).outcome(), "OK");
    assert_eq!(station.post(given::verify(nav)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
}

#[test]
fn two_receipts_of_one_notice_are_a_double_payment() {
    let station = Station::spawn();
    station.load(&a_position());
    assert_eq!(station.post(a_receipt_for(NAV).v1()).outcome(), "OK");
    let second = Receipt { id: "another".into(), ..a_receipt_for(NAV) };
    assert_eq!(station.post(second.v2()).outcome(), "OK");
    assert_eq!(station.receipts().len(), 2);
    assert_eq!(station.anomalies(), [format!("DOUBLE_PAYMENT {NAV}")]);
    // The first one settled it.
    assert_eq!(station.text("SELECT receipt_id FROM payment_option"), format!("receipt-of-{NAV}"));
}

#[test]
fn a_debt_that_is_loaded_after_it_was_paid_is_paid() {
    for (amount, anomalies) in [("120.50", vec![]), ("100.00", vec![format!("AMOUNT_DIFFERS {NAV}")])] {
        let station = Station::spawn();
        let mut receipt = a_receipt_for(NAV);
        receipt.amount = amount.into();
        receipt.transfers[0].1 = amount.into();
        assert_eq!(station.post(receipt.v1()).outcome(), "OK");
        let second = Receipt { id: "second".into(), ..receipt };
        assert_eq!(station.post(second.v1()).outcome(), "OK");
        assert_eq!(station.anomalies().len(), 2, "two orphans");

        station.load(&a_position());
        assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
        assert_eq!(station.text("SELECT status FROM debt_position"), "PAID");
        // The first one settled it; the second is a person's to refund.
        assert_eq!(station.text("SELECT receipt_id FROM payment_option"), format!("receipt-of-{NAV}"));
        let left = [anomalies, vec![format!("DOUBLE_PAYMENT {NAV}")]].concat();
        assert_eq!(station.anomalies(), left);
    }
}

/// The option knows of its payment what it would know had it been there before.
#[test]
fn what_was_paid_before_it_is_loaded_is_paid_as_its_receipt_says() {
    let details = "SELECT payment_details FROM payment_option";
    let (waiting, there) = (Station::spawn(), Station::spawn());
    there.load(&a_position());
    for station in [&waiting, &there] {
        assert_eq!(station.post(a_receipt_for(NAV).v2()).outcome(), "OK");
    }
    waiting.load(&a_position());
    assert_eq!(waiting.text(details), there.text(details));
    for station in [waiting, there] {
        let option = get(&station, &format!("/organizations/{COMUNE}/paymentoptions/{NAV}")).json();
        for (name, value) in [
            ("paymentMethod", json!("creditCard")),
            ("pspCompany", json!("Banca Esempio S.p.A.")),
            ("fee", json!(150)),
            ("idReceipt", json!(format!("receipt-of-{NAV}"))),
            ("paymentDate", json!("2026-11-22T08:41:07")),
        ] {
            assert_eq!(option[name], value, "{name}");
        }
        let within = |from: &str, to: &str| {
            let query = format!("?payment_date_time_from=2026-11-22T{from}&payment_date_time_to=2026-11-22T{to}");
            get(&station, &of_comune(&query)).json()["page_info"]["items_found"].clone()
        };
        assert_eq!((within("08:00:00", "09:00:00"), within("11:00:00", "13:00:00")), (json!(1), json!(0)));
    }
}

/// Two options of which one is enough, both paid before anybody here knew of the debt.
#[test]
fn a_debt_that_was_paid_twice_before_it_is_loaded() {
    let station = Station::spawn();
    for nav in [NAV, OTHER_NAV] {
        assert_eq!(station.post(a_receipt_for(nav).v1()).outcome(), "OK");
    }
    station.load(&a_position_of(vec![an_option(NAV), PaymentOption { plan: 2, ..an_option(OTHER_NAV) }]));
    for nav in [NAV, OTHER_NAV] {
        assert_eq!(station.post(given::verify(nav)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
    }
    assert_eq!(station.anomalies(), [format!("DOUBLE_PAYMENT {OTHER_NAV}")]);
}

#[test]
fn a_receipt_of_no_payment_raises_no_alarm() {
    let station = Station::spawn();
    let receipt = Receipt { outcome: "KO".into(), iuv: "another".into(), ..a_receipt_for(NAV) };
    assert_eq!(station.post(receipt.v1()).outcome(), "OK");
    assert_eq!(station.anomalies(), [""; 0]);
}
