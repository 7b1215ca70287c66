//! Plans as the Node pays them, and as both versions tell it.

use super::*;
use crate::given::{a_receipt_for, days, get_v2, verify};

const UNKNOWN: &str = "PAA_PAGAMENTO_SCONOSCIUTO";

/// What the Node hears of an option whose debt is being paid another way; in GPD's mode there is no such option.
const CLOSED: &str = "PAA_PAGAMENTO_ANNULLATO";

fn pay(station: &Station, number: u32) -> String {
    station.post(a_receipt_for(&nav(number)).v2()).outcome()
}

fn asked(station: &Station, number: u32) -> String {
    let answers = [station.post(verify(&nav(number))).outcome(), station.post(get_v2(&nav(number), "")).outcome()];
    assert_eq!(answers[0], answers[1], "verify and get agree");
    answers[0].clone()
}

/// The position's status and those of its notices, as a version tells them.
fn told(station: &Station, path: &str, of_option: fn(&Value) -> Vec<Value>) -> String {
    let heard = get(station, path);
    assert_eq!(heard.status, 200, "{}", heard.text);
    let body = heard.json();
    let notices = body["paymentOption"].as_array().unwrap().iter().flat_map(of_option);
    let states: Vec<String> = notices.map(|notice| notice["status"].as_str().unwrap().to_owned()).collect();
    format!("{}: {}", body["status"].as_str().unwrap(), states.join(" "))
}

fn told_v1(station: &Station) -> String {
    told(station, &of_comune("/TARI-3"), |option| vec![option.clone()])
}

fn told_v3(station: &Station) -> String {
    told(station, &of_v3("/TARI-3"), |option| option["installments"].as_array().unwrap().clone())
}

#[test]
fn a_plan_is_paid_instalment_by_instalment() {
    for (validation, closed) in [(Validation::Strict, CLOSED), (Validation::Gpd, UNKNOWN)] {
        let station = Station::spawn_with(|settings| settings.validation = validation);
        let body = a_position("TARI-3", vec![an_option(&[(1, 5), (2, 6)]), an_option(&[(3, 7)])]);
        create(&station, &body, true);
        assert_eq!(told_v1(&station), "VALID: PO_UNPAID PO_UNPAID PO_UNPAID");
        assert_eq!(told_v3(&station), "VALID: UNPAID UNPAID UNPAID");

        assert_eq!(pay(&station, 1), "OK");
        assert_eq!(told_v1(&station), "PARTIALLY_PAID: PO_PAID PO_UNPAID PO_UNPAID");
        assert_eq!(told_v3(&station), "PARTIALLY_PAID: PAID UNPAID UNPAID");
        let first = get(&station, &of_v3("/TARI-3")).json()["paymentOption"][0]["installments"][0].clone();
        assert_eq!((&first["idReceipt"], &first["fee"]), (&json!(format!("receipt-of-{}", nav(1))), &json!(150)));
        assert_eq!(
            (&first["paymentMethod"], &first["pspCompany"]),
            (&json!("creditCard"), &json!("Banca Esempio S.p.A."))
        );
        assert_eq!(asked(&station, 1), "PAA_PAGAMENTO_DUPLICATO");
        assert_eq!(asked(&station, 2), "OK");
        assert_eq!(asked(&station, 3), closed, "the plan has begun");
        let declined =
            [put(&station, &of_v3("/TARI-3"), &body).problem(), delete(&station, &of_v3("/TARI-3")).problem()];
        assert!(
            declined.iter().all(|problem| problem.starts_with("409 Existing related payment found")),
            "{declined:?}"
        );

        assert_eq!(pay(&station, 2), "OK");
        assert_eq!(told_v1(&station), "PAID: PO_PAID PO_PAID PO_UNPAID");
        assert_eq!(told_v3(&station), "PAID: PAID PAID UNPAID");
        assert_eq!(get(&station, &of_v3("/TARI-3")).json()["paymentDate"], "2026-11-22T08:41:07");
        assert!(station.anomalies().is_empty());
    }
}

#[test]
fn one_of_several_plans_closes_the_others() {
    let station = Station::spawn();
    let three = vec![an_option(&[(1, 5), (2, 6)]), an_option(&[(3, 7), (4, 8)]), an_option(&[(5, 9)])];
    create(&station, &a_position("TARI-3", three), true);
    let in_v1 = get(&station, &of_comune("/TARI-3")).problem();
    assert!(in_v1.starts_with("422 MULTI_INSTALLMENT_NOT_SUPPORTED_IN_V1: "), "{in_v1}");
    assert_eq!(pay(&station, 3), "OK");
    assert_eq!(told_v3(&station), "PARTIALLY_PAID: UNPAID UNPAID PAID UNPAID UNPAID");
    for (number, answer) in [(1, CLOSED), (2, CLOSED), (4, "OK"), (5, CLOSED)] {
        assert_eq!(asked(&station, number), answer, "{number}");
    }
    // The money has moved all the same.
    assert_eq!(pay(&station, 1), "OK");
    assert_eq!(station.anomalies(), [format!("DOUBLE_PAYMENT {}", nav(1))]);
    assert_eq!(pay(&station, 4), "OK");
    assert_eq!(told_v3(&station), "PAID: PAID UNPAID PAID PAID UNPAID");
}

#[test]
fn the_only_instalment_is_the_whole() {
    let station = Station::spawn();
    create(&station, &a_position("TARI-3", vec![an_option(&[(1, 5)]), an_option(&[(2, 6)])]), true);
    let options = get(&station, &of_comune("/TARI-3")).json()["paymentOption"].clone();
    assert!(options.as_array().unwrap().iter().all(|option| option["isPartialPayment"] == false), "{options}");
    assert_eq!(pay(&station, 2), "OK");
    assert_eq!(told_v3(&station), "PAID: UNPAID PAID");
    assert_eq!(asked(&station, 1), "PAA_PAGAMENTO_DUPLICATO");
}

