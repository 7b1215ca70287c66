//! What the elements hold: every facet of every type, from both sides of its limit.
//!
//! Lengths are counted in characters, whatever these take in UTF-8 or UTF-16; amounts, dates and base64 may stand in
//! blanks, texts and codes may not.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::super::contract::{self, Kind};
use super::super::message::{Element, Node};
use super::Mutation;

/// Amounts to the letter, some right and some wrong.
#[rustfmt::skip] // one case a line would fill pages
const AMOUNTS: &[&str] = &[
    "0.00", "0.01", "10.55", "000010.00", "999999999.99", "0999999999.99", "1000000000.00", "999999999.991",
    "9999999999.99", "+1.00", "-1.00", "-0.00", "+0.00", "1.0", "1", "1.", ".00", ".5", "1.000", "1,00", "1.234,50",
    "1 .00", "1. 00", "", " ", " 1.00 ", "\t1.00", "1.00\n", "\n\t 1.00 \n", "1e2", "1e2.00", "1.00e0", "INF", "NaN",
    "0x1.00", "1..00", "1.00.00", "\u{661}\u{662}.\u{663}\u{664}", "1\u{661}.00", "1.0\u{660}",
    "\u{ff11}.\u{ff10}\u{ff10}", "\u{1d7cf}.\u{1d7ce}\u{1d7ce}", "1.\u{b2}0", "\u{2460}.00", "\u{200b}1.00",
    "1.00\u{feff}", "\u{20ac} 1.00", "--1.00", "1-00",
];

#[rustfmt::skip] // one case a line would fill pages
const DATES: &[&str] = &[
    "2026-12-31", "0001-01-01", "9999-12-31", "2024-02-29", "2026-02-29", "2000-02-29", "1900-02-29", "2100-02-29",
    "2400-02-29", "2026-02-30", "2026-04-31", "2026-06-30", "2026-06-31", "2026-01-31", "2026-01-32", "2026-01-00",
    "2026-00-01", "2026-13-01", "2026-12-31Z", "2026-12-31z", "2026-12-31+00:00", "2026-12-31-00:00",
    "2026-12-31+14:00", "2026-12-31-14:00", "2026-12-31+14:01", "2026-12-31-14:01", "2026-12-31+13:59",
    "2026-12-31+15:00", "2026-12-31+24:00", "2026-12-31+01:60", "2026-12-31+13:60", "2026-12-31+1:00",
    "2026-12-31+0100", "2026-12-31+01", "2026-12-31+01:0", "2026-12-31+01:000", "2026-12-31 Z", "2026-12-31 +01:00",
    "2026-12-31ZZ", "2026-12-31Z+01:00", "2026-12-31+01:00Z", "0001-01-01+14:00", "9999-12-31-14:00", "0000-01-01",
    "-0000-01-01", "00000-01-01", "-0001-01-01", "-0001-02-29", "-0004-02-29", "-0005-02-29", "-0100-02-29",
    "-0400-02-29", "-2026-12-31", "-2026-12-31Z", "--2026-12-31", "10000-01-01", "10000-02-29", "99999-12-31",
    "123456789-12-31", "-12345-12-31", "02026-01-01", "-02026-01-01", "012026-01-01", "+2026-01-01", "226-01-01",
    "26-01-01", "2026-1-1", "2026-1-01", "2026-01-1", "2026-001-01", "2026-01-001", "2026-12", "2026", "--12-31",
    "---31", "2026-12-31-", "2026-12-31+", "2026-12-31T00:00:00", "2026-12-31T00:00:00Z", "2026/12/31", "31/12/2026",
    "31-12-2026", "20261231", "2026-W53-4", "2026-365", "2026-12-3\u{661}", "\u{662}\u{660}\u{662}\u{666}-12-31",
    "2026\u{2010}12\u{2010}31", "2026-12-31\u{200b}", "2026 -12-31", "2026- 12-31", "2026-12-\n31", "oggi", "",
];

const DATES_IN_BLANKS: &[&str] =
    &[" 2026-12-31", "2026-12-31 ", "\n\t2026-12-31\n", "  2026-12-31Z  ", "\t2024-02-29+14:00", " -0001-01-01 "];

#[rustfmt::skip] // one case a line would fill pages
const BASE64: &[&str] = &[
    "", " ", "\n", "QUJD", "QUI=", "QQ==", "AAAA", "AAA=", "AA==", "QU+/", "+/+/", "QR==", "QS==", "Q/==", "QUJ=",
    "QUK=", "QUL=", "QU/=", "AB==", "AP==", "AQ==", "AAB=", "AAD=", "AAE=", "Q", "QQ", "QQ=", "QQ===", "QUJDQ",
    "QUJDQQ", "QUJDQQ=", "QUJDQUI=", "=", "==", "===", "====", "QUJD=", "QUJD==", "QUJD====", "QQ==QQ==", "QUI=QUJD",
    "=QUI", "Q=UI", "Q===", "QU=J", " QUJD", "QUJD ", "QU JD", "Q U J D", "QU  JD", "QU\nJD", "QU\tJD",
    "\n QUJD \n QUJD \n", "QQ= =", "QQ =\n=", "Q Q = =", "QU J=", "Q =",
];

