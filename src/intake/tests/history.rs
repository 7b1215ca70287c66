//! Which pasts are believed.

use super::*;

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
    let cases: [Case<'_>; 17] = [
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
        (&unpaid, &[("/status", "DRAFT".into()), ("/publishDate", "2026-11-01T10:00:00".into())], "publishDate"),
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
