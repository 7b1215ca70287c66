//! The simple types of the contract that requests use, checked to the letter of XML Schema 1.0.
//!
//! A type is its name (an `xsi:type` may quote it), how it treats white space, and its lexical rule.

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
    pub(super) fn value<'v>(&self, text: std::borrow::Cow<'v, str>) -> Result<std::borrow::Cow<'v, str>, &'static str> {
        let value = if self.collapse { collapse(text) } else { text };
        (self.check)(&value).map(|()| value)
    }
}

/// White space as XML means it; other blanks are characters like any other.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Folds blanks as `whiteSpace="collapse"` does.
pub(super) fn collapse(text: std::borrow::Cow<'_, str>) -> std::borrow::Cow<'_, str> {
    if !text.contains(is_blank) {
        return text;
    }
    text.split(is_blank).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ").into()
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

/// `xs:date` of XML Schema 1.0: a year of four digits or more, never zero, perhaps negative; a zone up to 14 hours.
/// A calendar type of ours would be narrower than the contract.
pub(super) fn is_date(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = unsigned.split_at(digits);
    let right_year = digits >= 4 && (digits == 4 || !year.starts_with('0')) && year.bytes().any(|b| b != b'0');
    let Some((day_of_year, zone)) = rest.split_at_checked(6) else { return false };
    right_year && is_day(year, day_of_year) && is_zone(zone)
}

/// `-MM-DD` in that year.
fn is_day(year: &str, text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes[0] != b'-' || bytes[3] != b'-' {
        return false;
    }
    let (Some(month), Some(day)) = (two_digits(&bytes[1..3]), two_digits(&bytes[4..6])) else { return false };
    let days = match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// Leap by the number itself, of which the last four digits decide.
fn is_leap(year: &str) -> bool {
    let tail: u32 = year[year.len() - 4..].bytes().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    tail.is_multiple_of(4) && (!tail.is_multiple_of(100) || tail.is_multiple_of(400))
}

fn is_zone(zone: &str) -> bool {
    match zone.as_bytes() {
        b"" | b"Z" => true,
        [b'+' | b'-', hours @ .., b':', m1, m2] => match (two_digits(hours), two_digits(&[*m1, *m2])) {
            (Some(14), Some(0)) => true,
            (Some(hours), Some(minutes)) => hours < 14 && minutes < 60,
            _ => false,
        },
        _ => false,
    }
}

fn two_digits(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => Some(u32::from(a - b'0') * 10 + u32::from(b - b'0')),
        _ => None,
    }
}

/// `xs:base64Binary` with its blanks folded: groups of four, and no bits left over in the last one.
pub(super) fn is_base64(text: &str) -> bool {
    let bare: Vec<u8> = text.bytes().filter(|&b| b != b' ').collect();
    let padding = bare.iter().rev().take_while(|&&b| b == b'=').count();
    let digits = &bare[..bare.len() - padding];
    let alphabet = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let last_bits_clear = match (padding, digits.last()) {
        (0, _) => true,
        (1, Some(last)) => b"AEIMQUYcgkosw048".contains(last),
        (2, Some(last)) => b"AQgw".contains(last),
        _ => false,
    };
    bare.len().is_multiple_of(4) && digits.iter().all(alphabet) && last_bits_clear
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn which_dates_are_dates() {
        for (text, right) in [
            ("2026-12-31", true),
            ("2024-02-29", true),
            ("2000-02-29", true),
            ("12026-01-01", true),
            ("-0004-02-29", true),
            ("-0001-01-01", true),
            ("2026-12-31Z", true),
            ("2026-12-31+14:00", true),
            ("2026-12-31-00:00", true),
            ("2026-12-31-13:59", true),
            ("2026-02-29", false),
            ("1900-02-29", false),
            ("-0005-02-29", false),
            ("0000-01-01", false),
            ("-0000-01-01", false),
            ("02026-01-01", false),
            ("226-01-01", false),
            ("2026-13-01", false),
            ("2026-00-10", false),
            ("2026-04-31", false),
            ("2026-1-1", false),
            ("+2026-01-01", false),
            ("2026-12-31z", false),
            ("2026-12-31+14:01", false),
            ("2026-12-31+15:00", false),
            ("2026-12-31+1:00", false),
            ("2026-12-31+0100", false),
            ("2026-12-31T00:00:00", false),
            ("2026-12-31 Z", false),
            ("2026-12-3١", false),
            ("2026-12", false),
            ("", false),
            ("-", false),
        ] {
            assert_eq!(is_date(text), right, "{text}");
        }
    }

    #[test]
    fn which_texts_are_base64() {
        for (text, right) in [
            ("", true),
            ("QUJD", true),
            ("QUI=", true),
            ("AA==", true),
            ("Q U J D", true),
            ("AA= =", true),
            ("QUJ=", false),
            ("QR==", false),
            ("QUJ", false),
            ("====", false),
            ("QQ==QQ==", false),
            ("QUJ-", false),
            ("QUJD!", false),
            ("QU\u{a0}JD", false),
        ] {
            assert_eq!(is_base64(text), right, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in ".{0,20}") {
            let _ = (is_date(&text), is_base64(&text), is_amount(&text));
        }

        #[test]
        fn every_day_is_a_date(days in -1_000_000i64..1_000_000) {
            use chrono::Datelike;
            let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Duration::days(days);
            prop_assume!(day.year() > 0);
            prop_assert!(is_date(&day.format("%Y-%m-%d").to_string()));
        }
    }
}
