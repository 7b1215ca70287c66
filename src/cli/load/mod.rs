//! `ec-station load`: debt positions from a file into the store.
//!
//! A thread of its own reads and checks; this side saves. Between them stands at most one batch, and a batch is bounded
//! by what its positions hold, so that memory stays flat however long the file is and however many instalments a
//! position has. What is saved and how is in `saving`, the report of what was rejected in `report`.

mod lost;
mod report;
mod saving;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::mpsc::{Sender, channel};

use super::{DONE_IN_PART, Failure};
use crate::domain::codes::{OrganizationCode, is_organization_code};
use crate::domain::registry::Organization;
use crate::domain::taxonomy::Catalogue;
use crate::intake::{self, Format, Item, ReadError, Rules, Validation};
use crate::settings::Settings;
use crate::store::{DatabaseUrl, Save, Saved, Store};
use lost::Lost;
use report::Report;
use saving::save_all;

/// Most positions of one transaction.
const BATCH: usize = 500;

/// Transfers and rejections with which a batch is closed, however few positions that are.
const BATCH_PARTS: usize = 1000;

/// Load debt positions from a file.
///
/// JSON is GPD's model: {"paymentPositions": [...]}, or a position a line in JSONL. CSV has a row a transfer; the rows
/// of one iupd stand together, the first line names the columns, amounts are euro with two decimals (120.50), a bare
/// date means the end of that day in Italy (also a validityDate: the notice can be paid from the day after).
///
/// What is right is loaded, what is wrong is told with line, field, reason and cure. The same file again changes
/// nothing. The numbers at the end are positions, not rows. Exit code 0: all loaded; 2: some rejected; 64: misused; 1:
/// failed.
#[derive(Debug, Args)]
#[command(after_long_help = columns_help())]
pub(super) struct Load {
    /// The file (.json, .jsonl, .ndjson or .csv), or - for the standard input.
    file: PathBuf,
    /// Fiscal code of the organization the positions belong to.
    #[arg(long, value_name = "CF")]
    organization: String,
    /// Publish them, so that they can be paid. Without this they stay drafts.
    #[arg(long)]
    publish: bool,
    /// Check everything, also against the store, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write all that was rejected to this CSV: line, iupd, field, reason, cure.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Whose rules; without this, the setting's.
    #[arg(long, value_enum)]
    validation: Option<Validation>,
    /// The form of the file, where its name does not tell.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// They come from another system: past dates are taken, and status, paymentDate and idReceipt count. These have no
    /// column in a CSV: use JSON or JSONL.
    #[arg(long)]
    history: bool,
}

fn columns_help() -> String {
    format!(
        "Examples:\n  ec-station load tari.csv --organization 99000001018 --dry-run\n  \
         ec-station load tari.csv --organization 99000001018 --publish --rejects rejected.csv\n\n\
         Columns of a CSV, in any order, separated by , or ; (those in brackets may be missing):\n  {}\n\
         Each row has an iuv or a nav, and an iban (perhaps with a postalIban) or the three columns of a stamp.\n\
         With ; amounts may also have a comma (120,50). switchToExpired is false when it is missing.",
        intake::csv_columns()
    )
}

/// What became of the positions so far.
#[derive(Default)]
struct Counts {
    created: u64,
    updated: u64,
    unchanged: u64,
    rejected: u64,
    /// Of those updated, how many were published and are drafts again.
    withdrawn: u64,
}

impl Load {
    pub(super) async fn run(self, settings: &Settings, store: &Store) -> Result<ExitCode, Failure> {
        self.run_at(Utc::now(), settings, store).await
    }

    async fn run_at(self, now: DateTime<Utc>, settings: &Settings, store: &Store) -> Result<ExitCode, Failure> {
        let started = Instant::now();
        let format = self.format()?;
        let organizations = store.organizations().await?;
        let rules = self.rules(settings, store, &organizations, now).await?;
        let own = organizations.into_iter().find(|one| one.fiscal_code == self.organization);
        let mut lost = Lost::new(own.map(|one| one.stations).unwrap_or_default());
        let source = Source::open(&self.file)?;
        let mut report = Report::open(self.rejects.as_deref(), &self.file, source.bar.clone())?;
        let save = Save { now, publish: self.publish, history: self.history, dry_run: self.dry_run };
        let bar = source.bar.clone();
        let (sender, batches) = channel(1);
        let reader = tokio::task::spawn_blocking(move || read(format, source, rules, &sender));
        let mut counts = Counts::default();
        // When the store fails the channel closes, and the reader ends by itself.
        let saved = save_all(store, batches, &save, &mut report, &mut counts, &mut lost).await;
        let read = reader.await.expect("the reader does not panic");
        bar.finish_and_clear();
        report.close()?;
        if let Err(ReadError::Header(words)) = &read {
            return Err(Failure::Usage(format!("{}: {words}", self.file.display())));
        }
        lost.tell();
        if counts.all() == 0 && saved.is_ok() && read.is_ok() {
            eprintln!("note: there is no position in {}", self.file.display());
        }
        println!("{}", counts.summary(self.dry_run, started, &settings.database));
        saved?;
        read.map_err(|error| match error {
            ReadError::Io(error) => Failure::io(format!("read {}", self.file.display()))(error),
            ReadError::Header(words) => Failure::Usage(words),
        })?;
        Ok(if counts.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::from(DONE_IN_PART) })
    }

    fn format(&self) -> Result<Format, Failure> {
        self.format.or_else(|| Format::of(&self.file)).ok_or_else(|| {
            Failure::Usage(format!(
                "cannot tell the form of {} by its name: add --format json, jsonl or csv",
                self.file.display()
            ))
        })
    }

    async fn rules(
        &self,
        settings: &Settings,
        store: &Store,
        known: &[Organization],
        now: DateTime<Utc>,
    ) -> Result<Rules, Failure> {
        let validation = self.validation.unwrap_or(settings.validation);
        if validation == Validation::Strict && !is_organization_code(&self.organization) {
            return Err(Failure::Usage("--organization must be eleven digits".into()));
        }
        if self.organization.trim().is_empty() {
            return Err(Failure::Usage("--organization must not be empty".into()));
        }
        let own = known.iter().find(|organization| organization.fiscal_code == self.organization);
        if own.is_none() {
            eprintln!(
                "note: organization {} is not in the registry; its notices cannot be paid before `ec-station registry \
                 import`",
                intake::shown(&self.organization)
            );
        }
        let entries = store.taxonomy().await?;
        Ok(Rules {
            organization: OrganizationCode::new(&self.organization),
            validation,
            history: self.history,
            now,
            registered_ibans: own.and_then(|own| own.ibans.clone()).unwrap_or_default(),
            catalogue: (!entries.is_empty()).then(|| Arc::new(Catalogue::from_iter(entries))),
        })
    }
}

