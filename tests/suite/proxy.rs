//! The network between a station and its server: counts what goes to and fro, and can swallow it without a word.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// PostgreSQL's message Sync, alone.
const ARE_YOU_WELL: [u8; 5] = [b'S', 0, 0, 0, 4];

/// A way to a server that leads through the test.
pub struct Proxy {
    address: SocketAddr,
    network: Arc<Network>,
}

#[derive(Default)]
struct Network {
    /// Whether packets wait. Connections that are lost stay silent for ever; the others go on where they were.
    stuck: Mutex<bool>,
    moving: Condvar,
    /// Connections with a lower number than this are lost: nothing arrives any more, and nobody is told.
    lost_below: AtomicUsize,
    connections: AtomicUsize,
    /// How often the station began to speak after the server had.
    questions: AtomicUsize,
    over: AtomicBool,
}

impl Proxy {
    /// To where a URL of a database leads.
    pub fn to(url: &str) -> Proxy {
        let server: SocketAddr = host_of(url).parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let network = Arc::new(Network::default());
        let shared = network.clone();
        thread::spawn(move || {
            for station in listener.incoming() {
                if shared.over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(station) = station else { continue };
                let shared = shared.clone();
                // A server that is down refuses, and so does the way to it.
                thread::spawn(move || TcpStream::connect(server).map(|server| shared.connect(station, server)));
            }
        });
        Proxy { address, network }
    }

    /// The same URL, by this way.
    pub fn url(&self, url: &str) -> String {
        url.replacen(host_of(url), &self.address.to_string(), 1)
    }

    /// Nothing arrives until [`Proxy::flow`].
    pub fn hold(&self) {
        *self.network.stuck.lock().unwrap() = true;
    }

    pub fn flow(&self) {
        *self.network.stuck.lock().unwrap() = false;
        self.network.moving.notify_all();
    }

    /// All connections there are fall silent for ever, at both ends; new ones are well.
    pub fn lose_all_there_are(&self) {
        self.network.lost_below.store(self.network.connections.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// How many connections the station has made so far.
    pub fn connections(&self) -> usize {
        self.network.connections.load(Ordering::SeqCst)
    }

    /// How often the station has asked the server something so far: its packets that follow one of the server's.
    pub fn questions(&self) -> usize {
        self.network.questions.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.network.over.store(true, Ordering::SeqCst);
        self.flow();
        let _ = TcpStream::connect(self.address);
    }
}

fn host_of(url: &str) -> &str {
    let after = url.split_once('@').expect("the URL names a role").1;
    after.split('/').next().unwrap()
}

impl Network {
    /// Carries everything between two ends, until one of them closes.
    fn connect(self: Arc<Network>, station: TcpStream, server: TcpStream) {
        let number = self.connections.fetch_add(1, Ordering::SeqCst);
        for stream in [&station, &server] {
            stream.set_nodelay(true).unwrap();
        }
        let asked = Arc::new(AtomicBool::new(false));
        let ends = [(station.try_clone(), server.try_clone(), true), (Ok(server), Ok(station), false)];
        for (from, to, asks) in ends {
            let (network, asked) = (self.clone(), asked.clone());
            let (Ok(from), Ok(to)) = (from, to) else { return };
            thread::spawn(move || network.carry(number, from, to, asks, &asked));
        }
    }

    fn carry(&self, number: usize, mut from: TcpStream, mut to: TcpStream, asks: bool, asked: &AtomicBool) {
        let mut bytes = [0; 16 * 1024];
        loop {
            let count = from.read(&mut bytes).unwrap_or(0);
            let mut stuck = self.stuck.lock().unwrap();
            while *stuck {
                stuck = self.moving.wait(stuck).unwrap();
            }
            drop(stuck);
            if number < self.lost_below.load(Ordering::SeqCst) {
                // The other end must not learn of it: its connection stays open as long as the test runs.
                while !self.over.load(Ordering::SeqCst) {
                    let stuck = self.stuck.lock().unwrap();
                    let _ = self.moving.wait_timeout(stuck, Duration::from_millis(100));
                }
                return;
            }
            // Counted before it arrives, and may be answered. A connection that is given back is asked whether it is
            // well; no caller waits for that.
            let counts = count > 0 && bytes[..count] != ARE_YOU_WELL;
            if counts && asked.swap(asks, Ordering::SeqCst) != asks && asks {
                self.questions.fetch_add(1, Ordering::SeqCst);
            }
            if count == 0 || to.write_all(&bytes[..count]).is_err() {
                let _ = to.shutdown(Shutdown::Both);
                let _ = from.shutdown(Shutdown::Both);
                return;
            }
        }
    }
}
