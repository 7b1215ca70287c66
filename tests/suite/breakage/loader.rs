//! Another process that writes meanwhile, such as a bulk load: readers never wait for it, receipts wait in bounds.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use crate::breakage::health;
use crate::database::Engine;
use crate::given::{self, NAV, OTHER_NAV, a_position, a_position_of, a_receipt_for, an_option};
use crate::station::Station;

/// While another process has begun to write to every option, and is not done.
fn no_reader_waits(engine: Engine, begin: &str) {
    let station = Station::spawn_on_engine(engine);
    station.load(&a_position());
    let mut broken = an_option(OTHER_NAV);
    broken.amount = given::euro(1);
    station.load(&a_position_of(vec![broken]));
    let mut loader = station.database().neighbour();
    loader.execute(&format!("{begin}; UPDATE payment_option SET description = 'Not committed yet'"));

    let (tell, answered) = channel();
    thread::scope(|scope| {
        let station = &station;
        scope.spawn(move || tell.send(station.post(a_receipt_for(NAV).v1()).outcome()).unwrap());
        for message in [given::verify(NAV), given::get(NAV, ""), given::get_v2(NAV, "")] {
            let reply = station.post(message);
            assert_eq!(reply.outcome(), "OK");
            assert!(reply.body.contains("TARI 2026 rata unica"), "what is not committed is not there");
        }
        assert_eq!(station.post(given::demand()).outcome(), "PAA_SEMANTICA");
        assert_eq!(health(station, "ready"), 200);
        // This one would like to write an anomaly, and is answered whether or not it can.
        assert_eq!(station.post(given::verify(OTHER_NAV)).outcome(), "PAA_SEMANTICA");

        assert!(answered.recv_timeout(Duration::from_millis(1)).is_err(), "the receipt waits for its turn");
        loader.execute("COMMIT");
        assert_eq!(answered.recv().unwrap(), "OK");
    });
    assert_eq!(station.post(given::verify(OTHER_NAV)).outcome(), "PAA_SEMANTICA");
    assert_eq!(station.anomalies(), [format!("UNPRESENTABLE_NOTICE {OTHER_NAV}")]);
}

/// The Node waits 15 seconds for the answer to a receipt. It hears in time that it must ask again.
fn a_receipt_waits_in_bounds(engine: Engine, begin: &str) {
    let station = Station::spawn_on_engine(engine);
    station.load(&a_position());
    let mut loader = station.database().neighbour();
    loader.execute(begin);
    let started = Instant::now();
    assert_eq!(station.post(a_receipt_for(NAV).v2()).outcome(), "Fault Server");
    assert!(started.elapsed() < Duration::from_secs(14), "{:?}", started.elapsed());
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
    loader.execute("ROLLBACK");
    assert_eq!(station.post(a_receipt_for(NAV).v2()).outcome(), "OK");
}

mod on_sqlite {
    use super::*;

    #[test]
    fn a_loader_at_work_keeps_no_reader_waiting() {
        // Exclusive, as a large transaction becomes where there is no write-ahead log.
        no_reader_waits(Engine::Sqlite, "BEGIN EXCLUSIVE");
    }

    #[test]
    fn a_loader_that_never_ends() {
        a_receipt_waits_in_bounds(Engine::Sqlite, "BEGIN IMMEDIATE");
    }
}

mod on_postgres {
    use super::*;

    #[test]
    fn a_loader_at_work_keeps_no_reader_waiting() {
        // With the strongest lock that lets others read: no other writer gets in.
        no_reader_waits(Engine::Postgres, "BEGIN; LOCK TABLE payment_option IN EXCLUSIVE MODE");
    }

    #[test]
    fn a_loader_that_never_ends() {
        a_receipt_waits_in_bounds(Engine::Postgres, "BEGIN; UPDATE payment_option SET description = ''");
    }

    /// Readers of other tables pass even a lock on all of one.
    #[test]
    fn a_table_that_nobody_may_touch() {
        a_receipt_waits_in_bounds(Engine::Postgres, "BEGIN; LOCK TABLE receipt");
    }
}
