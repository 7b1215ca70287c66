//! Servers as processes: started, watched from outside, and stopped.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ec_station::settings::variable;

use crate::Result;
use crate::baseline;
use crate::database::Database;

/// The real binary.
pub const STATION: &str = env!("CARGO_BIN_EXE_ec-station");

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; it ends with this value.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start until it was ready.
    pub started_in: Duration,
    /// Who asks it for JSON, on a connection that is kept.
    agent: ureq::Agent,
}

impl Server {
    /// `ec-station serve` on a database, with settings by their paths. Its log is written where nobody keeps it.
    pub fn station(database: &Database, settings: &[(&str, &str)]) -> Result<Server> {
        Server::station_logging_to(database, settings, Stdio::null())
    }

    /// The same, with its log in a file.
    pub fn station_with_log(database: &Database, settings: &[(&str, &str)], log: &Path) -> Result<Server> {
        Server::station_logging_to(database, settings, File::create(log)?.into())
    }

    fn station_logging_to(database: &Database, settings: &[(&str, &str)], log: Stdio) -> Result<Server> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = station();
        command.arg("serve").env(variable("listen"), address.to_string()).env(variable("database.url"), &database.url);
        for (path, value) in settings {
            command.env(variable(path), value);
        }
        let begin = Instant::now();
        let child = command.stdout(Stdio::null()).stderr(log).spawn()?;
        let mut server = Server { child, address, started_in: Duration::ZERO, agent: agent() };
        while !is_ready(address) {
            if begin.elapsed() > PATIENCE || server.child.try_wait()?.is_some() {
                return Err("a station did not start".into());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        server.started_in = begin.elapsed();
        Ok(server)
    }

    /// A baseline.
    pub fn baseline(orders: &baseline::Orders) -> Result<Server> {
        let begin = Instant::now();
        let (child, address) = baseline::start(orders)?;
        Ok(Server { child, address, started_in: begin.elapsed(), agent: agent() })
    }

    /// Who asks it for JSON.
    pub fn agent(&self) -> &ureq::Agent {
        &self.agent
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its memory now, in bytes.
    pub fn memory(&self) -> u64 {
        memory(self.pid(), "VmRSS")
    }

    /// The processor time it has used so far.
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap_or_default();
        // The name, in brackets, may hold blanks. Linux counts in hundredths of a second here.
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        signal(self.pid(), "TERM");
        let begin = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && begin.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that takes every status as an answer.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

/// The real binary, with the defaults and nothing of our own environment.
pub fn station() -> Command {
    let mut command = Command::new(STATION);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("EC_STATION_") {
            command.env_remove(name);
        }
    }
    command
}

/// Sends a signal by the shell, which has the means built in.
pub fn signal(pid: u32, name: &str) {
    let _ = Command::new("sh").arg("-c").arg(format!("kill -{name} {pid}")).stderr(Stdio::null()).status();
}

/// A size that Linux tells of a process, in bytes; nothing elsewhere.
pub fn memory(pid: u32, which: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':'));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or_default() << 10
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(3)))?;
        stream.write_all(b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(&status[9..] == b"200")
    };
    ask().unwrap_or(false)
}
