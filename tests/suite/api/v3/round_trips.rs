//! What one version wrote, read and written by the other.

use super::*;
use crate::api::a_body;

/// Takes out what only an answer has, and what the versions place differently.
fn written(mut answer: Value) -> Value {
    for option in answer["paymentOption"].as_array_mut().unwrap() {
        let installments = option.get_mut("installments").and_then(Value::as_array_mut);
        installments.into_iter().flatten().for_each(|installment| {
            let installment = installment.as_object_mut().unwrap();
            ["fee", "notificationFee", "status"].iter().for_each(|name| drop(installment.remove(*name)));
        });
    }
    let object = answer.as_object_mut().unwrap();
    ["status", "paymentDate"].iter().for_each(|name| drop(object.remove(*name)));
    answer
}

#[test]
fn an_answer_is_a_request_again() {
    let station = Station::spawn();
    let dated = with(an_option(&[(1, 5), (2, 6)]), "/validityDate", json!("2026-12-01T00:00:00"));
    let dated = with(dated, "/retentionDate", json!("2026-12-31T00:00:00.250"));
    let first = create(&station, &a_position("TARI-3", vec![dated, an_option(&[(3, 7)])]), false);
    let again = put(&station, &of_v3("/TARI-3"), &written(first.clone()));
    assert_eq!((again.status, again.json()), (200, first.clone()));
    assert_eq!(first["paymentOption"][0]["retentionDate"], "2026-12-31T00:00:00.250");
}

#[test]
fn from_version_3_to_version_1_and_back() {
    let station = Station::spawn();
    let option =
        |installments: &[(u32, u32)]| with(an_option(installments), "/validityDate", json!("2026-12-01T00:00:00"));
    let first = create(&station, &a_position("TARI-3", vec![option(&[(1, 5), (2, 6)]), option(&[(3, 7)])]), false);
    let in_v1 = get(&station, &of_comune("/TARI-3")).json();
    let options = in_v1["paymentOption"].as_array().unwrap();
    let said: Vec<_> = options.iter().map(|o| (o["iuv"].as_str().unwrap(), o["isPartialPayment"].clone())).collect();
    assert_eq!(said, [(&*iuv(1), json!(true)), (&*iuv(2), json!(true)), (&*iuv(3), json!(false))]);
    assert_eq!(options[0]["paymentOptionMetadata"], json!([{"key": "rata", "value": "1"}]));
    assert_eq!((&in_v1["validityDate"], &in_v1["type"]), (&json!("2026-12-01T00:00:00"), &json!("F")));

    // Version 1 shows no debtor; whoever writes in it knows who it is.
    let debtor = json!({
        "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli", "city": "Borgolieve",
        "switchToExpired": false,
    });
    let mut body = in_v1.clone();
    body.as_object_mut().unwrap().extend(debtor.as_object().unwrap().clone());
    let put_in_v1 = put(&station, &of_comune("/TARI-3"), &body);
    assert_eq!(put_in_v1.status, 200, "{}", put_in_v1.text);
    let read = get(&station, &of_v3("/TARI-3")).json();
    assert_eq!(iuvs(&read), [vec![iuv(1), iuv(2)], vec![iuv(3)]]);
    let back = put(&station, &of_v3("/TARI-3"), &written(first.clone()));
    assert_eq!((back.status, back.json()), (200, first));
}

#[test]
fn from_version_1_to_version_3() {
    let station = Station::spawn();
    let option = |number: u32, day: u32, partial: bool| {
        let mut option = a_body("x", &iuv(number))["paymentOption"][0].clone();
        option["isPartialPayment"] = json!(partial);
        option["dueDate"] = json!(format!("2026-12-{day:02}T12:00:00"));
        option
    };
    let options = json!([option(1, 20, true), option(2, 9, false), option(3, 8, true), option(4, 9, false)]);
    let body = with(a_body("TARI-1", "x"), "/paymentOption", options);
    let created = post(&station, &of_comune("?toPublish=true"), &body);
    assert_eq!(created.status, 201, "{}", created.text);
    let read = get(&station, &of_v3("/TARI-1")).json();
    assert_eq!(iuvs(&read), [vec![iuv(3), iuv(1)], vec![iuv(2)], vec![iuv(4)]]);
    for option in read["paymentOption"].as_array().unwrap() {
        assert_eq!(option["debtor"]["fullName"], "Pancrazio Verdelli");
        assert_eq!(
            (&option["validityDate"], &option["switchToExpired"]),
            (&json!("2026-11-22T12:00:00"), &json!(false))
        );
    }
}

#[test]
fn what_is_due_together_keeps_its_order() {
    let station = Station::spawn();
    let given =
        vec![an_option(&[(9, 7)]), an_option(&[(5, 5), (4, 5)]), an_option(&[(1, 5)]), an_option(&[(3, 9), (2, 6)])];
    let order = vec![vec![iuv(5), iuv(4)], vec![iuv(1)], vec![iuv(2), iuv(3)], vec![iuv(9)]];
    assert_eq!(iuvs(&create(&station, &a_position("TARI-3", given), true)), order);
    assert_eq!(iuvs(&get(&station, &of_v3("/TARI-3")).json()), order);
}

#[test]
fn a_v1_update_replaces_what_version_3_wrote() {
    let station = Station::spawn();
    let plans = vec![an_option(&[(1, 5), (2, 6)]), an_option(&[(3, 7), (4, 8)])];
    create(&station, &a_position("TARI-3", plans), true);
    assert_eq!(put(&station, &of_comune("/TARI-3?toPublish=true"), &a_body("TARI-3", &iuv(3))).status, 200);
    assert_eq!(get(&station, &of_comune("/TARI-3")).status, 200, "one plan is left");
    assert_eq!(iuvs(&get(&station, &of_v3("/TARI-3")).json()), [[iuv(3)]]);
}
