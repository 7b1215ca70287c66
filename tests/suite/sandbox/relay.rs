//! A way to a station that can be cut, or be so slow that everything waits.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::station::{Reply, Station, agent};

/// How the way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Calls come through.
    Open,
    /// Calls are dropped.
    Cut,
    /// Calls wait for another state.
    Held,
}

pub struct Relay {
    url: String,
    state: Arc<State>,
}

struct State {
    /// How the way is, and how many calls have come.
    now: Mutex<(Way, usize)>,
    changed: Condvar,
}

impl Relay {
    /// The way to a station, for as long as the test runs.
    pub fn to(station: &Station, way: Way) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State { now: Mutex::new((way, 0)), changed: Condvar::new() });
        let (target, shared) = (station.url().to_owned(), state.clone());
        std::thread::spawn(move || {
            for call in listener.incoming().map_while(Result::ok) {
                let (target, state) = (target.clone(), shared.clone());
                std::thread::spawn(move || carry(call, &target, &state));
            }
        });
        Relay { url, state }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn set(&self, way: Way) {
        self.state.now.lock().unwrap().0 = way;
        self.state.changed.notify_all();
    }

    /// Waits until so many calls have come.
    pub fn wait_for_calls(&self, calls: usize) {
        let now = self.state.now.lock().unwrap();
        let patience = Duration::from_secs(20);
        let waited = self.state.changed.wait_timeout_while(now, patience, |now| now.1 < calls).unwrap();
        assert!(!waited.1.timed_out(), "the station was not asked");
    }
}

fn carry(call: TcpStream, station: &str, state: &State) {
    let mut reader = BufReader::new(call);
    let (mut head, mut length) = (String::new(), 0);
    while reader.read_line(&mut head).is_ok_and(|read| read > 2) {
        let line = head.lines().next_back().unwrap().to_lowercase();
        length = line.strip_prefix("content-length:").map_or(length, |value| value.trim().parse().unwrap());
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let mut now = state.now.lock().unwrap();
    now.1 += 1;
    state.changed.notify_all();
    let now = state.changed.wait_while(now, |now| now.0 == Way::Held).unwrap();
    if now.0 == Way::Cut {
        return;
    }
    drop(now);
    let request = agent().post(format!("{station}/soap/paForNode")).header("Content-Type", "text/xml; charset=utf-8");
    let reply = Reply::of(request.send(&body));
    let _ = write!(
        reader.get_mut(),
        "HTTP/1.1 {} -\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
        reply.status,
        reply.header("content-type").unwrap(),
        reply.body.len(),
        reply.body
    );
}
