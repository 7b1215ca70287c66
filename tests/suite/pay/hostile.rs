//! Bodies that nobody means well with: too large, too slow, too deep, or noise.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::{get, open, send};
use crate::access::a_key;
use crate::database::Database;
use crate::fuzz_bodies::{bytes, openings};
use crate::station::Station;

/// Sends bytes and hears everything until the connection ends.
fn exchange(station: &Station, request: &str) -> String {
    let mut stream = TcpStream::connect(station.url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn a_body_is_bounded() {
    let station = Station::spawn();
    let fits = format!(r#"{{"a":"{}","b":"{}"}}"#, "x".repeat(4000), "y".repeat(4000));
    assert_eq!(open(&station, &fits).status, 200);
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(64 << 10));
    assert_eq!(open(&station, &large).no(413), "the body is larger than 65536 bytes: send less");
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    open(&station, &format!(r#"{{"a":{deep}}}"#)).no(400);
    open(&station, &deep).no(400);
    let narrow = Station::spawn_with(|settings| settings.limits.body_bytes = 1024);
    open(&narrow, &fits).no(413);
    let latin = send("POST", &format!("{}/pay/PagoPA", station.url()), &[], b"{\"nome\":\"citt\xE0\"}");
    assert_eq!(latin.no(400), "the body is not UTF-8: send it with that encoding");
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let station = Station::spawn_with(|settings| settings.limits.receive = Duration::from_secs(1));
    let half = "POST /pay/PagoPA HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{";
    let answer = exchange(&station, half);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.ends_with(
        r#"{"data":null,"success":false,"message":"the body did not come in time: send it again","error":408}"#
    ));
}

/// The address of the page comes from a header here.
#[test]
fn a_host_that_is_no_address_is_in_no_address() {
    let database = Database::fresh();
    let key = a_key(&database, "portale", "pay", &["--all-organizations"]);
    let station = Station::spawn_on(database, |_| ());
    for host in ["localhost:8080/x", "localhost:\"><script>", "localhost:99999"] {
        let head = format!(
            "POST /pay/PagoPA HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nConnection: close\r\n\
             Authorization: Bearer {key}\r\n"
        );
        let answer = exchange(&station, &format!("{head}\r\n{{}}"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains(r#""payment_url":"http://127.0.0.1:8080/payment/"#), "{answer}");
    }
}

/// Over the wire every answer is an envelope, and none is a failure of ours.
#[test]
fn whatever_is_sent_is_answered_in_the_envelope() {
    let station = Station::spawn();
    let config = ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new(config);
    runner
        .run(&bytes(openings()), |bytes| {
            let heard = send("POST", &format!("{}/pay/PagoPA", station.url()), &[], &bytes);
            match heard.status {
                200 => drop(get(&station, &format!("/pay/{}", heard.id()))),
                status => drop(heard.no(status)),
            }
            prop_assert!(matches!(heard.status, 200 | 400 | 422), "{}: {}", heard.status, heard.text);
            Ok(())
        })
        .unwrap();
}
