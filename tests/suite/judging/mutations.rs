//! What is done to a sample before it is judged: to its values, its elements, its attributes and its markup.

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngExt};

use super::samples::{Content, Part};

/// Values of every kind, right and wrong, of which only the shape tells what they might be taken for.
#[rustfmt::skip] // one case a line would fill pages
const VALUES: &[&str] = &[
    "", " ", "\n", "a", "ab", "abc", " a ", "a b", "a  b", "a\tb", "abcde", "abcdef", "\u{e8}", "\u{1f600}\u{1f600}", "\u{a0}", "$",
    "^$", "bcd", "true", "false", "1", "0", "TRUE", " true ", "yes", "2", "3", "5", "6", "-1", "+1", "-2", "-02", "+3", "01", "1.", "1.0", "-0",
    "00000000000000000001", "2147483647", "2147483648", "-2147483648", "-2147483649", "1e1", "255", "256", "1800000", "1800001",
    "0.00", "0.01", "0.009", "10.55", "000010.00", "999999999.99", "1000000000.00", "999999999.991", "1.5", ".5", "+1.00", "-1.00",
    "-0.00", "-9.99", "-10.00", "10.49", "10.5", "1.234", "1,00", " 1.00 ", "\n1.00\t", "INF", "NaN", "\u{661}.\u{660}\u{660}", "1 .00",
    "2026-12-31", "2026-02-29", "2024-02-29", "0000-01-01", "-0001-01-01", "10000-01-01", "2026-12-31Z", "2026-12-31+14:00",
    "2026-12-31+14:01", "2026-12-31-13:59", "2026-1-1", "31/12/2026", "2026-13-01", "2026-04-31", "20261231",
    "2026-12-31T12:00:00", "2026-12-31T12:00:00Z", "2026-12-31T12:00:00.123", "2026-12-31T12:00:00.123456789+01:00",
    "2026-12-31T24:00:00", "2026-12-31T24:00:01", "2026-12-31T23:59:60", "2026-12-31T12:00", "2026-12-31T12:60:00",
    "2026-12-31T25:00:00", "2026-12-31 12:00:00", "2026-12-31t12:00:00", "2026-12-31T12:00:00.", "2026-02-29T12:00:00",
    "2026-12-31T12:00:00+15:00", "-0004-02-29T00:00:00", "2026-12-31T1:00:00", "2026-12-31T12:00:00z",
    "QUJD", "QUI=", "QQ==", "QR==", "QU JD", " QUJD\n", "Q", "QUJDQUJD", "====", "QUJDRA==", "QUJDRA",
    "OK", "KO", "ok", "EQ", "LS", "GT", "ANY", "F", "G", "POSTAL", "PAGOPA", "Y", "N", "cash", "creditCard", "bancomat", "other", "frontOffice", "atm",
    "onLine", "app", "BBT", "BP", "AD", "CP", "PO", "OBEP", "JIF", "MYBK", "PPAL", "IO", "WISP", "CHECKOUT", "PSP", "BETTING", "TS", "HB", "POS",
    "IT", "it", "RM ", "ITA", "I1", "12345678901", "123456789012", "1234567890", "123456789012345678", "12345678901234567",
    "\u{661}2345678901", "a@b", "a@b.c", "a.b+c-d_e@f-g.h", "@b", "a@", "a@b.", "a b@c", "a@b\n", "IT57N0760114800000011050036",
    "IT57", "it57x", "IT5", "99000001018_abcdeABCDE", "9_abcdeABCDE", "99000001018_abcdeABCD", "99000001018-abcdeABCDE", "02", "1x",
    "1234567", "12345678", "123456789012345", "1234567890123456",
];
const LENGTHS: [usize; 16] = [1, 2, 7, 8, 9, 15, 16, 17, 20, 21, 35, 36, 70, 71, 140, 141];
const LONG: [usize; 6] = [4, 72, 210, 211, 256, 257];

