//! How much a request may be: its bytes (A3), and the depth, breadth and number of its elements (A5).

use std::thread;
use std::time::{Duration, Instant};

use crate::given::{self, NAV, Receipt, a_position, a_receipt_for};
use crate::socket::{Socket, post_head};
use crate::station::Station;

const LIMIT: usize = 4 * 1024 * 1024;

/// A verify of exactly so many bytes.
fn padded(bytes: usize) -> String {
    let message = given::verify(NAV);
    format!("{message}{}", " ".repeat(bytes - message.len()))
}

/// The same bytes in chunks of 16 KiB, without a word about how many will come.
fn in_chunks(message: &str) -> Vec<u8> {
    let mut bytes = b"POST /soap/paForNode HTTP/1.1\r\nHost: station\r\nContent-Type: text/xml\r\n\
        Transfer-Encoding: chunked\r\n\r\n"
        .to_vec();
    for chunk in message.as_bytes().chunks(16 * 1024) {
        bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
        bytes.extend(chunk);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}

/// A3. Who sends first and reads afterwards must not find the connection reset when it comes to reading.
#[test]
fn a_body_above_the_limit() {
    let station = Station::spawn();
    station.load(&a_position());
    for (bytes, answer) in [(LIMIT - 1, "OK"), (LIMIT, "OK"), (LIMIT + 1, "413"), (3 * LIMIT, "413")] {
        let message = padded(bytes);
        let announced = [post_head(bytes).as_bytes(), message.as_bytes()].concat();
        for (how, request) in [("announced", announced), ("in chunks", in_chunks(&message))] {
            let mut socket = Socket::to(station.url());
            let reply = socket.send(request).answer().unwrap();
            assert_eq!(reply.outcome(), answer, "{bytes} bytes, {how}");
            if answer == "413" {
                assert!(socket.answer().is_none(), "{bytes} bytes, {how}: the connection ends");
            }
        }
    }
}

/// Patience with such senders has an end too.
#[test]
fn a_body_without_end() {
    let station = Station::spawn_with(|settings| settings.limits.body_bytes = 1024);
    station.load(&a_position());
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for (content_type, answer) in [("text/xml", "413"), ("text/plain", "415")] {
        let mut socket = Socket::to(station.url());
        socket.send(format!(
            "POST /partner HTTP/1.1\r\nHost: station\r\nContent-Type: {content_type}\r\n\
             Transfer-Encoding: chunked\r\n\r\n"
        ));
        let started = Instant::now();
        while socket.try_send(&chunk).is_ok() {
            assert!(started.elapsed() < Duration::from_secs(5), "{answer}: the station never had enough");
            thread::sleep(Duration::from_millis(1));
        }
        assert!(socket.answer().is_none_or(|reply| reply.outcome() == answer));
    }
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
}

#[test]
fn the_limit_is_a_setting() {
    let station = Station::spawn_with(|settings| settings.limits.body_bytes = 2048);
    station.load(&a_position());
    assert_eq!(station.post(padded(2048)).outcome(), "OK");
    assert_eq!(station.post(padded(2049)).outcome(), "413");
}

/// A receipt, whose reader passes over what it does not know: only the limits can refuse it.
fn a_receipt_with(number: usize, more: &str) -> String {
    let mut receipt = Receipt { id: format!("receipt {number}"), ..a_receipt_for(NAV) };
    receipt.tail.push_str(more);
    receipt.v1()
}

/// The Envelope is the first level, the receipt the fourth.
#[test]
fn depth() {
    let station = Station::spawn();
    for (levels, answer) in [(31, "OK"), (32, "OK"), (33, "Fault Client"), (10_000, "Fault Client")] {
        let below = levels - 4;
        let nested = format!("{}{}", "<x>".repeat(below), "</x>".repeat(below));
        assert_eq!(station.post(a_receipt_with(levels, &nested)).outcome(), answer, "{levels} levels");
    }
    // The last level may as well be an empty tag.
    for (levels, answer) in [(32, "OK"), (33, "Fault Client")] {
        let below = levels - 5;
        let nested = format!("{}<x/>{}", "<x>".repeat(below), "</x>".repeat(below));
        assert_eq!(station.post(a_receipt_with(levels + 100, &nested)).outcome(), answer, "{levels} levels");
    }
}

/// Declarations of namespaces are attributes too.
#[test]
fn attributes_of_an_element() {
    let station = Station::spawn();
    for (count, answer) in [(63, "OK"), (64, "OK"), (65, "Fault Client"), (50_000, "Fault Client")] {
        let plain: String = (0..count).map(|n| format!(" a{n}=\"\"")).collect();
        let declarations: String = (0..count).map(|n| format!(" xmlns:a{n}=\"urn:a\"")).collect();
        let mixed: String = (1..count).map(|n| format!(" a:a{n}=\"\"")).collect();
        for (kind, attributes) in [plain, declarations, format!("{mixed} xmlns:a=\"urn:a\"")].iter().enumerate() {
            let message = a_receipt_with(count * 10 + kind, &format!("<x{attributes}/>"));
            assert_eq!(station.post(message).outcome(), answer, "{count} attributes");
        }
    }
}

#[test]
fn elements_of_a_message() {
    let station = Station::spawn();
    let receipt = a_receipt_with(0, "");
    let own = receipt.matches("</").count() + receipt.matches("/>").count();
    for (count, answer) in [(19_999, "OK"), (20_000, "OK"), (20_001, "Fault Client"), (900_000, "Fault Client")] {
        let message = a_receipt_with(count, &"<x/>".repeat(count - own));
        assert_eq!(station.post(message).outcome(), answer, "{count} elements");
    }
}

#[test]
fn these_limits_are_settings() {
    let station = Station::spawn_with(|settings| {
        settings.limits.xml = ec_station::xml::Limits { depth: 8, attributes: 2, elements: 100 };
    });
    let deep = |below: usize| format!("{}{}", "<x>".repeat(below), "</x>".repeat(below));
    let table = [
        (deep(4), "OK"),
        (deep(5), "Fault Client"),
        ("<x a=\"\" b=\"\"/>".into(), "OK"),
        ("<x a=\"\" b=\"\" c=\"\"/>".into(), "Fault Client"),
        ("<x/>".repeat(50), "OK"),
        ("<x/>".repeat(100), "Fault Client"),
    ];
    for (number, (more, answer)) in table.iter().enumerate() {
        // The envelope of the fixtures declares two prefixes, so it just fits.
        assert_eq!(station.post(a_receipt_with(number, more)).outcome(), *answer, "{more}");
    }
}
