//! Files, paths and tokens that nobody sends who means well: each is refused, and costs little.

use serde_json::json;

use super::masses::peak;
use super::*;
use crate::database::Database;
use crate::process::Process;
use crate::station::Station;

/// A position with so many payment options of which nothing is said.
fn crowd(options: usize) -> String {
    format!(r#"{{"iupd":"a","paymentOption":[{}]}}"#, vec!["{}"; options].join(","))
}

/// Gives the memory that something takes beyond what the station has taken before, in MiB.
fn taken_by(station: &Process, work: impl FnOnce()) -> u64 {
    get(&station.url, "/info");
    let before = peak(station);
    work();
    peak(station).saturating_sub(before) / 1024
}

/// A few KiB that would become gigabytes.
#[test]
fn a_crowd_in_a_small_file() {
    let database = Database::with(&[]);
    let station = Process::serve(&database, &[]);
    let list = |element: &str| format!(r#"{{"paymentPositions":[{element}]}}"#);
    let file = zipped(&[("a.json", list(&crowd(1_390_000)).as_bytes())]);
    assert!(file.len() < 32 << 10, "{}", file.len());
    let grown = taken_by(&station, || {
        let heard = upload(&station.url, "POST", &v2("/file"), "a.zip", &file);
        let json = "400 INVALID JSON: Given JSON is invalid for required API payload";
        let expected = format!("{json}: has more than 50000 elements in its lists in paymentPositions[0]");
        assert_eq!(heard.problem(), expected);
    });
    assert!(grown < 100, "{grown} MiB");
}

/// The same in the body of a single position.
#[test]
fn a_crowd_in_a_body() {
    let database = Database::with(&[]);
    let station = Process::serve(&database, &[]);
    let path = crate::api::of_comune("");
    let several = format!(r#"{{"paymentPositions":[{}]}}"#, crowd(1_390_000));
    for (path, body) in [(path.clone(), crowd(1_390_000)), (format!("{path}/bulk"), several)] {
        let grown = taken_by(&station, || {
            let heard = send(&station.url, "POST", &path, "application/json", body.into_bytes());
            let told = "400 BAD REQUEST: JSON parse error: has more than 50000 elements in its lists";
            assert_eq!(heard.problem(), told);
        });
        assert!(grown < 100, "{grown} MiB");
    }
}

/// As many elements as there may be, in many files at once: only two of them are in memory.
#[test]
fn crowds_wait_for_each_other() {
    let database = Database::with(&[]);
    let station = Process::serve(&database, &[]);
    let file = zipped(&[("a.json", format!(r#"{{"paymentPositions":[{}]}}"#, crowd(49_000)).as_bytes())]);
    let send = || assert_eq!(upload(&station.url, "POST", &v2("/file"), "a.zip", &file).status, 400);
    let one = taken_by(&station, send);
    let many = taken_by(&station, || {
        std::thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(send))));
    });
    println!("{one} MiB, and {many} MiB more for eight");
    assert!(many < 3 * one, "{one} MiB, and {many} MiB more for eight");
}

/// Whoever opens a ZIP believes its end, of which there must be one that tells all.
#[test]
fn ends_that_tell_of_something_else() {
    let station = Station::spawn();
    let zip = zip_of(&positions([position(1)]));
    let end = zip.len() - 22;
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = zip.clone();
        changed[end + at..end + at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    // The end that counts stands before one that promises less.
    let mut two = with(20, &22u16.to_le_bytes());
    two.extend_from_slice(&zip[end..]);
    let damaged = "400 UNZIP ERROR: Could not unzip file";
    let many = "400 INVALID FILE: Too many entries in ZIP file.";
    for (content, expected) in [
        (two, damaged),
        (with(12, &[0xFF; 4]), damaged),
        (with(16, &[0xFF; 4]), damaged),
        (with(8, &[0xFF; 4]), many),
        (with(8, &[0xE9, 3, 0xE9, 3]), many),
    ] {
        let heard = upload(station.url(), "POST", &v2("/file"), "a.zip", &content);
        assert_eq!(heard.problem(), expected);
    }
    assert_eq!(upload(station.url(), "POST", &v2("/file"), "a.zip", &zip).status, 202);
}

/// What is in the path comes back in a header, so it is looked at before anything is taken.
#[test]
fn paths_that_no_header_can_hold() {
    let station = Station::spawn_with(|settings| settings.validation = ec_station::intake::Validation::Gpd);
    let zip = zip_of(&positions([position(1)]));
    for (broker, organization, status) in [
        ("B%0Ax", COMUNE, 400),
        ("B%0D%0AX-Odd:%201", COMUNE, 400),
        ("B%20x", COMUNE, 400),
        ("%C3%A0", COMUNE, 400),
        ("B.x", COMUNE, 400),
        (COMUNE, "9%0A9", 400),
        (COMUNE, "9;9", 400),
        ("B_x-9", COMUNE, 202),
    ] {
        for prefix in ["", "/v2"] {
            let path = format!("{prefix}/brokers/{broker}/organizations/{organization}/debtpositions/file");
            let heard = upload(station.url(), "POST", &path, "a.zip", &zip);
            assert_eq!(heard.status, status, "{path}: {}", heard.text);
            let kept = station.count("SELECT COUNT(*) FROM upload") > 0;
            assert_eq!(kept, status == 202, "{path}");
        }
    }
}

/// Texts that a database may not hold, or not compare.
#[test]
fn tokens_and_days_of_no_upload() {
    use base64::Engine;
    let station = Station::spawn();
    for place in
        ["2026-11-22T12:00:00Z a\0b", "+12026-11-22T12:00:00Z a", "-0001-11-22T12:00:00Z a", "0000-11-22T12:00:00Z a"]
    {
        let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(place);
        let request = agent().get(format!("{}{}", station.url(), v2("/files"))).header("x-continuation-token", &token);
        assert_eq!(heard(request.call()).problem(), "400 BAD_REQUEST: Invalid continuation token", "{place:?}");
    }
    for day in ["%2B12026-11-22", "%2B262142-12-31", "-0001-01-01"] {
        let told = get(station.url(), &v2(&format!("/files?from={day}&to={day}"))).problem();
        assert_eq!(told, "400 BAD_REQUEST: Invalid 'from' date. Expected format: YYYY-MM-DD", "{day}");
    }
}

#[test]
fn keys_that_no_database_holds() {
    let station = Station::spawn();
    let content = json!({"paymentPositionIUPDs": ["TARI-1", "TARI\0"]});
    let heard = upload(station.url(), "DELETE", &v2("/file"), "a.zip", &zip_of(&content));
    let expected = "400 INVALID DEBT POSITIONS: Debt positions format is invalid or duplicates were found. Invalid \
                    values: [holds the character U+0000]";
    assert_eq!(heard.problem(), expected);
    assert_eq!(station.count("SELECT COUNT(*) FROM upload"), 0);
}
