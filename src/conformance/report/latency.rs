//! How fast a station answers, against the level of service: 98 answers of 100 within two seconds (`domain` 14).

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::conformance::case::Severity;
use crate::conformance::judge::Breach;
use crate::sandbox::calls::Primitive;
use crate::sandbox::calls::line::{Exchange, Silence};

/// Within so long an answer should come.
const LEVEL: Duration = Duration::from_secs(2);
/// So many of 100 at least.
const SHARE: usize = 98;
/// Fewer calls than these prove little.
const ENOUGH: usize = 20;

/// How long the answers took, in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Latency {
    took: BTreeMap<Primitive, Vec<Took>>,
}

/// How long a call took.
#[derive(Clone, Copy, Debug)]
struct Took {
    ms: u64,
    /// A call that nobody answered is late, however short our patience was.
    answered: bool,
}

/// How long the answers to a primitive took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Its name; `all` for all of them.
    pub primitive: &'static str,
    /// So many calls.
    pub calls: usize,
    /// So many answers within two seconds.
    pub within_level: usize,
    /// Half of the answers were as fast.
    pub p50_ms: u64,
    /// 98 of 100 were as fast.
    pub p98_ms: u64,
    /// The slowest.
    pub max_ms: u64,
}

impl Latency {
    /// Takes note of a call. One that nobody took has no answer to be late.
    pub(in crate::conformance) fn note(&mut self, primitive: Primitive, exchange: &Exchange) {
        if !matches!(exchange.heard, Err(Silence::Unreachable(_))) {
            let ms = u64::try_from(exchange.took.as_millis()).unwrap_or(u64::MAX);
            let took = Took { ms, answered: exchange.heard.is_ok() };
            self.took.entry(primitive).or_default().push(took);
        }
    }

    /// A row for all primitives and one for each that was called.
    pub fn rows(&self) -> Vec<Row> {
        let all: Vec<Took> = self.took.values().flatten().copied().collect();
        let each = self.took.iter().map(|(primitive, took)| row(primitive.name(), took.clone()));
        [row("all", all)].into_iter().chain(each).filter(|row| row.calls > 0).collect()
    }

    /// Whether the level of service is missed.
    pub fn breach(&self) -> Option<Breach> {
        let rows = self.rows();
        let slow: Vec<&Row> = rows.iter().filter(|row| row.within_level * 100 < row.calls * SHARE).collect();
        if slow.is_empty() {
            return None;
        }
        let told = |row: &&Row| format!("{}: {} of {}", row.primitive, row.within_level, row.calls);
        let proven = slow.iter().any(|row| row.calls >= ENOUGH);
        Some(Breach {
            rule: "service-level".into(),
            requirement: "98 calls of 100 are answered within 2 seconds, for each primitive.".into(),
            source: "SANP, service levels".into(),
            severity: if proven { Severity::Must } else { Severity::Should },
            what: format!("in time came {}", slow.iter().map(told).collect::<Vec<_>>().join(", ")),
            cure: Some("Answer verify and get from your own store; ask nobody while the Node waits.".into()),
        })
    }
}

fn row(primitive: &'static str, calls: Vec<Took>) -> Row {
    let level = u64::try_from(LEVEL.as_millis()).unwrap_or(u64::MAX);
    let within_level = calls.iter().filter(|took| took.answered && took.ms <= level).count();
    let mut took: Vec<u64> = calls.iter().map(|took| took.ms).collect();
    took.sort_unstable();
    // The smallest value that so many of 100 do not exceed.
    let percentile = |percent: usize| took.get((took.len() * percent).div_ceil(100).saturating_sub(1)).copied();
    Row {
        primitive,
        calls: took.len(),
        within_level,
        p50_ms: percentile(50).unwrap_or_default(),
        p98_ms: percentile(98).unwrap_or_default(),
        max_ms: took.last().copied().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(took: &[(u64, usize)]) -> Latency {
        let mut latency = Latency::default();
        let took = took.iter().map(|(ms, times)| (Took { ms: *ms, answered: true }, *times));
        let all = took.flat_map(|(took, times)| std::iter::repeat_n(took, times));
        latency.took.insert(Primitive::Verify, all.collect());
        latency
    }

    #[test]
    fn when_a_station_is_too_slow() {
        for (took, severity) in [
            (&[] as &[_], None),
            (&[(10, 100)], None),
            (&[(2_000, 100)], None),
            (&[(10, 98), (6_000, 2)], None),
            (&[(10, 97), (6_000, 3)], Some(Severity::Must)),
            (&[(10, 19), (2_001, 1)], Some(Severity::Must)),
            (&[(10, 18), (2_001, 1)], Some(Severity::Should)),
        ] {
            assert_eq!(calls(took).breach().map(|breach| breach.severity), severity, "{took:?}");
        }
    }

    #[test]
    fn who_says_nothing_is_late_however_short_the_patience() {
        for (silence, in_time) in [
            (Silence::TimedOut, Some(0)),
            (Silence::Broken("the connection was closed".into()), Some(0)),
            (Silence::Unreachable("nobody listens".into()), None),
        ] {
            let mut latency = Latency::default();
            let exchange = Exchange { sent: vec![], heard: Err(silence), took: Duration::from_millis(100) };
            latency.note(Primitive::Verify, &exchange);
            assert_eq!(latency.rows().first().map(|row| row.within_level), in_time);
            assert_eq!(latency.breach().is_some(), in_time.is_some());
        }
    }

    #[test]
    fn what_the_rows_say() {
        let rows = calls(&[(10, 50), (20, 48), (3_000, 2)]).rows();
        let row = Row { primitive: "all", calls: 100, within_level: 98, p50_ms: 10, p98_ms: 20, max_ms: 3_000 };
        assert_eq!(rows, [row.clone(), Row { primitive: "paVerifyPaymentNotice", ..row }]);
    }
}
