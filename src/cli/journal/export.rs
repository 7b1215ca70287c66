//! `ec-station journal export`: the official journal, the *giornale degli eventi* (`domain` 13).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Args;

use super::{is_of, moment};
use crate::cli::output::printed;
use crate::cli::{Failure, program};
use crate::journal::Segment;
use crate::journal::export::{Bodies, rows};
use crate::store::Store;
use crate::telemetry;

const EXAMPLES: &str = "\
Examples:
  ec-station journal export --from 2026-01-01 --to 2026-02-01 -o january.jsonl
  ec-station journal export --from 2026-01-31T12:00:00+01:00 --to 2026-01-31T13:00:00+01:00 --bodies
  ec-station journal export --from 2026-01-01 --to 2027-01-01 --organization 99000001018 | gzip > 2026.jsonl.gz";

/// Hand out the journal of a time, as the specification wants it: one JSON object a row, two rows a call.
///
/// The fields have the specification's names, dataOraEvento is UTC. Rows come in about the order of their times: those of
/// one second may be mixed. Exit code 0: done; 1: a part of the journal cannot be read and is missing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Export {
    /// From this day in Italy on, or from this instant on.
    #[arg(long, value_parser = moment)]
    from: DateTime<Utc>,
    /// Up to the beginning of this day in Italy, or up to this instant, which are left out.
    #[arg(long, value_parser = moment)]
    to: DateTime<Utc>,
    /// Only of this organization (its fiscal code).
    #[arg(long, value_name = "CF")]
    organization: Option<String>,
    /// With the messages themselves (people's data included).
    #[arg(long)]
    bodies: bool,
    /// Write to this file instead of the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Export {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode, Failure> {
        if self.from >= self.to {
            return Err(Failure::Usage("--from must be before --to".into()));
        }
        let mut out: Box<dyn Write> = match &self.output {
            None => Box::new(BufWriter::new(std::io::stdout())),
            Some(path) => {
                let unusable = |error| Failure::Usage(format!("cannot write {}: {error}", path.display()));
                Box::new(BufWriter::new(File::create(path).map_err(unusable)?))
            }
        };
        let mut damaged = 0u64;
        let mut behind = None;
        loop {
            let page = store.journal_of_time(self.from, self.to, behind).await?;
            for place in &page {
                let Some(segment) = store.journal_segment(place.id).await? else { continue };
                match self.lines(&segment) {
                    Ok(lines) if !printed(out.write_all(&lines))? => return Ok(ExitCode::SUCCESS),
                    Ok(_) => {}
                    Err(why) => {
                        eprintln!("{segment:?} cannot be read: {why}");
                        damaged += 1;
                    }
                }
            }
            match page.last() {
                Some(last) => behind = Some(*last),
                None => break,
            }
        }
        printed(out.flush())?;
        if damaged > 0 {
            eprintln!("{damaged} segments are missing; `{} journal verify` says what is wrong", program());
        }
        Ok(if damaged > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// What a segment has for us, a line a row.
    fn lines(&self, segment: &Segment) -> Result<Vec<u8>, String> {
        let bodies = if self.bodies { Bodies::Taken } else { Bodies::Left };
        let entries = segment.open().map_err(|damage| telemetry::chain(&damage))?;
        let wanted = entries.iter().filter(|entry| {
            let at = entry.span().0;
            let of_organization = self.organization.as_ref().is_none_or(|organization| is_of(entry, organization));
            self.from <= at && at < self.to && of_organization
        });
        let mut lines = Vec::new();
        for row in wanted.flat_map(|entry| rows(entry, bodies)) {
            serde_json::to_writer(&mut lines, &row).map_err(|error| error.to_string())?;
            lines.push(b'\n');
        }
        Ok(lines)
    }
}
