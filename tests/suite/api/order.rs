//! What is looked at first, and what must agree with what (`gpd-api` 5.1 to 5.4, 5.6).

use serde_json::{Value, json};

use super::cases::{bring, created, gpd, iuv, replace, with};
use super::{a_body, get, of_comune, post};
use crate::given::{BANK, COMUNE, POSTAL, PROVINCIA, days, today};
use crate::station::Station;

const DATA: &str = "400 Error in the debt position request data: ";

/// A query, how the fault that it tells is mended, and what it tells.
type Step<'s> = (&'s str, &'s dyn Fn(&mut Value), String);

/// Each fault of a request hides those after it.
#[test]
fn what_is_looked_at_first_in_a_new_position() {
    let station = gpd();
    bring(&station, 1, "DRAFT");
    let mut body = a_body("P-1", &iuv(10));
    let reserved = json!([{ "key": "NOTIFICATION_FEE", "value": "1" }]);
    body["paymentOption"][0]["paymentOptionMetadata"] = reserved;
    body["paymentOption"][0]["amount"] = json!(12051);
    body["paymentOption"][0]["transfer"][0]["postalIban"] = json!(POSTAL);
    body["paymentOption"][0]["transfer"][0]["iban"] = json!(null);
    body["paymentOption"][0]["transfer"][0]["idTransfer"] = json!("6");
    let transfer = body["paymentOption"][0]["transfer"][0].clone();
    let many: Vec<Value> = std::iter::repeat_n(transfer, 6).collect();
    body["paymentOption"][0]["transfer"] = json!(many);
    body["paymentOption"][0]["retentionDate"] = json!("2026-11-20T11:59:59");
    body["paymentOption"][0]["dueDate"] = json!("2026-11-20T12:00:00");
    body["validityDate"] = json!("2026-11-21T13:00:00");
    body["companyName"] = json!(null);
    let mut heard = |query: &str, mend: &dyn Fn(&mut Value)| {
        let told = post(&station, &of_comune(query), &body).problem();
        mend(&mut body);
        told
    };
    let first_transfer = "/paymentOption/0/transfer/0";
    let steps: [Step<'_>; 10] = [
        (
            "?segregationCodes=48",
            &|body| body["companyName"] = json!("Comune di Borgolieve"),
            "400 BAD REQUEST: companyName: company name is required".into(),
        ),
        (
            "?segregationCodes=48",
            &|_| (),
            format!(
                "403 The payment position is forbidden: The caller does not have proper authorization to access or \
                 modify the IUVs in the payment position. [Organization Fiscal Code={COMUNE}, IUPD=P-1]"
            ),
        ),
        (
            "",
            &|body| body["validityDate"] = json!(null),
            format!(
                "{DATA}Dates congruence error: validity_date must be >= current_date [validity_date=2026-11-21 \
                 01:00:00; current_date=2026-11-22 12:00:00] "
            ),
        ),
        (
            "",
            &|body| body["paymentOption"][0]["dueDate"] = json!("2026-12-02T12:00:00"),
            format!(
                "{DATA}Dates congruence error: due_date must be >= validity_date (if provided) or due_date must be >= \
                 current_date [due_date=2026-11-20 12:00:00; validity_date=null; current_date=2026-11-22 12:00:00]"
            ),
        ),
        (
            "",
            &|body| body["paymentOption"][0]["retentionDate"] = json!(null),
            format!(
                "{DATA}Dates congruence error: retention_date must be >= due_date [retention_date=2026-11-20 \
                 11:59:59; due_date=2026-12-02 12:00:00] "
            ),
        ),
        (
            "",
            &|body| body["paymentOption"][0]["transfer"].as_array_mut().unwrap().truncate(1),
            format!(
                "{DATA}Number of transfers congruence error: Each payment option must have a maximum of 5 transactions \
                 [transactions found=6]"
            ),
        ),
        (
            "",
            &|body| body.pointer_mut(first_transfer).unwrap()["idTransfer"] = json!("1"),
            format!(
                "{DATA}Transfer ID congruence error: The transaction id not have a value between those expected \
                 [transaction id=6; expected values=[1, 2, 3, 4, 5]]"
            ),
        ),
        (
            "",
            &|body| body.pointer_mut(first_transfer).unwrap()["iban"] = json!(BANK),
            format!(
                "{DATA}The Iban may be present (optionally combined with the Postal Iban) or the Stamp. Not all at the \
                 same time [iuv={}, transaction id=1].",
                iuv(10)
            ),
        ),
        (
            "",
            &|body| body["paymentOption"][0]["amount"] = json!(12050),
            format!(
                "{DATA}Amounts congruence error: payment option amount must coincide with the total of the transfers \
                 amount [payment_option_amount(in cent)=12051; total_tranfers_amount(in cent)=12050]"
            ),
        ),
        (
            "",
            &|body| body["paymentOption"][0]["paymentOptionMetadata"] = json!(null),
            "409 The payment option contains reserved metadata: The caller should not add or modify reserved payment \
             option metadata. Reserved metadata list = {NOTIFICATION_FEE}."
                .into(),
        ),
    ];
    for (query, mend, words) in &steps {
        assert_eq!(heard(query, mend), *words);
    }
    assert!(heard("", &|body| body["iupd"] = json!("P-2")).starts_with("409 The debt position violated"));
    assert!(
        heard("", &|body| body["paymentOption"][0]["iuv"] = json!(iuv(2))).starts_with("409 The debt position viol")
    );
    assert_eq!(post(&station, &of_comune(""), &body).status, 201);
}

