//! How often an account calls: counted, billed beyond the quota, refused where that is wanted, and never forgotten.

use std::time::Duration;

use super::{get, open, send, with};
use crate::access::a_key;
use crate::database::Database;
use crate::extent::wait_until;
use crate::given::days;
use crate::process::Process;
use crate::station::Station;

fn usage(station: &Station, account: &str, day: &str, column: &str) -> i64 {
    station.count(&format!(
        "SELECT COALESCE(MAX({column}), 0) FROM account_usage WHERE account = '{account}' AND day = '{day}'"
    ))
}

#[test]
fn every_call_of_an_account_counts_and_those_beyond_the_quota_are_billable() {
    let station = Station::spawn_with(|settings| settings.quota.calls = 5);
    // Seven calls of which two are refused for what they say, and four of nobody's.
    for _ in 0..4 {
        assert_eq!(get(&station, "/pay").status, 200);
    }
    open(&station, "{}").id();
    open(&station, "{").no(400);
    get(&station, "/pay/x").no(404);
    send("OPTIONS", &format!("{}/pay", station.url()), &[], b"");
    send("PUT", &format!("{}/pay", station.url()), &[], b"").no(405);
    send("GET", &format!("{}/pay", station.url()), &[("X-Forwarded-For", "1.1.1.1")], b"").no(403);
    get(&station, "/pay/x/y").no(404);
    wait_until("the calls are written", Duration::from_secs(5), || {
        usage(&station, "local", "2026-11-22", "calls") == 7
    });
    assert_eq!(usage(&station, "local", "2026-11-22", "billable"), 2);
    // What is added is billable from its first call on.
    get(&station, "/pay");
    wait_until("the calls are written", Duration::from_secs(5), || {
        usage(&station, "local", "2026-11-22", "calls") == 8
    });
    assert_eq!(usage(&station, "local", "2026-11-22", "billable"), 3);
    // A day of Rome begins an hour before one of Greenwich.
    station.set_now("2026-11-22T23:00:00Z".parse().unwrap());
    get(&station, "/pay");
    wait_until("the calls are written", Duration::from_secs(5), || {
        usage(&station, "local", "2026-11-23", "calls") == 1
    });
    assert_eq!(usage(&station, "local", "2026-11-23", "billable"), 0);
}

#[test]
fn a_hard_quota_ends_the_calls_of_a_day() {
    let database = Database::fresh();
    let [one, other] = ["one", "other"].map(|name| a_key(&database, name, "pay", &["--all-organizations"]));
    let station = Station::spawn_on(database, |settings| {
        settings.quota.calls = 3;
        settings.quota.hard = true;
    });
    let call = |key: &str| send("GET", &format!("{}/pay", station.url()), &with(key), b"");
    for _ in 0..3 {
        assert_eq!(call(&one).status, 200);
    }
    for _ in 0..2 {
        let refused = call(&one);
        assert_eq!(refused.no(429), "this account has had its calls of today: call again tomorrow");
        // At noon in Greenwich eleven hours of the day are left in Rome.
        assert_eq!(refused.header("retry-after"), Some("39600"));
    }
    assert_eq!(call(&other).status, 200, "the quota is each account's own");
    wait_until("the calls are written", Duration::from_secs(5), || usage(&station, "one", "2026-11-22", "calls") == 3);
    assert_eq!(usage(&station, "one", "2026-11-22", "billable"), 0, "nobody pays for what is refused");
    station.set_now(days(1));
    assert_eq!(call(&one).status, 200);
}

#[test]
fn stations_count_together_and_a_restart_forgets_nothing() {
    let database = Database::fresh().filled_with(&[]);
    let settings = [("EC_STATION_QUOTA_CALLS", "4"), ("EC_STATION_QUOTA_HARD", "true")];
    let [one, other] = [(); 2].map(|()| Process::serve(&database, &settings));
    let call = |url: &str| send("GET", &format!("{url}/pay"), &[], b"").status;
    assert_eq!([call(&one.url), call(&one.url), call(&other.url)], [200; 3]);
    let calls = || database.count("SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM account_usage");
    wait_until("the calls are written", Duration::from_secs(5), || calls() == 3);
    // What each has heard is a second old at the most.
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!([call(&other.url), call(&other.url)], [200, 429]);
    // What was not written yet is written at the end.
    drop((one.log(), other.log()));
    assert_eq!(calls(), 4);
    let again = Process::serve(&database, &settings);
    assert_eq!(call(&again.url), 429);
}

#[test]
fn two_stations_bill_as_one() {
    let database = Database::fresh().filled_with(&[]);
    let settings = [("EC_STATION_QUOTA_CALLS", "30")];
    let stations = [(); 2].map(|()| Process::serve(&database, &settings));
    std::thread::scope(|scope| {
        for url in stations.each_ref().map(|station| format!("{}/pay", station.url)) {
            scope.spawn(move || (0..40).for_each(|_| assert_eq!(send("GET", &url, &[], b"").status, 200)));
        }
    });
    stations.into_iter().for_each(|station| drop(station.log()));
    let sums = ["calls", "billable"]
        .map(|of| database.count(&format!("SELECT CAST(COALESCE(SUM({of}), 0) AS BIGINT) FROM account_usage")));
    assert_eq!(sums, [80, 50]);
}

/// The table is away for a while.
#[test]
fn what_cannot_be_written_is_written_later() {
    let station = Station::spawn();
    station.database().change("ALTER TABLE account_usage RENAME TO account_usage_elsewhere");
    for _ in 0..3 {
        assert_eq!(get(&station, "/pay").status, 200);
    }
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!(get(&station, "/pay").status, 200);
    station.database().change("ALTER TABLE account_usage_elsewhere RENAME TO account_usage");
    wait_until("the calls are written", Duration::from_secs(5), || {
        usage(&station, "local", "2026-11-22", "calls") == 4
    });
}
