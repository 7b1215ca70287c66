//! Walks the segments of one writer and tells what was altered, taken away or put in between.

use super::segment::{Chain, Damage, Segment};
use super::{Entry, Gap};

/// Findings that are kept; the rest is only counted, so that a ruined archive does not fill the memory.
const MOST_FINDINGS: usize = 1000;

/// Something that is not as it was written. Numbers are those of entries. What is wrong with an altered segment is the
/// source of its finding.
#[derive(Debug, thiserror::Error)]
pub enum Finding {
    /// A segment was altered.
    #[error("entries {first} to {last} were altered")]
    Altered {
        /// The first of its entries, as far as the row can be believed.
        first: i64,
        /// The last of them.
        last: i64,
        /// What is wrong.
        #[source]
        damage: Damage,
    },
    /// Entries are not there.
    #[error("entries {from} to {to} are missing")]
    Missing {
        /// The first of them.
        from: i64,
        /// The last of them.
        to: i64,
    },
    /// A segment is there twice, was put in, or stands where it does not belong.
    #[error("entries {first} to {last} are out of place: {expected} was to come next")]
    OutOfPlace {
        /// The first of its entries.
        first: i64,
        /// The last of them.
        last: i64,
        /// Which entry was to come.
        expected: i64,
    },
    /// A segment that is whole in itself does not follow from what stands before it.
    #[error("entry {first} does not follow from the entry before it: one of the two was put in or written anew")]
    Unlinked {
        /// The first of its entries.
        first: i64,
    },
    /// The chain begins in the middle, and nothing says that what came before was taken away rightly.
    #[error("the journal of this writer begins at entry {first} without an anchor")]
    NoAnchor {
        /// The first entry.
        first: i64,
    },
    /// A segment of somebody else's.
    #[error("entry {first} is of another writer, {writer}")]
    OtherWriter {
        /// The first of its entries.
        first: i64,
        /// Whose it is.
        writer: String,
    },
}

/// What a walk came to.
#[derive(Debug)]
pub struct Summary {
    /// Segments that were looked at.
    pub segments: u64,
    /// Entries that are whole and in their place.
    pub entries: u64,
    /// Gaps that the writer noted itself.
    pub gaps: u64,
    /// Entries that were dropped in them.
    pub dropped: u64,
    /// Where the chain ends. Noted elsewhere, it proves later that nothing up to here was cut off or written anew.
    pub end: Chain,
    /// What is wrong, the first thousand.
    pub findings: Vec<Finding>,
    /// How many more findings there were.
    pub more_findings: u64,
}

impl Summary {
    /// Whether everything is as it was written.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Takes the segments of one writer in the order of their numbers; needs no more memory than one of them.
#[derive(Debug)]
pub struct Verifier {
    summary: Summary,
    /// What is known of the segment that comes next.
    before: Before,
}

/// What stands before the segment to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// The writer's beginning, which may have been purged.
    Start,
    /// A place that is sure.
    Sure,
    /// An altered segment: its row may lie. What follows has a number above this one.
    Altered { after: i64 },
}

impl Verifier {
    /// Begins where the writer began.
    pub fn new(writer: impl Into<String>) -> Verifier {
        Verifier::at(Chain::start(writer), Before::Start)
    }

    /// Begins at an anchor: the number and the head that a purge left behind.
    pub fn anchored(anchor: Chain) -> Verifier {
        Verifier::at(anchor, Before::Sure)
    }

    fn at(end: Chain, before: Before) -> Verifier {
        let findings = Vec::new();
        let summary = Summary { segments: 0, entries: 0, gaps: 0, dropped: 0, end, findings, more_findings: 0 };
        Verifier { summary, before }
    }

    /// Looks at the next segment. Its entries are given back when they are whole, for whoever wants to see them too.
    pub fn take(&mut self, segment: &Segment) -> Option<Vec<Entry>> {
        self.summary.segments += 1;
        let Segment { first, .. } = *segment;
        if segment.writer != self.summary.end.writer {
            self.find(Finding::OtherWriter { first, writer: segment.writer.clone() });
            return None;
        }
        match segment.open() {
            Ok(entries) => {
                if self.place(segment) {
                    self.count(&entries);
                }
                Some(entries)
            }
            Err(damage) => {
                self.find(Finding::Altered { first, last: last_of(segment), damage });
                self.pass(segment);
                None
            }
        }
    }

