//! Reads the properties of a position one by one and notes what is wrong with them, without ever stopping.

use chrono::{DateTime, Utc};

use super::check::Rulebook;
use super::defect::{Complaint, Defect, Place, Sort};
use super::given::Given;
use super::{Rules, dates, model};
use crate::domain::codes::OrganizationCode;
use crate::domain::position::Account;

/// Nobody reads more than this of one position, and a broken file must not fill the memory with complaints.
const MOST_DEFECTS: usize = 100;

/// Walks through a position with a notebook.
pub(super) struct Inspector<'r> {
    pub(super) rules: &'r Rules,
    pub(super) book: &'static dyn Rulebook,
    pub(super) at: Place,
    pub(super) defects: Vec<Defect>,
    pub(super) late: Vec<Defect>,
}

impl Inspector<'_> {
    /// Notes a defect of a property of the current element.
    pub(super) fn note(&mut self, field: &'static str, complaint: Complaint) {
        if self.defects.len() < MOST_DEFECTS {
            self.defects.push(Defect { place: Place { field, ..self.at }, complaint });
        }
    }

    /// Notes a date that has passed.
    pub(super) fn note_late(&mut self, field: &'static str, complaint: Complaint) {
        if self.late.len() < MOST_DEFECTS {
            self.late.push(Defect { place: Place { field, ..self.at }, complaint });
        }
    }

    /// Notes a defect of a property of an option.
    pub(super) fn note_option(&mut self, at: usize, field: &'static str, complaint: Complaint) {
        self.at.option = Some(at);
        self.note(field, complaint);
        self.at.option = None;
    }

    /// What a rule gave, its complaint noted.
    pub(super) fn held<T>(&mut self, field: &'static str, answer: Result<T, Complaint>) -> Option<T> {
        answer.map_err(|complaint| self.note(field, complaint)).ok()
    }

    /// A property that may be absent.
    pub(super) fn optional<'g, T>(&mut self, field: &'static str, given: &'g Given<T>) -> Option<&'g T> {
        if let Given::Wrong(complaint) = given {
            self.note(field, complaint.clone());
        }
        given.value()
    }

    /// A property that must be there.
    pub(super) fn required<'g, T>(&mut self, field: &'static str, given: &'g Given<T>) -> Option<&'g T> {
        if given.is_absent() {
            let complaint = self.book.missing(field);
            self.note(field, complaint);
        }
        self.optional(field, given)
    }

    /// A text that must be there, and not blank where blank does not count.
    pub(super) fn required_text<'g>(&mut self, field: &'static str, given: &'g Given<String>) -> Option<&'g str> {
        let text = self.required(field, given)?;
        let answer = if self.counts(field, text) { self.book.text(field, text) } else { Err(self.book.missing(field)) };
        self.held(field, answer).map(|()| text.as_str())
    }

    /// A text that may be absent; where a blank one does not count it is absent too.
    pub(super) fn optional_text(&mut self, field: &'static str, given: &Given<String>) -> Option<String> {
        let text = self.optional(field, given).filter(|text| self.counts(field, text))?;
        let answer = self.book.text(field, text);
        self.held(field, answer).map(|()| text.clone())
    }

    /// A text that may be absent or blank, which is as much as an empty one.
    pub(super) fn any_text<'g>(&mut self, field: &'static str, given: &'g Given<String>) -> Option<&'g str> {
        if given.is_absent() {
            return Some("");
        }
        let text = self.optional(field, given)?;
        let answer = self.book.text(field, text);
        self.held(field, answer).map(|()| text.as_str())
    }

    /// A date that may be absent.
    pub(super) fn date(&mut self, field: &'static str, given: &Given<String>) -> Option<DateTime<Utc>> {
        let text = self.optional(field, given)?;
        self.held(field, dates::moment(text).map_err(|complaint| complaint.sorted(Sort::Form)))
    }

    /// A list; absent means empty.
    pub(super) fn elements<'g, T>(&mut self, field: &'static str, given: &'g model::List<T>) -> Option<&'g [Given<T>]> {
        if given.is_absent() { Some(&[]) } else { self.optional(field, given).map(Vec::as_slice) }
    }

    /// Whether a text was given, right or wrong.
    pub(super) fn is_given(&self, field: &'static str, given: &Given<String>) -> bool {
        match given {
            Given::Absent => false,
            Given::Wrong(_) => true,
            Given::Value(text) => self.counts(field, text),
        }
    }

    /// Whether a text counts as given.
    pub(super) fn counts(&self, field: &'static str, text: &str) -> bool {
        !text.trim().is_empty() || self.book.takes_blank(field)
    }

    /// Judges where the creditor itself is credited. What is stored may be older than the list of its accounts.
    pub(super) fn check_registered(&mut self, organization: Option<&OrganizationCode>, account: Option<&Account>) {
        let Rules { registered_ibans: registered, history, .. } = self.rules;
        let (Some(Account::Iban { iban, postal_iban }), Some(organization)) = (account, organization) else { return };
        if registered.is_empty() || *history || *organization != self.rules.organization {
            return;
        }
        for (field, iban) in [("iban", Some(iban)), ("postalIban", postal_iban.as_ref())] {
            if iban.is_some_and(|iban| !registered.contains(iban))
                && let Err(complaint) = self.book.unregistered()
            {
                self.note_late(field, complaint);
            }
        }
    }

    /// The present, unless the past is welcome.
    pub(super) fn present(&self) -> Option<DateTime<Utc>> {
        (!self.rules.history).then_some(self.rules.now)
    }
}
