//! Receipts, each for a notice of its own, beside one row that is inserted and committed.

use std::time::Duration;

use crate::Result;
use crate::arguments::Arguments;
use crate::baseline::{self, ONE_INSERT};
use crate::client;
use crate::database::{Database, Databases, Engine};
use crate::disk::SyncCounter;
use crate::messages::{self, Message};
use crate::notices;
use crate::process::Server;
use crate::rounds::{PA_FOR_NODE, Turn, take};
use crate::spread::Spread;
use crate::table::{self, Target};

/// A disk that takes no longer than this to be sure hides nothing of ours behind its own time.
const SLOW_DISK_MICROS: f64 = 200.0;

const STORED: &str = "SELECT COUNT(*) FROM receipt";
const INSERTED: &str = "SELECT COUNT(*) FROM kept";
/// How often the server's log reached the disk, in the versions that tell (before 18, and since).
const SYNCED: &str = "SELECT wal_sync FROM pg_stat_wal";
const SYNCED_18: &str = "SELECT SUM(fsyncs)::bigint FROM pg_stat_io WHERE object = 'wal'";

pub fn run(arguments: &Arguments, databases: &Databases, engine: Engine) -> Result<()> {
    // Enough for all runs at a rate that no receipt reaches, and a few for the counting.
    let seconds = arguments.run().as_secs_f64() * 1.3 * arguments.rounds() as f64 * 4.0;
    let notices = notices::unpaid((seconds * 3000.0) as u64 + 20_000);
    let database = databases.filled(engine, std::slice::from_ref(&notices))?;
    let kept = databases.empty(engine)?;
    let mut notices = notices;
    for (name, message) in [("receipt v1", messages::receipt as fn(_) -> _), ("receipt V2", messages::receipt_v2)] {
        if !name.contains(&arguments.only) {
            continue;
        }
        let station = Server::station(&database, &[])?;
        let mut first = notices.next().map(|number| message(number..number + 1)).ok_or("there are no notices left")?;
        let answer = client::one_answer(station.address, PA_FOR_NODE, &first)?;
        let baseline =
            Server::baseline(&baseline::Orders { answer, writes: Some(kept.url.clone()), ..Default::default() })?;
        for connections in [1, arguments.connections] {
            table::heading(format_args!("{name} · {engine} · {}", table::connections(connections)));
            first.notices = notices;
            let count = || databases.number(&database, STORED);
            let count_inserts = || databases.number(&kept, INSERTED);
            let insert = turn("W  one-row insert", &baseline, ONE_INSERT, connections, &first, &count_inserts);
            let ours = turn("station", &station, PA_FOR_NODE, connections, &first, &count);
            let mut turns = [insert, ours];
            let all = take(&mut turns, arguments)?;
            table::figures(&turns.iter().map(|turn| turn.name.as_str()).zip(&all).collect::<Vec<_>>());
            let [insert, ours] = all.as_slice() else { unreachable!("there are two") };
            let target = share_of_w(databases, engine, connections);
            table::ratio("station / W", ours, ours.rate_to(insert), insert, target);
            notices = turns[1].messages[0].notices.clone();
        }
        drop(station);
        first.notices = notices;
        count_syncs(arguments, databases, &database, engine, &mut first)?;
        count_statements(arguments, databases, &database, &mut first)?;
        notices = first.notices;
    }
    Ok(())
}

fn turn<'a>(
    name: &str,
    server: &'a Server,
    path: &'a str,
    connections: usize,
    message: &Message,
    stored: &'a dyn Fn() -> Result<i64>,
) -> Turn<'a> {
    Turn { name: name.into(), server, path, connections, messages: vec![message.clone()], stored: Some(stored) }
}

/// The share of W that receipts should reach.
fn share_of_w(databases: &Databases, engine: Engine, connections: usize) -> Target {
    match engine {
        _ if connections == 1 => Target::None,
        Engine::Postgres => Target::AtLeast(0.3),
        Engine::Sqlite if databases.sync_micros().median >= SLOW_DISK_MICROS => Target::AtLeast(0.6),
        Engine::Sqlite => Target::None,
    }
}

/// How often the disk is asked to be sure, for each receipt. Whoever counts slows what is counted, so nothing is timed.
fn count_syncs(
    arguments: &Arguments,
    databases: &Databases,
    database: &Database,
    engine: Engine,
    message: &mut Message,
) -> Result<()> {
    for connections in [1, arguments.connections] {
        let station = Server::station(database, &[])?;
        let counted = match engine {
            Engine::Sqlite => SyncCounter::attach(station.pid(), databases.folder()).and_then(|counter| {
                let receipts = some_receipts(databases, database, &station, connections, message)?;
                Ok(counter.count()? as f64 / receipts)
            }),
            Engine::Postgres => server_syncs(databases, database).and_then(|before| {
                let receipts = some_receipts(databases, database, &station, connections, message)?;
                // The server counts what a connection did when it ends.
                drop(station);
                Ok((server_syncs(databases, database)? - before) as f64 / receipts)
            }),
        };
        let name = format!("fsyncs of a receipt, {connections} at a time");
        let target = if connections > 1 && engine == Engine::Sqlite { Target::AtMost(0.1) } else { Target::None };
        match counted {
            Ok(counted) => table::verdict(&name, Spread::of([counted]), "", 2, target),
            Err(why) => println!("  {name:<36}not counted: {why}"),
        }
    }
    Ok(())
}

/// What PostgreSQL says of itself, once it knows.
fn server_syncs(databases: &Databases, database: &Database) -> Result<i64> {
    std::thread::sleep(Duration::from_millis(500));
    databases.number(database, SYNCED).or_else(|_| databases.number(database, SYNCED_18))
}

/// How many statements a receipt needs, by the driver's own log, which knows whatever is sent as a query.
fn count_statements(
    arguments: &Arguments,
    databases: &Databases,
    database: &Database,
    message: &mut Message,
) -> Result<()> {
    let log = databases.folder().join("statements");
    let settings = [("log.level", "error,sqlx::query=debug"), ("log.format", "json")];
    for connections in [1, arguments.connections] {
        let station = Server::station_with_log(database, &settings, &log)?;
        let lines = || std::fs::read_to_string(&log).map(|text| text.lines().filter(|l| l.contains("summary")).count());
        let before = lines()?;
        let receipts = some_receipts(databases, database, &station, connections, message)?;
        let statements = (lines()? - before) as f64;
        let name = format!("statements of a receipt, {connections} at a time");
        table::verdict(&name, Spread::of([statements / receipts]), "", 2, Target::None);
    }
    Ok(())
}

/// A short run that is not timed; gives how many receipts were stored.
fn some_receipts(
    databases: &Databases,
    database: &Database,
    station: &Server,
    connections: usize,
    message: &mut Message,
) -> Result<f64> {
    let count = || databases.number(database, STORED);
    let mut turn = turn("", station, PA_FOR_NODE, connections, message, &count);
    let (tally, _, wrong) = turn.run(0, Duration::from_millis(500))?;
    message.notices = turn.messages[0].notices.clone();
    match wrong {
        Some(wrong) => Err(wrong.into()),
        None => Ok(tally.ok as f64),
    }
}
