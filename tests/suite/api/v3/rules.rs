//! What the properties of version 3 may hold, in both validation modes.

use super::*;

const OPTION: &str = "/paymentOption/0";
const INSTALLMENT: &str = "/paymentOption/0/installments/1";
const TRANSFER: &str = "/paymentOption/0/installments/1/transfer/0";

/// A draft of two plans. The one that the tables change has the numbers 1 and 2.
fn a_draft() -> Value {
    a_position("TARI-3", vec![an_option(&[(1, 5), (2, 6)]), an_option(&[(3, 5)])])
}

/// What the station says of a changed draft: nothing where it takes it, and then the draft is taken away again.
fn said(station: &Station, body: &Value) -> String {
    let heard = post(station, &of_v3(""), body);
    if heard.status != 201 {
        assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 0, "{}", heard.text);
        return heard.problem();
    }
    let iupd = heard.json()["iupd"].as_str().unwrap().to_owned();
    assert_eq!(delete(station, &of_v3(&format!("/{iupd}"))).status, 200);
    String::new()
}

/// Where, what, and what is said in GPD's mode and in the strict one, as far as it matters; nothing where it is taken.
type Row = (String, Value, &'static str, &'static str);

fn judge(table: Vec<Row>) {
    let gpd = Station::spawn_with(|settings| settings.validation = Validation::Gpd);
    let strict = Station::spawn();
    for station in [&gpd, &strict] {
        assert_eq!(said(station, &a_draft()), "");
    }
    for (pointer, value, in_gpd, in_strict) in table {
        let body = with(a_draft(), &pointer, value.clone());
        for (station, wanted) in [(&gpd, in_gpd), (&strict, in_strict)] {
            let said = said(station, &body);
            let right = if wanted.is_empty() { said.is_empty() } else { said.contains(wanted) };
            assert!(right, "{pointer} {value}: {said:?}, not {wanted:?}");
        }
    }
}

