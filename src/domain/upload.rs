//! Massive uploads (`gpd-api` 14): what a file of positions asks for, how far it is, and what became of its items.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::codes::{OrganizationCode, SegregationCodes};
use super::position::ServiceType;

/// How many days an upload can be asked for; then it is forgotten.
pub const RETENTION_DAYS: u64 = 60;

/// Most IUPDs in a file of positions to delete.
pub const MOST_DELETIONS: u64 = 100_000;

/// How often a batch may fail before its items are given up.
pub const MOST_FAILURES: i64 = 5;

/// What is to happen to the items of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// They are new.
    Create,
    /// They replace what is there.
    Update,
    /// They go.
    Delete,
}

impl Operation {
    /// The name under which it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Operation::Create => "CREATE",
            Operation::Update => "UPDATE",
            Operation::Delete => "DELETE",
        }
    }

    /// Reads that name.
    pub fn parse(name: &str) -> Option<Operation> {
        [Operation::Create, Operation::Update, Operation::Delete].into_iter().find(|one| one.as_str() == name)
    }
}

/// For whom an upload is, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The broker in the path.
    pub broker: String,
    /// Whose positions they are.
    pub organization: OrganizationCode,
    /// The kind of service they belong to.
    pub service: ServiceType,
}

/// What a file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// For whom.
    pub owner: Owner,
    /// What is to happen.
    pub operation: Operation,
    /// The segregation codes it is confined to.
    pub codes: SegregationCodes,
    /// Who handed it in, for the journal.
    pub by: String,
}

/// An upload that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// `{broker}_{organization}_{32 hex}`.
    pub id: String,
    /// Items in the file.
    pub submitted: i64,
    /// Items that have their outcome.
    pub processed: i64,
    /// Those among them whose outcome is an error.
    pub failed: i64,
    /// When it was taken.
    pub received_at: DateTime<Utc>,
    /// When the last item had its outcome.
    pub finished_at: Option<DateTime<Utc>>,
}

impl Upload {
    /// GPD's `operationStatus`.
    pub fn status(&self) -> &'static str {
        match self.finished_at {
            None => "IN_PROGRESS",
            Some(_) if self.failed == 0 => "COMPLETED",
            Some(_) if self.failed < self.submitted => "COMPLETED_WITH_WARNINGS",
            Some(_) => "COMPLETED_UNSUCCESSFULLY",
        }
    }
}

/// What became of an item: a status of HTTP and GPD's words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// What core would have answered.
    pub status: u16,
    /// Why.
    pub message: String,
}

impl Outcome {
    /// An outcome in GPD's standard words.
    pub fn standard(status: u16) -> Outcome {
        let message = match status {
            200 | 201 => "Debt position operation OK",
            400 => "Bad request",
            401 => "UNAUTHORIZED",
            403 => "FORBIDDEN",
            404 => "Debt position NOT FOUND",
            409 => "Debt position IUPD or NAV/IUV already exists for organization code",
            _ => "Internal Server Error: operation not completed",
        };
        Outcome { status, message: message.to_owned() }
    }

    /// One in words of its own.
    pub fn told(status: u16, message: impl Into<String>) -> Outcome {
        Outcome { status, message: message.into() }
    }

    /// Whether the item came to nothing.
    pub fn is_failure(&self) -> bool {
        self.status >= 400
    }
}

/// What became of items: the IUPDs of those that came to the same end, in their order.
pub type Outcomes = BTreeMap<Outcome, Vec<String>>;

/// Why a range of days cannot be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRange {
    /// It is empty or longer than a week.
    Length,
    /// It begins before this day, the first that is remembered.
    BeginsTooEarly(NaiveDate),
    /// All of it is forgotten: it ends on this day or before.
    Forgotten(NaiveDate),
}

/// The days of which uploads are listed: the last is `today` unless told otherwise, the first six days before it.
pub fn days(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<(NaiveDate, NaiveDate), BadRange> {
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| to.checked_sub_signed(TimeDelta::days(6)).unwrap_or(to));
    if !(0..7).contains(&(to - from).num_days()) {
        return Err(BadRange::Length);
    }
    let cutoff = today - chrono::Days::new(RETENTION_DAYS);
    if to <= cutoff {
        Err(BadRange::Forgotten(cutoff))
    } else if from < cutoff {
        Err(BadRange::BeginsTooEarly(cutoff))
    } else {
        Ok((from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_tells_how_it_went() {
        let upload = |processed, failed, finished| {
            let at = DateTime::UNIX_EPOCH;
            let (id, finished_at) = (String::new(), Some(at).filter(|_| finished));
            Upload { id, submitted: 3, processed, failed, received_at: at, finished_at }.status()
        };
        assert_eq!(upload(0, 0, false), "IN_PROGRESS");
        assert_eq!(upload(3, 3, false), "IN_PROGRESS");
        assert_eq!(upload(3, 0, true), "COMPLETED");
        assert_eq!(upload(3, 2, true), "COMPLETED_WITH_WARNINGS");
        assert_eq!(upload(3, 3, true), "COMPLETED_UNSUCCESSFULLY");
    }

    #[test]
    fn a_range_is_a_week_at_the_most_and_not_forgotten() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-22");
        let cutoff = day("2026-09-23");
        for (from, to, expected) in [
            ("", "", Ok(("2026-11-16", "2026-11-22"))),
            ("", "2026-11-10", Ok(("2026-11-04", "2026-11-10"))),
            ("2026-11-16", "", Ok(("2026-11-16", "2026-11-22"))),
            ("2026-11-22", "2026-11-22", Ok(("2026-11-22", "2026-11-22"))),
            ("2026-11-15", "", Err(BadRange::Length)),
            ("2026-11-23", "2026-11-22", Err(BadRange::Length)),
            ("2026-09-23", "2026-09-24", Ok(("2026-09-23", "2026-09-24"))),
            ("2026-09-22", "2026-09-24", Err(BadRange::BeginsTooEarly(cutoff))),
            ("2026-09-20", "2026-09-23", Err(BadRange::Forgotten(cutoff))),
        ] {
            let given = |text: &str| (!text.is_empty()).then(|| day(text));
            let expected = expected.map(|(from, to)| (day(from), day(to)));
            assert_eq!(days(given(from), given(to), today), expected, "{from} to {to}");
        }
    }
}
