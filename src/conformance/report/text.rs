//! The report for people: a line for each case, then what is broken and why, what could not be tried, and how fast.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{CaseReport, Report, Result};
use crate::conformance::case::Severity;
use crate::conformance::judge::Breach;

/// So many failures are read without a summary.
const FEW: usize = 10;

/// Writes it.
pub fn write(report: &Report, strict: bool) -> String {
    let width = report.cases.iter().map(|case| case.id.len()).max().unwrap_or_default();
    let mut lines: Vec<String> = report.cases.iter().map(|case| line(case, width)).collect();
    let broken: Vec<&CaseReport> = report.cases.iter().filter(|case| !case.breaches().is_empty()).collect();
    if !broken.is_empty() {
        lines.push(String::new());
        lines.push("What is wrong".into());
        if broken.len() > FEW {
            lines.push(String::new());
            lines.extend(by_rule(&broken));
        }
        for case in broken {
            lines.push(String::new());
            lines.extend(case_in_full(case));
        }
    }
    lines.extend(not_run(report));
    lines.extend(latency(report));
    if !report.remarks.is_empty() {
        lines.push(String::new());
        lines.push("Of the fixtures".into());
        lines.extend(report.remarks.iter().map(|remark| format!("  {remark}")));
    }
    lines.extend(paid_before(report));
    lines.push(String::new());
    lines.push(summary(report, strict));
    lines.join("\n") + "\n"
}

fn line(case: &CaseReport, width: usize) -> String {
    format!("{:<8} {:<width$} {}", word(case), case.id, case.title)
}

fn word(case: &CaseReport) -> &'static str {
    match &case.result {
        Result::Held => "ok",
        Result::NotRun(_) => "not run",
        Result::Broken(_) if case.breaks_a_must() => "BROKEN",
        Result::Broken(_) => "advice",
    }
}

/// In how many cases each rule is broken, the most broken first.
fn by_rule(broken: &[&CaseReport]) -> Vec<String> {
    let mut cases: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for case in broken {
        let rules: BTreeMap<_, _> = case.breaches().iter().map(|it| (&*it.rule, &*it.requirement)).collect();
        for (rule, requirement) in rules {
            cases.entry(rule).or_insert((0, requirement)).0 += 1;
        }
    }
    let mut rules: Vec<_> = cases.into_iter().collect();
    rules.sort_by_key(|(_, (count, _))| Reverse(*count));
    let width = rules.iter().map(|(rule, _)| rule.len()).max().unwrap_or_default();
    rules.into_iter().map(|(rule, (count, text))| format!("{count:>5} {rule:<width$} {text}")).collect()
}

fn case_in_full(case: &CaseReport) -> Vec<String> {
    let mut lines = vec![format!("{} {}: {}", word(case), case.id, case.title)];
    for breach in case.breaches() {
        lines.extend(breach_in_full(breach));
    }
    if let Some(said) = &case.exchange {
        let status = said.status.map(|status| format!("{status} ")).unwrap_or_default();
        lines.push(format!("  sent    {}", said.sent));
        lines.push(format!("  heard   {status}{} ({} ms)", said.heard, said.took_ms));
    }
    lines
}

fn breach_in_full(breach: &Breach) -> Vec<String> {
    let mut lines = vec![
        format!("  wrong   {}", breach.what),
        format!("  rule    {} ({}): {}", breach.rule, breach.severity.as_str(), breach.requirement),
        format!("  source  {}", breach.source),
    ];
    lines.extend(breach.cure.iter().map(|cure| format!("  cure    {cure}")));
    lines
}

fn not_run(report: &Report) -> Vec<String> {
    let mut lacking: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in &report.cases {
        if let Result::NotRun(what) = &case.result {
            lacking.entry(what).or_default().push(&case.id);
        }
    }
    let line = |(what, cases): (&str, Vec<&str>)| format!("  {what}: {}", cases.join(", "));
    let lines: Vec<_> = lacking.into_iter().map(line).collect();
    if lines.is_empty() { lines } else { [vec![String::new(), "What could not be tried".into()], lines].concat() }
}

