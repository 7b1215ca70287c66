//! A PostgreSQL server of a test's own, to stop, to cut off and to start again. The others share that of the run.

use std::path::Path;
use std::process::{Command, Output};

/// A server that nobody else uses. It is gone when it is dropped.
pub struct Server {
    folder: tempfile::TempDir,
    url: String,
}

impl Server {
    /// A new one, started.
    pub fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        let url = postgres("start", folder.path(), None);
        Server { folder, url }
    }

    /// Where it is, with the database that every server has.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same as its superuser.
    pub fn url_of_its_master(&self) -> String {
        self.url.replacen("ec_station@", "postgres@", 1)
    }

    /// Takes it down as an administrator does.
    pub fn stop(&self) {
        postgres("stop", self.folder.path(), None);
    }

    /// Takes it down as a power cut does.
    pub fn cut(&self) {
        postgres("stop", self.folder.path(), Some("immediate"));
    }

    /// Kills all its processes at once.
    pub fn kill(&self) {
        postgres("signal", self.folder.path(), Some("KILL"));
    }

    /// All its processes stand still, with their connections open.
    pub fn freeze(&self) {
        postgres("signal", self.folder.path(), Some("STOP"));
    }

    /// They go on where they stood.
    pub fn thaw(&self) {
        postgres("signal", self.folder.path(), Some("CONT"));
    }

    /// Starts it after it was down, on the same port.
    pub fn start_again(&self) {
        assert_eq!(postgres("start", self.folder.path(), None), self.url);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // A test that ends badly may have left it frozen.
            let _ = try_postgres("signal", self.folder.path(), Some("CONT"));
        }
        let _ = try_postgres("stop", self.folder.path(), Some("immediate"));
    }
}

/// Wakes a frozen server when a test fails: whoever throws its databases away would wait for it for ever.
pub struct Woken<'s>(pub &'s Server);

impl Drop for Woken<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = try_postgres("signal", self.0.folder.path(), Some("CONT"));
        }
    }
}

/// Runs `tests/postgres` and gives what it says.
fn postgres(command: &str, folder: &Path, argument: Option<&str>) -> String {
    let output = try_postgres(command, folder, argument);
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn try_postgres(command: &str, folder: &Path, argument: Option<&str>) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres");
    Command::new(script).arg(command).arg(folder).args(argument).output().unwrap()
}
