//! What can be asked for on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Measures the station against baselines and prints tables.
///
/// Without the name of a part all are measured. Each figure is the median over rounds, with the least and the most in
/// brackets. Nothing else should run on the machine.
#[derive(Debug, Parser)]
#[command(name = "cargo bench --", after_help = EXAMPLES)]
pub struct Arguments {
    /// What to measure.
    #[arg(value_enum, value_name = "PART")]
    parts: Vec<Part>,
    /// Shorter and rougher: 3 rounds of 1 second, 100 thousand positions, a minute of mixed traffic.
    #[arg(long)]
    pub quick: bool,
    /// Seconds of each run [default: 3].
    #[arg(long, value_name = "N")]
    seconds: Option<f64>,
    /// Rounds: how often each server has its turn [default: 5].
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// Connections that ask at the same time, each as soon as it was answered.
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub connections: usize,
    /// Which stores.
    #[arg(long, value_enum, default_value_t = Engines::Both)]
    pub engine: Engines,
    /// Positions of the large store of `growth` and `lists`, and of the file of `loading` [default: 1000000].
    #[arg(long, value_name = "N")]
    positions: Option<u64>,
    /// Minutes of mixed traffic of `memory` [default: 10].
    #[arg(long, value_name = "N")]
    minutes: Option<f64>,
    /// Only operations whose name holds this text, such as V2.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub only: String,
    /// Where the stores are made, on the disk that is to be measured; they are removed in the end.
    #[arg(long, value_name = "FOLDER", default_value = env!("CARGO_TARGET_TMPDIR"))]
    pub folder: PathBuf,
    /// A PostgreSQL server where databases may be created; without one, PostgreSQL is left out.
    #[arg(long, value_name = "URL", env = "STATION_TEST_POSTGRES", hide_env_values = true)]
    pub postgres: Option<String>,
    /// What cargo says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo bench                                        everything, about an hour
  cargo bench -- --quick                             everything, a few minutes
  cargo bench -- reads receipts --engine sqlite
  cargo bench -- reads --only V2 --seconds 10
  cargo bench -- growth --positions 10000000

The tables:
  F R1 R W       baselines: a fixed answer, a one-row query, our own read statement, a one-row insert
  requests/s     answered in a second over all connections, which ask as soon as they are answered
  p50 p90 p99    how long an answer took, in the median round; max: the longest of all
  cpu            processor time of the server for a request, which suffers least from what else runs
  a / b          a's requests/s as a share of b's in the same round; then the target, and whether it is met";

/// A part of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Verify and both gets.
    Reads,
    /// Receipts: one connection, and many.
    Receipts,
    /// Verify on a small store and on a large one.
    Growth,
    /// Memory under mixed traffic.
    Memory,
    /// From the start of the process until it is ready.
    Startup,
    /// A CSV file through `ec-station load`.
    Loading,
    /// Lists of positions, on a small store and on a large one.
    Lists,
    /// Positions created over HTTP.
    Creates,
    /// Payment notices as PDF.
    Paper,
}

/// Which stores are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engines {
    /// SQLite alone.
    Sqlite,
    /// PostgreSQL alone.
    Postgres,
    /// Both, where there is a server.
    Both,
}

impl Arguments {
    /// The parts to measure.
    pub fn parts(&self) -> &[Part] {
        if self.parts.is_empty() { Part::value_variants() } else { &self.parts }
    }

    /// How long each run lasts.
    pub fn run(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.unwrap_or(if self.quick { 1.0 } else { 3.0 }))
    }

    /// How often each server has its turn.
    pub fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 3 } else { 5 }).max(1)
    }

    /// Positions of what is large.
    pub fn positions(&self) -> u64 {
        self.positions.unwrap_or(if self.quick { 100_000 } else { 1_000_000 })
    }

    /// How long the mixed traffic lasts.
    pub fn mixed(&self) -> Duration {
        Duration::from_secs_f64(60.0 * self.minutes.unwrap_or(if self.quick { 1.0 } else { 10.0 }))
    }
}
