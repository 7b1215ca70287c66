//! `ec-station pay usage`: what accounts have done in a month.

use crate::database::Database;
use crate::process::{Ended, ec_station_at, ended};

fn usage(database: &Database, arguments: &[&str]) -> Ended {
    let mut command = ec_station_at(database);
    command.args(["pay", "usage"]).args(arguments);
    command.env("EC_STATION_QUOTA_CALL_PRICE", "0.001");
    ended(command)
}

/// Two accounts around the end of a month, which comes an hour earlier in Rome.
fn database() -> Database {
    let database = Database::fresh().filled_with(&[]);
    for (account, day, calls, billable) in [
        ("a@portale.example.org", "2026-10-31", 9, 9),
        ("a@portale.example.org", "2026-11-01", 1440, 0),
        ("a@portale.example.org", "2026-11-30", 1443, 3),
        ("a@portale.example.org", "2026-12-01", 9, 9),
        ("b", "2026-11-15", 5, 0),
    ] {
        database.change(&format!("INSERT INTO account_usage VALUES ('{account}', '{day}', {calls}, {billable})"));
    }
    for (number, account, at, outcome) in [
        (1, "a@portale.example.org", "2026-10-31T22:59:59+00:00", "OK"),
        (2, "a@portale.example.org", "2026-10-31T23:00:00+00:00", "OK"),
        (3, "a@portale.example.org", "2026-11-30T22:59:59+00:00", "OK"),
        (4, "a@portale.example.org", "2026-11-20T22:59:59+00:00", "KO"),
        (5, "c", "2026-11-30T22:59:59+00:00", "OK"),
        (6, "c", "2026-11-30T23:00:00+00:00", "OK"),
    ] {
        database.change(&format!(
            "INSERT INTO payment_request (id, account, opened_at, organization, nav, amount_cents, given, outcome, closed_at)
             VALUES ('{number}', '{account}', '{at}', '99000001018', '{number}', 0, '{{}}', '{outcome}', '{at}')"
        ));
        database.change(&format!("INSERT INTO account_credit VALUES ('{number}', '{account}', '{at}', 200)"));
    }
    database
}

#[test]
fn a_month_is_added_up() {
    let database = database();
    let told = usage(&database, &["--month", "2026-11"]);
    let lines: Vec<Vec<&str>> = told.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        lines,
        [
            vec!["account", "calls", "billable", "price", "paid", "credit", "balance"],
            vec!["a@portale.example.org", "2883", "3", "0.003", "2", "0.60", "0.597"],
            vec!["b", "5", "0", "0.00", "0", "0.00", "0.00"],
            vec!["c", "0", "0", "0.00", "1", "0.20", "0.20"],
        ],
        "{}",
        told.err
    );
    let json = usage(&database, &["--month", "2026-11", "--account", "a@portale.example.org", "--json"]);
    let line = r#"{"account":"a@portale.example.org","balance":"0.597","billable":3,"calls":2883,"credit":"0.60","month":"2026-11","paid":2,"price":"0.003"}"#;
    assert_eq!((json.code, json.out.trim()), (Some(0), line));
    assert_eq!(usage(&database, &["--month", "2026-11", "--account", "nobody", "--json"]).out, "");
}

#[test]
fn what_is_no_month_is_misuse() {
    let database = Database::fresh().filled_with(&[]);
    for month in ["2026", "2026-13", "november", "2026-11-01"] {
        let told = usage(&database, &["--month", month]);
        assert_eq!(told.code, Some(64), "{month}");
        assert!(told.err.contains("must be a month, such as 2026-11"), "{}", told.err);
    }
    let none = usage(&database, &[]);
    assert_eq!((none.code, none.out.lines().count()), (Some(0), 1), "this month: nothing yet");
}
