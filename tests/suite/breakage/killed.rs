//! The station is killed at random moments, with receipts on their way: what it acknowledged is there when it is started
//! again, with its effect, and nothing is half there.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use rand::RngExt;

use crate::audit;
use crate::database::Database;
use crate::extent::{chance, usual_or_full};
use crate::process::Process;
use crate::traffic::{Traffic, positions};

const SENDERS: usize = 6;

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let mut chance = chance("what_was_acknowledged_survives_every_kill");
    let kills = usual_or_full(4, 20);
    let database = Database::with(&positions(kills * 250));
    let traffic = Traffic::default();
    for kill in 0..kills {
        let station = Process::serve(&database, &[]);
        audit::holds(&database, &traffic.acknowledged());
        traffic.begin();
        let url = station.url.clone();
        thread::scope(|scope| {
            (0..SENDERS).for_each(|_| drop(scope.spawn(|| traffic.send_receipts(&url))));
            scope.spawn(|| traffic.ask_about_notices(&url, "PAA_SYSTEM_ERROR"));
            let accepted = traffic.accepted.load(Ordering::SeqCst) + chance.random_range(1..100);
            // Just after an answer, or somewhere between two.
            let moment = Duration::from_micros(if chance.random_bool(0.5) { 0 } else { chance.random_range(0..9_000) });
            traffic.wait_until("receipts are answered", || traffic.accepted.load(Ordering::SeqCst) >= accepted);
            thread::sleep(moment);
            traffic.stop_when_it_is_gone();
            station.kill();
        });
        println!("kill {kill}: {} sent, {} acknowledged", traffic.sent(), traffic.acknowledged().len());
        // Before anybody could mend anything.
        audit::holds(&database, &traffic.acknowledged());
        audit::nothing_is_half_stored(&database);
    }
    let station = Process::serve(&database, &[]);
    traffic.everything_had_its_effect(&station.url);
    traffic.send_the_rest(&station.url);
    traffic.everything_had_its_effect(&station.url);
    audit::nothing_is_half_stored(&database);
    assert_eq!(database.count("SELECT COUNT(*) FROM receipt"), traffic.sent() as i64);
}
