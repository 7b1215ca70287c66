//! Whole files in, positions or reasons out: the rules of both validations as tables.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, SecondsFormat, TimeZone, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::position::{Account, OptionState, PositionStatus};
use crate::domain::table::rows;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
}

fn rules(validation: Validation) -> Rules {
    Rules {
        organization: OrganizationCode::new("99000001018"),
        validation,
        history: false,
        now: now(),
        catalogue: None,
    }
}

fn a_position() -> Value {
    json!({
        "iupd": "TARI-2026-1", "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli",
        "companyName": "Comune di Borgolieve", "switchToExpired": false,
        "paymentOption": [{
            "iuv": "07000000001234573", "amount": 12050, "description": "TARI 2026", "isPartialPayment": false,
            "dueDate": "2026-12-31T22:59:59Z",
            "transfer": [{
                "idTransfer": "1", "amount": 12050, "remittanceInformation": "TARI 2026", "category": "9/0101101IM/",
                "iban": "IT41P9999911111000000123456"
            }]
        }]
    })
}

/// Sets a property by its JSON pointer; `Value::Null` at `-` takes it out.
fn set(position: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = position.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(list) => match name.parse::<usize>() {
            Ok(at) if at < list.len() => list[at] = value,
            _ => list.push(value),
        },
        Value::Object(object) => drop(object.insert(name.into(), value)),
        _ => panic!("nothing to set at {pointer}"),
    }
}

fn changed(changes: &[(&str, Value)]) -> Value {
    let mut position = a_position();
    changes.iter().for_each(|(pointer, value)| set(&mut position, pointer, value.clone()));
    position
}

fn load(format: Format, file: &[u8], rules: Rules) -> Vec<Item> {
    read(format, file, rules).unwrap().map(Result::unwrap).collect()
}

fn one(position: &Value, rules: Rules) -> Result<DebtPosition, Vec<Rejection>> {
    let mut items = load(Format::Jsonl, position.to_string().as_bytes(), rules);
    assert_eq!(items.len(), 1);
    items.remove(0).result
}

/// The fields that were found wrong, joined by blanks; `ok` for none.
fn fields(result: &Result<DebtPosition, Vec<Rejection>>) -> String {
    match result {
        Ok(_) => "ok".into(),
        Err(rejections) => {
            assert!(rejections.iter().all(|r| !r.reason.is_empty() && !r.cure.is_empty()), "{rejections:?}");
            let fields: BTreeSet<_> = rejections.iter().map(|r| r.field.as_str()).collect();
            assert!(!fields.is_empty());
            fields.into_iter().collect::<Vec<_>>().join(" ")
        }
    }
}

const OPTION: &str = "/paymentOption/0";
const TRANSFER: &str = "/paymentOption/0/transfer/0";

#[test]
fn a_position_comes_out_as_it_went_in() {
    let position = one(&a_position(), rules(Validation::Strict)).unwrap();
    assert_eq!(position.status, PositionStatus::Draft);
    assert!(position.pay_stand_in && position.office_name.is_none());
    let option = &position.options[0];
    assert_eq!((option.nav.as_str(), option.plan), ("307000000001234573", 1));
    assert_eq!(option.due_date.to_rfc3339(), "2026-12-31T22:59:59+00:00");
    assert_eq!((option.state.clone(), option.validity_date), (OptionState::Unpaid, None));
    let transfer = &option.transfers[0];
    assert_eq!((transfer.category.as_str(), transfer.organization.as_str()), ("0101101IM", "99000001018"));
    assert_eq!(transfer.account, Account::Iban { iban: "IT41P9999911111000000123456".into(), postal_iban: None });
}

