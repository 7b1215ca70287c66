//! The list of uploads: its days, its pages, and what is forgotten.

use chrono::TimeDelta;
use serde_json::json;

use super::*;
use crate::given::today;
use crate::station::Station;

/// A list as `ids, next token`.
fn page(url: &str, query: &str, token: Option<&str>) -> (Vec<String>, Option<String>) {
    let mut request = agent().get(format!("{url}{}{query}", v2("/files")));
    if let Some(token) = token {
        request = request.header("x-continuation-token", token);
    }
    let heard = heard(request.call());
    assert_eq!(heard.status, 200, "{}", heard.text);
    let body = heard.json();
    let ids: Vec<String> = body["fileIds"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().into()).collect();
    let token = heard.header("x-continuation-token").map(str::to_owned);
    assert_eq!((&body["size"], &body["hasMore"]), (&json!(ids.len()), &json!(token.is_some())));
    (ids, token)
}

#[test]
fn ranges_that_cannot_be_listed() {
    let station = Station::spawn();
    let cutoff = "2026-09-23";
    let range = "400 BAD_REQUEST: Invalid range: ensure 1 ≤ (to - from + 1) ≤ 7 and from ≤ to";
    let size = "400 BAD_REQUEST: Invalid size: must be between 100 and 500 (default 100)";
    let early = format!(
        "400 BAD_REQUEST: Requested 'from' is older than the 60-day retention (cutoff {cutoff}). Use from >= {cutoff}."
    );
    let gone = format!(
        "410 GONE: Requested range is older than the 60-day retention (cutoff {cutoff}): data has been purged and is no \
         longer available."
    );
    for (query, expected) in [
        ("?from=2026-11-15", range),
        ("?from=2026-11-22&to=2026-11-21", range),
        ("?from=22-11-2026", "400 BAD_REQUEST: Invalid 'from' date. Expected format: YYYY-MM-DD"),
        ("?to=tomorrow", "400 BAD_REQUEST: Invalid 'to' date. Expected format: YYYY-MM-DD"),
        ("?from=2026-09-22&to=2026-09-25", &early),
        ("?from=2026-09-20&to=2026-09-23", &gone),
        ("?to=2025-01-01", &gone),
        ("?size=99", size),
        ("?size=501", size),
        ("?size=many", size),
    ] {
        assert_eq!(get(station.url(), &v1(&format!("/files{query}"))).problem(), expected, "{query}");
    }
    let request = agent().get(format!("{}{}", station.url(), v2("/files"))).header("x-continuation-token", "AAAA");
    assert_eq!(heard(request.call()).problem(), "400 BAD_REQUEST: Invalid continuation token");
}

#[test]
fn the_newest_come_first_and_in_pages() {
    let station = Station::spawn();
    let url = station.url();
    let content = json!({"paymentPositionIUPDs": ["TARI-1"]});
    let days: Vec<Vec<String>> = [-9, -3, 0]
        .map(|day| {
            station.set_now(today() + TimeDelta::days(day));
            // Many at the same moment: a page may end between them.
            let mut ids: Vec<String> =
                (0..if day == 0 { 103 } else { 2 }).map(|_| taken(url, "DELETE", &content)).collect();
            ids.sort();
            ids.reverse();
            ids
        })
        .into();
    let (first, token) = page(url, "", None);
    let (second, end) = page(url, "", token.as_deref());
    assert_eq!((first.len(), end), (100, None));
    assert_eq!([first, second].concat(), [&*days[2], &days[1]].concat());
    assert_eq!(page(url, "?to=2026-11-19", None), ([&*days[1], &days[0]].concat(), None));
    assert_eq!(page(url, "?from=2026-11-20&to=2026-11-21", None), (vec![], None));
    assert_eq!(page(url, "?size=103&from=2026-11-22", None), (days[2].clone(), None));
}

/// A day is one of Rome: an hour before its midnight in UTC.
#[test]
fn days_are_those_of_rome() {
    let station = Station::spawn();
    let midnight = "2026-11-21T23:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let content = json!({"paymentPositionIUPDs": ["TARI-1"]});
    station.set_now(midnight - TimeDelta::seconds(1));
    let before = taken(station.url(), "DELETE", &content);
    station.set_now(midnight);
    let after = taken(station.url(), "DELETE", &content);
    assert_eq!(page(station.url(), "?from=2026-11-21&to=2026-11-21", None).0, [before]);
    assert_eq!(page(station.url(), "?from=2026-11-22&to=2026-11-22", None).0, [after]);
}
