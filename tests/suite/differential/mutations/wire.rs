//! The document as a whole and the bytes it is sent in: declarations, encodings, layout, noise.
//!
//! Which encoding holds is told by a byte order mark, else by the Content-Type, else by the declaration (RFC 7303,
//! section 3.2).

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::super::contract::Kind;
use super::super::message::{Draft, Element, Encoding, Node, Noise, PLACEHOLDER};
use super::Mutation;

const PROLOGS: &[&str] = &[
    "<?xml version=\"1.0\"?>",
    "<?xml version='1.0' ?>",
    "<?xml  version = \"1.0\"\n encoding = 'UTF-8' ?>",
    "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone='no'?>",
    "<?xml version=\"1.0\" standalone=\"yes\"?>",
    "<?xml version=\"1.0\" standalone=\"maybe\"?>",
    "<?xml version=\"1.0\" standalone=\"YES\"?>",
    "<?xml version=\"1.0\" standalone=\"yes\" encoding=\"UTF-8\"?>",
    "<?xml version=\"1.1\"?>",
    "<?xml version=\"1.10\"?>",
    "<?xml encoding=\"UTF-8\"?>",
    "<?xml encoding=\"UTF-8\" version=\"1.0\"?>",
    "<?xml version=1.0?>",
    "<?xml version=\"1.0'?>",
    "<?xml version=\"1.0\"encoding=\"UTF-8\"?>",
    "<?xml version=\"1.0\" foo=\"bar\"?>",
    "<?xml version=\"1.0\" version=\"1.0\"?>",
    "<?xml version=\"1.0\" encoding=\"\"?>",
    "<?xml version=\"1.0\" encoding=\" UTF-8\"?>",
    "<?xml version=\"1.0\" encoding=\"8UTF\"?>",
    "<?xml?>",
    "<?xml ?>",
    "<?xml version=\"1.0\">",
    "<?XML version=\"1.0\"?>",
    " <?xml version=\"1.0\"?>",
    "\n<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
    "<!-- first --><?xml version=\"1.0\"?>",
    "<?xml version=\"1.0\"?><?xml version=\"1.0\"?>",
    "<?xml version=\"1.0\"?>\n<!-- comment --> <?pi?>\r\n",
    "<?xml-stylesheet href=\"a\"?>",
    "<!-- a -- b -->",
    "\n\t ",
    "text",
    "&#32;",
    "<![CDATA[ ]]>",
    "\u{feff}",
    "<a/>",
    "<!DOCTYPE a>",
    "<!DOCTYPE Envelope SYSTEM \"file:///etc/hostname\">",
    "<!DOCTYPE Envelope [<!ENTITY e \"e\">]>",
    "<?xml version=\"1.0\"?><!DOCTYPE Envelope [<!ATTLIST idPA xml:space CDATA \"preserve\">]>",
    "<!doctype html>",
];

/// XML 1.0, fifth edition: a version is `1.` and digits.
const ODD_VERSIONS: &[&str] = &["<?xml version=\"2.0\"?>", "<?xml version=\"1\"?>", "<?xml version=\"\"?>"];

#[rustfmt::skip] // one case a line would fill pages
const EPILOGS: &[&str] = &[
    "\n", " \r\n\t", "<!-- last -->", "<?last?>\n", "x", "<a/>", "</a>", "&#32;", "&amp;", "<![CDATA[]]>", "<",
    "<!-- ", "<!DOCTYPE a>", "<?xml version=\"1.0\"?>", "\u{0}", "\u{feff}", "\u{a0}", "\u{1a}",
];

pub fn all() -> Vec<Mutation> {
    let prolog = |group, text: &'static str| {
        Mutation::new(group, text, move |draft, _| {
            draft.prolog = text.to_owned();
            Some(())
        })
    };
    let mut all: Vec<Mutation> = PROLOGS.iter().map(|text| prolog("prolog", text)).collect();
    all.extend(ODD_VERSIONS.iter().map(|text| prolog("version that is none", text)));
    all.extend(EPILOGS.iter().map(|text| {
        Mutation::new("epilog", text, move |draft, _| {
            draft.epilog = (*text).to_owned();
            Some(())
        })
    }));
    all.extend(encodings());
    all.extend(layouts());
    all.extend(broken_characters());
    all.extend(noise());
    all.push(Mutation::new("truncated", "anywhere", |draft, rng| {
        draft.cut_at = Some(rng.random_range(0.0..1.0));
        Some(())
    }));
    all.push(Mutation::new("truncated", "to nothing", |draft, _| {
        draft.cut_at = Some(0.0);
        Some(())
    }));
    all.push(Mutation::new("truncated", "by one byte", |draft, _| {
        draft.cut_at = Some(1.0 - f64::EPSILON);
        Some(())
    }));
    all
}