#[test]
fn which_values_are_right() {
    let long = |length: usize| Value::from("à".repeat(length));
    let o = |name: &str| format!("{OPTION}/{name}");
    let t = |name: &str| format!("{TRANSFER}/{name}");
    let top = |name: &str| format!("/{name}");
    // Where, what, whether it is right: strict, gpd.
    let cases: Vec<(String, Value, bool, bool)> = vec![
        (top("iupd"), Value::Null, false, false),
        (top("iupd"), "  ".into(), false, false),
        (top("iupd"), 7.into(), false, false),
        (top("iupd"), long(255), true, true),
        (top("iupd"), long(256), false, false),
        (top("iupd"), "TARI\u{0}".into(), false, false),
        (top("iupd"), "TARI\u{1}".into(), false, true),
        (top("type"), "X".into(), false, false),
        (top("type"), "G".into(), true, true),
        (top("payStandIn"), false.into(), true, true),
        (top("payStandIn"), "true".into(), false, false),
        (top("switchToExpired"), Value::Null, false, false),
        (top("fiscalCode"), "ANONIMO".into(), true, true),
        (top("fiscalCode"), "99000001018".into(), true, true),
        (top("fiscalCode"), "99000001019".into(), false, true),
        (top("fiscalCode"), "VRDPNC70A01Z999K".into(), false, true),
        (top("fiscalCode"), "".into(), false, true),
        (top("fiscalCode"), Value::Null, false, false),
        (top("fullName"), long(70), true, true),
        (top("fullName"), long(71), false, true),
        (top("fullName"), "".into(), false, true),
        (top("fullName"), "Pancrazio\u{B}".into(), false, true),
        (top("streetName"), long(71), false, true),
        (top("civicNumber"), long(17), false, true),
        (top("postalCode"), long(17), false, true),
        (top("city"), long(36), false, true),
        (top("province"), long(36), false, true),
        (top("region"), long(36), false, true),
        (top("region"), long(256), false, false),
        (top("phone"), "".into(), true, true),
        (top("country"), "IT".into(), true, true),
        (top("country"), "it".into(), false, false),
        (top("country"), "".into(), true, false),
        (top("email"), "p.verdelli@example.com".into(), true, true),
        (top("email"), "p.verdelli".into(), false, false),
        (top("email"), "pàncrazio@example.com".into(), false, true),
        (top("companyName"), "".into(), false, false),
        (top("companyName"), long(140), true, true),
        (top("companyName"), long(141), false, false),
        (top("officeName"), long(141), false, false),
        (top("validityDate"), "2026-11-22T12:00:00".into(), true, false),
        (top("validityDate"), "2026-11-22T11:59:59".into(), false, false),
        (top("validityDate"), "2026-12-01T00:00:00.000Z".into(), true, true),
        (top("validityDate"), "2027-01-01T00:00:00".into(), false, false),
        (top("validityDate"), "2026-12-01".into(), false, false),
        (top("somethingElse"), "7".into(), true, true),
        (top("status"), "PAID".into(), true, true),
        (top("paymentOption"), Value::Null, false, true),
        (top("paymentOption"), json!([]), false, true),
        (top("paymentOption"), json!({}), false, false),
        (top("paymentOption"), json!([null]), false, false),
        (top("paymentOption"), json!(["x"]), false, false),
        (o("nav"), "307000000001234573".into(), true, true),
        (o("nav"), "307000000001234674".into(), false, true),
        (o("nav"), "07000000001234573".into(), false, true),
        (o("nav"), "".into(), true, true),
        (o("iuv"), "07000000001234574".into(), false, true),
        (o("iuv"), "any text".into(), false, true),
        (o("iuv"), long(256), false, false),
        (o("iuv"), "".into(), false, false),
        (o("amount"), 0.into(), false, false),
        (o("amount"), (-1).into(), false, false),
        (o("amount"), 12051.into(), false, false),
        (o("amount"), json!(120.50), false, false),
        (o("amount"), "12050".into(), false, false),
        (o("amount"), Value::Null, false, false),
        (o("description"), "".into(), false, false),
        (o("description"), long(141), false, false),
        (o("isPartialPayment"), Value::Null, false, false),
        (o("isPartialPayment"), true.into(), true, true),
        (o("dueDate"), Value::Null, false, false),
        (o("dueDate"), "2026-11-22T12:00:00".into(), true, true),
        (o("dueDate"), "2026-11-22T11:59:59".into(), false, false),
        (o("dueDate"), "2026-12-31T22:59:59+01:00".into(), false, false),
        (o("retentionDate"), "2026-12-31T22:59:59".into(), true, true),
        (o("retentionDate"), "2026-12-31T22:59:58".into(), false, false),
        (o("transfer"), json!([]), false, false),
        (o("status"), "PO_PAID".into(), true, true),
        (o("paymentOptionMetadata"), json!([{"key": "a", "value": "b"}]), true, true),
        (o("paymentOptionMetadata"), json!([{"key": "a", "value": "b"}, {"key": "a", "value": "c"}]), false, false),
        (o("paymentOptionMetadata"), json!([{"key": "", "value": "b"}]), false, false),
        (o("paymentOptionMetadata"), json!([{"key": "a"}]), false, false),
        (o("paymentOptionMetadata"), json!([{"key": "IBANAPPOGGIO", "value": "b"}]), false, true),
        (o("paymentOptionMetadata"), json!([{"key": "NOTIFICATION_FEE", "value": "b"}]), false, false),
        (t("idTransfer"), "5".into(), true, true),
        (t("idTransfer"), "6".into(), false, false),
        (t("idTransfer"), "01".into(), false, false),
        (t("amount"), 12049.into(), false, false),
        (t("organizationFiscalCode"), "77777777777".into(), true, true),
        (t("organizationFiscalCode"), "7777777777".into(), false, true),
        (t("remittanceInformation"), long(140), true, true),
        (t("remittanceInformation"), long(141), false, false),
        (t("remittanceInformation"), Value::Null, false, false),
        (t("category"), "0101101IM".into(), true, true),
        (t("category"), "any text".into(), false, true),
        (t("category"), " ".into(), false, false),
        (t("iban"), Value::Null, false, false),
        (t("iban"), "IT42P9999911111000000123456".into(), false, true),
        (t("iban"), "IT0000000000000000000000000".into(), false, true),
        (t("iban"), "IT41 P999".into(), false, false),
        (t("iban"), "A".repeat(36).into(), false, false),
        (t("iban"), "DE89370400440532013000".into(), true, true),
        (t("postalIban"), "IT94G0760199999000099999999".into(), true, true),
        (t("postalIban"), "IT41P9999911111000000123456".into(), false, true),
        (t("postalIban"), "a-b".into(), false, false),
        (
            t("stamp"),
            json!({"hashDocument": "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=", "stampType": "01", "provincialResidence": "RM"}),
            false,
            false,
        ),
        (t("companyName"), long(141), false, false),
        (t("transferMetadata"), json!([{"key": "NOTIFICATION_FEE", "value": "b"}]), false, true),
        (t("transferMetadata"), Value::Null, true, true),
    ];
    for (pointer, value, strict, gpd) in cases {
        let position = changed(&[(pointer.as_str(), value.clone())]);
        for (validation, right) in [(Validation::Strict, strict), (Validation::Gpd, gpd)] {
            let result = one(&position, rules(validation));
            assert_eq!(result.is_ok(), right, "{validation} {pointer} {value} {result:?}");
            let _ = fields(&result);
        }
    }
}

