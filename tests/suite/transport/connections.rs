//! Connections: kept, shared by several requests, and given up when a sender takes too long.

use std::thread;
use std::time::{Duration, Instant};

use crate::given::{self, NAV, OTHER_NAV, a_position};
use crate::socket::{Socket, post, post_head};
use crate::station::Station;

#[test]
fn one_connection_carries_many_requests() {
    let station = Station::spawn();
    station.load(&a_position());
    let mut socket = Socket::to(station.url());
    for (message, answer) in [
        (given::verify(NAV), "OK"),
        (given::verify(OTHER_NAV), "PAA_PAGAMENTO_SCONOSCIUTO"),
        ("no XML".into(), "Fault Client"),
        (given::envelope(""), "Fault Client"),
        (given::get(NAV, ""), "OK"),
    ] {
        assert_eq!(socket.send(post(&message)).answer().unwrap().outcome(), answer);
    }
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let station = Station::spawn();
    station.load(&a_position());
    let requests: String = (0..20).map(|n| post(&given::verify(if n % 3 == 0 { NAV } else { OTHER_NAV }))).collect();
    let mut socket = Socket::to(station.url());
    socket.send(requests);
    for n in 0..20 {
        let answer = if n % 3 == 0 { "OK" } else { "PAA_PAGAMENTO_SCONOSCIUTO" };
        assert_eq!(socket.answer().unwrap().outcome(), answer, "request {n}");
    }
    // A request may also arrive in as many pieces as it has bytes.
    for byte in post(&given::verify(NAV)).bytes() {
        socket.send([byte]);
    }
    assert_eq!(socket.answer().unwrap().outcome(), "OK");
}

#[test]
fn a_refused_body_is_never_taken_for_the_next_request() {
    let station = Station::spawn();
    station.load(&a_position());
    let smuggled = post(&given::verify(NAV));
    let head = post_head(smuggled.len()).replace("text/xml", "text/plain");
    let mut socket = Socket::to(station.url());
    assert_eq!(socket.send(head + &smuggled).answer().unwrap().outcome(), "415");
    assert!(socket.answer().is_none());
}

#[test]
fn a_client_may_ask_whether_to_continue() {
    let station = Station::spawn();
    station.load(&a_position());
    let message = given::verify(NAV);
    let mut socket = Socket::to(station.url());
    socket.send(post_head(message.len()).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"));
    assert_eq!(socket.answer().unwrap().status, 100);
    assert_eq!(socket.send(message).answer().unwrap().outcome(), "OK");
}

#[test]
fn a_client_of_the_old_protocol() {
    let station = Station::spawn();
    station.load(&a_position());
    let mut socket = Socket::to(station.url());
    socket.send(post(&given::verify(NAV)).replace("HTTP/1.1", "HTTP/1.0"));
    assert_eq!(socket.answer().unwrap().outcome(), "OK");
    assert!(socket.answer().is_none());
}

/// Half a head, a head without a body, half a body, half a chunk; then silence.
fn unfinished() -> [String; 5] {
    let whole = post(&given::verify(NAV));
    let head = whole.find("\r\n\r\n").unwrap() + 4;
    let chunked = post_head(0).replace("Content-Length: 0", "Transfer-Encoding: chunked") + "400\r\n<soapenv";
    [whole[..20].into(), whole[..head - 2].into(), whole[..head].into(), whole[..head + 100].into(), chunked]
}

#[test]
fn a_request_that_takes_too_long_is_given_up() {
    let station = Station::spawn_with(|settings| settings.limits.receive = Duration::from_millis(300));
    station.load(&a_position());
    let mut sockets: Vec<_> = unfinished().map(|part| (Socket::to(station.url()), part)).into();
    let started = Instant::now();
    for (socket, part) in &mut sockets {
        socket.send(part);
    }
    for (socket, part) in &mut sockets {
        if let Some(reply) = socket.answer() {
            assert_eq!(reply.outcome(), "408", "{part}");
            assert!(socket.answer().is_none(), "the connection ends: {part}");
        }
    }
    assert!(started.elapsed() > Duration::from_millis(200), "nobody was cut off early");
}

/// The clock runs from the first byte: drops that keep falling do not stop it.
#[test]
fn a_request_that_trickles_in_is_given_up() {
    let station = Station::spawn_with(|settings| settings.limits.receive = Duration::from_millis(300));
    station.load(&a_position());
    let head = post_head(100_000);
    for drops in [format!("{}X-Slow: {}", &head[..head.len() - 2], "y".repeat(100_000)), head + &" ".repeat(100_000)] {
        let mut socket = Socket::to(station.url());
        let started = Instant::now();
        let sent = drops.bytes().take(150).try_for_each(|drop| socket.try_send([drop]));
        assert!(sent.is_ok() || started.elapsed() > Duration::from_millis(300), "nobody was cut off early");
        let cut_off = drops.bytes().skip(150).take(1_000).any(|drop| {
            thread::sleep(Duration::from_millis(10));
            socket.try_send([drop]).is_err() || !socket.is_waiting()
        });
        assert!(cut_off, "the station listened for ten seconds");
        assert!(socket.answer().is_none_or(|reply| reply.status == 408));
    }
}

/// Many who keep the station waiting do not keep the others waiting.
#[test]
fn slow_senders_hold_nobody_up() {
    let station = Station::spawn();
    station.load(&a_position());
    let mut slow = Vec::new();
    for _ in 0..16 {
        for part in unfinished() {
            let mut socket = Socket::to(station.url());
            socket.send(part);
            slow.push(socket);
        }
    }
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
    assert!(slow.iter_mut().all(Socket::is_waiting), "they were still waiting when the others were answered");
}

#[test]
fn a_client_that_hangs_up_harms_nobody() {
    let station = Station::spawn();
    station.load(&a_position());
    for part in unfinished() {
        let mut socket = Socket::to(station.url());
        socket.send(part).finish_sending();
        assert!(socket.answer().is_none_or(|reply| reply.status == 400 || reply.status == 408));
    }
    Socket::to(station.url()).send(post(&given::verify(NAV)));
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
}