fn encodings() -> Vec<Mutation> {
    use Encoding::{Latin1, Utf8, Utf8WithMark, Utf16Be, Utf16Le};
    let encoded = |group, detail, encoding, declared: &'static str, charset| {
        Mutation::new(group, detail, move |draft, rng| {
            draft.encoding = encoding;
            draft.charset = charset;
            draft.prolog = if declared.is_empty() {
                String::new()
            } else {
                format!("<?xml version=\"1.0\" encoding=\"{declared}\"?>")
            };
            accents(draft, rng, encoding)
        })
    };
    let fine = "encoding";
    let lie = "encoding that contradicts its mark";
    vec![
        encoded(fine, "UTF-8 with a mark", Utf8WithMark, "UTF-8", None),
        encoded(fine, "UTF-8 with a mark, undeclared", Utf8WithMark, "", Some("utf-8")),
        encoded(fine, "UTF-16LE, undeclared", Utf16Le, "", None),
        encoded(fine, "UTF-16BE, undeclared", Utf16Be, "", None),
        encoded(fine, "UTF-16LE, declared", Utf16Le, "UTF-16", None),
        encoded(fine, "UTF-16BE, declared", Utf16Be, "utf-16", None),
        encoded(fine, "UTF-16LE, by Content-Type", Utf16Le, "UTF-16", Some("utf-16")),
        encoded(fine, "UTF-16BE, by Content-Type", Utf16Be, "UTF-16", Some("UTF-16")),
        encoded(fine, "UTF-16LE, whatever the Content-Type says", Utf16Le, "UTF-16", Some("utf-8")),
        encoded(fine, "ISO-8859-1, declared", Latin1, "ISO-8859-1", None),
        encoded(fine, "ISO-8859-1, declared in lower case", Latin1, "iso-8859-1", None),
        encoded(fine, "ISO-8859-1, by Content-Type", Latin1, "", Some("iso-8859-1")),
        encoded(fine, "ISO-8859-1, declared and by Content-Type", Latin1, "ISO-8859-1", Some("ISO-8859-1")),
        encoded(fine, "ISO-8859-1, declared as UTF-8", Latin1, "UTF-8", None),
        encoded(fine, "ISO-8859-1, undeclared", Latin1, "", None),
        encoded(fine, "ISO-8859-1, declared, whatever the Content-Type says", Latin1, "ISO-8859-1", Some("utf-8")),
        encoded(fine, "UTF-8, declared as ISO-8859-1, by Content-Type UTF-8", Utf8, "ISO-8859-1", Some("utf-8")),
        encoded(fine, "UTF-8, declared as UTF-16", Utf8, "UTF-16", None),
        encoded(fine, "UTF-8, declared as nothing known", Utf8, "x-nothing", None),
        encoded(lie, "UTF-16LE, declared as UTF-8", Utf16Le, "UTF-8", None),
        encoded(lie, "UTF-16BE, declared as ISO-8859-1", Utf16Be, "ISO-8859-1", None),
        encoded(lie, "UTF-8 with a mark, declared as UTF-16", Utf8WithMark, "UTF-16", None),
    ]
}

/// Puts a character that is no ASCII into the message, one the encoding has, so that a wrong guess shows.
fn accents(draft: &mut Draft, rng: &mut StdRng, encoding: Encoding) -> Option<()> {
    let length = rng.random_range(1..=35);
    let character = if encoding == Encoding::Latin1 { "\u{e8}" } else { "\u{20ac}" };
    let text = draft.pick(rng, |element| matches!(element.name.as_str(), "idPA" | "paymentNote"))?;
    text.content = vec![Node::Text(character.repeat(length))];
    Some(())
}

