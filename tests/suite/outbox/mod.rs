//! What the outside world hears: callbacks of the front office and webhooks of operators, to receivers of every kind.

mod callbacks;
mod commands;
mod crowd;
mod hostile;
mod races;
mod receiver;
mod signatures;
mod tls;
mod webhooks;

use std::time::{Duration, Instant};

use ec_station::domain::position::DebtPosition;
use ec_station::settings::Settings;
use serde_json::{Value, json};

use self::receiver::Receiver;
use crate::api::{self, Heard};
use crate::database::Database;
use crate::extent::wait_until;
use crate::given::{self, COMUNE, a_position_of, a_receipt_for, an_option};
use crate::station::Station;
use crate::traffic::nav;

const PATIENCE: Duration = Duration::from_secs(30);

/// Positions of the fictional town, each of one notice.
fn positions(count: usize) -> Vec<DebtPosition> {
    (0..count).map(|number| a_position_of(vec![an_option(&nav(number))])).collect()
}

/// At a desk receivers are on the same machine.
fn at_a_desk(settings: &mut Settings) {
    settings.outbox.http = true;
    settings.outbox.private_addresses = true;
    settings.outbox.timeout = Duration::from_millis(1500);
    settings.quota.payment_credit = 200;
}

fn a_station(count: usize) -> Station {
    Station::spawn_on(Database::with(&positions(count)), at_a_desk)
}

fn callback_to(receiver: &Receiver) -> Value {
    json!({ "url": receiver.url(), "method": "POST", "field": "data", "headers": { "session_id": "k3-77" } })
}

/// Asks the front office for a payment.
fn ask(station: &Station, nav: &str, callback: Option<Value>) -> Heard {
    let mut data = json!({ "email": "cliente@example.org", "ente_pa": COMUNE, "avviso_pa": nav });
    if let Some(callback) = callback {
        data["callback"] = callback;
    }
    api::call(
        station,
        "POST",
        "/pay/PagoPA",
        &[("Content-Type", "application/json")],
        Some(&json!({ "data": data }).to_string()),
    )
}

/// The same where all is well; gives the request's id.
fn open(station: &Station, nav: &str, receiver: &Receiver) -> String {
    let heard = ask(station, nav, Some(callback_to(receiver)));
    assert_eq!(heard.status, 200, "{}", heard.text);
    heard.json()["data"]["id"].as_str().unwrap().to_owned()
}

fn pay(station: &Station, nav: &str) {
    assert_eq!(station.post(a_receipt_for(nav).v2()).outcome(), "OK");
}

/// What the front office says of a request.
fn detail(station: &Station, id: &str) -> Value {
    api::get(station, &format!("/pay/{id}")).json()["data"][0].clone()
}

fn hears(receiver: &Receiver, count: usize) {
    wait_until(&format!("{count} calls"), PATIENCE, || receiver.heard().len() >= count);
}

/// Messages in a state: `waiting`, `heard`, `dead`.
fn count(station: &Station, state: &str) -> i64 {
    let condition = match state {
        "waiting" => "delivered_at IS NULL AND dead_at IS NULL",
        "heard" => "delivered_at IS NOT NULL",
        "dead" => "dead_at IS NOT NULL",
        "in hand" => "worker IS NOT NULL",
        _ => panic!("{state}"),
    };
    station.count(&format!("SELECT COUNT(*) FROM outbox_message WHERE {condition}"))
}

fn comes_to(station: &Station, state: &str, expected: i64) {
    while_time_passes(&[station], &format!("{expected} {state}"), || count(station, state) == expected);
}

/// Waits while the clocks go on, a little faster than others: what had to wait its turn at a door comes again. A lease
/// still outlasts what is done in it.
fn while_time_passes(stations: &[&Station], what: &str, happened: impl Fn() -> bool) {
    let mut last = Instant::now();
    wait_until(what, 3 * PATIENCE, || {
        let passed = last.elapsed();
        last += passed;
        stations.iter().for_each(|station| station.pass(4 * passed));
        happened()
    });
}

/// How often the outbox has tried so far.
fn attempts(station: &Station) -> i64 {
    station.count("SELECT CAST(COALESCE(SUM(attempts), 0) AS BIGINT) FROM outbox_message")
}

fn tried(station: &Station, expected: i64) {
    wait_until(&format!("{expected} attempts"), PATIENCE, || {
        attempts(station) == expected && count(station, "in hand") == 0
    });
}

fn minutes(minutes: i64) -> chrono::DateTime<chrono::Utc> {
    given::today() + chrono::Duration::minutes(minutes)
}
