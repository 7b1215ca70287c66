//! Many at once: the same receipt, receipts of one notice, and another process that writes meanwhile.

use std::sync::Barrier;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::breakage::{health, neighbour};
use crate::given::{self, NAV, OTHER_NAV, Receipt, a_position, a_position_of, a_receipt_for, an_option};
use crate::station::Station;

const CROWD: usize = 16;

/// Sends all messages at the same moment; gives the answers in order of their text.
fn all_at_once(station: &Station, messages: &[String]) -> Vec<String> {
    let ready = Barrier::new(messages.len());
    let mut answers: Vec<String> = thread::scope(|scope| {
        let send = |message| {
            let ready = &ready;
            scope.spawn(move || {
                ready.wait();
                station.post(message).outcome()
            })
        };
        let threads: Vec<_> = messages.iter().map(send).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    answers.sort();
    answers
}

#[test]
fn one_receipt_sent_many_times_at_once() {
    let station = Station::spawn();
    station.load(&a_position());
    // Half of them written as V1, half as V2: still the same receipt.
    let receipt = a_receipt_for(NAV);
    let messages: Vec<_> = (0..CROWD).map(|n| if n % 2 == 0 { receipt.v1() } else { receipt.v2() }).collect();
    let mut expected = vec!["PAA_RECEIPT_DUPLICATA"; CROWD];
    expected[0] = "OK";
    assert_eq!(all_at_once(&station, &messages), expected);
    assert_eq!(station.receipts().len(), 1);
    assert_eq!(station.count("SELECT COUNT(*) FROM receipt_copy"), 0);
    assert_eq!(station.anomalies(), [""; 0]);
    assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
}

#[test]
fn many_receipts_of_one_notice_at_once() {
    let station = Station::spawn();
    station.load(&a_position());
    let receipt = |n| Receipt { id: format!("receipt {n}"), ..a_receipt_for(NAV) }.v1();
    let messages: Vec<_> = (0..CROWD).map(receipt).collect();
    assert_eq!(all_at_once(&station, &messages), vec!["OK"; CROWD]);
    let stored = station.receipts();
    assert_eq!(stored.len(), CROWD);
    let settling: Vec<_> = stored.iter().filter(|receipt| receipt.rule == "D8").collect();
    assert_eq!(settling.len(), 1);
    assert_eq!(settling[0].receipt_id, station.text("SELECT receipt_id FROM payment_option"));
    assert_eq!(station.anomalies(), vec![format!("DOUBLE_PAYMENT {NAV}"); CROWD - 1]);
}

#[test]
fn receipts_and_questions_at_once() {
    let station = Station::spawn();
    let navs: Vec<_> = (0..CROWD).map(|n| format!("3070000000000{n:02}000")).collect();
    navs.iter().for_each(|nav| station.load(&a_position_of(vec![an_option(nav)])));
    let messages: Vec<_> = navs.iter().flat_map(|nav| [a_receipt_for(nav).v2(), given::verify(nav)]).collect();
    for answer in all_at_once(&station, &messages) {
        assert!(matches!(answer.as_str(), "OK" | "PAA_PAGAMENTO_DUPLICATO"), "{answer}");
    }
    for nav in &navs {
        assert_eq!(station.post(given::verify(nav)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
    }
    assert_eq!(station.anomalies(), [""; 0]);
}

#[test]
fn a_loader_at_work_keeps_no_reader_waiting() {
    let station = Station::spawn();
    station.load(&a_position());
    let mut broken = an_option(OTHER_NAV);
    broken.amount = given::euro(1);
    station.load(&a_position_of(vec![broken]));
    let mut loader = neighbour(&station);
    // Exclusive, as a large transaction becomes where there is no write-ahead log.
    let writing = "BEGIN EXCLUSIVE; UPDATE payment_option SET description = 'Not committed yet'";
    station.block_on(sqlx::raw_sql(writing).execute(&mut loader)).unwrap();

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
        station.block_on(sqlx::raw_sql("COMMIT").execute(&mut loader)).unwrap();
        assert_eq!(answered.recv().unwrap(), "OK");
    });
    assert_eq!(station.post(given::verify(OTHER_NAV)).outcome(), "PAA_SEMANTICA");
    assert_eq!(station.anomalies(), [format!("UNPRESENTABLE_NOTICE {OTHER_NAV}")]);
}

/// The Node waits 15 seconds for the answer to a receipt. It hears in time that it must ask again.
#[test]
fn a_loader_that_never_ends() {
    let station = Station::spawn();
    station.load(&a_position());
    let mut loader = neighbour(&station);
    station.block_on(sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut loader)).unwrap();
    let started = std::time::Instant::now();
    assert_eq!(station.post(a_receipt_for(NAV).v2()).outcome(), "Fault Server");
    assert!(started.elapsed() < Duration::from_secs(14), "{:?}", started.elapsed());
    station.block_on(sqlx::raw_sql("ROLLBACK").execute(&mut loader)).unwrap();
    assert_eq!(station.post(a_receipt_for(NAV).v2()).outcome(), "OK");
}
