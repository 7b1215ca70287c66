//! What the outside world is to hear, and how often it is tried (`domain` 11.4).

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::payment_request::RequestId;

/// Something that somebody is to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number.
    pub id: i64,
    /// Of what it speaks.
    pub subject: Subject,
    /// How often it was tried, always in vain.
    pub attempts: i64,
}

/// Of what a message speaks, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The end of a payment request, to its callback.
    Report(RequestId),
    /// A receipt, to a webhook: the numbers of both.
    Receipt {
        /// The webhook.
        webhook: i64,
        /// The receipt.
        receipt: i64,
    },
    /// An anomaly, to a webhook: the numbers of both.
    Anomaly {
        /// The webhook.
        webhook: i64,
        /// The anomaly.
        anomaly: i64,
    },
    /// Nobody here can tell, as where a later release has put it there.
    Unknown,
}

/// What webhooks can hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// Receipts that were stored.
    Receipt,
    /// Anomalies that were opened.
    Anomaly,
}

impl Topic {
    /// Both.
    pub const ALL: [Topic; 2] = [Topic::Receipt, Topic::Anomaly];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Receipt => "receipt",
            Topic::Anomaly => "anomaly",
        }
    }
}

/// How long to wait after each attempt in vain. The one after the last wait is the last one.
const WAITS: [TimeDelta; 6] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
];

/// How long to wait after so many attempts in vain; none: there are no more. A receiver may ask for more time, up to the
/// longest wait there is.
pub fn wait_after(attempts: i64, asked: Option<TimeDelta>) -> Option<TimeDelta> {
    let longest = WAITS[WAITS.len() - 1];
    let wait = *WAITS.get(usize::try_from(attempts).ok()?.checked_sub(1)?)?;
    Some(wait.max(asked.map_or(wait, |asked| asked.min(longest))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_to_wait() {
        let minutes = |wait: Option<TimeDelta>| wait.map(|wait| wait.num_minutes());
        let asked = |minutes| Some(TimeDelta::minutes(minutes));
        for (attempts, asks, wait) in [
            (0, None, None),
            (1, None, Some(1)),
            (2, None, Some(5)),
            (3, None, Some(30)),
            (4, None, Some(120)),
            (5, None, Some(360)),
            (6, None, Some(1440)),
            (7, None, None),
            (1, asked(0), Some(1)),
            (1, asked(90), Some(90)),
            (1, asked(100_000), Some(1440)),
            (5, asked(90), Some(360)),
            (7, asked(90), None),
        ] {
            assert_eq!(minutes(wait_after(attempts, asks)), wait, "{attempts} {asks:?}");
        }
        let whole: TimeDelta = WAITS.into_iter().sum();
        assert!(whole > TimeDelta::days(1));
    }
}
