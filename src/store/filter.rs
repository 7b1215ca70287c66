//! What operators may ask of the lists of receipts and anomalies.

use chrono::{DateTime, Utc};

use crate::domain::codes::SegregationCodes;

/// Which receipts or anomalies to list, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only the one with this number.
    pub id: Option<i64>,
    /// Of this organization only; a receipt belongs to its recipient.
    pub organization: Option<String>,
    /// Of notices with these codes only.
    pub codes: SegregationCodes,
    /// Of this notice only.
    pub nav: Option<String>,
    /// Of this kind only, by its stable name.
    pub kind: Option<&'static str>,
    /// Only what is still open, or closed.
    pub open: Option<bool>,
    /// That came at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// That came at this time or before.
    pub to: Option<DateTime<Utc>>,
    /// With a lower number: where the page before ended.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: i64,
}