#[test]
fn what_may_stand_in_a_transfer() {
    let iban = json!("IT41P9999911111000000123456");
    let postal = json!("IT94G0760199999000099999999");
    let stamp = json!({"hashDocument": "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=", "stampType": "01", "provincialResidence": "RM"});
    let with = |name: &str, value: Value| {
        let mut stamp = stamp.clone();
        stamp[name] = value;
        stamp
    };
    let none = Value::Null;
    for (iban, postal, stamp, strict, gpd) in [
        (&iban, &none, &none, true, true),
        (&iban, &postal, &none, true, true),
        (&none, &none, &stamp, true, true),
        (&none, &none, &none, false, false),
        (&none, &postal, &none, false, false),
        (&iban, &none, &stamp, false, false),
        (&none, &postal, &stamp, false, false),
        (&none, &none, &with("hashDocument", none.clone()), false, false),
        (&none, &none, &with("hashDocument", json!("not base64")), false, true),
        (&none, &none, &with("hashDocument", json!("A".repeat(73))), false, false),
        (&none, &none, &with("stampType", json!("02")), false, true),
        (&none, &none, &with("stampType", json!("1")), false, false),
        (&none, &none, &with("provincialResidence", json!("rm")), false, false),
        (&none, &none, &json!({}), false, false),
        (&none, &none, &json!("x"), false, false),
    ] {
        let position = changed(&[
            ("/paymentOption/0/transfer/0/iban", iban.clone()),
            ("/paymentOption/0/transfer/0/postalIban", postal.clone()),
            ("/paymentOption/0/transfer/0/stamp", stamp.clone()),
        ]);
        for (validation, right) in [(Validation::Strict, strict), (Validation::Gpd, gpd)] {
            let result = one(&position, rules(validation));
            assert_eq!(result.is_ok(), right, "{validation} {iban} {postal} {stamp} {result:?}");
        }
    }
}

#[test]
fn how_transfers_belong_together() {
    let share = |id: &str, amount: i64, organization: &str| {
        let mut transfer = a_position().pointer(TRANSFER).unwrap().clone();
        transfer["idTransfer"] = id.into();
        transfer["amount"] = amount.into();
        transfer["organizationFiscalCode"] = organization.into();
        transfer
    };
    let (ours, theirs) = ("99000001018", "99000002024");
    for (transfers, strict, gpd) in [
        (vec![share("1", 12000, ours), share("2", 50, theirs)], true, true),
        (vec![share("2", 12000, ours), share("1", 50, theirs)], true, true),
        (vec![share("1", 12000, ours), share("1", 50, ours)], false, false),
        (vec![share("1", 12000, ours), share("1", 50, theirs)], false, true),
        (vec![share("1", 12000, ours), share("2", 51, ours)], false, false),
        ((1..=5).map(|id| share(&id.to_string(), 2410, ours)).collect(), true, true),
        ((1..=6).map(|id| share(&id.min(5).to_string(), 12050 / 6, ours)).collect(), false, false),
    ] {
        let position = changed(&[("/paymentOption/0/transfer", transfers.clone().into())]);
        for (validation, right) in [(Validation::Strict, strict), (Validation::Gpd, gpd)] {
            let result = one(&position, rules(validation));
            assert_eq!(result.is_ok(), right, "{validation} {transfers:?} {result:?}");
        }
    }
}

#[test]
fn amounts_have_their_limits() {
    for (cents, strict, gpd) in [(99_999_999_999, true, true), (100_000_000_000, false, true), (i64::MAX, false, true)]
    {
        let position =
            changed(&[("/paymentOption/0/amount", cents.into()), ("/paymentOption/0/transfer/0/amount", cents.into())]);
        assert_eq!(one(&position, rules(Validation::Strict)).is_ok(), strict, "{cents}");
        assert_eq!(one(&position, rules(Validation::Gpd)).is_ok(), gpd, "{cents}");
    }
}

#[test]
fn all_defects_are_told_at_once() {
    let position = changed(&[
        ("/iupd", Value::Null),
        ("/fiscalCode", "x".into()),
        ("/paymentOption/0/amount", "12050".into()),
        ("/paymentOption/0/dueDate", "tomorrow".into()),
        ("/paymentOption/0/transfer/0/iban", "x".into()),
        ("/paymentOption/0/transfer/0/category", "x".into()),
    ]);
    assert_eq!(
        fields(&one(&position, rules(Validation::Strict))),
        "fiscalCode iupd paymentOption[0].amount paymentOption[0].dueDate paymentOption[0].transfer[0].category \
         paymentOption[0].transfer[0].iban"
    );
}

#[test]
fn gpd_is_heard_in_its_own_words() {
    for (pointer, value, reason) in [
        ("/switchToExpired", Value::Null, "switch to expired value is required"),
        ("/country", "x".into(), "The country must be reported with two capital letters (example: IT)"),
        (
            "/validityDate",
            "2026-11-01T00:00:00".into(),
            "Dates congruence error: validity_date must be >= current_date [validity_date=2026-11-01 12:00:00; \
             current_date=2026-11-22 12:00:00] ",
        ),
        (
            "/paymentOption/0/dueDate",
            "2026-11-01T13:00:00".into(),
            "Dates congruence error: due_date must be >= validity_date (if provided) or due_date must be >= \
             current_date [due_date=2026-11-01 01:00:00; validity_date=null; current_date=2026-11-22 12:00:00]",
        ),
        (
            "/paymentOption/0/amount",
            12051.into(),
            "Amounts congruence error: payment option amount must coincide with the total of the transfers amount \
             [payment_option_amount(in cent)=12051; total_tranfers_amount(in cent)=12050]",
        ),
        (
            "/paymentOption/0/transfer/0/iban",
            Value::Null,
            "The Iban may be present (optionally combined with the Postal Iban) or the Stamp. Not all at the same time \
             [iuv=07000000001234573, transaction id=1].",
        ),
    ] {
        let rejections = one(&changed(&[(pointer, value)]), rules(Validation::Gpd)).unwrap_err();
        assert!(rejections.iter().any(|r| r.reason == reason), "{rejections:?}");
    }
}

