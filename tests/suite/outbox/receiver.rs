//! Somebody who is told: a server of the test's own that behaves well or badly, and remembers what it heard.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What came.
#[derive(Clone, Debug)]
pub struct Call {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Call {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The JSON text in a field of the form.
    pub fn field(&self, name: &str) -> serde_json::Value {
        let fields: Vec<(String, String)> = serde_urlencoded_pairs(&self.body);
        let [(field, text)] = &fields[..] else { panic!("one field: {}", self.body) };
        assert_eq!(field, name);
        serde_json::from_str(text).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

fn serde_urlencoded_pairs(text: &str) -> Vec<(String, String)> {
    let query = format!("http://x/?{text}").parse::<url::Url>().unwrap();
    query.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// How a receiver behaves.
#[derive(Clone, Debug)]
pub enum Manner {
    /// It answers with a status, and headers in lines.
    Answers(u16, String),
    /// It takes the call and says nothing.
    Hangs,
    /// It says its answer a byte at a time, slowly.
    Trickles,
    /// It goes away in the middle of its answer.
    Closes,
    /// It answers well, and goes on and on.
    GoesOn,
    /// Its headers have no end.
    HeadersGoOn,
    /// What it says is no HTTP.
    Babbles,
}

pub fn well() -> Manner {
    Manner::Answers(200, String::new())
}

pub fn badly() -> Manner {
    Manner::Answers(500, String::new())
}

/// One that listens.
pub struct Receiver {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Call>>>,
    over: Arc<AtomicBool>,
}

impl Receiver {
    /// One that takes everything.
    pub fn well_behaved() -> Receiver {
        Receiver::that(|_, _| well())
    }

    /// One that behaves by the number of the call, from 0, and by what it says.
    pub fn that(manner: impl Fn(usize, &Call) -> Manner + Send + Sync + 'static) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (hears, is_over, manner) = (heard.clone(), over.clone(), Arc::new(manner));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), hears, is_over, manner) = (stream, hears.clone(), is_over.clone(), manner.clone())
                else {
                    continue;
                };
                thread::spawn(move || {
                    let Some(call) = read(&stream) else { return };
                    let number = {
                        let mut hears: std::sync::MutexGuard<'_, Vec<Call>> = hears.lock().unwrap();
                        hears.push(call.clone());
                        hears.len() - 1
                    };
                    answer(stream, &manner(number, &call), &is_over);
                });
            }
        });
        Receiver { address, heard, over }
    }

    pub fn url(&self) -> String {
        format!("http://{}/callback?session=k3", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn heard(&self) -> Vec<Call> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn read(stream: &TcpStream) -> Option<Call> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Call { line: line.trim_end().into(), headers, body: String::from_utf8(body).unwrap() })
}

/// Whoever is called may have gone away: nobody minds.
fn answer(mut stream: TcpStream, manner: &Manner, over: &AtomicBool) {
    let slowly = |stream: &mut TcpStream, text: &str| {
        for byte in text.bytes().cycle() {
            if over.load(Ordering::SeqCst) || stream.write_all(&[byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    };
    let on_and_on = |stream: &mut TcpStream, head: &str, more: &str| {
        let _ = stream.write_all(head.as_bytes());
        let more = more.repeat(1000);
        while !over.load(Ordering::SeqCst) && stream.write_all(more.as_bytes()).is_ok() {}
    };
    match manner {
        Manner::Answers(status, headers) => {
            let text = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: 2\r\n\r\nok");
            let _ = stream.write_all(text.as_bytes());
        }
        Manner::Hangs => {
            while !over.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(20));
            }
        }
        Manner::Trickles => slowly(&mut stream, "HTTP/1.1 200 OK and so on and so forth"),
        Manner::Closes => drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le")),
        Manner::GoesOn => on_and_on(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "on "),
        Manner::HeadersGoOn => on_and_on(&mut stream, "HTTP/1.1 200 OK\r\n", "X-On: on\r\n"),
        Manner::Babbles => drop(stream.write_all(b"220 mail.example.org ESMTP\r\n\r\n")),
    }
}
