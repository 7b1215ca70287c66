//! A stranger reads the document and believes it: schemathesis sends what it promises to take, and what it does not,
//! and nothing that comes back may be a failure of ours or other than described.

use std::process::Command;

use ec_station::intake::Validation;

use super::docs::create_example;
use crate::python::python;
use crate::station::Station;

/// What an answer must be. Whether what is sent is taken, it need not know: rules are more than a schema.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

fn judged(validation: Validation, phases: &str) {
    let station = Station::spawn_with(|settings| settings.validation = validation);
    create_example(&station);
    let folder = tempfile::tempdir().unwrap();
    let mut judge = Command::new(python());
    judge.args(["-m", "schemathesis.cli", "run", &format!("{}/docs/openapi.json", station.url())]);
    judge.args(["--checks", CHECKS, "--phases", phases, "--max-examples", "5"]);
    // One at a time: what it generates with does not bear company.
    judge.args([
        "--workers",
        "1",
        "--seed",
        "1",
        "--suppress-health-check",
        "all",
        "--generation-database",
        "none",
        "--no-color",
    ]);
    judge.args(["--no-shrink", "--warnings", "off", "--continue-on-failure", "--output-truncate", "false"]);
    let said = judge.current_dir(folder.path()).output().unwrap_or_else(|error| panic!("schemathesis: {error}"));
    let text = String::from_utf8_lossy(&said.stdout);
    let complaints = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{text}\n{complaints}");
}

#[test]
fn strict_validation() {
    judged(Validation::Strict, "examples,coverage,fuzzing");
}

#[test]
fn validation_as_gpd() {
    judged(Validation::Gpd, "examples,fuzzing");
}
