//! What the store changes by itself, as the journal tells it. Pure.

use chrono::{DateTime, Utc};

use crate::domain::position::{DebtPosition, PaymentOption};
use crate::journal::{Entry, Event};
use crate::store::{Saved, Tx};

/// What became of a position of a batch: an event for each of its options, none where nothing changed.
pub(in crate::store) fn of_position(position: &DebtPosition, saved: &Saved, now: DateTime<Utc>) -> Vec<Entry> {
    let (name, why) = match saved {
        Saved::Created => ("POSITION_CREATED", "loaded"),
        Saved::Updated => ("POSITION_UPDATED", "loaded with other content"),
        Saved::Withdrawn => ("POSITION_WITHDRAWN", "loaded with other content and not published again"),
        Saved::Published => ("POSITION_PUBLISHED", "loaded once more, to be published"),
        Saved::Unchanged | Saved::NotUpdatable(_) | Saved::FeeLost | Saved::NavTaken(_) | Saved::IuvTaken(_) => {
            return Vec::new();
        }
    };
    position.options.iter().map(|option| of_option(name, position, option, why, now)).collect()
}

/// Something that befell an option of a position.
fn of_option(name: &str, position: &DebtPosition, option: &PaymentOption, why: &str, now: DateTime<Utc>) -> Entry {
    let receipt_id = option.state.payment().and_then(|payment| payment.receipt_id.clone()).unwrap_or_default();
    Entry::Event(Event {
        at: now,
        name: name.to_owned(),
        organization: position.organization.as_str().to_owned(),
        nav: option.nav.as_str().to_owned(),
        iuv: option.iuv.as_str().to_owned(),
        iupd: position.iupd.as_str().to_owned(),
        receipt_id,
        why: why.to_owned(),
    })
}

impl Tx {
    /// Has the journal told, once the transaction is committed, that something befell every option of a position.
    pub fn note_position(&mut self, name: &str, position: &DebtPosition, why: &str, now: DateTime<Utc>) {
        position.options.iter().for_each(|option| self.note(of_option(name, position, option, why, now)));
    }

    /// The same of one option, by its place.
    pub fn note_option(&mut self, name: &str, position: &DebtPosition, at: usize, why: &str, now: DateTime<Utc>) {
        self.note(of_option(name, position, &position.options[at], why, now));
    }
}

/// Something that happened to the station as a whole.
pub(in crate::store) fn of_the_station(name: &str, why: String, now: DateTime<Utc>) -> Entry {
    let [organization, nav, iuv, iupd, receipt_id] = [const { String::new() }; 5];
    Entry::Event(Event { at: now, name: name.to_owned(), organization, nav, iuv, iupd, receipt_id, why })
}

/// Something that happened to an organization.
pub(in crate::store) fn of_an_organization(name: &str, organization: &str, why: String, now: DateTime<Utc>) -> Entry {
    let [nav, iuv, iupd, receipt_id] = [const { String::new() }; 4];
    let (name, organization) = (name.to_owned(), organization.to_owned());
    Entry::Event(Event { at: now, name, organization, nav, iuv, iupd, receipt_id, why })
}
