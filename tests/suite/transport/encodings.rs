//! Which encoding a message is in: a byte order mark says it, else the XML declaration, else the HTTP charset, else it
//! is UTF-8. An accented name must come through each of them as it was written.

use crate::given::{self, NAV, Receipt, a_position, a_receipt_for};
use crate::station::Station;

/// What a payer wrote. The Node writes such notes in whatever its PSP speaks.
const NOTE: &str = "Niccolò è già à côté: ½ ÿ";

const MARK: &[u8] = b"\xef\xbb\xbf";

fn declared(encoding: &str, message: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n{message}")
}

fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).expect("a character of ISO-8859-1")).collect()
}

fn utf_16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

fn marked_utf_16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    utf_16(&format!("\u{feff}{text}"), bytes_of)
}

type Write = fn(&str) -> Vec<u8>;

/// How the message is written and what the Content-Type says.
const ENCODINGS: &[(&str, Write, &str)] = &[
    ("UTF-8", |m| m.into(), "text/xml"),
    ("UTF-8, said by HTTP", |m| m.into(), "text/xml; charset=utf-8"),
    ("UTF-8, declared", |m| declared("utf-8", m).into(), "text/xml"),
    ("UTF-8, marked", |m| [MARK, m.as_bytes()].concat(), "text/xml"),
    ("UTF-8, marked and declared", |m| [MARK, declared("UTF-8", m).as_bytes()].concat(), "text/xml"),
    ("UTF-16LE, marked", |m| marked_utf_16(m, u16::to_le_bytes), "text/xml"),
    ("UTF-16BE, marked", |m| marked_utf_16(m, u16::to_be_bytes), "text/xml; charset=utf-16"),
    ("UTF-16LE, marked and declared", |m| marked_utf_16(&declared("UTF-16", m), u16::to_le_bytes), "text/xml"),
    ("UTF-16BE, marked and declared", |m| marked_utf_16(&declared("UTF-16", m), u16::to_be_bytes), "text/xml"),
    ("UTF-16LE, declared only", |m| utf_16(&declared("UTF-16LE", m), u16::to_le_bytes), "text/xml"),
    ("ISO-8859-1, declared", |m| latin_1(&declared("ISO-8859-1", m)), "text/xml"),
    ("ISO-8859-1, declared in small letters", |m| latin_1(&declared("iso-8859-1", m)), "application/xml"),
    ("ISO-8859-1, said by HTTP only", latin_1, "text/xml; charset=ISO-8859-1"),
    ("ISO-8859-1, said by HTTP in quotes", latin_1, "text/xml; charset=\"iso-8859-1\""),
    (
        "a declaration without an encoding leaves it to HTTP",
        |m| latin_1(&format!("<?xml version=\"1.0\"?>{m}")),
        "text/xml; charset=ISO-8859-1",
    ),
    ("the declaration beats HTTP", |m| latin_1(&declared("ISO-8859-1", m)), "text/xml; charset=utf-8"),
    ("the declaration beats HTTP the other way round", |m| declared("UTF-8", m).into(), "text/xml; charset=ISO-8859-1"),
    ("the mark beats HTTP", |m| [MARK, m.as_bytes()].concat(), "text/xml; charset=ISO-8859-1"),
    ("the mark beats both", |m| [MARK, declared("ISO-8859-1", m).as_bytes()].concat(), "text/xml; charset=ISO-8859-1"),
    ("a 16-bit mark beats HTTP", |m| marked_utf_16(m, u16::to_le_bytes), "text/xml; charset=utf-8"),
    ("character references in ASCII", |m| ascii(m).into(), "text/xml; charset=US-ASCII"),
];

fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("&#{};", u32::from(c)) }).collect()
}

#[test]
fn a_note_with_accents_is_read_in_every_encoding() {
    let station = Station::spawn();
    station.load(&a_position());
    let note = format!("<paymentNote>{NOTE}</paymentNote>");
    let get = given::get_v2(NAV, &note);
    let expected = station.post(given::get_v2(NAV, "")).body;
    for (what, write, content_type) in ENCODINGS {
        assert_eq!(station.post_to("/soap/paForNode", content_type, write(&get)).body, expected, "{what}");
    }
    // What was understood of a note shows in a receipt.
    for (number, (what, write, content_type)) in ENCODINGS.iter().enumerate() {
        let mut receipt = Receipt { id: format!("receipt {number}"), ..a_receipt_for(NAV) };
        receipt.tail.insert_str(0, &note);
        let message = write(&receipt.v2());
        assert_eq!(station.post_to("/soap/paForNode", content_type, &message).outcome(), "OK", "{what}");
        let stored = station.receipts().pop().unwrap();
        let parsed: serde_json::Value = serde_json::from_str(stored.parsed.get()).unwrap();
        assert_eq!(parsed["paymentNote"], NOTE, "{what}");
        assert_eq!(station.raw_receipt(stored.id), message, "{what}: kept as it came");
    }
}

/// The same note written in one encoding and announced in another.
#[test]
fn an_encoding_that_is_not_the_announced_one() {
    let station = Station::spawn();
    station.load(&a_position());
    let get = given::get_v2(NAV, &format!("<paymentNote>{NOTE}</paymentNote>"));
    for (what, message, content_type) in [
        ("ISO-8859-1, and nothing says so", latin_1(&get), "text/xml"),
        ("ISO-8859-1, declared as UTF-8", latin_1(&declared("UTF-8", &get)), "text/xml; charset=ISO-8859-1"),
        ("ISO-8859-1, declared as US-ASCII", latin_1(&declared("US-ASCII", &get)), "text/xml"),
        ("ISO-8859-1 behind the mark of UTF-8", [MARK, &latin_1(&get)].concat(), "text/xml; charset=ISO-8859-1"),
        ("UTF-16 that HTTP calls UTF-8 and no mark gives away", utf_16(&get, u16::to_be_bytes)[1..].into(), "text/xml"),
        ("UTF-16 with an odd byte", [marked_utf_16(&get, u16::to_le_bytes), vec![0]].concat(), "text/xml"),
        ("UTF-16 declared as UTF-8", marked_utf_16(&declared("UTF-8", &get), u16::to_le_bytes), "text/xml"),
        ("UTF-8 that HTTP calls UTF-16", get.clone().into(), "text/xml; charset=utf-16"),
        ("UTF-7", get.replace('<', "+ADw-").into(), "text/xml; charset=utf-7"),
    ] {
        let reply = station.post_to("/soap/paForNode", content_type, message);
        assert_eq!(reply.outcome(), "Fault Client", "{what}");
    }
}
