//! Many at once: the same receipt, receipts of one notice, and questions among them.

use std::sync::Barrier;
use std::thread;

use crate::given::{self, NAV, Receipt, a_position, a_position_of, a_receipt_for, an_option};
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
