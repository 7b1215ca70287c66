//! Anomalies over REST and on the command line: looked at, and resolved once.

use ec_station::journal::Entry;
use serde_json::{Value, json};

use super::{get, post, send};
use crate::given::{COMUNE, NAV, OTHER_NAV, PROVINCIA, Receipt, a_position, a_receipt_for};
use crate::process::{ec_station_at, ended};
use crate::station::Station;

fn path(organization: &str, rest: &str) -> String {
    format!("/organizations/{organization}/anomalies{rest}")
}

fn list(station: &Station, query: &str) -> Vec<Value> {
    let answer = get(station, &path(COMUNE, query));
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()["anomalies"].as_array().unwrap().clone()
}

/// An orphan, a double payment, and a receipt that was refused.
fn filled() -> Station {
    let station = Station::spawn();
    station.load(&a_position());
    send(&station, &a_receipt_for(OTHER_NAV));
    send(&station, &a_receipt_for(NAV));
    send(&station, &Receipt { id: "second".into(), ..a_receipt_for(NAV) });
    let refused = a_receipt_for(NAV).v1().replace("<paymentAmount>", "<paymentAmount>-");
    assert_eq!(station.post(refused).outcome(), "PAA_SINTASSI_EXTRAXSD");
    station
}

#[test]
fn what_is_refused() {
    let station = filled();
    for (query, detail) in [
        ("?kind=ORPHAN", "Invalid value ORPHAN for property kind"),
        ("?open=perhaps", "Invalid value perhaps for property open"),
        ("?before=-", "Invalid value - for property before"),
        ("?limit=101", "getAnomalies.limit: must be less than or equal to 100"),
        ("?nav=%00", "the URL holds the character U+0000"),
        ("/x", "Invalid value x for property id"),
    ] {
        let problem = get(&station, &path(COMUNE, query)).problem();
        assert_eq!(problem, (400, "BAD REQUEST".into(), detail.into()), "{query}");
    }
    assert_eq!(get(&station, &path(COMUNE, "?from=2026-11-22&to=2026-11-21")).problem().1, "Invalid date range");

    let id = list(&station, "?kind=ORPHAN_RECEIPT")[0]["id"].as_i64().unwrap();
    let not_json = "JSON parse error: the body must be an object with the text \"note\"";
    let long = json!({"note": "è".repeat(501)}).to_string();
    for (body, detail) in [
        ("", not_json),
        ("note", not_json),
        ("{}", not_json),
        (r#"{"note": 1}"#, not_json),
        (r#"{"note": " "}"#, "note: must not be blank"),
        (r#"{"note": "a\u0000b"}"#, "note: must hold characters that can be stored"),
        (long.as_str(), "note: size must be between 1 and 500"),
    ] {
        let problem = post(&station, &path(COMUNE, &format!("/{id}/resolve")), body).problem();
        assert_eq!(problem, (400, "BAD REQUEST".into(), detail.into()), "{body:.30}");
    }
    for (organization, rest) in [
        (COMUNE, "/999/resolve".to_owned()),
        (PROVINCIA, format!("/{id}/resolve")),
        (COMUNE, format!("/{id}/resolve?segregationCodes=08")),
    ] {
        let (status, title, _) = post(&station, &path(organization, &rest), r#"{"note": "done"}"#).problem();
        assert_eq!((status, title.as_str()), (404, "Not found the anomaly"), "{organization} {rest}");
    }
    assert_eq!(get(&station, &path(PROVINCIA, &format!("/{id}"))).status, 404);
    assert_eq!(get(&station, &path(COMUNE, &format!("/{id}/resolve"))).status, 405);
    assert_eq!(list(&station, "?open=true").len(), 3, "nothing was closed");
}

#[test]
fn what_is_listed() {
    let station = filled();
    for (query, found) in [
        ("", vec!["UNREADABLE_RECEIPT", "DOUBLE_PAYMENT", "ORPHAN_RECEIPT"]),
        ("?kind=DOUBLE_PAYMENT", vec!["DOUBLE_PAYMENT"]),
        ("?open=false", vec![]),
        ("?open=TRUE&nav=307000000001234674", vec!["ORPHAN_RECEIPT"]),
        ("?segregationCodes=07", vec!["DOUBLE_PAYMENT", "ORPHAN_RECEIPT"]),
        ("?segregationCodes=08,09", vec![]),
        ("?from=2026-11-22T12:00:00&to=2026-11-22T12:00:00&limit=2", vec!["UNREADABLE_RECEIPT", "DOUBLE_PAYMENT"]),
        ("?from=2026-11-22T12:00:01", vec![]),
        ("?to=2026-11-21", vec![]),
    ] {
        let kinds: Vec<_> = list(&station, query).iter().map(|a| a["kind"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds, found, "{query}");
    }
    let next = get(&station, &path(COMUNE, "?limit=2")).json()["next"].as_i64().unwrap();
    let last = get(&station, &path(COMUNE, &format!("?limit=2&before={next}"))).json();
    assert_eq!((&last["anomalies"][0]["kind"], &last["next"]), (&json!("ORPHAN_RECEIPT"), &Value::Null));
}

#[test]
fn an_anomaly_is_resolved_once() {
    let station = filled();
    for (mount, kind) in [
        ("", "DOUBLE_PAYMENT"),
        ("/gpd/debt-positions-service/v1", "ORPHAN_RECEIPT"),
        ("/gpd/api/v1", "UNREADABLE_RECEIPT"),
    ] {
        let id = list(&station, &format!("?kind={kind}"))[0]["id"].as_i64().unwrap();
        let resolve = || {
            post(
                &station,
                &format!("{mount}{}", path(COMUNE, &format!("/{id}/resolve"))),
                r#"{"note": "rimborsato, è a posto"}"#,
            )
        };
        let resolved = resolve();
        assert_eq!(resolved.status, 200, "{}", resolved.text());
        let one = get(&station, &format!("{mount}{}", path(COMUNE, &format!("/{id}")))).json();
        assert_eq!(one, resolved.json());
        assert_eq!((&one["kind"], &one["closingNote"]), (&json!(kind), &json!("rimborsato, è a posto")));
        assert_eq!(one["closedAt"], "2026-11-22T12:00:00Z");
        let detail = format!("Anomaly {id} of Organization Fiscal Code {COMUNE} was resolved before");
        assert_eq!(resolve().problem(), (409, "The anomaly is already resolved".into(), detail));
    }
    assert_eq!(station.anomalies(), [""; 0]);
    assert_eq!(list(&station, "?open=no").len(), 3);
    let closed: Vec<_> = closings(&station);
    assert_eq!(closed.len(), 3);
    assert!(closed[0].contains("DOUBLE_PAYMENT") && !closed[0].contains("rimborsato"), "{closed:?}");
}

/// What the journal says of closed anomalies.
fn closings(station: &Station) -> Vec<String> {
    let entries = station.database().journal().into_iter();
    let closings = entries.filter_map(|entry| match entry {
        Entry::Event(event) if event.name == "ANOMALY_CLOSED" => Some(event.why),
        _ => None,
    });
    closings.collect()
}

/// An operator who resolves an orphan does not settle its notice: the position that is loaded later does.
#[test]
fn a_resolved_orphan_settles_its_position_all_the_same() {
    let station = Station::spawn();
    send(&station, &a_receipt_for(NAV));
    let id = list(&station, "")[0]["id"].as_i64().unwrap();
    assert_eq!(post(&station, &path(COMUNE, &format!("/{id}/resolve")), r#"{"note": "seen"}"#).status, 200);
    station.load(&a_position());
    assert_eq!(station.text("SELECT status FROM debt_position"), "PAID");
    assert_eq!(list(&station, &format!("?nav={NAV}"))[0]["closingNote"], "seen");
}

#[test]
fn on_the_command_line() {
    let station = filled();
    let id = list(&station, "?kind=DOUBLE_PAYMENT")[0]["id"].to_string();
    let run = |arguments: &[&str]| {
        let mut command = ec_station_at(station.database());
        command.arg("anomalies").args(arguments);
        ended(command)
    };
    let long = "x".repeat(501);
    for (arguments, code) in [
        (vec!["--resolve", &id], 2),
        (vec!["--note", "done"], 2),
        (vec!["--resolve", &id, "--note", " "], 2),
        (vec!["--resolve", &id, "--note", &long], 2),
        (vec!["--resolve", "999", "--note", "done"], 64),
    ] {
        assert_ne!(run(&arguments).code, Some(0), "{arguments:?}, {code}");
    }
    assert_eq!(list(&station, "?open=true").len(), 3);
    assert!(run(&[]).out.lines().any(|line| line.trim_start().starts_with(&id) && line.contains("DOUBLE_PAYMENT")));
    assert_eq!(run(&["--resolve", &id, "--note", "done"]).code, Some(0));
    let again = run(&["--resolve", &id, "--note", "done"]);
    assert_eq!((again.code, again.err.contains("is closed already")), (Some(64), true), "{}", again.err);
    assert_eq!(closings(&station), [format!("DOUBLE_PAYMENT {id} resolved by a command")]);
}
