//! More calls than the journal can take: answers are not slowed, and what is dropped is counted.

use std::time::{Duration, Instant};

use ec_station::archivist::Bounds;
use ec_station::journal::Entry;

use crate::database::{Database, Engine};
use crate::given::{self, NAV, a_position};
use crate::journal::{assert_whole, until};
use crate::station::{Station, agent};

const CALLS: u64 = 3000;
const BOUNDS: (usize, usize) = (200, 50);

fn calls_while_another_process_holds_the_store(engine: Engine, hold: &str) {
    let (waiting, segment) = BOUNDS;
    let bounds = Bounds { waiting, segment, ..Bounds::default() };
    let station = Station::spawn_bounded(Database::fresh_on(engine), bounds, |_| ());
    station.load(&a_position());
    let mut holder = station.database().neighbour();
    holder.execute(hold);

    let client = agent();
    let mut slowest = Duration::ZERO;
    for _ in 0..CALLS {
        let request = client.post(format!("{}/soap/paForNode", station.url())).content_type("text/xml");
        let started = Instant::now();
        let answer = request.send(given::verify(NAV)).unwrap().body_mut().read_to_string().unwrap();
        slowest = slowest.max(started.elapsed());
        assert!(answer.contains("<outcome>OK</outcome>"), "{answer}");
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    holder.execute("ROLLBACK");

    let counted = || {
        station.database().journal().iter().fold((0, 0), |(kept, dropped), entry| match entry {
            Entry::Exchange(_) => (kept + 1, dropped),
            Entry::Gap(gap) => (kept, dropped + gap.count),
            Entry::Event(_) => (kept, dropped),
        })
    };
    until("each call is there or counted", || {
        let (kept, dropped) = counted();
        kept + dropped == CALLS
    });
    let (kept, _) = counted();
    assert!(kept <= (waiting + 2 * segment) as u64, "{kept} of {CALLS} were kept: the queue is bounded");
    assert!(kept >= waiting as u64, "{kept} of {CALLS}");
    assert!(assert_whole(station.database()).contains("dropped"));
}

mod on_sqlite {
    use super::*;

    #[test]
    fn another_process_holds_the_store() {
        calls_while_another_process_holds_the_store(Engine::Sqlite, "BEGIN IMMEDIATE");
    }
}

mod on_postgres {
    use super::*;

    #[test]
    fn another_process_holds_the_store() {
        calls_while_another_process_holds_the_store(Engine::Postgres, "BEGIN; LOCK TABLE journal IN EXCLUSIVE MODE");
    }
}
