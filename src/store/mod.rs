//! All the SQL there is. No rules: the store fetches and saves what it is told.
//!
//! Statements stand beside their rows and conversions in one file per subject. Each is a constant text with `$1`
//! parameters, kept to what SQLite and PostgreSQL both understand, save for the functions that build JSON. Reads take
//! a connection without a transaction and are one statement each; every write is one [`Tx`].

mod anomalies;
mod load;
mod positions;
mod receipts;
mod registry;
mod taxonomy;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Sqlite, Transaction};

pub use anomalies::StoredAnomaly;
pub use load::{Save, Saved};
pub use positions::NoticeReading;
pub use receipts::{Inserted, Kept, KeptReceipt, ListedReceipt, RefusedReceipt, StoredReceipt};
pub use registry::Imported;

/// How long a caller waits for a connection before it hears that the store is down. The Node gives up after 7 s.
const READ_PATIENCE: Duration = Duration::from_secs(3);
/// The same for writes, once for their turn among ours and once more for the turn of another process, such as a bulk
/// load. The Node waits 15 s for a receipt.
const WRITE_PATIENCE: Duration = Duration::from_secs(5);
/// Readers that run at the same time. SQLite answers a read in tens of microseconds: more would only queue on the disk.
const READERS: u32 = 8;

/// Where the data is, read from `sqlite://PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUrl(PathBuf);

impl DatabaseUrl {
    /// A database in this file.
    pub fn file(path: impl Into<PathBuf>) -> DatabaseUrl {
        DatabaseUrl(path.into())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<DatabaseUrl, &'static str> {
        match text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")) {
            Some(path) if !path.is_empty() && !path.starts_with(":memory:") && !path.contains('?') => {
                Ok(DatabaseUrl(path.into()))
            }
            Some(_) => Err("must name a file, without parameters"),
            None => Err("must begin with sqlite://"),
        }
    }
}

/// Why the store could not do what it was told. The text says what it was doing; the cause is the source.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused, failed or could not be reached.
    #[error("could not {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The driver's error.
        #[source]
        source: sqlx::Error,
    },
    /// The schema could not be brought up to date.
    #[error("could not bring the schema up to date")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// A stored value is not what was once written.
    #[error("could not {doing}: a stored value cannot be read")]
    Corrupt {
        /// What was being done.
        doing: &'static str,
        /// Which value, or the driver's error.
        #[source]
        source: sqlx::Error,
    },
    /// The path no longer leads to the file that is open.
    #[error("the database file was moved, removed or replaced: {0}")]
    Moved(PathBuf),
}

impl StoreError {
    /// Whether the store as a whole is in trouble, and not just one value in it.
    pub fn is_outage(&self) -> bool {
        !matches!(self, StoreError::Corrupt { .. })
    }
}

/// Says what was being done when the driver failed.
fn failed_to(doing: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    use sqlx::Error::{ColumnDecode, Decode};
    move |source| match source {
        Decode(_) | ColumnDecode { .. } => StoreError::Corrupt { doing, source },
        _ => StoreError::Database { doing, source },
    }
}

/// A stored value that the driver could read and we cannot.
fn unreadable(value: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(value.into())
}

/// Which receipts or anomalies to list, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this organization only; a receipt belongs to its recipient.
    pub organization: Option<String>,
    /// Of this notice only.
    pub nav: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The store of one station. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
    file: OpenedFile,
}

/// A transaction that writes. Dropping it undoes everything.
#[derive(Debug)]
pub struct Tx(Transaction<'static, Sqlite>);

impl Store {
    /// Opens the database, creates it when missing, and brings its schema up to date.
    pub async fn open(url: &DatabaseUrl) -> Result<Store, StoreError> {
        // FULL makes every commit wait for the disk: an acknowledged receipt survives a power cut.
        let options = SqliteConnectOptions::new()
            .filename(url.path())
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(WRITE_PATIENCE);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(WRITE_PATIENCE)
            // When a commit fails, on a full disk for one, SQLite has already rolled back, and the driver, whose own
            // attempt then fails, takes the transaction for open ever after. Such a connection is closed, or the only
            // pen of the station would stay dry when there is room again.
            .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await
            .map_err(failed_to("open the database"))?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(READ_PATIENCE)
            .connect_lazy_with(options.create_if_missing(false).read_only(true));
        let file = OpenedFile::at(url.path()).map_err(|e| failed_to("open the database")(e.into()))?;
        Ok(Store { readers, writer, file })
    }

    /// Begins a transaction that writes, and waits for its turn.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        self.file.check()?;
        self.writer.begin_with("BEGIN IMMEDIATE").await.map(Tx).map_err(failed_to("begin a transaction"))
    }

    /// Asks the database something small: is it there?
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut connection = self.read().await?;
        let ask = sqlx::query("SELECT COUNT(*) FROM organization").fetch_one(&mut *connection);
        ask.await.map(drop).map_err(failed_to("ask the database"))
    }

    /// Closes the connections once those in use are given back.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    async fn read(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        self.file.check()?;
        self.readers.acquire().await.map_err(failed_to("get a connection"))
    }
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

impl Tx {
    /// Makes everything durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.0.commit().await.map_err(failed_to("commit"))
    }

    /// Undoes everything.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.0.rollback().await.map_err(failed_to("roll back"))
    }
}
