//! What the journal takes on the disk.

use ec_station::archivist::Bounds;

use crate::database::{Database, Engine};
use crate::given::{self, a_position_of, an_option};
use crate::journal::{exchanges, until};
use crate::station::{Station, agent};

const CALLS: u64 = 2000;

/// Bytes that the database takes.
fn size(database: &Database) -> u64 {
    match Engine::of_this_run() {
        Engine::Sqlite => {
            database.neighbour().rows::<i64>("PRAGMA wal_checkpoint(TRUNCATE)");
            std::fs::metadata(database.folder().join("ec-station.db")).unwrap().len()
        }
        Engine::Postgres => database.count("SELECT pg_total_relation_size('journal')").unsigned_abs(),
    }
}

fn nav(number: u64) -> String {
    format!("3070000{:011}", number * 7_919_003 % 100_000_000_000)
}

/// Bytes that a verify takes, each of another notice.
fn bytes_of_a_verify(bounds: Bounds, calls: u64) -> u64 {
    let positions: Vec<_> = (0..calls).map(|number| a_position_of(vec![an_option(&nav(number))])).collect();
    let station = Station::spawn_bounded(Database::with(&positions), bounds, |_| ());
    let before = size(station.database());
    let client = agent();
    for number in 0..calls {
        let request = client.post(format!("{}/soap/paForNode", station.url())).content_type("text/xml");
        let request = request.header("X-Request-Id", format!("{:032x}", rand::random::<u128>()));
        let answer = request.send(given::verify(&nav(number))).unwrap().body_mut().read_to_string().unwrap();
        assert!(answer.contains("<outcome>OK</outcome>"), "{answer}");
    }
    until("all are there", || exchanges(station.database()).len() as u64 == calls);
    let bytes = (size(station.database()) - before) / calls;
    eprintln!("BYTES {bytes}");
    bytes
}

#[test]
fn a_verify_takes_less_than_a_kilobyte() {
    let bytes = bytes_of_a_verify(Bounds::default(), CALLS);
    assert!(bytes < 1024, "{bytes} bytes");
}

/// As where there is hardly any traffic.
#[test]
fn a_verify_that_has_a_segment_of_its_own_takes_little_more() {
    let bytes = bytes_of_a_verify(Bounds { segment: 1, ..Bounds::default() }, 300);
    assert!(bytes < 2048, "{bytes} bytes");
}
