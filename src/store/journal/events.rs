//! What the store changes by itself, as the journal tells it. Pure.

use chrono::{DateTime, Utc};

use crate::domain::position::DebtPosition;
use crate::journal::{Entry, Event};
use crate::store::Saved;

/// What became of a position of a batch: an event for each of its options, none where nothing changed.
pub(in crate::store) fn of_position(position: &DebtPosition, saved: &Saved, now: DateTime<Utc>) -> Vec<Entry> {
    let (name, why) = match saved {
        Saved::Created => ("POSITION_CREATED", "loaded"),
        Saved::Updated => ("POSITION_UPDATED", "loaded with other content"),
        Saved::Withdrawn => ("POSITION_WITHDRAWN", "loaded with other content and not published again"),
        Saved::Published => ("POSITION_PUBLISHED", "loaded once more, to be published"),
        Saved::Unchanged | Saved::NotUpdatable(_) | Saved::NavTaken(_) | Saved::IuvTaken(_) => return Vec::new(),
    };
    let options = position.options.iter();
    let events = options.map(|option| Event {
        at: now,
        name: name.to_owned(),
        organization: position.organization.as_str().to_owned(),
        nav: option.nav.as_str().to_owned(),
        iuv: option.iuv.as_str().to_owned(),
        iupd: position.iupd.as_str().to_owned(),
        receipt_id: String::new(),
        why: why.to_owned(),
    });
    events.map(Entry::Event).collect()
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
