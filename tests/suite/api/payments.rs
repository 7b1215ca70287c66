//! Single options: who sees them, and payments that callers tell of (`gpd-api` 6.3, 6.5, 10.1, 10.2, 7.10).

use ec_station::domain::position::PositionStatus;
use serde_json::{Value, json};

use super::cases::{
    STATES, a_payment, bring, created, gpd, instalments, iuv, options, pay, status, with, with_options,
};
use super::{a_body, get, of_comune, post};
use crate::given::{COMUNE, a_position_of, an_option, days};
use crate::station::Station;

fn unknown(number: &str) -> String {
    format!(
        "404 Not found the payment option: Not found a payment option for Organization Fiscal Code {COMUNE} and NAV \
         {number}"
    )
}

fn paid_before(number: &str) -> String {
    format!(
        "409 Existing related payment found: A payment transaction has already been carried out for the Organization \
         Fiscal Code {COMUNE} and NAV {number}"
    )
}

fn option(station: &Station, number: &str) -> super::Heard {
    get(station, &options(&format!("/{number}")))
}

/// The rules of `gpd-api` 6.3, by their number. Of two plans only one is begun: what the other rules close is not found.
#[test]
fn who_may_be_paid_beside_whom() {
    let station = gpd();
    // 1: nobody knows it.
    assert_eq!(pay(&station, &iuv(1)).problem(), unknown(&iuv(1)));
    // 2: the position is paid, here by an alternative; as an option of its own it could not be seen any more.
    let [one, other] = [iuv(21), iuv(22)];
    created(&station, &of_comune("?toPublish=true"), &with_options("P-2", &[(&one, false), (&other, false)]));
    assert_eq!(pay(&station, &one).status, 200);
    assert_eq!(pay(&station, &other).problem(), paid_before(&other));
    assert_eq!(option(&station, &other).problem(), unknown(&other));
    assert_eq!(option(&station, &one).status, 200, "what was paid stays visible");
    // 4: it is paid itself.
    assert_eq!(pay(&station, &one).problem(), paid_before(&one));
    // 5: a single payment beside a plan that was begun.
    let [first, second, whole] = [iuv(51), iuv(52), iuv(53)];
    let body = with_options("P-5", &[(&first, true), (&second, true), (&whole, false)]);
    created(&station, &of_comune("?toPublish=true"), &body);
    assert_eq!(pay(&station, &first).status, 200);
    assert_eq!(
        (status(&station, "P-5").as_str(), pay(&station, &whole).problem()),
        ("PARTIALLY_PAID", unknown(&whole))
    );
    assert_eq!(option(&station, &whole).problem(), unknown(&whole));
    assert_eq!(pay(&station, &first).problem(), paid_before(&first));
    // 7: the other instalment completes the plan.
    assert_eq!(option(&station, &second).status, 200);
    assert_eq!(pay(&station, &second).status, 200);
    assert_eq!(status(&station, "P-5"), "PAID");
    assert_eq!(get(&station, &of_comune("/P-5")).json()["paymentDate"], "2026-11-22T10:15:30.500");
}

/// Rule 6: an instalment beside another plan that was begun. Only version 3 of the API makes two plans.
#[test]
fn a_plan_closes_the_others() {
    let station = gpd();
    let instalment = |nav: &str, plan| {
        let mut option = an_option(nav);
        (option.is_partial_payment, option.plan) = (true, plan);
        option
    };
    let numbers = [iuv(61), iuv(62), iuv(63), iuv(64)].map(|iuv| format!("3{iuv}"));
    let plans = numbers.iter().zip([0, 0, 7, 7]).map(|(nav, plan)| instalment(nav, plan));
    let mut position = a_position_of(plans.collect());
    position.status = PositionStatus::Valid;
    station.load(&position);
    assert_eq!(pay(&station, &numbers[0]).status, 200);
    assert_eq!(pay(&station, &numbers[2]).problem(), unknown(&numbers[2]));
    assert_eq!(option(&station, &numbers[3]).problem(), unknown(&numbers[3]));
    assert_eq!(pay(&station, &numbers[1]).status, 200);
}

