//! Uploads take turns, and one that cannot be worked off keeps nobody else from anything.

use serde_json::json;

use super::*;
use crate::database::{Database, Engine};
use crate::process::Process;
use crate::station::Station;

const FAILED: &str = "500 Internal Server Error: operation not completed";

fn status(url: &str, id: &str) -> Value {
    get(url, &v2(&format!("/file/{id}/status"))).json()
}

/// Keeps a certain position from being stored, as a fault of the engine would.
fn hinder(station: &Station, iupd: &str) {
    station.database().change(&match Engine::of_this_run() {
        Engine::Sqlite => format!(
            "CREATE TRIGGER hindrance BEFORE INSERT ON debt_position WHEN NEW.iupd = '{iupd}'
             BEGIN SELECT RAISE(ABORT, 'a fault'); END"
        ),
        Engine::Postgres => format!("ALTER TABLE debt_position ADD CONSTRAINT hindrance CHECK (iupd <> '{iupd}')"),
    });
}

#[test]
fn a_batch_that_always_fails_is_given_up() {
    let station = Station::spawn();
    let url = station.url();
    hinder(&station, "TARI-2");
    let failing = taken(url, "POST", &positions([position(1), position(2)]));
    let other = worked_off(url, "POST", &positions([position(3)]));
    assert_eq!(outcomes(url, &other), ["201 Debt position operation OK: TARI-3"]);
    assert_eq!(status(url, &failing)["operationStatus"], "IN_PROGRESS", "it is tried more than once");
    wait_for(url, &failing);
    assert_eq!(outcomes(url, &failing), [format!("{FAILED}: TARI-1 TARI-2")]);
    let told = status(url, &failing);
    assert_eq!((&told["processedItem"], &told["submittedItem"]), (&json!(2), &json!(2)));
    assert_eq!(told["operationStatus"], "COMPLETED_UNSUCCESSFULLY");
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 1);
}

#[test]
fn what_is_old_is_forgotten_whatever_fails() {
    let station = Station::spawn();
    hinder(&station, "TARI-2");
    let old = worked_off(station.url(), "DELETE", &json!({"paymentPositionIUPDs": ["TARI-1"]}));
    taken(station.url(), "POST", &positions([position(2)]));
    let database = station.killed();
    let backdate = format!("UPDATE upload SET received_at = '2026-09-23T11:59:59+00:00' WHERE id = '{old}'");
    database.neighbour().execute(&backdate);
    let station = Station::spawn_on(database, |_| ());
    wait_until("it is forgotten", PATIENCE, || station.count("SELECT COUNT(*) FROM upload") == 1);
    assert_eq!(
        station.count("SELECT COUNT(*) FROM upload WHERE finished_at IS NULL"),
        1,
        "before the other is given up"
    );
}

/// A file with one position does not wait for one with thousands.
#[test]
fn a_small_file_overtakes_a_large_one() {
    let database = Database::with(&[]);
    let station = Process::serve(&database, &[]);
    let large = taken(&station.url, "POST", &positions((10..4_000).map(position)));
    let small = worked_off(&station.url, "POST", &positions([position(1)]));
    assert_eq!(outcomes(&station.url, &small), ["201 Debt position operation OK: TARI-1"]);
    assert_eq!(status(&station.url, &large)["operationStatus"], "IN_PROGRESS");
    wait_for(&station.url, &large);
    assert_eq!(status(&station.url, &large)["operationStatus"], "COMPLETED");
}

/// Nobody knows what was in it, but the sum is right.
#[test]
fn a_batch_that_cannot_be_read_is_accounted_for() {
    let station = Station::spawn();
    let id = worked_off(station.url(), "POST", &positions((0..250).map(position)));
    let database = station.killed();
    let mut neighbour = database.neighbour();
    let nothing = match Engine::of_this_run() {
        Engine::Sqlite => "x'00'",
        Engine::Postgres => "'\\x00'",
    };
    neighbour.execute("UPDATE upload SET finished_at = NULL, processed = 200");
    neighbour.execute(&format!("UPDATE upload_batch SET outcomes = NULL, content = {nothing} WHERE ordinal = 1"));
    let station = Station::spawn_on(database, |_| ());
    wait_for(station.url(), &id);
    let told = status(station.url(), &id);
    assert_eq!((&told["processedItem"], &told["submittedItem"]), (&json!(250), &json!(250)));
    assert_eq!(told["operationStatus"], "COMPLETED_WITH_WARNINGS");
    let told = outcomes(station.url(), &id);
    assert!(told.len() == 2 && told[0].starts_with("201 ") && told[1] == format!("{FAILED}: "), "{told:?}");
}

/// Where the upload is gone before all of it was there, nobody hears that it was taken.
#[test]
fn an_upload_that_vanishes_was_not_accepted() {
    let station = Station::spawn();
    station.database().change(match Engine::of_this_run() {
        Engine::Sqlite => {
            "CREATE TRIGGER hindrance BEFORE UPDATE OF submitted ON upload BEGIN SELECT RAISE(IGNORE); END"
        }
        Engine::Postgres => "CREATE RULE hindrance AS ON UPDATE TO upload DO INSTEAD NOTHING",
    });
    let heard = upload(station.url(), "POST", &v2("/file"), "a.zip", &zip_of(&positions([position(1)])));
    assert_eq!((heard.status, heard.header("location")), (500, None));
    assert_eq!(station.count("SELECT COUNT(*) FROM upload"), 0);
}
