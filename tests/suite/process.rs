//! The real binary as an operator runs it: a process with settings in variables, a terminal to read and signals.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::database::Database;

const BINARY: &str = env!("CARGO_BIN_EXE_ec-station");
const PATIENCE: Duration = Duration::from_secs(20);

/// A command in a folder of its own, with no settings but those it is given.
pub fn ec_station(folder: &Path) -> Command {
    bare(Command::new(BINARY), folder)
}

/// A command in the folder of a database, which it finds there or on its server.
pub fn ec_station_at(database: &Database) -> Command {
    let mut command = ec_station(database.folder());
    command.env("EC_STATION_DATABASE_URL", database.setting());
    command
}

/// A command line in a shell, where `ec-station` is the binary.
pub fn in_a_shell(folder: &Path, line: &str) -> Command {
    let mut shell = bare(Command::new("bash"), folder);
    shell.arg("-c").arg(line.replace("ec-station", BINARY));
    shell
}

fn bare(mut command: Command, folder: &Path) -> Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("EC_STATION_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// How a command ended and what it said.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs a command to its end.
pub fn ended(mut command: Command) -> Ended {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("what it says is UTF-8");
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A binary that serves.
pub struct Process {
    child: Child,
    out: Lines,
    err: Lines,
    /// Where it answers.
    pub url: String,
}

impl Process {
    /// Starts a command and waits until it says where it listens.
    pub fn start(mut command: Command) -> Process {
        command.env("EC_STATION_LISTEN", "127.0.0.1:0");
        Process::start_until(command, "listening")
    }

    /// Starts a Node and waits until it says where it listens.
    pub fn start_node(mut command: Command) -> Process {
        command.env("EC_STATION_SANDBOX_LISTEN", "127.0.0.1:0");
        Process::start_until(command, "the Node listens")
    }

    fn start_until(mut command: Command, word: &str) -> Process {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = Lines::of(child.stdout.take().unwrap());
        let mut err = Lines::of(child.stderr.take().unwrap());
        let line = err.until(word);
        let address = line.split("127.0.0.1:").nth(1).expect("the address is in the line");
        let port: String = address.chars().take_while(char::is_ascii_digit).collect();
        Process { child, out, err, url: format!("http://127.0.0.1:{port}") }
    }

    /// Serves from a database.
    pub fn serve(database: &Database, settings: &[(&str, &str)]) -> Process {
        let mut command = ec_station_at(database);
        command.arg("serve").envs(settings.iter().copied());
        Process::start(command)
    }

    pub fn id(&self) -> String {
        self.child.id().to_string()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("bash").args(["-c", "kill -s \"$0\" \"$1\"", name, &self.id()]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for a line on standard error.
    pub fn until(&mut self, what: &str) -> String {
        self.err.until(what)
    }

    /// Waits for a line on standard output and gives everything up to it.
    pub fn screen_until(&mut self, what: &str) -> String {
        self.out.until(what);
        self.out.seen.join("\n")
    }

    /// Waits for its end; gives the log with it.
    pub fn end(mut self) -> (ExitStatus, String) {
        let started = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(started.elapsed() < PATIENCE, "it does not stop"),
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        self.err.seen.extend(self.err.coming.iter());
        (status, self.err.seen.join("\n"))
    }

    /// Asks it to stop, and gives its log.
    pub fn log(self) -> String {
        self.signal("TERM");
        let (status, log) = self.end();
        assert!(status.success(), "{status}:\n{log}");
        log
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lines as they come.
struct Lines {
    seen: Vec<String>,
    coming: Receiver<String>,
}

impl Lines {
    fn of(stream: impl Read + Send + 'static) -> Lines {
        let (tell, coming) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines() {
                let _ = tell.send(line.expect("what it says is UTF-8"));
            }
        });
        Lines { seen: Vec::new(), coming }
    }

    fn until(&mut self, what: &str) -> String {
        loop {
            match self.coming.recv_timeout(PATIENCE) {
                Ok(line) => self.seen.push(line),
                Err(_) => panic!("it never said {what:?}, but:\n{}", self.seen.join("\n")),
            }
            let line = self.seen.last().unwrap();
            if line.contains(what) {
                return line.clone();
            }
        }
    }
}