/// Attributes that may or may not stand somewhere. The prefixes are those of the root.
#[rustfmt::skip] // one case a line would fill pages
const ATTRIBUTES: &[&str] = &[
    "xsi:nil=\"true\"", "xsi:nil=\"false\"", "xsi:nil=\"1\"", "xsi:nil=\"\"", "xsi:schemaLocation=\"a b\"",
    "xsi:noNamespaceSchemaLocation=\"c\"", "xsi:foo=\"1\"", "xml:lang=\"it\"", "foo=\"1\"", "p:foo=\"1\"", "xmlns:unused=\"urn:u\"",
    "code=\"ab\"", "code=\"\"", "p:code=\"a\"", "kind=\"1\"", "kind=\" 3 \"", "kind=\"4\"", "kind=\"\"", "extra=\"-1\"", "extra=\"0\"",
    "p:own=\"2026-12-31T12:00:00\"", "p:own=\"x\"", "own=\"2026-12-31T12:00:00\"", "at=\"2026-12-31\"", "at=\"2026-02-29\"",
    "xsi:type=\"p:wider\" extra=\"-1\"", "xsi:type=\"p:wider\"", "xsi:type=\"p:node\"", "xsi:type=\"p:word\"", "xsi:type=\"p:text\"",
];

const TYPES: &[&str] = &[
    "xs:string",
    "xs:normalizedString",
    "xs:token",
    "xs:NMTOKEN",
    "xs:NCName",
    "xs:Name",
    "xs:language",
    "xs:decimal",
    "xs:integer",
    "xs:int",
    "xs:byte",
    "xs:unsignedByte",
    "xs:negativeInteger",
    "xs:boolean",
    "xs:date",
    "xs:dateTime",
    "xs:base64Binary",
    "xs:anyType",
    "xs:anySimpleType",
    "xs:duration",
    "common:stText16",
    "common:stText140",
    "common:stISODate",
    "common:stISODateTime",
    "common:stAmount",
    "common:stBase64Binary72",
    "common:ctResponse",
    "common:stFaultCode",
    "common:stOutcome",
    "common:ctMetadata",
    "p:stIBAN",
    "p:stText210",
    "p:stAmountNotZero",
    "p:ctSubject",
    "p:ctQrCode",
    "p:stIdTransfer",
    "p:paSendRTRes",
    "p:risposta",
    "p:sendPaymentOutcomeRes",
    "p:word",
    "p:token",
    "p:small",
    "p:truth",
    "nobody:x",
    "stText35",
    "",
    "p:",
    ":x",
];

/// Leaves out some of what may be left out.
pub fn vary(part: &mut Part, rng: &mut StdRng) {
    part.content.retain(|content| !matches!(content, Content::Part(part) if part.optional && rng.random_bool(0.3)));
    for content in &mut part.content {
        if let Content::Part(part) = content {
            vary(part, rng);
        }
    }
}

/// Does something to the message and tells what.
pub fn mutate(root: &mut Part, others: &[String], rng: &mut StdRng) -> &'static str {
    match rng.random_range(0..20) {
        0..=7 => value(root, rng),
        8..=14 => structure(root, others, rng),
        15..=17 => attribute(root, rng),
        _ => markup(root, rng),
    }
}

fn value(root: &mut Part, rng: &mut StdRng) -> &'static str {
    let Some(part) = pick(root, rng, |part| part.value().is_some()) else { return "nothing" };
    let old = part.value().unwrap_or_default().to_owned();
    let (text, what) = match rng.random_range(0..10) {
        0..=3 => (among_its_like(&old, rng), "value of its like"),
        4..=5 => (VALUES.choose(rng).unwrap().to_string(), "any value"),
        6 => (length(rng), "value of some length"),
        7 => (format!("{} {old}\n", if rng.random() { "" } else { "\t" }), "value in blanks"),
        _ => (slip(&old, rng), "slip"),
    };
    part.content = vec![Content::Text(text)];
    what
}

/// A value that looks like this one: an amount for an amount, a date for a date.
fn among_its_like(old: &str, rng: &mut StdRng) -> String {
    let shape = |text: &str| {
        let digits = text.chars().filter(char::is_ascii_digit).count() > text.len() / 2;
        (digits, text.contains('.'), text.matches('-').count() == 2, text.contains('T') && text.contains(':'))
    };
    let alike: Vec<&&str> = VALUES.iter().filter(|value| shape(value) == shape(old)).collect();
    alike.choose(rng).map_or_else(String::new, |value| value.to_string())
}

fn length(rng: &mut StdRng) -> String {
    let length = if rng.random() { LENGTHS.choose(rng) } else { LONG.choose(rng) };
    let letter = ["x", "0", "\u{e8}", "\u{1f600}", " "].choose(rng).unwrap();
    letter.repeat(*length.unwrap())
}

fn slip(old: &str, rng: &mut StdRng) -> String {
    let mut characters: Vec<char> = old.chars().collect();
    let new = *"0123456789AZaz .-+_:TZ&<=/\u{e8}\u{661}".chars().collect::<Vec<_>>().choose(rng).unwrap();
    let at = rng.random_range(0..=characters.len());
    match rng.random_range(0..3) {
        0 if at < characters.len() => characters[at] = new,
        1 if at < characters.len() => drop(characters.remove(at)),
        _ => characters.insert(at, new),
    }
    characters.into_iter().collect()
}

