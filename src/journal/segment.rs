//! Segments: the rows that the store keeps, each sealed to the one before.
//!
//! The head after an entry is SHA-256 over the head before it, its number, its writer's name and its record. So the
//! head of a segment stands for every entry up to its last, and does not depend on how entries were cut into segments
//! or how they were compressed. All other columns follow from the entries, and [`Segment::open`] compares them all.

use std::fmt;
use std::io;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::packing::{self, Unpackable};
use super::record::{self, Unreadable};
use super::{Entry, keys};

/// Most bytes of records that one segment holds, before compression.
pub const MOST_BYTES: usize = 64 << 20;
/// Most bytes that the length of a record takes.
const LENGTH: usize = 10;

/// A place in a writer's chain: where the next entry goes. Also what a purge leaves behind of what it took away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Whose chain it is.
    pub writer: String,
    /// Number of the next entry; the first is 1.
    pub next: i64,
    /// The head after the entry before it.
    pub head: [u8; 32],
}

/// Some entries in a row, as the store keeps them.
#[derive(Clone, PartialEq, Eq)]
pub struct Segment {
    /// Whose entries.
    pub writer: String,
    /// Number of the first.
    pub first: i64,
    /// How many.
    pub entries: i64,
    /// The earliest time among them.
    pub from_at: DateTime<Utc>,
    /// The latest time among them.
    pub to_at: DateTime<Utc>,
    /// The key of the notice that they speak of, when it is one: an index finds it.
    pub notice_key: Option<i64>,
    /// What they are found by.
    pub keys: Vec<u8>,
    /// The head before the first.
    pub previous: [u8; 32],
    /// The head after the last.
    pub head: [u8; 32],
    /// The entries, compressed.
    pub content: Vec<u8>,
}

/// Why entries cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A segment has one entry at least.
    #[error("there is nothing to seal")]
    Nothing,
    /// The records are longer than a segment may be.
    #[error("{0} bytes of entries are more than a segment holds")]
    TooLarge(usize),
    /// Numbers have come to their end.
    #[error("the writer has no numbers left")]
    NoNumbers,
    /// The compressor failed.
    #[error("the entries could not be compressed")]
    Compression(#[source] io::Error),
}

/// What is wrong with a segment, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// Its bytes are not those that were written.
    #[error("the content has changed since it was written")]
    Content,
    /// It was written by another release, or its first byte has changed.
    #[error("the content is in format {0}, which this release does not know")]
    Format(u8),
    /// Its bytes are no content at all.
    #[error("the content cannot be decompressed")]
    Compression(#[source] io::Error),
    /// Its content is larger than any that is written here.
    #[error("the content is larger than a segment may be")]
    TooLarge,
    /// A record is no record.
    #[error("entry {number} cannot be read")]
    Record {
        /// Its number.
        number: i64,
        /// What is wrong with it.
        #[source]
        cause: Unreadable,
    },
    /// Entries were added or taken away, or their count was changed.
    #[error("the content does not hold the {said} entries that the row speaks of")]
    Count {
        /// What the row says.
        said: i64,
    },
    /// The row's times are not those of its entries.
    #[error("the times of the row are not those of its entries")]
    Times,
    /// The row's keys are not those of its entries.
    #[error("the keys of the row are not those of its entries")]
    Keys,
    /// The entries, their numbers or their writer are not those that were sealed.
    #[error("the entries do not lead from the head before them to the head after them")]
    Head,
}

impl Chain {
    /// The beginning of a writer's chain.
    pub fn start(writer: impl Into<String>) -> Chain {
        Chain { writer: writer.into(), next: 1, head: [0; 32] }
    }

    /// A chain that goes on: what [`Chain::after`] said of its last segment, as the store remembers it.
    pub fn resume(writer: impl Into<String>, next: i64, head: [u8; 32]) -> Chain {
        Chain { writer: writer.into(), next, head }
    }

    /// The place behind a segment.
    pub fn after(segment: &Segment) -> Chain {
        Chain { writer: segment.writer.clone(), next: segment.next(), head: segment.head }
    }

