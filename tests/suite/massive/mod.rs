//! Massive uploads through the front door: files in, and what becomes of their items.

mod bounds;
mod hostile;
mod journeys;
mod lists;
mod masses;
mod refusals;
mod survival;
mod turns;

use std::io::{Cursor, Write};
use std::time::Duration;

use ec_station::domain::codes::check_digits;
use serde_json::{Value, json};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::api::{Heard, a_body};
use crate::extent::wait_until;
use crate::given::COMUNE;
use crate::station::agent;

const BOUNDARY: &str = "a-boundary-that-nothing-holds";

/// How long an upload may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the uploads of the Comune are, in the layout of the service itself.
pub fn v1(below: &str) -> String {
    format!("/brokers/{COMUNE}/organizations/{COMUNE}/debtpositions{below}")
}

pub fn v2(below: &str) -> String {
    format!("/v2{}", v1(below))
}

fn heard(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Heard {
    let mut response = response.expect("the station answers");
    let text = response.body_mut().with_config().limit(64 << 20).read_to_string().expect("the answer is UTF-8");
    Heard { status: response.status().as_u16(), headers: response.headers().clone(), text }
}

pub fn get(url: &str, path: &str) -> Heard {
    heard(agent().get(format!("{url}{path}")).call())
}

/// Sends a body of any kind.
pub fn send(url: &str, method: &str, path: &str, content_type: &str, body: Vec<u8>) -> Heard {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true).build().into();
    let request = ureq::http::Request::builder().method(method).uri(format!("{url}{path}"));
    heard(agent.run(request.header("Content-Type", content_type).body(body).unwrap()))
}

/// A form with one file.
pub fn form(field: &str, name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: \
         application/zip\r\n\r\n"
    );
    [head.as_bytes(), content, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat()
}

/// Sends a file as an operator's client does.
pub fn upload(url: &str, method: &str, path: &str, name: &str, content: &[u8]) -> Heard {
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    send(url, method, path, &content_type, form("file", name, content))
}

/// A ZIP of these files; a name that ends with a slash is a folder.
pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        if name.ends_with('/') {
            zip.add_directory(*name, SimpleFileOptions::default()).unwrap();
        } else {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

/// The ZIP of a JSON.
pub fn zip_of(content: &Value) -> Vec<u8> {
    zipped(&[("positions.json", content.to_string().as_bytes())])
}

/// A position with a number of its own, due in a time that no test will see.
pub fn position(number: usize) -> Value {
    let mut position = a_body(&format!("TARI-{number}"), &iuv(number));
    position["paymentOption"][0]["dueDate"] = json!("2090-12-31T12:00:00");
    position
}

/// An IUV of the Comune with right check digits.
pub fn iuv(number: usize) -> String {
    let nav = format!("307{number:013}");
    format!("{}{}", &nav[1..], check_digits(&nav))
}

pub fn positions(list: impl IntoIterator<Item = Value>) -> Value {
    json!({ "paymentPositions": list.into_iter().collect::<Vec<_>>() })
}

/// Uploads a JSON, waits until it is worked off, and gives its id.
pub fn worked_off(url: &str, method: &str, content: &Value) -> String {
    let id = taken(url, method, content);
    wait_for(url, &id);
    id
}

/// Uploads a JSON and gives the id of the upload.
pub fn taken(url: &str, method: &str, content: &Value) -> String {
    let heard = upload(url, method, &v2("/file"), "positions.zip", &zip_of(content));
    assert_eq!((heard.status, heard.text.as_str()), (202, ""));
    let place = heard.header("location").unwrap();
    place.split('/').rev().nth(1).unwrap().to_owned()
}

pub fn wait_for(url: &str, id: &str) {
    wait_until("the upload is worked off", PATIENCE, || {
        get(url, &v2(&format!("/file/{id}/status"))).json()["operationStatus"] != "IN_PROGRESS"
    });
}

/// The outcomes of an upload, as `status message: IUPDs`.
pub fn outcomes(url: &str, id: &str) -> Vec<String> {
    let report = get(url, &v2(&format!("/file/{id}/report"))).json();
    let told = |response: &Value| {
        let iupds: Vec<_> = response["iupds"].as_array().unwrap().iter().map(|iupd| iupd.as_str().unwrap()).collect();
        format!("{} {}: {}", response["statusCode"], response["statusMessage"].as_str().unwrap(), iupds.join(" "))
    };
    report["responses"].as_array().unwrap().iter().map(told).collect()
}
