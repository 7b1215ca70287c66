//! The XML declaration, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`: read once for the
//! encoding while the document is still bytes, and once more by the parser for its syntax.

use super::XmlError;
use super::error::malformed;
use super::names::is_space;

/// The declaration at the very start of a document, without `<?` and `?>`.
pub(super) fn at_start(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"<?xml")?;
    // `<?xml-stylesheet …?>` is an instruction like any other.
    rest.first().filter(|b| is_space(char::from(**b)))?;
    let end = rest.windows(2).position(|pair| pair == b"?>")?;
    Some(&text[2..5 + end])
}

/// Checks a declaration (production 23 of XML 1.0) and tells which encoding it names.
pub(super) fn encoding(declaration: &str) -> Result<Option<&str>, XmlError> {
    let mut fields = Fields(declaration.strip_prefix("xml").unwrap_or(declaration));
    let version = fields.take("version")?;
    if !version.is_some_and(is_version) {
        return malformed("an XML declaration without a version we read", 0);
    }
    let encoding = fields.take("encoding")?;
    if encoding.is_some_and(|name| !is_encoding_name(name)) {
        return malformed("an XML declaration with an ill-formed encoding name", 0);
    }
    if !matches!(fields.take("standalone")?, None | Some("yes" | "no")) {
        return malformed("an XML declaration that is standalone neither yes nor no", 0);
    }
    if !fields.0.trim_start_matches(is_space).is_empty() {
        return malformed("an XML declaration with something that does not belong there", 0);
    }
    Ok(encoding)
}

/// A version 1.1 document is read by the rules of 1.0, as the fifth edition asks (section 2.8).
fn is_version(version: &str) -> bool {
    version.strip_prefix("1.").is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit()))
}

fn is_encoding_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// What is left to read of a declaration.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    /// The value of the next field, if it is the one asked for: their order is fixed.
    fn take(&mut self, name: &str) -> Result<Option<&'a str>, XmlError> {
        let trimmed = self.0.trim_start_matches(is_space);
        let Some(rest) = trimmed.strip_prefix(name).filter(|_| trimmed.len() < self.0.len()) else {
            return Ok(None);
        };
        let value = rest.trim_start_matches(is_space).strip_prefix('=').and_then(quoted);
        let Some((value, rest)) = value else {
            return malformed("an XML declaration with an ill-formed field", 0);
        };
        self.0 = rest;
        Ok(Some(value))
    }
}

/// A quoted value, after optional white space, and what follows it.
pub(super) fn quoted(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(is_space);
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].split_once(quote)
}
