//! Writing XML: a string that grows, and text that cannot break out of its element.

use std::borrow::Cow;

use super::names::is_xml_char;

/// A document being written. Names are ours and taken as they are; text and values are escaped.
#[derive(Default)]
pub struct Writer {
    out: String,
}

impl Writer {
    /// An empty document.
    pub fn new() -> Self {
        Writer::default()
    }

    /// An empty document with room for that many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Writer { out: String::with_capacity(bytes) }
    }

    /// Writes a start tag.
    pub fn open(&mut self, name: &str) -> &mut Self {
        self.raw("<").raw(name).raw(">")
    }

    /// Writes a start tag with attributes.
    pub fn open_with(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.raw("<").raw(name);
        for (attribute, value) in attributes {
            self.raw(" ").raw(attribute).raw("=\"");
            push_escaped(&mut self.out, value, Place::Attribute);
            self.raw("\"");
        }
        self.raw(">")
    }

    /// Writes an end tag.
    pub fn close(&mut self, name: &str) -> &mut Self {
        self.raw("</").raw(name).raw(">")
    }

    /// Writes an element that holds only text.
    pub fn element(&mut self, name: &str, text: &str) -> &mut Self {
        self.open(name).text(text).close(name)
    }

    /// Writes text, escaped.
    pub fn text(&mut self, text: &str) -> &mut Self {
        push_escaped(&mut self.out, text, Place::Text);
        self
    }

    /// Writes XML as it is.
    pub fn raw(&mut self, xml: &str) -> &mut Self {
        self.out.push_str(xml);
        self
    }

    /// What has been written.
    pub fn finish(self) -> String {
        self.out
    }
}

/// Text as it is written between tags. Characters XML does not allow become spaces.
pub fn escape_text(text: &str) -> Cow<'_, str> {
    escape(text, Place::Text)
}

/// Text as it is written between double quotes in a tag.
pub fn escape_attribute(value: &str) -> Cow<'_, str> {
    escape(value, Place::Attribute)
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Text,
    Attribute,
}

fn escape(text: &str, place: Place) -> Cow<'_, str> {
    if !text.bytes().any(|b| is_special(b, place)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8 + 16);
    push_escaped(&mut out, text, place);
    Cow::Owned(out)
}

fn push_escaped(out: &mut String, text: &str, place: Place) {
    out.reserve(text.len());
    let mut rest = text;
    while let Some(special) = rest.bytes().position(|b| is_special(b, place)) {
        let (plain, from) = rest.split_at(special);
        out.push_str(plain);
        let mut characters = from.chars();
        match characters.next() {
            Some('&') => out.push_str("&amp;"),
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some('"') => out.push_str("&quot;"),
            Some('\r') => out.push_str("&#13;"),
            Some('\n') => out.push_str("&#10;"),
            Some('\t') => out.push_str("&#9;"),
            Some(c) if is_xml_char(c) => out.push(c),
            _ => out.push(' '),
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
}

/// Whether a byte begins a character that may not be written as itself. A parser turns a carriage return
/// into a line feed, and any white space in an attribute into a space, so these go as references.
fn is_special(byte: u8, place: Place) -> bool {
    match byte {
        b'&' | b'<' | b'>' => true,
        b'\t' | b'\n' | b'"' => place == Place::Attribute,
        // U+FFFE and U+FFFF begin with EF, and so do others; the caller looks twice.
        ..b' ' | 0xEF => true,
        _ => false,
    }
}
