//! Stations that write at the same time, and one that stops: nothing that was answered is missing.

use std::thread;

use crate::database::Database;
use crate::given::{self, NAV, Receipt, a_position, a_receipt_for};
use crate::journal::{assert_whole, exchanges, journal};
use crate::process::Process;
use crate::station::{Reply, agent};

const CALLS: usize = 40;

/// Reads and receipts, one after the other.
fn call(url: &str, who: &str) {
    let client = agent();
    for number in 0..CALLS {
        let receipt = Receipt { id: format!("{who} {number}"), ..a_receipt_for(NAV) };
        for message in [given::verify(NAV), receipt.v1()] {
            let request = client.post(format!("{}/soap/paForNode", url)).content_type("text/xml");
            let reply = Reply::of(request.send(message));
            assert!(matches!(reply.outcome().as_str(), "OK" | "PAA_PAGAMENTO_DUPLICATO"), "{reply:?}");
        }
    }
}

#[test]
fn two_stations_on_one_database() {
    let database = Database::with(&[a_position()]);
    let stations = [Process::serve(&database, &[]), Process::serve(&database, &[])];
    thread::scope(|scope| {
        for (number, url) in stations.iter().map(|station| &station.url).enumerate() {
            for caller in ["a", "b"] {
                scope.spawn(move || call(url, &format!("{caller} {number}")));
            }
        }
    });
    let logs = stations.map(Process::log);
    assert_eq!(exchanges(&database).len(), 2 * 2 * 2 * CALLS);
    assert_whole(&database);

    // What they say of the ends of their chains is so.
    let noted = logs.iter().flat_map(|log| log.lines()).filter(|line| line.contains("the journal's chain ends here"));
    let heads: Vec<_> = noted.map(|line| line.split("head=").nth(1).unwrap().trim()).collect();
    assert!(heads.len() >= 2, "{logs:#?}");
    for head in heads {
        let verified = journal(&database, &["verify", "--head", head]);
        assert_eq!(verified.code, Some(0), "{head}\n{}", verified.out);
    }
}

#[test]
fn nothing_that_was_answered_is_missing_after_the_end() {
    for reads in ["async", "sync", "off"] {
        let database = Database::with(&[a_position()]);
        let process = Process::serve(&database, &[("EC_STATION_ARCHIVE_READS", reads)]);
        call(&process.url, "a");
        process.log();
        assert_eq!(exchanges(&database).len(), 2 * CALLS, "{reads}");
        assert_whole(&database);
    }
}
