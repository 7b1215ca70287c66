//! What is asked for in small bodies, read as GPD reads them: first the form of every property, then its value
//! (`gpd-api` 3.1).

use chrono::{DateTime, Utc};

use super::problem::Problem;
use crate::intake::{Given, moment, without_nul};

/// What the columns of GPD hold where no rule says less.
const LONGEST: usize = 255;

/// Notes what is wrong with the properties of a body.
#[derive(Default)]
pub(super) struct Look {
    form: Vec<String>,
    values: Vec<String>,
}

impl Look {
    /// A property that may be absent.
    pub(super) fn optional<T: Clone>(&mut self, field: &str, given: &Given<T>) -> Option<T> {
        if let Given::Wrong(complaint) = given {
            self.form.push(format!("{field}: {}", complaint.reason));
        }
        given.value().cloned()
    }

    /// A property that must be there, and what is said where it is not.
    pub(super) fn required<T: Clone>(&mut self, field: &str, given: &Given<T>, missing: &str) -> Option<T> {
        if given.is_absent() {
            self.wrong(field, missing);
        }
        self.optional(field, given)
    }

    /// A text of at most so many characters.
    pub(super) fn text(&mut self, field: &str, given: &Given<String>, most: Option<usize>) -> Option<String> {
        let text = self.optional(field, given)?;
        let most = most.unwrap_or(LONGEST);
        if text.chars().count() > most {
            self.wrong(field, &format!("size must be between 0 and {most}"));
        } else if let Err(complaint) = without_nul(&text) {
            self.wrong(field, &complaint.reason);
        }
        Some(text)
    }

    /// A text that is not blank, and what is said where it is.
    pub(super) fn some_text(&mut self, field: &str, given: &Given<String>, missing: &str) -> Option<String> {
        let text = self.text(field, given, None);
        if text.as_ref().is_none_or(|text| text.trim().is_empty()) && !matches!(given, Given::Wrong(_)) {
            self.wrong(field, missing);
        }
        text
    }

    /// A date-time.
    pub(super) fn date(&mut self, field: &str, given: &Given<String>) -> Option<DateTime<Utc>> {
        match moment(&self.optional(field, given)?) {
            Ok(date) => Some(date),
            Err(complaint) => {
                self.form.push(format!("{field}: {}", complaint.reason));
                None
            }
        }
    }

    /// Notes a value that a property does not take.
    pub(super) fn wrong(&mut self, field: &str, why: &str) {
        self.values.push(format!("{field}: {why}"));
    }

    /// What was noted, if anything.
    pub(super) fn end(self) -> Result<(), Problem> {
        match (self.form.first(), self.values.is_empty()) {
            (Some(form), _) => Err(Problem::bad_request(format!("JSON parse error: {form}"))),
            (None, false) => Err(Problem::bad_request(self.values.join(", "))),
            (None, true) => Ok(()),
        }
    }
}
