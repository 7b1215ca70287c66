//! Whatever GPD's permissive rules take in, the Node hears by the contract or not at all.

use std::cell::Cell;

use ec_station::domain::codes::OrganizationCode;
use ec_station::domain::position::DebtPosition;
use ec_station::intake::{Rules, Validation, judge, model};
use ec_station::store::Saved;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{NOBODY, gpd};
use crate::given::{self, BANK, HASH, POSTAL, qr_code, request};

#[test]
fn whatever_gpd_takes_is_said_by_the_contract_or_not_at_all() {
    let station = gpd();
    let rules = Rules {
        organization: OrganizationCode::new(NOBODY),
        validation: Validation::Gpd,
        history: false,
        now: given::today(),
        catalogue: None,
        registered_ibans: vec![],
    };
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let (number, presented, declined, refused) = (Cell::new(0u64), Cell::new(0), Cell::new(0), Cell::new(0));
    let tested = runner.run(&a_wild_position(), |mut position| {
        number.set(number.get() + 1);
        let nav = format!("307{:015}", number.get());
        position["iupd"] = json!(nav);
        position["paymentOption"][0]["nav"] = json!(nav);
        // Options of one organization do not share an IUV: a wild one gets the number too, behind what makes it wild.
        let iuv = position["paymentOption"][0]["iuv"].as_str().unwrap();
        position["paymentOption"][0]["iuv"] = json!(format!("{iuv}{}", number.get()));
        let position: model::Position = serde_json::from_str(&position.to_string()).unwrap();
        let Ok(position) = judge(&position, &rules) else {
            refused.set(refused.get() + 1);
            return Ok(());
        };
        prop_assert_eq!(station.bring(&position, true), Saved::Created);
        let ask = |root: &str, more: &str| {
            let head = given::head(NOBODY, NOBODY, "nowhere");
            // The harness has every reply judged by the validator.
            station.post(request(root, &format!("{head}{}{more}", qr_code(NOBODY, &nav)))).outcome()
        };
        let verify = ask("paVerifyPaymentNoticeReq", "");
        prop_assert!(matches!(verify.as_str(), "OK" | "PAA_SEMANTICA"), "{}", verify);
        for more in ["", "<transferType>POSTAL</transferType>", "<transferType>PAGOPA</transferType>"] {
            prop_assert_eq!(&ask("paGetPaymentV2Request", more), &verify);
            let first = ask("paGetPaymentReq", more);
            prop_assert!(first == verify || has_stamp(&position) && first == "PAA_SEMANTICA", "{}", first);
        }
        if verify == "OK" {
            presented.set(presented.get() + 1);
        } else {
            declined.set(declined.get() + 1);
            let told = format!("UNPRESENTABLE_NOTICE {nav}");
            prop_assert!(station.anomalies().contains(&told), "nobody is told of {}", nav);
        }
        Ok(())
    });
    tested.unwrap();
    let counts = [presented.get(), declined.get(), refused.get()];
    assert!(counts[0] > 20 && counts[1] > 20 && counts[2] < 150, "presented, declined, refused: {counts:?}");
}

fn has_stamp(position: &DebtPosition) -> bool {
    use ec_station::domain::position::Account;
    position.options[0].transfers.iter().any(|transfer| matches!(transfer.account, Account::Stamp(_)))
}

/// A text as long as GPD's columns are, or longer; with what XML cannot say, but no U+0000.
fn text(most: usize) -> BoxedStrategy<String> {
    let any = prop_oneof![
        6 => "[a-zA-Z0-9 àèìòù&<>\"']{1,60}",
        2 => vec(any::<char>(), 1..=most).prop_map(String::from_iter),
        1 => "[a-z\\x01-\\x20\u{FFFE}\u{FFFF}]{1,10}",
        1 => Just("x".repeat(most)),
    ];
    any.prop_map(|text: String| text.replace('\0', "")).boxed()
}

/// Mostly a right code, so that the others are reached too.
fn code(right: &'static str) -> BoxedStrategy<String> {
    prop_oneof![30 => Just(right.to_owned()), 1 => text(255), 1 => Just("x".repeat(255))].boxed()
}

