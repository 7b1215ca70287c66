//! The conformance suite: that our station keeps to it, and that careless ones do not.

use std::sync::LazyLock;
use std::time::Duration;

use ec_station::conformance::case::{self, Case};
use ec_station::conformance::example::example;
use ec_station::conformance::fixtures::Fixtures;
use ec_station::conformance::message::PREFIXES;
use ec_station::conformance::report::Report;
use ec_station::conformance::run::Suite;
use ec_station::domain::codes::OrganizationCode;
use ec_station::intake::{self, Format, Rules, Validation};
use ec_station::sandbox::calls::line::{Credentials, Line};
use ec_station::settings::Settings;
use serde_json::{Value, json};

use crate::given;
use crate::station::Station;

mod broken;
mod careless;
mod engine;
mod flaws;
mod green;

static EXAMPLE: LazyLock<Value> = LazyLock::new(example);

/// A station that holds what the example says.
fn a_station_of_the_example(change: impl FnOnce(&mut Settings)) -> Station {
    let station = Station::spawn_with(change);
    let registry = json!({ "organizations": EXAMPLE["organizations"] }).to_string();
    let organizations = intake::registry::parse(registry.as_bytes()).unwrap();
    station.import(&organizations);
    let rules = Rules {
        organization: OrganizationCode::new(given::COMUNE),
        validation: Validation::Strict,
        history: true,
        now: given::today(),
        catalogue: None,
        registered_ibans: organizations[0].ibans.clone().unwrap(),
    };
    let file = EXAMPLE.to_string();
    for item in intake::read(Format::Json, file.as_bytes(), rules).unwrap() {
        station.load(&item.unwrap().result.unwrap());
    }
    station
}

fn all_cases() -> Vec<Case> {
    case::built_in().unwrap()
}

/// What the suite says of the station at that address.
fn tried(url: &str, cases: Vec<Case>) -> Report {
    let fixtures = Fixtures::parse(EXAMPLE.to_string().as_bytes(), url, given::today()).unwrap();
    let line = Line::new(&Credentials::default()).unwrap();
    let suite = Suite {
        line: &line,
        url,
        fixtures: &fixtures,
        cases: &cases,
        read_only: false,
        patience: Some(Duration::from_secs(3)),
        prefixes: PREFIXES.map(str::to_owned),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(suite.run(given::today(), |_| ())).unwrap()
}

/// The notice number of the example that has this description.
fn nav_of(description: &str) -> String {
    let positions = EXAMPLE["paymentPositions"].as_array().unwrap();
    let mut options = positions.iter().flat_map(|position| position["paymentOption"].as_array().unwrap());
    let option = options.find(|option| option["description"] == description).expect("the example has it");
    option["nav"].as_str().unwrap().to_owned()
}
