//! What time does to positions is stored as it is computed, and told; and how many there are of each kind is counted
//! whatever becomes of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ec_station::domain::position::{DebtPosition, PositionStatus};
use rand::RngExt;
use serde_json::json;

use super::listing::random_position;
use super::{a_body, call, delete, get, of_comune, post, put};
use crate::database::Database;
use crate::extent::{chance, wait_until};
use crate::given::{a_position, a_receipt_for, days};
use crate::journal::events;
use crate::station::Station;

/// Positions of which each kind is counted wrong.
const MISCOUNTED: &str = "
    SELECT COUNT(*) FROM (
        SELECT organization, service_type, segregation, due_day, status FROM (
            SELECT organization, service_type, segregation, due_day, status, 1 AS more FROM debt_position
            UNION ALL SELECT organization, service_type, segregation, due_day, status, -positions FROM position_count
            UNION ALL SELECT organization, service_type, segregation, due_day, status, -positions FROM position_count_change
        ) counted GROUP BY organization, service_type, segregation, due_day, status HAVING SUM(more) <> 0
    ) miscounted";

/// The statuses that are stored, by key.
fn stored(database: &Database) -> BTreeMap<String, String> {
    database.neighbour().records::<(String, String)>("SELECT iupd, status FROM debt_position").into_iter().collect()
}

fn random_positions(test: &str) -> Vec<DebtPosition> {
    let mut chance = chance(test);
    (0..400).map(|number| random_position(&mut chance, number)).collect()
}

/// The SQL means what the life cycle means.
#[test]
fn what_is_stored_is_what_is_computed() {
    let positions = random_positions("what_is_stored_is_what_is_computed");
    let station = Station::spawn_on(Database::with(&positions), |_| ());
    for half_day in -26..=26 {
        let now = days(0) + chrono::Duration::hours(12 * half_day);
        station.set_now(now);
        station.move_on();
        let expected = positions.iter().map(|one| (one.iupd.to_string(), one.status_at(now).as_str().to_owned()));
        assert_eq!(stored(station.database()), expected.collect(), "at {now}");
    }
    assert_eq!(station.count(MISCOUNTED), 0);
}

#[test]
fn a_move_is_told_once() {
    let mut position = a_position();
    position.status = PositionStatus::Published;
    position.options[0].validity_date = Some(days(0));
    position.options[0].switch_to_expired = true;
    let station = Station::spawn_on(Database::with(&[position.clone()]), |_| ());
    for (day, after) in [(-1, "PUBLISHED"), (0, "VALID"), (1, "VALID"), (2, "EXPIRED"), (3, "EXPIRED")] {
        station.set_now(days(day));
        station.move_on();
        station.move_on();
        assert_eq!(station.text("SELECT status FROM debt_position"), after, "day {day}");
    }
    let told: Vec<_> = events(station.database()).into_iter().map(|event| event.name).collect();
    let moves: Vec<_> =
        told.iter().filter(|name| ["POSITION_OPENED", "POSITION_EXPIRED"].contains(&&***name)).collect();
    assert_eq!(moves, ["POSITION_OPENED", "POSITION_EXPIRED"]);
    let read = get(&station, &of_comune(&format!("/{}", position.iupd))).json();
    assert_eq!((&read["status"], &read["lastUpdatedDate"]), (&json!("EXPIRED"), &json!("2026-11-24T12:00:00")));
}

/// Several stations at once: each move is made, and made once.
#[test]
fn stations_do_not_do_it_twice() {
    let positions = random_positions("stations_do_not_do_it_twice");
    let database = Arc::new(Database::with(&positions));
    let now = days(2);
    let stations: Vec<_> = (0..3).map(|_| Station::spawn_on(database.clone(), |_| ())).collect();
    thread::scope(|scope| {
        for station in &stations {
            station.set_now(now);
            scope.spawn(|| station.move_on());
        }
    });
    let moved: Vec<_> = positions.iter().filter(|one| one.status_at(now) != one.status).collect();
    assert!(!moved.is_empty());
    let expected = positions.iter().map(|one| (one.iupd.to_string(), one.status_at(now).as_str().to_owned()));
    assert_eq!(stored(&database), expected.collect());
    let told = events(&database).iter().filter(|event| event.name.starts_with("POSITION_") && event.at == now).count();
    assert_eq!(told, moved.iter().map(|position| position.options.len()).sum::<usize>());
    assert_eq!(database.count(MISCOUNTED), 0);
}

