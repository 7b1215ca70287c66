//! `ec-station journal`: what was said and done, and the proof that nothing of it was changed.
//!
//! All of it walks through the journal segment by segment: memory stays flat, however long the journal is.

mod export;
mod purge;
mod show;
mod verify;

use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Europe::Rome;
use clap::{Args, Subcommand};

use super::{Failure, existing_store};
use crate::journal::Entry;
use crate::settings::Settings;

/// What was said and done: tell the story of a notice, prove that nothing was changed, hand it out, take away what is old.
#[derive(Debug, Args)]
pub(super) struct Journal {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Show(show::Show),
    Verify(verify::Verify),
    Export(export::Export),
    Purge(purge::Purge),
}

impl Journal {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let store = existing_store(settings).await?;
        match self.command {
            Command::Show(show) => show.run(&store).await,
            Command::Verify(verify) => verify.run(&store).await,
            Command::Export(export) => export.run(&store).await,
            Command::Purge(purge) => purge.run(&store).await,
        }
    }
}

/// Whether an entry is an organization's. A gap is everybody's: whose calls were dropped, nobody knows.
fn is_of(entry: &Entry, organization: &str) -> bool {
    match entry {
        Entry::Exchange(exchange) => exchange.about.organization == organization,
        Entry::Event(event) => event.organization == organization,
        Entry::Gap(_) => true,
    }
}

/// A day in Italy, from its first moment, or an instant.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let wrong = || "must be a day such as 2026-01-31, or an instant such as 2026-01-31T12:00:00+01:00".to_owned();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let day = text.parse::<NaiveDate>().map_err(|_| wrong())?;
    // Italy's clocks never change at midnight.
    let start = day.and_time(NaiveTime::MIN).and_local_timezone(Rome).earliest();
    start.map(|start| start.to_utc()).ok_or_else(wrong)
}

/// A number with its noun.
fn count(number: u64, noun: &str) -> String {
    let plural = match noun.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    };
    if number == 1 { format!("1 {noun}") } else { format!("{number} {plural}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_italian_ones() {
        for (text, instant) in [
            ("2026-01-31", "2026-01-30T23:00:00Z"),
            ("2026-07-01", "2026-06-30T22:00:00Z"),
            ("2026-03-29", "2026-03-28T23:00:00Z"),
            ("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00Z"),
            ("2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.5Z"),
        ] {
            assert_eq!(moment(text), Ok(instant.parse().unwrap()), "{text}");
        }
        for bad in ["", "2026", "31/01/2026", "2026-02-30", "2026-01-31 12:00"] {
            assert!(moment(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn nouns_follow_their_numbers() {
        let told = [count(0, "entry"), count(1, "entry"), count(2, "entry"), count(2, "segment")];
        assert_eq!(told, ["0 entries", "1 entry", "2 entries", "2 segments"]);
    }
}
