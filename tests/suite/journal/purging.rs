//! `journal purge`: what is old goes, the rest can still be proven.

use chrono::{DateTime, TimeZone, Utc};
use ec_station::journal::{Entry, Event};
use ec_station::store::{Pools, Store};

use crate::database::Database;
use crate::given::{NAV, Receipt, a_position, a_receipt_for, verify};
use crate::journal::{assert_whole, events, exchanges, journal, until};
use crate::process::Ended;
use crate::station::Station;

fn long_ago() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2001, 2, 3, 4, 5, 6).unwrap()
}

/// Three receipts of long ago and two of now. Others have loaded the position.
fn a_station() -> Station {
    let station = Station::spawn_on(Database::with(&[a_position()]), |_| ());
    for number in 0..5 {
        station.set_now(if number < 3 { long_ago() } else { Utc::now() });
        let receipt = Receipt { id: format!("receipt {number}"), ..a_receipt_for(NAV) };
        assert_eq!(station.post(receipt.v1()).outcome(), "OK");
    }
    station
}

fn purge(station: &Station, arguments: &[&str]) -> Ended {
    journal(station.database(), &[&["purge", "--older-than"], arguments].concat())
}

#[test]
fn what_is_old_goes() {
    let station = a_station();
    let receipts = station.receipts().len();
    let before = assert_whole(station.database());
    let dry = purge(&station, &["24months", "--dry-run"]);
    assert!(dry.out.starts_with("nothing was changed; it would be: 6 entries in 3 segments taken away"), "{dry:?}");
    assert_eq!(assert_whole(station.database()), before);

    let done = purge(&station, &["2years"]);
    assert!(done.out.starts_with("6 entries in 3 segments taken away"), "{done:?}");
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    assert_whole(station.database());
    assert_eq!(exchanges(station.database()).len(), 2);
    assert_eq!(station.receipts().len(), receipts, "receipts stay");
    let told = events(station.database());
    let told = told.iter().find(|event| event.name == "JOURNAL_PURGED").expect("the journal tells of it");
    assert!(told.why.starts_with("6 entries of ") && told.why.ends_with("were taken away, up to 6"), "{}", told.why);

    let again = purge(&station, &["24months"]);
    assert!(again.out.starts_with("0 entries in 0 segments taken away"), "{again:?}");
    station.post(verify(NAV));
    until("the call is there", || exchanges(station.database()).len() == 3);
    assert_whole(station.database());
}

#[test]
fn everything_may_go() {
    let station = a_station();
    let all = purge(&station, &["0days", "--force"]);
    assert_eq!(all.code, Some(0), "{all:?}");
    assert_eq!(exchanges(station.database()).len(), 0);
    assert_whole(station.database());
    // The same chain goes on.
    assert_eq!(station.post(Receipt { id: "later".into(), ..a_receipt_for(NAV) }.v1()).outcome(), "OK");
    assert_eq!(exchanges(station.database()).len(), 1);
    assert_whole(station.database());
    assert_eq!(purge(&station, &["0days", "--force"]).code, Some(0));
    assert_whole(station.database());
}

#[test]
fn what_must_be_kept_is_kept() {
    let station = a_station();
    let before = assert_whole(station.database());
    for age in ["23months", "700days", "1year", "0days"] {
        let refused = purge(&station, &[age]);
        assert_eq!((refused.code, refused.out.as_str()), (Some(64), ""), "{age}");
        assert!(refused.err.contains("24 months") && refused.err.contains("--force"), "{}", refused.err);
    }
    for age in ["", "24", "many years", "99999999months"] {
        assert_eq!(purge(&station, &[age]).code, Some(64), "{age}");
    }
    assert_eq!(assert_whole(station.database()), before);
}

/// A purge would wipe out the traces of who changed something.
#[test]
fn what_is_not_whole_is_left() {
    let station = a_station();
    station.database().change("DELETE FROM journal WHERE first_entry = 3");
    let left = purge(&station, &["24months"]);
    assert_eq!(left.code, Some(1));
    assert!(left.err.contains("entries 3 to 4 are missing"), "{}", left.err);
    assert_eq!(exchanges(station.database()).len(), 4);
    assert_eq!(purge(&station, &["24months", "--force"]).code, Some(0));
    assert_eq!(exchanges(station.database()).len(), 2);
    assert_whole(station.database());
}

/// Not in one giant transaction, and each leaves an anchor.
#[test]
fn many_segments_go_in_batches() {
    let database = Database::fresh();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let text = String::new;
    let event = Event {
        at: long_ago(),
        name: "OLD".into(),
        organization: text(),
        nav: text(),
        iuv: text(),
        iupd: text(),
        receipt_id: text(),
        why: text(),
    };
    runtime.block_on(async {
        let pools = Pools { durable: false, ..Pools::default() };
        let store = Store::open(&database.url(), &pools).await.unwrap();
        for _ in 0..1200 {
            store.append_to_journal(&[Entry::Event(event.clone())]).await.unwrap();
        }
        store.close().await;
    });
    let done = journal(&database, &["purge", "--older-than", "24months"]);
    assert!(done.out.starts_with("1200 entries in 1200 segments taken away"), "{done:?}");
    let told = events(&database);
    assert_eq!(told.iter().map(|event| &*event.name).collect::<Vec<_>>(), ["JOURNAL_PURGED"; 3]);
    assert_whole(&database);
}