    /// What was found. Segments that are missing at the end show only in [`Summary::end`].
    pub fn finish(self) -> Summary {
        self.summary
    }

    /// Where a segment stands that is whole in itself, and whether it has a place at all.
    fn place(&mut self, segment: &Segment) -> bool {
        let first = segment.first;
        let expected = self.summary.end.next;
        let follows = first == expected && segment.previous == self.summary.end.head;
        match self.before {
            _ if follows => {}
            Before::Start if first > 1 => self.find(Finding::NoAnchor { first }),
            // The altered row's own count and head are worth nothing; that something is missing shows all the same.
            Before::Altered { after } if first > after => {
                if first > expected {
                    self.find(Finding::Missing { from: expected, to: first - 1 });
                }
            }
            _ if first > expected => self.find(Finding::Missing { from: expected, to: first - 1 }),
            _ if first == expected => self.find(Finding::Unlinked { first }),
            _ => {
                self.find(Finding::OutOfPlace { first, last: last_of(segment), expected });
                return false;
            }
        }
        self.before = Before::Sure;
        self.summary.end = Chain::after(segment);
        true
    }

    /// Goes on behind an altered segment, whose row is believed only where it says what was expected.
    fn pass(&mut self, segment: &Segment) {
        let expected = self.summary.end.next;
        let after = match self.before {
            Before::Altered { after } => after,
            Before::Start | Before::Sure => expected,
        };
        let begins = self.before == Before::Start;
        if begins && segment.first > expected {
            self.find(Finding::NoAnchor { first: segment.first });
        }
        if begins || segment.first == expected {
            self.summary.end = Chain::after(segment);
        }
        self.before = Before::Altered { after };
    }

    fn count(&mut self, entries: &[Entry]) {
        self.summary.entries += entries.len() as u64;
        for entry in entries {
            if let Entry::Gap(Gap { count, .. }) = entry {
                self.summary.gaps += 1;
                self.summary.dropped = self.summary.dropped.saturating_add(*count);
            }
        }
    }

    fn find(&mut self, finding: Finding) {
        if self.summary.findings.len() < MOST_FINDINGS {
            self.summary.findings.push(finding);
        } else {
            self.summary.more_findings += 1;
        }
    }
}

