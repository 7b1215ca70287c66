//! Whoever is told can verify who says it: by the scheme of Standard Webhooks, written once more in another language.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::receiver::{Call, Receiver, badly, well};
use super::*;
use crate::process::{ec_station_at, ended};
use crate::python::python;

/// As a receiver does it: the secret in the clear, the headers, the body.
const VERIFY: &str = "
import base64, hashlib, hmac, json, sys
asked = json.load(sys.stdin)
kind, text = asked['secret'].split('_', 1)
assert kind == 'whsec', kind
key = base64.b64decode(text, validate=True)
assert 24 <= len(key) <= 64, len(key)
signed = '.'.join([asked['id'], asked['timestamp'], asked['body']]).encode()
expected = 'v1,' + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
print(hmac.compare_digest(expected, asked['signature']))
";

fn is_signed(call: &Call, secret: &str) -> bool {
    let mut child =
        Command::new(python()).args(["-c", VERIFY]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let asked = json!({
        "secret": secret, "body": call.body, "id": call.header("webhook-id"),
        "timestamp": call.header("webhook-timestamp"), "signature": call.header("webhook-signature"),
    });
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    match said.trim() {
        "True" => true,
        "False" => false,
        said => panic!("{said}"),
    }
}

fn a_webhook(station: &Station, receiver: &Receiver) -> Value {
    let body = json!({ "url": receiver.url(), "events": ["receipt"] }).to_string();
    let made = api::call(station, "POST", &format!("/organizations/{COMUNE}/webhooks"), &[], Some(&body));
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

#[test]
fn a_message_is_signed_with_the_secret_of_its_webhook() {
    let (receiver, other) =
        (Receiver::that(|number, _| if number == 0 { badly() } else { well() }), Receiver::well_behaved());
    let station = a_station(1);
    let (made, beside) = (a_webhook(&station, &receiver), a_webhook(&station, &other));
    assert_ne!(made["secret"], beside["secret"]);
    pay(&station, &nav(0));
    hears(&other, 1);
    tried(&station, 2);
    station.set_now(minutes(1));
    hears(&receiver, 2);
    let calls = receiver.heard();
    for call in &calls {
        assert!(is_signed(call, made["secret"].as_str().unwrap()));
        assert!(!is_signed(call, beside["secret"].as_str().unwrap()));
        assert!(!is_signed(
            &Call { body: call.body.replace("12050", "12051"), ..call.clone() },
            made["secret"].as_str().unwrap()
        ));
    }
    assert_eq!(calls[0].header("webhook-id"), calls[1].header("webhook-id"));
    let seconds = |at: usize| calls[at].header("webhook-timestamp").parse::<i64>().unwrap();
    assert_eq!((seconds(0), seconds(1) - seconds(0)), (given::today().timestamp(), 60));
}

#[test]
fn a_callback_is_signed_with_the_secret_of_its_account() {
    let receiver = Receiver::well_behaved();
    let station = a_station(2);
    let secret = |arguments: &[&str]| {
        let mut command = ec_station_at(station.database());
        command.args(["pay", "secret", "local"]).args(arguments);
        let ended = ended(command);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended.out.trim().to_owned()
    };
    // It is there as soon as somebody wants to see it, and stays.
    let first = secret(&[]);
    open(&station, &nav(0), &receiver);
    pay(&station, &nav(0));
    hears(&receiver, 1);
    assert_eq!(secret(&[]), first);
    let second = secret(&["--rotate"]);
    assert_ne!(first, second);
    open(&station, &nav(1), &receiver);
    pay(&station, &nav(1));
    hears(&receiver, 2);
    let calls = receiver.heard();
    let verified = |call: &Call| [is_signed(call, &first), is_signed(call, &second)];
    assert_eq!([verified(&calls[0]), verified(&calls[1])], [[true, false], [false, true]]);
}
