//! Every rule on a single field of a position (`gpd-api` 4.1, 5.5): in GPD's mode with GPD's words, under strict
//! validation with place, reason and cure.

use ec_station::settings::Validation;
use serde_json::{Value, json};

use super::cases::{created, gpd, iuv, with};
use super::{a_body, of_comune, post};
use crate::given::NAV;
use crate::station::Station;

const OPTION: &str = "/paymentOption/0";
const TRANSFER: &str = "/paymentOption/0/transfer/0";

/// `/paymentOption/0/amount` as messages have it: `paymentOption[0].amount`.
fn place(pointer: &str) -> String {
    pointer[1..].split('/').fold(String::new(), |place, part| match part.parse::<usize>() {
        Ok(at) => format!("{place}[{at}]"),
        Err(_) if place.is_empty() => part.to_owned(),
        Err(_) => format!("{place}.{part}"),
    })
}

fn entries(count: usize) -> Value {
    (0..count).map(|at| json!({ "key": format!("k{at}"), "value": "v" })).collect()
}

/// Where, what, and what GPD says of it.
fn wrong_values() -> Vec<(String, Value, &'static str)> {
    let long = |length: usize| json!("x".repeat(length));
    let null = || json!(null);
    let twice = json!([{ "key": "k", "value": "1" }, { "key": "k", "value": "2" }]);
    let position = |name: &str| format!("/{name}");
    let option = |name: &str| format!("{OPTION}/{name}");
    let transfer = |name: &str| format!("{TRANSFER}/{name}");
    let option_entry = |name: &str| format!("{OPTION}/paymentOptionMetadata/0/{name}");
    let transfer_entry = |name: &str| format!("{TRANSFER}/transferMetadata/0/{name}");
    let most_140 = "size must be between 0 and 140";
    let eact = "remittance information must be compliant to EACT FORMATTING RULES, up to 140 chars";
    let country = "The country must be reported with two capital letters (example: IT)";
    let email = "Please provide a valid email address";
    vec![
        (position("iupd"), null(), "iupd is required"),
        (position("iupd"), json!("  "), "iupd is required"),
        (position("type"), null(), "type is required"),
        (position("fiscalCode"), null(), "fiscal code is required"),
        (position("fullName"), null(), "full name is required"),
        (position("companyName"), null(), "company name is required"),
        (position("companyName"), json!(" "), "company name is required"),
        (position("companyName"), long(141), most_140),
        (position("officeName"), long(141), most_140),
        (position("switchToExpired"), null(), "switch to expired value is required"),
        (position("country"), json!("it"), country),
        (position("country"), json!("ITA"), country),
        (position("email"), json!("nobody"), email),
        (position("email"), json!("a@b@c"), email),
        (option("iuv"), null(), "iuv is required"),
        (option("iuv"), json!(""), "iuv is required"),
        (option("amount"), null(), "amount is required"),
        (option("amount"), json!(0), "minimum amount is 1 eurocent"),
        (option("amount"), json!(-1), "minimum amount is 1 eurocent"),
        (option("description"), null(), "payment option description is required"),
        (option("description"), json!(""), "payment option description is required"),
        (option("description"), long(141), most_140),
        (option("isPartialPayment"), null(), "is partial payment is required"),
        (option("dueDate"), null(), "due date is required"),
        (option("paymentOptionMetadata"), entries(11), "size must be between 0 and 10"),
        (option_entry("key"), null(), "key is required"),
        (option_entry("key"), json!(" "), "key is required"),
        (option_entry("key"), long(141), "key must not exceed 140 characters"),
        (option_entry("value"), null(), "value is required"),
        (option_entry("value"), long(141), "value must not exceed 140 characters"),
        (transfer("idTransfer"), null(), "id transfer is required"),
        (transfer("idTransfer"), json!(""), "id transfer is required"),
        (transfer("amount"), null(), "amount is required"),
        (transfer("amount"), json!(0), "minimum amount is 1 eurocent"),
        (transfer("remittanceInformation"), null(), "remittance information is required"),
        (transfer("remittanceInformation"), long(141), eact),
        (transfer("category"), null(), "category is required"),
        (transfer("category"), json!(" "), "category is required"),
        (transfer("companyName"), long(141), most_140),
        (transfer("iban"), long(36), "The IBAN must not be blank and must not exceed 35 characters."),
        (transfer("iban"), json!("IT00 0000"), "IBAN must not contain spaces or special characters."),
        (
            transfer("postalIban"),
            long(36),
            "Postal IBAN is optional, but if provided, it must not be blank and must not exceed 35 characters.",
        ),
        (transfer("postalIban"), json!("IT-00"), "Postal IBAN must not contain spaces or special characters."),
        (transfer("transferMetadata"), entries(11), "size must be between 0 and 10"),
        (transfer_entry("key"), null(), "key is required"),
        (transfer_entry("value"), json!(""), "value is required"),
        (transfer_entry("value"), long(141), "value must not exceed 140 characters"),
        (format!("{OPTION}/paymentOptionMetadata"), twice.clone(), "paymentOptionMetadata keys must be unique"),
        (format!("{TRANSFER}/transferMetadata"), twice, "transferMetadata keys must be unique"),
    ]
}

