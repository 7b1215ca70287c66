//! Receivers that behave badly, or that are not to be called at all. Nobody else is kept waiting by them.

use std::net::TcpListener;

use serde_json::json;

use super::receiver::{Manner, Receiver, well};
use super::*;

#[test]
fn whoever_answers_badly_has_not_heard() {
    let moved = |status: u16, to: &str| Manner::Answers(status, format!("Location: {to}\r\n"));
    let elsewhere = Receiver::well_behaved();
    let inward = elsewhere.url();
    let manners: Vec<(Manner, &str)> = vec![
        (Manner::Hangs, "the receiver did not answer in time"),
        (Manner::Trickles, "the receiver did not answer in time"),
        (Manner::Closes, "the receiver's answer cannot be read"),
        (Manner::HeadersGoOn, "the receiver's answer cannot be read"),
        (Manner::Babbles, "the receiver's answer cannot be read"),
        (Manner::Answers(404, String::new()), "the receiver answered 404"),
        (moved(301, "/callback"), "the receiver answered 301, and nobody is followed elsewhere"),
        (moved(302, &inward), "the receiver answered 302, and nobody is followed elsewhere"),
        (moved(303, &inward), "the receiver answered 303, and nobody is followed elsewhere"),
        (moved(307, &inward), "the receiver answered 307, and nobody is followed elsewhere"),
        (moved(308, "http://169.254.169.254/"), "the receiver answered 308, and nobody is followed elsewhere"),
    ];
    let station = a_station(manners.len() + 1);
    let mut bad = Vec::new();
    for (number, (manner, trouble)) in manners.into_iter().enumerate() {
        let receiver = Receiver::that(move |_, _| manner.clone());
        open(&station, &nav(number), &receiver);
        pay(&station, &nav(number));
        bad.push((receiver, nav(number), trouble));
    }
    tried(&station, bad.len() as i64);
    for (receiver, nav, trouble) in &bad {
        assert_eq!(receiver.heard().len(), 1, "{trouble}");
        let told = "SELECT m.trouble FROM outbox_message m JOIN payment_request q ON q.id = m.request_id WHERE q.nav";
        let told = station.text(&format!("{told} = '{nav}'"));
        assert!(told.starts_with(trouble), "{told}: {trouble}");
        assert!(!told.contains("session"), "a URL opens a door: {told}");
    }
    assert!(elsewhere.heard().is_empty(), "nobody is followed");
    assert_eq!((count(&station, "heard"), count(&station, "dead")), (0, 0));
}

#[test]
fn whoever_answers_well_has_heard_however_much_more_it_says() {
    let receiver = Receiver::that(|_, _| Manner::GoesOn);
    let station = a_station(1);
    open(&station, &nav(0), &receiver);
    pay(&station, &nav(0));
    comes_to(&station, "heard", 1);
    assert_eq!(receiver.heard().len(), 1);
}

#[test]
fn where_nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let station = a_station(2);
    for (number, url) in
        [format!("http://127.0.0.1:{port}/"), "http://nobody.invalid/".to_owned()].into_iter().enumerate()
    {
        let callback = json!({ "url": url, "method": "POST", "field": "data" });
        assert_eq!(ask(&station, &nav(number), Some(callback)).status, 200);
        pay(&station, &nav(number));
    }
    tried(&station, 2);
    let reached = "SELECT COUNT(*) FROM outbox_message WHERE trouble LIKE 'the receiver could not be reached%'";
    assert_eq!(station.count(reached), 2, "{}", station.text("SELECT MIN(trouble) FROM outbox_message"));
}