fn structure(root: &mut Part, others: &[String], rng: &mut StdRng) -> &'static str {
    let unknown = [
        "unknown",
        "idPA",
        "outcome",
        "fault",
        "p:outcome",
        "p:node",
        "p:one",
        "five",
        "foreign:x xmlns:foreign=\"urn:f\"",
    ];
    let new = Part::named(unknown.choose(rng).unwrap());
    let how = rng.random_range(0..12);
    if how == 0 {
        root.name = format!("p:{}", others.choose(rng).unwrap());
        return "another message";
    }
    let Some(parent) = pick(root, rng, |part| part.parts().next().is_some()) else { return "nothing" };
    let at = rng.random_range(0..parent.content.len());
    let other = rng.random_range(0..parent.content.len());
    match how {
        1..=2 => {
            parent.content.remove(at);
            "element missing"
        }
        3 => {
            parent.content.insert(other, parent.content[at].clone());
            "element doubled"
        }
        4 => {
            for _ in 0..rng.random_range(2..6) {
                parent.content.insert(at, parent.content[at].clone());
            }
            "element many times"
        }
        5 => {
            parent.content.swap(at, other);
            "elements swapped"
        }
        6 => {
            let moved = parent.content.remove(at);
            parent.content.push(moved);
            "element moved to the end"
        }
        7 => {
            parent.content.shuffle(rng);
            "elements shuffled"
        }
        8 => {
            parent.content.insert(at, Content::Part(new));
            "element unknown"
        }
        9 => {
            parent.content.clear();
            "no elements"
        }
        10 => {
            if let Content::Part(part) = &mut parent.content[at] {
                let bare = part.name.trim_start_matches("p:").to_owned();
                part.name = if part.name == bare { format!("p:{bare}") } else { bare };
            }
            "element in another namespace"
        }
        _ => {
            if let Content::Part(part) = &mut parent.content[at] {
                part.content.push(Content::Part(new));
            }
            "element inside"
        }
    }
}

fn attribute(root: &mut Part, rng: &mut StdRng) -> &'static str {
    let Some(part) = pick(root, rng, |_| true) else { return "nothing" };
    match rng.random_range(0..4) {
        0 => {
            part.attributes.push_str(&format!(" xsi:type=\"{}\"", TYPES.choose(rng).unwrap()));
            "xsi:type"
        }
        1 => {
            part.attributes.clear();
            "no attributes"
        }
        2 => {
            part.attributes.push_str(" xsi:nil=\"true\"");
            part.content.clear();
            "nil"
        }
        _ => {
            part.attributes.push_str(&format!(" {}", ATTRIBUTES.choose(rng).unwrap()));
            "attribute"
        }
    }
}

fn markup(root: &mut Part, rng: &mut StdRng) -> &'static str {
    let of_values: bool = rng.random();
    let Some(part) = pick(root, rng, |part| of_values == part.parts().next().is_none()) else { return "nothing" };
    let all = [
        " ",
        "\n\t",
        "text",
        "<!-- remark -->",
        "<?pi?>",
        "<![CDATA[ ]]>",
        "<![CDATA[a&b]]>",
        "<![CDATA[]]>",
        "&#160;",
        "&#9;",
    ];
    let at = rng.random_range(0..=part.content.len());
    part.content.insert(at, Content::Markup(all.choose(rng).unwrap().to_string()));
    "markup"
}

/// A random part of a message, itself included, among those that are wanted.
fn pick<'p>(root: &'p mut Part, rng: &mut impl Rng, wanted: impl Fn(&Part) -> bool) -> Option<&'p mut Part> {
    let mut places = Vec::new();
    collect(root, &mut Vec::new(), &wanted, &mut places);
    let place = places.choose(rng)?;
    Some(place.iter().fold(root, |part, at| match &mut part.content[*at] {
        Content::Part(part) => part,
        _ => unreachable!("a place leads through parts"),
    }))
}

fn collect(part: &Part, here: &mut Vec<usize>, wanted: &impl Fn(&Part) -> bool, found: &mut Vec<Vec<usize>>) {
    if wanted(part) {
        found.push(here.clone());
    }
    for (at, child) in part.parts() {
        here.push(at);
        collect(child, here, wanted, found);
        here.pop();
    }
}
