//! `ec-station taxonomy`: pagoPA's catalogue of taxonomy codes.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::Utc;
use clap::{Args, Subcommand};

use super::registry::content;
use super::{DONE_IN_PART, Failure};
use crate::intake::taxonomy;
use crate::store::Store;

/// The official taxonomy codes. Once they are here, loaded positions are checked against them.
#[derive(Debug, Args)]
pub(super) struct Taxonomy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Replace the catalogue by pagoPA's file, as published in CSV or JSON.
    ///
    /// Positions under strict validation must then have a category that is in it and valid on the day of the load.
    /// Dates are read month first or day first, as their heading says or as they themselves show.
    #[command(after_help = "Example:\n  ec-station taxonomy import taxonomy.csv")]
    Import {
        /// The file.
        file: PathBuf,
    },
}

impl Taxonomy {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode, Failure> {
        let Command::Import { file } = self.command;
        let usage = |why: String| Failure::Usage(format!("{}: {why}", file.display()));
        let taxonomy = taxonomy::parse(&content(&file)?).map_err(|error| usage(error.to_string()))?;
        for row in &taxonomy.rejections {
            eprintln!("row {}: {}: {}; {}", row.line, row.field, row.reason, row.cure);
        }
        if taxonomy.entries.is_empty() {
            return Err(usage("there is no code in it; the catalogue stays as it was".into()));
        }
        let entries = store.import_taxonomy(&taxonomy.entries, Utc::now()).await?;
        println!("taxonomy: {entries} codes, {} rows rejected", taxonomy.rejections.len());
        Ok(if taxonomy.rejections.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(DONE_IN_PART) })
    }
}