    /// Seals entries. The chain stays where it is: only when the segment is durable, go on with [`Chain::after`] it.
    pub fn seal(&self, entries: &[Entry]) -> Result<Segment, SealError> {
        let (from_at, to_at) = span(entries).ok_or(SealError::Nothing)?;
        let count = i64::try_from(entries.len()).map_err(|_| SealError::NoNumbers)?;
        self.next.checked_add(count).ok_or(SealError::NoNumbers)?;
        let mut raw = Vec::with_capacity(entries.iter().map(Entry::weight).sum::<usize>().min(MOST_BYTES));
        let mut record = Vec::new();
        let mut head = self.head;
        for (number, entry) in (self.next..).zip(entries) {
            record.clear();
            record::write(entry, &mut record);
            if raw.len() + record.len() > MOST_BYTES - LENGTH {
                return Err(SealError::TooLarge(raw.len() + record.len()));
            }
            head = link(&head, &self.writer, number, &record);
            record::push_number(&mut raw, record.len() as u64);
            raw.extend_from_slice(&record);
        }
        Ok(Segment {
            writer: self.writer.clone(),
            first: self.next,
            entries: count,
            from_at,
            to_at,
            notice_key: keys::notice_key_of(entries),
            keys: keys::keys_of(entries),
            previous: self.head,
            head,
            content: packing::pack(&raw).map_err(SealError::Compression)?,
        })
    }
}

impl Chain {
    /// Seals entries; those that are too large for a segment without the bodies of their messages, and their reason says
    /// so. Nothing that is to be written with them is lost for the sake of the journal.
    pub fn seal_what_fits(&self, entries: &[Entry]) -> Result<Segment, SealError> {
        match self.seal(entries) {
            Err(SealError::TooLarge(_)) => self.seal(&entries.iter().map(without_bodies).collect::<Vec<_>>()),
            sealed => sealed,
        }
    }
}

fn without_bodies(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    if let Entry::Exchange(exchange) = &mut entry
        && (exchange.request.take().is_some() | exchange.response.take().is_some())
    {
        let parted = if exchange.why.is_empty() { "" } else { "; " };
        exchange.why.push_str(&format!("{parted}the messages were too large for the journal"));
    }
    entry
}

/// `WRITER:ENTRIES:HEAD`, as the log notes it and `journal verify --head` takes it.
impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.writer, self.next - 1)?;
        self.head.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why a text is no place in a chain.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be WRITER:ENTRIES:HEAD, as the log says it, with a head of 64 hexadecimal digits")]
pub struct NoPlace;

impl FromStr for Chain {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Chain, NoPlace> {
        let mut parts = text.rsplitn(3, ':');
        let (head, entries, writer) = (parts.next(), parts.next(), parts.next());
        let entries = entries.and_then(|entries| entries.parse::<i64>().ok()).filter(|entries| *entries > 0);
        let next = entries.and_then(|entries| entries.checked_add(1)).ok_or(NoPlace)?;
        let writer = writer.filter(|writer| !writer.is_empty()).ok_or(NoPlace)?;
        let digits = head.filter(|digits| digits.len() == 64).ok_or(NoPlace)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NoPlace);
        }
        let mut head = [0; 32];
        for (at, byte) in head.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).map_err(|_| NoPlace)?;
        }
        Ok(Chain { writer: writer.to_owned(), next, head })
    }
}

impl Segment {
    /// The head after one of its entries, by the records it holds; none where it has no such entry or cannot be read.
    pub fn head_after(&self, number: i64) -> Option<[u8; 32]> {
        let raw = packing::unpack(&self.content, MOST_BYTES).ok()?;
        let (mut rest, mut head) = (&raw[..], self.previous);
        for at in self.first..=number {
            let length = record::pull_number(&mut rest).ok()?;
            let (record, behind) = record::cut(rest, length).ok()?;
            head = link(&head, &self.writer, at, record);
            rest = behind;
        }
        (number >= self.first).then_some(head)
    }

