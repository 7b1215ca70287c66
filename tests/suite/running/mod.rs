//! The binary: what it teaches, what it refuses, where it says it listens. Each file takes one thing it does.

pub mod demo;
mod logs;
mod starting;
mod stopping;

use std::net::TcpListener;

use ec_station::settings::{KNOWN, variable};

use crate::database::Database;
use crate::given::{self, NAV, a_position};
use crate::process::{Ended, Process, ec_station, ended};
use crate::station::{Reply, agent};

/// Sends a message to a process.
fn post(process: &Process, message: impl AsRef<[u8]>) -> Reply {
    let request = agent().post(format!("{}/soap/paForNode", process.url)).content_type("text/xml; charset=utf-8");
    Reply::of(request.send(message.as_ref()))
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut command = ec_station(folder.path());
    command.args(arguments).envs(variables.iter().copied());
    let ended = ended(command);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was touched");
    ended
}

/// The commands that a help text lists.
fn commands_in(help: &str) -> Vec<String> {
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    let names = list.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(Into::into).collect()
}

/// Every command, those of commands included.
fn commands() -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut waiting = vec![vec![]];
    while let Some(command) = waiting.pop() {
        let help = help(&command);
        let below = commands_in(&help);
        // A command may do something by itself and have others below it.
        if below.is_empty() || help.lines().any(|line| line.starts_with("Usage: ") && line.ends_with("[OPTIONS]")) {
            found.push(command.clone());
        }
        waiting.extend(below.into_iter().map(|name| [command.clone(), vec![name]].concat()));
    }
    found
}

fn help(command: &[String]) -> String {
    let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
    arguments.push("--help");
    let Ended { code, out, err } = run(&arguments, &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{command:?}");
    out
}

#[test]
fn the_help_teaches() {
    let main = help(&[]);
    for known in KNOWN {
        assert!(main.contains(&variable(known.path)), "{}", known.path);
        assert!(main.contains(known.meaning), "{}", known.path);
    }
    let commands = commands();
    assert!(commands.len() >= 4, "{commands:?}");
    for command in commands {
        let (help, line) = (help(&command), format!("ec-station {}", command.join(" ")));
        assert!(help.starts_with(|c: char| c.is_uppercase()), "{line} begins with what it does:\n{help}");
        let examples = help.lines().filter(|l| l.starts_with(' ') && l.trim_start().starts_with(&line));
        assert!(examples.count() > 0, "{line} shows an example:\n{help}");
        let lines: Vec<_> = help.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0].starts_with("--")) {
            let explained_beside = pair[0].split_whitespace().count() > 2;
            assert!(explained_beside || !pair[1].is_empty(), "{line}: {} is explained", pair[0]);
        }
    }
}

#[test]
fn the_help_and_the_version_are_no_errors() {
    for arguments in [vec!["--help"], vec!["-h"], vec!["help"], vec!["--version"], vec!["serve", "-h"]] {
        let ended = run(&arguments, &[]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(ended.out.contains("ec-station"), "{arguments:?}");
    }
}

#[test]
fn a_misused_command_is_told_apart_from_a_failed_one() {
    for arguments in [
        vec![],
        vec!["sevre"],
        vec!["serve", "--prot", "1"],
        vec!["demo", "x"],
        vec!["receipts", "--raw", "x"],
        vec!["sandbox", "--receipts", "keep"],
        vec!["sandbox", "pay"],
    ] {
        let ended = run(&arguments, &[]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(64), ""), "{arguments:?}");
        assert!(ended.err.contains("--help"), "{arguments:?}: {}", ended.err);
    }
}

