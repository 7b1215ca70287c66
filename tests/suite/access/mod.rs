//! Who may do what over the operators' API: keys, the gate before every surface, the registry for those who administer
//! it, and the numbers that notices are made of.

mod bounds;
mod commands;
mod gate;
mod numbers;
mod registry;

use ec_station::journal::Entry;
use serde_json::Value;

use crate::database::Database;
use crate::process::{Ended, ec_station_at, ended};
use crate::station::agent;

/// What came back.
struct Told {
    status: u16,
    headers: ureq::http::HeaderMap,
    body: Value,
}

impl Told {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Whether nothing is at this path, or not with this method: said by the framework, and by no handler.
    fn is_no_route(&self) -> bool {
        matches!(self.status, 404 | 405) && self.body["type"] == "about:blank"
    }
}

/// Calls a station with some headers and perhaps a body in JSON.
fn call(url: &str, method: &str, headers: &[(&str, &str)], body: &str) -> Told {
    let mut request = ureq::http::Request::builder().method(method).uri(url).header("Content-Type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = match body {
        "" => agent().run(request.body(()).unwrap()),
        _ => agent().run(request.body(body.to_owned()).unwrap()),
    }
    .expect("the station answers");
    let text = response.body_mut().read_to_string().unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Told { status: response.status().as_u16(), headers: response.headers().clone(), body }
}

/// Runs `ec-station key` beside whoever uses the database.
pub fn key(database: &Database, arguments: &[&str]) -> Ended {
    let mut command = ec_station_at(database);
    command.arg("key").args(arguments);
    ended(command)
}

/// Makes a key and gives its secret.
pub fn a_key(database: &Database, name: &str, role: &str, opens: &[&str]) -> String {
    let made = key(database, &[&["create", "--name", name, "--role", role], opens].concat());
    assert_eq!(made.code, Some(0), "{}", made.err);
    made.out.trim().to_owned()
}

/// The header that a key travels in.
pub fn with(key: &str) -> [(&str, &str); 1] {
    [("Ocp-Apim-Subscription-Key", key)]
}

/// What the journal says of the keys and the registry, in the order in which it came.
fn events(database: &Database) -> Vec<String> {
    let journal = database.journal().into_iter();
    let events = journal.filter_map(|entry| if let Entry::Event(event) = entry { Some(event) } else { None });
    events.map(|event| format!("{} {}: {}", event.name, event.organization, event.why)).collect()
}