    /// The entries, once everything the row says was found to be true of them.
    pub fn open(&self) -> Result<Vec<Entry>, Damage> {
        let raw = packing::unpack(&self.content, MOST_BYTES)?;
        let miscounted = || Damage::Count { said: self.entries };
        let mut rest = &raw[..];
        let mut head = self.previous;
        let mut entries = Vec::new();
        let mut number = self.first;
        while !rest.is_empty() {
            if entries.len() as i64 >= self.entries {
                return Err(miscounted());
            }
            let unreadable = |cause| Damage::Record { number, cause };
            let length = record::pull_number(&mut rest).map_err(unreadable)?;
            let (record, behind) = record::cut(rest, length).map_err(unreadable)?;
            entries.push(record::read(record).map_err(unreadable)?);
            head = link(&head, &self.writer, number, record);
            rest = behind;
            number = number.checked_add(1).ok_or_else(miscounted)?;
        }
        if entries.len() as i64 != self.entries {
            return Err(miscounted());
        }
        match span(&entries) {
            _ if head != self.head => Err(Damage::Head),
            None => Err(miscounted()),
            Some(span) if span != (self.from_at, self.to_at) => Err(Damage::Times),
            Some(_) if keys::keys_of(&entries) != self.keys => Err(Damage::Keys),
            Some(_) if keys::notice_key_of(&entries) != self.notice_key => Err(Damage::Keys),
            Some(_) => Ok(entries),
        }
    }

    /// Whether a segment with these keys may have an entry with this notice number, IUV or receipt id. A no is sure, a
    /// yes nearly so; nothing is decompressed.
    pub fn may_speak_of(keys: &[u8], name: &str) -> bool {
        keys::contain(keys, name)
    }

    /// Number of the entry behind the last, as far as the row can be believed.
    pub(super) fn next(&self) -> i64 {
        self.first.saturating_add(self.entries.max(0))
    }
}

/// The content is people's data: no log shall show it, not even compressed.
impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Segment({} entries of {} from {})", self.entries, self.writer, self.first)
    }
}

impl From<Unpackable> for Damage {
    fn from(cause: Unpackable) -> Damage {
        match cause {
            Unpackable::Format(format) => Damage::Format(format),
            Unpackable::Changed => Damage::Content,
            Unpackable::TooLarge => Damage::TooLarge,
            Unpackable::Zstd(cause) => Damage::Compression(cause),
        }
    }
}

/// The head after an entry. What comes before the record has a fixed length or says its own, so that no two entries
/// give the same bytes.
fn link(previous: &[u8; 32], writer: &str, number: i64, record: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(previous);
    digest.update(number.to_be_bytes());
    digest.update((writer.len() as u64).to_be_bytes());
    digest.update(writer);
    digest.update(record);
    digest.finalize().into()
}

