//! Thousands of messages, valid and not, and the question whether the station reads them as two validators do.
//!
//! Messages are generated from a seed, which is printed: put it into `STATION_TEST_SEED` to see the same ones
//! again, and a number into `STATION_TEST_MESSAGES` to see more or fewer. Start reading at the test below; what
//! is done to the messages is told in `mutations`, and what the validators are in `tests/oracle.py`.

mod contract;
mod message;
mod mutations;

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use crate::oracle::{self, Verdicts};
use crate::station::Station;
use message::{Draft, Message};
use mutations::Mutation;

/// A group of mutations over which the two validators differ, and which of them is right.
struct KnownDifference {
    group: &'static str,
    right: fn(&Verdicts) -> bool,
    why: &'static str,
}

const fn libxml2_is_right(group: &'static str, why: &'static str) -> KnownDifference {
    KnownDifference { group, right: |verdicts| verdicts.libxml2, why }
}

const fn xmlschema_is_right(group: &'static str, why: &'static str) -> KnownDifference {
    KnownDifference { group, right: |verdicts| verdicts.xmlschema, why }
}

/// Where the validators differ, the text of the standards decides. Anything else they differ in fails the test.
const KNOWN_DIFFERENCES: &[KnownDifference] = &[
    xmlschema_is_right(
        "date in blanks",
        "A date's white space collapses (XML Schema part 2, 3.2.9); libxml2 looks at the digits first.",
    ),
    libxml2_is_right(
        "date in other blanks",
        "Only tab, line feed, carriage return and space collapse (part 2, 4.3.6); xmlschema strips all of Unicode's.",
    ),
    libxml2_is_right(
        "amount in other blanks",
        "Only tab, line feed, carriage return and space collapse (part 2, 4.3.6); xmlschema strips all of Unicode's.",
    ),
    libxml2_is_right(
        "other blanks between elements",
        "Only tab, line feed, carriage return and space are white space (XML 1.0, 2.3); xmlschema has Unicode's.",
    ),
    xmlschema_is_right(
        "base64 with foreign characters",
        "The lexical space is 65 characters and white space (part 2, 3.2.16); libxml2 skips what it does not know.",
    ),
    xmlschema_is_right(
        "xsi:type in blanks",
        "The attribute is a QName (part 1, 3.2.7), whose white space collapses; libxml2 takes the blanks for its name.",
    ),
    xmlschema_is_right(
        "namespace that is no URI",
        "That a namespace name be a URI is no constraint on a document (Namespaces in XML, 2.2 and 7).",
    ),
    libxml2_is_right(
        "version that is none",
        "A version number is 1 and a dot and digits (XML 1.0, production 26); expat reads past it.",
    ),
    libxml2_is_right(
        "name of the fifth edition",
        "The fifth edition of XML 1.0 opened names to most of Unicode (production 4); expat knows the fourth.",
    ),
    libxml2_is_right(
        "half a character unseen",
        "Half a surrogate pair is no character, in comments neither (XML 1.0, 2.2); expat does not look at it there.",
    ),
    xmlschema_is_right(
        "encoding that contradicts its mark",
        "Another encoding than the declared one is a fatal error (XML 1.0, 4.3.3); libxml2 believes the mark.",
    ),
];

/// Where the validators are known to differ, a second mutation would leave open which of them is right. These groups
/// are no such cases, but with a second mutation they can become one: an encoding, say, with another declaration.
const ALONE: &[&str] = &["noise", "encoding", "broken character"];

fn goes_alone(mutation: &Mutation) -> bool {
    ALONE.contains(&mutation.group) || KNOWN_DIFFERENCES.iter().any(|known| known.group == mutation.group)
}

/// An endless supply of messages: a third untouched, the others with one mutation or two.
///
/// Mutations are dealt like cards, so that each comes up as often as any other and none is left out.
pub struct Messages {
    rng: StdRng,
    mutations: Vec<Mutation>,
    deck: Vec<usize>,
}

impl Messages {
    pub fn from_seed(seed: u64) -> Messages {
        Messages { rng: StdRng::seed_from_u64(seed), mutations: mutations::all(), deck: Vec::new() }
    }

    fn deal(&mut self) -> usize {
        if self.deck.is_empty() {
            self.deck = (0..self.mutations.len()).collect();
            self.deck.shuffle(&mut self.rng);
        }
        self.deck.pop().expect("the deck was just filled")
    }

    fn hand(&mut self) -> Vec<usize> {
        if self.rng.random_bool(0.3) {
            return Vec::new();
        }
        let first = self.deal();
        let second = self.rng.random_range(0..self.mutations.len());
        let alone = [first, second].iter().any(|at| goes_alone(&self.mutations[*at]));
        if alone || self.rng.random_bool(0.85) { vec![first] } else { vec![first, second] }
    }
}

impl Iterator for Messages {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        let hand = self.hand();
        let mutations: Vec<&Mutation> = hand.iter().map(|at| &self.mutations[*at]).collect();
        // Not every mutation finds what it wants to change in every request: ask for another request until it does.
        // Two of them may never find it in the same one; then the first stands alone.
        (0..100)
            .find_map(|_| generate(&mut self.rng, &mutations))
            .or_else(|| (0..1000).find_map(|_| generate(&mut self.rng, &mutations[..1])))
            .or_else(|| panic!("no request can be changed by {:?}", mutations[0].name))
    }
}

