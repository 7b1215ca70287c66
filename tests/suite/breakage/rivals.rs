//! Two stations on one database: whatever comes to both at the same moment has one effect. And receipts that pass the
//! loading of their position: in the end they find each other.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use crate::audit;
use crate::database::{Database, Engine};
use crate::extent::{usual_or_full, wait_until};
use crate::given::{self, Receipt, a_position_of, a_receipt_for, an_option};
use crate::process::Process;
use crate::station::Station;
use crate::traffic::{Line, nav, positions};

/// Sends each caller's messages, the first ones of all at the same moment, then the second ones; the answers of each
/// moment, sorted.
fn side_by_side(urls: &[&str], messages: &[Vec<String>]) -> Vec<Vec<String>> {
    let ready = Barrier::new(urls.len());
    let heard: Vec<Vec<String>> = thread::scope(|scope| {
        let call = |(url, messages): (&&str, &Vec<String>)| {
            let (mut line, messages, ready) = (Line::to(url), messages.clone(), &ready);
            scope.spawn(move || {
                let mut answer = |message: &String| {
                    ready.wait();
                    line.ask(message).expect("the station answers")
                };
                messages.iter().map(&mut answer).collect()
            })
        };
        let callers: Vec<_> = urls.iter().zip(messages).map(call).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let moments = heard[0].len();
    let moment = |at: usize| {
        let mut answers: Vec<_> = heard.iter().map(|answers| answers[at].clone()).collect();
        answers.sort();
        answers
    };
    (0..moments).map(moment).collect()
}

/// The numbers below this that have a position.
fn numbers(count: usize) -> impl Iterator<Item = usize> {
    (0..count).filter(|number| number % 8 != 7)
}

/// A load balancer that is in doubt sends to both.
#[test]
fn two_stations_get_the_same_receipt() {
    let count = usual_or_full(80, 800);
    let database = Database::with(&positions(count));
    let [one, other] = [(); 2].map(|()| Process::serve(&database, &[]));
    let receipts: Vec<_> = (0..count).map(|number| a_receipt_for(&nav(number))).collect();
    let messages = [receipts.iter().map(Receipt::v1).collect(), receipts.iter().map(Receipt::v2).collect()];
    for (number, answers) in side_by_side(&[&one.url, &other.url], &messages).iter().enumerate() {
        assert_eq!(answers, &["OK", "PAA_RECEIPT_DUPLICATA"], "notice {number}");
    }
    audit::holds(&database, receipts.iter().map(|receipt| &receipt.id));
    assert_eq!(database.count("SELECT COUNT(*) FROM receipt"), count as i64);
    assert_eq!(database.count("SELECT COUNT(*) FROM receipt_copy"), 0);
    assert_eq!(database.count("SELECT COUNT(*) FROM anomaly WHERE kind <> 'ORPHAN_RECEIPT'"), 0);
    audit::nothing_is_half_stored(&database);
}

/// Two payers, two counters, one notice.
#[test]
fn two_stations_get_two_receipts_of_one_notice() {
    let count = usual_or_full(80, 800);
    let database = Database::with(&positions(count));
    let [one, other] = [(); 2].map(|()| Process::serve(&database, &[]));
    let of = |which: &str| -> Vec<String> {
        numbers(count)
            .map(|number| Receipt { id: format!("{which} of {number}"), ..a_receipt_for(&nav(number)) }.v1())
            .collect()
    };
    for answers in side_by_side(&[&one.url, &other.url], &[of("the first"), of("the second")]) {
        assert_eq!(answers, ["OK", "OK"]);
    }
    let notices = numbers(count).count() as i64;
    assert_eq!(database.count("SELECT COUNT(*) FROM receipt WHERE rule = 'D8'"), notices);
    assert_eq!(database.count("SELECT COUNT(*) FROM receipt WHERE rule = 'D10'"), notices);
    assert_eq!(database.count("SELECT COUNT(*) FROM anomaly WHERE kind = 'DOUBLE_PAYMENT'"), notices);
    assert_eq!(database.count("SELECT COUNT(*) FROM anomaly"), notices);
    audit::nothing_is_half_stored(&database);
}

/// Instalments of one position, each paid at a station of its own.
#[test]
fn two_stations_get_the_instalments_of_one_position() {
    let count = usual_or_full(40, 400);
    let plan = |number: usize| {
        let instalments = [2 * number, 2 * number + 1].map(|number| {
            let mut option = an_option(&nav(number));
            option.is_partial_payment = true;
            option
        });
        a_position_of(instalments.into())
    };
    let database = Database::with(&(0..count).map(plan).collect::<Vec<_>>());
    let [one, other] = [(); 2].map(|()| Process::serve(&database, &[]));
    let of = |which| (0..count).map(|number| a_receipt_for(&nav(2 * number + which)).v2()).collect::<Vec<_>>();
    for answers in side_by_side(&[&one.url, &other.url], &[of(0), of(1)]) {
        assert_eq!(answers, ["OK", "OK"]);
    }
    assert_eq!(database.count("SELECT COUNT(*) FROM debt_position WHERE status = 'PAID'"), count as i64);
    assert_eq!(database.count("SELECT COUNT(*) FROM anomaly"), 0);
    audit::nothing_is_half_stored(&database);
}

/// Waits until no unpaid option stands beside a receipt that paid it.
fn they_find_each_other(station: &Station) {
    let apart = "SELECT COUNT(*) FROM payment_option o
                 JOIN receipt r ON r.organization = o.organization AND r.nav = o.nav WHERE o.status = 'PO_UNPAID'";
    wait_until("the receipts find their positions", Duration::from_secs(10), || station.count(apart) == 0);
    audit::nothing_is_half_stored(station.database());
}

/// A debtor pays while the file with the debt is being loaded.
#[test]
fn receipts_race_the_loading_of_their_positions() {
    let count = usual_or_full(60, 600);
    let station = Station::spawn();
    let ready = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut line = Line::to(station.url());
            for number in 0..count {
                ready.wait();
                assert_eq!(line.ask(&a_receipt_for(&nav(number)).v1()).as_deref(), Some("OK"));
            }
        });
        for number in 0..count {
            ready.wait();
            station.load(&a_position_of(vec![an_option(&nav(number))]));
        }
    });
    they_find_each_other(&station);
    for number in 0..count {
        assert_eq!(station.post(given::verify(&nav(number))).outcome(), "PAA_PAGAMENTO_DUPLICATO");
    }
    assert_eq!(station.anomalies(), [""; 0], "no orphan is left");
}

