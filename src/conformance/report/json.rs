//! The report for machines. Its members stay as they are; there may come more.
//!
//! ```json
//! {"url": "http://localhost:8080/soap/paForNode", "at": "2026-11-22T12:00:00Z",
//!  "summary": {"held": 96, "broken": 1, "advised": 1, "notRun": 2, "leftOut": 0, "conforms": false},
//!  "cases": [{"id": "any/expired:paGetPayment", "title": "…", "primitive": "paGetPayment", "rule": "expired-notice",
//!             "severity": "must", "result": "held | broken | advice | not-run", "tookMs": 3, "lacking": "…",
//!             "breaches": [{"rule": "…", "requirement": "…", "source": "…", "severity": "must | should", "what": "…",
//!                           "cure": "…"}],
//!             "exchange": {"primitive": "…", "sent": "…", "status": 200, "contentType": "text/xml", "heard": "…",
//!                          "tookMs": 3}}],
//!  "latency": {"rows": [{"primitive": "all", "calls": 120, "withinLevel": 120, "p50Ms": 2, "p98Ms": 9, "maxMs": 30}],
//!              "breach": null},
//!  "remarks": ["…"]}
//! ```
//!
//! `broken` is a case that breaks a rule that must hold, `advice` one that breaks only rules that should: so they are
//! counted in the summary, as `broken` and `advised`. Both have `breaches` and `exchange`; what was not run has `lacking`.

use serde::Serialize;

use super::{CaseReport, Exchanged, Report, Result, Row, Summary};
use crate::conformance::case::Severity;
use crate::conformance::judge::Breach;

#[derive(Serialize)]
struct Written<'a> {
    url: &'a str,
    at: String,
    summary: Summary,
    cases: Vec<WrittenCase<'a>>,
    latency: WrittenLatency,
    remarks: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenCase<'a> {
    id: &'a str,
    title: &'a str,
    primitive: &'a str,
    rule: &'a str,
    severity: Severity,
    result: &'static str,
    took_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lacking: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Breach]>::is_empty")]
    breaches: &'a [Breach],
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<&'a Exchanged>,
}

#[derive(Serialize)]
struct WrittenLatency {
    rows: Vec<Row>,
    breach: Option<Breach>,
}

/// Writes it.
pub fn write(report: &Report, strict: bool) -> String {
    let written = Written {
        url: &report.url,
        at: report.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        summary: report.summary(strict),
        cases: report.cases.iter().map(case).collect(),
        latency: WrittenLatency { rows: report.latency.rows(), breach: report.latency.breach() },
        remarks: &report.remarks,
    };
    serde_json::to_string_pretty(&written).map(|text| text + "\n").unwrap_or_default()
}

fn case(case: &CaseReport) -> WrittenCase<'_> {
    let (result, lacking) = match &case.result {
        Result::Held => ("held", None),
        Result::Broken(_) if case.breaks_a_must() => ("broken", None),
        Result::Broken(_) => ("advice", None),
        Result::NotRun(lacking) => ("not-run", Some(lacking.as_str())),
    };
    WrittenCase {
        id: &case.id,
        title: &case.title,
        primitive: case.primitive,
        rule: &case.rule,
        severity: case.severity,
        result,
        took_ms: case.took_ms,
        lacking,
        breaches: case.breaches(),
        exchange: case.exchange.as_ref().filter(|_| !case.breaches().is_empty()),
    }
}