#[test]
fn what_is_looked_at_first_in_a_replacement() {
    let station = gpd();
    let (_, _, body) = bring(&station, 1, "PAID");
    let foreign = with(body.clone(), "/paymentOption/0/iuv", json!(format!("48{:015}", 1)));
    let wrong = with(foreign, "/paymentOption/0/amount", json!(1));
    let wrong = with(wrong, "/companyName", json!(""));
    let heard = |iupd: &str, codes: &str, body: &Value| replace(&station, iupd, codes, body).problem();
    let begins = |words: &str, heard: String| assert!(heard.starts_with(words), "{words}: {heard}");
    begins("400 BAD REQUEST: companyName", heard("P-9", "?segregationCodes=48", &wrong));
    let wrong = with(wrong, "/companyName", json!("Comune di Borgolieve"));
    begins("400 Error in the debt position request data: IUPD mistmatch", heard("P-9", "?segregationCodes=48", &wrong));
    begins("404 ", heard("P-9", "?segregationCodes=48", &with(wrong.clone(), "/iupd", json!("P-9"))));
    begins("403 ", heard("P-1", "?segregationCodes=48", &wrong));
    begins("409 Existing related payment found or not in updatable state", heard("P-1", "", &wrong));
    let (_, _, body) = bring(&station, 2, "VALID");
    let wrong = with(body, "/paymentOption/0/amount", json!(1));
    begins("400 Error in the debt position request data: Amounts", heard("P-2", "", &wrong));
}

/// A body with dates, as days from now.
fn dated(iupd: &str, number: usize, [validity, due, retention]: [Option<i64>; 3], expires: bool) -> Value {
    let text = |day: Option<i64>| json!(day.map(|day| days(day).format("%Y-%m-%dT%H:%M:%S").to_string()));
    let mut body = with(a_body(iupd, &iuv(number)), "/validityDate", text(validity));
    body["switchToExpired"] = json!(expires);
    body["paymentOption"][0]["dueDate"] = text(due);
    body["paymentOption"][0]["retentionDate"] = text(retention);
    body
}

/// Validity, due date and retention as days from now, whether it expires, and what is said of it as a new position and as
/// a replacement.
type Dates = ([Option<i64>; 3], bool, Option<&'static str>, Option<&'static str>);

