//! Date-times as GPD writes them: UTC without a zone, a fraction only where there is one (`gpd-api` 2).

use chrono::{DateTime, Utc};

/// A date-time.
pub(super) fn local(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.f").to_string()
}

/// A date-time that may be absent.
pub(super) fn maybe(at: Option<DateTime<Utc>>) -> Option<String> {
    at.map(local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_written_where_there_are_any() {
        for (text, written) in [
            ("2026-11-22T12:00:00Z", "2026-11-22T12:00:00"),
            ("2026-11-22T12:00:00.5Z", "2026-11-22T12:00:00.500"),
            ("2026-11-22T12:00:00.000001Z", "2026-11-22T12:00:00.000001"),
        ] {
            assert_eq!(local(text.parse().unwrap()), written);
        }
    }
}
