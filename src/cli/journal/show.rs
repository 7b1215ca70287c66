//! `ec-station journal show`: the story of one notice, for whoever is asked what happened to it.

use std::io::Write;
use std::process::ExitCode;

use chrono_tz::Europe::Rome;
use clap::Args;

use super::is_of;
use crate::cli::output::{plain, printed};
use crate::cli::{Failure, program};
use crate::journal::export::{Bodies, rows};
use crate::journal::{Entry, Exchange, story};
use crate::store::Store;
use crate::telemetry;

const EXAMPLES: &str = "\
Examples:
  ec-station journal show --notice 307000000001234573
  ec-station journal show --notice 307000000001234573 --organization 99000001018 --bodies
  ec-station journal show --notice 307000000001234573 --json";

/// Tell what happened to a notice: each call, its answer, and the rule that decided.
///
/// Times are those of Italy (Europe/Rome). Nothing of the messages is shown unless --bodies asks for it: they hold people's
/// data. Exit code 0: told, also when there is nothing to tell; 1: a part of the journal cannot be read.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Show {
    /// The notice.
    #[arg(long, value_name = "NAV")]
    notice: String,
    /// Only what concerns this organization (its fiscal code): two may have the same notice number.
    #[arg(long, value_name = "CF")]
    organization: Option<String>,
    /// Print after each line the messages themselves, as they were (people's data included).
    #[arg(long)]
    bodies: bool,
    /// One JSON object a row, with the fields of `journal export`.
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode, Failure> {
        let (entries, damaged) = self.entries(store).await?;
        if entries.is_empty() && !damaged {
            eprintln!("the journal has nothing on notice {}", plain(&self.notice));
        }
        let mut out = std::io::stdout().lock();
        printed(self.print(&entries, &mut out).and_then(|()| out.flush()))?;
        if damaged {
            eprintln!("a part of the journal cannot be read; `{} journal verify` says what is wrong", program());
        }
        Ok(if damaged { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// What speaks of the notice, in the order of time, and whether something that may do so cannot be read.
    async fn entries(&self, store: &Store) -> Result<(Vec<Entry>, bool), Failure> {
        let (mut found, mut damaged) = (Vec::new(), false);
        for id in store.journal_of_notice(&self.notice).await? {
            let Some(segment) = store.journal_segment(id).await? else { continue };
            match segment.open() {
                Ok(entries) => found.extend(
                    entries
                        .into_iter()
                        .filter(|entry| self.is_wanted(entry))
                        .map(|entry| if self.bodies { entry } else { without_bodies(entry) }),
                ),
                Err(damage) => {
                    eprintln!("{segment:?} cannot be read: {}", telemetry::chain(&damage));
                    damaged = true;
                }
            }
        }
        found.sort_by_key(|entry| entry.span().0);
        Ok((found, damaged))
    }

    fn is_wanted(&self, entry: &Entry) -> bool {
        let of_organization = self.organization.as_ref().is_none_or(|organization| is_of(entry, organization));
        entry.notice() == self.notice && of_organization
    }

    fn print(&self, entries: &[Entry], out: &mut impl Write) -> std::io::Result<()> {
        let bodies = if self.bodies { Bodies::Taken } else { Bodies::Left };
        if !self.json && !entries.is_empty() {
            writeln!(out, "Notice {}; times are those of Italy (Europe/Rome).", plain(&self.notice))?;
        }
        for entry in entries {
            if self.json {
                for row in rows(entry, bodies) {
                    serde_json::to_writer(&mut *out, &row)?;
                    writeln!(out)?;
                }
                continue;
            }
            for line in story([entry], &Rome) {
                writeln!(out, "{line}")?;
            }
            if let (true, Entry::Exchange(exchange)) = (self.bodies, entry) {
                print_messages(exchange, out)?;
            }
        }
        Ok(())
    }
}

/// The two messages, as they went over the wire.
fn print_messages(exchange: &Exchange, out: &mut impl Write) -> std::io::Result<()> {
    let Exchange { method, path, peer, status, .. } = exchange;
    writeln!(out, "\n---- {} {} from {}", plain(method), plain(path), plain(peer))?;
    print_message(&exchange.request_headers, exchange.request.as_deref(), out)?;
    writeln!(out, "\n---- {status}")?;
    print_message(&exchange.response_headers, exchange.response.as_deref(), out)?;
    writeln!(out, "\n----\n")
}

fn print_message(headers: &[(String, String)], body: Option<&[u8]>, out: &mut impl Write) -> std::io::Result<()> {
    for (name, value) in headers {
        writeln!(out, "{}: {}", plain(name), plain(value))?;
    }
    writeln!(out)?;
    match body {
        Some(body) => out.write_all(body),
        None => write!(out, "(the body was not kept)"),
    }
}

/// A story of many calls need not keep their messages in memory.
fn without_bodies(entry: Entry) -> Entry {
    match entry {
        Entry::Exchange(exchange) => Entry::Exchange(Box::new(Exchange { request: None, response: None, ..*exchange })),
        other => other,
    }
}