mod on_postgres {
    use super::*;

    /// Neither sees the other: both have looked before either was done.
    fn pass_each_other(lock: &str, first: impl Fn(&Station) + Sync, second: impl Fn(&Station)) {
        let station = Station::spawn_on_engine(Engine::Postgres);
        let mut neighbour = station.database().neighbour();
        neighbour.execute(&format!("BEGIN; LOCK TABLE {lock} IN SHARE MODE"));
        thread::scope(|scope| {
            scope.spawn(|| first(&station));
            let waiting = "SELECT COUNT(*) FROM pg_stat_activity
                           WHERE wait_event_type = 'Lock' AND datname = current_database()";
            wait_until("the first one waits", Duration::from_secs(10), || station.count(waiting) == 1);
            second(&station);
            neighbour.execute("COMMIT");
        });
        they_find_each_other(&station);
        assert_eq!(station.post(given::verify(&nav(0))).outcome(), "PAA_PAGAMENTO_DUPLICATO");
        assert_eq!(station.anomalies(), [""; 0]);
    }

    fn load(station: &Station) {
        station.load(&a_position_of(vec![an_option(&nav(0))]));
    }

    fn pay(station: &Station) {
        assert_eq!(station.post(a_receipt_for(&nav(0)).v1()).outcome(), "OK");
    }

    #[test]
    fn a_position_is_loaded_while_its_receipt_is_stored() {
        pass_each_other("receipt", pay, load);
    }

    #[test]
    fn a_receipt_is_stored_while_its_position_is_loaded() {
        pass_each_other("payment_option", load, pay);
    }
}