/// What a setting has allowed yesterday it may not allow today.
#[test]
fn whoever_is_not_to_be_called_is_not_called() {
    let receiver = Receiver::well_behaved();
    let local = format!("http://localhost:{}/", receiver.port());
    let changes: [fn(&mut Settings); 3] = [
        |settings| settings.outbox.http = false,
        |settings| settings.outbox.private_addresses = false,
        |settings| (settings.outbox.http, settings.outbox.private_addresses) = (false, false),
    ];
    for change in changes {
        for url in [&receiver.url(), &local] {
            let callback = json!({ "url": url, "method": "POST", "field": "data" });
            let station = a_station(1);
            assert_eq!(ask(&station, &nav(0), Some(callback.clone())).status, 200);
            let database = station.closed();
            let strict = Station::spawn_on(database, |settings| {
                at_a_desk(settings);
                change(settings);
            });
            assert_eq!(ask(&strict, &nav(0), Some(callback)).status, 400, "{url}");
            pay(&strict, &nav(0));
            tried(&strict, 1);
            assert_eq!(strict.text("SELECT trouble FROM outbox_message"), "the settings do not let its URL be called");
        }
    }
    assert!(receiver.heard().is_empty());
}

/// It takes its time, and it answers: nothing is put aside for it.
#[test]
fn whoever_takes_long_hears_as_fast_as_it_can() {
    const MANY: usize = 40;
    let receiver = Receiver::that(|_, _| {
        std::thread::sleep(Duration::from_millis(2300));
        well()
    });
    let station = Station::spawn_on(Database::with(&positions(MANY)), |settings| {
        at_a_desk(settings);
        settings.outbox.timeout = Duration::from_secs(6);
    });
    for number in 0..MANY {
        open(&station, &nav(number), &receiver);
        pay(&station, &nav(number));
    }
    comes_to(&station, "heard", MANY as i64);
    assert_eq!(receiver.heard().len(), MANY);
}

/// As of a release that came later, or of a damaged file: nobody else's message waits for it.
#[test]
fn a_message_that_cannot_be_read_is_buried_alone() {
    let receiver = Receiver::well_behaved();
    let station = a_station(2);
    open(&station, &nav(0), &receiver);
    open(&station, &nav(1), &receiver);
    pay(&station, &nav(0));
    comes_to(&station, "heard", 1);
    for (kind, lane) in [("LETTER", "a"), ("PAYMENT_REPORT", "b"), ("RECEIPT", "c")] {
        station.database().change(&format!(
            "INSERT INTO outbox_message (kind, lane, created_at, next_at)
             SELECT '{kind}', '{lane}', created_at, next_at FROM outbox_message WHERE delivered_at IS NOT NULL"
        ));
    }
    pay(&station, &nav(1));
    comes_to(&station, "dead", 3);
    comes_to(&station, "heard", 2);
    let troubles = "SELECT MIN(trouble) FROM outbox_message WHERE dead_at IS NOT NULL";
    assert_eq!(station.text(troubles), "this release cannot tell what it speaks of");
    assert_eq!(count(&station, "in hand"), 0);
}

/// Hundreds of messages wait for those who never answer; who does answer hears at once.
#[test]
fn nobody_waits_behind_a_slow_one() {
    const SLOW: usize = 3;
    const EACH: usize = 60;
    let station = Station::spawn_on(Database::with(&positions(SLOW * EACH + 20)), |settings| {
        at_a_desk(settings);
        settings.outbox.timeout = Duration::from_secs(20);
    });
    let slow: Vec<_> = (0..SLOW).map(|_| Receiver::that(|_, _| Manner::Hangs)).collect();
    let good = Receiver::well_behaved();
    for number in 0..SLOW * EACH {
        open(&station, &nav(number), &slow[number % SLOW]);
        pay(&station, &nav(number));
    }
    let begun = Instant::now();
    for number in SLOW * EACH..SLOW * EACH + 20 {
        open(&station, &nav(number), &good);
        pay(&station, &nav(number));
    }
    hears(&good, 20);
    println!("twenty callbacks after {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    for receiver in &slow {
        assert!((1..=8).contains(&receiver.heard().len()), "{} calls at once", receiver.heard().len());
    }
}
