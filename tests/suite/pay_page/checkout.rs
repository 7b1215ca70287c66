//! A Checkout that answers as it is told, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// What came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The first line, then the headers in small letters.
    pub head: Vec<String>,
    pub cart: Value,
}

/// Answers every cart with the same bytes, after a while.
pub struct Checkout {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Checkout {
    /// One that sends citizens to an address.
    pub fn sending_to(location: &str) -> Checkout {
        Checkout::saying(&format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))
    }

    pub fn saying(answer: &str) -> Checkout {
        Checkout::saying_after(Duration::ZERO, answer)
    }

    /// One that says one thing after the other, and the last for ever.
    pub fn saying_in_turn(answers: &[&str]) -> Checkout {
        let answers: Vec<String> = answers.iter().map(|&answer| answer.into()).collect();
        Checkout::answering(Duration::ZERO, move |asked| answers[(asked - 1).min(answers.len() - 1)].clone())
    }

    pub fn saying_after(delay: Duration, answer: &str) -> Checkout {
        let answer = answer.to_owned();
        Checkout::answering(delay, move |_| answer.clone())
    }

    /// What it says depends on how many carts have come.
    fn answering(delay: Duration, answer: impl Fn(usize) -> String + Send + Sync + 'static) -> Checkout {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/checkout/ec/v1", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (heard, answer) = (asked.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (heard, answer) = (heard.clone(), answer.clone());
                thread::spawn(move || serve(&stream.unwrap(), &heard, delay, &*answer));
            }
        });
        Checkout { url, asked }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: &TcpStream, heard: &Mutex<Vec<Asked>>, delay: Duration, answer: &dyn Fn(usize) -> String) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        match line.trim_end() {
            "" => break,
            line if head.is_empty() => head.push(line.to_owned()),
            line => head.push(line.to_ascii_lowercase()),
        }
    }
    let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let asked = Asked { head, cart: serde_json::from_slice(&body).unwrap() };
    let count = {
        let mut heard = heard.lock().unwrap();
        heard.push(asked);
        heard.len()
    };
    thread::sleep(delay);
    // Whoever asked may have gone.
    let _ = stream.write_all(answer(count).as_bytes());
}