/// What is no value of its type, and what the parser says.
fn wrong_forms() -> Vec<(String, Value, &'static str)> {
    let date = "must be a date-time in UTC, without an offset";
    let option = |name: &str| format!("{OPTION}/{name}");
    vec![
        ("/type".into(), json!("X"), "must be F or G"),
        ("/iupd".into(), json!(["P-1"]), "must be a text, not a list"),
        ("/switchToExpired".into(), json!("maybe"), "must be true or false, not a text"),
        ("/validityDate".into(), json!("2026-12-01"), date),
        (option("dueDate"), json!("2026-12-02T12:00:00+01:00"), date),
        (option("dueDate"), json!("2026-12-02"), date),
        (option("dueDate"), json!("02/12/2026"), date),
        (option("retentionDate"), json!("2026-13-02T12:00:00"), date),
        (option("amount"), json!("12050"), "must be a whole number, not a text"),
        (option("amount"), json!(12050.5), "must be a whole number, not a number with decimals"),
        (option("transfer"), json!({}), "must be a list, not an object"),
    ]
}

/// A body that is right but for a value.
fn body(pointer: &str, value: &Value) -> Value {
    let entry = json!([{ "key": "k", "value": "v" }]);
    let body = with(a_body("F-1", &NAV[1..]), &format!("{OPTION}/paymentOptionMetadata"), entry.clone());
    with(with(body, &format!("{TRANSFER}/transferMetadata"), entry), pointer, value.clone())
}

fn nothing_is_stored(station: &Station) {
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 0);
}

#[test]
fn wrong_values_in_gpds_words() {
    let station = gpd();
    for (pointer, value, words) in wrong_values() {
        let heard = post(&station, &of_comune(""), &body(&pointer, &value)).problem();
        let twice = if words.ends_with("keys must be unique") { "[1].key" } else { "" };
        assert_eq!(heard, format!("400 BAD REQUEST: {}{twice}: {words}", place(&pointer)), "{value}");
    }
    for (pointer, value, words) in wrong_forms() {
        let heard = post(&station, &of_comune(""), &body(&pointer, &value)).problem();
        assert_eq!(heard, format!("400 BAD REQUEST: JSON parse error: {}: {words}", place(&pointer)), "{value}");
    }
    nothing_is_stored(&station);
}

