//! Every receipt that is kept, beyond what GPD shows.

use serde_json::{Value, json};

use super::{get, send};
use crate::given::{self, COMUNE, NAV, OTHER_NAV, PROVINCIA, Receipt, a_position, a_receipt_for};
use crate::station::Station;

fn path(organization: &str, rest: &str) -> String {
    format!("/organizations/{organization}/receipts{rest}")
}

fn list(station: &Station, organization: &str, query: &str) -> Vec<Value> {
    let answer = get(station, &path(organization, query));
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()["receipts"].as_array().unwrap().clone()
}

/// A receipt of each kind, one refused and one that came altered.
fn filled() -> Station {
    let station = Station::spawn();
    station.load(&a_position());
    send(&station, &a_receipt_for(NAV));
    send(&station, &a_receipt_for(OTHER_NAV));
    send(&station, &a_receipt_for("308000000001234567"));
    let to_the_province = given::head(PROVINCIA, PROVINCIA, "99000002024_01");
    let share = vec![(1, "100.00".into(), COMUNE.into(), None), (2, "20.50".into(), PROVINCIA.into(), None)];
    send(&station, &Receipt { head: to_the_province.clone(), transfers: share, ..a_receipt_for(NAV) });
    let stranger = Receipt { head: to_the_province, id: "stranger".into(), ..a_receipt_for(NAV) };
    assert_eq!(station.post(stranger.v1()).outcome(), "PAA_SEMANTICA");
    let altered = Receipt { amount: "1.00".into(), ..a_receipt_for(NAV) };
    assert_ne!(station.post(altered.v2()).outcome(), "OK");
    let refused = a_receipt_for(NAV).v1().replace("<paymentAmount>", "<paymentAmount>-");
    assert_eq!(station.post(refused).outcome(), "PAA_SINTASSI_EXTRAXSD");
    station
}

