//! Our own station keeps to the whole suite.

use ec_station::conformance::report::{Report, Result as Ended};
use ec_station::intake::Validation;
use ec_station::settings::{OrphanReceipt, SyntaxFault};

use super::{a_station_of_the_example, all_cases, tried};

/// The cases that break a rule, with their breaches.
fn broken(report: &Report, must: bool) -> Vec<String> {
    let cases = report.cases.iter().filter(|case| !case.breaches().is_empty() && (!must || case.breaks_a_must()));
    cases.map(|case| format!("{}: {:?}", case.id, case.breaches())).collect()
}

fn not_run(report: &Report) -> Vec<String> {
    let why = |case: &ec_station::conformance::report::CaseReport| match &case.result {
        Ended::NotRun(why) => Some(format!("{}: {why}", case.id)),
        _ => None,
    };
    report.cases.iter().filter_map(why).collect()
}

#[test]
fn a_strict_station_keeps_every_rule() {
    let station = a_station_of_the_example(|_| ());
    let report = tried(&format!("{}/soap/paForNode", station.url()), all_cases());
    assert_eq!(not_run(&report), Vec::<String>::new());
    assert_eq!(broken(&report, false), Vec::<String>::new(), "also those that should hold");
    assert_eq!(report.exit_code(true), 0);
}

#[test]
fn a_station_that_follows_gpd_keeps_every_rule_that_must_hold() {
    let station = a_station_of_the_example(|settings| {
        settings.validation = Validation::Gpd;
        settings.syntax_fault = SyntaxFault::Xsd;
        settings.orphan_receipt = OrphanReceipt::FaultSconosciuto;
    });
    let report = tried(&format!("{}/soap/paForNode", station.url()), all_cases());
    assert_eq!(not_run(&report), Vec::<String>::new());
    assert_eq!(broken(&report, true), Vec::<String>::new());
    assert_eq!(report.exit_code(false), 0);
    // GPD asks nobody who he is.
    let lenient: Vec<_> =
        report.cases.iter().filter(|case| !case.breaches().is_empty()).map(|case| &*case.rule).collect();
    for rule in ["unknown-broker", "unknown-station"] {
        assert!(lenient.contains(&rule), "{lenient:?}");
    }
}
