//! The Node at work: callers that send receipts and ask for notices until they are told to stop, and remember what they
//! heard. What was not answered, or with a SOAP Fault, is sent again, as the Node does.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ec_station::domain::position::DebtPosition;

use crate::given::{self, a_position_of, a_receipt_for, an_option};
use crate::socket::{Socket, post};

/// How long the Node waits for the answer to a receipt, and to anything else.
const RECEIPT: Duration = Duration::from_secs(15);
const READ: Duration = Duration::from_secs(7);

/// What was sent so far and what was heard.
#[derive(Default)]
pub struct Traffic {
    /// The first notice that was not paid yet.
    next: AtomicUsize,
    unanswered: Mutex<Vec<usize>>,
    acknowledged: Mutex<BTreeSet<usize>>,
    over: AtomicBool,
    /// Whether the station may be gone.
    may_be_gone: AtomicBool,
    /// Whether a caller heard what it must not hear.
    broken: AtomicBool,
    /// Whether the store may be gone.
    pub store_may_be_gone: AtomicBool,
    /// Receipts that heard OK.
    pub accepted: AtomicUsize,
    /// Receipts that heard a SOAP Fault.
    pub faults: AtomicUsize,
    /// Questions that were answered well, and those that heard of a failure.
    pub read: AtomicUsize,
    pub unread: AtomicUsize,
}

/// The notice of a number.
pub fn nav(number: usize) -> String {
    format!("307{number:015}")
}

/// Whether a position is loaded for a notice. Every eighth has none, and its receipt is an orphan.
fn is_loaded(number: usize) -> bool {
    number % 8 != 7
}

/// The positions of the first so many notices.
pub fn positions(count: usize) -> Vec<DebtPosition> {
    (0..count).filter(|number| is_loaded(*number)).map(|number| a_position_of(vec![an_option(&nav(number))])).collect()
}

fn message(number: usize) -> String {
    let receipt = a_receipt_for(&nav(number));
    if number.is_multiple_of(2) { receipt.v1() } else { receipt.v2() }
}

impl Traffic {
    /// Sends receipts over one connection at a time until told to stop.
    pub fn send_receipts(&self, url: &str) {
        let _watch = Watch(&self.broken);
        let mut line = Line::to(url);
        while !self.is_over() {
            let number = self.take();
            self.send(&mut line, number);
        }
    }

    fn send(&self, line: &mut Line, number: usize) {
        match self.ask(line, &message(number), RECEIPT) {
            Some(answer) if answer == "OK" || answer == "PAA_RECEIPT_DUPLICATA" => {
                self.acknowledged.lock().unwrap().insert(number);
                self.accepted.fetch_add(1, Ordering::SeqCst);
            }
            Some(answer) => {
                assert_eq!(answer, "Fault Server", "the answer to a receipt");
                assert!(self.store_may_be_gone.load(Ordering::SeqCst), "the store is there, and the station fails");
                self.faults.fetch_add(1, Ordering::SeqCst);
                self.unanswered.lock().unwrap().insert(0, number);
            }
            None => self.unanswered.lock().unwrap().push(number),
        }
    }

