//! House rules, held by a test: who may know whom, where things are said, and how long a file may get.

mod statements;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ec_station::settings::{KNOWN, variable};

/// A file of the source.
pub struct Source {
    /// Its path below `src`, with slashes.
    pub path: String,
    pub text: String,
}

impl Source {
    /// The file up to its tests, which stand at its end.
    fn own_text(&self) -> &str {
        let modules = ["mod tests {", "pub(crate) mod tests {", "pub(super) mod tests {", "pub mod tests {"];
        let tests = modules.iter().filter_map(|module| self.text.find(&format!("#[cfg(test)]\n{module}"))).min();
        &self.text[..tests.unwrap_or(self.text.len())]
    }

    /// The code without its tests and without comments.
    fn code(&self) -> String {
        self.own_text().lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    }

    /// The module at the top: `store` for `store/mod.rs`.
    fn module(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap()
    }

    fn is_a_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// The modules of the crate that the code names, with the line that does.
    fn knows(&self) -> Vec<(String, String)> {
        let code = self.code();
        let mut known = Vec::new();
        for line in code.lines() {
            for reached in line.split("crate::").skip(1) {
                let name: String = reached.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                // `use crate::{rest, soap};`
                let names: Vec<&str> = match reached.strip_prefix('{') {
                    Some(list) => list.split('}').next().unwrap().split(", ").collect(),
                    None => vec![&name],
                };
                let first = |name: &str| name.split("::").next().unwrap().trim().to_owned();
                known.extend(names.into_iter().map(|name| (first(name), line.trim().to_owned())));
            }
        }
        known
    }
}

