//! Every careless station is caught, by the rule that it breaks; and every rule has a station that it catches.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use ec_station::conformance::case::Case;
use ec_station::sandbox::calls::rule::Rule;

use super::careless::Careless;
use super::flaws::{ANSWERS, Broken, MESSAGES, MOODS, NOTICES, RECEIPTS};
use super::{a_station_of_the_example, all_cases, tried};

/// Rules that no station can break by itself, and why.
const BEYOND: [(&str, &str); 3] = [
    ("service-level", "it takes twenty answers of two seconds each; the tests of the report have it"),
    ("one-option", "the schema has room for one option, so a second one breaks the schema first"),
    ("destination", "the schema wants an account or a stamp, so neither or both break the schema first"),
];

/// The rules of the cases that make a station say one thing of each kind, for those who say it wrongly.
const SAMPLES: [&str; 8] =
    ["payable", "amount", "transfers", "stamp", "unknown-notice", "paid-notice", "demand", "unknown-receipt"];

fn rules_of_the_node() -> BTreeSet<&'static str> {
    Rule::ALL.map(Rule::name).into()
}

/// The cases for a station: those of the rules it breaks, or a bit of everything where the Node itself objects.
fn cases_for(broken: &Broken) -> Vec<Case> {
    let of_node = broken.rules.iter().any(|rule| rules_of_the_node().contains(rule));
    let mut cases = all_cases();
    cases.retain(|case| {
        let rule = case.rule.as_str();
        broken.rules.contains(&rule) || (of_node && SAMPLES.contains(&rule))
    });
    cases
}

/// The stations that were not caught, and by which rules they should have been.
fn escaped(stations: &[Broken]) -> Vec<String> {
    let (next, escaped) = (Mutex::new(stations.iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut unchanged = None;
                loop {
                    let Some(broken) = next.lock().unwrap().next() else { return };
                    let cases = cases_for(broken);
                    let changes = cases.iter().any(|case| case.notice.as_ref().is_some_and(|notice| notice.fresh));
                    let own;
                    let station = if changes {
                        own = a_station_of_the_example(|_| ());
                        &own
                    } else {
                        unchanged.get_or_insert_with(|| a_station_of_the_example(|_| ()))
                    };
                    let careless = Careless::before(&format!("{}/soap/paForNode", station.url()), broken.flaw);
                    let report = tried(&careless.url(), cases);
                    let breaches = report.cases.iter().flat_map(|case| case.breaches());
                    let caught: BTreeSet<_> = breaches.map(|breach| breach.rule.as_str()).collect();
                    for rule in broken.rules.iter().filter(|rule| !caught.contains(**rule)) {
                        escaped.lock().unwrap().push(format!("{}: {rule}, only {caught:?}", broken.what));
                    }
                }
            });
        }
    });
    escaped.into_inner().unwrap()
}

#[test]
fn answers_that_the_node_cannot_use() {
    assert_eq!(escaped(ANSWERS), Vec::<String>::new());
}

#[test]
fn notices_that_are_known_badly() {
    assert_eq!(escaped(NOTICES), Vec::<String>::new());
}

#[test]
fn messages_that_are_read_badly() {
    assert_eq!(escaped(MESSAGES), Vec::<String>::new());
}

#[test]
fn stations_that_change_their_mind() {
    assert_eq!(escaped(MOODS), Vec::<String>::new());
}

#[test]
fn receipts_that_are_lost() {
    assert_eq!(escaped(RECEIPTS), Vec::<String>::new());
}

#[test]
fn each_rule_has_a_station_that_breaks_it() {
    let mut rules: BTreeSet<String> = all_cases().into_iter().map(|case| case.rule).collect();
    rules.extend(rules_of_the_node().into_iter().map(str::to_owned));
    rules.insert("service-level".into());
    for (rule, _) in BEYOND {
        assert!(rules.remove(rule), "{rule} is no rule");
    }
    let stations = [ANSWERS, NOTICES, MESSAGES, MOODS, RECEIPTS].concat();
    let broken: BTreeSet<String> = stations.iter().flat_map(|it| it.rules).map(|rule| (*rule).to_owned()).collect();
    assert_eq!(broken, rules);
}
