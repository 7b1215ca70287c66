//! All the SQL there is. No rules: the store fetches and saves what it is told.
//!
//! Statements stand beside their rows and conversions in one file per subject. Each is a constant text with `$1`
//! parameters that SQLite and PostgreSQL both understand; where they differ, in functions that look into JSON, a macro
//! makes one for each. Reads take a connection without a transaction and are one statement each; every write is one
//! [`Tx`]. `sql` runs statements on either engine, `sqlite` and `postgres` open one, `pen` shares commits.

mod accounts;
mod anomalies;
mod answers;
mod chains;
mod filter;
mod journal;
mod keys;
mod load;
mod migrations;
mod numbers;
mod orphans;
mod outbox;
mod payment_reports;
mod payment_requests;
mod pen;
mod pool;
mod pools;
mod positions;
mod postgres;
mod receipts;
mod registry;
mod session;
mod sql;
mod sqlite;
mod taxonomy;
mod turns;
mod uploads;
mod url;
mod webhooks;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;

pub use accounts::AccountStatement;
pub use anomalies::StoredAnomaly;
pub use answers::{EarlierRequest, KeptAnswer};
pub use filter::Filter;
pub use journal::{JournalWriter, Place, Purged};
pub use keys::{Made, NewKey, StoredKey, WhichKeys};
pub use load::{Save, Saved, Savepoint};
pub use outbox::{Fate, ListedMessage, WhichMessages};
pub use pools::Pools;
pub use positions::{
    Holders, Key, Listing, MOST_ON_A_PAGE, NoticeReading, OptionTimes, Order, Page, Read, StoredPosition,
};
pub use receipts::{
    Kept, KeptReceipt, KnownReceipt, ListedReceipt, PaidReceipt, PaidReceipts, RawReceipt, ReceiptKey,
    ReceiptSurroundings, ReceiptToPrint, RefusedReceipt, StoredReceipt,
};
pub use registry::{Imported, Judge, Removed};
pub use uploads::{Lease, UploadPage};
pub use url::DatabaseUrl;
pub use webhooks::{SecretHolder, Webhook};

use self::chains::Chains;
use self::load::Touched;
use self::postgres::PostgresServer;
use self::session::{Held, Session};
use self::sql::{Row, Statement};
use self::sqlite::SqliteFile;
use self::turns::Turns;
use crate::journal::{Chain, Entry, SealError};

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
    /// Journal entries could not be sealed.
    #[error("could not write to the journal")]
    Journal(#[from] SealError),
    /// It took longer than the caller waits.
    #[error("could not {0} in time")]
    Late(&'static str),
    /// The path no longer leads to the file that is open.
    #[error("the database file was moved, removed or replaced: {0}")]
    Moved(PathBuf),
}

impl StoreError {
    /// Whether the store as a whole is in trouble, and not just one value in it.
    pub fn is_outage(&self) -> bool {
        !matches!(self, StoreError::Corrupt { .. })
    }

    /// Whether a rival on the same rows undid the work: serialization failure, deadlock, or a key that was taken after
    /// we had looked. Tried again, it sees what the rival did.
    pub fn is_conflict(&self) -> bool {
        let StoreError::Database { source: sqlx::Error::Database(error), .. } = self else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01" | "23505"))
    }

    /// Whether the connection was lost, as after a restart of the server or where a firewall forgot it, and not the
    /// answer bad.
    fn is_lost_connection(&self) -> bool {
        let StoreError::Database { source, .. } = self else { return false };
        match source {
            sqlx::Error::Io(_) => true,
            // Shut down, crashed, not yet up again.
            sqlx::Error::Database(error) => error
                .code()
                .is_some_and(|code| matches!(&*code, "57P01" | "57P02" | "57P03" | "57P05") || code.starts_with("08")),
            sqlx::Error::Protocol(_) => true,
            _ => false,
        }
    }
}

/// Says what was being done when the driver failed.
fn failed_to(doing: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    use sqlx::Error::{ColumnDecode, Database, Decode};
    move |source| {
        let unreadable = match &source {
            Decode(_) | ColumnDecode { .. } => true,
            // A stored text that the engine itself looks into: a data exception of PostgreSQL's, or SQLite's words.
            Database(error) => {
                error.code().is_some_and(|code| code.len() == 5 && code.starts_with("22"))
                    || error.message() == "malformed JSON"
            }
            _ => false,
        };
        if unreadable { StoreError::Corrupt { doing, source } } else { StoreError::Database { doing, source } }
    }
}

/// A stored value that the driver could read and we cannot.
fn unreadable(value: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(value.into())
}

/// The store of one station. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Engine,
    pools: Pools,
    chains: Chains,
    /// What an account is credited for a payment, in thousandths of a euro.
    payment_credit: i64,
    /// Held by whoever stores what time has done to positions.
    moving: Arc<Mutex<()>>,
    /// Held by whoever changes the row of a notice that others change too.
    turns: Turns,
}