/// Rule 3 beside an instalment: the whole debt was paid.
#[test]
fn a_single_payment_settles_everything() {
    let station = gpd();
    let [instalment, whole] = [iuv(31), iuv(32)];
    let body = with_options("P-3", &[(&instalment, true), (&whole, false)]);
    created(&station, &of_comune("?toPublish=true"), &body);
    assert_eq!(pay(&station, &whole).status, 200);
    assert_eq!(pay(&station, &instalment).problem(), paid_before(&instalment));
}

#[test]
fn which_options_can_be_seen() {
    let station = gpd();
    for (number, state) in STATES.into_iter().enumerate() {
        let (_, first, _) = bring(&station, number, state);
        let heard = option(&station, &first);
        if state == "PUBLISHED" {
            assert_eq!(heard.problem(), unknown(&first), "it is not valid yet");
        } else {
            assert_eq!((heard.status, &heard.json()["debtPositionStatus"]), (200, &json!(state)), "{}", heard.text);
        }
    }
    assert_eq!(option(&station, "307").problem(), unknown("307"));
    let other_codes = get(&station, &options(&format!("/{}?segregationCodes=48", iuv(0))));
    assert!(other_codes.problem().starts_with("403 The payment position is forbidden: "), "{}", other_codes.text);
    let nobodys = get(&station, &options("/348000000000000001?segregationCodes=07"));
    assert!(nobodys.problem().starts_with("403 The payment position is forbidden: "), "{}", nobodys.text);
}

/// Of a number that nobody knows a caller hears no more than of one that it may not use.
#[test]
fn what_is_unknown_to_whom() {
    let station = gpd();
    let notice = "348000000000000001";
    for (number, codes, status) in [
        (&notice[1..], "48", 404),
        (notice, "48", 404),
        ("48-1", "48", 404),
        ("348-1", "48", 404),
        (&notice[1..], "07", 403),
        (notice, "07", 403),
        (notice, "34", 403),
        ("48-1", "07", 403),
    ] {
        for (path, method) in [("", "GET"), ("/pay", "POST"), ("/notificationfee", "PUT")] {
            let path = options(&format!("/{number}{path}?segregationCodes={codes}"));
            let body = with(a_payment(), "/notificationFee", json!(1)).to_string();
            // What is no number has no page of its own.
            if method != "GET" || !number.contains('-') {
                let heard = super::call(
                    &station,
                    method,
                    &path,
                    &[],
                    Some(&body).filter(|_| method != "GET").map(String::as_str),
                );
                assert_eq!(heard.status, status, "{method} {path}: {}", heard.text);
            }
        }
    }
}

/// An instalment may expire while its plan does not: seen from there, the position is expired (`gpd-api` 6.2).
#[test]
fn an_instalment_expires_by_itself() {
    let station = gpd();
    let mut body = instalments("E-1", &[iuv(1), iuv(2)]);
    body["switchToExpired"] = json!(true);
    body["paymentOption"][1]["dueDate"] = json!("2026-12-31T12:00:00");
    created(&station, &of_comune("?toPublish=true"), &body);
    for (day, first, second) in [(10, "VALID", "VALID"), (11, "EXPIRED", "VALID"), (40, "EXPIRED", "EXPIRED")] {
        station.set_now(days(day));
        let seen = |number: &str| option(&station, number).json()["debtPositionStatus"].clone();
        assert_eq!((seen(&iuv(1)), seen(&iuv(2))), (json!(first), json!(second)), "after {day} days");
    }
}

