//! A thousand connections, most of which say nothing or hardly anything: who has a question is answered all the same.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::database::Database;
use crate::extent::usual_or_full;
use crate::given::{self, NAV, a_position, a_receipt_for};
use crate::process::Process;
use crate::socket::{Socket, post};
use crate::traffic::{Line, nav, positions};

const CONNECTIONS: usize = 1_000;

/// Both ends of a thousand connections are more files than a process is given where nobody asks.
fn allow_many_files() {
    let own = std::process::id().to_string();
    let limit = |which: &str| {
        let arguments = ["--pid", &own, "--nofile", "--raw", "--noheadings", "--output", which];
        let told = Command::new("prlimit").args(arguments).output().unwrap();
        String::from_utf8(told.stdout).unwrap().trim().to_owned()
    };
    let hard = limit("HARD");
    assert!(hard.parse().is_ok_and(|hard: u64| hard >= 2_500) || hard == "unlimited", "at most {hard} open files");
    let raised = Command::new("prlimit").args(["--pid", &own, &format!("--nofile={hard}:{hard}")]).status().unwrap();
    assert!(raised.success());
}

/// Of four connections one is silent, one sends a byte now and then, one stops in the middle of a request, and one asks
/// something and then stays.
#[test]
fn a_thousand_connections_keep_nobody_waiting() {
    allow_many_files();
    let database = Database::with(&[vec![a_position()], positions(8)].concat());
    let station = Process::serve(&database, &[]);
    let request = post(&given::verify(NAV));
    let mut slow = Vec::new();
    let mut others = Vec::new();
    for number in 0..CONNECTIONS {
        let mut socket = Socket::to(&station.url);
        match number % 4 {
            0 => others.push(socket),
            1 => slow.push((socket, 0)),
            2 => {
                socket.send(&request[..request.len() / 2]);
                others.push(socket);
            }
            _ => {
                assert_eq!(socket.send(&request).answer().unwrap().outcome(), "OK");
                others.push(socket);
            }
        }
    }
    let over = AtomicBool::new(false);
    let longest = thread::scope(|scope| {
        // A byte a second each: with a quarter of them due at any moment.
        scope.spawn(|| {
            for round in 0.. {
                for (socket, sent) in slow.iter_mut().skip(round % 4).step_by(4) {
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                    let _ = socket.try_send(&request.as_bytes()[*sent..*sent + 1]);
                    *sent += 1;
                }
                thread::sleep(Duration::from_millis(250));
            }
        });
        // Longer than the station's patience with a request that does not come to its end.
        let until = Instant::now() + usual_or_full(Duration::from_secs(3), Duration::from_secs(15));
        let mut longest = Duration::ZERO;
        let mut asked = 0;
        while Instant::now() < until {
            let started = Instant::now();
            let mut line = Line::to(&station.url);
            assert_eq!(line.ask(&given::verify(NAV)).as_deref(), Some("OK"));
            longest = longest.max(started.elapsed());
            asked += 1;
        }
        println!("{asked} questions on connections of their own, the longest took {longest:?}");
        over.store(true, Ordering::SeqCst);
        longest
    });
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    let receipt = a_receipt_for(&nav(0)).v1();
    assert_eq!(Line::to(&station.url).ask(&receipt).as_deref(), Some("OK"));
    drop((slow, others));
    station.log();
}
