//! From bytes to text: finds out the encoding (XML 1.0, section 4.3.3 and appendix F), decodes strictly and
//! normalises line ends (section 2.11). UTF-8 without carriage returns, the rule in practice, is not copied.

use std::borrow::Cow;

use super::{XmlError, declaration};

/// The encodings we read. 16-bit text is told from 8-bit text by looking, so that byte order is no concern
/// of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16,
    Latin1,
    Ascii,
}

/// Turns a document's bytes into text with plain line feeds, ready for [`Document::parse`](super::Document).
///
/// A byte order mark decides the encoding, else the XML declaration, else the charset of the HTTP header
/// (quoted or not), else it is UTF-8. 16-bit text without a mark is known by its zero bytes.
pub fn decode<'a>(bytes: &'a [u8], http_charset: Option<&str>) -> Result<Cow<'a, str>, XmlError> {
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, encoding_rs::UTF_16BE)?,
        [0xFF, 0xFE, rest @ ..] => utf16(rest, encoding_rs::UTF_16LE)?,
        [0, low, ..] if *low != 0 => unmarked_utf16(bytes, encoding_rs::UTF_16BE)?,
        [low, 0, ..] if *low != 0 => unmarked_utf16(bytes, encoding_rs::UTF_16LE)?,
        _ => eight_bit(bytes, http_charset)?,
    };
    Ok(normalise_line_ends(text))
}

fn eight_bit<'a>(bytes: &'a [u8], http_charset: Option<&str>) -> Result<Cow<'a, str>, XmlError> {
    let declared = match declaration::at_start(bytes) {
        Some(declaration) => named_in(std::str::from_utf8(declaration).or(undecodable("US-ASCII"))?)?,
        None => None,
    };
    let encoding = match declared {
        Some(encoding) => encoding,
        None => http_charset.map(from_header).transpose()?.flatten().unwrap_or(Encoding::Utf8),
    };
    match encoding {
        Encoding::Utf8 => utf8(bytes),
        Encoding::Latin1 => Ok(encoding_rs::mem::decode_latin1(bytes)),
        Encoding::Ascii if bytes.is_ascii() => utf8(bytes),
        Encoding::Ascii => undecodable("US-ASCII"),
        Encoding::Utf16 => Err(XmlError::EncodingMismatch),
    }
}

/// What the zero bytes say is beyond doubt, so a declaration can only agree.
fn unmarked_utf16<'a>(bytes: &'a [u8], order: &'static encoding_rs::Encoding) -> Result<Cow<'a, str>, XmlError> {
    let text = utf16(bytes, order)?;
    let declared = declaration::at_start(text.as_bytes()).map(|d| named_in(&text[2..2 + d.len()]));
    match declared.transpose()?.flatten() {
        None | Some(Encoding::Utf16) => Ok(text),
        Some(_) => Err(XmlError::EncodingMismatch),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).or(undecodable("UTF-8"))
}

fn utf16<'a>(bytes: &'a [u8], order: &'static encoding_rs::Encoding) -> Result<Cow<'a, str>, XmlError> {
    order.decode_without_bom_handling_and_without_replacement(bytes).map_or_else(|| undecodable("UTF-16"), Ok)
}

fn undecodable<T>(encoding: &'static str) -> Result<T, XmlError> {
    Err(XmlError::Undecodable { encoding })
}

fn named_in(declaration: &str) -> Result<Option<Encoding>, XmlError> {
    declaration::encoding(declaration)?.map(Encoding::named).transpose()
}

fn from_header(charset: &str) -> Result<Option<Encoding>, XmlError> {
    let name = charset.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    (!name.is_empty()).then(|| Encoding::named(name)).transpose()
}

impl Encoding {
    fn named(name: &str) -> Result<Encoding, XmlError> {
        Ok(match name.to_ascii_uppercase().as_str() {
            "UTF-8" | "UTF8" => Encoding::Utf8,
            "UTF-16" | "UTF-16LE" | "UTF-16BE" => Encoding::Utf16,
            "ISO-8859-1" | "ISO_8859-1" | "ISO8859-1" | "LATIN1" => Encoding::Latin1,
            "US-ASCII" | "ASCII" => Encoding::Ascii,
            // The name is the sender's to choose and ours to log: keep it short.
            _ => return Err(XmlError::UnsupportedEncoding(name.chars().take(40).collect())),
        })
    }
}

/// A carriage return is a line feed, and so is a carriage return with the line feed after it.
fn normalise_line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains('\r') {
        return text;
    }
    let mut normal = String::with_capacity(text.len());
    for (index, part) in text.split('\r').enumerate() {
        if index > 0 {
            normal.push('\n');
        }
        normal.push_str(if index > 0 { part.strip_prefix('\n').unwrap_or(part) } else { part });
    }
    Cow::Owned(normal)
}