/// A message with these mutations, if the request that comes up has what they change.
fn generate(rng: &mut StdRng, mutations: &[&Mutation]) -> Option<Message> {
    let mut draft = Draft::valid(rng);
    for mutation in mutations {
        mutation.apply(&mut draft, rng)?;
    }
    draft.into_message(mutations.iter().map(|mutation| mutation.name.clone()).collect())
}

#[test]
fn the_reader_agrees_with_two_validators() {
    let seed = from_environment("STATION_TEST_SEED").unwrap_or_else(rand::random);
    let count = from_environment("STATION_TEST_MESSAGES").unwrap_or(4000) as usize;
    println!("STATION_TEST_SEED={seed} STATION_TEST_MESSAGES={count}");

    let station = Station::spawn();
    let url = format!("{}/soap/paForNode", station.url());
    let mut tally = Tally::default();
    for message in Messages::from_seed(seed).take(count) {
        let verdicts = oracle::shared().request(&message.bytes, message.charset);
        let (status, reply) = fire(&url, &message);
        tally.count(&message, &verdicts, accepted(status, &reply), &describe(status, &reply));
        if tally.complaints.len() >= 10 {
            break;
        }
    }

    println!("{}", tally.summary());
    assert!(tally.complaints.is_empty(), "seed {seed}:\n\n{}", tally.complaints.join("\n\n"));
    assert!(tally.valid * 10 >= count * 3, "only {} of {count} messages were valid", tally.valid);
    tally.check_every_mutation_occurred(count);
}

fn from_environment(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is a number, not {value:?}")))
}

/// Sends a message and returns whatever comes back, a refusal like any other reply.
fn fire(url: &str, message: &Message) -> (u16, Vec<u8>) {
    let mut response = ureq::post(url)
        .config()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .header("Content-Type", &message.content_type)
        .header("SOAPAction", format!("\"{}\"", message.operation))
        .send(&message.bytes)
        .unwrap_or_else(|error| panic!("no reply to {}: {error}", show(message)));
    let status = response.status().as_u16();
    let reply = response.body_mut().read_to_vec().expect("a reply has an end");
    (status, reply)
}

/// The station has read a message if it answers with anything but a complaint about its form: that nobody is known
/// by such a fiscal code is an answer too.
fn accepted(status: u16, reply: &[u8]) -> bool {
    let reply = String::from_utf8_lossy(reply);
    status == 200 && !reply.contains("PAA_SINTASSI_EXTRAXSD") && !reply.contains(":Fault>")
}

fn describe(status: u16, reply: &[u8]) -> String {
    format!("{status} {}", String::from_utf8_lossy(reply).chars().take(600).collect::<String>())
}

/// What came of the messages so far.
#[derive(Default)]
struct Tally {
    seen: usize,
    valid: usize,
    disputed: usize,
    mutations: BTreeMap<String, usize>,
    complaints: Vec<String>,
}

impl Tally {
    fn count(&mut self, message: &Message, verdicts: &Verdicts, ours: bool, reply: &str) {
        self.seen += 1;
        for name in &message.what {
            *self.mutations.entry(name.clone()).or_default() += 1;
        }
        let Some((expected, why)) = self.expected(message, verdicts) else {
            self.complain("the validators differ, and nobody said they may", message, verdicts, reply);
            return;
        };
        self.valid += usize::from(expected);
        if ours != expected {
            let what = if expected { "refused a valid" } else { "took an invalid" };
            self.complain(&format!("the station {what} message. {why}"), message, verdicts, reply);
        }
    }

    /// What the station should make of a message, and why; `None` if the validators differ where they should not.
    fn expected(&mut self, message: &Message, verdicts: &Verdicts) -> Option<(bool, &'static str)> {
        if verdicts.libxml2 == verdicts.xmlschema {
            return Some((verdicts.libxml2, "Both validators say so."));
        }
        self.disputed += 1;
        let belongs =
            |known: &&KnownDifference| message.what.iter().any(|name| name.split(": ").next() == Some(known.group));
        KNOWN_DIFFERENCES.iter().find(belongs).map(|known| ((known.right)(verdicts), known.why))
    }

    fn complain(&mut self, complaint: &str, message: &Message, verdicts: &Verdicts, reply: &str) {
        self.complaints.push(format!("{complaint}\n{}\n{verdicts:?}\nstation: {reply}", show(message)));
    }

    fn summary(&self) -> String {
        let Tally { seen, valid, disputed, mutations, .. } = self;
        format!("{seen} messages: {valid} valid, {disputed} disputed, {} mutations", mutations.len())
    }

    /// Only a run long enough to deal every mutation can be asked for all of them.
    fn check_every_mutation_occurred(&self, count: usize) {
        let all = mutations::all();
        let missing: Vec<&str> = all
            .iter()
            .map(|mutation| mutation.name.as_str())
            .filter(|name| !self.mutations.contains_key(*name))
            .collect();
        assert!(count < all.len() * 2 || missing.is_empty(), "these mutations never occurred: {missing:?}");
    }
}

fn show(message: &Message) -> String {
    let mut shown = format!("{} as {} after {:?}:\n", message.operation, message.content_type, message.what);
    let text = String::from_utf8_lossy(&message.bytes);
    let start: String = text.chars().take(3000).collect();
    let _ = write!(shown, "{}", start.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}"));
    shown
}
