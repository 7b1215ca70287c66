//! What happened, step by step, for whoever watches: who said what to whom, and what the Node thought of it.
//!
//! It is kept in memory, the last of it only, and holds messages as they were: nothing of it goes to the log.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// So many steps are remembered.
const MOST_STEPS: usize = 2_000;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Steps are numbered from 1.
    pub number: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// The notice it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// Who does it, to whom.
    pub between: Between,
    /// What, in a sentence.
    pub what: String,
    /// What the Node thinks of it, where it thinks something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thought: Option<String>,
    /// The message, as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Who does something, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Between {
    /// A PSP asks the Node.
    PspToNode,
    /// The Node answers a PSP.
    NodeToPsp,
    /// The Node asks a station.
    NodeToStation,
    /// A station answers.
    StationToNode,
    /// The Node does something by itself.
    Node,
}

/// The steps that are remembered.
#[derive(Debug, Default)]
pub struct Story {
    steps: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    last: u64,
    steps: VecDeque<Step>,
}

impl Story {
    /// Adds a step; its number is given here.
    pub fn tell(&self, step: Step) {
        let mut told = self.told();
        told.last += 1;
        let number = told.last;
        if told.steps.len() == MOST_STEPS {
            told.steps.pop_front();
        }
        told.steps.push_back(Step { number, ..step });
    }

    /// The steps after a number, about one notice or about all.
    pub fn after(&self, number: u64, notice: Option<&str>) -> Vec<Step> {
        let told = self.told();
        let wanted = |step: &&Step| step.number > number && notice.is_none_or(|it| step.notice.as_deref() == Some(it));
        told.steps.iter().filter(wanted).cloned().collect()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Step {
    /// A step that is about nothing yet.
    pub fn new(at: DateTime<Utc>, between: Between, what: impl Into<String>) -> Step {
        Step { number: 0, at, notice: None, between, what: what.into(), thought: None, message: None }
    }
}
