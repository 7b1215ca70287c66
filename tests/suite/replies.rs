//! Replies keep to the contract whatever was loaded: texts are cut and cleaned, and what cannot be said is a fault.

use chrono::{DateTime, Duration, Utc};
use ec_station::domain::amount::Amount;
use ec_station::domain::codes::{Iuv, OrganizationCode};
use ec_station::domain::debtor::{Debtor, PersonKind};
use ec_station::domain::position::{
    Account, DebtPosition, MapEntry, PaymentOption, StampRequest, Transfer, TransferId,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::given::{self, NAV, a_position_of, an_option};
use crate::station::Station;

/// Every text through one notice, with what the Node must read.
#[test]
fn how_texts_reach_the_node() {
    let long = "è".repeat(200);
    let cut = |length| "è".repeat(length);
    let cases = [
        ("TARI & TASI <2026> \"x\" 'y'", "TARI &amp; TASI &lt;2026&gt; \"x\" 'y'".to_owned()),
        (long.as_str(), cut(140)),
        ("", "NA".into()),
        ("   ", "NA".into()),
        ("\u{1}\u{FFFE}", "NA".into()),
        ("a\u{1}b\u{B}c", "a b c".into()),
        ("line\r\nbreak", "line&#13;\nbreak".into()),
        ("]]>", "]]&gt;".into()),
        ("😀", "😀".into()),
    ];
    for (loaded, read) in cases {
        let station = Station::spawn();
        let mut option = PaymentOption { description: loaded.into(), ..an_option(NAV) };
        option.debtor.full_name = loaded.into();
        option.debtor.street_name = Some(loaded.into());
        option.debtor.email = Some(loaded.into());
        option.debtor.country = Some(loaded.into());
        option.transfers[0].remittance_information = loaded.into();
        let mut position = a_position_of(vec![option]);
        position.company_name = loaded.into();
        position.office_name = Some(loaded.into());
        station.load(&position);

        let verify = station.post(given::verify(NAV));
        assert_eq!(verify.element("paymentDescription"), Some(read.clone()), "{loaded:?}");
        assert_eq!(verify.element("companyName"), Some(read.clone()), "{loaded:?}");
        let blank = read == "NA";
        assert_eq!(verify.element("officeName"), (!blank).then(|| read.clone()), "an optional blank is left out");
        let get = station.post(given::get(NAV, ""));
        let name: String = if loaded == long { cut(70) } else { read.clone() };
        assert_eq!(get.element("fullName"), Some(name.clone()), "{loaded:?}");
        assert_eq!(get.element("streetName"), (!blank).then_some(name), "{loaded:?}");
        assert_eq!(get.element("remittanceInformation"), Some(read), "{loaded:?}");
        assert_eq!((get.element("e-mail"), get.element("country")), (None, None), "what does not fit is left out");
    }
}

#[test]
fn whatever_was_loaded_is_said_by_the_contract_or_not_at_all() {
    let station = Station::spawn();
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    let mut number = 0u64;
    let number = std::cell::RefCell::new(&mut number);
    let (presented, declined) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let tested = runner.run(&a_wild_position(), |mut position| {
        let nav = {
            let mut number = number.borrow_mut();
            **number += 1;
            format!("307{:015}", **number)
        };
        position.options[0].nav = ec_station::domain::codes::Nav::new(&*nav);
        if position.options[0].iuv.as_str().len() < 36 {
            position.options[0].iuv = Iuv::new(&nav[1..]);
        }
        position.iupd = ec_station::domain::codes::Iupd::new(&*nav);
        station.load(&position);
        // The harness has every reply judged by the validator; here only the outcome is left to look at.
        let verify = station.post(given::verify(&nav)).outcome();
        prop_assert!(matches!(verify.as_str(), "OK" | "PAA_SEMANTICA"), "{}", verify);
        for more in ["", "<transferType>POSTAL</transferType>", "<transferType>PAGOPA</transferType>"] {
            prop_assert_eq!(&station.post(given::get_v2(&nav, more)).outcome(), &verify);
            station.post(given::get(&nav, more));
        }
        let counted = if verify == "OK" { &presented } else { &declined };
        counted.set(counted.get() + 1);
        Ok(())
    });
    tested.unwrap();
    assert!(presented.get() > 20 && declined.get() > 20, "{} presented, {} declined", presented.get(), declined.get());
}

/// Anything that may have been loaded: short and long, legal and not. No file brings in a U+0000.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9 àèìòù&<>\"']{0,80}",
        2 => "\\PC{0,200}",
        1 => any::<String>(),
        1 => Just(String::new()),
        1 => "[\\x00-\\x20\u{FFFE}\u{FFFF}]{1,10}",
    ]
    .prop_map(|text| text.replace('\0', ""))
}

