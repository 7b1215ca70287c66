//! The front office's API: payment requests are opened, listed and read by accounts that see only their own.

mod accounts;
mod callbacks;
mod hostile;
mod listing;
mod notices;
mod opening;
mod quota;
mod reading;
mod usage;

use serde_json::Value;

use crate::station::Station;

/// What came back.
struct Heard {
    status: u16,
    headers: ureq::http::HeaderMap,
    text: String,
}

impl Heard {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} is not JSON", self.text))
    }

    /// The id of the request that was opened.
    fn id(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["data"]["id"].as_str().unwrap().to_owned()
    }

    /// The message of a "no" that is in the envelope, and in nothing else.
    fn no(&self, status: u16) -> String {
        assert_eq!((self.status, self.header("content-type")), (status, Some("application/json")), "{}", self.text);
        let message = self.json()["message"].as_str().unwrap().to_owned();
        let quoted = serde_json::to_string(&message).unwrap();
        let envelope = format!(r#"{{"data":null,"success":false,"message":{quoted},"error":{status}}}"#);
        assert_eq!(self.text, envelope);
        assert!(!message.is_empty());
        message
    }
}

/// A client that takes every answer as it is, also one that leads elsewhere.
fn staying() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

/// Sends something to an address.
fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Heard {
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = match body {
        b"" => staying().run(request.body(()).unwrap()),
        _ => staying().run(request.body(body).unwrap()),
    }
    .expect("the station answers");
    let text = String::from_utf8_lossy(&response.body_mut().read_to_vec().unwrap()).into_owned();
    Heard { status: response.status().as_u16(), headers: response.headers().clone(), text }
}

fn get(station: &Station, path: &str) -> Heard {
    send("GET", &format!("{}{path}", station.url()), &[], b"")
}

/// Opens a request as a program on this machine.
fn open(station: &Station, body: &str) -> Heard {
    send("POST", &format!("{}/pay/PagoPA", station.url()), &[("Content-Type", "application/json")], body.as_bytes())
}

/// The header of a key.
fn with(key: &str) -> [(&str, &str); 1] {
    [("Ocp-Apim-Subscription-Key", key)]
}