#[test]
fn what_is_refused() {
    let station = Station::spawn();
    for (query, detail) in [
        ("?kind=own", "Invalid value own for property kind"),
        ("?of=ALL", "Invalid value ALL for property of"),
        ("?before=x", "Invalid value x for property before"),
        ("?limit=0", "getReceipts.limit: must be greater than or equal to 1"),
        ("?limit=101", "getReceipts.limit: must be less than or equal to 100"),
        ("?segregationCodes=7", r#"segregationCodes: must match "\d{2}(,\d{2})*""#),
        ("/first", "Invalid value first for property id"),
        ("/99999999999999999999/raw", "Invalid value 99999999999999999999 for property id"),
    ] {
        let problem = get(&station, &path(COMUNE, query)).problem();
        assert_eq!(problem, (400, "BAD REQUEST".into(), detail.into()), "{query}");
    }
    assert_eq!(get(&station, &path(COMUNE, "?from=2026")).problem().1, "Invalid date range");
}

#[test]
fn receipts_of_others_are_nobodys_business() {
    let station = filled();
    let id = list(&station, PROVINCIA, "?kind=BENEFICIARY")[0]["id"].as_i64().unwrap();
    let altered = list(&station, COMUNE, "?of=ALTERED")[0]["id"].as_i64().unwrap();
    for (organization, rest) in [
        (COMUNE, format!("/{id}")),
        (COMUNE, format!("/{id}/raw")),
        (PROVINCIA, format!("/{id}?segregationCodes=47")),
        (PROVINCIA, format!("/{id}/raw?segregationCodes=47")),
        (PROVINCIA, format!("/{altered}?of=ALTERED")),
        (PROVINCIA, format!("/{altered}/raw?of=ALTERED")),
        (COMUNE, format!("/{altered}/raw?of=ALTERED&segregationCodes=08")),
        (COMUNE, "/1?of=REFUSED&segregationCodes=07".into()),
        (COMUNE, "/999".into()),
    ] {
        let (status, title, _) = get(&station, &path(organization, &rest)).problem();
        assert_eq!((status, title.as_str()), (404, "Not found the receipt"), "{organization} {rest}");
    }
}

#[test]
fn what_is_listed() {
    let station = filled();
    let kinds = |organization: &str, query: &str| -> Vec<String> {
        let listed = list(&station, organization, query);
        assert!(listed.iter().all(|receipt| receipt.get("parsed").is_none()), "{query}");
        listed.iter().map(|receipt| receipt["kind"].as_str().unwrap_or("-").to_owned()).collect()
    };
    for (organization, query, found) in [
        (COMUNE, "", vec!["BROADCAST", "ORPHAN", "OWN"]),
        (COMUNE, "?kind=OWN", vec!["OWN"]),
        (COMUNE, "?kind=BROADCAST", vec!["BROADCAST"]),
        (COMUNE, "?kind=STRANGER", vec![]),
        (COMUNE, "?nav=307000000001234674", vec!["ORPHAN"]),
        (COMUNE, "?segregationCodes=08,09", vec!["BROADCAST"]),
        (COMUNE, "?from=2026-11-22&to=2026-11-22", vec!["BROADCAST", "ORPHAN", "OWN"]),
        (COMUNE, "?from=2026-11-23", vec![]),
        (COMUNE, "?to=2026-11-22T11:59:59", vec![]),
        (PROVINCIA, "", vec!["STRANGER", "BENEFICIARY"]),
        (
            PROVINCIA,
            "?kind=BENEFICIARY&nav=307000000001234573&segregationCodes=07&from=2026-11-22",
            vec!["BENEFICIARY"],
        ),
        (COMUNE, "?of=ALTERED", vec!["-"]),
        (COMUNE, "?of=ALTERED&nav=1", vec![]),
        (COMUNE, "?of=REFUSED", vec!["-"]),
        (COMUNE, "?of=REFUSED&to=2026-11-21", vec![]),
        (COMUNE, "?of=REFUSED&nav=307000000001234573", vec![]),
        (COMUNE, "?of=REFUSED&segregationCodes=07", vec![]),
        (PROVINCIA, "?of=REFUSED", vec![]),
    ] {
        assert_eq!(kinds(organization, query), found, "{organization} {query}");
    }
}

#[test]
fn page_after_page() {
    let station = filled();
    let mut query = "?limit=2".to_owned();
    let mut pages = Vec::new();
    loop {
        let json = get(&station, &path(COMUNE, &query)).json();
        pages.push(json["receipts"].as_array().unwrap().len());
        let Some(next) = json["next"].as_i64() else { break };
        query = format!("?limit=2&before={next}");
    }
    assert_eq!(pages, [2, 1]);
}

#[test]
fn one_receipt_and_its_bytes() {
    let station = filled();
    for mount in ["", "/gpd/debt-positions-service/v1", "/gpd/api/v1"] {
        let listed = &get(&station, &format!("{mount}{}", path(COMUNE, "?kind=OWN"))).json()["receipts"][0];
        let id = listed["id"].as_i64().unwrap();
        let one = get(&station, &format!("{mount}{}", path(COMUNE, &format!("/{id}")))).json();
        assert_eq!((&one["kind"], &one["rule"], &one["amountCents"]), (&json!("OWN"), &json!("D8"), &json!(12_050)));
        assert_eq!(one["parsed"]["debtor"]["fullName"], "Pancrazio Verdelli");
        let raw = get(&station, &format!("{mount}{}", path(COMUNE, &format!("/{id}/raw"))));
        assert_eq!(raw.content_type, "text/xml; charset=utf-8");
        assert_eq!(raw.text(), a_receipt_for(NAV).v2());
    }
    for (of, says) in [("ALTERED", "<paymentAmount>1.00"), ("REFUSED", "<paymentAmount>-120.50")] {
        let id = list(&station, COMUNE, &format!("?of={of}"))[0]["id"].as_i64().unwrap();
        assert!(get(&station, &path(COMUNE, &format!("/{id}?of={of}"))).json()["bytes"].as_i64().unwrap() > 0);
        let raw = get(&station, &path(COMUNE, &format!("/{id}/raw?of={of}")));
        assert_eq!(raw.content_type, "application/octet-stream");
        assert!(raw.text().contains(says), "{of}");
    }
}
