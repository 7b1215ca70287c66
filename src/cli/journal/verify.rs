//! `ec-station journal verify`: whether everything is as it was written.

use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::count;
use crate::cli::Failure;
use crate::cli::output::print_lines;
use crate::journal::{Chain, Finding, Segment, Summary, Verifier};
use crate::store::{JournalWriter, Store};
use crate::telemetry;

const EXAMPLES: &str = "\
Examples:
  ec-station journal verify
  ec-station journal verify --head 5bd4f0c1a2938e77-1:1250:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Prove that the journal is as it was written.
///
/// Every process that writes has a chain of its own, in which each entry stands for all before it. What was altered,
/// removed, put in or moved inside a chain shows by itself. That its end was cut off shows only against a head that was
/// noted elsewhere: a station logs the heads of its chains every hour and when it stops, in the form that --head takes.
/// Exit code 0: whole; 1: not whole.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Verify {
    /// A head from the log: the chain must still lead to it. May be given several times.
    #[arg(long = "head", value_name = "WRITER:ENTRIES:HEAD")]
    heads: Vec<Chain>,
}

/// What there is to say of a writer.
struct Walked {
    summary: Summary,
    /// The heads that the chain does not lead to.
    broken: Vec<String>,
}

/// Times that a walk begins anew because a purge passed by.
const ATTEMPTS: u32 = 5;

impl Verify {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode, Failure> {
        let mut writers = store.journal_writers().await?;
        for head in &self.heads {
            if !writers.iter().any(|writer| writer.name == head.writer) {
                writers.push(JournalWriter { name: head.writer.clone(), segments: 0, anchor: None });
            }
        }
        let style =
            ProgressStyle::with_template("{bar:40} {pos}/{len} segments  {eta}").expect("the template is right");
        // Where nobody watches (no terminal) the bar draws nothing by itself.
        let bar = ProgressBar::new(writers.iter().map(|writer| writer.segments).sum()).with_style(style);
        let (mut segments, mut entries, mut gaps, mut wrong) = (0, 0, 0, 0);
        for writer in &writers {
            let walked = self.walk_undisturbed(store, writer, &bar).await?;
            let Summary { findings, more_findings, .. } = &walked.summary;
            segments += walked.summary.segments;
            entries += walked.summary.entries;
            gaps += walked.summary.gaps;
            wrong += findings.len() as u64 + more_findings + walked.broken.len() as u64;
            let lines = walked.lines();
            bar.suspend(|| print_lines(lines))?;
        }
        bar.finish_and_clear();
        let verdict =
            if wrong == 0 { "the journal is whole".into() } else { format!("NOT WHOLE: {}", count(wrong, "finding")) };
        let counts = [count(writers.len() as u64, "writer"), count(segments, "segment"), count(entries, "entry")];
        print_lines([format!("{}, {}: {verdict}", counts.join(", "), count(gaps, "gap"))])?;
        Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// A purge that passes by moves the beginning: then the walk is worth nothing and begins anew.
    async fn walk_undisturbed(
        &self,
        store: &Store,
        writer: &JournalWriter,
        bar: &ProgressBar,
    ) -> Result<Walked, Failure> {
        let name = &writer.name;
        let mut anchor = writer.anchor.clone();
        let mut attempt = 1;
        loop {
            let walked = self.walk(store, name, anchor.clone(), bar).await?;
            let now = store.journal_anchor(name).await?;
            if now == anchor || attempt == ATTEMPTS {
                return Ok(walked);
            }
            (anchor, attempt) = (now, attempt + 1);
        }
    }

