//! SIGTERM: what is being asked is answered, then the process ends well.

use crate::database::Database;
use crate::given::{self, NAV, a_position, a_receipt_for};
use crate::process::Process;
use crate::running::post;
use crate::socket::{self, Socket};

#[test]
fn a_request_in_flight_is_answered_before_the_end() {
    let database = Database::with(&[a_position()]);
    let mut process = Process::serve(&database, &[]);
    let request = socket::post(&a_receipt_for(NAV).v1());
    let (first, second) = request.split_at(request.len() / 2);
    let mut slow = Socket::to(&process.url);
    slow.send(first);
    // The station is at it once it has answered somebody who came later.
    assert_eq!(post(&process, given::verify(NAV)).outcome(), "OK");

    process.signal("TERM");
    process.until("graceful shutdown");
    slow.send(second);
    assert_eq!(slow.answer().unwrap().outcome(), "OK");
    let (status, log) = process.end();
    assert_eq!(status.code(), Some(0));
    assert!(log.ends_with("stopped"), "{log}");

    // What it answered it also kept.
    let again = Process::serve(&database, &[]);
    assert_eq!(post(&again, a_receipt_for(NAV).v1()).outcome(), "PAA_RECEIPT_DUPLICATA");
}

/// Whoever presses Ctrl-C at a desk does not want to wait for anybody.
#[test]
fn an_interrupt_waits_for_nobody() {
    let database = Database::with(&[a_position()]);
    let process = Process::serve(&database, &[]);
    let mut slow = Socket::to(&process.url);
    slow.send(socket::post_head(100));
    assert_eq!(post(&process, given::verify(NAV)).outcome(), "OK");
    process.signal("INT");
    assert_eq!(process.end().0.code(), Some(0));
    assert!(slow.answer().is_none());
}

/// The Node keeps its connections open: idle ones must not delay the end.
#[test]
fn an_idle_connection_delays_nothing() {
    let database = Database::with(&[a_position()]);
    let process = Process::serve(&database, &[]);
    let mut idle = Socket::to(&process.url);
    assert_eq!(idle.send(socket::post(&given::verify(NAV))).answer().unwrap().outcome(), "OK");
    let _silent = Socket::to(&process.url);
    let started = std::time::Instant::now();
    process.signal("TERM");
    let (status, _) = process.end();
    assert_eq!(status.code(), Some(0));
    assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
}

/// A process that is killed has acknowledged nothing that it did not keep.
#[test]
fn what_was_acknowledged_survives_a_kill() {
    let database = Database::with(&[a_position()]);
    let process = Process::serve(&database, &[]);
    assert_eq!(post(&process, a_receipt_for(NAV).v2()).outcome(), "OK");
    process.signal("KILL");
    assert!(!process.end().0.success());
    let again = Process::serve(&database, &[]);
    assert_eq!(post(&again, given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
    assert_eq!(post(&again, a_receipt_for(NAV).v2()).outcome(), "PAA_RECEIPT_DUPLICATA");
}
