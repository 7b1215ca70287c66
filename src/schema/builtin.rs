//! The types XML Schema brings along (part 2, section 3): those our contracts use and all that are narrower, since an
//! `xsi:type` may ask for one of these instead.
//!
//! Left out are `ID`, `IDREF` and `ENTITY`, which need what only a document type can declare.

use super::lexical::{is_base64, is_boolean, is_date, is_date_time, is_integer};
use super::number::Number;
use crate::xml::{is_name, is_name_char, is_ncname};

/// XML Schema's own namespace.
pub(super) const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// How blanks are treated before a value is looked at; each stricter than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WhiteSpace {
    Preserve,
    Replace,
    Collapse,
}

impl WhiteSpace {
    /// The treatment a schema calls by that name.
    pub(super) fn named(name: &str) -> Option<WhiteSpace> {
        match name {
            "preserve" => Some(WhiteSpace::Preserve),
            "replace" => Some(WhiteSpace::Replace),
            "collapse" => Some(WhiteSpace::Collapse),
            _ => None,
        }
    }
}

/// What a value is, which decides the facets it may have and when two values are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Values {
    Text,
    Number,
    Boolean,
    Octets,
    /// A date or an instant. Which of two is the earlier may be open, so they are not compared.
    Time,
}

/// A type of XML Schema's own.
#[derive(Debug)]
pub(super) struct Builtin {
    pub(super) name: &'static str,
    /// The wider one it is derived from, if we know that.
    pub(super) base: Option<&'static str>,
    pub(super) white_space: WhiteSpace,
    pub(super) values: Values,
    pub(super) is_right: fn(&str) -> bool,
    /// What a value must be, in words.
    pub(super) rule: &'static str,
    /// The least and the greatest number.
    pub(super) range: (Option<&'static str>, Option<&'static str>),
}

const fn primitive(name: &'static str, values: Values, is_right: fn(&str) -> bool, rule: &'static str) -> Builtin {
    Builtin { name, base: None, white_space: WhiteSpace::Collapse, values, is_right, rule, range: (None, None) }
}

const fn text(
    name: &'static str,
    base: &'static str,
    white_space: WhiteSpace,
    is_right: fn(&str) -> bool,
    rule: &'static str,
) -> Builtin {
    Builtin { name, base: Some(base), white_space, values: Values::Text, is_right, rule, range: (None, None) }
}

const fn integer(
    name: &'static str,
    base: &'static str,
    least: Option<&'static str>,
    most: Option<&'static str>,
) -> Builtin {
    let range = (least, most);
    Builtin { base: Some(base), range, ..primitive(name, Values::Number, is_integer, "must be a whole number") }
}

/// Each after the one it is derived from.
pub(super) static BUILTINS: [Builtin; 25] = [
    Builtin { white_space: WhiteSpace::Preserve, ..primitive("string", Values::Text, |_| true, "must be a text") },
    text("normalizedString", "string", WhiteSpace::Replace, |_| true, "must be a text"),
    text("token", "normalizedString", WhiteSpace::Collapse, |_| true, "must be a text"),
    text("language", "token", WhiteSpace::Collapse, is_language, "must be a language such as it"),
    text("NMTOKEN", "token", WhiteSpace::Collapse, is_nmtoken, "must be a word as XML has them"),
    text("Name", "token", WhiteSpace::Collapse, is_name, "must be a name as XML has them"),
    text("NCName", "Name", WhiteSpace::Collapse, is_ncname, "must be a name without a colon"),
    primitive("boolean", Values::Boolean, is_boolean, "must be true or false"),
    primitive("date", Values::Time, is_date, "must be a date such as 2026-12-31"),
    primitive("dateTime", Values::Time, is_date_time, "must be a date and time such as 2026-12-31T12:00:00"),
    primitive("base64Binary", Values::Octets, is_base64, "must be base64"),
    primitive("decimal", Values::Number, |text| Number::read(text).is_some(), "must be a number such as 120.50"),
    integer("integer", "decimal", None, None),
    integer("nonPositiveInteger", "integer", None, Some("0")),
    integer("negativeInteger", "nonPositiveInteger", None, Some("-1")),
    integer("long", "integer", Some("-9223372036854775808"), Some("9223372036854775807")),
    integer("int", "long", Some("-2147483648"), Some("2147483647")),
    integer("short", "int", Some("-32768"), Some("32767")),
    integer("byte", "short", Some("-128"), Some("127")),
    integer("nonNegativeInteger", "integer", Some("0"), None),
    integer("unsignedLong", "nonNegativeInteger", Some("0"), Some("18446744073709551615")),
    integer("unsignedInt", "unsignedLong", Some("0"), Some("4294967295")),
    integer("unsignedShort", "unsignedInt", Some("0"), Some("65535")),
    integer("unsignedByte", "unsignedShort", Some("0"), Some("255")),
    integer("positiveInteger", "nonNegativeInteger", Some("1"), None),
];

/// RFC 3066: words of up to eight letters, digits too after the first.
fn is_language(text: &str) -> bool {
    let is_short = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let first = text.split('-').next().unwrap_or_default();
    text.split('-').all(is_short) && first.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_nmtoken(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == ':' || is_name_char(c))
}
