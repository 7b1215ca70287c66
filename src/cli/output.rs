//! Lists on standard output, for people and for pipes.

use std::io::{ErrorKind, Write};

use clap::Args;

use super::Failure;
use crate::store::Filter;

/// What to list: the options that lists share.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// Only of this organization (its fiscal code).
    #[arg(long, value_name = "CF")]
    organization: Option<String>,
    /// Only of this notice.
    #[arg(long, value_name = "NAV")]
    notice: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// One JSON object a line instead of a table, with all that is known (people's data included).
    #[arg(long)]
    pub(super) json: bool,
}

impl Wanted {
    pub(super) fn filter(&self) -> Filter {
        let Wanted { organization, notice, limit, .. } = self;
        let (organization, nav) = (organization.clone(), notice.clone());
        Filter { organization, nav, limit: i64::from(*limit), ..Filter::default() }
    }
}

/// Prints lines. A reader that has seen enough, such as `head`, ends the list and is no failure.
pub(super) fn print_lines(lines: impl IntoIterator<Item = String>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for line in lines {
        if !printed(writeln!(out, "{line}"))? {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether something was printed, or the reader has seen enough.
pub(super) fn printed(result: std::io::Result<()>) -> Result<bool, Failure> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        other => other.map(|()| true).map_err(Failure::io("print")),
    }
}

/// A text that came from outside, so that it can break neither the table nor the terminal.
pub(super) fn plain(text: &str) -> String {
    let shown: String = text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).take(70).collect();
    if text.chars().nth(70).is_some() { shown + "…" } else { shown }
}