/// Where the data is.
#[derive(Clone, Debug)]
enum Engine {
    Sqlite(SqliteFile),
    Postgres(Box<PostgresServer>),
}

/// A transaction that writes. Dropping it undoes everything.
#[derive(Debug)]
pub struct Tx {
    session: Session,
    ledger: Ledger,
    /// What the journal is told when the transaction is committed.
    notes: Vec<Entry>,
    /// The positions that receipts may have waited for.
    touched: Touched,
    /// What an account is credited for a payment, in thousandths of a euro.
    payment_credit: i64,
}

/// The chain that a transaction writes to, once it writes to the journal.
#[derive(Debug)]
struct Ledger {
    chains: Chains,
    chain: Option<Chain>,
    /// Where the chain stood before, to go on from when the transaction is undone. The pen of SQLite keeps it itself. A
    /// transaction that is dropped may still have its row at the server for a while: its chain is never used again.
    before: Option<Chain>,
}

/// Rows of one INSERT: with as many columns as the widest has, below both engines' bound on parameters.
const ROWS: usize = 1000;

/// Times that a piece of work is tried which rivals on the same rows undo.
const ATTEMPTS: u32 = 10;

impl Store {
    /// Opens the database, creates a file when missing, and brings its schema up to date.
    pub async fn open(url: &DatabaseUrl, pools: &Pools) -> Result<Store, StoreError> {
        let chains = Chains::new();
        let engine = match url {
            DatabaseUrl::Sqlite(path) => Engine::Sqlite(SqliteFile::open(path, pools, chains.clone()).await?),
            DatabaseUrl::Postgres(url) => Engine::Postgres(Box::new(PostgresServer::open(url, pools).await?)),
        };
        let (payment_credit, turns) = (0, Turns::new());
        Ok(Store { engine, pools: pools.clone(), chains, payment_credit, moving: Arc::default(), turns })
    }

    /// The same store that credits accounts with so much for a payment, in thousandths of a euro.
    pub fn crediting(self, payment_credit: i64) -> Store {
        Store { payment_credit, ..self }
    }

    /// The same store for a task that outlives those who serve. A connection to a server lives in the runtime that opened
    /// it, and a worker's ends with the worker: whoever still writes then needs one that no worker has opened.
    pub fn of_a_task(&self) -> Store {
        let engine = match &self.engine {
            Engine::Sqlite(file) => Engine::Sqlite(file.clone()),
            Engine::Postgres(server) => Engine::Postgres(Box::new(server.of_a_task())),
        };
        Store { engine, ..self.clone() }
    }