/// What most likely lies behind many failures at once.
fn paid_before(report: &Report) -> Vec<String> {
    let paid = report.cases.iter().filter(|case| case.paid_before).count();
    if paid < 2 {
        return vec![];
    }
    let told = format!(
        "In {paid} cases a notice was paid already that by the fixtures can be paid. Was this suite run before? It pays\n\
         notices: load the fixtures into a fresh store, and run it again."
    );
    vec![String::new(), told]
}

fn latency(report: &Report) -> Vec<String> {
    let rows = report.latency.rows();
    if rows.is_empty() {
        return vec![];
    }
    let mut lines = vec![
        String::new(),
        format!(
            "{:<24} {:>6} {:>12} {:>8} {:>8} {:>8}",
            "How fast", "calls", "within 2 s", "p50 ms", "p98 ms", "max ms"
        ),
    ];
    lines.extend(rows.iter().map(|row| {
        let (p50, p98, max) = (row.p50_ms, row.p98_ms, row.max_ms);
        format!("{:<24} {:>6} {:>12} {p50:>8} {p98:>8} {max:>8}", row.primitive, row.calls, row.within_level)
    }));
    lines.extend(report.latency.breach().iter().flat_map(breach_in_full));
    lines
}

fn summary(report: &Report, strict: bool) -> String {
    let sum = report.summary(strict);
    let mut parts = vec![format!("{} held", sum.held), format!("{} broken", sum.broken)];
    let mut more = |count: usize, what: &str| {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    };
    more(sum.advised, if strict { "broken that only should hold" } else { "worth a look" });
    more(sum.not_run, "not run");
    more(sum.left_out, "left out, since they change the station");
    let slow = report.latency.breach().filter(|breach| strict || breach.severity == Severity::Must);
    let verdict = match (sum.conforms, slow) {
        (true, _) => "the station keeps to the rules that were tried",
        (false, Some(_)) if sum.broken == 0 => "the station is too slow",
        (false, _) if sum.held + sum.broken + sum.advised == 0 => "nothing could be tried",
        (false, _) => "the station breaks rules",
    };
    format!("{}: {verdict}.", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::conformance::case::Case;
    use crate::conformance::report::Latency;

    fn broken(number: usize, rules: &[&str], paid_before: bool) -> CaseReport {
        let text = "title = \"t\"\nprimitive = \"paGetPayment\"\nrule = \"case\"\nrequirement = \"r\"\nsource = \"s\"\n\
                    expect.outcome = [\"OK\"]";
        let case = Case::parse(&format!("own/{number}"), text).unwrap().remove(0);
        let breach = |rule: &&str| Breach {
            rule: (*rule).into(),
            requirement: format!("Keep to {rule}."),
            source: "a test".into(),
            severity: Severity::Must,
            what: "it does not".into(),
            cure: None,
        };
        let result = Result::Broken(rules.iter().map(breach).collect());
        CaseReport { result, paid_before, ..CaseReport::of(&case) }
    }

    fn told(cases: Vec<CaseReport>) -> String {
        write(&Report::new("http://localhost/", DateTime::UNIX_EPOCH, cases, 0, Latency::default(), vec![]), false)
    }

    #[test]
    fn many_failures_begin_with_how_many_of_each_rule() {
        let cases =
            |count| (0..count).map(|it| broken(it, if it < 3 { &["sum", "sum", "schema"] } else { &["sum"] }, false));
        assert!(!told(cases(FEW).collect()).contains("Keep to sum.\n    3"));
        let many = told(cases(FEW + 1).collect());
        assert!(
            many.contains("What is wrong\n\n   11 sum    Keep to sum.\n    3 schema Keep to schema.\n\nBROKEN"),
            "{many}"
        );
    }

    #[test]
    fn a_second_run_is_told_once() {
        let told = |paid: usize| told((0..4).map(|it| broken(it, &["sum"], it < paid)).collect());
        for (paid, asked) in [(0, false), (1, false), (2, true), (4, true)] {
            assert_eq!(told(paid).contains(&format!("In {paid} cases a notice was paid already")), asked, "{paid}");
        }
    }
}
