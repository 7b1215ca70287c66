//! The simple types of the contract that requests use, checked to the letter of XML Schema 1.0.
//!
//! A type is its name (an `xsi:type` may quote it), how it treats white space, and its lexical rule.

use std::borrow::Cow;

use crate::schema::lexical::{collapse, is_base64, is_date};

/// Namespace of the messages.
pub(crate) const MESSAGES: &str = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd";
/// Namespace of the common types; it appears in messages only as the prefix of an `xsi:type`.
pub(super) const COMMON: &str = "http://pagopa-api.pagopa.gov.it/xsd/common-types/v1.0.0/";
/// XML Schema's own.
pub(super) const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// A simple type of the contract.
#[derive(Debug)]
pub(super) struct SimpleType {
    /// Its namespace and name.
    pub(super) name: (&'static str, &'static str),
    /// Whether blanks around and inside the value are folded before it is checked; texts keep theirs.
    collapse: bool,
    /// What the value must be; the error is the rule in words.
    check: fn(&str) -> Result<(), &'static str>,
    /// A narrower type that an `xsi:type` may ask for instead.
    pub(super) narrower: Option<&'static SimpleType>,
}

macro_rules! text {
    ($constant:ident, $namespace:ident, $name:literal, $most:literal) => {
        pub(super) const $constant: SimpleType = SimpleType {
            name: ($namespace, $name),
            collapse: false,
            check: |text| within(text, $most, concat!("must have 1 to ", $most, " characters")),
            narrower: None,
        };
    };
}

macro_rules! exact {
    ($constant:ident, $namespace:ident, $name:literal, $rule:literal, $check:expr) => {
        pub(super) const $constant: SimpleType = SimpleType {
            name: ($namespace, $name),
            collapse: false,
            check: |text| if $check(text) { Ok(()) } else { Err($rule) },
            narrower: None,
        };
    };
}

macro_rules! collapsed {
    ($constant:ident, $namespace:ident, $name:literal, $narrower:expr, $rule:literal, $check:expr) => {
        pub(super) const $constant: SimpleType = SimpleType {
            name: ($namespace, $name),
            collapse: true,
            check: |text| if $check(text) { Ok(()) } else { Err($rule) },
            narrower: $narrower,
        };
    };
}

text!(TEXT_35, COMMON, "stText35", 35);
text!(TEXT_210, MESSAGES, "stText210", 210);
exact!(FISCAL_CODE_PA, COMMON, "stFiscalCodePA", "must be eleven digits", |t| is_digits(t, 11));
exact!(NOTICE_NUMBER, COMMON, "stNoticeNumber", "must be eighteen digits", |t| is_digits(t, 18));
exact!(TRANSFER_TYPE, MESSAGES, "stTransferType", "must be POSTAL or PAGOPA", |t| matches!(t, "POSTAL" | "PAGOPA"));
exact!(SERVICE, MESSAGES, "stIdentificativoServizio", "must have five characters", is_five_long);
exact!(SERVICE_SUBJECT, MESSAGES, "stIdentificativoSoggettoServizio", "must have five characters", is_five_long);
collapsed!(AMOUNT, COMMON, "stAmount", None, "must be an amount such as 120.50, up to 999999999.99", is_amount);
collapsed!(DATE, COMMON, "stISODate", None, "must be a date such as 2026-12-31", is_date);
collapsed!(BASE64, XS, "base64Binary", Some(&BASE64_72), "must be base64", is_base64);
collapsed!(BASE64_72, COMMON, "stBase64Binary72", None, "must be base64 of 4 to 72 characters", |t: &str| {
    (4..=72).contains(&t.len()) && is_base64(t)
});

impl SimpleType {
    /// Checks a value and gives it as the type sees it: as written, or with its blanks folded.
    pub(super) fn value<'v>(&self, text: Cow<'v, str>) -> Result<Cow<'v, str>, &'static str> {
        let value = if self.collapse { collapse(text) } else { text };
        (self.check)(&value).map(|()| value)
    }
}

fn within(text: &str, most: usize, rule: &'static str) -> Result<(), &'static str> {
    // A text of no more bytes than that has no more characters either.
    let fits = !text.is_empty() && (text.len() <= most || text.chars().count() <= most);
    if fits { Ok(()) } else { Err(rule) }
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_five_long(text: &str) -> bool {
    text.chars().count() == 5
}

fn is_amount(text: &str) -> bool {
    crate::domain::amount::AmountOrZero::from_euro(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in ".{0,20}") {
            let _ = is_amount(&text);
        }
    }
}
