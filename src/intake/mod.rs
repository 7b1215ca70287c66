//! How operators hand in debt positions: files of any size in, checked positions or reasons out.
//!
//! Nothing here waits or speaks SQL; "now" comes with the [`Rules`]. The path of a position is short: a reader
//! (`json`, `jsonl`, `csv`) cuts one `Draft` at a time out of the file, `seen` finds those that come twice, and
//! `check` turns the rest into domain positions under the rules of `strict` or `gpd`, with `history` for what
//! already happened elsewhere. [`read`] holds it all together. The catalogue of taxonomy
//! codes lives in [`taxonomy`], the file of organizations in [`registry`].

mod check;
mod csv;
mod dates;
mod defect;
mod draft;
mod elements;
mod given;
mod gpd;
mod handed;
mod history;
mod inspector;
mod json;
mod jsonl;
mod judging;
mod letterhead;
mod lists;
pub mod model;
pub mod model_v3;
pub mod registry;
mod seen;
mod strict;
pub mod taxonomy;
#[cfg(test)]
mod tests;
mod texts;
pub mod upload;

use std::fmt;
use std::io::{self, BufRead};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::codes::OrganizationCode;
use crate::domain::position::DebtPosition;
use crate::domain::taxonomy::Catalogue;

pub use csv::columns as csv_columns;
pub(crate) use dates::{day, moment};
pub use defect::{Complaint, Defect, Place, Rejection, Sort, shown};
use draft::Draft;
pub use given::{Given, Wanted};
pub use handed::{Handed, OptionNumbers};
use judging::{Verdict, verdict};
pub use judging::{judge, judge_account, judge_update};
use seen::{Numbers, Seen};
pub(crate) use texts::without_nul;

/// Most bytes one position may take in a file; a broken quote or bracket would swallow the rest otherwise.
pub(crate) const LARGEST_POSITION: usize = 4 << 20;

/// Whose rules a position must obey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Validation {
    /// Every code, account, amount and text must be right.
    #[default]
    Strict,
    /// As permissive as PagoPA's GPD service.
    Gpd,
}

impl fmt::Display for Validation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Validation::Strict => "strict",
            Validation::Gpd => "gpd",
        })
    }
}

impl FromStr for Validation {
    type Err = String;
    fn from_str(text: &str) -> Result<Validation, String> {
        let all = [Validation::Strict, Validation::Gpd];
        all.into_iter().find(|one| one.to_string() == text).ok_or_else(|| "must be one of: strict, gpd".into())
    }
}

/// The forms a file of positions may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// `{"paymentPositions":[…]}`, or the bare list.
    Json,
    /// One position a line.
    #[value(alias = "ndjson")]
    Jsonl,
    /// One row a transfer.
    Csv,
}

impl Format {
    /// The form a file's name promises.
    pub fn of(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(Format::Json),
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            "csv" => Some(Format::Csv),
            _ => None,
        }
    }
}

/// What positions are judged by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The creditor they belong to.
    pub organization: OrganizationCode,
    /// Whose rules.
    pub validation: Validation,
    /// Whether they come from another system, with a past: past dates and states are honoured.
    pub history: bool,
    /// When this is.
    pub now: DateTime<Utc>,
    /// The taxonomy codes in force, when a catalogue was imported.
    pub catalogue: Option<Arc<Catalogue>>,
    /// The accounts that the creditor has registered; none means that any will do.
    pub registered_ibans: Vec<String>,
}

/// One position of a file: where it begins and what became of it.
#[derive(Debug)]
pub struct Item {
    /// The line it begins on, from 1.
    pub line: u64,
    /// The position, or everything that is wrong with it (never an empty list).
    pub result: Result<DebtPosition, Vec<Rejection>>,
    /// Dates of a right position that have passed, and codes that have ended. It may not come now; but when it is stored just so, it came in time,
    /// and the same file again is no mistake.
    pub late: Vec<Rejection>,
}

/// Why a file cannot be read at all, or not any further. What it holds is never the reason: that is a [`Rejection`].
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file or the pipe failed.
    #[error("could not read the file")]
    Io(#[from] io::Error),
    /// The first line of a CSV does not name its columns as it should.
    #[error("{0}")]
    Header(String),
}

/// Reads one JSON value, whatever it is; an error tells what is broken and where, and repeats nothing of the text.
pub fn read_json<'b, T: serde::Deserialize<'b> + Wanted>(bytes: &'b [u8]) -> Result<Given<T>, Complaint> {
    let text = std::str::from_utf8(bytes).map_err(|_| json::not_utf8())?;
    lists::are_bounded(text)?;
    serde_json::from_str(text).map_err(|error| {
        let place = format!("{} at line {}, column {}", elements::what_is_broken(&error), error.line(), error.column());
        Complaint::new(place, "correct the JSON").sorted(Sort::Form)
    })
}