    async fn walk(
        &self,
        store: &Store,
        name: &str,
        anchor: Option<Chain>,
        bar: &ProgressBar,
    ) -> Result<Walked, Failure> {
        let mut heads = Heads::of(&self.heads, name);
        let mut verifier = match anchor {
            Some(anchor) => {
                heads.look_at_anchor(&anchor);
                Verifier::anchored(anchor)
            }
            None => Verifier::new(name),
        };
        let mut from = i64::MIN;
        loop {
            let page = store.journal_of_writer(name, from).await?;
            for (id, _) in &page {
                if let Some(segment) = store.journal_segment(*id).await? {
                    verifier.take(&segment);
                    heads.look_at(&segment);
                }
                bar.inc(1);
            }
            match page.last().and_then(|(_, first)| first.checked_add(1)) {
                Some(next) => from = next,
                None => break,
            }
        }
        let summary = verifier.finish();
        let broken = heads.finish(&summary.end);
        Ok(Walked { summary, broken })
    }
}

/// The noted heads of one writer that were not yet met.
struct Heads<'h> {
    waiting: Vec<&'h Chain>,
    broken: Vec<String>,
}

impl<'h> Heads<'h> {
    fn of(heads: &'h [Chain], writer: &str) -> Heads<'h> {
        Heads { waiting: heads.iter().filter(|head| head.writer == writer).collect(), broken: Vec::new() }
    }

    /// Entries before an anchor are gone, and with them what could be compared; the anchor keeps the last head.
    fn look_at_anchor(&mut self, anchor: &Chain) {
        self.meet(|head| (head.next <= anchor.next).then(|| (head.next == anchor.next).then_some(anchor.head)));
    }

    fn look_at(&mut self, segment: &Segment) {
        let inside = |entry: i64| segment.first <= entry && entry - segment.first < segment.entries;
        self.meet(|head| inside(head.next - 1).then(|| segment.head_after(head.next - 1)));
    }

    /// Compares the heads for which there is something to compare with: the head that is there, or none that is left.
    fn meet(&mut self, there: impl Fn(&Chain) -> Option<Option<[u8; 32]>>) {
        let broken = &mut self.broken;
        self.waiting.retain(|head| {
            let Some(found) = there(head) else { return true };
            let entry = head.next - 1;
            match found {
                Some(found) if found == head.head => {}
                Some(_) => broken.push(format!(
                    "the head after entry {entry} is another one than the one noted: what stands up to there was written anew"
                )),
                None => broken.push(format!("entry {entry} was purged or cannot be read: its head cannot be compared")),
            }
            false
        });
    }

    fn finish(mut self, end: &Chain) -> Vec<String> {
        let last = end.next - 1;
        for head in self.waiting {
            self.broken.push(format!("entry {} is not there: the chain was cut off after entry {last}", head.next - 1));
        }
        self.broken
    }
}

impl Walked {
    fn lines(&self) -> Vec<String> {
        let Summary { segments, entries, gaps, dropped, end, findings, more_findings } = &self.summary;
        let gaps = match gaps {
            0 => String::new(),
            gaps => format!(", {} ({dropped} dropped)", count(*gaps, "gap")),
        };
        let wrong = findings.len() as u64 + more_findings + self.broken.len() as u64;
        let verdict = if wrong == 0 { "whole".into() } else { format!("NOT WHOLE: {}", count(wrong, "finding")) };
        let ends = format!("{}, {}{gaps}; it ends at {end}", count(*segments, "segment"), count(*entries, "entry"));
        let mut lines = vec![format!("writer {}: {verdict}; {ends}", end.writer)];
        lines.extend(findings.iter().map(|finding| format!("  {}; {}", telemetry::chain(finding), cure(finding))));
        lines.extend(self.broken.iter().map(|broken| format!("  {broken}; restore what is missing from a backup")));
        if *more_findings > 0 {
            lines.push(format!("  … and {more_findings} more"));
        }
        lines
    }
}

/// What an operator can do about a finding.
fn cure(finding: &Finding) -> &'static str {
    match finding {
        Finding::Altered { .. } => "compare these entries with a backup, and find out who could write to the database",
        Finding::Missing { .. } => "restore them from a backup",
        Finding::OutOfPlace { .. } => "nobody but a person puts segments there: compare with a backup",
        Finding::Unlinked { .. } => "compare both with a backup",
        Finding::NoAnchor { .. } => "`journal purge` would have left one: restore the entries before it from a backup",
        Finding::OtherWriter { .. } => "compare with a backup",
    }
}
