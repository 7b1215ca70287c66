//! The disk: how long it takes to be sure, and how often a server asks it to be.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::process::signal;
use crate::spread::Spread;

/// The time of writing 4 KiB at the end of a file and waiting for the disk, in microseconds.
pub fn sync_micros(folder: &Path) -> Result<Spread> {
    let path = folder.join("sync");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let begin = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(begin.elapsed().as_secs_f64() * 1e6);
    }
    std::fs::remove_file(path)?;
    Ok(Spread::of(times))
}

/// Counts what a process asks of the disk, where `strace` is installed and may look.
pub struct SyncCounter {
    strace: Child,
    report: std::path::PathBuf,
}

impl SyncCounter {
    /// Begins to count.
    pub fn attach(pid: u32, folder: &Path) -> Result<SyncCounter> {
        let report = folder.join("strace");
        let mut strace = Command::new("strace")
            .args(["-f", "-c", "-e", "trace=fdatasync,fsync", "-p", &pid.to_string(), "-o"])
            .arg(&report)
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| "strace is missing")?;
        std::thread::sleep(Duration::from_millis(500));
        if strace.try_wait()?.is_some() {
            return Err("strace may not look".into());
        }
        Ok(SyncCounter { strace, report })
    }

    /// Ends the counting.
    pub fn count(mut self) -> Result<u64> {
        signal(self.strace.id(), "INT");
        self.strace.wait()?;
        // % time, seconds, usecs/call, calls, perhaps errors, name.
        let report = std::fs::read_to_string(&self.report)?;
        let lines = report.lines().filter(|line| line.ends_with(" fdatasync") || line.ends_with(" fsync"));
        Ok(lines.filter_map(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok()).sum())
    }
}
