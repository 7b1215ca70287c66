//! An entry as bytes, and back: one entry has exactly one record, and one record is exactly one entry.
//!
//! A record is a format, a kind, the count of bytes that its numbers take, the numbers, the texts. Numbers are in
//! groups of seven bits, the low ones first; the length of each text is a number in its place. Numbers stand apart from
//! texts so that what is the same from call to call (a header's name and value, the frame of a message) stays in one
//! piece, which compresses better. The order of the fields is the format: another order is another [`FORMAT`].

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{About, Entry, Event, Exchange, Gap, Outcome};

/// The first byte of the records that this release writes.
pub const FORMAT: u8 = 1;

const EXCHANGE: u8 = 1;
const EVENT: u8 = 2;
const GAP: u8 = 3;

/// Why bytes are no record.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Written by another release.
    #[error("its format is {0}, which this release does not know")]
    Format(u8),
    /// No kind of entry.
    #[error("it is of no known kind")]
    Kind,
    /// It ends before its last field.
    #[error("it is cut short")]
    Short,
    /// It goes on after its last field.
    #[error("it goes on after its end")]
    Long,
    /// A number that is too large or is not written the one way it should be.
    #[error("one of its numbers is damaged")]
    Number,
    /// A text that is not UTF-8.
    #[error("one of its texts is damaged")]
    Text,
}

/// Appends an entry's record.
pub fn write(entry: &Entry, out: &mut Vec<u8>) {
    let mut fields = Fields { numbers: Vec::with_capacity(96), texts: Vec::with_capacity(64) };
    let kind = match entry {
        Entry::Exchange(exchange) => {
            fields.exchange(exchange);
            EXCHANGE
        }
        Entry::Event(event) => {
            fields.event(event);
            EVENT
        }
        Entry::Gap(gap) => {
            fields.time(gap.from).time(gap.to).number(gap.count).text(&gap.why);
            GAP
        }
    };
    out.extend_from_slice(&[FORMAT, kind]);
    push_number(out, fields.numbers.len() as u64);
    out.extend_from_slice(&fields.numbers);
    for text in fields.texts {
        out.extend_from_slice(text);
    }
}

/// Reads a record, all of it.
pub fn read(record: &[u8]) -> Result<Entry, Unreadable> {
    let (kind, mut rest) = match record {
        [FORMAT, kind, rest @ ..] => (*kind, rest),
        [FORMAT] | [] => return Err(Unreadable::Short),
        [format, ..] => return Err(Unreadable::Format(*format)),
    };
    let numbers = pull_number(&mut rest)?;
    let (numbers, texts) = cut(rest, numbers)?;
    let mut reader = Reader { numbers, texts };
    let entry = match kind {
        EXCHANGE => Entry::Exchange(Box::new(reader.exchange()?)),
        EVENT => Entry::Event(reader.event()?),
        GAP => {
            Entry::Gap(Gap { from: reader.time()?, to: reader.time()?, count: reader.number()?, why: reader.text()? })
        }
        _ => return Err(Unreadable::Kind),
    };
    if reader.numbers.is_empty() && reader.texts.is_empty() { Ok(entry) } else { Err(Unreadable::Long) }
}

/// Appends a number.
pub(super) fn push_number(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number from the front. A number that ends in nought could be written shorter: it was not written here.
pub(super) fn pull_number(bytes: &mut &[u8]) -> Result<u64, Unreadable> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().ok_or(Unreadable::Short)?;
        *bytes = rest;
        let group = u64::from(first & 0x7f);
        if shift == 63 && group > 1 {
            return Err(Unreadable::Number);
        }
        number |= group << shift;
        if first & 0x80 == 0 {
            return if group == 0 && shift > 0 { Err(Unreadable::Number) } else { Ok(number) };
        }
    }
    Err(Unreadable::Number)
}

/// Parts bytes after a number of them.
pub(super) fn cut(bytes: &[u8], at: u64) -> Result<(&[u8], &[u8]), Unreadable> {
    usize::try_from(at).ok().and_then(|at| bytes.split_at_checked(at)).ok_or(Unreadable::Short)
}

/// The fields of a record on their way out. Texts are copied once, when all numbers are known.
struct Fields<'e> {
    numbers: Vec<u8>,
    texts: Vec<&'e [u8]>,
}