#[test]
fn what_a_position_and_its_options_hold() {
    let top = |name: &str| format!("/{name}");
    let o = |name: &str| format!("{OPTION}/{name}");
    let d = |name: &str| format!("{OPTION}/debtor/{name}");
    let long = |length: usize| json!("a".repeat(length));
    let many = |length: u32| json!((0..length).map(|n| an_option(&[(100 + n, 5)])).collect::<Vec<_>>());
    let mine = "400 BAD REQUEST: ";
    judge(vec![
        (top("iupd"), Value::Null, "400 BAD REQUEST: iupd: IUPD (debt-position identifier) is required", "iupd: is"),
        (top("iupd"), json!(" "), "iupd: IUPD (debt-position identifier) is required", "iupd: is missing or blank"),
        (top("companyName"), Value::Null, "companyName: company name is required", "companyName: is missing"),
        (top("companyName"), long(141), "companyName: size must be between 0 and 140", "companyName: "),
        (top("officeName"), long(141), "officeName: size must be between 0 and 140", "officeName: "),
        (top("payStandIn"), json!("yes"), "JSON parse error: payStandIn: must be true or false", "payStandIn: must be"),
        (top("status"), json!("PAID"), "", ""),
        (top("type"), json!("X"), "", ""),
        (top("paymentOption"), Value::Null, "paymentOption: size must be between 1 and 100", "not 1 to 100"),
        (top("paymentOption"), json!([]), "paymentOption: size must be between 1 and 100", "has 0 elements"),
        (top("paymentOption"), many(100), "", ""),
        (top("paymentOption"), many(101), "paymentOption: size must be between 1 and 100", "has 101 elements"),
        (top("paymentOption"), json!({}), "JSON parse error: paymentOption: must be a list", "paymentOption: must be"),
        (top("paymentOption"), json!([null]), "paymentOption[0]: must not be null", "paymentOption[0]: is null"),
        (o("description"), Value::Null, "", ""),
        (o("description"), long(140), "", ""),
        (o("description"), long(141), "paymentOption[0].description: size must be", "paymentOption[0].description: "),
        (o("switchToExpired"), Value::Null, "[0].switchToExpired: switch to expired value is required", "is missing"),
        (o("validityDate"), json!("2026-12-01T00:00:00"), "", ""),
        (o("validityDate"), json!("2026-11-22T12:00:00"), "data: Dates congruence error: validity_date must be", ""),
        (o("validityDate"), json!("2026-11-22T11:59:59"), "validity_date must be >=", "[0].validityDate: is in the"),
        (
            o("validityDate"),
            json!("2026-12-05T12:00:01"),
            "due_date must be >= validity_date (if provided) or due_date must be >= current_date \
             [due_date=2026-12-05 12:00:00; validity_date=2026-12-05 12:00:01",
            "paymentOption[0].installments[0].dueDate: is before validityDate",
        ),
        (o("validityDate"), json!("2026-12-01"), "JSON parse error: paymentOption[0].validityDate: ", "validityDate: "),
        (o("retentionDate"), json!("2026-12-06T12:00:00"), "", ""),
        (
            o("retentionDate"),
            json!("2026-12-05T12:00:00"),
            "retention_date must be >= due_date [retention_date=2026-12-05 12:00:00; due_date=2026-12-06 12:00:00] ",
            "paymentOption[0].installments[1].retentionDate: is before dueDate",
        ),
        (o("debtor"), Value::Null, "paymentOption[0].debtor: must not be null", "paymentOption[0].debtor: is missing"),
        (o("debtor"), json!("Pancrazio"), "JSON parse error: paymentOption[0].debtor: must be an object", "an object"),
        (d("type"), Value::Null, "paymentOption[0].debtor.type: type is required", "paymentOption[0].debtor.type: "),
        (d("type"), json!("X"), "JSON parse error: paymentOption[0].debtor.type: ", "[0].debtor.type: must be F or G"),
        (d("fiscalCode"), Value::Null, "[0].debtor.fiscalCode: fiscal code is required", "debtor.fiscalCode: is"),
        (d("fiscalCode"), json!("VRDPNC70A01Z999K"), "", "paymentOption[0].debtor.fiscalCode: "),
        (d("fullName"), Value::Null, "[0].debtor.fullName: full name is required", "[0].debtor.fullName: is missing"),
        (d("fullName"), json!(""), "", "[0].debtor.fullName: is missing or blank"),
        (d("country"), json!("Italy"), "[0].debtor.country: The country must be reported with two capital", "country"),
        (d("email"), json!("no"), "[0].debtor.email: Please provide a valid email address", "[0].debtor.email: must"),
        (o("installments"), Value::Null, "[0].installments: size must be between 1 and 100", "has 0 elements"),
        (o("installments"), json!([]), mine, "paymentOption[0].installments: has 0 elements, not 1 to 100"),
        (o("installments"), json!([null]), "paymentOption[0].installments[0]: must not be null", "is null"),
    ]);
}

/// What is no list has no length to complain of.
#[test]
fn instalments_that_are_no_list_are_told_once() {
    let gpd = Station::spawn_with(|settings| settings.validation = Validation::Gpd);
    for station in [gpd, Station::spawn()] {
        let said = said(&station, &with(a_draft(), &format!("{OPTION}/installments"), json!("many")));
        assert!(said.contains("paymentOption[0].installments: must be a list, not a text"), "{said}");
        assert_eq!(said.matches("installments").count(), 1, "{said}");
    }
}

#[test]
fn how_many_instalments_a_plan_may_have() {
    let station = Station::spawn();
    let plan = |length: u32| a_position("TARI-3", vec![an_option(&(1..=length).map(|n| (n, 5)).collect::<Vec<_>>())]);
    assert!(said(&station, &plan(101)).contains("paymentOption[0].installments: has 101 elements, not 1 to 100"));
    assert_eq!(said(&station, &plan(100)), "");
}

