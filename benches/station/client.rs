//! The client: connections that ask as soon as they are answered, and the time that each answer took.
//!
//! A process of its own with one thread. It writes requests that are almost ready and looks for three words in the
//! answers, so that it costs little beside the server.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::Result;
use crate::messages::{Form, Message, Order, find};

/// The argument that makes this program a client.
pub const ROLE: &str = "--client";

/// What a client is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Orders {
    /// The server.
    pub address: SocketAddr,
    /// Where it listens.
    pub path: String,
    /// How many ask at the same time.
    pub connections: usize,
    /// Time before the measuring.
    pub warm_up: Duration,
    /// Time of the measuring.
    pub measure: Duration,
    /// What is said, in turns. A message whose notices are used up is left out.
    pub messages: Vec<Message>,
    /// Where chance begins.
    pub seed: u64,
}

/// What a client saw.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Answers that said OK.
    pub ok: u64,
    /// Answers that said KO.
    pub ko: u64,
    /// SOAP Faults.
    pub faults: u64,
    /// Other answers, and connections that broke.
    pub other: u64,
    /// An answer that was not OK.
    pub example: String,
    /// Answers while it was measured.
    pub measured: u64,
    /// How long that was.
    pub seconds: f64,
    /// Half of the answers took no longer, in microseconds.
    pub p50: u64,
    /// Nine in ten.
    pub p90: u64,
    /// Ninety-nine in a hundred.
    pub p99: u64,
    /// All.
    pub max: u64,
    /// The notices that are left of each message.
    pub left: Vec<std::ops::Range<u64>>,
}

impl Tally {
    /// All answers.
    pub fn answers(&self) -> u64 {
        self.ok + self.ko + self.faults + self.other
    }
}