/// One byte wrong anywhere. Where one byte is enough for a case the validators are known to differ in (a version, a
/// date, base64), there is none of it.
fn noise() -> Vec<Mutation> {
    let noise = |detail, byte: fn(&mut StdRng) -> u8| {
        Mutation::new("noise", detail, move |draft, rng| {
            draft.prolog.clear();
            let disputed = |element: &Element| matches!(element.kind(), Some(Kind::Date | Kind::Base64));
            if draft.pick(rng, disputed).is_some() {
                return None;
            }
            let change = *[Noise::Replace, Noise::Insert, Noise::Remove].choose(rng)?;
            draft.noise = Some((change, rng.random_range(0.0..1.0), byte(rng)));
            Some(())
        })
    };
    vec![
        noise("any byte", |rng| rng.random()),
        noise("a byte XML cares about", |rng| *b"<>&;\"'=:/ ?!-[]\n\rx0".choose(rng).expect("there are some")),
    ]
}

/// Bytes that are no character in their encoding, in a value or where nobody looks.
fn broken_characters() -> Vec<Mutation> {
    const IN_UTF8: &[(&str, &[u8])] = &[
        ("a continuation byte alone", b"\x80"),
        ("a character cut short", b"\xC3"),
        ("an overlong slash", b"\xC0\xAF"),
        ("an overlong slash in three bytes", b"\xE0\x80\xAF"),
        ("an overlong zero", b"\xC0\x80"),
        ("half of a surrogate pair", b"\xED\xA0\x80"),
        ("a surrogate pair", b"\xED\xA0\xBD\xED\xB8\x80"),
        ("a character past the last", b"\xF4\x90\x80\x80"),
        ("five bytes", b"\xF8\x88\x80\x80\x80"),
        ("a byte that is never used", b"\xFF"),
        ("ISO-8859-1", b"perch\xE9"),
        ("the last character", b"\xF4\x8F\xBF\xBF"),
        ("the first of four bytes", b"\xF0\x90\x80\x80"),
        ("zero", b"\0"),
    ];
    const IN_UTF16LE: &[(&str, &[u8])] = &[
        ("second half alone", b"\x00\xDC"),
        ("halves swapped", b"\x00\xDC\x00\xD8"),
        ("both halves", b"\x3D\xD8\x00\xDE"),
        ("one byte", b"a"),
        ("U+FFFF", b"\xFF\xFF"),
    ];
    let broken = |group, detail: String, encoding, bytes: &'static [u8], written: &'static str| {
        Mutation::new(group, &detail, move |draft, rng| {
            draft.encoding = encoding;
            draft.prolog.clear();
            draft.raw = bytes;
            let text = draft.pick(rng, |element| matches!(element.name.as_str(), "idPA" | "paymentNote"))?;
            text.content = vec![Node::Markup(written.replace('@', PLACEHOLDER))];
            Some(())
        })
    };
    let half = |group, place: &str, written| {
        broken(group, format!("first half alone, UTF-16, in {place}"), Encoding::Utf16Le, b"\x00\xD8", written)
    };
    let mut all =
        vec![half("broken character", "a value", "@"), half("half a character unseen", "a comment", "a<!-- @ -->")];
    for (place, written) in [("a value", "@"), ("a comment", "a<!-- @ -->"), ("a CDATA section", "<![CDATA[@]]>")] {
        for (detail, bytes) in IN_UTF8 {
            all.push(broken(
                "broken character",
                format!("{detail}, UTF-8, in {place}"),
                Encoding::Utf8,
                bytes,
                written,
            ));
        }
        for (detail, bytes) in IN_UTF16LE {
            all.push(broken(
                "broken character",
                format!("{detail}, UTF-16, in {place}"),
                Encoding::Utf16Le,
                bytes,
                written,
            ));
        }
    }
    all
}

/// Blanks between elements change nothing, however lines end.
fn layouts() -> Vec<Mutation> {
    [("line feeds", "\n"), ("CR LF", "\r\n"), ("carriage returns", "\r"), ("tabs", "\t")]
        .into_iter()
        .map(|(detail, line_end)| {
            Mutation::new("layout", detail, move |draft, _| {
                spread(&mut draft.envelope, line_end);
                Some(())
            })
        })
        .collect()
}

fn spread(element: &mut Element, line_end: &str) {
    if element.children().next().is_none() {
        return;
    }
    let children = std::mem::take(&mut element.content);
    for mut child in children {
        if let Node::Element(inner) = &mut child {
            spread(inner, line_end);
        }
        element.content.push(Node::Markup(format!("{line_end}  ")));
        element.content.push(child);
    }
    element.content.push(Node::Markup(line_end.to_owned()));
}
