//! Does memory stay small and flat under everything at once?

use std::time::Duration;

use crate::Result;
use crate::arguments::Arguments;
use crate::database::{Databases, Engine};
use crate::messages;
use crate::notices;
use crate::process::Server;
use crate::rounds::{PA_FOR_NODE, Turn};
use crate::spread::Spread;
use crate::table::{self, Target};

/// Notices of each kind that are asked for.
const NOTICES: u64 = 10_000;
/// Notices to be paid for each minute. Were they used up, only reads would go on, and the readers' caches, which a
/// write empties, would fill.
const RECEIPTS_A_MINUTE: f64 = 80_000.0;
/// How often the memory is looked at.
const LOOKS: u32 = 10;
/// What it should stay under.
const MEBIBYTES: f64 = 100.0;
/// How much more the last look may show than the third: what was warmed up by then should be all.
const GROWTH: f64 = 1.1;

pub fn run(arguments: &Arguments, databases: &Databases, engine: Engine) -> Result<()> {
    let minutes = arguments.mixed().as_secs_f64() / 60.0;
    table::heading(format_args!(
        "memory · {engine} · {minutes} minutes of mixed traffic, {}",
        table::connections(arguments.connections)
    ));
    let unpaid = notices::unpaid((minutes.max(1.0) * RECEIPTS_A_MINUTE) as u64);
    let kinds = [notices::single(NOTICES), notices::fivefold(NOTICES), unpaid.clone()];
    let database = databases.filled(engine, &kinds)?;
    let station = Server::station(&database, &[])?;
    let [single, fivefold, unpaid] = kinds;
    let (first, second) = (unpaid.start..unpaid.start + (unpaid.end - unpaid.start) / 2, unpaid);
    let second = first.end..second.end;
    let reads = || {
        let single = || single.clone();
        [messages::verify(single()), messages::get(single()), messages::get_v2(fivefold.clone())]
    };
    let mut mixed = Vec::from_iter((0..5).flat_map(|_| reads()));
    mixed.push(messages::receipt(first));
    mixed.extend((0..5).flat_map(|_| reads()));
    mixed.push(messages::receipt_v2(second));
    let mut turn = Turn {
        name: String::new(),
        server: &station,
        path: PA_FOR_NODE,
        connections: arguments.connections,
        messages: mixed,
        stored: None,
    };
    let step = arguments.mixed() / LOOKS;
    let mut seen = vec![mebibytes(&station)];
    println!("  at the start      {:>7.1} MiB", seen[0]);
    for look in 1..=LOOKS {
        let (tally, _, wrong) = turn.run(look.into(), step)?;
        if let Some(wrong) = wrong {
            println!("  void: {wrong}");
            return Ok(());
        }
        seen.push(mebibytes(&station));
        let passed: Duration = step * look;
        println!(
            "  after {:>5.0} s     {:>7.1} MiB   {} answers",
            passed.as_secs_f64(),
            seen[look as usize],
            table::number(tally.answers() as f64, 0)
        );
    }
    let most = seen.iter().copied().fold(0.0, f64::max);
    table::verdict("most memory", Spread::of([most]), " MiB", 1, Target::AtMost(MEBIBYTES));
    let growth = seen[LOOKS as usize] / seen[3];
    table::verdict("the last look / the third", Spread::of([growth]), "", 2, Target::AtMost(GROWTH));
    Ok(())
}

fn mebibytes(server: &Server) -> f64 {
    server.memory() as f64 / f64::from(1 << 20)
}
