//! Many at once: each callback is told, and told once, with two stations on one database, and when one makes way for
//! another.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use ec_station::jobs::outbox::Leases;

use super::receiver::{Receiver, badly, well};
use super::*;
use crate::extent::usual_or_full;

const MANY: usize = 200;

/// How often each notice was told of.
fn told(receiver: &Receiver) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for call in receiver.heard() {
        *told.entry(call.field("data")["avviso_pa"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    told
}

fn each_once(receiver: &Receiver, count: usize) {
    // What is told once more comes after the rows say that it was heard.
    thread::sleep(Duration::from_millis(1500));
    let expected: BTreeMap<String, usize> = (0..count).map(|number| (nav(number), 1)).collect();
    assert_eq!(told(receiver), expected);
}

/// Does something for every number, on a few threads at once.
pub(super) fn at_once(count: usize, work: impl Fn(usize) + Sync) {
    const THREADS: usize = 20;
    thread::scope(|scope| {
        for first in 0..THREADS {
            let work = &work;
            scope.spawn(move || (first..count).step_by(THREADS).for_each(work));
        }
    });
}

#[test]
fn two_hundred_requests_at_once_and_their_receipts_at_once() {
    let receiver = Receiver::well_behaved();
    let station = a_station(MANY);
    at_once(MANY, |number| drop(open(&station, &nav(number), &receiver)));
    at_once(MANY, |number| pay(&station, &nav(number)));
    comes_to(&station, "heard", MANY as i64);
    each_once(&receiver, MANY);
}

/// Each receipt follows its request on its heels, while others are still being opened.
#[test]
fn requests_and_receipts_all_at_once() {
    let receiver = Receiver::well_behaved();
    let station = a_station(MANY);
    at_once(MANY, |number| {
        open(&station, &nav(number), &receiver);
        pay(&station, &nav(number));
    });
    comes_to(&station, "heard", MANY as i64);
    each_once(&receiver, MANY);
}

/// Half of the first calls are in vain, so that messages go from hand to hand.
#[test]
fn two_stations_share_a_database() {
    let is_in_vain = |number: usize| number.is_multiple_of(2) && number < MANY;
    for _ in 0..usual_or_full(1, 5) {
        let receiver = Receiver::that(move |number, _| {
            thread::sleep(Duration::from_millis(30));
            if is_in_vain(number) { badly() } else { well() }
        });
        let one = a_station(MANY);
        let other = Station::spawn_on(one.shared(), at_a_desk);
        at_once(MANY, |number| {
            let station = if number % 2 == 0 { &one } else { &other };
            open(station, &nav(number), &receiver);
            pay(if number % 3 == 0 { &one } else { &other }, &nav(number));
        });
        while_time_passes(&[&one, &other], "all is heard", || count(&one, "heard") == MANY as i64);
        let calls = receiver.heard().into_iter().enumerate().filter(|(number, _)| !is_in_vain(*number));
        let mut heard: Vec<String> =
            calls.map(|(_, call)| call.field("data")["avviso_pa"].as_str().unwrap().to_owned()).collect();
        heard.sort();
        assert_eq!(heard, (0..MANY).map(nav).collect::<Vec<_>>(), "each was heard once");
    }
}

/// A receiver that takes its time: the other station leaves the message alone.
#[test]
fn a_message_in_hand_is_nobody_elses() {
    let receiver = Receiver::that(|_, _| {
        thread::sleep(Duration::from_secs(4));
        well()
    });
    let slow = |settings: &mut Settings| {
        at_a_desk(settings);
        settings.outbox.timeout = Duration::from_secs(6);
    };
    let one = Station::spawn_on(Database::with(&positions(4)), slow);
    let other = Station::spawn_on(one.shared(), slow);
    for number in 0..4 {
        open(&one, &nav(number), &receiver);
        pay(if number % 2 == 0 { &one } else { &other }, &nav(number));
    }
    comes_to(&one, "heard", 4);
    each_once(&receiver, 4);
}

/// Messages that wait for their turn longer than a lease lasts: it is renewed, and the other station leaves them alone.
#[test]
fn a_lease_is_renewed() {
    const WAITING: usize = 32;
    let receiver = Receiver::that(|_, _| {
        thread::sleep(Duration::from_secs(2));
        well()
    });
    let leases = Leases {
        length: Duration::from_millis(6500),
        renewal: Duration::from_millis(500),
        reserve: Duration::from_millis(100),
        ..Leases::default()
    };
    let desk = |settings: &mut Settings| {
        at_a_desk(settings);
        settings.outbox.timeout = Duration::from_millis(2600);
    };
    let one = Station::spawn_leasing(Database::with(&positions(WAITING)), leases, desk);
    (0..WAITING).for_each(|number| drop(open(&one, &nav(number), &receiver)));
    let begun = Instant::now();
    at_once(WAITING, |number| pay(&one, &nav(number)));
    let taken = || count(&one, "in hand") + count(&one, "heard") == WAITING as i64;
    wait_until("all are taken", PATIENCE, taken);
    let other = Station::spawn_leasing(one.shared(), leases, desk);
    wait_until("all are heard", PATIENCE, || {
        let now = given::today() + begun.elapsed();
        [&one, &other].iter().for_each(|station| station.set_now(now));
        count(&one, "heard") == WAITING as i64
    });
    assert!(begun.elapsed() > leases.length, "the last ones were in hand for {:?}", begun.elapsed());
    each_once(&receiver, WAITING);
}

/// A station that ends has told what it had in hand, and leaves the rest to the next one.
#[test]
fn stations_come_and_go() {
    let receiver = Arc::new(Receiver::that(|_, _| {
        thread::sleep(Duration::from_millis(20));
        well()
    }));
    let mut database = Arc::new(Database::with(&positions(MANY)));
    const ROUNDS: usize = 5;
    for round in 0..ROUNDS {
        let station = Station::spawn_on(database, at_a_desk);
        let part = MANY / ROUNDS;
        at_once(part, |number| {
            open(&station, &nav(round * part + number), &receiver);
            pay(&station, &nav(round * part + number));
        });
        database = station.closed();
        assert_eq!(database.count("SELECT COUNT(*) FROM outbox_message WHERE worker IS NOT NULL"), 0);
    }
    let station = Station::spawn_on(database, at_a_desk);
    comes_to(&station, "heard", MANY as i64);
    each_once(&receiver, MANY);
}

/// One that dies leaves its messages until its lease is over.
#[test]
fn what_a_dead_station_had_in_hand_is_told_by_another() {
    let deaf = Receiver::that(|number, _| if number == 0 { receiver::Manner::Hangs } else { well() });
    let station = Station::spawn_on(Database::with(&positions(1)), |settings| {
        at_a_desk(settings);
        settings.outbox.timeout = Duration::from_secs(60);
    });
    open(&station, &nav(0), &deaf);
    pay(&station, &nav(0));
    hears(&deaf, 1);
    let next = Station::spawn_on(station.killed(), at_a_desk);
    thread::sleep(Duration::from_millis(1500));
    assert_eq!((deaf.heard().len(), count(&next, "in hand")), (1, 1));
    next.set_now(minutes(6));
    comes_to(&next, "heard", 1);
    assert_eq!(deaf.heard().len(), 2);
}

mod on_postgres {
    use super::*;
    use crate::database::Engine;
    use crate::proxy::Proxy;

    /// It was heard, and before that can be noted the database is away until the leases have ended: when it is back the
    /// one station can note it before the other takes it.
    #[test]
    fn what_was_heard_while_the_database_was_away_is_not_told_again() {
        const HEARD: usize = 8;
        let receiver = Receiver::that(|_, _| {
            thread::sleep(Duration::from_millis(1200));
            well()
        });
        let database = Arc::new(Database::fresh_on(Engine::Postgres).filled_with(&positions(HEARD)));
        let proxy = Proxy::to(&database.setting());
        let behind = |settings: &mut Settings| {
            at_a_desk(settings);
            settings.outbox.timeout = Duration::from_secs(4);
            settings.database = proxy.url(&database.setting()).parse().unwrap();
        };
        let stations = [0, 1].map(|_| Station::spawn_on(database.clone(), behind));
        (0..HEARD).for_each(|number| drop(open(&stations[0], &nav(number), &receiver)));
        at_once(HEARD, |number| pay(&stations[0], &nav(number)));
        hears(&receiver, HEARD);
        proxy.hold();
        // Both find out that it is away.
        thread::sleep(Duration::from_secs(8));
        assert!(count(&stations[0], "waiting") > 0, "all was noted before the database was away");
        stations.iter().for_each(|station| station.set_now(minutes(10)));
        proxy.flow();
        comes_to(&stations[0], "heard", HEARD as i64);
        each_once(&receiver, HEARD);
    }
}
