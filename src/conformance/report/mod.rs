//! What was found, in a form that people and machines can read.

pub mod json;
pub mod junit;
mod latency;
mod shown;
pub mod text;

use chrono::{DateTime, Utc};
use serde::Serialize;

pub use self::latency::{Latency, Row};
pub use self::shown::Exchanged;
use super::case::{Case, Severity};
use super::judge::Breach;

/// What was found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Where the station is.
    pub url: String,
    /// When it was tried.
    pub at: DateTime<Utc>,
    /// The cases, in the order of their names.
    pub cases: Vec<CaseReport>,
    /// So many were left out, because they would have changed the station.
    pub left_out: usize,
    /// How fast it answered.
    pub latency: Latency,
    /// What is to be said of the fixtures.
    pub remarks: Vec<String>,
}

/// What became of a case.
#[derive(Clone, Debug)]
pub struct CaseReport {
    /// Its name.
    pub id: String,
    /// What was tested.
    pub title: String,
    /// By which primitive.
    pub primitive: &'static str,
    /// The rule.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// What came out.
    pub result: Result,
    /// So long the answers took in sum, in milliseconds.
    pub took_ms: u64,
    /// What was said last; in a case that is broken, what broke it.
    pub exchange: Option<Exchanged>,
    /// Why nobody was there, if nobody was.
    pub(in crate::conformance) unreachable: Option<String>,
    /// Whether the notice was paid already, which by the fixtures can be paid.
    pub(in crate::conformance) paid_before: bool,
}

/// What came out of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Result {
    /// The rule holds.
    Held,
    /// It does not, or another one that the answer met on its way.
    Broken(Vec<Breach>),
    /// It was not tried, and why.
    NotRun(String),
}

/// What a whole run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Cases that held.
    pub held: usize,
    /// Cases that break a rule that must hold.
    pub broken: usize,
    /// Cases that break only rules that should hold.
    pub advised: usize,
    /// Cases that were not tried.
    pub not_run: usize,
    /// Cases that would have changed the station.
    pub left_out: usize,
    /// Whether all is well.
    pub conforms: bool,
}

impl CaseReport {
    pub(super) fn of(case: &Case) -> CaseReport {
        CaseReport {
            id: case.id.clone(),
            title: case.title.clone(),
            primitive: case.primitive.name(),
            rule: case.rule.clone(),
            severity: case.severity,
            result: Result::Held,
            took_ms: 0,
            exchange: None,
            unreachable: None,
            paid_before: false,
        }
    }

    pub(super) fn heard(&mut self, exchange: Exchanged) {
        self.took_ms += exchange.took_ms;
        self.exchange = Some(exchange);
    }

    /// What it breaks.
    pub fn breaches(&self) -> &[Breach] {
        match &self.result {
            Result::Broken(breaches) => breaches,
            Result::Held | Result::NotRun(_) => &[],
        }
    }

    /// Whether it breaks a rule that must hold.
    pub fn breaks_a_must(&self) -> bool {
        self.breaches().iter().any(|breach| breach.severity == Severity::Must)
    }
}

impl Report {
    pub(super) fn new(
        url: &str,
        at: DateTime<Utc>,
        cases: Vec<CaseReport>,
        left_out: usize,
        latency: Latency,
        remarks: Vec<String>,
    ) -> Report {
        Report { url: url.to_owned(), at, cases, left_out, latency, remarks }
    }

    /// What it comes to. Where the run is strict, rules that should hold count like those that must.
    pub fn summary(&self, strict: bool) -> Summary {
        let count = |wanted: &dyn Fn(&CaseReport) -> bool| self.cases.iter().filter(|case| wanted(case)).count();
        let held = count(&|case| case.result == Result::Held);
        let broken = count(&|case| case.breaks_a_must());
        let not_run = count(&|case| matches!(case.result, Result::NotRun(_)));
        let advised = self.cases.len() - held - broken - not_run;
        let slow = self.latency.breach();
        let too_slow = slow.is_some_and(|breach| strict || breach.severity == Severity::Must);
        let conforms = broken == 0 && !(strict && advised > 0) && !too_slow && self.cases.len() > not_run;
        Summary { held, broken, advised, not_run, left_out: self.left_out, conforms }
    }

    /// The exit code of the command: 0 all is well, 1 something is broken or nothing ran, 2 not everything could run.
    pub fn exit_code(&self, strict: bool) -> u8 {
        match self.summary(strict) {
            Summary { conforms: false, .. } => 1,
            Summary { not_run: 1.., .. } => 2,
            _ => 0,
        }
    }
}
