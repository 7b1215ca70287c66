//! What happened, step by step, for whoever watches: who said what to whom, and what the Node thought of it.
//!
//! It is kept in memory, the last of it only, and holds messages as they were, but for passwords: nothing of it
//! goes to the log.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// So many steps are remembered.
const MOST_STEPS: usize = 2_000;
/// So many bytes of texts and messages are; the oldest steps go first.
const MOST_BYTES: usize = 32 << 20;
/// The longest message that is kept whole.
const LONGEST_MESSAGE: usize = 256 << 10;
/// The longest sentence.
const LONGEST_TEXT: usize = 2_000;
/// The longest code that may be a notice's.
const LONGEST_NOTICE: usize = 18;

/// One step. Its `Debug` shows no message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    bytes: usize,
    steps: VecDeque<Step>,
}

impl Story {
    /// Adds a step; its number is given here. What is long is cut, and passwords are not kept.
    pub fn tell(&self, step: Step) {
        let cut = |text: Option<String>, most| text.map(|text| shortened(text, most));
        let step = Step {
            notice: step.notice.filter(|notice| notice.len() <= LONGEST_NOTICE),
            what: shortened(step.what, LONGEST_TEXT),
            thought: cut(step.thought, LONGEST_TEXT),
            message: cut(step.message.map(without_password), LONGEST_MESSAGE),
            ..step
        };
        let mut told = self.told();
        told.last += 1;
        let step = Step { number: told.last, ..step };
        told.bytes += step.bytes();
        told.steps.push_back(step);
        while told.steps.len() > MOST_STEPS || told.bytes > MOST_BYTES {
            let Some(oldest) = told.steps.pop_front() else { break };
            told.bytes -= oldest.bytes();
        }
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

    fn bytes(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.what.len() + length(&self.notice) + length(&self.thought) + length(&self.message)
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step { number, between, what, .. } = self;
        f.debug_struct("Step")
            .field("number", number)
            .field("between", between)
            .field("what", what)
            .finish_non_exhaustive()
    }
}

/// The text, or its beginning.
fn shortened(mut text: String, most: usize) -> String {
    if text.len() > most {
        let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// The message with nothing in its password elements: whoever reads the story need not be who pays.
fn without_password(message: String) -> String {
    let mut shown = String::with_capacity(message.len());
    let mut rest = message.as_str();
    while let Some(at) = rest.find("password") {
        let Some(tag_ends) = rest[at..].find('>').map(|end| at + end + 1) else { break };
        shown.push_str(&rest[..tag_ends]);
        rest = &rest[tag_ends..];
        // The next tag is the end of the element.
        let value_ends = rest.find('<').unwrap_or(rest.len());
        if value_ends > 0 {
            shown.push('…');
        }
        let tag_ends = rest[value_ends..].find('>').map_or(rest.len(), |end| value_ends + end + 1);
        shown.push_str(&rest[value_ends..tag_ends]);
        rest = &rest[tag_ends..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn a_step(message: &str) -> Step {
        let noon = Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap();
        Step { message: Some(message.into()), ..Step::new(noon, Between::PspToNode, "verifyPaymentNotice") }
    }

    #[test]
    fn passwords_are_not_told() {
        for (message, told) in [
            ("<a><password>pwdpwdpwd</password><b>1</b></a>", "<a><password>…</password><b>1</b></a>"),
            ("<n:password x='1'>pwd</n:password>pwd", "<n:password x='1'>…</n:password>pwd"),
            ("<password/><b>1</b>", "<password/><b>1</b>"),
            ("<password>pwd", "<password>…"),
            ("<password", "<password"),
            ("no secret", "no secret"),
        ] {
            assert_eq!(without_password(message.into()), told);
        }
    }

    #[test]
    fn memory_has_a_bound() {
        let story = Story::default();
        let long = "è".repeat(LONGEST_MESSAGE);
        for _ in 0..1_000 {
            story.tell(a_step(&long));
        }
        let told = story.told();
        assert!(told.bytes <= MOST_BYTES && told.steps.len() > 100, "{} steps", told.steps.len());
        assert_eq!(told.bytes, told.steps.iter().map(Step::bytes).sum::<usize>());
        assert_eq!(told.steps.back().unwrap().number, 1_000);
        drop(told);
        let story = Story::default();
        for _ in 0..3_000 {
            story.tell(a_step("short"));
        }
        assert_eq!(story.after(0, None).len(), MOST_STEPS);
    }
}