impl<'e> Fields<'e> {
    fn number(&mut self, number: u64) -> &mut Self {
        push_number(&mut self.numbers, number);
        self
    }

    /// Microseconds since 1970; times before are odd numbers, times after are even ones.
    fn time(&mut self, time: DateTime<Utc>) -> &mut Self {
        let micros = time.timestamp_micros();
        self.number(((micros << 1) ^ (micros >> 63)) as u64)
    }

    fn bytes(&mut self, bytes: &'e [u8]) -> &mut Self {
        self.number(bytes.len() as u64);
        self.texts.push(bytes);
        self
    }

    fn text(&mut self, text: &'e str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Nought for none, else one more than the length.
    fn optional(&mut self, bytes: Option<&'e [u8]>) -> &mut Self {
        self.number(bytes.map_or(0, |bytes| bytes.len() as u64 + 1));
        self.texts.extend(bytes);
        self
    }

    fn pairs(&mut self, pairs: &'e [(String, String)]) -> &mut Self {
        self.number(pairs.len() as u64);
        for (name, value) in pairs {
            self.text(name).text(value);
        }
        self
    }

    fn exchange(&mut self, exchange: &'e Exchange) {
        let answered_in = u64::try_from(exchange.answered_in.as_micros()).unwrap_or(u64::MAX);
        self.time(exchange.received_at).number(answered_in);
        self.text(&exchange.method).text(&exchange.path).text(&exchange.peer);
        self.pairs(&exchange.request_headers).optional(exchange.request.as_deref());
        self.number(exchange.status.into()).pairs(&exchange.response_headers).optional(exchange.response.as_deref());
        self.about(&exchange.about);
        self.number(match exchange.outcome {
            Outcome::Ok => 0,
            Outcome::Ko => 1,
            Outcome::Fault => 2,
        });
        self.optional(exchange.fault.as_ref().map(String::as_bytes));
        self.optional(exchange.rule.as_ref().map(String::as_bytes));
        self.text(&exchange.why);
    }

    fn about(&mut self, about: &'e About) {
        self.text(&about.operation).text(&about.organization).text(&about.broker).text(&about.station);
        self.text(&about.nav).text(&about.iuv).text(&about.receipt_id);
        self.text(&about.psp).text(&about.channel).text(&about.payment_method);
        self.pairs(&about.parameters);
    }

    fn event(&mut self, event: &'e Event) {
        self.time(event.at).text(&event.name).text(&event.organization).text(&event.nav).text(&event.iuv);
        self.text(&event.iupd).text(&event.receipt_id).text(&event.why);
    }
}

/// The fields of a record on their way in, in the same order.
struct Reader<'r> {
    numbers: &'r [u8],
    texts: &'r [u8],
}