#[test]
fn instalments_share_a_plan() {
    let mut position = a_position();
    let option = |iuv: &str, partial: bool| {
        let mut option = a_position().pointer(OPTION).unwrap().clone();
        option["iuv"] = iuv.into();
        option["isPartialPayment"] = partial.into();
        option
    };
    position["paymentOption"] = json!([
        option("07000000001234573", false),
        option("07000000001234674", true),
        option("07000000001234775", true),
        option("07000000000000105", false),
    ]);
    let plans = one(&position, rules(Validation::Strict)).unwrap().options.iter().map(|o| o.plan).collect::<Vec<_>>();
    assert_eq!(plans, [1, 0, 0, 2]);
    set(&mut position, "/paymentOption/3/iuv", "07000000001234674".into());
    assert_eq!(fields(&one(&position, rules(Validation::Gpd))), "paymentOption[3].iuv");
    set(&mut position, "/paymentOption/3/iuv", "x".into());
    set(&mut position, "/paymentOption/3/nav", "307000000001234674".into());
    assert_eq!(fields(&one(&position, rules(Validation::Gpd))), "paymentOption[3].nav");
}

#[test]
fn the_catalogue_decides_when_there_is_one() {
    let entry = TaxonomyEntry {
        code: crate::domain::codes::TaxonomyCode::parse("0101101IM").unwrap(),
        valid_from: (now() - Duration::days(9)).date_naive(),
        valid_to: Some((now() - Duration::days(1)).date_naive()),
        service: "TARI".into(),
    };
    let answer = |days: i64, category: &str, history: bool, validation| {
        let entry = TaxonomyEntry { valid_to: Some((now() + Duration::days(days)).date_naive()), ..entry.clone() };
        let rules = Rules { catalogue: Some(Catalogue::from_iter([entry])), history, ..rules(validation) };
        one(&changed(&[("/paymentOption/0/transfer/0/category", category.into())]), rules).is_ok()
    };
    assert!(answer(0, "9/0101101IM/", false, Validation::Strict));
    assert!(!answer(-1, "9/0101101IM/", false, Validation::Strict));
    assert!(answer(-1, "9/0101101IM/", true, Validation::Strict));
    assert!(!answer(0, "9/0101102TS/", false, Validation::Strict));
    assert!(answer(0, "anything", false, Validation::Gpd));
}

/// Options as plan+state: `s` a single payment, `i` an instalment; `u` unpaid, `p` paid, `h` half reported, `r` reported.
fn with_past(status: &str, options: &str, validity: &str, due: &str, expires: bool) -> Value {
    let at = |word: &str| match word {
        "yesterday" => json!("2026-11-21T12:00:00"),
        "tomorrow" => json!("2026-11-23T12:00:00"),
        _ => Value::Null,
    };
    let mut position = a_position();
    position["status"] = if status == "-" { Value::Null } else { status.into() };
    position["validityDate"] = at(validity);
    position["switchToExpired"] = expires.into();
    let iuvs = ["07000000001234573", "07000000001234674", "07000000001234775"];
    let options = options.split(',').zip(iuvs).map(|(cell, iuv)| {
        let mut option = a_position().pointer(OPTION).unwrap().clone();
        option["iuv"] = iuv.into();
        option["isPartialPayment"] = cell.starts_with('i').into();
        option["dueDate"] = at(due);
        let second = json!({"idTransfer": "2", "amount": 50, "remittanceInformation": "x", "category": "0101101IM",
            "iban": "IT41P9999911111000000123456"});
        option["transfer"][0]["amount"] = 12000.into();
        option["transfer"].as_array_mut().unwrap().push(second);
        option["status"] = match &cell[1..] {
            "u" => Value::Null,
            "p" => "PO_PAID".into(),
            "h" => "PO_PARTIALLY_REPORTED".into(),
            _ => "PO_REPORTED".into(),
        };
        option
    });
    position["paymentOption"] = options.collect();
    position
}