    /// Begins a transaction that writes, and waits for its turn.
    ///
    /// PostgreSQL gives each its own snapshot and lets only the first of two that change the same row commit; the other
    /// one is to be tried again, see [`Store::retrying`].
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let session = match &self.engine {
            Engine::Sqlite(file) => {
                // Waiting for a rival process is bounded by the engine itself.
                Session::new(Held::Pen(file.write().await?), self.pools.write_patience + self.pools.statement_patience)
            }
            Engine::Postgres(server) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
                let mut session = Session::new(Held::Server(server.write().await?), self.pools.server_patience());
                match session.begin(begin).await {
                    Err(error) if error.is_lost_connection() => {
                        // Given back first: it may be the only one there is.
                        drop(session);
                        server.forget_idle();
                        session = Session::new(Held::Server(server.write().await?), self.pools.server_patience());
                        session.begin(begin).await?;
                    }
                    begun => begun?,
                }
                session
            }
        };
        Ok(Tx {
            session,
            ledger: Ledger { chains: self.chains.clone(), chain: None, before: None },
            notes: Vec::new(),
            touched: Touched::default(),
            payment_credit: self.payment_credit,
        })
    }

    /// Does a piece of work anew while rivals on the same rows undo it.
    pub async fn retrying<T, E, W: Future<Output = Result<T, E>>>(
        &self,
        is_conflict: impl Fn(&E) -> bool,
        work: impl Fn() -> W,
    ) -> Result<T, E> {
        for attempt in 1..ATTEMPTS {
            match work().await {
                Err(error) if is_conflict(&error) => tokio::time::sleep(Duration::from_millis(attempt.into())).await,
                done => return done,
            }
        }
        work().await
    }

    /// Asks the database something small: is it there?
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.one("ask the database", || sql::sql("SELECT COUNT(*) FROM organization")).await.map(drop)
    }

    /// Closes the connections once those in use are given back.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(file) => file.close().await,
            Engine::Postgres(server) => server.close(),
        }
    }

    /// One statement in a transaction of its own.
    async fn write_alone(&self, doing: &'static str, statement: Statement<'_>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let changed = tx.session.execute(doing, statement).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// A connection that reads.
    async fn read(&self) -> Result<Session, StoreError> {
        Ok(match &self.engine {
            Engine::Sqlite(file) => Session::new(Held::Reader(file.read().await?), self.pools.statement_patience),
            Engine::Postgres(server) => Session::new(Held::Server(server.read().await?), self.pools.server_patience()),
        })
    }

    /// The rows that a read gives. Connections may have died while nobody used them, all that are idle; a fresh one
    /// tells whether the server is there.
    async fn rows<'v>(
        &self,
        doing: &'static str,
        statement: impl Fn() -> Statement<'v>,
    ) -> Result<Vec<Row>, StoreError> {
        let work = async {
            // The connection is given back before another one is asked for: it may be the last.
            let mut session = self.read().await?;
            let answer = session.all(doing, statement()).await;
            drop(session);
            match (answer, &self.engine) {
                (Err(error), Engine::Postgres(server)) if error.is_lost_connection() => {
                    server.forget_idle();
                    self.read().await?.all(doing, statement()).await
                }
                (answer, _) => answer,
            }
        };
        // Twice a statement's time, and no more than the Node waits.
        timeout(2 * self.pools.statement_patience, work).await.unwrap_or(Err(StoreError::Late(doing)))
    }

    /// The one row that a read always gives.
    async fn one<'v>(&self, doing: &'static str, statement: impl Fn() -> Statement<'v>) -> Result<Row, StoreError> {
        let first = self.rows(doing, statement).await?.into_iter().next();
        first.ok_or_else(|| failed_to(doing)(sqlx::Error::RowNotFound))
    }
}

impl Tx {
    /// Makes everything durable.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.write_notes().await?;
        let Tx { session, mut ledger, .. } = self;
        match session.into_turn() {
            Ok(turn) => turn.commit(ledger.chain.take()).await,
            Err(session) => {
                // Should the commit fail, nobody knows what is in the database: this chain is never written to again.
                let chain = ledger.before.take().and(ledger.chain.take());
                session.end("commit", "COMMIT").await?;
                chain.into_iter().for_each(|chain| ledger.chains.give_back(chain));
                Ok(())
            }
        }
    }

    /// Undoes everything.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.session.into_turn() {
            Ok(turn) => turn.rollback().await,
            Err(session) => {
                session.end("roll back", "ROLLBACK").await?;
                self.ledger.before.into_iter().for_each(|chain| self.ledger.chains.give_back(chain));
                Ok(())
            }
        }
    }

    /// The chain that this transaction writes to.
    fn chain(&mut self) -> &mut Chain {
        let Ledger { chains, chain, before } = &mut self.ledger;
        chain.get_or_insert_with(|| match self.session.turn() {
            Some(turn) => turn.chain(),
            None => before.insert(chains.take()).clone(),
        })
    }
}