#[test]
fn what_is_told_of_an_option() {
    let station = gpd();
    let mut body = a_body("O-1", &iuv(1));
    body["paymentOption"][0]["paymentOptionMetadata"] = json!([{ "key": "k", "value": "v" }]);
    body["email"] = json!("p.verdelli@example.org");
    created(&station, &of_comune("?toPublish=true"), &body);
    for number in [iuv(1), format!("3{}", iuv(1))] {
        let told = option(&station, &number).json();
        let mut names: Vec<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
        let mut wanted = "nav iuv organizationFiscalCode amount description isPartialPayment payStandIn dueDate \
            retentionDate paymentDate reportingDate insertedDate paymentMethod fee notificationFee pspCompany idReceipt \
            idFlowReporting serviceType status paymentOptionMetadata iupd type fiscalCode fullName streetName \
            civicNumber postalCode city province region country email phone companyName officeName debtPositionStatus \
            transfer"
            .split_whitespace()
            .collect::<Vec<_>>();
        names.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(names, wanted);
        assert_eq!(told["nav"], format!("3{}", iuv(1)));
        assert_eq!(
            told["paymentOptionMetadata"],
            json!([{ "key": "k", "value": "v" }, { "key": "NOTIFICATION_FEE", "value": "0" }])
        );
        let some = ["fullName", "email", "serviceType", "status", "insertedDate"].map(|name| told[name].clone());
        let some = some.map(|value| value.as_str().map(str::to_owned));
        let [name, email, service, status, inserted] = some.each_ref().map(|text| text.as_deref());
        assert_eq!((name, email), (Some("Pancrazio Verdelli"), Some("p.verdelli@example.org")));
        assert_eq!((service, status, inserted), (Some("GPD"), Some("PO_UNPAID"), None));
    }
}

#[test]
fn what_is_told_of_a_payment() {
    let station = gpd();
    created(&station, &of_comune("?toPublish=true"), &a_body("O-1", &iuv(1)));
    let told = pay(&station, &iuv(1)).json();
    let expected: [(&str, Value); 9] = [
        ("status", json!("PO_PAID")),
        ("paymentDate", json!("2026-11-22T10:15:30.500")),
        ("paymentMethod", json!("bancomat")),
        ("pspCompany", json!("Banca Esempio S.p.A.")),
        ("idReceipt", json!("receipt-1")),
        ("fee", json!(150)),
        ("serviceType", json!("GPD")),
        ("lastUpdatedDateNotificationFee", json!(null)),
        ("organizationFiscalCode", json!(COMUNE)),
    ];
    for (name, value) in expected {
        assert_eq!(told[name], value, "{name}");
    }
    let read = get(&station, &of_comune("/O-1")).json();
    assert_eq!((&read["status"], &read["paymentOption"][0]["fee"]), (&json!("PAID"), &json!(150)));
    let story = station.count("SELECT COUNT(*) FROM receipt");
    assert_eq!(story, 0, "whoever tells of a payment has its receipt");
}

#[test]
fn payments_that_are_told_wrongly() {
    let station = gpd();
    let (_, first, _) = bring(&station, 1, "VALID");
    let path = options(&format!("/{first}/pay"));
    let long = "x".repeat(256);
    for (field, value, detail) in [
        ("pspCompany", json!(null), "pspCompany: pspCompany is required"),
        ("pspCompany", json!("  "), "pspCompany: pspCompany is required"),
        ("idReceipt", json!(null), "idReceipt: idReceipt is required"),
        ("idReceipt", json!(""), "idReceipt: idReceipt is required"),
        ("idReceipt", json!(long), "idReceipt: size must be between 0 and 255"),
        ("pspCode", json!("x".repeat(36)), "pspCode: size must be between 0 and 35"),
        ("pspTaxCode", json!("x".repeat(71)), "pspTaxCode: size must be between 0 and 70"),
        ("fee", json!("1,50"), "fee: must be a whole number of cents"),
        ("fee", json!(-1), "fee: must be a whole number of cents"),
        ("fee", json!(1.5), "JSON parse error: fee: must be a whole number, not a number with decimals"),
        (
            "paymentDate",
            json!("2026-11-22"),
            "JSON parse error: paymentDate: must be a date-time in UTC, without an offset",
        ),
        ("paymentMethod", json!(7), "JSON parse error: paymentMethod: must be a text, not a number"),
    ] {
        let heard = post(&station, &path, &with(a_payment(), &format!("/{field}"), value));
        assert_eq!(heard.problem(), format!("400 BAD REQUEST: {detail}"));
    }
    let missing = super::call(&station, "POST", &path, &[], None).problem();
    assert_eq!(missing, "400 BAD REQUEST: Required request body is missing: an object in JSON");
    assert_eq!(status(&station, "P-1"), "VALID");
    let least = json!({ "pspCompany": "P", "idReceipt": "R", "fee": 150 });
    assert_eq!(post(&station, &path, &least).status, 200);
}

