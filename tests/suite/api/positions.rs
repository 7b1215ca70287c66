//! Version 1: create, read, replace, publish, invalidate, delete.

use serde_json::json;

use super::{a_body, call, delete, get, of_comune, post, put};
use crate::given::{COMUNE, NAV};
use crate::station::Station;

/// The IUV of [`NAV`].
fn iuv() -> &'static str {
    &NAV[1..]
}

#[test]
fn a_position_lives_its_life() {
    let station = Station::spawn();
    let created = post(&station, &of_comune(""), &a_body("TARI-1", iuv()));
    assert_eq!(created.status, 201, "{}", created.text);
    let body = created.json();
    assert_eq!((&body["status"], &body["paymentOption"][0]["nav"]), (&json!("DRAFT"), &json!(NAV)));
    assert_eq!(body["fullName"], "Pancrazio Verdelli");

    let read = get(&station, &of_comune("/TARI-1"));
    assert_eq!(read.status, 200, "{}", read.text);
    let body = read.json();
    assert_eq!(body["paymentOption"][0]["transfer"][0]["status"], "T_UNREPORTED");
    assert!(body.get("fullName").is_none(), "no debtor: {body}");

    let published = call(&station, "POST", &of_comune("/TARI-1/publish"), &[], Some("\"\""));
    assert_eq!((published.status, &published.json()["status"]), (200, &json!("VALID")), "{}", published.text);

    let mut changed = a_body("TARI-1", iuv());
    changed["paymentOption"][0]["description"] = json!("TARI 2026, corretta");
    let updated = put(&station, &of_comune("/TARI-1?toPublish=True"), &changed);
    assert_eq!((updated.status, &updated.json()["status"]), (200, &json!("VALID")), "{}", updated.text);

    let invalidated = call(&station, "POST", &of_comune("/TARI-1/invalidate"), &[], None);
    assert_eq!((invalidated.status, &invalidated.json()["status"]), (200, &json!("INVALID")));

    let deleted = delete(&station, &of_comune("/TARI-1"));
    assert_eq!((deleted.status, deleted.text.as_str()), (200, "\"The debt position was successfully deleted\""));
    assert_eq!(
        get(&station, &of_comune("/TARI-1")).problem(),
        format!(
            "404 Not found the debt position: Not found a debt position for Organization Fiscal Code {COMUNE} and \
             IUPD TARI-1"
        )
    );
}