#[test]
fn which_histories_hold_together() {
    let table = "
        status         options  validity  due       expires | answer
        -              su       -         yesterday no      | ok
        -              sp       -         yesterday no      | status
        DRAFT          su       -         yesterday yes     | ok
        DRAFT          sp       -         tomorrow  no      | status
        PUBLISHED      su       tomorrow  tomorrow  no      | ok
        PUBLISHED      su       yesterday tomorrow  no      | ok
        PUBLISHED      su       -         tomorrow  no      | status
        PUBLISHED      sp       tomorrow  tomorrow  no      | status
        VALID          su       -         tomorrow  no      | ok
        VALID          su       yesterday yesterday yes     | ok
        VALID          su       tomorrow  tomorrow  no      | status
        VALID          sp       -         tomorrow  no      | status
        VALID          iu,ip    -         tomorrow  no      | status
        INVALID        su       -         yesterday no      | ok
        INVALID        sp       -         yesterday no      | status
        EXPIRED        su       -         yesterday yes     | ok
        EXPIRED        su       -         yesterday no      | status
        EXPIRED        su       -         tomorrow  yes     | status
        EXPIRED        sp       -         yesterday yes     | status
        PARTIALLY_PAID iu,ip    -         yesterday no      | ok
        PARTIALLY_PAID iu,ip,su -         yesterday no      | ok
        PARTIALLY_PAID iu,iu    -         yesterday no      | status
        PARTIALLY_PAID ip,ip    -         yesterday no      | status
        PARTIALLY_PAID sp,iu    -         yesterday no      | status
        PAID           sp       -         yesterday no      | ok
        PAID           sp,iu,iu -         yesterday no      | ok
        PAID           ip,ip,su -         yesterday no      | ok
        PAID           sh       -         yesterday no      | ok
        PAID           su       -         yesterday no      | status
        PAID           ip,iu    -         yesterday no      | status
        PAID           sr       -         yesterday no      | status
        PAID           sp,ip    -         yesterday no      | paymentOption[1].status
        REPORTED       sr       -         yesterday no      | ok
        REPORTED       ir,ir,su -         yesterday no      | ok
        REPORTED       sp       -         yesterday no      | status
        REPORTED       ir,ip    -         yesterday no      | status
        GONE           su       -         yesterday no      | status
        VALID          su       tomorrow  yesterday no      | paymentOption[0].dueDate";
    for row in rows(table) {
        let position = with_past(row[0], row[1], row[2], row[3], row[4] == "yes");
        for validation in [Validation::Strict, Validation::Gpd] {
            let result = one(&position, Rules { history: true, ..rules(validation) });
            assert_eq!(fields(&result), row[5], "{row:?} {result:?}");
            if let Ok(position) = result {
                assert_eq!(position.status.as_str(), if row[0] == "-" { "DRAFT" } else { row[0] });
            }
        }
    }
}

#[test]
fn which_payments_hold_together() {
    let paid = with_past("PAID", "sp", "-", "yesterday", false);
    let partly = with_past("PARTIALLY_PAID", "ip,ip,iu", "-", "yesterday", false);
    let unpaid = with_past("VALID", "su", "-", "yesterday", false);
    type Case<'c> = (&'c Value, &'c [(&'c str, Value)], &'c str);
    let cases: [Case<'_>; 16] = [
        (&paid, &[("/paymentDate", "2026-11-01T10:00:00".into())], "ok"),
        (&paid, &[("/paymentDate", "2026-12-01T10:00:00".into())], "paymentDate"),
        (&paid, &[("/paymentDate", "2026-12-01".into())], "paymentDate"),
        (&paid, &[("/paymentOption/0/paymentDate", "2026-11-01T10:00:00".into())], "ok"),
        (&paid, &[("/paymentOption/0/paymentDate", "2026-12-01T10:00:00".into())], "paymentOption[0].paymentDate"),
        (
            &paid,
            &[
                ("/paymentDate", "2026-11-01T10:00:00.25".into()),
                ("/paymentOption/0/paymentDate", "2026-11-01T10:00:00.75".into()),
            ],
            "ok",
        ),
        (
            &paid,
            &[
                ("/paymentDate", "2026-11-01T10:00:00".into()),
                ("/paymentOption/0/paymentDate", "2026-11-02T10:00:00".into()),
            ],
            "paymentDate",
        ),
        (&paid, &[("/paymentOption/0/idReceipt", "3fa9c1d27b6e4c50a8e1f0925d7b6c43".into())], "ok"),
        (&paid, &[("/paymentOption/0/idReceipt", "a\u{0}".into())], "paymentOption[0].idReceipt"),
        (&paid, &[("/paymentOption/0/status", "PAID".into())], "paymentOption[0].status status"),
        (&partly, &[("/paymentDate", "2026-11-01T10:00:00".into())], "paymentDate"),
        (
            &partly,
            &[("/paymentOption/0/idReceipt", "a".into()), ("/paymentOption/1/idReceipt", "a".into())],
            "paymentOption[1].idReceipt",
        ),
        (&unpaid, &[("/paymentDate", "2026-11-01T10:00:00".into())], "paymentDate"),
        (&unpaid, &[("/paymentOption/0/paymentDate", "2026-11-01T10:00:00".into())], "paymentOption[0].paymentDate"),
        (&unpaid, &[("/paymentOption/0/idReceipt", "a".into())], "paymentOption[0].idReceipt"),
        (
            &with_past("PAID", "sh", "-", "yesterday", false),
            &[("/paymentOption/0/transfer", json!([a_position().pointer(TRANSFER).unwrap()]))],
            "paymentOption[0].status",
        ),
    ];
    for (position, changes, answer) in cases {
        let mut position = position.clone();
        changes.iter().for_each(|(pointer, value)| set(&mut position, pointer, value.clone()));
        let result = one(&position, Rules { history: true, ..rules(Validation::Strict) });
        assert_eq!(fields(&result), answer, "{changes:?} {result:?}");
    }
}

#[test]
fn a_settled_position_knows_when() {
    let mut position = with_past("PAID", "ip,ip", "-", "yesterday", false);
    set(&mut position, "/paymentOption/0/paymentDate", "2026-11-02T10:00:00".into());
    set(&mut position, "/paymentOption/1/paymentDate", "2026-11-01T10:00:00".into());
    let position = one(&position, Rules { history: true, ..rules(Validation::Strict) }).unwrap();
    assert_eq!(position.payment_date.unwrap().to_rfc3339(), "2026-11-02T10:00:00+00:00");
}

