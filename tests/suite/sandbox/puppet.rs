//! A station that does as it is told: it answers badly, late, or not at all. Else it passes on what a real one says.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::station::agent;

/// What it does with a receipt.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers with a status, a label and a body.
    Say(u16, &'static str, String),
    /// Closes the connection.
    Drop,
    /// Says nothing for so long, then takes the receipt.
    Wait(Duration),
}

/// A puppet before a real station. Only receipts are played with.
pub struct Puppet {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    station: String,
    acts: Mutex<VecDeque<Act>>,
    receipts: Mutex<Vec<String>>,
    /// How many answers found somebody there to take them, after a wait.
    taken_late: Mutex<usize>,
}

impl Puppet {
    pub fn before(station: &str, acts: impl IntoIterator<Item = Act>) -> Puppet {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            station: station.into(),
            acts: Mutex::new(acts.into_iter().collect()),
            receipts: Mutex::default(),
            taken_late: Mutex::default(),
        });
        let play = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, play) = (stream.unwrap(), play.clone());
                thread::spawn(move || play.serve(&stream));
            }
        });
        Puppet { url, shared }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The receipts that came, whatever became of them.
    pub fn receipts(&self) -> Vec<String> {
        self.shared.receipts.lock().unwrap().clone()
    }

    pub fn taken_late(&self) -> usize {
        *self.shared.taken_late.lock().unwrap()
    }
}

impl Shared {
    /// One request on each connection.
    fn serve(&self, stream: &TcpStream) {
        let Some(body) = read(stream) else { return };
        let is_receipt = body.contains("paSendRT");
        if is_receipt {
            self.receipts.lock().unwrap().push(body.clone());
        }
        let act = if is_receipt { self.acts.lock().unwrap().pop_front() } else { None };
        match act {
            None => {
                let (status, body) = self.passed_on(&body);
                say(stream, status, "text/xml; charset=utf-8", &body);
            }
            Some(Act::Say(status, label, body)) => say(stream, status, label, &body),
            Some(Act::Drop) => {}
            Some(Act::Wait(long)) => {
                thread::sleep(long);
                let (status, body) = self.passed_on(&body);
                if is_there(stream) {
                    *self.taken_late.lock().unwrap() += 1;
                }
                say(stream, status, "text/xml; charset=utf-8", &body);
            }
        }
        let _ = stream.shutdown(Shutdown::Both);
    }

    fn passed_on(&self, body: &str) -> (u16, String) {
        let request = agent().post(format!("{}/soap/paForNode", self.station));
        let mut response = request.header("Content-Type", "text/xml; charset=utf-8").send(body).unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }
}

/// Whether the other side still waits for an answer.
fn is_there(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let there = stream.peek(&mut [0]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    stream.set_nonblocking(false).unwrap();
    there
}

fn read(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(String::from_utf8(body).unwrap())
}

fn say(mut stream: &TcpStream, status: u16, label: &str, body: &str) {
    let answer = format!(
        "HTTP/1.1 {status} So\r\nContent-Type: {label}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // Whoever asked may have gone.
    let _ = stream.write_all(answer.as_bytes());
}