/// `gpd-api` 5.2, with now at day 0: what a new position may say, and what a replacement.
#[test]
fn dates_that_agree() {
    let station = gpd();
    let (some, none) = (Some, None);
    let (validity, due, retention) =
        ("validity_date must be >=", "due_date must be >= validity_date", "retention_date");
    let cases: [Dates; 13] = [
        // Dates, expires                       as a new one     as a replacement
        ([none, some(1), none], false, None, None),
        ([some(1), some(1), some(1)], true, None, None),
        ([none, some(0), none], true, None, None),
        ([some(0), some(1), none], false, Some(validity), None),
        ([some(-1), some(1), none], false, Some(validity), None),
        ([some(-3), some(-1), none], false, Some(validity), None),
        ([some(-3), some(-1), none], true, Some(validity), Some(due)),
        ([some(2), some(1), none], false, Some(due), Some(due)),
        ([some(-1), some(-2), none], false, Some(validity), Some(due)),
        ([none, some(-1), none], false, Some(due), Some(due)),
        ([none, some(-1), none], true, Some(due), Some(due)),
        ([none, some(2), some(1)], false, Some(retention), Some(retention)),
        ([some(-1), some(2), some(1)], false, Some(validity), Some(retention)),
    ];
    for (number, (dates, expires, as_new, as_replacement)) in cases.into_iter().enumerate() {
        let iupd = format!("D-{number}");
        let judged = |heard: super::Heard, words: Option<&str>, success: u16| match words {
            None => assert_eq!(heard.status, success, "{dates:?} {expires}: {}", heard.text),
            Some(words) => {
                let told = heard.problem();
                assert!(
                    told.contains(&format!("{DATA}Dates congruence error: {words}")),
                    "{dates:?} {expires}: {told}"
                );
            }
        };
        judged(post(&station, &of_comune(""), &dated(&iupd, 2 * number, dates, expires)), as_new, 201);
        let kept = format!("K-{number}");
        created(&station, &of_comune(""), &a_body(&kept, &iuv(2 * number + 1)));
        judged(replace(&station, &kept, "", &dated(&kept, 2 * number + 1, dates, expires)), as_replacement, 200);
    }
}

/// A moment is written in many ways, and comes back in one.
#[test]
fn dates_in_and_out() {
    let station = gpd();
    for (number, (given, told)) in [
        ("2026-12-02T12:00", "2026-12-02T12:00:00"),
        ("2026-12-02T12:00Z", "2026-12-02T12:00:00"),
        ("2026-12-02T12:00:07", "2026-12-02T12:00:07"),
        ("2026-12-02T12:00:07.5", "2026-12-02T12:00:07.500"),
        ("2026-12-02T12:00:07.123Z", "2026-12-02T12:00:07.123"),
        ("2026-12-02T12:00:07.123456", "2026-12-02T12:00:07.123456"),
    ]
    .into_iter()
    .enumerate()
    {
        let iupd = format!("D-{number}");
        let body = with(a_body(&iupd, &iuv(number)), "/paymentOption/0/dueDate", json!(given));
        assert_eq!(created(&station, &of_comune(""), &body)["paymentOption"][0]["dueDate"], told);
        let read = get(&station, &of_comune(&format!("/{iupd}"))).json()["paymentOption"][0]["dueDate"].clone();
        assert_eq!(read, told);
        let back = with(body, "/paymentOption/0/dueDate", read);
        assert_eq!(replace(&station, &iupd, "", &back).status, 200, "what was told can be said again");
    }
}