#[test]
fn old_notices_only_come_with_a_history() {
    for (nav, iuv, fresh, old) in [
        ("001000000001234516", "000000001234516", false, true),
        ("200000000001234571", "00000000001234571", false, true),
        ("001000000001234516", "01000000001234516", false, false),
        ("307000000001234574", "07000000001234574", false, false),
    ] {
        let position = changed(&[("/paymentOption/0/nav", nav.into()), ("/paymentOption/0/iuv", iuv.into())]);
        assert_eq!(one(&position, rules(Validation::Strict)).is_ok(), fresh, "{nav}");
        assert_eq!(one(&position, Rules { history: true, ..rules(Validation::Strict) }).is_ok(), old, "{nav}");
    }
}

// ---- the forms of a file

fn numbered(at: usize) -> Value {
    changed(&[("/iupd", format!("TARI-{at}").into())])
}

/// What became of each item: its line and `ok`, or line, iupd and field of each rejection.
fn told(items: &[Item]) -> Vec<String> {
    let tell = |item: &Item| match &item.result {
        Ok(position) => vec![format!("{} ok {}", item.line, position.iupd)],
        Err(rejections) => rejections.iter().map(|r| format!("{} {} {}", r.line, r.iupd, r.field)).collect(),
    };
    items.iter().flat_map(tell).collect()
}

#[test]
fn a_json_file_in_all_its_forms() {
    let (one, two) = (numbered(1), numbered(2));
    for (file, answer) in [
        (format!("{{\"paymentPositions\":[{one},\n{two}]}}"), vec!["1 ok TARI-1", "2 ok TARI-2"]),
        (format!("\u{FEFF}\n[{one}\n,\n{two}]\n"), vec!["2 ok TARI-1", "4 ok TARI-2"]),
        (format!("{{\"a\":{{\"b\":[1,\"]\"]}}, \"paymentPositions\" : [{one}], \"c\":null}}"), vec!["1 ok TARI-1"]),
        ("{\"paymentPositions\":[]}".into(), vec![]),
        ("[]".into(), vec![]),
        (
            format!("[{one},\n7,\n{one},{{\"iupd\":\"a\",\"iupd\":\"b\"}},{two}]"),
            vec!["1 ok TARI-1", "2  ", "3 TARI-1 iupd", "3  ", "3 ok TARI-2"],
        ),
        (format!("[{one},\n{{\"iupd\" 1}},{two}]"), vec!["1 ok TARI-1", "2  "]),
        (format!("[{one},\n]"), vec!["1 ok TARI-1", "2  "]),
        (format!("[{one}\n{two}]"), vec!["1 ok TARI-1", "2  "]),
        (format!("[{one}"), vec!["1 ok TARI-1", "1  "]),
        (format!("[{one}] x"), vec!["1 ok TARI-1", "1  "]),
        (format!("{{\"paymentPositions\":[{one}],\"paymentPositions\":[{two}]}}"), vec!["1 ok TARI-1", "1  "]),
        (String::new(), vec!["1  "]),
        ("{}".into(), vec!["1  "]),
        ("{\"positions\":[]}".into(), vec!["1  "]),
        ("7".into(), vec!["1  "]),
    ] {
        let items = load(Format::Json, file.as_bytes(), rules(Validation::Strict));
        assert_eq!(told(&items), answer, "{file} {items:?}");
    }
}

#[test]
fn broken_json_says_where() {
    let file = format!("[{},\n  {{\"iupd\": }}]", numbered(1));
    let items = load(Format::Json, file.as_bytes(), rules(Validation::Strict));
    let reason = &items[1].result.as_ref().unwrap_err()[0].reason;
    assert!(reason.starts_with("the JSON is broken at line 2, column 12: "), "{reason}");
}

#[test]
fn a_json_element_that_is_not_utf8_stands_alone() {
    let text = format!("[{},\n{{\"iupd\":\"\u{1}\"}},{}]", numbered(1), numbered(2));
    let file: Vec<u8> = text.bytes().map(|b| if b == 1 { 0xE0 } else { b }).collect();
    let items = load(Format::Json, &file, rules(Validation::Strict));
    assert_eq!(told(&items), ["1 ok TARI-1", "2  ", "2 ok TARI-2"]);
}

#[test]
fn an_endless_json_element_ends_the_reading() {
    let file = [b"[\"".to_vec(), vec![b'x'; LARGEST_POSITION + 9]].concat();
    let items = load(Format::Json, &file, rules(Validation::Strict));
    assert_eq!(told(&items), ["1  "]);
}

#[test]
fn each_line_of_a_jsonl_stands_alone() {
    let long = "x".repeat(LARGEST_POSITION + 9);
    let lines = [numbered(1).to_string(), "{".into(), String::new(), long, "null".into(), numbered(1).to_string()];
    let file = format!("\u{FEFF}{}\r\n{}", lines.join("\r\n"), numbered(2));
    let items = load(Format::Jsonl, file.as_bytes(), rules(Validation::Strict));
    assert_eq!(told(&items), ["1 ok TARI-1", "2  ", "4  ", "5  ", "6 TARI-1 iupd", "7 ok TARI-2"]);
}

#[test]
fn no_person_is_named() {
    let position = changed(&[
        ("/fiscalCode", "VRDPNC70A01Z999K".into()),
        ("/fullName", "Pancrazio Verdelli ".repeat(9).into()),
        ("/streetName", json!({"Pancrazio": "Verdelli"})),
        ("/email", "pancrazio verdelli".into()),
        ("/type", "Pancrazio".into()),
        ("/paymentOption/0/dueDate", "Pancrazio".into()),
        ("/paymentOption/0/amount", "Verdelli".into()),
        ("/paymentOption/0/nav", "Verdelli".into()),
        ("/paymentOption/0/transfer/0/iban", "VRDPNC70A01Z999J".into()),
    ]);
    for validation in [Validation::Strict, Validation::Gpd] {
        let told = format!("{:?}", one(&position, rules(validation)).unwrap_err());
        assert!(!told.contains("ancrazio") && !told.contains("erdelli") && !told.contains("VRDPNC"), "{told}");
    }
}