/// Mostly right codes, so that the texts are reached too.
fn code(right: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![24 => Just(right.to_owned()), 1 => text()]
}

fn metadata() -> impl Strategy<Value = Vec<MapEntry>> {
    vec((text(), text()).prop_map(|(key, value)| MapEntry { key, value }), 0..12)
}

fn account() -> impl Strategy<Value = Account> {
    prop_oneof![
        (code(given::BANK), option::of(code(given::POSTAL)))
            .prop_map(|(iban, postal_iban)| Account::Iban { iban, postal_iban }),
        (code(given::HASH), code("01"), code("RM")).prop_map(|(hash, kind, province)| Account::Stamp(StampRequest {
            hash,
            kind,
            province
        })),
    ]
}

fn a_wild_transfer() -> impl Strategy<Value = Transfer> {
    (code(given::COMUNE), option::of(text()), text(), code("0101101IM"), account(), metadata(), 1i64..1_000_000)
        .prop_map(|(organization, company_name, remittance_information, category, account, metadata, cents)| Transfer {
            id: TransferId::new(1).unwrap(),
            amount: Amount::from_cents(cents).unwrap(),
            organization: OrganizationCode::new(organization),
            company_name,
            remittance_information,
            category,
            account,
            metadata,
            reported: false,
        })
}

fn a_wild_debtor() -> impl Strategy<Value = Debtor> {
    let address = vec(option::of(text()), 8);
    (any::<bool>(), code("VRDPNC70A01Z999J"), text(), address).prop_map(
        |(natural, fiscal_code, full_name, mut address)| {
            let mut part = || address.pop().flatten();
            Debtor {
                kind: if natural { PersonKind::Natural } else { PersonKind::Legal },
                fiscal_code,
                full_name,
                street_name: part(),
                civic_number: part(),
                postal_code: part(),
                city: part(),
                province: part(),
                region: part(),
                country: part(),
                email: part(),
                phone: None,
            }
        },
    )
}

fn due() -> impl Strategy<Value = DateTime<Utc>> {
    prop_oneof![
        12 => (0i64..100_000).prop_map(|days| given::today() + Duration::days(days)),
        1 => Just(given::today() + Duration::days(4_000_000)),
    ]
}

fn a_wild_position() -> impl Strategy<Value = DebtPosition> {
    let transfers = prop_oneof![9 => vec(a_wild_transfer(), 1..6), 1 => vec(a_wild_transfer(), 0..1)];
    let sum = prop_oneof![9 => Just(0i64), 1 => Just(1)];
    let iuv = prop_oneof![9 => Just(String::new()), 1 => "[0-9]{36,40}"];
    (transfers, a_wild_debtor(), text(), text(), option::of(text()), metadata(), due(), option::of(due()), sum, iuv)
        .prop_map(
            |(
                mut transfers,
                debtor,
                description,
                company_name,
                office_name,
                metadata,
                due_date,
                retention_date,
                slip,
                iuv,
            )| {
                for (at, transfer) in transfers.iter_mut().enumerate() {
                    transfer.id = TransferId::new(at as i64 + 1).unwrap();
                }
                let sum: i64 = transfers.iter().map(|transfer| transfer.amount.cents()).sum();
                let option = PaymentOption {
                    iuv: Iuv::new(iuv),
                    amount: Amount::from_cents((sum + slip).max(1)).unwrap(),
                    description,
                    debtor,
                    due_date,
                    retention_date,
                    metadata,
                    transfers,
                    ..an_option(NAV)
                };
                let mut position = a_position_of(vec![option]);
                position.company_name = company_name;
                position.office_name = office_name;
                position
            },
        )
}
