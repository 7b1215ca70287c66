//! A file as large as there may be, which nobody holds in memory.

use std::fs;

use serde_json::json;

use super::*;
use crate::database::Database;
use crate::extent::usual_or_full;
use crate::process::Process;

/// The most memory that a process ever had, in KiB.
pub fn peak(process: &Process) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// A position of about sixteen hundred bytes.
fn large(number: usize) -> Value {
    let mut position = position(number);
    let entries = (0..8).map(|entry| json!({"key": format!("note {entry}"), "value": "lorem ipsum ".repeat(9)}));
    position["paymentOption"][0]["paymentOptionMetadata"] = entries.collect();
    position
}

#[test]
fn a_large_file_takes_no_memory() {
    let (count, padding) = usual_or_full((2_000, 90 << 20), (60_000, 0));
    let mut content = positions((0..count).map(large)).to_string().into_bytes();
    content.extend(vec![b' '; padding]);
    let size = content.len() as u64 / 1024;
    let database = Database::with(&[]);
    let station = Process::serve(&database, &[]);
    // What it takes anyhow.
    worked_off(&station.url, "POST", &positions((1_000_000..1_000_400).map(large)));
    let before = peak(&station);
    let heard = upload(&station.url, "POST", &v2("/file"), "large.zip", &zipped(&[("a.json", &content)]));
    assert_eq!(heard.status, 202, "{}", heard.text);
    let id = heard.header("location").unwrap().split('/').rev().nth(1).unwrap().to_owned();
    wait_until("it is worked off", 20 * PATIENCE, || {
        get(&station.url, &v2(&format!("/file/{id}/status"))).json()["operationStatus"] == "COMPLETED"
    });
    let grown = peak(&station).saturating_sub(before);
    println!("{before} KiB, and {grown} KiB more for {size} KiB");
    assert!(grown < size * 2 / 3, "{before} KiB, and {grown} KiB more for {size} KiB");
    assert_eq!(database.count("SELECT COUNT(*) FROM debt_position"), count as i64 + 400);
}

/// A file that says it is small, and is not.
#[test]
fn a_bomb_that_lies() {
    if usual_or_full(true, false) {
        // Unpacking it takes its time.
        return;
    }
    let mut content = br#"{"paymentPositions":["#.to_vec();
    content.resize(101 << 20, b' ');
    let mut bomb = zipped(&[("a.json", &content)]);
    let (told, lie) = ((content.len() as u32).to_le_bytes(), 1000u32.to_le_bytes());
    for at in 0..bomb.len() - 4 {
        if bomb[at..at + 4] == told {
            bomb[at..at + 4].copy_from_slice(&lie);
        }
    }
    let station = crate::station::Station::spawn();
    let heard = upload(station.url(), "POST", &v2("/file"), "bomb.zip", &bomb);
    assert!(heard.problem().starts_with("400 "), "{}", heard.text);
}