const HEADER: &str = "iupd,type,fiscalCode,fullName,companyName,switchToExpired,iuv,amount,description,\
    isPartialPayment,dueDate,idTransfer,transferAmount,remittanceInformation,category,iban";

fn csv_row(iupd: &str, iuv: &str, amount: &str, id: &str, share: &str) -> String {
    format!(
        "{iupd},F,VRDPNC70A01Z999J,Pancrazio Verdelli,Comune di Borgolieve,false,{iuv},{amount},TARI 2026,false,\
         2026-12-31,{id},{share},TARI 2026,9/0101101IM/,IT41P9999911111000000123456"
    )
}

#[test]
fn rows_make_positions() {
    let file = [
        HEADER.to_owned(),
        csv_row("A", "07000000001234573", "120.50", "1", "120.00"),
        csv_row("A", "07000000001234573", "120.50", "2", "0.50"),
        csv_row("A", "07000000001234674", "7.00", "1", "7.00"),
        String::new(),
        csv_row("B", "07000000001234775", "7.00", "1", "7.00"),
        ",,,,,,,,,,,,,,,".into(),
    ]
    .join("\n");
    for file in [file.clone(), format!("\u{FEFF}{file}"), file.replace('\n', "\r\n"), file.replace(',', ";")] {
        let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
        assert_eq!(told(&items), ["2 ok A", "6 ok B"], "{items:?}");
        let position = items[0].result.as_ref().unwrap();
        assert_eq!(position.options.iter().map(|o| o.amount.cents()).collect::<Vec<_>>(), [12_050, 700]);
        assert_eq!(position.options[0].transfers[1].amount.cents(), 50);
        assert_eq!(position.options[0].due_date.to_rfc3339(), "2026-12-31T22:59:59+00:00");
    }
}

#[test]
fn a_defect_is_told_by_line_and_column() {
    let good = csv_row("A", "07000000001234573", "120.50", "1", "120.00");
    let second = csv_row("A", "07000000001234573", "120.50", "2", "0.50");
    let other = csv_row("A", "07000000001234674", "7.00", "1", "7.00");
    for (rows, answer) in [
        (vec![good.clone(), second.replace(",2,0.50", ",2,0.51")], vec!["2 A amount"]),
        (vec![good.clone(), second.replace("IT41", "IT42")], vec!["3 A iban"]),
        (
            vec![good.clone(), second.clone(), other.replace(",7.00,TARI 2026,9", ",7,TARI 2026,9")],
            vec!["4 A transferAmount"],
        ),
        (vec![good.clone(), second.replace(",2,0.50", ",1,0.50")], vec!["3 A idTransfer"]),
        (vec![good.clone(), second.replace(",F,", ",G,")], vec!["3 A type"]),
        (vec![good.clone(), second.replace("2026-12-31", "2026-12-30")], vec!["3 A dueDate"]),
        (vec![good.clone(), second.clone() + ",x"], vec!["3 A "]),
        (
            vec![good.clone(), second.clone(), csv_row("B", "07000000001234775", "7.00", "1", "7.00"), other.clone()],
            vec!["2 ok A", "4 ok B", "5 A iupd"],
        ),
        (vec![other.replace("A,F", ",F"), other.replace("A,F", ",F")], vec!["2  iupd", "3  iupd"]),
        (vec![other.replace("2026-12-31", "31/12/2026")], vec!["2 A dueDate"]),
        (vec![other.replace("false,07", "maybe,07")], vec!["2 A switchToExpired"]),
        (vec![other.replace("false,07", ",07")], vec!["2 ok A"]),
    ] {
        let file = format!("{HEADER}\n{}", rows.join("\n"));
        let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
        assert_eq!(told(&items), answer, "{items:?}");
    }
}

#[test]
fn a_row_that_is_not_utf8_stands_alone() {
    let rows = [
        csv_row("A", "07000000001234573", "7.00", "1", "7.00"),
        csv_row("B", "07000000001234674", "7.00", "1", "7.00"),
    ];
    let file =
        [HEADER.as_bytes(), b"\n", rows[0].replace("TARI 2026,9", "\u{1}").as_bytes(), b"\n", rows[1].as_bytes()]
            .concat();
    let file: Vec<u8> = file.into_iter().map(|b| if b == 1 { 0xE0 } else { b }).collect();
    let items = load(Format::Csv, &file, rules(Validation::Strict));
    assert_eq!(told(&items)[0], "2 A remittanceInformation");
    assert_eq!(told(&items).last().unwrap(), "3 ok B");
}

#[test]
fn a_quote_that_is_never_closed_ends_the_reading() {
    let row = csv_row("A", "07000000001234573", "7.00", "1", "7.00");
    let file = format!("{HEADER}\n{row}\n\"B,{}", "x,\n".repeat(LARGEST_POSITION / 2));
    let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
    assert_eq!(told(&items), ["2 A iupd", "3  "]);
}

#[test]
fn a_position_of_too_many_rows_is_refused() {
    let rows: Vec<_> =
        (0..1500).map(|at| csv_row("A", &format!("0700000000123{at:04}"), "7.00", "1", "7.00")).collect();
    let file = format!("{HEADER}\n{}\n{}", rows.join("\n"), csv_row("B", "07000000001234573", "7.00", "1", "7.00"));
    let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
    assert_eq!(told(&items), ["2 A iupd", "1502 ok B"]);
}

