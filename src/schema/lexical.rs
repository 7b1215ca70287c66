//! The lexical rules of XML Schema's built-in types, to the letter: white space, dates, base64, booleans, numbers.

use std::borrow::Cow;

/// White space as XML means it; other blanks are characters like any other.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Folds blanks as `whiteSpace="collapse"` does.
pub(crate) fn collapse(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(is_blank) {
        return text;
    }
    text.split(is_blank).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ").into()
}

/// Makes every blank a space, as `whiteSpace="replace"` does.
pub(super) fn replace(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains(['\t', '\n', '\r']) { text.replace(is_blank, " ").into() } else { text }
}

/// `xs:date` of XML Schema 1.0: a year of four digits or more, never zero, perhaps negative; a zone up to 14 hours.
/// A calendar type of ours would be narrower than the contract.
pub(crate) fn is_date(text: &str) -> bool {
    after_day(text).is_some_and(is_zone)
}

/// `xs:dateTime` of XML Schema 1.0: a date, the time of day to any fraction of a second, perhaps a zone. Midnight may
/// be written as the twenty-fourth hour of the day that ends.
pub(super) fn is_date_time(text: &str) -> bool {
    let Some((time, zone)) = after_day(text).and_then(|rest| rest.strip_prefix('T')?.split_at_checked(8)) else {
        return false;
    };
    let (fraction, zone) = match zone.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
        None => ("0", zone),
    };
    !fraction.is_empty() && is_time(time, fraction) && is_zone(zone)
}

/// What follows the year, the month and the day of a date; none if there is no such day.
fn after_day(text: &str) -> Option<&str> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = unsigned.split_at(digits);
    let right_year = digits >= 4 && (digits == 4 || !year.starts_with('0')) && year.bytes().any(|b| b != b'0');
    let (day_of_year, rest) = rest.split_at_checked(6)?;
    (right_year && is_day(year, day_of_year)).then_some(rest)
}

/// `hh:mm:ss`, and the digits of a fraction of a second.
fn is_time(time: &str, fraction: &str) -> bool {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = time.as_bytes() else { return false };
    match (two_digits(&[*h1, *h2]), two_digits(&[*m1, *m2]), two_digits(&[*s1, *s2])) {
        (Some(24), Some(0), Some(0)) => fraction.bytes().all(|b| b == b'0'),
        (Some(hours), Some(minutes), Some(seconds)) => hours < 24 && minutes < 60 && seconds < 60,
        _ => false,
    }
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
pub(crate) fn is_base64(text: &str) -> bool {
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

/// `xs:boolean`.
pub(super) fn is_boolean(text: &str) -> bool {
    matches!(text, "true" | "false" | "1" | "0")
}

/// `xs:integer`: digits, perhaps a sign before them.
pub(super) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
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
    fn which_instants_are_instants() {
        for (text, right) in [
            ("2026-12-31T00:00:00", true),
            ("2026-12-31T23:59:59", true),
            ("2026-12-31T23:59:59.999999999999", true),
            ("2026-12-31T24:00:00", true),
            ("2026-12-31T24:00:00.000", true),
            ("2026-12-31T12:00:00Z", true),
            ("2026-12-31T12:00:00.5+02:00", true),
            ("-0004-02-29T12:00:00-14:00", true),
            ("2026-12-31", false),
            ("2026-12-31T", false),
            ("2026-12-31T12:00", false),
            ("2026-12-31T12:00Z", false),
            ("2026-12-31T12:00:00.", false),
            ("2026-12-31T12:00:00.Z", false),
            ("2026-12-31T24:00:01", false),
            ("2026-12-31T24:00:00.1", false),
            ("2026-12-31T25:00:00", false),
            ("2026-12-31T12:60:00", false),
            ("2026-12-31T12:00:60", false),
            ("2026-12-31 12:00:00", false),
            ("2026-12-31t12:00:00", false),
            ("2026-02-29T12:00:00", false),
            ("2026-12-31T1:00:00", false),
            ("2026-12-31T12:00:00+1", false),
            ("2026-12-31T12:00:0\u{661}", false),
            ("", false),
        ] {
            assert_eq!(is_date_time(text), right, "{text}");
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
            let _ = (is_date(&text), is_date_time(&text), is_base64(&text));
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