/// `gpd-api` 5.4.
#[test]
fn accounts_and_stamps() {
    let station = gpd();
    let strict = Station::spawn();
    let stamp = json!({ "hashDocument": crate::given::HASH, "stampType": "01", "provincialResidence": "RM" });
    let (iban, postal) = (json!(BANK), json!(POSTAL));
    let null = || json!(null);
    for (number, (iban, postal, stamp, right)) in [
        (iban.clone(), null(), null(), true),
        (iban.clone(), postal.clone(), null(), true),
        (null(), null(), stamp.clone(), true),
        (null(), null(), null(), false),
        (null(), postal.clone(), null(), false),
        (iban.clone(), null(), stamp.clone(), false),
        (null(), postal.clone(), stamp.clone(), false),
        (iban, postal, stamp, false),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = a_body(&format!("A-{number}"), &iuv(number));
        let transfer = &mut body["paymentOption"][0]["transfer"][0];
        (transfer["iban"], transfer["postalIban"], transfer["stamp"]) = (iban, postal, stamp);
        let heard = post(&station, &of_comune(""), &body);
        if right {
            assert_eq!(heard.status, 201, "{}", heard.text);
            let told = &heard.json()["paymentOption"][0]["transfer"][0];
            assert_eq!([&told["iban"], &told["stamp"]].map(Value::is_null), [number == 2, number != 2]);
            continue;
        }
        let words = "The Iban may be present (optionally combined with the Postal Iban) or the Stamp. Not all at the same \
                     time";
        assert_eq!(heard.problem(), format!("{DATA}{words} [iuv={}, transaction id=1].", iuv(number)));
        body["paymentOption"][0]["iuv"] = json!(crate::given::NAV[1..]);
        let strictly = post(&strict, &of_comune(""), &body).problem();
        assert!(strictly.starts_with(&format!("{DATA}paymentOption[0].transfer[0].")), "{strictly}");
    }
    // An update that does not speak of the stamp any more clears it.
    let heard = replace(&station, "A-2", "", &a_body("A-2", &iuv(2))).json();
    assert_eq!(heard["paymentOption"][0]["transfer"][0]["stamp"], json!(null));
    // No transfer adds up to nothing.
    let none = with(a_body("A-9", &iuv(9)), "/paymentOption/0/transfer", json!([]));
    let words = "Amounts congruence error: payment option amount must coincide with the total of the transfers amount \
                 [payment_option_amount(in cent)=12050; total_tranfers_amount(in cent)=0]";
    assert_eq!(post(&station, &of_comune(""), &none).problem(), format!("{DATA}{words}"));
}

/// `gpd-api` 5.6.
#[test]
fn notices_and_their_ivus() {
    let station = gpd();
    let nav_of = |body: &Value| body["paymentOption"][0]["nav"].clone();
    let named = |iupd: &str, iuv: &str, nav: Value| with(a_body(iupd, iuv), "/paymentOption/0/nav", nav);
    let told = created(&station, &of_comune(""), &named("N-1", "47abc", json!(null)));
    assert_eq!(nav_of(&told), "347abc");
    let told = created(&station, &of_comune(""), &named("N-2", "47abd", json!("47abd")));
    assert_eq!(nav_of(&told), "47abd", "it may equal the IUV");
    let told = created(&station, &of_comune(""), &named("N-3", "47abe", json!("1234567890123456789012345")));
    assert_eq!(nav_of(&told), "1234567890123456789012345");
    let told = replace(&station, "N-3", "", &a_body("N-3", "47abe")).json();
    assert_eq!(nav_of(&told), "347abe", "an update that names none makes one");
    // Any code of the list will do; the list itself has a form.
    let codes = |codes: &str| get(&station, &of_comune(&format!("/N-1?segregationCodes={codes}")));
    assert_eq!([codes("47").status, codes("01,47").status, codes("48").status], [200, 200, 403]);
    for wrong in ["", "4", "477", "47,", "ab", "47;48"] {
        let heard = codes(wrong);
        assert!(
            heard.problem().contains(r#"segregationCodes: must match "\d{2}(,\d{2})*""#),
            "{wrong}: {}",
            heard.text
        );
    }
    // A transfer that names nobody is the organization's own, and another organization is nobody's business.
    let other = with(a_body("N-4", "47abf"), "/paymentOption/0/transfer/0/organizationFiscalCode", json!(PROVINCIA));
    let organization = |body: &Value| body["paymentOption"][0]["transfer"][0]["organizationFiscalCode"].clone();
    assert_eq!(organization(&created(&station, &of_comune(""), &other)), PROVINCIA);
    assert_eq!(organization(&told), COMUNE);
    assert_eq!(today(), days(0));
}
