//! The archive and event journal (`domain` 13, 14.3): what was said, unchanged, and proof that it is unchanged.
//!
//! Pure: no SQL, no clock, no HTTP. An [`Entry`] is one line of the journal; `record.rs` turns it into bytes and back;
//! `segment.rs` seals entries into the rows that a store keeps, each row chained to the one before by its head;
//! `verify.rs` walks a writer's rows and tells what was altered, taken away or put in between. `keys.rs` finds the rows
//! that may speak of a notice, `export.rs` writes the official journal, `story.rs` tells one notice's story to people.
//!
//! Every process that writes has a chain of its own. A chain shows any change to what lies inside it; that its end was
//! cut off, or that everything from some entry on was written anew, shows only against a head noted elsewhere.

pub mod export;
mod keys;
mod packing;
pub mod record;
pub mod segment;
pub mod story;
pub mod verify;

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use self::keys::{key_of, keys_in};
pub use self::segment::{Chain, Damage, SealError, Segment};
pub use self::story::story;
pub use self::verify::{Finding, Summary, Verifier};

/// One line of the journal. Times are kept to the microsecond, as the stores do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A request and its response.
    Exchange(Box<Exchange>),
    /// Something that happened inside.
    Event(Event),
    /// Entries that are not there.
    Gap(Gap),
}

/// A request and its response, as they went over the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct Exchange {
    /// When the request was there.
    pub received_at: DateTime<Utc>,
    /// How long the answer took.
    pub answered_in: Duration,
    /// Who called: an address, or what a trusted proxy says of it.
    pub peer: String,
    /// The HTTP method.
    pub method: String,
    /// The path that was called.
    pub path: String,
    /// The headers, in the order of their names; secrets without their values.
    pub request_headers: Vec<(String, String)>,
    /// The request's body; none when bodies are not kept.
    pub request: Option<Vec<u8>>,
    /// The HTTP status.
    pub status: u16,
    /// The headers of the answer.
    pub response_headers: Vec<(String, String)>,
    /// The answer's body; none when bodies are not kept.
    pub response: Option<Vec<u8>>,
    /// What was understood of it.
    pub about: About,
    /// How it ended.
    pub outcome: Outcome,
    /// The fault code, when there is one.
    pub fault: Option<String>,
    /// The row of the decision tables that decided.
    pub rule: Option<String>,
    /// Why, in words for the operator; never a person's data.
    pub why: String,
}

/// What was understood of an exchange. A text is empty where nothing is known.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The operation; empty when none could be chosen.
    pub operation: String,
    /// Fiscal code of the organization that was called.
    pub organization: String,
    /// The notice number.
    pub nav: String,
    /// The IUV.
    pub iuv: String,
    /// The receipt's id, which is the payment token.
    pub receipt_id: String,
    /// The PSP.
    pub psp: String,
    /// The PSP's channel.
    pub channel: String,
    /// How the payer paid.
    pub payment_method: String,
    /// The broker.
    pub broker: String,
    /// The station.
    pub station: String,
    /// What else the operation was told (`transferType`, `standIn`).
    pub parameters: Vec<(String, String)>,
}

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer is yes.
    Ok,
    /// The answer is no.
    Ko,
    /// There is no answer in the operation's own shape.
    Fault,
}

impl Outcome {
    /// `OK`, `KO` or `FAULT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Ok => "OK",
            Outcome::Ko => "KO",
            Outcome::Fault => "FAULT",
        }
    }
}

/// Something that happened inside: a debt position came, an option was paid.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// What: `POSITION_CREATED`, `OPTION_PAID`.
    pub name: String,
    /// Fiscal code of the organization.
    pub organization: String,
    /// The notice number.
    pub nav: String,
    /// The IUV.
    pub iuv: String,
    /// The position's own id.
    pub iupd: String,
    /// The receipt's id.
    pub receipt_id: String,
    /// Why, in words for the operator; never a person's data.
    pub why: String,
}

/// Entries that had to be dropped because the writer could not keep up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// When the first of them was due.
    pub from: DateTime<Utc>,
    /// When the last of them was due.
    pub to: DateTime<Utc>,
    /// How many they were.
    pub count: u64,
    /// Why, in words for the operator.
    pub why: String,
}

impl Entry {
    /// The first and the last moment an entry speaks of: a segment's times are made of them.
    pub fn span(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let (from, to) = match self {
            Entry::Exchange(exchange) => (exchange.received_at, exchange.received_at),
            Entry::Event(event) => (event.at, event.at),
            Entry::Gap(gap) => (gap.from, gap.to),
        };
        (whole_micros(from), whole_micros(to))
    }

    /// What the entry is found by: notice number, IUV and receipt id. Empty where it has none.
    pub fn names(&self) -> [&str; 3] {
        match self {
            Entry::Exchange(exchange) => [&exchange.about.nav, &exchange.about.iuv, &exchange.about.receipt_id],
            Entry::Event(event) => [&event.nav, &event.iuv, &event.receipt_id],
            Entry::Gap(_) => [""; 3],
        }
    }

    /// The notice number. Empty where it has none.
    pub fn notice(&self) -> &str {
        self.names()[0]
    }

    /// Whether the entry has this notice number, IUV or receipt id.
    pub fn speaks_of(&self, name: &str) -> bool {
        !name.is_empty() && self.names().contains(&name)
    }

    /// About how many bytes the entry adds to a segment before compression: what a writer cuts its segments by, so
    /// that they stay well below [`segment::MOST_BYTES`].
    pub fn weight(&self) -> usize {
        let length = |body: &Option<Vec<u8>>| body.as_ref().map_or(0, Vec::len);
        match self {
            Entry::Exchange(exchange) => {
                let headers = exchange.request_headers.iter().map(|(name, value)| name.len() + value.len() + 48);
                let texts = headers.sum::<usize>() + exchange.why.len();
                1024 + texts + length(&exchange.request) + length(&exchange.response)
            }
            Entry::Event(_) | Entry::Gap(_) => 256,
        }
    }
}

/// A time as a record gives it back.
fn whole_micros(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time)
}

/// Bodies and headers hold people's data: no log shall show them by accident.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exchange(not shown)")
    }
}

impl fmt::Debug for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("About(not shown)")
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Event(not shown)")
    }
}

#[cfg(test)]
mod tests;