/// The creditor was paid at its own counter.
#[test]
fn what_was_paid_elsewhere() {
    let station = gpd();
    let (_, first, _) = bring(&station, 1, "VALID");
    let (_, second, _) = bring(&station, 2, "DRAFT");
    let of = |number: &str, query: &str| options(&format!("/paids/3{number}{query}"));
    assert_eq!(
        post(&station, &of(&first, "?segregationCodes=48"), &json!({})).problem(),
        format!(
            "403 The payment position is forbidden: The caller does not have proper authorization to access or modify \
             the NAVs in the payment position. [Organization Fiscal Code={COMUNE}]"
        )
    );
    let wrong = post(&station, &of(&first, ""), &json!({ "paymentDate": "yesterday" }));
    assert_eq!(wrong.status, 400, "{}", wrong.text);
    let told = post(&station, &of(&first, ""), &json!({ "paymentDate": "2026-11-20T10:00:00Z" }));
    assert_eq!(told.status, 200, "{}", told.text);
    let told = told.json();
    assert_eq!((&told["pspCompany"], &told["idReceipt"]), (&told["idReceipt"], &json!("CLOSED_AS_ALREADY_PAID_BY_EC")));
    assert_eq!((&told["fee"], &told["paymentDate"]), (&json!(0), &json!("2026-11-20T10:00:00")));
    assert!(told.get("serviceType").is_none(), "{told}");
    assert_eq!(post(&station, &of(&first, ""), &json!({})).problem(), paid_before(&format!("3{first}")));
    for mount in ["/gpd/debt-positions-service/v1", "/aca/debt-positions-service/v1", "/gpd/api/v1", "/gpd/api/v2"] {
        let again = post(&station, &format!("{mount}{}", of(&first, "")), &json!({}));
        assert_eq!(again.status, 409, "{mount}: {}", again.text);
    }
    assert_eq!(post(&station, &of(&second, ""), &json!({})).json()["paymentDate"], json!(null));
    assert_eq!(station.count("SELECT COUNT(*) FROM receipt"), 0);
}

/// What is settled once hears of a receipt only as of a second payment.
#[test]
fn the_nodes_receipt_of_what_was_told_before() {
    let station = Station::spawn();
    let nav = crate::given::NAV;
    created(&station, &of_comune("?toPublish=true"), &a_body("N-1", &nav[1..]));
    let receipt = crate::given::a_receipt_for(nav);
    let told = with(a_payment(), "/idReceipt", json!(receipt.id));
    assert_eq!(post(&station, &options(&format!("/{nav}/pay")), &told).status, 200);
    assert_eq!(station.post(receipt.v2()).outcome(), "OK");
    assert_eq!(station.anomalies(), [""; 0], "it is the same payment");
    let second = crate::given::Receipt { id: "another".into(), ..receipt };
    assert_eq!(station.post(second.v2()).outcome(), "OK");
    assert_eq!(station.anomalies(), [format!("DOUBLE_PAYMENT {nav}")]);
}

#[test]
fn texts_that_no_database_holds() {
    let station = gpd();
    let (_, first, _) = bring(&station, 1, "VALID");
    for field in ["paymentMethod", "pspCode", "pspTaxCode", "pspCompany", "idReceipt"] {
        let heard =
            post(&station, &options(&format!("/{first}/pay")), &with(a_payment(), &format!("/{field}"), json!("a\0")));
        assert_eq!(heard.problem(), format!("400 BAD REQUEST: {field}: holds the character U+0000"));
    }
}
