//! A request that is opened at the moment its receipt comes is either refused, because the notice is paid, or told.

use std::sync::Barrier;
use std::thread;

use super::receiver::Receiver;
use super::*;
use crate::extent::usual_or_full;

/// Runs two pieces of work at the same moment.
fn race<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    let line = Barrier::new(2);
    thread::scope(|scope| {
        let one = scope.spawn(|| {
            line.wait();
            one()
        });
        line.wait();
        let other = other();
        (one.join().unwrap(), other)
    })
}

#[test]
fn no_request_is_missed() {
    let rounds = usual_or_full(150, 2000);
    let receiver = Receiver::well_behaved();
    let station = a_station(rounds);
    let callback = callback_to(&receiver);
    let (mut opened, mut refused) = (0, 0);
    for number in 0..rounds {
        let nav = nav(number);
        let (asked, ()) = race(|| ask(&station, &nav, Some(callback.clone())), || pay(&station, &nav));
        match asked.status {
            200 => opened += 1,
            409 => refused += 1,
            status => panic!("{status}: {}", asked.text),
        }
        let open = format!("SELECT COUNT(*) FROM payment_request WHERE nav = '{nav}' AND outcome IS NULL");
        assert_eq!(station.count(&open), 0, "round {number}");
    }
    println!("{opened} were opened before their receipt, {refused} came too late");
    assert!(opened > 0, "no request ever came first");
    comes_to(&station, "heard", opened);
    assert_eq!(receiver.heard().len(), opened as usize);
}

/// The position comes, its receipt comes, and somebody asks for its payment, all at once.
#[test]
fn no_request_is_missed_where_the_position_comes_with_its_receipt() {
    let rounds = usual_or_full(60, 1000);
    let receiver = Receiver::well_behaved();
    let station = a_station(0);
    let callback = callback_to(&receiver);
    let mut opened = 0;
    for number in 0..rounds {
        let nav = nav(number);
        let position = a_position_of(vec![an_option(&nav)]);
        let come = || {
            station.load(&position);
            ask(&station, &nav, Some(callback.clone()))
        };
        let (asked, ()) = race(come, || pay(&station, &nav));
        match asked.status {
            200 => opened += 1,
            409 => {}
            status => panic!("{status}: {}", asked.text),
        }
        let open = format!("SELECT COUNT(*) FROM payment_request WHERE nav = '{nav}' AND outcome IS NULL");
        assert_eq!(station.count(&open), 0, "round {number}");
    }
    println!("{opened} of {rounds} were opened");
    comes_to(&station, "heard", opened);
    assert_eq!(receiver.heard().len(), opened as usize);
}