fn last_of(segment: &Segment) -> i64 {
    segment.next().saturating_sub(1).max(segment.first)
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::super::tests::given;
    use super::*;

    /// Five segments of one to three entries, fourteen entries long with what comes before them.
    fn segments_after(mut chain: Chain) -> Vec<Segment> {
        let mut seal = |entries: Vec<Entry>| {
            let segment = chain.seal(&entries).unwrap();
            chain = Chain::after(&segment);
            segment
        };
        let verify = |number| given::a_verify(&given::nav(number));
        vec![
            seal(vec![verify(1), verify(2)]),
            seal(vec![given::a_gap()]),
            seal(vec![verify(3), verify(4), verify(5)]),
            seal(vec![given::a_receipt(&given::nav(5))]),
            seal(vec![verify(6), verify(7)]),
        ]
    }

    fn segments() -> Vec<Segment> {
        segments_after(Chain::start("station-a"))
    }

    fn walk(mut verifier: Verifier, segments: &[Segment]) -> Summary {
        for segment in segments {
            verifier.take(segment);
        }
        verifier.finish()
    }

    fn findings(segments: &[Segment]) -> Vec<String> {
        let summary = walk(Verifier::new("station-a"), segments);
        assert_eq!(summary.is_whole(), summary.findings.is_empty());
        let told = |finding: &Finding| match finding.source() {
            Some(source) => format!("{finding}: {source}"),
            None => finding.to_string(),
        };
        summary.findings.iter().map(told).collect()
    }

    #[test]
    fn a_whole_journal() {
        let segments = segments();
        let summary = walk(Verifier::new("station-a"), &segments);
        assert!(summary.is_whole(), "{:?}", summary.findings);
        assert_eq!((summary.segments, summary.entries), (5, 9));
        assert_eq!((summary.gaps, summary.dropped), (1, 12));
        assert_eq!(summary.end, Chain::after(&segments[4]));
        assert_eq!(findings(&[]), [""; 0]);
    }

    #[test]
    fn what_is_wrong_is_found() {
        type Change = fn(&mut Vec<Segment>);
        let foreign = |segments: &mut Vec<Segment>| {
            let place = Chain::resume("station-a", 4, segments[1].head);
            segments.insert(2, place.seal(&[given::an_event(&given::nav(9))]).unwrap());
        };
        let cases: [(&str, Change, &[&str]); 13] = [
            ("one is removed", |s| drop(s.remove(2)), &["entries 4 to 6 are missing"]),
            ("two are removed", |s| drop(s.drain(1..3)), &["entries 3 to 6 are missing"]),
            (
                "the first is removed",
                |s| drop(s.remove(0)),
                &["the journal of this writer begins at entry 3 without an anchor"],
            ),
            ("one is doubled", |s| s.insert(2, s[1].clone()), &["entries 3 to 3 are out of place: 4 was to come next"]),
            (
                "two are swapped",
                |s| s.swap(1, 2),
                &["entries 3 to 3 are missing", "entries 3 to 3 are out of place: 7 was to come next"],
            ),
            (
                "one is put in",
                foreign,
                &["entries 4 to 6 are out of place: 5 was to come next", "entries 5 to 6 are missing"],
            ),
            (
                "one is replaced by another that is whole",
                |s| {
                    let place = Chain::resume("station-a", 7, s[2].head);
                    s[3] = place.seal(&[given::an_event(&given::nav(9))]).unwrap();
                },
                &["entry 8 does not follow from the entry before it: one of the two was put in or written anew"],
            ),
            (
                "a content is altered",
                |s| s[2].content[40] ^= 1,
                &["entries 4 to 6 were altered: the content has changed since it was written"],
            ),
            (
                "a head is altered",
                |s| s[2].head[0] ^= 1,
                &[
                    "entries 4 to 6 were altered: the entries do not lead from the head before them to the head after them",
                ],
            ),
            (
                "the first is removed and the next altered",
                |s| {
                    s.remove(0);
                    s[0].head[0] ^= 1;
                },
                &[
                    "entries 3 to 3 were altered: the entries do not lead from the head before them to the head after them",
                    "the journal of this writer begins at entry 3 without an anchor",
                ],
            ),
            (
                "a count is altered",
                |s| s[2].entries += 4,
                &["entries 4 to 10 were altered: the content does not hold the 7 entries that the row speaks of"],
            ),
            (
                "one is altered and the next removed",
                |s| {
                    s[2].keys[0] ^= 1;
                    s.remove(3);
                },
                &[
                    "entries 4 to 6 were altered: the keys of the row are not those of its entries",
                    "entries 7 to 7 are missing",
                ],
            ),
            (
                "another writer's stands among them",
                |s| s.insert(1, Chain::start("b").seal(&[given::a_gap()]).unwrap()),
                &["entry 1 is of another writer, b"],
            ),
        ];
        for (what, change, expected) in cases {
            let mut segments = segments();
            change(&mut segments);
            assert_eq!(findings(&segments), expected, "{what}");
        }
    }

    #[test]
    fn a_purge_leaves_an_anchor() {
        let segments = segments();
        let anchor = Chain::after(&segments[1]);
        let summary = walk(Verifier::anchored(anchor.clone()), &segments[2..]);
        assert!(summary.is_whole(), "{:?}", summary.findings);
        assert_eq!(summary.entries, 6);

        let wrong = Chain { head: [1; 32], ..anchor.clone() };
        assert!(!walk(Verifier::anchored(wrong), &segments[2..]).is_whole());
        assert!(!walk(Verifier::anchored(anchor), &segments[3..]).is_whole());
    }

    /// No change of a row's numbers makes the walk fail, and all are found.
    #[test]
    fn numbers_that_lie() {
        for lie in [i64::MIN, -1, 0, 1, 2, 5, i64::MAX] {
            for place in 0..5 {
                let (mut moved, mut counted) = (segments(), segments());
                if moved[place].first != lie {
                    moved[place].first = lie;
                    assert!(!findings(&moved).is_empty(), "first {lie} at {place}");
                }
                if counted[place].entries != lie {
                    counted[place].entries = lie;
                    assert!(!findings(&counted).is_empty(), "entries {lie} at {place}");
                }
            }
        }
    }

    #[test]
    fn findings_are_bounded() {
        let mut altered = Chain::start("station-a").seal(&[given::a_gap()]).unwrap();
        altered.content.push(0);
        let summary = walk(Verifier::new("station-a"), &vec![altered; MOST_FINDINGS + 3]);
        assert_eq!((summary.findings.len(), summary.more_findings), (MOST_FINDINGS, 3));
    }
}
