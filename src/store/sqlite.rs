//! An SQLite database: eight readers and one pen.

use std::path::{Path, PathBuf};
use std::time::Duration;

use log::LevelFilter;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use tracing::warn;

use super::chains::Chains;
use super::pen::{Pen, Turn};
use super::pool::{Pool, Pooled, get, pool};
use super::{Pools, StoreError, failed_to, migrations};

/// The connections to one database file.
#[derive(Clone, Debug)]
pub(super) struct SqliteFile {
    readers: Pool<SqliteConnection>,
    pen: Pen,
    file: OpenedFile,
}

impl SqliteFile {
    /// Opens the file, creates it when missing, and brings its schema up to date.
    pub(super) async fn open(path: &Path, pools: &Pools, chains: Chains) -> Result<SqliteFile, StoreError> {
        // FULL makes every commit wait for the disk: an acknowledged receipt survives a power cut.
        let synchronous = if pools.durable { SqliteSynchronous::Full } else { SqliteSynchronous::Off };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(pools.write_patience)
            .log_slow_statements(LevelFilter::Off, Duration::MAX);
        let failed = || failed_to("open the database");
        let mut first = migrations::open_sqlite(&options).await?;
        assert_durable(&mut first).await.map_err(failed())?;
        first.close().await.map_err(failed())?;
        let options = options.create_if_missing(false);
        let readers = pool(options.clone().read_only(true), pools.read_connections, pools.connect_patience);
        let file = OpenedFile::at(path).map_err(|e| failed()(e.into()))?;
        Ok(SqliteFile { readers, pen: Pen::new(options, pools.write_patience, chains), file })
    }

    pub(super) async fn read(&self) -> Result<Pooled<SqliteConnection>, StoreError> {
        self.file.check()?;
        get(&self.readers).await
    }

    pub(super) async fn write(&self) -> Result<Turn, StoreError> {
        self.file.check()?;
        self.pen.turn().await
    }

    pub(super) async fn close(&self) {
        self.readers.close();
        self.pen.close().await;
    }
}

/// Asks SQLite itself whether commits wait for the disk. Readers are opened with the same options.
async fn assert_durable(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await?;
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    // 2 is FULL, 3 EXTRA.
    if synchronous < 2 || journal != "wal" {
        warn!(synchronous, journal, "commits do not wait for the disk: a power cut may lose acknowledged receipts");
    }
    Ok(())
}

/// The file that was opened. SQLite goes on reading and writing a file that was moved away or removed: what is stored
/// then is lost with it, and a receipt that we acknowledged would be nowhere. So we look before every use. A file put
/// in its place is not taken up while the station runs, since the old one's write-ahead log may still lie beside it.
#[derive(Clone, Debug)]
struct OpenedFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl OpenedFile {
    fn at(path: &Path) -> std::io::Result<OpenedFile> {
        Ok(OpenedFile { path: path.to_owned(), identity: identity(path)? })
    }

    fn check(&self) -> Result<(), StoreError> {
        match identity(&self.path) {
            Ok(identity) if identity == self.identity => Ok(()),
            _ => Err(StoreError::Moved(self.path.clone())),
        }
    }
}

/// Device and number of a file.
#[cfg(unix)]
fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

/// Elsewhere nobody can move a file that is open.
#[cfg(not(unix))]
fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    std::fs::metadata(path).map(|_| (0, 0))
}
