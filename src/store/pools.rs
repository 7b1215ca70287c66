//! How the station goes about its connections.

use std::time::Duration;

/// How many connections there are, and how long one waits for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pools {
    /// Reads that run at the same time. SQLite answers one in tens of microseconds: more would only queue on the disk.
    pub read_connections: u32,
    /// Writes that run at the same time on PostgreSQL; SQLite has one pen.
    pub write_connections: u32,
    /// How long a read waits for a connection. The Node gives up after 7 s.
    pub connect_patience: Duration,
    /// How long a write waits for its turn among ours, and once more for the turn of another process, such as a bulk
    /// load. The Node waits 15 s for a receipt.
    pub write_patience: Duration,
    /// How long one statement may take.
    pub statement_patience: Duration,
    /// Whether a commit waits for the disk. Without, a power cut loses what was acknowledged: for trials only.
    pub durable: bool,
}

impl Pools {
    /// How long we wait for a server's answer: a little longer than it may take for a statement, so that it says itself
    /// that it was too slow. Whoever says nothing is taken for dead.
    pub(super) fn server_patience(&self) -> Duration {
        self.statement_patience + Duration::from_millis(500)
    }
}

impl Default for Pools {
    fn default() -> Pools {
        Pools {
            read_connections: 8,
            write_connections: 8,
            connect_patience: Duration::from_secs(2),
            write_patience: Duration::from_secs(5),
            statement_patience: Duration::from_secs(3),
            durable: true,
        }
    }
}
