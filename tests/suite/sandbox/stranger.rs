//! A station that is none: somebody on a port who says whatever he is told to say.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Somebody on a port.
pub struct Stranger {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What he does with a call.
#[derive(Clone)]
pub enum Manners {
    /// He says these bytes.
    Says(String),
    /// He says these bytes, and nothing more though more was announced.
    SaysHalf(String),
    /// He hangs up when he has heard everything.
    HangsUp,
    /// He is silent, for longer than anybody waits.
    IsSilent,
}

impl Stranger {
    pub fn who(manners: Manners) -> Stranger {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = asked.clone();
        thread::spawn(move || {
            for call in listener.incoming().flatten() {
                let (manners, heard) = (manners.clone(), heard.clone());
                thread::spawn(move || answer(call, &manners, &heard));
            }
        });
        Stranger { url, asked }
    }

    /// One who answers with a status and a body.
    pub fn saying(status: &str, content_type: &str, body: &str) -> Stranger {
        Stranger::who(Manners::Says(said(status, content_type, body)))
    }

    /// One who says OK to everything with this content of an operation's response.
    pub fn agreeing(response: &str, content: &str) -> Stranger {
        Stranger::saying("200 OK", "text/xml; charset=utf-8", &pa_for_node(response, content))
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The bodies of what he was asked.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// A message of a station.
pub fn pa_for_node(response: &str, content: &str) -> String {
    crate::given::envelope(&format!("<pafn:{response}>{content}</pafn:{response}>"))
}

/// An answer as it goes over the wire.
pub fn said(status: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// Where nobody is.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn answer(call: TcpStream, manners: &Manners, asked: &Mutex<Vec<String>>) {
    let mut call = BufReader::new(call);
    let Some(body) = body_of(&mut call) else { return };
    asked.lock().unwrap().push(body);
    let mut call = call.into_inner();
    match manners {
        Manners::Says(bytes) => drop(call.write_all(bytes.as_bytes())),
        Manners::SaysHalf(bytes) => drop(call.write_all(&bytes.as_bytes()[..bytes.len() / 2])),
        Manners::HangsUp => {}
        Manners::IsSilent => thread::sleep(Duration::from_secs(30)),
    }
}

fn body_of(call: &mut BufReader<TcpStream>) -> Option<String> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        call.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    call.read_exact(&mut body).ok()?;
    String::from_utf8(body).ok()
}
