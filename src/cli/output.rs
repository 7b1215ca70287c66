//! Lists on standard output, for people and for pipes.

use std::io::{ErrorKind, Write};

use super::Failure;

/// Prints lines. A reader that has seen enough, such as `head`, ends the list and is no failure.
pub(super) fn print_lines(lines: impl IntoIterator<Item = String>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for line in lines {
        match writeln!(out, "{line}") {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            other => other.map_err(Failure::io("print the list"))?,
        }
    }
    Ok(())
}

/// A text that came from outside, so that it can break neither the table nor the terminal.
pub(super) fn plain(text: &str) -> String {
    let shown: String = text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).take(70).collect();
    if text.chars().nth(70).is_some() { shown + "…" } else { shown }
}