/// A source of drafts: one of the readers.
type Drafts<'r> = Box<dyn Iterator<Item = Result<Draft, ReadError>> + 'r>;

/// The positions of a file, one at a time, checked.
pub struct Positions<'r> {
    drafts: Drafts<'r>,
    rules: Rules,
    seen: Seen,
    scattered: Option<Scattered>,
    numbers: Numbers,
}

/// The keys of a CSV whose rows do not stand together.
pub struct Scattered(Seen);

/// A first look at a file that can be read twice: without it, rows that stand apart are noticed only when the rows
/// before them are loaded. Only a CSV needs it.
pub fn look(format: Format, file: impl BufRead) -> Result<Option<Scattered>, ReadError> {
    match format {
        Format::Csv => csv::scattered(file).map(Scattered).map(Some),
        Format::Json | Format::Jsonl => Ok(None),
    }
}

/// Reads and checks the positions of a file, holding one at a time.
pub fn read<'r>(format: Format, file: impl BufRead + 'r, rules: Rules) -> Result<Positions<'r>, ReadError> {
    let drafts: Drafts<'r> = match format {
        Format::Json => Box::new(json::Reader::new(file)),
        Format::Jsonl => Box::new(jsonl::Reader::new(file)),
        Format::Csv => Box::new(csv::Reader::new(file)?),
    };
    Ok(Positions { drafts, rules, seen: Seen::default(), scattered: None, numbers: Numbers::default() })
}

impl Positions<'_> {
    /// The same, with what a first look at the file has told.
    pub fn knowing(self, scattered: Option<Scattered>) -> Self {
        Positions { scattered, ..self }
    }
}

impl Iterator for Positions<'_> {
    type Item = Result<Item, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let draft = match self.drafts.next()? {
            Ok(draft) => draft,
            Err(error) => return Some(Err(error)),
        };
        Some(Ok(self.judge(&draft)))
    }
}

impl Positions<'_> {
    fn judge(&mut self, draft: &Draft) -> Item {
        let mut item = self.verdict(draft);
        if let Ok(position) = &item.result {
            let repeated: Vec<_> = self.repeated_numbers(position).map(|defect| draft.reject(defect)).collect();
            if !repeated.is_empty() {
                item.result = Err(repeated);
            }
        }
        if let Err(rejections) = &mut item.result {
            rejections.extend(draft.suspicions());
        }
        item
    }

    fn verdict(&mut self, draft: &Draft) -> Item {
        let mut rejections = draft.faults();
        rejections.extend(self.repetition(draft).map(|complaint| draft.reject(Defect::of("iupd", complaint))));
        let line = draft.line;
        let Some(content) = &draft.content else { return Item { line, result: Err(rejections), late: vec![] } };
        let told = |defects: Vec<Defect>| defects.into_iter().map(|defect| draft.reject(defect));
        let Verdict { result, late } = verdict(content, &self.rules);
        match result {
            Ok(position) if rejections.is_empty() => Item { line, result: Ok(position), late: told(late).collect() },
            Ok(_) => {
                rejections.extend(told(late));
                Item { line, result: Err(rejections), late: vec![] }
            }
            Err(defects) => {
                rejections.extend(told(defects));
                Item { line, result: Err(rejections), late: vec![] }
            }
        }
    }

    /// What is said of notices and IUVs that came before, on other positions. The store would tell, but not in a dry run.
    fn repeated_numbers(&mut self, position: &DebtPosition) -> impl Iterator<Item = Defect> {
        let numbers = &mut self.numbers;
        position.options.iter().enumerate().filter_map(|(at, option)| {
            let field = numbers.repeated(option.nav.as_str(), option.iuv.as_str())?;
            let number = if field == "nav" { option.nav.as_str() } else { option.iuv.as_str() };
            let reason = format!("the number {} is on another position of the same file", shown(number));
            let complaint = Complaint::new(reason, "give each payment option a notice number of its own");
            Some(Defect { place: Place { option: Some(at), field, ..Place::default() }, complaint })
        })
    }

    /// What is said of a key that came before. Rows of which we know that they may not be all need no more words.
    fn repetition(&mut self, draft: &Draft) -> Option<Complaint> {
        let iupd = draft.iupd()?;
        match &self.scattered {
            Some(scattered) => scattered.0.holds(iupd).then(draft::Layout::told_scattered),
            None => (!self.seen.is_new(iupd) && draft.content.is_some()).then(|| draft.layout.told_before()),
        }
    }
}