#[test]
fn what_an_instalment_holds() {
    let i = |name: &str| format!("{INSTALLMENT}/{name}");
    let t = |name: &str| format!("{TRANSFER}/{name}");
    let long = |length: usize| json!("a".repeat(length));
    let entry = |key: Value, value: Value| json!([{"key": key, "value": value}]);
    let entries =
        |count: usize| json!((0..count).map(|n| json!({"key": n.to_string(), "value": "x"})).collect::<Vec<_>>());
    let transfer = |n: u32| with(an_installment(1, 5)["transfer"][0].clone(), "/idTransfer", json!(n.to_string()));
    let transfers = |count: u32| {
        let each = |n| with(transfer(n), "/amount", json!(2410));
        json!((1..=count).map(each).collect::<Vec<_>>())
    };
    let stamp = json!({"hashDocument": "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=", "stampType": "01", "provincialResidence": "RM"});
    judge(vec![
        (i("nav"), json!(nav(2)), "", ""),
        (i("nav"), json!("anything"), "", "paymentOption[0].installments[1].nav: "),
        (i("nav"), json!(nav(3)), "409 The debt position violated", "paymentOption[0].installments[1].iuv: is not"),
        (i("iuv"), json!("anything"), "", "paymentOption[0].installments[1].iuv: must be seventeen digits"),
        // Of the same IUV twice GPD says nothing at all, be it in one plan or in two.
        (i("iuv"), json!(iuv(1)), "400 BAD REQUEST: ", "paymentOption[0].installments[1].iuv: the same number is on"),
        (i("iuv"), json!(iuv(3)), "400 BAD REQUEST: ", "paymentOption[1].installments[0].iuv: the same number is on"),
        (i("amount"), Value::Null, "paymentOption[0].installments[1].amount: amount is required", "amount: is missing"),
        (i("amount"), json!(0), "[0].installments[1].amount: minimum amount is 1 eurocent", "0 cents is not between"),
        (i("amount"), json!("12050"), "JSON parse error: paymentOption[0].installments[1].amount: ", "a whole number"),
        (i("amount"), json!(12049), "data: Amounts congruence error", "installments[1].amount: the option is 12049"),
        (i("description"), Value::Null, "description: payment option description is required", "description: is"),
        (i("description"), long(141), "description: size must be between 0 and 140", "installments[1].description: "),
        (i("dueDate"), Value::Null, "installments[1].dueDate: due date is required", "[1].dueDate: is missing"),
        (i("dueDate"), json!("2026-11-22T11:59:59"), "due_date must be >= current_date", "dueDate: is in the past"),
        (
            i("dueDate"),
            json!("2026-12-06"),
            "JSON parse error: paymentOption[0].installments[1].dueDate",
            "dueDate: must",
        ),
        (i("transfer"), json!([]), "installments[1].transfer: size must be between 1 and 5", "has 0 transfers"),
        (i("transfer"), transfers(5), "", ""),
        (i("transfer"), transfers(6), "installments[1].transfer: size must be between 1 and 5", "has 6 transfers"),
        (t("idTransfer"), json!("6"), "Transfer ID congruence error", "transfer[0].idTransfer: must be 1, 2, 3, 4 or"),
        (t("category"), json!("free text"), "", "paymentOption[0].installments[1].transfer[0].category: "),
        (t("category"), Value::Null, "[1].transfer[0].category: category is required", "category: is missing"),
        (t("iban"), json!("IT0000000000000000000000000"), "", "installments[1].transfer[0].iban: "),
        (t("iban"), json!("IT 0"), "transfer[0].iban: IBAN must not contain spaces or special", "transfer[0].iban: "),
        (t("iban"), Value::Null, "[iuv=", "transfer[0].iban: has no IBAN and no stamp"),
        (t("stamp"), stamp, "The Iban may be present (optionally combined", "transfer[0].stamp: has a stamp beside"),
        (t("transferMetadata"), entry(json!("k"), Value::Null), "transferMetadata[0].value: value is", "value: is"),
        (i("installmentMetadata"), Value::Null, "", ""),
        (i("installmentMetadata"), entries(10), "", ""),
        (i("installmentMetadata"), entries(11), "installments[1].installmentMetadata: ", "installmentMetadata: has 11"),
        (i("installmentMetadata"), entry(Value::Null, json!("v")), "[0].key: key is required", "[0].key: is missing"),
        (i("installmentMetadata"), entry(json!(" "), json!("v")), "[0].key: key is required", "[0].key: is missing"),
        (i("installmentMetadata"), entry(json!("k"), Value::Null), "", "[0].value: is missing or blank"),
        (i("installmentMetadata"), entry(json!("k"), json!(" ")), "", "[0].value: is missing or blank"),
        (i("installmentMetadata"), entry(json!("k"), long(140)), "", ""),
        (
            i("installmentMetadata"),
            entry(json!("k"), long(141)),
            "installmentMetadata[0].value: value must not exceed 140 characters",
            "installmentMetadata[0].value: ",
        ),
        (
            i("installmentMetadata"),
            json!([{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]),
            "installmentMetadata keys must be unique",
            "installmentMetadata keys must be unique",
        ),
        (
            i("installmentMetadata"),
            entry(json!("NOTIFICATION_FEE"), json!("1")),
            "409 The payment option contains reserved metadata",
            "409 The payment option contains reserved metadata",
        ),
        (i("status"), json!("PAID"), "", ""),
    ]);
}

#[test]
fn of_the_same_iuv_twice_gpd_says_nothing() {
    let station = Station::spawn_with(|settings| settings.validation = Validation::Gpd);
    let twice = with(a_draft(), &format!("{INSTALLMENT}/iuv"), json!(iuv(3)));
    assert_eq!(said(&station, &twice), "400 BAD REQUEST: ");
    let and_more = with(twice, "/companyName", Value::Null);
    assert_eq!(said(&station, &and_more), "400 BAD REQUEST: companyName: company name is required");
}

#[test]
fn faults_of_several_options_are_told_together() {
    let station = Station::spawn_with(|settings| settings.validation = Validation::Gpd);
    let body = with(a_draft(), "/paymentOption/1/debtor/type", Value::Null);
    let said = said(&station, &with(body, &format!("{INSTALLMENT}/amount"), json!(0)));
    assert_eq!(
        said,
        "400 BAD REQUEST: paymentOption[0].installments[1].amount: minimum amount is 1 eurocent, \
         paymentOption[1].debtor.type: type is required"
    );
}

/// `gpd-api` 5.2, by each option's own dates.
#[test]
fn an_update_may_come_late() {
    for validation in [Validation::Gpd, Validation::Strict] {
        let station = Station::spawn_with(|settings| settings.validation = validation);
        let begun = |option: Value, expires: bool| {
            let option = with(option, "/validityDate", json!("2026-11-23T00:00:00"));
            with(option, "/switchToExpired", json!(expires))
        };
        let content = |one: bool, other: bool| {
            a_position("TARI-3", vec![begun(an_option(&[(1, 5)]), one), begun(an_option(&[(2, 20)]), other)])
        };
        create(&station, &content(false, false), true);
        station.set_now("2026-12-10T00:00:00Z".parse().unwrap());
        let late = put(&station, &of_v3("/TARI-3"), &content(true, false));
        assert_eq!(late.status, 400, "it expires, and its due date has passed: {}", late.text);
        let kept = put(&station, &of_v3("/TARI-3?toPublish=true"), &content(false, true));
        assert_eq!((kept.status, &kept.json()["status"]), (200, &json!("VALID")), "{}", kept.text);
        let dates = a_position("TARI-3", vec![an_option(&[(1, 5)]), an_option(&[(2, 20)])]);
        let undated = put(&station, &of_v3("/TARI-3"), &dates);
        assert_eq!(undated.status, 400, "without a date it would be valid from now: {}", undated.text);
    }
}