/// An open file and the bar that shows how far we are.
struct Source {
    file: Box<dyn Read + Send>,
    /// The same file for a first look, where it can be read twice.
    twin: Option<File>,
    bar: ProgressBar,
}

impl Source {
    fn open(path: &Path) -> Result<Source, Failure> {
        if path == Path::new("-") {
            return Ok(Source { file: Box::new(io::stdin()), twin: None, bar: ProgressBar::new_spinner() });
        }
        let unreadable = |why: String| Failure::Usage(format!("cannot read {}: {why}", path.display()));
        let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
        let about = file.metadata().map_err(|error| unreadable(error.to_string()))?;
        if about.is_dir() {
            return Err(unreadable("it is a folder".into()));
        }
        let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}")
            .expect("the template is right");
        let twin =
            about.is_file().then(|| File::open(path)).transpose().map_err(|error| unreadable(error.to_string()))?;
        // Where nobody watches (no terminal) the bar draws nothing by itself.
        Ok(Source { file: Box::new(file), twin, bar: ProgressBar::new(about.len()).with_style(style) })
    }
}

/// Reads and checks the whole file, batch by batch; ends early when nobody takes the batches any more.
fn read(format: Format, source: Source, rules: Rules, batches: &Sender<Vec<Item>>) -> Result<(), ReadError> {
    let buffered = |file: Box<dyn Read + Send>| BufReader::with_capacity(64 << 10, file);
    let scattered = match source.twin {
        Some(file) => intake::look(format, buffered(Box::new(file)))?,
        None => None,
    };
    let file = buffered(Box::new(source.bar.wrap_read(source.file)));
    let (mut batch, mut parts, mut failure) = (Vec::new(), 0, None);
    for item in intake::read(format, file, rules)?.knowing(scattered) {
        match item {
            Ok(item) => {
                parts += parts_of(&item);
                batch.push(item);
            }
            Err(error) => failure = Some(error),
        }
        if batch.len() == BATCH || parts >= BATCH_PARTS {
            parts = 0;
            if batches.blocking_send(std::mem::take(&mut batch)).is_err() {
                return Ok(());
            }
        }
    }
    // What was read before a failure is right, and saved like the rest.
    let _ = batches.blocking_send(batch);
    failure.map_or(Ok(()), Err)
}

/// How many things of some size an item holds.
fn parts_of(item: &Item) -> usize {
    match &item.result {
        Ok(position) => position.options.iter().map(|option| option.transfers.len()).sum::<usize>() + item.late.len(),
        Err(rejections) => rejections.len(),
    }
}

impl Counts {
    fn add(&mut self, saved: &Saved) {
        match saved {
            Saved::Created => self.created += 1,
            Saved::Updated | Saved::Published => self.updated += 1,
            Saved::Withdrawn => {
                self.updated += 1;
                self.withdrawn += 1;
            }
            Saved::Unchanged => self.unchanged += 1,
            Saved::NotUpdatable(_) | Saved::FeeLost | Saved::NavTaken(_) | Saved::IuvTaken(_) => self.rejected += 1,
        }
    }

    fn all(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.rejected
    }

    fn summary(&self, dry_run: bool, started: Instant, database: &DatabaseUrl) -> String {
        let Counts { created, updated, unchanged, rejected, withdrawn } = self;
        let before = if dry_run { "nothing was changed; it would be: " } else { "" };
        let seconds = started.elapsed().as_secs_f64();
        let taken_back = match withdrawn {
            0 => String::new(),
            _ => format!("\nof the updated {withdrawn} were published and are drafts again: add --publish"),
        };
        format!(
            "{before}{created} created, {updated} updated, {unchanged} unchanged, {rejected} rejected in {seconds:.1} s \
             ({database}){taken_back}"
        )
    }
}