/// Whoever starts it learns all that is wrong at once, and never reads a value, which may be a password.
#[test]
fn bad_settings_are_all_named_before_anything_happens() {
    let secret = "s3cr3t";
    let bad = [
        "EC_STATION_LISTEN",
        "EC_STATION_DATABASE_URL",
        "EC_STATION_DATABASE_READ_CONNECTIONS",
        "EC_STATION_DATABASE_WRITE_CONNECTIONS",
        "EC_STATION_DATABASE_CONNECT_SECONDS",
        "EC_STATION_DATABASE_WRITE_SECONDS",
        "EC_STATION_DATABASE_STATEMENT_SECONDS",
        "EC_STATION_DATABASE_DURABLE",
        "EC_STATION_PUBLIC_URL",
        "EC_STATION_VALIDATION",
        "EC_STATION_SYNTAX_FAULT",
        "EC_STATION_DUPLICATE_RECEIPT",
        "EC_STATION_ORPHAN_RECEIPT",
        "EC_STATION_V1_TRANSFER_METADATA",
        "EC_STATION_ON_STORE_DOWN",
        "EC_STATION_ARCHIVE_READS",
        "EC_STATION_API_CALLS",
        "EC_STATION_API_WINDOW_SECONDS",
        "EC_STATION_SANDBOX_LISTEN",
        "EC_STATION_PAY_PUBLIC_URL",
        "EC_STATION_PAY_CHECKOUT_URL",
        "EC_STATION_QUOTA_CALLS",
        "EC_STATION_QUOTA_HARD",
        "EC_STATION_QUOTA_CALL_PRICE",
        "EC_STATION_QUOTA_PAYMENT_CREDIT",
        "EC_STATION_OUTBOX_HTTP",
        "EC_STATION_OUTBOX_PRIVATE_ADDRESSES",
        "EC_STATION_OUTBOX_TIMEOUT_MS",
        "EC_STATION_SANDBOX_RECEIPTS",
        "EC_STATION_SANDBOX_ATTEMPTS",
        "EC_STATION_SANDBOX_RETRY_MS",
        "EC_STATION_SANDBOX_TOKEN_MS",
        "EC_STATION_SANDBOX_TIMEOUT_MS",
        "EC_STATION_SANDBOX_RECEIPT_TIMEOUT_MS",
        "EC_STATION_LIMITS_BODY_BYTES",
        "EC_STATION_LIMITS_DEPTH",
        "EC_STATION_LIMITS_ATTRIBUTES",
        "EC_STATION_LIMITS_ELEMENTS",
        "EC_STATION_LIMITS_RECEIVE_SECONDS",
        "EC_STATION_LOG_FORMAT",
    ];
    let mut variables: Vec<_> = bad.iter().map(|name| (*name, secret)).collect();
    variables.push(("EC_STATION_LOG_LEVEL", "s3cr3t=s3cr3t=s3cr3t"));
    variables.push(("EC_STATION_PAY_CHECKOUT_KEY", "s3cr3t\n"));
    variables.push(("EC_STATION_LISTEM", secret));
    for known in KNOWN {
        let name = variable(known.path);
        assert!(variables.iter().any(|(tried, _)| *tried == name), "{name} is tried");
    }
    for command in ["serve", "demo", "anomalies", "receipts", "sandbox"] {
        let Ended { code, out, err } = run(&[command], &variables);
        assert_eq!((code, out.as_str()), (Some(64), ""), "{command}");
        for (name, _) in &variables {
            let lines = err.lines().filter(|line| line.trim_start().starts_with(&format!("{name}: "))).count();
            assert_eq!(lines, 1, "{command} names {name} once:\n{err}");
        }
        assert!(err.contains("EC_STATION_LISTEM: no such setting; perhaps listen?"), "{err}");
        assert!(!err.contains(secret), "{command} shows a value:\n{err}");
        assert!(!err.contains("listening"), "{command}");
    }
}

#[test]
fn a_settings_file_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("typo.toml"), "lisen = 's3cr3t'\n[limits]\ndepth = 's3cr3t'\nbody_bytes = [1]\n").unwrap();
    std::fs::write(path("broken.toml"), "listen = s3cr3t\n").unwrap();
    for (file, expected) in [
        ("typo.toml", vec!["lisen in ", "limits.depth in ", "limits.body_bytes in ", "perhaps listen?"]),
        ("broken.toml", vec!["not TOML"]),
        ("missing.toml", vec!["cannot be read"]),
    ] {
        let by_option = run(&["serve", "--config", &path(file)], &[]);
        let by_variable = run(&["serve"], &[("EC_STATION_CONFIG", &path(file))]);
        for ended in [by_option, by_variable] {
            assert_eq!(ended.code, Some(64), "{file}");
            assert!(expected.iter().all(|part| ended.err.contains(part)), "{file}: {}", ended.err);
            assert!(!ended.err.contains("s3cr3t"), "{file}: {}", ended.err);
        }
    }
}

#[test]
fn it_says_where_it_listens_and_answers_there() {
    let database = Database::with(&[a_position()]);
    let settings = format!("[database]\nurl = '{}'\n", database.setting());
    std::fs::write(database.folder().join("station.toml"), settings).unwrap();
    let mut command = ec_station(database.folder());
    // What the environment holds besides is nobody's business, readable or not.
    command.args(["serve", "--config", "station.toml"]).env("OTHER", std::ffi::OsStr::new("x"));
    #[cfg(unix)]
    command.env("LATIN_1", <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"citt\xe0"));
    let process = Process::start(command);
    assert_eq!(post(&process, given::verify(NAV)).outcome(), "OK");
    let health = agent().get(format!("{}/health/ready", process.url)).call().unwrap();
    assert_eq!(health.status().as_u16(), 200);
}

#[test]
fn a_port_that_is_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    for (command, variable) in [
        ("serve", "EC_STATION_LISTEN"),
        ("demo", "EC_STATION_LISTEN"),
        ("demo", "EC_STATION_SANDBOX_LISTEN"),
        ("sandbox", "EC_STATION_SANDBOX_LISTEN"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut second = ec_station(folder.path());
        second.arg(command).env("EC_STATION_LISTEN", "127.0.0.1:0").env(variable, &address);
        let Ended { code, out, err } = ended(second);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{command}");
        let last = err.lines().last().unwrap();
        assert!(last.starts_with(&format!("ec-station: could not listen on {address}")), "{command}: {err}");
        assert!(command == "serve" || last.contains(variable), "it says what to change: {err}");
        assert!(last.contains("in use"), "{command}: {err}");
    }
}
