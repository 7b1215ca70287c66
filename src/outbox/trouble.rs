//! Why a message was not heard, in words that operators may read: no URL, no header, nobody's data.

use chrono::{DateTime, TimeDelta, Utc};

/// Why a message was not heard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    /// The receiver may not be called, as far as its URL tells.
    #[error("the settings do not let its URL be called")]
    NotAllowed,
    /// The receiver's name leads inward.
    #[error("its name leads to no public address")]
    Inward,
    /// Nobody took the call.
    #[error("the receiver could not be reached: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("the receiver did not answer in time")]
    Late,
    /// The connection broke, or what came was no answer.
    #[error("the receiver's answer cannot be read: {0}")]
    Broken(String),
    /// The receiver did not take it.
    #[error("the receiver answered {status}")]
    Declined {
        /// With this status.
        status: u16,
        /// And perhaps said when to come again.
        retry_after: Option<String>,
    },
    /// The receiver wants it brought to somebody else.
    #[error("the receiver answered {0}, and nobody is followed elsewhere")]
    Elsewhere(u16),
    /// The receiver wants to hear no more.
    #[error("the receiver answered 410: it is gone")]
    Gone,
    /// The webhook was ended.
    #[error("the webhook was removed")]
    Removed,
    /// What the message speaks of cannot be read.
    #[error("what it speaks of cannot be read")]
    Unreadable,
    /// The message itself cannot be read.
    #[error("this release cannot tell what it speaks of")]
    Unknown,
}

impl Trouble {
    /// The trouble that a status means; none: the message was heard.
    pub(super) fn of(status: u16, retry_after: Option<&str>) -> Option<Trouble> {
        match status {
            200..=299 => None,
            300..=399 => Some(Trouble::Elsewhere(status)),
            410 => Some(Trouble::Gone),
            _ => Some(Trouble::Declined { status, retry_after: retry_after.map(str::to_owned) }),
        }
    }

    /// Whether it will be the same however often it is tried.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Trouble::Gone | Trouble::Removed | Trouble::Unknown)
    }

    /// How long the receiver asked to be left alone: seconds, or until a date.
    pub(super) fn asked(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let Trouble::Declined { retry_after: Some(text), .. } = self else { return None };
        let text = text.trim();
        match text.parse::<u32>() {
            Ok(seconds) => Some(TimeDelta::seconds(seconds.into())),
            Err(_) => DateTime::parse_from_rfc2822(text).ok().map(|until| until.to_utc() - now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_status_means() {
        let declined = |status| Some(Trouble::Declined { status, retry_after: None });
        for (status, trouble) in [
            (200, None),
            (204, None),
            (299, None),
            (301, Some(Trouble::Elsewhere(301))),
            (304, Some(Trouble::Elsewhere(304))),
            (308, Some(Trouble::Elsewhere(308))),
            (400, declined(400)),
            (404, declined(404)),
            (410, Some(Trouble::Gone)),
            (429, declined(429)),
            (500, declined(500)),
        ] {
            assert_eq!(Trouble::of(status, None), trouble, "{status}");
        }
    }

    #[test]
    fn how_long_a_receiver_asks_to_be_left_alone() {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        for (text, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 22 Nov 2026 12:05:00 GMT", Some(300)),
            ("Sun, 22 Nov 2026 11:59:00 GMT", Some(-60)),
            ("-5", None),
            ("1.5", None),
            ("99999999999999999999", None),
            ("soon", None),
            ("", None),
        ] {
            let asked = Trouble::of(503, Some(text)).unwrap().asked(now);
            assert_eq!(asked.map(|asked| asked.num_seconds()), seconds, "{text}");
        }
        assert_eq!(Trouble::Late.asked(now), None);
    }
}