    /// Asks about notices over one connection at a time until told to stop. Whoever's receipt was acknowledged before
    /// must be known to have paid.
    pub fn ask_about_notices(&self, url: &str, on_failure: &str) {
        let _watch = Watch(&self.broken);
        let mut line = Line::to(url);
        for at in (0..).step_by(7) {
            if self.is_over() {
                return;
            }
            let number = at % self.next.load(Ordering::SeqCst).max(1);
            let paid = self.acknowledged.lock().unwrap().contains(&number);
            let message = if at % 2 == 0 { given::verify(&nav(number)) } else { given::get_v2(&nav(number), "") };
            let Some(answer) = self.ask(&mut line, &message, READ) else { continue };
            if answer == on_failure {
                assert!(self.store_may_be_gone.load(Ordering::SeqCst), "the store is there, and the station fails");
                self.unread.fetch_add(1, Ordering::SeqCst);
                continue;
            }
            let expected: &[&str] = match (is_loaded(number), paid) {
                (false, _) => &["PAA_PAGAMENTO_SCONOSCIUTO"],
                (true, true) => &["PAA_PAGAMENTO_DUPLICATO"],
                (true, false) => &["OK", "PAA_PAGAMENTO_DUPLICATO"],
            };
            assert!(expected.contains(&answer.as_str()), "notice {number}: {answer}, not {expected:?}");
            self.read.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// What the station answers within so long; none when it goes away, which it must only do when it was killed.
    fn ask(&self, line: &mut Line, message: &str, patience: Duration) -> Option<String> {
        let started = Instant::now();
        let answer = line.ask(message);
        if answer.is_none() {
            assert!(self.may_be_gone.load(Ordering::SeqCst), "the station hung up on a caller");
            return None;
        }
        assert!(started.elapsed() < patience, "{answer:?} after {:?}", started.elapsed());
        answer
    }

    /// One that was not answered, or a new one.
    fn take(&self) -> usize {
        let unanswered = self.unanswered.lock().unwrap().pop();
        unanswered.unwrap_or_else(|| self.next.fetch_add(1, Ordering::SeqCst))
    }

    /// Waits for something that is going to happen, unless a caller hears what it must not hear.
    pub fn wait_until(&self, what: &str, happened: impl Fn() -> bool) {
        let started = Instant::now();
        while !happened() {
            let late = started.elapsed() > Duration::from_secs(60);
            if late || self.broken.load(Ordering::SeqCst) {
                // Whoever waits for the callers would wait for ever.
                self.stop_when_it_is_gone();
                panic!("{what}: {}", if late { "not within a minute" } else { "a caller gave up" });
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Tells all callers to stop.
    pub fn stop(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// From here on the station may be gone, and its callers stop when it is.
    pub fn stop_when_it_is_gone(&self) {
        self.may_be_gone.store(true, Ordering::SeqCst);
        self.stop();
    }

    /// Begins anew with another station on the same database.
    pub fn begin(&self) {
        self.may_be_gone.store(false, Ordering::SeqCst);
        self.over.store(false, Ordering::SeqCst);
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// The ids of all receipts that were acknowledged.
    pub fn acknowledged(&self) -> Vec<String> {
        self.acknowledged.lock().unwrap().iter().map(|number| format!("receipt-of-{}", nav(*number))).collect()
    }

    /// How many receipts were sent.
    pub fn sent(&self) -> usize {
        self.next.load(Ordering::SeqCst)
    }

    /// Sends again what was not answered; it is then there as well.
    pub fn send_the_rest(&self, url: &str) {
        let mut line = Line::to(url);
        let rest = std::mem::take(&mut *self.unanswered.lock().unwrap());
        rest.into_iter().for_each(|number| self.send(&mut line, number));
        assert_eq!(self.acknowledged.lock().unwrap().len(), self.sent());
    }

    /// Asks the station about every notice whose receipt was acknowledged, and sends the last receipts once more.
    pub fn everything_had_its_effect(&self, url: &str) {
        let mut line = Line::to(url);
        let acknowledged = self.acknowledged.lock().unwrap();
        for number in acknowledged.iter().filter(|number| is_loaded(**number)) {
            assert_eq!(line.ask(&given::verify(&nav(*number))).as_deref(), Some("PAA_PAGAMENTO_DUPLICATO"), "{number}");
        }
        for number in acknowledged.iter().rev().take(100) {
            assert_eq!(line.ask(&message(*number)).as_deref(), Some("PAA_RECEIPT_DUPLICATA"), "{number}");
        }
    }
}

/// Notes that a caller panics.
struct Watch<'t>(&'t AtomicBool);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

/// A caller's connection, opened again when it was lost.
pub struct Line {
    url: String,
    socket: Option<Socket>,
}

impl Line {
    pub fn to(url: &str) -> Line {
        Line { url: url.into(), socket: None }
    }

    /// The answer's outcome; none when the station went away before it was there.
    pub fn ask(&mut self, message: &str) -> Option<String> {
        let mut socket = match self.socket.take() {
            Some(socket) => socket,
            None => Socket::try_to(&self.url).ok()?,
        };
        socket.try_send(post(message)).ok()?;
        let reply = socket.try_answer().ok()??;
        if reply.header("connection") != Some("close") {
            self.socket = Some(socket);
        }
        Some(reply.outcome())
    }
}
