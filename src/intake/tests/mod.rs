//! Whole files in, positions or reasons out.

mod forms;
mod history;
mod rows;
mod rules;

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
        registered_ibans: vec![],
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
    let Item { result, late, .. } = items.remove(0);
    if late.is_empty() { result } else { Err(late) }
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

fn numbered(at: usize) -> Value {
    let base = format!("307{at:013}");
    let iuv = format!("{}{}", &base[1..], crate::domain::codes::check_digits(&base));
    changed(&[("/iupd", format!("TARI-{at}").into()), ("/paymentOption/0/iuv", iuv.into())])
}

/// What became of each item: its line and `ok`, or line, iupd and field of each rejection.
fn told(items: &[Item]) -> Vec<String> {
    let tell = |item: &Item| match &item.result {
        Ok(position) => vec![format!("{} ok {}", item.line, position.iupd)],
        Err(rejections) => rejections.iter().map(|r| format!("{} {} {}", r.line, r.iupd, r.field)).collect(),
    };
    items.iter().flat_map(tell).collect()
}

const HEADER: &str = "iupd,type,fiscalCode,fullName,companyName,switchToExpired,iuv,amount,description,\
    isPartialPayment,dueDate,idTransfer,transferAmount,remittanceInformation,category,iban";

fn csv_row(iupd: &str, iuv: &str, amount: &str, id: &str, share: &str) -> String {
    format!(
        "{iupd},F,VRDPNC70A01Z999J,Pancrazio Verdelli,Comune di Borgolieve,false,{iuv},{amount},TARI 2026,false,\
         2026-12-31,{id},{share},TARI 2026,9/0101101IM/,IT41P9999911111000000123456"
    )
}