fn metadata() -> impl Strategy<Value = Value> {
    vec((text(140), text(140)), 0..4).prop_map(|entries| {
        let entries = entries.into_iter().enumerate();
        // Keys are unique.
        let key = |at: usize, key: String| format!("{at}{}", key.chars().skip(1).collect::<String>());
        json!(entries.map(|(at, (k, v))| json!({"key": key(at, k), "value": v})).collect::<Vec<_>>())
    })
}

fn a_wild_transfer() -> impl Strategy<Value = Value> {
    let iban = prop_oneof![8 => Just(BANK.to_owned()), 2 => "[a-zA-Z0-9]{1,35}"];
    let postal = option::of(prop_oneof![8 => Just(POSTAL.to_owned()), 2 => "[a-zA-Z0-9]{1,35}"]);
    let account = prop_oneof![
        4 => (iban, postal).prop_map(|(iban, postal)| json!({"iban": iban, "postalIban": postal})),
        1 => (prop_oneof![6 => Just(HASH.to_owned()), 1 => text(72)], prop_oneof!["01", "[0-9é]{2}"], "[A-Z]{2}").prop_map(
            |(hash, kind, province)| json!({"stamp": {"hashDocument": hash, "stampType": kind,
                "provincialResidence": province}})
        ),
    ];
    let beneficiary = option::of(code(given::COMUNE));
    let amount = prop_oneof![30 => 1i64..1_000_000, 1 => Just(99_999_999_999), 1 => Just(100_000_000_000)];
    (account, beneficiary, option::of(text(140)), text(140), code("9/0101101IM/"), metadata(), amount).prop_map(
        |(mut transfer, organization, company_name, information, category, metadata, amount)| {
            let rest = json!({"organizationFiscalCode": organization, "companyName": company_name,
                "remittanceInformation": information, "category": category, "transferMetadata": metadata,
                "amount": amount});
            transfer.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            transfer
        },
    )
}

fn a_wild_position() -> impl Strategy<Value = Value> {
    let debtor = (prop_oneof!["F", "G"], code("VRDPNC70A01Z999J"), text(255), vec(option::of(text(255)), 6)).prop_map(
        |(kind, code, name, mut address)| {
            let mut part = || address.pop().flatten();
            json!({"type": kind, "fiscalCode": code, "fullName": name, "streetName": part(), "civicNumber": part(),
                "postalCode": part(), "city": part(), "province": part(), "region": part()})
        },
    );
    let contact = (option::of("[A-Z]{2}"), option::of(prop_oneof!["a@b.it", "[a-z.]{1,60}@[a-z]{1,60}\\.[a-z]{2,4}"]));
    let dates = (
        prop_oneof![9 => "20(27|3[0-9])-0[1-9]-[12][0-9]T10:20:30", 1 => Just("9999-12-31T23:59:59.999".to_owned())],
        option::of(Just("9999-12-31T23:59:59.999999")),
    );
    let texts = (text(140), text(140), option::of(text(140)), metadata());
    let iuv = prop_oneof![9 => Just("07".to_owned()), 1 => "[a-z0-9_-]{30,60}", 1 => "[\u{1}à ]{1,5}"];
    // Two beneficiaries may share a number.
    let ids = prop_oneof![12 => Just(["1", "2", "3", "4", "5"]), 1 => Just(["1", "1", "2", "2", "3"])];
    (debtor, contact, dates, texts, iuv, ids, vec(a_wild_transfer(), 1..6)).prop_map(
        |(mut position, (country, email), (due, retention), texts, iuv, ids, mut transfers)| {
            let (description, company_name, office_name, metadata) = texts;
            for (transfer, id) in transfers.iter_mut().zip(ids) {
                transfer["idTransfer"] = json!(id);
            }
            let sum: i64 = transfers.iter().filter_map(|transfer| transfer["amount"].as_i64()).sum();
            let rest = json!({"country": country, "email": email, "switchToExpired": false,
            "companyName": company_name, "officeName": office_name, "paymentOption": [{
                "iuv": iuv, "amount": sum, "description": description, "isPartialPayment": false,
                "dueDate": due, "retentionDate": retention, "paymentOptionMetadata": metadata,
                "transfer": transfers
            }]});
            position.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            position
        },
    )
}
