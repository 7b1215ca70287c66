//! `Idempotency-Key`: what is sent twice is carried out once, and heard twice.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Heard, a_body, call, delete, get, of_comune};
use crate::access::a_key;
use crate::database::Database;
use crate::extent::wait_until;
use crate::given::{COMUNE, NAV, PROVINCIA, today};
use crate::station::Station;

const KEY: (&str, &str) = ("Idempotency-Key", "0b6bd0b0-8f4f-4f0e-a1a5-4c7f4f3e9d11");

fn send(station: &Station, path: &str, headers: &[(&str, &str)], body: &Value) -> Heard {
    call(station, "POST", path, headers, Some(&body.to_string()))
}

fn create(station: &Station, headers: &[(&str, &str)]) -> Heard {
    send(station, &of_comune(""), headers, &a_body("TARI-1", &NAV[1..]))
}

fn replayed(heard: &Heard) -> bool {
    heard.header("idempotency-replayed") == Some("true")
}

#[test]
fn keys_that_are_none() {
    let station = Station::spawn();
    let long = "k".repeat(256);
    for keys in [&[""] as &[_], &["a b"], &["é"], &[&long], &["a", "b"]] {
        let headers: Vec<_> = keys.iter().map(|key| ("Idempotency-Key", *key)).collect();
        let heard = create(&station, &headers);
        assert!(heard.problem().starts_with("400 BAD REQUEST: Idempotency-Key: must be"), "{}", heard.text);
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 0);
}

#[test]
fn another_request_with_the_same_key_is_declined() {
    let station = Station::spawn();
    assert_eq!(create(&station, &[KEY]).status, 201);
    let others =
        [(of_comune(""), a_body("TARI-2", &NAV[1..])), (of_comune("?toPublish=true"), a_body("TARI-1", &NAV[1..]))];
    for (path, body) in others {
        let heard = send(&station, &path, &[KEY], &body);
        assert!(heard.problem().starts_with("422 The idempotency key was used"), "{path}: {}", heard.text);
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 1);
}

#[test]
fn the_same_request_hears_the_first_answer_again() {
    let station = Station::spawn();
    let first = create(&station, &[KEY]);
    assert_eq!((first.status, replayed(&first)), (201, false), "{}", first.text);
    // What happened since does not matter.
    assert_eq!(delete(&station, &of_comune("/TARI-1")).status, 200);
    let again = create(&station, &[KEY, ("X-Request-Id", "second")]);
    assert_eq!((again.status, replayed(&again), &again.text), (201, true, &first.text));
    for name in ["etag", "content-type"] {
        assert!(first.header(name).is_some() && first.header(name) == again.header(name), "{name}");
    }
    assert_eq!(again.header("x-request-id"), Some("second"));
    assert_eq!(get(&station, &of_comune("/TARI-1")).status, 404, "it was not created again");
    // Without a key, or with another one, it is another request.
    assert_eq!(create(&station, &[]).status, 201);
    let taken = create(&station, &[("Idempotency-Key", "another")]);
    assert_eq!((taken.status, replayed(&taken)), (409, false));
}

#[test]
fn what_was_declined_is_declined_again() {
    let station = Station::spawn();
    let wrong = json!({});
    let first = send(&station, &of_comune(""), &[KEY], &wrong);
    let again = send(&station, &of_comune(""), &[KEY], &wrong);
    assert_eq!((first.status, again.status, replayed(&again)), (400, 400, true));
    assert_eq!(first.text, again.text);
}

#[test]
fn a_key_belongs_to_an_organization_and_an_operation() {
    let station = Station::spawn();
    assert_eq!(create(&station, &[KEY]).status, 201);
    let published = call(&station, "POST", &of_comune("/TARI-1/publish"), &[KEY], None);
    assert_eq!((published.status, replayed(&published)), (200, false), "{}", published.text);
    let path = format!("/organizations/{PROVINCIA}/debtpositions");
    let elsewhere = send(&station, &path, &[KEY], &a_body("TARI-1", &NAV[1..]));
    assert!(!replayed(&elsewhere) && elsewhere.status != 422, "{}", elsewhere.text);
    let again = call(&station, "POST", &of_comune("/TARI-1/publish"), &[KEY], None);
    assert_eq!((again.status, replayed(&again), &again.text), (200, true, &published.text));
}

