//! The time that a list is about: `from` and `to`, and what they are where they are not given (`gpd-api` 13.1). Pure.

use actix_web::http::StatusCode;
use chrono::{DateTime, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use crate::rest::problem::Problem;
use crate::rest::query::Query;

const SECOND: &str = "%Y-%m-%dT%H:%M:%S";

/// How far a list reaches where only one end is given, or none.
const REACH: Months = Months::new(3);

/// The ends of a time, as far as they are given.
type Ends = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// From one second to another, both included, as receipts write them: in Rome's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: String,
    pub(super) to: String,
}

impl Window {
    /// Reads both ends. A receipt that is dated later than now is listed only when it is asked for.
    pub(super) fn read(from: Option<&str>, to: Option<&str>, now: DateTime<Utc>) -> Result<Window, Problem> {
        let now = now.with_timezone(&chrono_tz::Europe::Rome).naive_local();
        Window::between(from, to, now).ok_or_else(invalid)
    }

    fn between(from: Option<&str>, to: Option<&str>, now: NaiveDateTime) -> Option<Window> {
        let from = from.map(|text| moment(text, NaiveTime::MIN).ok_or(())).transpose().ok()?;
        let to = to.map(|text| moment(text, last_second()).ok_or(())).transpose().ok()?;
        let (from, to) = match (from, to) {
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => (from, from.checked_add_months(REACH)?.min(now)),
            (None, to) => {
                let to = to.unwrap_or(now);
                (to.checked_sub_months(REACH)?, to)
            }
        };
        let text = |moment: NaiveDateTime| moment.format(SECOND).to_string();
        (from <= to).then(|| Window { from: text(from), to: text(to) })
    }
}

/// `from` and `to` of what the station dates itself, in UTC; nothing stands in for what is not given.
pub(in crate::rest) fn instants(query: &Query) -> Result<Ends, Problem> {
    let read = |name, bare, more| match query.text(name) {
        None => Ok(None),
        Some(text) => moment(text, bare).map(|moment| Some(moment.and_utc() + more)).ok_or_else(invalid),
    };
    // Up to the end of its last second.
    let (from, to) = (
        read("from", NaiveTime::MIN, TimeDelta::zero())?,
        read("to", last_second(), TimeDelta::microseconds(999_999))?,
    );
    if from.zip(to).is_some_and(|(from, to)| from > to) { Err(invalid()) } else { Ok((from, to)) }
}

/// A day, at a time, or a day and its time. The year has four digits, so that texts sort like times.
fn moment(text: &str, bare: NaiveTime) -> Option<NaiveDateTime> {
    let digits_first = text.bytes().take(4).all(|b| b.is_ascii_digit());
    match text.len() {
        10 if digits_first => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(bare)),
        19 if digits_first => NaiveDateTime::parse_from_str(text, SECOND).ok(),
        _ => None,
    }
}

fn last_second() -> NaiveTime {
    NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(NaiveTime::MIN)
}

fn invalid() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "Invalid date range",
        "The requested date range is invalid. Supported formats are yyyy-MM-dd and yyyy-MM-dd'T'HH:mm:ss, and 'from' must \
         be less than or equal to 'to'.",
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn what_time_a_list_is_about() {
        // One o'clock in Rome.
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap();
        for (from, to, window) in [
            ("", "", Some(("2026-08-22T13:00:00", "2026-11-22T13:00:00"))),
            ("2026-01-31", "", Some(("2026-01-31T00:00:00", "2026-04-30T00:00:00"))),
            ("2026-10-01T10:20:30", "", Some(("2026-10-01T10:20:30", "2026-11-22T13:00:00"))),
            ("", "2026-05-31", Some(("2026-02-28T23:59:59", "2026-05-31T23:59:59"))),
            ("", "2027-05-31T01:02:03", Some(("2027-02-28T01:02:03", "2027-05-31T01:02:03"))),
            ("2020-01-01", "2030-01-01", Some(("2020-01-01T00:00:00", "2030-01-01T23:59:59"))),
            ("2026-05-31", "2026-05-31", Some(("2026-05-31T00:00:00", "2026-05-31T23:59:59"))),
            ("2026-05-31", "2026-05-30", None),
            ("2026-11-22T14:00:00", "", None),
            ("2026-02-30", "", None),
            ("2026-2-3", "", None),
            ("22/11/2026", "", None),
            ("+026-01-01", "", None),
            ("2026-01-01 00:00:00", "", None),
            ("2026-01-01T00:00:00Z", "", None),
            ("2026-01-01T24:00:00", "", None),
            ("", "yesterday", None),
        ] {
            let given = |text: &'static str| (!text.is_empty()).then_some(text);
            let read = Window::read(given(from), given(to), now).ok();
            let expected = window.map(|(from, to)| Window { from: from.into(), to: to.into() });
            assert_eq!(read, expected, "{from} to {to}");
        }
    }
}