/// The earliest and the latest time among entries. They stand in the order in which they were written, which is not
/// always that of their times.
fn span(entries: &[Entry]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let spans = entries.iter().map(Entry::span);
    spans.reduce(|(from, to), (other_from, other_to)| (from.min(other_from), to.max(other_to)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::given;
    use super::*;

    #[test]
    fn what_is_too_large_leaves_its_bodies_behind() {
        let Entry::Exchange(mut large) = given::a_receipt(&given::nav(1)) else { panic!() };
        large.request = Some(vec![b' '; MOST_BYTES]);
        let entries = [Entry::Exchange(large), given::an_event(&given::nav(1))];
        let chain = Chain::start("station-a");
        assert!(matches!(chain.seal(&entries), Err(SealError::TooLarge(_))));
        let kept = chain.seal_what_fits(&entries).unwrap().open().unwrap();
        let Entry::Exchange(receipt) = &kept[0] else { panic!() };
        assert_eq!((&receipt.request, &receipt.response), (&None, &None));
        assert!(receipt.why.ends_with("the messages were too large for the journal"), "{}", receipt.why);
        assert_eq!(kept[1], entries[1]);
    }

    /// The largest that the settings allow, with an answer as large.
    #[test]
    fn the_largest_messages_fit() {
        let Entry::Exchange(mut large) = given::a_receipt(&given::nav(1)) else { panic!() };
        large.request = Some(vec![b'x'; 16 << 20]);
        large.response = Some(vec![b'y'; 16 << 20]);
        let entries = [Entry::Exchange(large), given::an_event(&given::nav(1))];
        assert_eq!(Chain::start("station-a").seal(&entries).unwrap().open().unwrap(), entries);
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let chain = Chain::after(&Chain::start("0123-1").seal(&some_entries()).unwrap());
        assert_eq!(chain.to_string().parse(), Ok(chain.clone()));
        let hex = "0".repeat(64);
        for bad in ["", "a", "a:1", "a:1:00", &format!(":1:{hex}"), &format!("a:0:{hex}"), &format!("a:x:{hex}")] {
            assert_eq!(bad.parse::<Chain>(), Err(NoPlace), "{bad}");
        }
        assert_eq!(format!("a:1:{}", "+1".repeat(32)).parse::<Chain>(), Err(NoPlace));
    }

    #[test]
    fn each_entry_has_its_head() {
        let chain = Chain::start("station-a");
        let together = chain.seal(&some_entries()).unwrap();
        let mut alone = chain;
        for (number, entry) in (1..).zip(some_entries()) {
            alone = Chain::after(&alone.seal(&[entry]).unwrap());
            assert_eq!(together.head_after(number), Some(alone.head), "{number}");
        }
        assert_eq!((together.head_after(0), together.head_after(4)), (None, None));
    }

    fn some_entries() -> Vec<Entry> {
        vec![given::a_verify(&given::nav(1)), given::an_event(&given::nav(1)), given::a_receipt(&given::nav(2))]
    }

    #[test]
    fn a_segment_gives_back_what_was_sealed() {
        let chain = Chain::start("station-a");
        let first = chain.seal(&some_entries()).unwrap();
        assert_eq!(first.open().unwrap(), some_entries());
        let chain = Chain::after(&first);
        assert_eq!((chain.next, chain.head), (4, first.head));
        let second = chain.seal(&[given::a_gap()]).unwrap();
        assert_eq!((second.first, second.previous), (4, first.head));
        assert_eq!(second.open().unwrap(), [given::a_gap()]);
    }

    #[test]
    fn nothing_cannot_be_sealed() {
        let start = Chain::start("station-a");
        assert!(matches!(start.seal(&[]), Err(SealError::Nothing)));
        let last = Chain::resume("station-a", i64::MAX, [0; 32]);
        assert!(matches!(last.seal(&some_entries()), Err(SealError::NoNumbers)));
    }

    #[test]
    fn what_is_too_large_is_not_sealed() {
        let mut exchange = given::exchange();
        exchange.request = Some(vec![b'a'; MOST_BYTES]);
        let entry = Entry::Exchange(Box::new(exchange));
        assert!(matches!(Chain::start("station-a").seal(&[entry]), Err(SealError::TooLarge(_))));
    }

    /// The head is that of the entries, however they were cut.
    #[test]
    fn heads_do_not_depend_on_the_cut() {
        let start = Chain::start("station-a");
        let mut chain = start.clone();
        for entry in some_entries() {
            chain = Chain::after(&chain.seal(&[entry]).unwrap());
        }
        assert_eq!(chain, Chain::after(&start.seal(&some_entries()).unwrap()));
    }

    /// Every bit of every column.
    #[test]
    fn no_bit_can_change_unseen() {
        let chain = Chain::resume("station-a", 17, [7; 32]);
        for entries in [some_entries(), vec![given::a_gap()]] {
            let segment = chain.seal(&entries).unwrap();
            assert!(segment.open().is_ok());
            type Bytes = fn(&mut Segment) -> &mut [u8];
            let bytes: [(&str, usize, Bytes); 4] = [
                ("content", segment.content.len(), |segment| &mut segment.content),
                ("keys", segment.keys.len(), |segment| &mut segment.keys),
                ("head", 32, |segment| &mut segment.head),
                ("previous", 32, |segment| &mut segment.previous),
            ];
            for (column, length, bytes) in bytes {
                for bit in 0..length * 8 {
                    let mut changed = segment.clone();
                    bytes(&mut changed)[bit / 8] ^= 1 << (bit % 8);
                    assert!(changed.open().is_err(), "bit {bit} of {column}");
                }
            }
            for bit in 0..64 {
                let with = |change: fn(&mut Segment, i64)| {
                    let mut changed = segment.clone();
                    change(&mut changed, 1 << bit);
                    changed
                };
                assert!(with(|segment, bit| segment.first ^= bit).open().is_err(), "bit {bit} of first");
                assert!(with(|segment, bit| segment.entries ^= bit).open().is_err(), "bit {bit} of entries");
                let other = |time: DateTime<Utc>, bit| DateTime::from_timestamp_micros(time.timestamp_micros() ^ bit);
                for end in [0, 1] {
                    let mut changed = segment.clone();
                    let time = if end == 0 { &mut changed.from_at } else { &mut changed.to_at };
                    let Some(other) = other(*time, 1 << bit) else { continue };
                    *time = other;
                    assert!(matches!(changed.open(), Err(Damage::Times)), "bit {bit} of time {end}");
                }
            }
            let renamed = Segment { writer: "station-b".into(), ..segment };
            assert!(matches!(renamed.open(), Err(Damage::Head)));
        }
    }

    #[test]
    fn a_cut_or_lengthened_content_is_damaged() {
        let segment = Chain::start("station-a").seal(&some_entries()).unwrap();
        for length in 0..segment.content.len() {
            let cut = Segment { content: segment.content[..length].to_vec(), ..segment.clone() };
            assert!(cut.open().is_err(), "{length}");
        }
        let mut longer = segment;
        longer.content.push(0);
        assert!(matches!(longer.open(), Err(Damage::Content)));
    }

    #[test]
    fn another_release_is_told_apart_from_damage() {
        let mut segment = Chain::start("station-a").seal(&some_entries()).unwrap();
        segment.content[0] = 2;
        assert_eq!(
            segment.open().unwrap_err().to_string(),
            "the content is in format 2, which this release does not know"
        );
    }

    proptest! {
        #[test]
        fn any_entries_are_sealed_and_opened(
            entries in prop::collection::vec(given::any_entry(), 1..5),
            next in 1i64..,
            head: [u8; 32],
        ) {
            prop_assume!(next < i64::MAX - 5);
            let segment = Chain::resume("station-a", next, head).seal(&entries).unwrap();
            prop_assert_eq!(segment.open().unwrap(), entries);
        }
    }

    /// What a row costs apart from the database's own: the promise that a read alone is far below a kilobyte.
    fn cost(segment: &Segment) -> usize {
        let numbers_and_times = 4 * 8;
        segment.content.len() + segment.keys.len() + 2 * 32 + numbers_and_times + segment.writer.len()
    }

    #[test]
    fn an_exchange_alone_is_small() {
        let chain = Chain::start("station-a");
        for (what, entry, most) in [
            ("a verify", given::a_verify(&given::nav(1)), 500),
            ("a get", given::a_get(&given::nav(1)), 700),
            ("a refusal", given::a_refusal(&given::nav(1)), 500),
            ("a receipt", given::a_receipt(&given::nav(1)), 800),
        ] {
            let size = cost(&chain.seal(&[entry]).unwrap());
            assert!(size < most, "{what} takes {size} bytes");
        }
    }

    #[test]
    fn many_exchanges_are_smaller() {
        let entries: Vec<_> = (0..500).map(|number| given::a_verify(&given::nav(number))).collect();
        let size = cost(&Chain::start("station-a").seal(&entries).unwrap()) / entries.len();
        assert!(size < 110, "{size} bytes each");
    }
}