/// XML knows four blanks; what other standards call white space is data.
const OTHER_BLANKS: &[&str] = &["\u{a0}", "\u{85}", "\u{2003}", "\u{3000}", "\u{2028}", "\u{1680}"];

pub fn all() -> Vec<Mutation> {
    let mut all = Vec::new();
    let lists: [(&'static str, &'static [&'static str], Kind); 4] = [
        ("amount", AMOUNTS, Kind::Amount),
        ("date", DATES, Kind::Date),
        ("date in blanks", DATES_IN_BLANKS, Kind::Date),
        ("base64", BASE64, Kind::Base64),
    ];
    for (group, values, kind) in lists {
        all.extend(values.iter().map(|value| set(group, value, kind, |_, _| (*value).to_owned())));
    }
    all.push(set("amount", "300 leading zeros", Kind::Amount, |_, _| format!("{}1.00", "0".repeat(300))));
    all.push(set("amount", "60 digits", Kind::Amount, |_, _| format!("{}.00", "9".repeat(60))));
    all.push(set("base64", "64 KiB", Kind::Base64, |_, _| "QUJD".repeat(16_384)));
    all.push(set("base64", "in lines of 76 characters", Kind::Base64, |_, _| {
        format!("{}\r\n", "QUJD".repeat(19)).repeat(5)
    }));
    for character in
        ["!", ".", "-", "_", "-_", "\u{20ac}", "\u{e0}", "\u{200b}", "\u{feff}", "&", "\u{ff21}", "\\", "%3D"]
    {
        all.push(set("base64 with foreign characters", character, Kind::Base64, move |rng, old| {
            insert(rng, &old, character)
        }));
    }
    for blank in OTHER_BLANKS {
        all.push(set("amount in other blanks", blank, Kind::Amount, |rng, old| around(rng, &old, blank)));
        all.push(set("date in other blanks", blank, Kind::Date, |rng, old| around(rng, &old, blank)));
    }
    for value in ["postal", "Postal", "POSTAL ", " PAGOPA", "POSTAL\n", "BANCARIO", "", " ", "POSTALPAGOPA", "PAGOPA"] {
        all.push(set("transfer type", value, Kind::TransferType, move |_, _| value.to_owned()));
    }
    all.extend(texts());
    all.extend(exact_lengths());
    all.extend(digits());
    all.extend(small_changes());
    all
}

/// Gives a random value of a kind another text, made from the old one.
fn set(
    group: &'static str,
    detail: &str,
    kind: Kind,
    value: impl Fn(&mut StdRng, String) -> String + 'static,
) -> Mutation {
    set_any(group, detail, move |it| it == kind, value)
}

fn set_any(
    group: &'static str,
    detail: &str,
    wanted: impl Fn(Kind) -> bool + 'static,
    value: impl Fn(&mut StdRng, String) -> String + 'static,
) -> Mutation {
    Mutation::new(group, detail, move |draft, rng| {
        let element = draft.pick(rng, |it| it.kind().is_some_and(&wanted) && it.plain_value().is_some())?;
        let old = element.plain_value()?.to_owned();
        replace(element, value(rng, old));
        Some(())
    })
}

fn replace(element: &mut Element, text: String) {
    element.content = vec![Node::Text(text)];
}

/// Changes a text whose longest length the change is told.
fn of_length(detail: &str, change: impl Fn(usize) -> String + 'static) -> Mutation {
    Mutation::new("text", detail, move |draft, rng| {
        let element = draft.pick(rng, |it| matches!(it.kind(), Some(Kind::Text(_))))?;
        let Some(Kind::Text(longest)) = element.kind() else { return None };
        replace(element, change(longest));
        Some(())
    })
}

fn texts() -> Vec<Mutation> {
    let mut all = vec![
        of_length("empty", |_| String::new()),
        of_length("three times too long", |longest| "abc".repeat(longest)),
        of_length("64 KiB", |_| "x".repeat(65_536)),
        of_length("surrounded by blanks", |_| " a b ".into()),
        of_length("rare but legal characters", |_| {
            "\u{7f}\u{85}\u{9f}\u{2028}\u{feff}\u{e000}\u{1fffe}\u{10ffff}".into()
        }),
    ];
    let alphabets = [
        ("a", "ASCII"),
        ("\u{e8}", "accents"),
        ("\u{20ac}", "euro signs"),
        ("\u{1f600}", "characters outside the BMP"),
        ("\u{301}", "combining marks"),
        (" ", "blanks"),
        ("\t", "tabs"),
        ("\n", "line feeds"),
        ("\r", "carriage returns"),
        ("&", "ampersands"),
        ("\u{a0}", "no-break spaces"),
    ];
    for (character, alphabet) in alphabets {
        all.push(of_length(&format!("one of {alphabet}"), |_| character.to_owned()));
        all.push(of_length(&format!("at its longest, {alphabet}"), |longest| character.repeat(longest)));
        all.push(of_length(&format!("one too long, {alphabet}"), |longest| character.repeat(longest + 1)));
    }
    all
}

fn exact_lengths() -> Vec<Mutation> {
    let mut all = Vec::new();
    for (length, how) in [(0, "empty"), (4, "one too short"), (5, "exact"), (6, "one too long")] {
        for (character, alphabet) in
            [("0", "digits"), ("\u{e8}", "accents"), ("\u{1f600}", "outside the BMP"), (" ", "blanks")]
        {
            let value = character.repeat(length);
            all.push(set("five characters", &format!("{how}, {alphabet}"), Kind::Exactly(5), move |_, _| {
                value.clone()
            }));
        }
    }
    all
}

fn digits() -> Vec<Mutation> {
    let code = |detail: &str, change: fn(&mut StdRng, String) -> String| {
        set_any("code of digits", detail, |kind| matches!(kind, Kind::Digits(_)), change)
    };
    let in_script = |zero: char, old: &str| -> String {
        let digit = |c: char| c.to_digit(10).and_then(|value| char::from_u32(u32::from(zero) + value)).unwrap_or(c);
        old.chars().map(digit).collect()
    };
    vec![
        code("empty", |_, _| String::new()),
        code("one short", |_, old| without_first(&old)),
        code("one long", |_, old| old + "0"),
        code("twice", |_, old| format!("{old}{old}")),
        code("on two lines", |_, old| format!("{old}\n{old}")),
        code("leading blank", |_, old| format!(" {old}")),
        code("trailing blank", |_, old| format!("{old} ")),
        code("trailing line feed", |_, old| format!("{old}\n")),
        code("a blank for a digit", |_, old| format!(" {}", without_first(&old))),
        code("a letter for a digit", |_, old| format!("{}O", without_first(&old))),
        code("a sign for a digit", |_, old| format!("+{}", without_first(&old))),
        code("all zeros", |_, old| "0".repeat(old.len())),
        code("all blanks", |_, old| " ".repeat(old.len())),
        set_any("code of digits", "Arabic digits", is_code, move |_, old| in_script('\u{660}', &old)),
        set_any("code of digits", "full-width digits", is_code, move |_, old| in_script('\u{ff10}', &old)),
        set_any("code of digits", "mathematical digits", is_code, move |_, old| in_script('\u{1d7ce}', &old)),
    ]
}

fn is_code(kind: Kind) -> bool {
    matches!(kind, Kind::Digits(_))
}

/// Small random slips in any value. Blanks near dates and foreign characters in base64 are left to their own groups,
/// where it is known how the validators differ.
fn small_changes() -> Vec<Mutation> {
    let slip = |detail: &str, change: fn(&mut StdRng, &mut Vec<char>, char)| {
        Mutation::new("slip", detail, move |draft, rng| {
            let element = draft.pick_value(rng)?;
            let alphabet: Vec<char> = match element.kind()? {
                Kind::Date => "0123456789-+:TZ.".chars().collect(),
                Kind::Base64 => "ABCDwxyz0189+/= \n".chars().collect(),
                Kind::Amount => "0123456789.,-+e \n\u{661}".chars().collect(),
                _ => "0123456789AZaz .-_&<\u{e8}\u{661}\u{1f600}".chars().collect(),
            };
            let mut characters: Vec<char> = element.plain_value()?.chars().collect();
            let character = *alphabet.choose(rng)?;
            change(rng, &mut characters, character);
            replace(element, characters.into_iter().collect());
            Some(())
        })
    };
    vec![
        slip("one character more", |rng, characters, new| {
            let at = rng.random_range(0..=characters.len());
            characters.insert(at, new);
        }),
        slip("one character less", |rng, characters, _| {
            if !characters.is_empty() {
                let at = rng.random_range(0..characters.len());
                characters.remove(at);
            }
        }),
        slip("one character changed", |rng, characters, new| {
            if !characters.is_empty() {
                let at = rng.random_range(0..characters.len());
                characters[at] = new;
            }
        }),
        slip("two characters swapped", |rng, characters, _| {
            if characters.len() > 1 {
                let at = rng.random_range(1..characters.len());
                characters.swap(at - 1, at);
            }
        }),
        set_any(
            "slip",
            "random text, too long or not",
            |kind| matches!(kind, Kind::Text(_)),
            |rng, _| {
                let length = rng.random_range(0..250);
                contract::text(rng, length)
            },
        ),
    ]
}

fn without_first(text: &str) -> String {
    text.chars().skip(1).collect()
}

fn insert(rng: &mut StdRng, text: &str, new: &str) -> String {
    let at = rng.random_range(0..=text.chars().count());
    text.chars().take(at).chain(new.chars()).chain(text.chars().skip(at)).collect()
}

fn around(rng: &mut StdRng, text: &str, blank: &str) -> String {
    if rng.random() { format!("{blank}{text}") } else { format!("{text}{blank}") }
}
