//! The commands of the binary, one file each.
//!
//! All read the same settings. Exit codes: 0 done, 1 failed, 2 done in part (some rows were rejected), 64 misused.

mod anomalies;
mod conformance;
mod demo;
mod journal;
mod key;
mod load;
mod notice;
mod outbox;
mod output;
mod pay;
mod receipts;
mod registry;
mod sandbox;
mod serve;
mod taxonomy;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::archivist;
use crate::settings::{CONFIG_VARIABLE, KNOWN, Log, Settings, variable};
use crate::store::{Pools, Store, StoreError};
use crate::telemetry;

/// The exit code of a misused command (`EX_USAGE`).
pub const USAGE_ERROR: u8 = 64;

/// The exit code of a command that rejected some of what it was given.
const DONE_IN_PART: u8 = 2;

/// The station through which an Italian public body is paid on pagoPA.
#[derive(Debug, Parser)]
#[command(name = "ec-station", version, about, after_help = "Start with `ec-station demo`: it shows a payment in a minute.", after_long_help = settings_help())]
pub struct Cli {
    /// TOML file with the settings.
    #[arg(long, global = true, env = CONFIG_VARIABLE, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer the Node until told to stop.
    #[command(after_help = serve::EXAMPLES)]
    Serve,
    /// Answer from a fresh store with a dozen notices to try, one in each state.
    Demo(demo::Demo),
    Load(load::Load),
    Registry(registry::Registry),
    Key(key::Key),
    Taxonomy(taxonomy::Taxonomy),
    /// List what a person should look at: double payments, orphans, amounts that differ.
    Anomalies(anomalies::Anomalies),
    /// List the receipts that were received, or print one as it came.
    Receipts(receipts::Receipts),
    Notice(notice::Notice),
    Journal(journal::Journal),
    Outbox(outbox::Outbox),
    Pay(pay::Pay),
    Conformance(conformance::Conformance),
    Sandbox(sandbox::Sandbox),
}

/// Why a command failed, for the last line it prints.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command was misused.
    #[error("{0}")]
    Usage(String),
    /// A command that only looks found nothing to look at.
    #[error("there is no database {0}; {1} names another")]
    NoDatabase(String, String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A station could not be tried.
    #[error(transparent)]
    Conformance(crate::conformance::run::RunError),
    /// The other side did not do its part.
    #[error("{0}")]
    Other(String),
    /// A file or a port could not be used.
    #[error("could not {doing}")]
    Io {
        /// What was being done.
        doing: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

impl Failure {
    fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Failure {
        let doing = doing.into();
        move |source| Failure::Io { doing, source }
    }
}

impl Cli {
    /// Runs the command and tells how it went.
    pub fn run(self) -> ExitCode {
        let settings = match Settings::read(self.config.as_deref(), variables()) {
            Ok(settings) => settings,
            Err(bad) => {
                eprintln!("ec-station: {bad}");
                return ExitCode::from(USAGE_ERROR);
            }
        };
        telemetry::start(&self.command.log(&settings));
        let done = actix_web::rt::System::new().block_on(self.command.run(settings));
        done.unwrap_or_else(|failure| {
            eprintln!("ec-station: {}", telemetry::chain(&failure));
            ExitCode::from(if matches!(failure, Failure::Usage(_)) { USAGE_ERROR } else { 1 })
        })
    }
}

impl Command {
    /// What is logged. A command that tells a story on the terminal is not to be interrupted by good news.
    fn log(&self, settings: &Settings) -> Log {
        let quiet = matches!(self, Command::Sandbox(sandbox) if sandbox.tells_a_story());
        let level = if quiet && settings.log.level == "info" { "warn" } else { &settings.log.level };
        Log { level: level.to_owned(), ..settings.log.clone() }
    }

    async fn run(self, settings: Settings) -> Result<ExitCode, Failure> {
        match self {
            Command::Serve => serve::run(settings).await,
            Command::Demo(demo) => demo.run(settings).await,
            Command::Load(load) => {
                let store = open_store(&settings).await?;
                watched(&store, load.run(&settings, &store).await)
            }
            Command::Registry(registry) => {
                let store = open_store(&settings).await?;
                watched(&store, registry.run(&store).await)
            }
            Command::Taxonomy(taxonomy) => {
                let store = open_store(&settings).await?;
                watched(&store, taxonomy.run(&store).await)
            }
            Command::Key(key) => key.run(&settings).await,
            Command::Anomalies(anomalies) => anomalies.run(&settings).await,
            Command::Receipts(receipts) => receipts.run(&settings).await,
            Command::Notice(notice) => notice.run(&settings).await,
            Command::Journal(journal) => journal.run(&settings).await,
            Command::Outbox(outbox) => outbox.run(&settings).await,
            Command::Pay(pay) => pay.run(&settings).await,
            Command::Conformance(conformance) => conformance.run().await,
            Command::Sandbox(sandbox) => sandbox.run(settings).await,
        }
    }
}

/// How a command that writes to the journal ended; the log notes where its chain does.
fn watched<T>(store: &Store, ended: T) -> T {
    archivist::note_heads(store);
    ended
}

/// How long a statement of a command may take: nobody at the Node waits for it.
const STATEMENT_PATIENCE: Duration = Duration::from_secs(600);
/// How long a command waits for its turn to write beside a busy station.
const WRITE_PATIENCE: Duration = Duration::from_secs(60);

/// The store of a command that answers nobody.
async fn open_store(settings: &Settings) -> Result<Store, Failure> {
    let pools =
        Pools { statement_patience: STATEMENT_PATIENCE, write_patience: WRITE_PATIENCE, ..settings.pools.clone() };
    Ok(Store::open(&settings.database, &pools).await?.crediting(settings.quota.payment_credit))
}

/// The store of a station that has run before: a command that only looks makes none.
async fn existing_store(settings: &Settings) -> Result<Store, Failure> {
    match settings.database.path() {
        Some(file) if !file.exists() => Err(Failure::NoDatabase(file.display().to_string(), variable("database.url"))),
        _ => open_store(settings).await,
    }
}

/// The binary as it was called, for lines to paste: a newcomer has installed nothing.
fn program() -> String {
    std::env::args_os().next().map_or_else(|| "ec-station".into(), |name| name.to_string_lossy().into())
}

/// The environment. What is no Unicode in it is no setting's value either, and becomes a bad one.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into(), value.to_string_lossy().into()))
}

fn settings_help() -> String {
    let mut text = String::from("Settings (a variable beats the file, the file beats the default):\n");
    for known in KNOWN {
        text.push_str(&format!("  {} [{}]\n      {}\n", variable(known.path), known.default, known.meaning));
    }
    text.push_str("In the TOML file the same settings have dotted paths, such as limits.body_bytes.\n");
    text
}