#[test]
fn each_option_is_payable_from_its_own_date() {
    let station = Station::spawn();
    let later = with(an_option(&[(1, 5)]), "/validityDate", json!("2026-11-24T00:00:00"));
    let latest = with(an_option(&[(2, 6), (3, 6)]), "/validityDate", json!("2026-11-26T00:00:00"));
    let answers = |station: &Station| [1, 2, 3, 4].map(|number| asked(station, number)).join(" ");

    let mixed = a_position("TARI-3", vec![later.clone(), latest.clone(), an_option(&[(4, 7)])]);
    assert_eq!(create(&station, &mixed, true)["status"], "VALID", "one option has no date");
    assert_eq!(answers(&station), format!("{UNKNOWN} {UNKNOWN} {UNKNOWN} OK"));
    station.set_now(days(2));
    assert_eq!(answers(&station), format!("OK {UNKNOWN} {UNKNOWN} OK"));
    station.set_now(days(4));
    assert_eq!(answers(&station), "OK OK OK OK");

    let station = Station::spawn();
    assert_eq!(create(&station, &a_position("TARI-3", vec![later, latest]), true)["status"], "PUBLISHED");
    assert_eq!(asked(&station, 1), UNKNOWN);
    station.set_now(days(2));
    assert_eq!(get(&station, &of_v3("/TARI-3")).json()["status"], "VALID", "one option's date has come");
    assert_eq!((asked(&station, 1), asked(&station, 2)), ("OK".into(), UNKNOWN.into()));
}

#[test]
fn what_cannot_be_paid_is_told_in_one_word() {
    let station = Station::spawn();
    let expiring = with(an_option(&[(1, 5), (2, 6)]), "/switchToExpired", json!(true));
    create(&station, &a_position("TARI-3", vec![expiring]), true);
    create(&station, &a_position("CANCELLED", vec![an_option(&[(3, 5)])]), true);
    assert_eq!(call(&station, "POST", &of_comune("/CANCELLED/invalidate"), &[], None).status, 200);
    assert_eq!(get(&station, &of_v3("/CANCELLED")).json()["status"], "UNPAYABLE");
    station.set_now(days(14));
    assert_eq!(told_v3(&station), "VALID: UNPAID UNPAID", "one instalment is not due yet");
    assert_eq!((asked(&station, 1), asked(&station, 2)), ("PAA_PAGAMENTO_SCADUTO".into(), "OK".into()));
    station.set_now(days(15));
    assert_eq!(told_v3(&station), "UNPAYABLE: UNPAID UNPAID");
    assert_eq!(told_v1(&station), "EXPIRED: PO_UNPAID PO_UNPAID");
}

#[test]
fn the_debtor_of_each_option_is_the_one_the_node_hears() {
    let station = Station::spawn();
    let company = json!({"type": "G", "fiscalCode": "99000002024", "fullName": "Molino Borgolieve S.r.l."});
    let other = with(an_option(&[(2, 6)]), "/debtor", company);
    create(&station, &a_position("TARI-3", vec![an_option(&[(1, 5)]), other]), true);
    for (number, name) in [(1, "Pancrazio Verdelli"), (2, "Molino Borgolieve S.r.l.")] {
        let reply = station.post(get_v2(&nav(number), ""));
        assert_eq!(reply.element("fullName").as_deref(), Some(name));
    }
    let read = get(&station, &of_v3("/TARI-3")).json();
    assert_eq!(read["paymentOption"][1]["debtor"]["type"], "G");
}

#[test]
fn metadata_without_a_value_stay_at_home() {
    let station = Station::spawn_with(|settings| settings.validation = Validation::Gpd);
    let entries = json!([{"key": "empty"}, {"key": "full", "value": "x"}]);
    let body = a_position("TARI-3", vec![an_option(&[(1, 5)])]);
    create(&station, &with(body, "/paymentOption/0/installments/0/installmentMetadata", entries), true);
    let reply = station.post(get_v2(&nav(1), ""));
    assert_eq!(
        (reply.outcome().as_str(), reply.elements("key")),
        ("OK", vec!["full".to_owned(), "NOTIFICATION_FEE".to_owned()])
    );
}

/// A plan that was still to come and is given without a date begins now (`gpd-api` 5.2).
#[test]
fn what_is_replaced_without_a_date_has_begun() {
    let station = Station::spawn();
    let (soon, later) = (an_option(&[(1, 5)]), an_option(&[(2, 5)]));
    let body = a_position("TARI-3", vec![soon, with(later, "/validityDate", json!("2026-12-01T00:00:00"))]);
    create(&station, &body, true);
    assert_eq!((asked(&station, 1), asked(&station, 2)), ("OK".into(), UNKNOWN.into()));

    station.set_now(days(1));
    let body = with(body, "/paymentOption/1/validityDate", Value::Null);
    let told = put(&station, &of_v3("/TARI-3?toPublish=true"), &body);
    assert_eq!(told.status, 200, "{}", told.text);
    let from = ["2026-11-22T12:00:00", "2026-11-23T12:00:00"];
    let told = get(&station, &of_v3("/TARI-3")).json();
    assert_eq!([0, 1].map(|at: usize| told["paymentOption"][at]["validityDate"].clone()), from.map(Value::from));
    assert_eq!((asked(&station, 1), asked(&station, 2)), ("OK".into(), "OK".into()));
}
