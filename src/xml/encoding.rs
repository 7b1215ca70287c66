//! From bytes to text: finds out the encoding (XML 1.0, section 4.3.3 and appendix F), decodes strictly and
//! normalises line ends (section 2.11). UTF-8 without carriage returns, the rule in practice, is not copied.

use std::borrow::Cow;
use std::str::Utf8Error;

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::error::malformed;
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
/// (quoted or not), else it is UTF-8. 16-bit text without a mark is known by its zero bytes. Whether XML allows
/// the characters is not asked here.
pub fn decode<'a>(bytes: &'a [u8], http_charset: Option<&str>) -> Result<Cow<'a, str>, XmlError> {
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => marked(utf8(rest)?, Width::Eight)?,
        [0xFE, 0xFF, rest @ ..] => marked(utf16(rest, UTF_16BE)?, Width::Sixteen)?,
        [0xFF, 0xFE, rest @ ..] => marked(utf16(rest, UTF_16LE)?, Width::Sixteen)?,
        [0, low, ..] if *low != 0 => unmarked_utf16(bytes, UTF_16BE)?,
        [low, 0, ..] if *low != 0 => unmarked_utf16(bytes, UTF_16LE)?,
        _ => eight_bit(bytes, http_charset)?,
    };
    Ok(normalise_line_ends(text))
}

/// A mark outranks the name in the declaration, which whoever re-encoded the document may have left alone.
/// A wrong width, though, is no such slip.
fn marked(text: Cow<'_, str>, width: Width) -> Result<Cow<'_, str>, XmlError> {
    match declared(text.as_bytes()) {
        Ok(Some(encoding)) if encoding.width() != width => Err(XmlError::EncodingMismatch),
        Ok(_) | Err(XmlError::UnsupportedEncoding(_)) => Ok(text),
        Err(error) => Err(error),
    }
}

fn unmarked_utf16<'a>(bytes: &'a [u8], order: &'static encoding_rs::Encoding) -> Result<Cow<'a, str>, XmlError> {
    let text = utf16(bytes, order)?;
    match declared(text.as_bytes())? {
        None | Some(Encoding::Utf16) => Ok(text),
        Some(_) => Err(XmlError::EncodingMismatch),
    }
}

fn eight_bit<'a>(bytes: &'a [u8], http_charset: Option<&str>) -> Result<Cow<'a, str>, XmlError> {
    let encoding = match declared(bytes)? {
        Some(encoding) => Some(encoding),
        None => http_charset.map(from_header).transpose()?.flatten(),
    };
    match encoding.unwrap_or(Encoding::Utf8) {
        Encoding::Utf8 => utf8(bytes),
        Encoding::Utf16 => Err(XmlError::EncodingMismatch),
        Encoding::Latin1 => Ok(encoding_rs::mem::decode_latin1(bytes)),
        Encoding::Ascii => match bytes.iter().position(|b| !b.is_ascii()) {
            None => utf8(bytes),
            Some(at) => Err(XmlError::Undecodable { encoding: "US-ASCII", at }),
        },
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    let undecodable = |error: Utf8Error| XmlError::Undecodable { encoding: "UTF-8", at: error.valid_up_to() };
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(undecodable)
}

fn utf16<'a>(bytes: &'a [u8], order: &'static encoding_rs::Encoding) -> Result<Cow<'a, str>, XmlError> {
    order.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        let unit = if order == UTF_16BE { u16::from_be_bytes } else { u16::from_le_bytes };
        let units = bytes.as_chunks::<2>().0.iter().copied().map(unit);
        let valid = char::decode_utf16(units).map_while(Result::ok).map(char::len_utf16);
        XmlError::Undecodable { encoding: "UTF-16", at: valid.sum::<usize>() * 2 }
    })
}

/// The encoding named in the XML declaration, whose characters are ASCII in whatever encoding.
fn declared(text: &[u8]) -> Result<Option<Encoding>, XmlError> {
    let Some(declaration) = declaration::at_start(text) else { return Ok(None) };
    let declaration = std::str::from_utf8(declaration).or(malformed("an ill-formed XML declaration", 0))?;
    declaration::encoding(declaration)?.map(Encoding::named).transpose()
}

fn from_header(charset: &str) -> Result<Option<Encoding>, XmlError> {
    let name = charset.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    (!name.is_empty()).then(|| Encoding::named(name)).transpose()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    Eight,
    Sixteen,
}

impl Encoding {
    fn width(self) -> Width {
        if self == Encoding::Utf16 { Width::Sixteen } else { Width::Eight }
    }

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
