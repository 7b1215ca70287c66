//! `ec-station journal purge`: take away what need not be kept any more.

use std::process::ExitCode;
use std::str::FromStr;

use chrono::{DateTime, Days, Months, Utc};
use chrono_tz::Europe::Rome;
use clap::Args;

use super::count;
use crate::cli::Failure;
use crate::cli::output::print_lines;
use crate::journal::Verifier;
use crate::store::{JournalWriter, Purged, Store};
use crate::telemetry;

const EXAMPLES: &str = "\
Examples:
  ec-station journal purge --older-than 24months --dry-run
  ec-station journal purge --older-than 5years";

/// How long the journal must be kept (domain 13), in months.
const LEAST: Age = Age::Months(24);

/// Take away the oldest entries. Receipts and positions stay.
///
/// Of each writer whole segments go from the beginning of its chain on, as long as everything in them is older; an anchor
/// stays behind, so that `journal verify` can still prove the rest. What is to go is verified first. The database keeps
/// its size and fills the room again. Exit code 0: done; 1: something was not whole and was left; 64: misused.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Purge {
    /// Age of what goes: a number with days, months or years behind it.
    #[arg(long, value_name = "AGE")]
    older_than: Age,
    /// Take away also what must be kept by the rules (younger than 24 months), and what is not whole any more.
    #[arg(long)]
    force: bool,
    /// Say what would go, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// How old something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    Days(u64),
    Months(u32),
}

impl FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Age, String> {
        let wrong = || "must be a number with days, months or years behind it, such as 24months".to_owned();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number: u32 = text[..digits].parse().map_err(|_| wrong())?;
        match text[digits..].trim() {
            "day" | "days" => Ok(Age::Days(number.into())),
            "month" | "months" => Ok(Age::Months(number)),
            "year" | "years" => number.checked_mul(12).map(Age::Months).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }
}

impl Age {
    /// When something was written that is this old now.
    fn before(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Age::Days(days) => now.checked_sub_days(Days::new(days)),
            Age::Months(months) => now.checked_sub_months(Months::new(months)),
        }
    }
}

impl Purge {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode, Failure> {
        let now = Utc::now();
        let before = self.older_than.before(now);
        let before = before.ok_or_else(|| Failure::Usage("--older-than: nothing is that old".into()))?;
        if LEAST.before(now).is_none_or(|least| before > least) && !self.force {
            let words = "the journal must be kept for 24 months; --force takes younger entries away all the same";
            return Err(Failure::Usage(words.into()));
        }
        let (mut all, mut left) = (Purged::default(), 0);
        for writer in store.journal_writers().await? {
            match self.purge(store, &writer, before, now).await? {
                Ok(purged) => add(&mut all, &purged),
                Err(why) => {
                    eprintln!(
                        "writer {}: nothing was taken away: {why}; --force takes it away all the same",
                        writer.name
                    );
                    left += 1;
                }
            }
        }
        let would = if self.dry_run { "nothing was changed; it would be: " } else { "" };
        let counts = format!("{} in {}", count(all.entries, "entry"), count(all.segments, "segment"));
        let day = before.with_timezone(&Rome).format("%Y-%m-%d %H:%M:%S");
        print_lines([format!(
            "{would}{counts} taken away, {} bytes; they were older than {day} (Europe/Rome)",
            all.bytes
        )])?;
        Ok(if left == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Takes a writer's oldest away, or says what keeps us from it.
    async fn purge(
        &self,
        store: &Store,
        writer: &JournalWriter,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Result<Purged, String>, Failure> {
        let (found, last, trouble) = look(store, writer, before).await?;
        if let (Some(trouble), false) = (trouble, self.force) {
            return Ok(Err(trouble));
        }
        let Some(last) = last.filter(|_| !self.dry_run) else { return Ok(Ok(found)) };
        let mut all = Purged::default();
        loop {
            let purged = store.purge_journal(&writer.name, before, last, now).await?;
            if purged == Purged::default() {
                break;
            }
            add(&mut all, &purged);
        }
        Ok(Ok(all))
    }
}

/// What of a writer is old enough, the number at which its last segment begins, and what is not whole in it: a purge
/// would wipe out the traces.
async fn look(
    store: &Store,
    writer: &JournalWriter,
    before: DateTime<Utc>,
) -> Result<(Purged, Option<i64>, Option<String>), Failure> {
    let anchor = store.journal_anchor(&writer.name).await?;
    let mut verifier = anchor.map_or_else(|| Verifier::new(&writer.name), Verifier::anchored);
    let (mut found, mut last) = (Purged::default(), None);
    let mut from = i64::MIN;
    'pages: loop {
        let page = store.journal_of_writer(&writer.name, from).await?;
        for (id, _) in &page {
            let Some(segment) = store.journal_segment(*id).await? else { continue };
            if segment.to_at >= before {
                break 'pages;
            }
            verifier.take(&segment);
            last = Some(segment.first);
            let entries = segment.entries.unsigned_abs();
            add(&mut found, &Purged { segments: 1, entries, bytes: segment.content.len() as u64 });
        }
        match page.last().and_then(|(_, first)| first.checked_add(1)) {
            Some(next) => from = next,
            None => break,
        }
    }
    let trouble = verifier.finish().findings.into_iter().next();
    Ok((found, last, trouble.map(|finding| telemetry::chain(&finding))))
}

fn add(all: &mut Purged, more: &Purged) {
    all.segments += more.segments;
    all.entries += more.entries;
    all.bytes += more.bytes;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        for (text, age) in
            [("24months", Age::Months(24)), ("1 month", Age::Months(1)), ("2years", LEAST), ("730days", Age::Days(730))]
        {
            assert_eq!(text.parse(), Ok(age), "{text}");
        }
        for bad in ["", "24", "months", "-1days", "24weeks", "1.5years", "4294967295years", "é"] {
            assert!(bad.parse::<Age>().is_err(), "{bad}");
        }
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(LEAST.before(now), Some("2024-11-22T12:00:00Z".parse().unwrap()));
        assert!(Age::Months(u32::MAX).before(now).is_none());
    }
}
