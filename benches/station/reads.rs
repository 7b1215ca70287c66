//! Verify and both gets, beside the same read without XML, rules and log.

use ec_station::settings::KNOWN;

use crate::Result;
use crate::arguments::Arguments;
use crate::baseline::{self, FIXED, ONE_ROW, OWN_READ};
use crate::client;
use crate::database::{Database, Databases, Engine};
use crate::messages::{self, Message};
use crate::notices;
use crate::process::Server;
use crate::rounds::{PA_FOR_NODE, Turn, take};
use crate::table::{self, Target};

/// Notices of each kind in the store.
const NOTICES: u64 = 10_000;

/// A way to set up the station, and the share of R it should reach.
struct Variant {
    name: &'static str,
    settings: &'static [(&'static str, &'static str)],
    target: Target,
}

/// The ways that are measured; those that this station has no setting for are left out.
const VARIANTS: &[Variant] = &[
    Variant { name: "station", settings: &[("archive.reads", "off")], target: Target::AtLeast(0.7) },
    Variant { name: "station, archive async", settings: &[("archive.reads", "async")], target: Target::AtLeast(0.5) },
    Variant {
        name: "station, no log",
        settings: &[("archive.reads", "off"), ("log.level", "error")],
        target: Target::None,
    },
];

/// What is asked.
struct Case {
    name: &'static str,
    message: Message,
    /// The share of R1 that R should reach.
    own_read: Target,
}

fn cases() -> Vec<Case> {
    let single = || notices::single(NOTICES);
    let one_transfer = Target::AtLeast(0.6);
    vec![
        Case { name: "verify", message: messages::verify(single()), own_read: one_transfer },
        Case { name: "get v1", message: messages::get(single()), own_read: one_transfer },
        Case { name: "get V2", message: messages::get_v2(single()), own_read: one_transfer },
        Case {
            name: "get V2, five transfers",
            message: messages::get_v2(notices::fivefold(NOTICES)),
            own_read: Target::None,
        },
    ]
}

pub fn run(arguments: &Arguments, databases: &Databases, engine: Engine) -> Result<()> {
    let database = databases.filled(engine, &[notices::single(NOTICES), notices::fivefold(NOTICES)])?;
    let stations = VARIANTS.iter().filter_map(|variant| start(variant, &database));
    let stations = stations.collect::<Result<Vec<_>>>()?;
    for case in cases().into_iter().filter(|case| case.name.contains(&arguments.only)) {
        table::heading(format_args!("{} · {engine} · {}", case.name, table::connections(arguments.connections)));
        measure(arguments, &case, &database, &stations)?;
    }
    Ok(())
}

/// A station of this variant, unless it has no such setting; a variant that only turns off what is not there is kept.
fn start<'v>(variant: &'v Variant, database: &Database) -> Option<Result<(&'v Variant, Server)>> {
    let (known, unknown): (Vec<_>, Vec<_>) =
        variant.settings.iter().copied().partition(|(path, _)| KNOWN.iter().any(|known| known.path == *path));
    let possible = unknown.iter().all(|(_, value)| *value == "off");
    possible.then(|| Ok((variant, Server::station(database, &known)?)))
}

fn measure(arguments: &Arguments, case: &Case, database: &Database, stations: &[(&Variant, Server)]) -> Result<()> {
    let (_, first) = stations.first().ok_or("there is no station to measure")?;
    let answer = client::one_answer(first.address, PA_FOR_NODE, &case.message)?;
    let baseline =
        Server::baseline(&baseline::Orders { answer, reads: Some(database.url.clone()), ..Default::default() })?;
    let turn = |name: &str, server, path| Turn {
        name: name.into(),
        server,
        path,
        connections: arguments.connections,
        messages: vec![case.message.clone()],
        stored: None,
    };
    let mut turns = vec![
        turn("F  fixed answer", &baseline, FIXED),
        turn("R1 one-row query", &baseline, ONE_ROW),
        turn("R  our own read", &baseline, OWN_READ),
    ];
    turns.extend(stations.iter().map(|(variant, server)| turn(variant.name, server, PA_FOR_NODE)));
    let all = take(&mut turns, arguments)?;
    table::figures(&turns.iter().map(|turn| turn.name.as_str()).zip(&all).collect::<Vec<_>>());
    let [_, one_row, own_read, ours @ ..] = all.as_slice() else { unreachable!("there are three baselines") };
    table::ratio("R / R1", own_read, own_read.rate_to(one_row), one_row, case.own_read);
    for ((variant, _), figures) in stations.iter().zip(ours) {
        let name = variant.name;
        table::ratio(&format!("{name} / R"), figures, figures.rate_to(own_read), own_read, variant.target);
        let slowest = if matches!(variant.target, Target::None) { Target::None } else { Target::AtMost(3.0) };
        table::ratio(&format!("{name} / R, p99"), figures, figures.p99_to(own_read), own_read, slowest);
    }
    Ok(())
}