impl Reader<'_> {
    fn number(&mut self) -> Result<u64, Unreadable> {
        pull_number(&mut self.numbers)
    }

    fn time(&mut self) -> Result<DateTime<Utc>, Unreadable> {
        let number = self.number()?;
        let micros = (number >> 1) as i64 ^ -((number & 1) as i64);
        DateTime::from_timestamp_micros(micros).ok_or(Unreadable::Number)
    }

    fn bytes(&mut self, length: u64) -> Result<Vec<u8>, Unreadable> {
        let (bytes, rest) = cut(self.texts, length)?;
        self.texts = rest;
        Ok(bytes.to_vec())
    }

    fn text(&mut self) -> Result<String, Unreadable> {
        let length = self.number()?;
        String::from_utf8(self.bytes(length)?).map_err(|_| Unreadable::Text)
    }

    fn optional(&mut self) -> Result<Option<Vec<u8>>, Unreadable> {
        match self.number()? {
            0 => Ok(None),
            length => self.bytes(length - 1).map(Some),
        }
    }

    fn optional_text(&mut self) -> Result<Option<String>, Unreadable> {
        self.optional()?.map(String::from_utf8).transpose().map_err(|_| Unreadable::Text)
    }

    /// The count is believed only as far as there are numbers to read: no room is made for it beforehand.
    fn pairs(&mut self) -> Result<Vec<(String, String)>, Unreadable> {
        let count = self.number()?;
        let mut pairs = Vec::new();
        for _ in 0..count {
            pairs.push((self.text()?, self.text()?));
        }
        Ok(pairs)
    }

    fn outcome(&mut self) -> Result<Outcome, Unreadable> {
        match self.number()? {
            0 => Ok(Outcome::Ok),
            1 => Ok(Outcome::Ko),
            2 => Ok(Outcome::Fault),
            _ => Err(Unreadable::Number),
        }
    }

    fn exchange(&mut self) -> Result<Exchange, Unreadable> {
        Ok(Exchange {
            received_at: self.time()?,
            answered_in: Duration::from_micros(self.number()?),
            method: self.text()?,
            path: self.text()?,
            peer: self.text()?,
            request_headers: self.pairs()?,
            request: self.optional()?,
            status: u16::try_from(self.number()?).map_err(|_| Unreadable::Number)?,
            response_headers: self.pairs()?,
            response: self.optional()?,
            about: self.about()?,
            outcome: self.outcome()?,
            fault: self.optional_text()?,
            rule: self.optional_text()?,
            why: self.text()?,
        })
    }

    fn about(&mut self) -> Result<About, Unreadable> {
        Ok(About {
            operation: self.text()?,
            organization: self.text()?,
            broker: self.text()?,
            station: self.text()?,
            nav: self.text()?,
            iuv: self.text()?,
            receipt_id: self.text()?,
            psp: self.text()?,
            channel: self.text()?,
            payment_method: self.text()?,
            parameters: self.pairs()?,
        })
    }

    fn event(&mut self) -> Result<Event, Unreadable> {
        Ok(Event {
            at: self.time()?,
            name: self.text()?,
            organization: self.text()?,
            nav: self.text()?,
            iuv: self.text()?,
            iupd: self.text()?,
            receipt_id: self.text()?,
            why: self.text()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::given;
    use super::*;

    fn record(entry: &Entry) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(entry, &mut bytes);
        bytes
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(entry in given::any_entry()) {
            prop_assert_eq!(read(&record(&entry)), Ok(entry));
        }

        #[test]
        fn a_record_that_is_cut_or_lengthened_is_none(entry in given::any_entry(), at in any::<prop::sample::Index>()) {
            let mut bytes = record(&entry);
            prop_assert!(read(&bytes[..at.index(bytes.len())]).is_err());
            bytes.push(0);
            prop_assert_eq!(read(&bytes), Err(Unreadable::Long));
        }

        /// What still reads after damage is the one record of another entry: nothing is read in two ways.
        #[test]
        fn damage_is_an_error_or_another_entry(
            entry in given::any_entry(),
            at in any::<prop::sample::Index>(),
            flip in 1u8..,
        ) {
            let mut bytes = record(&entry);
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            if let Ok(other) = read(&bytes) {
                prop_assert_ne!(&other, &entry);
                prop_assert_eq!(record(&other), bytes);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            kind in 0u8..5,
            bytes in prop::collection::vec(prop_oneof![0u8..4, any::<u8>()], 0..80),
        ) {
            let mut record = vec![FORMAT, kind];
            record.extend(bytes);
            let _ = read(&record);
        }

        #[test]
        fn numbers_have_one_writing(number: u64) {
            let mut bytes = Vec::new();
            push_number(&mut bytes, number);
            prop_assert_eq!(pull_number(&mut &bytes[..]), Ok(number));
        }
    }

    #[test]
    fn damaged_numbers() {
        for (bytes, is) in [
            (&[0x80, 0x00][..], Unreadable::Number),
            (&[0x80], Unreadable::Short),
            (&[], Unreadable::Short),
            (&[0xff; 9], Unreadable::Short),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], Unreadable::Number),
            (&[0xff; 11], Unreadable::Number),
        ] {
            assert_eq!(pull_number(&mut &bytes[..]), Err(is), "{bytes:x?}");
        }
    }

    #[test]
    fn another_format_is_told() {
        let mut bytes = record(&given::a_verify("307000000001234573"));
        bytes[0] = 9;
        assert_eq!(read(&bytes), Err(Unreadable::Format(9)));
        bytes[..2].copy_from_slice(&[FORMAT, 9]);
        assert_eq!(read(&bytes), Err(Unreadable::Kind));
    }
}
