//! `archive.reads`: what becomes of calls that change nothing.

use ec_station::settings::{ArchiveReads, OnStoreDown};

use crate::database::Database;
use crate::given::{self, NAV, a_position, a_receipt_for};
use crate::journal::{exchanges, until};
use crate::station::Station;

fn station(reads: ArchiveReads, down: OnStoreDown) -> Station {
    let station = Station::spawn_on(Database::fresh(), |settings| {
        settings.archive.reads = reads;
        settings.on_store_down = down;
    });
    station.load(&a_position());
    station
}

#[test]
fn off_leaves_out_the_bodies_and_not_the_rows() {
    let station = station(ArchiveReads::Off, OnStoreDown::Fault);
    station.post(given::verify(NAV));
    station.post("x");
    station.post(a_receipt_for(NAV).v1());
    until("all are there", || exchanges(station.database()).len() == 3);
    for exchange in exchanges(station.database()) {
        let is_receipt = exchange.about.operation == "paSendRT";
        assert_eq!((exchange.request.is_some(), exchange.response.is_some()), (is_receipt, is_receipt));
        assert_eq!(exchange.about.nav.is_empty(), exchange.about.operation.is_empty());
        assert!(exchange.rule.is_some());
    }
}

#[test]
fn sync_has_the_row_when_the_answer_arrives() {
    let station = station(ArchiveReads::Sync, OnStoreDown::Fault);
    let messages = [given::verify(NAV), given::get(NAV, ""), given::get_v2(NAV, ""), given::demand(), "x".into()];
    for (message, there) in messages.iter().zip(1..) {
        let reply = station.post(message);
        let kept = exchanges(station.database());
        assert_eq!(kept.len(), there);
        let exchange = kept.last().unwrap();
        assert_eq!(exchange.request.as_deref(), Some(message.as_bytes()));
        assert_eq!(exchange.response.as_deref(), Some(reply.body.as_bytes()));
    }
}

/// A11. What the Node did not hear is not in the journal; what it heard is, as soon as that can be written again.
#[test]
fn sync_answers_a_failure_where_the_journal_fails() {
    for (down, answer) in [(OnStoreDown::Fault, "PAA_SYSTEM_ERROR"), (OnStoreDown::Unavailable, "503")] {
        let station = station(ArchiveReads::Sync, down);
        station.database().change("ALTER TABLE journal RENAME TO lost");
        let expected = [
            (given::verify(NAV), answer),
            (given::get(NAV, ""), answer),
            (given::get_v2(NAV, ""), answer),
            (given::demand(), "PAA_SYSTEM_ERROR"),
            ("x".into(), "Fault Server"),
        ];
        for (message, answer) in &expected {
            assert_eq!(station.post(message).outcome(), *answer, "{message}");
        }
        station.database().change("ALTER TABLE lost RENAME TO journal");
        until("all are there", || exchanges(station.database()).len() == expected.len());
        assert!(exchanges(station.database()).iter().all(|kept| kept.rule.as_deref() == Some("A11")));
        assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
    }
}

/// Nobody waits for the journal, and what could not be written is written later.
#[test]
fn async_answers_where_the_journal_fails() {
    let station = station(ArchiveReads::Async, OnStoreDown::Fault);
    station.database().change("ALTER TABLE journal RENAME TO lost");
    for _ in 0..3 {
        assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
    }
    assert_eq!(
        station.post(a_receipt_for(NAV).v1()).outcome(),
        "Fault Server",
        "a receipt is kept whole or not at all"
    );
    assert_eq!(station.receipts().len(), 0);
    station.database().change("ALTER TABLE lost RENAME TO journal");
    until("all are there", || exchanges(station.database()).len() == 4);
    assert_eq!(station.post(a_receipt_for(NAV).v1()).outcome(), "OK");
}