fn here(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub fn sources() -> Vec<Source> {
    let root = here("src");
    let mut waiting = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                sources.push(Source { path: below, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    assert!(sources.len() > 50, "the source is somewhere else: {}", root.display());
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// Knowledge flows one way: `soap`, `rest`, `cli` to `use_cases` to `store` to `domain`.
#[test]
fn who_may_know_whom() {
    let may_know: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("domain", &["domain"] as &[_]),
        ("xml", &["domain", "xml"]),
        ("telemetry", &["settings"]),
        ("settings", &["intake", "store", "xml"]),
        ("intake", &["domain", "intake", "xml"]),
        ("journal", &["domain", "journal"]),
        // The store keeps the entries of the catalogue as they were read.
        ("store", &["domain", "intake", "journal", "store"]),
        ("keyring", &["domain", "lately", "settings", "store"]),
        ("metering", &["settings", "store", "telemetry"]),
        (
            "use_cases",
            &["domain", "intake", "journal", "paper", "settings", "station", "store", "telemetry", "use_cases"],
        ),
        ("jobs", &["jobs", "metering", "outbox", "station", "store", "telemetry", "use_cases"]),
        ("dialing", &[] as &[_]),
        ("paper", &["domain", "paper"]),
        ("platform", &["dialing", "domain", "platform", "settings", "telemetry"]),
        ("outbox", &["dialing", "domain", "outbox", "pay", "settings", "store", "telemetry"]),
        ("reception", &["domain", "keyring", "store"]),
        ("schema", &["schema", "xml"]),
        (
            "sandbox",
            &[
                "dialing",
                "domain",
                "intake",
                "reception",
                "sandbox",
                "schema",
                "settings",
                "soap",
                "station",
                "telemetry",
                "xml",
            ],
        ),
        ("conformance", &["conformance", "domain", "intake", "sandbox", "schema", "soap", "telemetry", "xml"]),
        (
            "soap",
            &[
                "domain",
                "journal",
                "reception",
                "schema",
                "settings",
                "soap",
                "station",
                "store",
                "telemetry",
                "use_cases",
                "xml",
            ],
        ),
        (
            "pay",
            &[
                "domain",
                "intake",
                "keyring",
                "paper",
                "pay",
                "platform",
                "reception",
                "settings",
                // The codes that the Node hears of a refusal.
                "soap",
                "station",
                "store",
                "telemetry",
                "use_cases",
            ],
        ),
        (
            "rest",
            &[
                "domain",
                "intake",
                "keyring",
                "outbox",
                "paper",
                "reception",
                "rest",
                "settings",
                "station",
                "store",
                "telemetry",
                "use_cases",
                "xml",
            ],
        ),
    ]);
    let mut offences = Vec::new();
    for source in sources().iter().filter(|source| !source.is_a_test()) {
        let Some(allowed) = may_know.get(source.module()) else { continue };
        for (known, line) in source.knows().iter().filter(|(known, _)| !allowed.contains(&known.as_str())) {
            offences.push(format!("{} may not know {known}: {line}", source.path));
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn some_things_are_said_in_one_place_only() {
    // The word, and where it may stand.
    let rules: &[(&str, &[&str])] = &[
        ("PAA_", &["soap/fault.rs", "rest/choices/refusal.rs", "sandbox/calls/answer.rs"]),
        ("PPT_", &["sandbox/fault.rs"]),
        ("sqlx", &["store/"]),
        ("reqwest", &["dialing.rs", "outbox/", "platform/", "sandbox/calls/line.rs"]),
        ("std::env::", &["cli/mod.rs"]),
        ("actix_web", &["reception/", "soap/", "rest/", "pay/", "sandbox/door/", "station.rs", "cli/mod.rs"]),
        ("println!", &["cli/"]),
        ("Utc::now", &["station.rs", "cli/"]),
        // Milliseconds and rates; money is whole cents.
        ("f64", &["soap/mod.rs", "cli/load/"]),
        ("unwrap()", &[]),
        ("todo!", &[]),
        ("dbg!", &[]),
    ];
    let mut offences = Vec::new();
    for source in sources().iter().filter(|source| !source.is_a_test()) {
        for (word, places) in rules {
            let here = places.iter().any(|place| source.path.starts_with(place));
            // A setting's name for a filter of log lines is no use of the crate.
            let code = source.code().replace("sqlx=warn", "");
            for line in code.lines().filter(|line| !here && line.contains(word)) {
                offences.push(format!("{}: {word} belongs to {places:?}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn every_file_says_what_it_is() {
    for source in sources() {
        assert!(source.text.starts_with("//! "), "{} opens with a word on what lives there", source.path);
    }
}

/// Tests not counted. Files that are one thought may be listed with their own bound.
#[test]
fn no_file_is_longer_than_one_reads_over_a_coffee() {
    const BOUND: usize = 400;
    const LONGER: &[(&str, usize)] = &[
        // Statements, rows and conversions of positions stand together.
        ("store/positions.rs", 520),
    ];
    let mut offences = Vec::new();
    for source in sources().iter().filter(|source| !source.is_a_test()) {
        let lines = source.own_text().lines().count();
        let bound = LONGER.iter().find(|(path, _)| *path == source.path).map_or(BOUND, |(_, bound)| *bound);
        if lines > bound {
            offences.push(format!("{} has {lines} lines, {bound} are its bound", source.path));
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn the_readme_names_every_setting() {
    let readme = fs::read_to_string(here("README.md")).expect("there is a README");
    for known in KNOWN {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{}` |", known.path)));
        let row = row.unwrap_or_else(|| panic!("{} has no row in the table of settings", known.path));
        let default = if known.default.is_empty() { String::new() } else { format!("`{}`", known.default) };
        assert!(row.split('|').nth(2).unwrap().trim() == default, "{}: the default is {}", known.path, known.default);
    }
    for word in readme.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')) {
        if let Some(rest) = word.strip_prefix("EC_STATION_").filter(|rest| !rest.is_empty() && *rest != "CONFIG") {
            assert!(KNOWN.iter().any(|known| variable(known.path) == word), "EC_STATION_{rest} is no setting");
        }
    }
}
