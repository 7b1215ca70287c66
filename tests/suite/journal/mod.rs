//! The journal, through the front door: what comes into it, what is told of it, and that nobody can change it unseen.

mod disk;
mod exchanges;
mod loaded;
mod overload;
mod purging;
mod reads;
mod tampering;
mod telling;
mod together;

use std::time::{Duration, Instant};

use ec_station::journal::{Entry, Event, Exchange};

use crate::database::Database;
use crate::process::{Ended, ec_station_at, ended};

/// Waits until something is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(30), "it never came to it that {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn exchanges(database: &Database) -> Vec<Exchange> {
    let exchange = |entry| if let Entry::Exchange(exchange) = entry { Some(*exchange) } else { None };
    database.journal().into_iter().filter_map(exchange).collect()
}

pub fn events(database: &Database) -> Vec<Event> {
    let event = |entry| if let Entry::Event(event) = entry { Some(event) } else { None };
    database.journal().into_iter().filter_map(event).collect()
}

/// `ec-station journal` with these arguments.
fn journal(database: &Database, arguments: &[&str]) -> Ended {
    let mut command = ec_station_at(database);
    command.arg("journal").args(arguments);
    ended(command)
}

fn assert_whole(database: &Database) -> String {
    let Ended { code, out, err } = journal(database, &["verify"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.ends_with(": the journal is whole\n"), "{out}");
    out
}
