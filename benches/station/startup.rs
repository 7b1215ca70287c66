//! From the start of the process until it is ready.

use crate::Result;
use crate::database::{Databases, Engine};
use crate::notices;
use crate::process::Server;
use crate::spread::Spread;
use crate::table::{self, Target};

const STARTS: usize = 10;
const POSITIONS: u64 = 10_000;
const MILLISECONDS: f64 = 300.0;

pub fn run(databases: &Databases, engine: Engine) -> Result<()> {
    table::heading(format_args!("start-up · {engine} · {STARTS} starts on a store that is up to date"));
    let database = databases.filled(engine, &[notices::single(POSITIONS)])?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(Server::station(&database, &[])?.started_in.as_secs_f64() * 1e3);
    }
    table::verdict("start until ready", Spread::of(times), " ms", 1, Target::AtMost(MILLISECONDS));
    Ok(())
}
