//! Transfers that are to credit another account (`gpd-api` 7.8).

use serde_json::{Value, json};

use super::cases::{STATES, bring, created, gpd, instalments, iuv, patch};
use super::{a_body, get, of_comune, post};
use crate::given::{BANK, PROVINCIA};
use crate::station::Station;

const NEW: &str = "IT89X9999922222000000654321";

fn moved(station: &Station, query: &str, new: Value) -> super::Heard {
    patch(station, &of_comune(&format!("/transfers{query}")), &json!({ "newIban": new }))
}

/// The accounts of a position, in their order.
fn accounts(station: &Station, iupd: &str) -> Vec<String> {
    let position = get(station, &of_comune(&format!("/{iupd}"))).json();
    let options = position["paymentOption"].as_array().unwrap().clone();
    let transfers = options.iter().flat_map(|option| option["transfer"].as_array().unwrap().clone());
    transfers.map(|transfer| transfer["iban"].as_str().unwrap_or("-").to_owned()).collect()
}

#[test]
fn what_cannot_be_asked_for() {
    let station = gpd();
    let method = "updateTransferIbanMassive";
    for (query, new, detail) in [
        (
            "",
            json!(NEW),
            "Required request parameter 'oldIban' for method parameter type String is not present".to_owned(),
        ),
        ("?oldIban=", json!(NEW), format!("{method}.oldIban: must not be blank")),
        ("?oldIban=%20", json!(NEW), format!("{method}.oldIban: must not be blank")),
        ("?oldIban=x&limit=1001", json!(NEW), format!("{method}.limit: must be less than or equal to 1000")),
        ("?oldIban=x&limit=all", json!(NEW), "Invalid value all for property limit".to_owned()),
        ("?oldIban=x", json!(null), "newIban: must not be null".to_owned()),
        ("?oldIban=x", json!("a\0b"), "newIban: holds the character U+0000".to_owned()),
        ("?oldIban=x", json!("a\nb"), "newIban: holds a control character".to_owned()),
        ("?oldIban=x", json!("à".repeat(256)), "newIban: size must be between 0 and 255".to_owned()),
        ("?oldIban=x", json!(7), "JSON parse error: newIban: must be a text, not a number".to_owned()),
    ] {
        assert_eq!(moved(&station, query, new).problem(), format!("400 BAD REQUEST: {detail}"), "{query}");
    }
    let endless = moved(&station, &format!("?oldIban={}", "x".repeat(60_000)), json!(NEW));
    assert_eq!((endless.status, &endless.json()["updatedTransfers"]), (200, &json!(0)), "nothing is so long");
    let strict = Station::spawn();
    let heard = moved(&strict, &format!("?oldIban={BANK}"), json!("IT00X")).problem();
    assert!(heard.starts_with("400 Error in the debt position request data: newIban: "), "{heard}");
}

#[test]
fn which_positions_credit_another_account() {
    let station = gpd();
    for (number, state) in STATES.into_iter().enumerate() {
        bring(&station, number, state);
    }
    created(&station, &format!("/organizations/{PROVINCIA}/debtpositions"), &a_body("P-0", &iuv(0)));
    let heard = moved(&station, &format!("?oldIban={BANK}"), json!(NEW));
    assert_eq!(heard.status, 200, "{}", heard.text);
    assert_eq!(heard.json(), json!({ "description": "Updated IBAN on 4 Transfers", "updatedTransfers": 4 }));
    for (number, state) in STATES.into_iter().enumerate() {
        let expected = match state {
            "DRAFT" | "PUBLISHED" | "VALID" => vec![NEW],
            "PARTIALLY_PAID" => vec![BANK, NEW],
            _ => vec![BANK],
        };
        assert_eq!(accounts(&station, &format!("P-{number}")), expected, "{state}");
    }
    let other = get(&station, &format!("/organizations/{PROVINCIA}/debtpositions/P-0")).json();
    assert_eq!(other["paymentOption"][0]["transfer"][0]["iban"], BANK);
    assert_eq!(moved(&station, &format!("?oldIban={BANK}"), json!(NEW)).json()["updatedTransfers"], 0);
}

/// Signs that mean something to the database or to JSON mean themselves, and so does the case of letters.
#[test]
fn accounts_are_taken_literally() {
    let station = gpd();
    bring(&station, 1, "VALID");
    for old in ["%25", "IT%25", "IT41P999991111100000012345_", "it41p9999911111000000123456", "%22", "%5C", "!", "iban"]
    {
        let heard = moved(&station, &format!("?oldIban={old}"), json!(NEW));
        assert_eq!(heard.json()["updatedTransfers"], 0, "{old}");
    }
    // GPD takes any text for the new one, and whatever it is can be replaced.
    for (old, new) in [(BANK, "100%_!"), ("100%25_!", "a\"b\\c"), ("a%22b%5Cc", BANK)] {
        let heard = moved(&station, &format!("?oldIban={old}"), json!(new));
        assert_eq!(heard.json()["updatedTransfers"], 1, "{old}: {}", heard.text);
        assert_eq!(accounts(&station, "P-1"), [new]);
    }
}

/// More of them than are changed in one transaction, and fewer than there are.
#[test]
fn no_more_than_asked_for() {
    let station = gpd();
    let plan = |number: usize| instalments(&format!("B-{number}"), &[iuv(2 * number), iuv(2 * number + 1)]);
    let positions: Vec<_> = (0..60).map(plan).collect();
    let heard = post(&station, &of_comune("/bulk"), &json!({ "paymentPositions": positions }));
    assert_eq!(heard.status, 201, "{}", heard.text);
    let of = |account: &str| {
        station.count(&format!("SELECT COUNT(*) FROM payment_option WHERE transfers LIKE '%{account}%'"))
    };
    for (limit, now) in [("&limit=1", 1), ("&limit=110", 111), ("&limit=1000", 120), ("", 120)] {
        let before = of(NEW);
        let heard = moved(&station, &format!("?oldIban={BANK}{limit}"), json!(NEW)).json();
        assert_eq!((heard["updatedTransfers"].as_i64().unwrap(), of(NEW)), (now - before, now), "{limit}");
    }
}