#[test]
fn an_answer_is_forgotten_after_a_day() {
    let station = Station::spawn();
    assert_eq!(create(&station, &[KEY]).status, 201);
    station.set_now(today() + TimeDelta::hours(24) - TimeDelta::seconds(1));
    assert!(replayed(&create(&station, &[KEY])));
    station.set_now(today() + TimeDelta::hours(24));
    let anew = create(&station, &[KEY]);
    assert_eq!((anew.status, replayed(&anew)), (409, false), "{}", anew.text);
    assert!(replayed(&create(&station, &[KEY])), "and the new answer is kept");
}

/// As a crash between the work and its answer leaves it.
#[test]
fn whoever_asks_while_the_first_is_on_its_way_waits() {
    let station = Station::spawn();
    assert_eq!(create(&station, &[KEY]).status, 201);
    station.database().change("UPDATE kept_answer SET status = NULL, headers = NULL, body = NULL");
    let waiting = create(&station, &[KEY]);
    assert!(waiting.problem().starts_with("409 The request is in progress"), "{}", waiting.text);
    assert_eq!((waiting.header("retry-after"), replayed(&waiting)), (Some("1"), false));
    // Nobody will ever answer it: it is carried out again, and what it has already done says no.
    station.set_now(today() + TimeDelta::seconds(120));
    let again = create(&station, &[KEY]);
    assert!(again.problem().starts_with("409 The debt position violated constraints"), "{}", again.text);
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 1);
}

#[test]
fn rivals_with_one_key_create_once() {
    let station = Station::spawn();
    let heard: Vec<Heard> = std::thread::scope(|scope| {
        let rivals: Vec<_> = (0..8).map(|_| scope.spawn(|| create(&station, &[KEY]))).collect();
        rivals.into_iter().map(|rival| rival.join().unwrap()).collect()
    });
    let first = heard.iter().filter(|heard| heard.status == 201 && !replayed(heard)).count();
    assert_eq!(first, 1);
    for heard in &heard {
        let waited = heard.status == 409 && heard.header("retry-after").is_some();
        assert!(heard.status == 201 || waited, "{} {}", heard.status, heard.text);
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 1);
}

#[test]
fn what_is_kept_is_thrown_away_after_a_day() {
    let station = Station::spawn();
    assert_eq!(create(&station, &[KEY]).status, 201);
    assert_eq!(create(&station, &[("Idempotency-Key", "another")]).status, 409);
    let kept = "SELECT COUNT(*) FROM kept_answer";
    assert_eq!(station.count(kept), 2);
    station.database().change("UPDATE kept_answer SET begun_at = '2026-11-21T11:59:59+00:00' WHERE status = 201");
    let next = Station::spawn_on(station.killed(), |_| ());
    wait_until("the old answer is gone", Duration::from_secs(20), || next.count(kept) == 1);
}

/// Two keys may share a name while one takes over from the other: it is the same caller.
#[test]
fn another_key_of_the_same_name_hears_the_same() {
    let database = Database::fresh();
    let [old, new, other] = ["A", "A", "B"].map(|name| a_key(&database, name, "write", &["--organization", COMUNE]));
    let station = Station::spawn_on(database, |_| ());
    let with = |key: &str| create(&station, &[KEY, ("Ocp-Apim-Subscription-Key", key)]);
    let (first, again) = (with(&old), with(&new));
    assert_eq!((first.status, again.status, replayed(&again)), (201, 201, true), "{}", again.text);
    assert_eq!(first.text, again.text);
    let foreign = with(&other);
    assert_eq!((foreign.status, replayed(&foreign)), (409, false), "{}", foreign.text);
}
