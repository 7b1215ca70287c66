//! Everything that is done to a valid message: one named mutation for each thing a reader may get wrong.
//!
//! Some leave the message valid and some do not; the validators tell which. A mutation belongs to a group, and where
//! the two validators are known to differ, the whole group is such a case. `values`, `elements`, `namespaces`,
//! `attributes` and `envelopes` are about the contract, `markup` and `wire` about XML itself and its bytes.

mod attributes;
mod elements;
mod envelopes;
mod markup;
mod namespaces;
mod values;
mod wire;

use rand::rngs::StdRng;

use super::message::Draft;

type Change = dyn Fn(&mut Draft, &mut StdRng) -> Option<()>;

pub struct Mutation {
    pub group: &'static str,
    pub name: String,
    change: Box<Change>,
}

impl Mutation {
    fn new(
        group: &'static str,
        detail: &str,
        change: impl Fn(&mut Draft, &mut StdRng) -> Option<()> + 'static,
    ) -> Mutation {
        Mutation { group, name: format!("{group}: {}", readable(detail)), change: Box::new(change) }
    }

    /// Changes the draft; `None` if it has nothing to change, such as no amount.
    pub fn apply(&self, draft: &mut Draft, rng: &mut StdRng) -> Option<()> {
        (self.change)(draft, rng)
    }
}

pub fn all() -> Vec<Mutation> {
    let chapters = [
        values::all(),
        elements::all(),
        namespaces::all(),
        attributes::all(),
        envelopes::all(),
        markup::all(),
        wire::all(),
    ];
    chapters.into_iter().flatten().collect()
}

/// A name one can read in a terminal, for a value that may be none.
fn readable(detail: &str) -> String {
    let escaped: String = detail
        .chars()
        .map(|c| if c == ' ' || c.is_ascii_graphic() { c.to_string() } else { c.escape_unicode().to_string() })
        .collect();
    match escaped.char_indices().nth(70) {
        Some((end, _)) => format!("{}... ({} characters)", &escaped[..end], detail.chars().count()),
        None => escaped,
    }
}
