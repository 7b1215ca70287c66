//! The rules of both validations as tables.

use super::*;
use crate::domain::taxonomy::{Catalogue, TaxonomyEntry};

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
fn what_is_merely_late_is_told_apart() {
    for (changes, right, late) in [
        (vec![("/paymentOption/0/dueDate", "2026-11-21T12:00:00")], true, 1),
        (vec![("/validityDate", "2026-11-21T12:00:00")], true, 1),
        (vec![("/validityDate", "2026-11-20T12:00:00"), ("/paymentOption/0/dueDate", "2026-11-21T12:00:00")], true, 2),
        (vec![("/validityDate", "2026-11-21T12:00:00"), ("/paymentOption/0/dueDate", "2026-11-20T12:00:00")], false, 0),
        (vec![("/paymentOption/0/dueDate", "2026-11-21T12:00:00"), ("/type", "X")], false, 0),
    ] {
        let changes: Vec<_> = changes.into_iter().map(|(pointer, value)| (pointer, Value::from(value))).collect();
        let position = changed(&changes);
        for validation in [Validation::Strict, Validation::Gpd] {
            let item = load(Format::Jsonl, position.to_string().as_bytes(), rules(validation)).remove(0);
            assert_eq!((item.result.is_ok(), item.late.len()), (right, late), "{changes:?}");
        }
    }
}

#[test]
fn a_list_is_no_object() {
    for pointer in ["/paymentOption/0", "/paymentOption/0/transfer/0"] {
        let position = changed(&[(pointer, json!([]))]);
        for validation in [Validation::Strict, Validation::Gpd] {
            let told = one(&position, rules(validation)).unwrap_err();
            assert!(told.iter().any(|r| r.reason == "must be an object, not a list"), "{told:?}");
        }
    }
    assert!(one(&json!(["A", "F"]), rules(Validation::Gpd)).is_err());
}

#[test]
fn small_letters_are_told() {
    let told = one(&changed(&[("/fiscalCode", "vrdpnc70a01z999j".into())]), rules(Validation::Strict)).unwrap_err();
    assert_eq!((told[0].field.as_str(), told[0].cure.as_str()), ("fiscalCode", "write it in capital letters"));
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
        let rules =
            Rules { catalogue: Some(std::sync::Arc::new(Catalogue::from_iter([entry]))), history, ..rules(validation) };
        one(&changed(&[("/paymentOption/0/transfer/0/category", category.into())]), rules).is_ok()
    };
    assert!(answer(0, "9/0101101IM/", false, Validation::Strict));
    assert!(!answer(-1, "9/0101101IM/", false, Validation::Strict));
    assert!(answer(-1, "9/0101101IM/", true, Validation::Strict));
    assert!(!answer(0, "9/0101102TS/", false, Validation::Strict));
    assert!(answer(0, "anything", false, Validation::Gpd));
}
