//! The dates of a position: date-times without a zone that mean UTC (`gpd-api` 2), and bare days in a CSV.

use chrono::{DateTime, NaiveDate, Utc};

use super::defect::Complaint;

/// Reads `YYYY-MM-DDThh:mm[:ss[.fraction]]`, with or without a `Z`. Fractions are kept to the microsecond, which is
/// what every database can hold: the same file read again must compare equal.
pub(crate) fn moment(text: &str) -> Result<DateTime<Utc>, Complaint> {
    parse(text).ok_or_else(|| {
        Complaint::new(
            "must be a date-time in UTC, without an offset",
            "write it as 2026-12-31T22:59:59 or 2026-12-31T22:59:59Z",
        )
    })
}

fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (date, time) = text.split_once('T')?;
    let (clock, fraction) = match time.split_once('.') {
        Some((clock, fraction)) if clock.len() == 8 => (clock, Some(fraction)),
        Some(_) => return None,
        None => (time, None),
    };
    let mut parts = clock.split(':');
    let hour = number(parts.next()?, 2)?;
    let minute = number(parts.next()?, 2)?;
    let second = parts.next().map_or(Some(0), |second| number(second, 2))?;
    if parts.next().is_some() {
        return None;
    }
    let micros = fraction.map_or(Some(0), micros)?;
    Some(day(date)?.and_hms_micro_opt(hour, minute, second, micros)?.and_utc())
}

/// The microseconds of one to nine decimals.
fn micros(fraction: &str) -> Option<u32> {
    let nanos = (1..=9).contains(&fraction.len()).then(|| format!("{fraction:0<9}"))?;
    Some(number(&nanos, 9)? / 1000)
}

/// Reads `YYYY-MM-DD`.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if year == 0 || parts.next().is_some() {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// The last second of a day in Italy, which is what a bare day means in a CSV, in the form [`moment`] reads.
pub(crate) fn end_of_day(day: NaiveDate) -> Option<String> {
    let local = day.and_hms_opt(23, 59, 59)?.and_local_timezone(chrono_tz::Europe::Rome).latest()?;
    Some(local.to_utc().format("%Y-%m-%dT%H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_dates_can_be_read() {
        for (text, read) in [
            ("2026-12-31T22:59:59", Some("2026-12-31T22:59:59+00:00")),
            ("2026-12-31T22:59:59Z", Some("2026-12-31T22:59:59+00:00")),
            ("2026-12-31T22:59", Some("2026-12-31T22:59:00+00:00")),
            ("2026-12-31T22:59:59.5Z", Some("2026-12-31T22:59:59.500+00:00")),
            ("2026-12-31T22:59:59.123456789", Some("2026-12-31T22:59:59.123456+00:00")),
            ("2026-12-31T22:59:59.1234567890", None),
            ("2026-12-31T22:59:59.", None),
            ("2026-12-31T22:59.5", None),
            ("2026-12-31T22:59:59+01:00", None),
            ("2026-12-31T22:59:60", None),
            ("2026-12-31T24:00:00", None),
            ("2026-02-30T00:00:00", None),
            ("0000-01-01T00:00:00", None),
            ("2026-1-1T00:00:00", None),
            ("+2026-01-01T00:00:00", None),
            ("2026-12-31 22:59:59", None),
            ("2026-12-31", None),
            ("", None),
        ] {
            assert_eq!(moment(text).ok().map(|at| at.to_rfc3339()).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn when_a_day_ends_in_italy() {
        for (text, utc) in [
            ("2026-12-31", Some("2026-12-31T22:59:59")),
            ("2026-06-30", Some("2026-06-30T21:59:59")),
            ("2026-03-29", Some("2026-03-29T21:59:59")),
            ("2026-10-25", Some("2026-10-25T22:59:59")),
            ("2026-02-29", None),
            ("31/12/2026", None),
        ] {
            assert_eq!(day(text).and_then(end_of_day).as_deref(), utc, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_date_or_an_error(text in ".{0,30}") {
            let _ = (moment(&text), day(&text).and_then(end_of_day));
        }
    }
}