#[test]
fn the_same_under_strict_validation() {
    let station = Station::spawn();
    assert_eq!(Validation::default(), Validation::Strict);
    for (pointer, value, _) in wrong_values().into_iter().chain(wrong_forms()) {
        let heard = post(&station, &of_comune(""), &body(&pointer, &value)).problem();
        let told =
            heard.strip_prefix("400 Error in the debt position request data: ").unwrap_or_else(|| panic!("{heard}"));
        let (at, told) = told.split_once(": ").unwrap_or_else(|| panic!("{heard}"));
        assert!(at.starts_with(&place(&pointer)), "{pointer}: {heard}");
        assert!(told.split_once("; ").is_some_and(|(reason, cure)| !reason.is_empty() && !cure.is_empty()), "{heard}");
    }
    nothing_is_stored(&station);
    assert_eq!(post(&station, &of_comune(""), &body("/phone", &json!("06 000000"))).status, 201);
}

/// All of it is told at once.
#[test]
fn several_wrong_values() {
    let station = gpd();
    let body = with(a_body("", &iuv(1)), "/paymentOption/0/transfer/0/category", json!(null));
    let detail = post(&station, &of_comune(""), &body).json()["detail"].as_str().unwrap().to_owned();
    let mut told: Vec<_> = detail.split(", ").collect();
    told.sort_unstable();
    assert_eq!(told, ["iupd: iupd is required", "paymentOption[0].transfer[0].category: category is required"]);
}

#[test]
fn wrong_stamps() {
    let station = gpd();
    let strict = Station::spawn();
    let right = json!({ "hashDocument": "AAAA", "stampType": "01", "provincialResidence": "RM" });
    for (part, value, words) in [
        ("hashDocument", json!(null), "must not be blank"),
        ("hashDocument", json!("x".repeat(73)), "size must be between 0 and 72"),
        ("stampType", json!(null), "must not be blank"),
        ("stampType", json!("1"), "size must be between 2 and 2"),
        ("stampType", json!("001"), "size must be between 2 and 2"),
        ("provincialResidence", json!(null), "must not be blank"),
        ("provincialResidence", json!("rm"), "must match \"[A-Z]{2}\""),
    ] {
        let body = with(body(&format!("{TRANSFER}/iban"), &json!(null)), &format!("{TRANSFER}/stamp"), right.clone());
        let body = with(body, &format!("{TRANSFER}/stamp/{part}"), value);
        let at = format!("paymentOption[0].transfer[0].stamp.{part}");
        assert_eq!(post(&station, &of_comune(""), &body).problem(), format!("400 BAD REQUEST: {at}: {words}"));
        let strictly = post(&strict, &of_comune(""), &body).problem();
        assert!(strictly.starts_with(&format!("400 Error in the debt position request data: {at}: ")), "{strictly}");
    }
}

/// GPD takes any text for codes, accounts and categories: whoever takes over its data must as well.
#[test]
fn what_gpd_takes() {
    let station = gpd();
    for (at, (pointer, value)) in [
        ("/fiscalCode", json!("")),
        ("/fullName", json!("  ")),
        ("/email", json!("")),
        ("/payStandIn", json!(null)),
        ("/paymentOption", json!([])),
        ("/paymentOption", json!(null)),
        ("/paymentOption/0/iuv", json!("IUV di lettere/e_segni")),
        ("/paymentOption/0/iuv", json!("9".repeat(255))),
        ("/paymentOption/0/nav", json!("1234567890123456789012345")),
        ("/paymentOption/0/paymentOptionMetadata", json!(null)),
        ("/paymentOption/0/paymentOptionMetadata", entries(10)),
        ("/paymentOption/0/transfer/0/category", json!("9/0101108TS/")),
        ("/paymentOption/0/transfer/0/category", json!("testo libero")),
        ("/paymentOption/0/transfer/0/iban", json!("IT0000000000000000000000000")),
        ("/paymentOption/0/transfer/0/iban", json!("x")),
        ("/paymentOption/0/transfer/0/organizationFiscalCode", json!("altro ente")),
        ("/unknown", json!({ "nobody": "knows it" })),
        ("/paymentOption/0/transfer/0/unknown", json!([1, 2])),
    ]
    .into_iter()
    .enumerate()
    {
        let told = created(&station, &of_comune(""), &with(a_body(&format!("W-{at}"), &iuv(at)), pointer, value));
        assert_eq!(told["payStandIn"], true);
    }
}
