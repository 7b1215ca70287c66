//! Whatever happens while an upload is worked off, each of its items has exactly one outcome.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::database::Database;
use crate::extent::usual_or_full;
use crate::process::Process;
use crate::station::Station;

fn processed(url: &str, id: &str) -> i64 {
    get(url, &v2(&format!("/file/{id}/status"))).json()["processedItem"].as_i64().unwrap()
}

/// All of these were created, each told once, and nothing is left to do.
fn all_were_created(database: &Database, url: &str, ids: &[String], count: usize) {
    let mut told = BTreeSet::new();
    for id in ids {
        wait_for(url, id);
        let report = get(url, &v2(&format!("/file/{id}/report"))).json();
        let responses = report["responses"].as_array().unwrap();
        assert_eq!(responses.len(), 1, "{}", responses[1]);
        assert_eq!(responses[0]["statusCode"], 201);
        for iupd in responses[0]["iupds"].as_array().unwrap() {
            assert!(told.insert(iupd.as_str().unwrap().to_owned()), "{iupd} is told twice");
        }
    }
    assert_eq!(told.len(), count);
    assert_eq!(database.count("SELECT COUNT(*) FROM debt_position"), count as i64);
    assert_eq!(database.count("SELECT COUNT(*) FROM upload_batch WHERE content IS NOT NULL"), 0);
}

#[test]
fn a_station_that_is_killed_goes_on_where_it_was() {
    let count = usual_or_full(2_000, 20_000);
    let database = Database::with(&[]);
    let station = Process::serve(&database, &[]);
    let id = taken(&station.url, "POST", &positions((0..count).map(position)));
    let mut before = 0;
    for _ in 0..2 {
        wait_until("some are done", PATIENCE, || processed(&station.url, &id) > before);
        before = processed(&station.url, &id);
    }
    station.kill();
    let done = database.count("SELECT processed FROM upload");
    assert!(done < count as i64, "it was too fast for this test");
    assert_eq!(database.count("SELECT COUNT(*) FROM debt_position"), done, "what is told is done");
    let station = Process::serve(&database, &[]);
    all_were_created(&database, &station.url, &[id], count);
}

/// Whoever is told to stop lets go at once of what it has in hand.
#[test]
fn a_station_that_stops_leaves_the_rest_to_the_next() {
    let count = usual_or_full(1_000, 10_000);
    let database = Database::with(&[]);
    let station = Process::serve(&database, &[]);
    let id = taken(&station.url, "POST", &positions((0..count).map(position)));
    wait_until("some are done", PATIENCE, || processed(&station.url, &id) > 0);
    station.log();
    assert_eq!(database.count("SELECT COUNT(*) FROM upload WHERE worker IS NOT NULL"), 0);
    let station = Process::serve(&database, &[]);
    all_were_created(&database, &station.url, &[id], count);
}

#[test]
fn two_stations_share_the_work_and_one_takes_over() {
    let (files, items) = usual_or_full((4, 600), (10, 3_000));
    let database = Database::with(&[]);
    let [one, other] = [(); 2].map(|()| Process::serve(&database, &[]));
    let ids: Vec<String> = (0..files)
        .map(|file| {
            let url = if file % 2 == 0 { &one.url } else { &other.url };
            taken(url, "POST", &positions((file * items..(file + 1) * items).map(position)))
        })
        .collect();
    wait_until("both are at work", PATIENCE, || {
        database.count("SELECT COUNT(DISTINCT worker) FROM upload") == 2
            || database.count("SELECT COUNT(*) FROM upload WHERE finished_at IS NULL") == 0
    });
    one.kill();
    all_were_created(&database, &other.url, &ids, files * items);
}

#[test]
fn what_is_old_is_forgotten() {
    let station = Station::spawn();
    let content = json!({"paymentPositionIUPDs": ["TARI-1"]});
    let [old, young] = [(); 2].map(|()| worked_off(station.url(), "DELETE", &content));
    let never = taken(station.url(), "DELETE", &content);
    wait_for(station.url(), &never);
    let database = station.killed();
    let mut neighbour = database.neighbour();
    let at = |at: &str, id: &str| format!("UPDATE upload SET received_at = '{at}' WHERE id = '{id}'");
    neighbour.execute(&at("2026-09-23T11:59:59+00:00", &old));
    neighbour.execute(&at("2026-09-23T12:00:01+00:00", &young));
    neighbour.execute(&at("2026-11-22T09:59:59+00:00", &never));
    // Whoever took it ended before the last part of it was there.
    neighbour.execute(&format!("UPDATE upload SET submitted = NULL, finished_at = NULL WHERE id = '{never}'"));
    let station = Station::spawn_on(database, |_| ());
    wait_until("they are forgotten", PATIENCE, || station.count("SELECT COUNT(*) FROM upload") == 1);
    assert_eq!(station.text("SELECT id FROM upload"), young);
    assert_eq!(station.count("SELECT COUNT(*) FROM upload_batch"), 1);
}