/// A list by what the statuses were would not be true, and nobody waits for ever until they are stored.
#[test]
fn a_list_by_status_is_true_or_late() {
    let mut position = a_position();
    position.options[0].switch_to_expired = true;
    let station = Station::spawn_on(Database::with(&[position]), |_| ());
    station.set_now(days(2));
    let expired = || get(&station, &of_comune("?status=EXPIRED"));
    station.while_somebody_moves(|| {
        let late = expired();
        assert_eq!((late.status, late.header("retry-after")), (503, Some("10")), "{}", late.text);
        assert_eq!(late.json()["status"], 503);
        let any = get(&station, &of_comune("")).json();
        assert_eq!(any["payment_position_list"][0]["status"], "EXPIRED", "{any}");
        let third = get(&station, &format!("/v3{}", of_comune("?status=UNPAYABLE")));
        assert_eq!(third.status, 503, "{}", third.text);
    });
    assert_eq!(expired().json()["page_info"]["items_found"], 1);
}

/// Nobody has to ask.
#[test]
fn the_station_does_it_by_itself() {
    let mut position = a_position();
    position.options[0].switch_to_expired = true;
    let station = Station::spawn_on(Database::with(&[position]), |_| ());
    station.set_now(days(2));
    let expired = || station.text("SELECT status FROM debt_position") == "EXPIRED";
    wait_until("the position is stored as expired", Duration::from_secs(30), expired);
}

/// Create, replace, pay, publish, invalidate, delete, load and wait: the counters follow.
#[test]
fn counters_follow_whatever_happens() {
    let mut chance = chance("counters_follow_whatever_happens");
    let station = Station::spawn();
    let paid = |station: &Station| station.count("SELECT COUNT(*) FROM debt_position WHERE status = 'PAID'");
    let mut now = days(0);
    for step in 0..200 {
        let number = chance.random_range(0..30u64);
        let iuv = format!("07{number:015}");
        let (iupd, nav) = (format!("/C-{number}"), format!("3{iuv}"));
        let publish = if chance.random_bool(0.5) { "?toPublish=true" } else { "" };
        let mut body = a_body(&iupd[1..], &iuv);
        body["switchToExpired"] = json!(chance.random_bool(0.5));
        body["paymentOption"][0]["dueDate"] =
            json!((now + chrono::Duration::days(3)).format("%Y-%m-%dT%H:%M:%S").to_string());
        if chance.random_bool(0.3) {
            body["validityDate"] = json!((now + chrono::Duration::days(1)).format("%Y-%m-%dT%H:%M:%S").to_string());
        }
        match chance.random_range(0..8) {
            0 | 1 => drop(post(&station, &of_comune(publish), &body)),
            2 => drop(put(&station, &of_comune(&format!("{iupd}{publish}")), &body)),
            3 => drop(call(&station, "POST", &of_comune(&format!("{iupd}/publish")), &[], None)),
            4 if chance.random_bool(0.3) => drop(delete(&station, &of_comune(&iupd))),
            5 if chance.random_bool(0.3) => {
                drop(call(&station, "POST", &of_comune(&format!("{iupd}/invalidate")), &[], None))
            }
            6 => drop(station.post(a_receipt_for(&nav).v2())),
            7 if chance.random_bool(0.3) => {
                now += chrono::Duration::hours(12);
                station.set_now(now);
                station.move_on();
            }
            _ => drop(station.bring(&random_position(&mut chance, 1_000 + step), chance.random_bool(0.5))),
        }
        if step % 20 == 19 {
            station.count_together();
        }
        assert_eq!(station.count(MISCOUNTED), 0, "step {step}");
    }
    assert!(paid(&station) > 0, "chance has paid one");
    station.count_together();
    assert_eq!(station.count("SELECT COUNT(*) FROM position_count_change"), 0);
    assert_eq!(station.count(MISCOUNTED), 0);
}
