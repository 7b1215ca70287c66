//! The report for what runs tests: JUnit's XML, a suite for each primitive and one for the level of service.
//!
//! A rule that only should hold is no failure unless the run is strict: what is wrong stands in `system-out`.

use std::collections::BTreeMap;

use super::{CaseReport, Report, Result};
use crate::conformance::case::Severity;
use crate::conformance::judge::Breach;
use crate::xml::Writer;

/// Writes it.
pub fn write(report: &Report, strict: bool) -> String {
    let mut suites: BTreeMap<&str, Vec<&CaseReport>> = BTreeMap::new();
    for case in &report.cases {
        suites.entry(case.primitive).or_default().push(case);
    }
    let mut xml = Writer::new();
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.open_with("testsuites", &[("name", "ec-station conformance")]).raw("\n");
    for (primitive, cases) in suites {
        let count = |wanted: &dyn Fn(&CaseReport) -> bool| cases.iter().filter(|case| wanted(case)).count().to_string();
        let failures = count(&|case| fails(case, strict));
        let skipped = count(&|case| matches!(case.result, Result::NotRun(_)));
        let time = seconds(cases.iter().map(|case| case.took_ms).sum());
        suite(&mut xml, primitive, [&cases.len().to_string(), &failures, &skipped, &time], report);
        for case in cases {
            test(&mut xml, case, strict);
        }
        xml.close("testsuite").raw("\n");
    }
    let slow = report.latency.breach();
    let too_slow = slow.as_ref().filter(|breach| strict || breach.severity == Severity::Must);
    suite(&mut xml, "service level", ["1", if too_slow.is_some() { "1" } else { "0" }, "0", "0.000"], report);
    open_test(&mut xml, "service-level", "98 of 100 answers within 2 seconds", "0.000");
    match (too_slow, &slow) {
        (Some(breach), _) => failure(&mut xml, &[breach], ""),
        (None, Some(breach)) => {
            xml.element("system-out", &breach.what);
        }
        (None, None) => {}
    }
    xml.close("testcase").raw("\n").close("testsuite").raw("\n").close("testsuites").raw("\n");
    xml.finish()
}

fn fails(case: &CaseReport, strict: bool) -> bool {
    case.breaks_a_must() || (strict && !case.breaches().is_empty())
}

fn suite(xml: &mut Writer, name: &str, [tests, failures, skipped, time]: [&str; 4], report: &Report) {
    let at = report.at.format("%Y-%m-%dT%H:%M:%S").to_string();
    let attributes = [
        ("name", name),
        ("tests", tests),
        ("failures", failures),
        ("errors", "0"),
        ("skipped", skipped),
        ("time", time),
        ("timestamp", &at),
        ("hostname", &host(&report.url)),
    ];
    xml.open_with("testsuite", &attributes).raw("\n");
}

/// Of an address, who is called.
fn host(url: &str) -> String {
    let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| url.to_owned())
}

fn open_test(xml: &mut Writer, rule: &str, name: &str, time: &str) {
    xml.open_with("testcase", &[("classname", rule), ("name", name), ("time", time)]);
}

fn test(xml: &mut Writer, case: &CaseReport, strict: bool) {
    open_test(xml, &case.rule, &format!("{}: {}", case.id, case.title), &seconds(case.took_ms));
    let said =
        case.exchange.as_ref().map(|it| format!("sent:  {}\nheard: {}\n", it.sent, it.heard)).unwrap_or_default();
    match &case.result {
        Result::Held => {}
        Result::NotRun(lacking) => {
            xml.open_with("skipped", &[("message", lacking)]).close("skipped");
        }
        Result::Broken(breaches) if fails(case, strict) => {
            failure(xml, &breaches.iter().collect::<Vec<_>>(), &said);
        }
        Result::Broken(breaches) => {
            xml.element("system-out", &(told(&breaches.iter().collect::<Vec<_>>()) + &said));
        }
    }
    xml.close("testcase").raw("\n");
}

fn failure(xml: &mut Writer, breaches: &[&Breach], said: &str) {
    let (kind, message) = breaches.first().map_or(("", ""), |breach| (&*breach.rule, &*breach.what));
    xml.open_with("failure", &[("type", kind), ("message", message)]).text(&(told(breaches) + said)).close("failure");
}

fn told(breaches: &[&Breach]) -> String {
    let line =
        |breach: &&Breach| format!("{}: {}\n  {} ({})\n", breach.rule, breach.what, breach.requirement, breach.source);
    breaches.iter().map(line).collect()
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}
