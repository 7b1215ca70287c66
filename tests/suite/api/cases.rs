//! Positions in every state, brought there through the front door, and what is done to them.

use ec_station::settings::Validation;
use serde_json::{Value, json};

use super::{Heard, a_body, call, get, of_comune, post, put};
use crate::given::{COMUNE, days, today};
use crate::station::Station;

/// A station that is as permissive as GPD.
pub fn gpd() -> Station {
    Station::spawn_with(|settings| settings.validation = Validation::Gpd)
}

/// The IUV with this number. Nobody looks at its check digits in GPD's mode.
pub fn iuv(number: usize) -> String {
    format!("07{number:015}")
}

/// The path of the organization's payment options, or of what stands below.
pub fn options(below: &str) -> String {
    format!("/organizations/{COMUNE}/paymentoptions{below}")
}

/// A body with another value at a place, which must be there unless it is a property.
pub fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap_or_else(|| panic!("there is no {parent}"));
    match name.parse::<usize>() {
        Ok(at) => parent[at] = value,
        Err(_) => parent[name] = value,
    }
    body
}

/// A position whose options are instalments, one with each of these IUVs.
pub fn instalments(iupd: &str, iuvs: &[String]) -> Value {
    with_options(iupd, &iuvs.iter().map(|iuv| (iuv.as_str(), true)).collect::<Vec<_>>())
}

/// A position with one option for each IUV: an instalment or not.
pub fn with_options(iupd: &str, options: &[(&str, bool)]) -> Value {
    let mut body = a_body(iupd, "");
    let option = |(iuv, instalment): &(&str, bool)| {
        let mut option = a_body(iupd, iuv)["paymentOption"][0].clone();
        option["isPartialPayment"] = json!(instalment);
        option
    };
    body["paymentOption"] = options.iter().map(option).collect();
    body
}

/// A payment that a caller tells of.
pub fn a_payment() -> Value {
    json!({
        "paymentDate": "2026-11-22T10:15:30.5", "paymentMethod": "bancomat", "pspCode": "99000003030",
        "pspTaxCode": "99000003030", "pspCompany": "Banca Esempio S.p.A.", "idReceipt": "receipt-1", "fee": "150",
    })
}

pub fn pay(station: &Station, number: &str) -> Heard {
    post(station, &options(&format!("/{number}/pay")), &a_payment())
}

pub fn report(station: &Station, iuv: &str, id: &str) -> Heard {
    call(station, "POST", &options(&format!("/{iuv}/transfers/{id}/report")), &[], None)
}

pub fn patch(station: &Station, path: &str, body: &Value) -> Heard {
    call(station, "PATCH", path, &[], Some(&body.to_string()))
}

/// Creates a position.
pub fn created(station: &Station, path: &str, body: &Value) -> Value {
    let heard = post(station, path, body);
    assert_eq!(heard.status, 201, "{}", heard.text);
    heard.json()
}

/// The status that the position is told to have.
pub fn status(station: &Station, iupd: &str) -> String {
    let heard = get(station, &of_comune(&format!("/{iupd}")));
    assert_eq!(heard.status, 200, "{}", heard.text);
    heard.json()["status"].as_str().unwrap().to_owned()
}

/// Where a position stands that [`bring`] makes.
pub const STATES: [&str; 8] =
    ["DRAFT", "PUBLISHED", "VALID", "INVALID", "EXPIRED", "PARTIALLY_PAID", "PAID", "REPORTED"];

/// Makes a position stand where it should; gives its IUPD, its first IUV, and a body that could replace it. A partially
/// paid one has its second option unpaid.
pub fn bring(station: &Station, number: usize, state: &str) -> (String, String, Value) {
    let (iupd, first) = (format!("P-{number}"), iuv(10 * number));
    let path = of_comune("?toPublish=true");
    let mut body = a_body(&iupd, &first);
    match state {
        "DRAFT" => drop(created(station, &of_comune(""), &body)),
        "PUBLISHED" => {
            body["validityDate"] = json!("2026-11-27T12:00:00");
            created(station, &path, &body);
        }
        "EXPIRED" => {
            let mut overdue = with(body.clone(), "/paymentOption/0/dueDate", json!("2026-11-21T12:00:00"));
            overdue["switchToExpired"] = json!(true);
            station.set_now(days(-5));
            created(station, &path, &overdue);
            station.set_now(today());
        }
        "PARTIALLY_PAID" => {
            body = instalments(&iupd, &[first.clone(), iuv(10 * number + 1)]);
            created(station, &path, &body);
            assert_eq!(pay(station, &first).status, 200);
        }
        _ => drop(created(station, &path, &body)),
    }
    match state {
        "INVALID" => {
            assert_eq!(call(station, "POST", &of_comune(&format!("/{iupd}/invalidate")), &[], None).status, 200);
        }
        "PAID" | "REPORTED" => assert_eq!(pay(station, &first).status, 200),
        _ => {}
    }
    if state == "REPORTED" {
        assert_eq!(report(station, &first, "1").status, 200);
    }
    assert_eq!(self::status(station, &iupd), state);
    (iupd, first, body)
}

/// Replaces a position.
pub fn replace(station: &Station, iupd: &str, query: &str, body: &Value) -> Heard {
    put(station, &of_comune(&format!("/{iupd}{query}")), body)
}