/// Has a client carry out orders.
pub fn send(orders: &Orders) -> Result<Tally> {
    let mut client =
        Command::new(std::env::current_exe()?).arg(ROLE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    client.stdin.take().expect("it is piped").write_all(&serde_json::to_vec(orders)?)?;
    let told = client.wait_with_output()?;
    Ok(serde_json::from_slice(&told.stdout).map_err(|_| "the client broke down")?)
}

/// The client itself: orders from the standard input, a tally to the standard output.
pub fn run() -> Result<()> {
    let mut orders = Vec::new();
    std::io::stdin().read_to_end(&mut orders)?;
    let orders: Orders = serde_json::from_slice(&orders)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tally = runtime.block_on(LocalSet::new().run_until(carry_out(orders)));
    Ok(serde_json::to_writer(std::io::stdout(), &tally)?)
}

/// What the connections of a client share.
struct Shared {
    orders: Orders,
    begin: Instant,
    end: Instant,
    tally: Tally,
    latencies: Histogram<u64>,
    last: Instant,
    turn: usize,
    chance: u64,
}

async fn carry_out(orders: Orders) -> Tally {
    let begin = Instant::now() + orders.warm_up;
    let forms: Vec<_> = orders.messages.iter().map(|message| Form::new(message, &orders.path)).collect();
    let connections = orders.connections;
    let shared = Rc::new(RefCell::new(Shared {
        begin,
        end: begin + orders.measure,
        tally: Tally::default(),
        latencies: Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are right"),
        last: begin,
        turn: 0,
        chance: orders.seed | 1,
        orders,
    }));
    let one = |_| tokio::task::spawn_local(converse(shared.clone(), forms.clone()));
    for connection in (0..connections).map(one).collect::<Vec<_>>() {
        connection.await.expect("a connection does not panic");
    }
    let shared = shared.borrow();
    let Shared { latencies, .. } = &*shared;
    Tally {
        measured: latencies.len(),
        seconds: (shared.last - shared.begin).as_secs_f64(),
        p50: latencies.value_at_quantile(0.5),
        p90: latencies.value_at_quantile(0.9),
        p99: latencies.value_at_quantile(0.99),
        max: latencies.max(),
        left: shared.orders.messages.iter().map(|message| message.notices.clone()).collect(),
        ..shared.tally.clone()
    }
}

/// One connection, until time or notices are over.
async fn converse(shared: Rc<RefCell<Shared>>, mut forms: Vec<Form>) {
    let address = shared.borrow().orders.address;
    let Ok(mut stream) = TcpStream::connect(address).await else { return shared.borrow_mut().broke("no connection") };
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::with_capacity(16 << 10);
    loop {
        let next = shared.borrow_mut().next();
        let Some((message, number)) = next else { return };
        let asked = Instant::now();
        if stream.write_all(forms[message].fill(number)).await.is_err() {
            return shared.borrow_mut().broke("the connection broke");
        }
        let Ok(body) = answer(&mut stream, &mut buffer).await else {
            return shared.borrow_mut().broke("the connection broke");
        };
        shared.borrow_mut().hear(asked, &buffer, body);
    }
}

/// Reads one answer; gives where its body begins.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<usize> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let Some(head) = find(buffer, b"\r\n\r\n") else { continue };
        let body = head + 4;
        if buffer.len() >= body + content_length(&buffer[..head]) {
            return Ok(body);
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let Some(at) = find(head, b"ontent-length: ").or_else(|| find(head, b"ontent-Length: ")) else { return 0 };
    let digits = head[at + 15..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}

impl Shared {
    /// The message whose turn it is, and its notice.
    fn next(&mut self) -> Option<(usize, u64)> {
        if Instant::now() >= self.end {
            return None;
        }
        for _ in 0..self.orders.messages.len() {
            let turn = self.turn % self.orders.messages.len();
            self.turn += 1;
            let chance = self.chance();
            let message = &mut self.orders.messages[turn];
            let Message { notices, order, .. } = message;
            if notices.is_empty() {
                continue;
            }
            return Some(match order {
                Order::Random => (turn, notices.start + chance % (notices.end - notices.start)),
                Order::Once => (turn, notices.next().expect("it is not empty")),
            });
        }
        None
    }

    /// Xorshift: cheap, and the same for all.
    fn chance(&mut self) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance >> 11
    }

    fn hear(&mut self, asked: Instant, answer: &[u8], body: usize) {
        let now = Instant::now();
        if asked >= self.begin {
            self.latencies.saturating_record((now - asked).as_micros() as u64);
            self.last = now;
        }
        let (head, body) = answer.split_at(body);
        let count = match &head[9..12] {
            b"200" if find(body, b"<outcome>OK</outcome>").is_some() => {
                self.tally.ok += 1;
                return;
            }
            b"200" if find(body, b"<outcome>KO</outcome>").is_some() => &mut self.tally.ko,
            _ if find(body, b"faultcode").is_some() => &mut self.tally.faults,
            _ => &mut self.tally.other,
        };
        *count += 1;
        self.tally.example = String::from_utf8_lossy(answer).into_owned();
    }

    fn broke(&mut self, how: &str) {
        self.tally.other += 1;
        self.tally.example = how.into();
    }
}

/// The body of one answer, which must be an OK.
pub fn one_answer(address: SocketAddr, path: &str, message: &Message) -> Result<String> {
    let mut form = Form::new(message, path);
    let mut stream = std::net::TcpStream::connect(address)?;
    stream.write_all(form.fill(message.notices.start))?;
    let mut buffer = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk)? {
            0 => return Err("the connection broke".into()),
            count => buffer.extend_from_slice(&chunk[..count]),
        }
        let Some(head) = find(&buffer, b"\r\n\r\n") else { continue };
        if buffer.len() >= head + 4 + content_length(&buffer[..head]) {
            let body = String::from_utf8(buffer.split_off(head + 4))?;
            let ok = body.contains("<outcome>OK</outcome>");
            return if ok { Ok(body) } else { Err(format!("not an OK: {body}").into()) };
        }
    }
}
