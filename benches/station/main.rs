//! How fast the station is, told against baselines that are measured in the same minutes by the same client.
//!
//! `cargo bench` prints tables; `cargo bench -- --help` says what can be chosen. Machines differ, so what counts is the
//! ratio of the station to a server that does less and less:
//!
//! ```text
//! F   reads the body and returns one as long as ours; no query
//! R1  the same and one row by its key, through a pool like the station's
//! R   the same and the station's own read statement: what is missing to ours is XML, rules and the log
//! W   reads the body, inserts one row with it and commits, as durably as the station
//! ```
//!
//! Three processes: this one tells the others what to do and prints; `client` is this program again, so that its work
//! is not the server's; a server is the real `ec-station serve`, or this program again as a `baseline`. Servers take
//! turns (A B C A B C), so that what drifts hits all alike. A target that is missed is printed, and nothing fails. A
//! figure whose answers were not what they should be is void.

mod arguments;
mod baseline;
mod client;
mod creates;
mod database;
mod disk;
mod growth;
mod lists;
mod loading;
mod memory;
mod messages;
mod notices;
mod paper;
mod process;
mod reads;
mod receipts;
mod rounds;
mod spread;
mod startup;
mod table;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Part};
use crate::database::Databases;

/// What went wrong, for the last line.
pub type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    // The other roles of this program: their orders come on the standard input.
    let done = match std::env::args().nth(1).as_deref() {
        Some(client::ROLE) => client::run(),
        Some(baseline::ROLE) => baseline::run(),
        _ => run(&Arguments::parse()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let databases = Databases::open(arguments)?;
    table::scene(arguments, databases.sync_micros());
    for part in arguments.parts() {
        for engine in databases.engines() {
            match part {
                Part::Reads => reads::run(arguments, &databases, *engine)?,
                Part::Receipts => receipts::run(arguments, &databases, *engine)?,
                Part::Growth => growth::run(arguments, &databases, *engine)?,
                Part::Memory => memory::run(arguments, &databases, *engine)?,
                Part::Startup => startup::run(&databases, *engine)?,
                Part::Loading => loading::run(arguments, &databases, *engine)?,
                Part::Lists => lists::run(arguments, &databases, *engine)?,
                Part::Creates => creates::run(arguments, &databases, *engine)?,
                Part::Paper => paper::run(arguments, &databases, *engine)?,
            }
        }
    }
    Ok(())
}
