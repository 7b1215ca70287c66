//! The list of version 3.

use ec_station::domain::codes::Iupd;
use ec_station::domain::position::{DebtPosition, PositionStatus};

use super::*;
use crate::api::a_body;
use crate::given::{self, a_position_of, a_receipt_for, days};

/// The keys on a page, in their order.
fn listed(station: &Station, query: &str) -> Vec<String> {
    let heard = get(station, &of_v3(query));
    assert_eq!(heard.status, 200, "{}", heard.text);
    let keys = heard.json()["payment_position_list"].as_array().unwrap().clone();
    keys.iter().map(|position| position["iupd"].as_str().unwrap().to_owned()).collect()
}

/// One position in each state, a day apart in part, one of several plans, and one of version 1.
fn a_town() -> Station {
    let station = Station::spawn();
    let one = |iupd: &str, number: u32| a_position(iupd, vec![an_option(&[(number, 5), (number + 1, 6)])]);
    create(&station, &one("DRAFT", 1), false);
    let later = with(one("PUBLISHED", 11), "/paymentOption/0/validityDate", json!("2026-12-01T00:00:00"));
    create(&station, &later, true);
    station.set_now(days(1));
    create(&station, &one("VALID", 21), true);
    create(&station, &one("INVALID", 31), true);
    assert_eq!(call(&station, "POST", &of_comune("/INVALID/invalidate"), &[], None).status, 200);
    create(&station, &one("STARTED", 41), true);
    create(&station, &one("PAID", 51), true);
    for number in [41, 51, 52] {
        assert_eq!(station.post(a_receipt_for(&nav(number)).v2()).outcome(), "OK");
    }
    station.set_now(days(2));
    let several = vec![an_option(&[(61, 5), (62, 6)]), an_option(&[(63, 7), (64, 20)])];
    create(&station, &a_position("SEVERAL", several), false);
    assert_eq!(post(&station, &of_comune(""), &a_body("FIRST", &iuv(71))).status, 201);
    for (number, status) in [(81, PositionStatus::Expired), (91, PositionStatus::Reported)] {
        let iupd = Iupd::new(status.as_str());
        station.load(&DebtPosition { iupd, status, ..a_position_of(vec![given::an_option(&nav(number))]) });
    }
    station
}

#[test]
fn what_is_out_of_bounds_is_told() {
    let station = Station::spawn();
    let method = "400 BAD REQUEST: getOrganizationDebtPositions";
    for (query, told) in [
        ("?limit=0", format!("{method}.limit: must be greater than or equal to 1")),
        ("?limit=51", format!("{method}.limit: must be less than or equal to 50")),
        ("?page=-1", format!("{method}.page: must be greater than or equal to 0")),
        ("?status=INVALID", "400 BAD REQUEST: Invalid value INVALID for property status".into()),
        ("?status=EXPIRED", "400 BAD REQUEST: Invalid value EXPIRED for property status".into()),
        ("?status=REPORTED", "400 BAD REQUEST: Invalid value REPORTED for property status".into()),
        ("?status=valid", "400 BAD REQUEST: Invalid value valid for property status".into()),
        ("?ordering=UP", "400 BAD REQUEST: Invalid value UP for property ordering".into()),
        ("?due_date_from=2026-13-01", "400 BAD REQUEST: Invalid value 2026-13-01 for property due_date_from".into()),
    ] {
        assert_eq!(get(&station, &of_v3(query)).problem(), told, "{query}");
    }
    let long = get(&station, &of_v3("?due_date_from=2026-01-01&due_date_to=2026-03-01")).problem();
    assert!(long.starts_with("400 The debt positions cannot be recovered: "), "{long}");
}

#[test]
fn states_are_filtered_by_the_names_of_version_3() {
    let station = a_town();
    for (status, keys) in [
        ("DRAFT", "SEVERAL FIRST DRAFT"),
        ("PUBLISHED", "PUBLISHED"),
        ("VALID", "VALID"),
        ("UNPAYABLE", "EXPIRED INVALID"),
        ("PARTIALLY_PAID", "STARTED"),
        ("PAID", "PAID REPORTED"),
    ] {
        let mut found = listed(&station, &format!("?status={status}"));
        let mut wanted: Vec<String> = keys.split(' ').map(str::to_owned).collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{status}");
    }
}

#[test]
fn a_page_shows_every_plan_with_its_debtor() {
    let station = a_town();
    let page = get(&station, &of_v3("?limit=2&page=1&orderby=IUPD&ordering=ASC")).json();
    assert_eq!(page["page_info"], json!({"page": 1, "limit": 2, "items_found": 2, "total_pages": 5}));
    assert_eq!(listed(&station, "?limit=2&page=1&orderby=IUPD&ordering=ASC"), ["FIRST", "INVALID"]);
    assert_eq!(listed(&station, "?limit=2&page=5"), [""; 0]);
    let several = get(&station, &of_v3("?limit=1&orderby=IUPD&page=2")).json()["payment_position_list"][0].clone();
    assert_eq!(several, get(&station, &of_v3("/SEVERAL")).json(), "a list tells what a get tells");
    let in_v1 = get(&station, &of_comune("?limit=50")).json()["payment_position_list"].as_array().unwrap().len();
    assert_eq!((in_v1, listed(&station, "?limit=50").len()), (9, 10), "version 1 cannot show several plans");
}

#[test]
fn filters_of_all_kinds_at_once() {
    let station = a_town();
    let due = "due_date_from=2026-12-20&due_date_to=2026-12-20";
    let page = get(&station, &of_v3(&format!("?{due}"))).json();
    assert_eq!(iuvs(&page["payment_position_list"][0]), [[iuv(64)]], "only what is due then");
    let paid = "payment_date_from=2026-11-22&payment_date_to=2026-11-22";
    let to_the_second = "payment_date_time_from=2026-11-22T08:41:07&payment_date_time_to=2026-11-22T08:41:07";
    for (query, keys) in [
        (format!("?{paid}"), "PAID"),
        (format!("?{to_the_second}"), "PAID"),
        (format!("?{paid}&{to_the_second}"), "PAID"),
        ("?payment_date_to=2026-11-21&payment_date_time_from=2026-11-22T08:41:07".into(), ""),
        (format!("?{paid}&due_date_from=2026-12-05&due_date_to=2026-12-06"), "PAID"),
        (format!("?{paid}&{due}"), ""),
        (format!("?{paid}&status=VALID"), ""),
        ("?segregationCodes=08".into(), ""),
        ("?serviceType=ACA".into(), ""),
    ] {
        assert_eq!(listed(&station, &query).join(" "), keys, "{query}");
    }
}

#[test]
fn what_expired_meanwhile_is_found_as_such() {
    let station = Station::spawn();
    let expiring = with(an_option(&[(1, 5), (2, 6)]), "/switchToExpired", json!(true));
    create(&station, &a_position("TARI-3", vec![expiring]), true);
    assert_eq!(
        (listed(&station, "?status=VALID"), listed(&station, "?status=UNPAYABLE")),
        (vec!["TARI-3".into()], vec![])
    );
    station.set_now(days(15));
    assert_eq!(
        (listed(&station, "?status=VALID"), listed(&station, "?status=UNPAYABLE")),
        (vec![], vec!["TARI-3".into()])
    );
}