#[test]
fn which_headings_are_refused() {
    for (header, words) in [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("iupd,importo", "unknown column \"importo\""),
        ("IUPD,type", "did you mean \"iupd\"?"),
        ("iupd,dueDates", "did you mean \"dueDate\"?"),
        ("iupd,,type", "unknown column \"\""),
        ("iupd,iupd", "the column \"iupd\" is there twice"),
        ("iupd,type", "columns are missing: fiscalCode"),
        ("iupd\tiuv", "unknown column"),
    ] {
        let error = read(Format::Csv, header.as_bytes(), rules(Validation::Strict)).err().unwrap();
        assert!(error.to_string().contains(words), "{header} {error}");
    }
    assert!(read(Format::Csv, &b"\xE0;\xE8"[..], rules(Validation::Strict)).is_err());
    assert!(read(Format::Csv, HEADER.replace(",iuv", ",nav").as_bytes(), rules(Validation::Strict)).is_ok());
}

#[test]
fn a_notice_number_alone_is_enough() {
    let row = csv_row("A", "307000000001234573", "7.00", "1", "7.00");
    let file = format!("{}\n{row}", HEADER.replace(",iuv", ",nav"));
    let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
    let option = &items[0].result.as_ref().unwrap().options[0];
    assert_eq!((option.nav.as_str(), option.iuv.as_str()), ("307000000001234573", "07000000001234573"));
}

/// A long file that is made while it is read.
struct Generated {
    next: usize,
    rows: usize,
    line: std::io::Cursor<Vec<u8>>,
}

impl io::Read for Generated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.line.read(buffer)?;
        if read > 0 || self.next == self.rows {
            return Ok(read);
        }
        let base = format!("307{:013}", self.next);
        let iuv = format!("{}{}", &base[1..], crate::domain::codes::check_digits(&base));
        let row = csv_row(&format!("TARI-{}", self.next), &iuv, "7.00", "1", "7.00") + "\n";
        self.next += 1;
        self.line = std::io::Cursor::new(row.into_bytes());
        self.line.read(buffer)
    }
}

#[test]
fn a_long_file_is_read_as_it_comes() {
    let header = std::io::Cursor::new(format!("{HEADER}\n").into_bytes());
    let file = io::BufReader::new(Generated { next: 0, rows: 20_000, line: header });
    let positions = read(Format::Csv, file, rules(Validation::Strict)).unwrap();
    assert_eq!(positions.filter(|item| item.as_ref().is_ok_and(|item| item.result.is_ok())).count(), 20_000);
}

proptest! {
    #[test]
    fn any_bytes_are_positions_or_reasons(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for format in [Format::Json, Format::Jsonl, Format::Csv] {
            if let Ok(positions) = read(format, &bytes[..], rules(Validation::Strict)) {
                for item in positions {
                    prop_assert!(item.unwrap().result.err().is_none_or(|rejections| !rejections.is_empty()));
                }
            }
        }
    }

    #[test]
    fn a_damaged_file_is_positions_or_reasons(cuts in proptest::collection::vec((0usize..2000, any::<u8>()), 1..6)) {
        let json = format!("{{\"paymentPositions\":[{},{}]}}", numbered(1), numbered(2));
        let csv = format!("{HEADER}\n{}\n{}", csv_row("A", "07000000001234573", "7.00", "1", "7.00"), csv_row("B", "x", "7", "", ""));
        for (format, text) in [(Format::Json, json), (Format::Csv, csv)] {
            let mut bytes = text.into_bytes();
            for (at, byte) in &cuts {
                let at = at % bytes.len();
                bytes[at] = *byte;
            }
            if let Ok(positions) = read(format, &bytes[..], rules(Validation::Gpd)) {
                for item in positions {
                    prop_assert!(item.unwrap().result.err().is_none_or(|rejections| !rejections.is_empty()));
                }
            }
        }
    }

    #[test]
    fn what_goes_into_a_csv_comes_out(
        name in "[^\\p{C}\\s]([^\\p{C}]{0,60}[^\\p{C}\\s])?",
        description in "[^\\p{C}\\s]([;,\" a-zàé\n]{0,100}[^\\p{C}\\s])?",
        shares in proptest::collection::vec(1i64..=19_999_999_999, 1..=5),
        days in 1i64..9000,
        semicolons: bool,
    ) {
        let total: i64 = shares.iter().sum();
        let euro = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
        let due = (now() + Duration::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let separator = if semicolons { b';' } else { b',' };
        let mut writer = ::csv::WriterBuilder::new().delimiter(separator).from_writer(vec![]);
        writer.write_record(HEADER.split(',')).unwrap();
        for (at, share) in shares.iter().enumerate() {
            writer.write_record([
                "A", "F", "VRDPNC70A01Z999J", &name, "Comune di Borgolieve", "0", "07000000001234573", &euro(total),
                &description, "no", &due, &(at + 1).to_string(), &euro(*share), &description, "0101101IM",
                "IT41P9999911111000000123456",
            ]).unwrap();
        }
        let items = load(Format::Csv, &writer.into_inner().unwrap(), rules(Validation::Strict));
        prop_assert_eq!(items.len(), 1);
        let position = items[0].result.as_ref().map_err(|r| TestCaseError::fail(format!("{r:?}")))?;
        let option = &position.options[0];
        prop_assert_eq!(&option.debtor.full_name, &name);
        prop_assert_eq!(&option.description, &description);
        prop_assert_eq!(option.amount.cents(), total);
        prop_assert_eq!(option.transfers.iter().map(|t| t.amount.cents()).collect::<Vec<_>>(), shares);
        prop_assert_eq!(option.due_date, now() + Duration::days(days));
    }
}
