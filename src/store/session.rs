//! A connection for as long as somebody uses it: statements with a time limit, and errors that say what was being done.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use tokio::time::timeout;

use super::pen::Turn;
use super::pool::Pooled;
use super::sql::{Connection, Row, Statement, sql};
use super::{StoreError, failed_to};

/// A borrowed connection.
#[derive(Debug)]
pub(super) struct Session {
    held: Option<Held>,
    patience: Duration,
    /// Whether nothing is on its way and no transaction is open. A connection to a server that is given up in between
    /// is closed: its answer may never come, and nobody else should wait for it.
    idle: bool,
}

/// What is borrowed.
#[derive(Debug)]
pub(super) enum Held {
    /// A reader of an SQLite database.
    Reader(Pooled<SqliteConnection>),
    /// The pen of an SQLite database.
    Pen(Turn),
    /// A connection to PostgreSQL.
    Server(Pooled<PgConnection>),
}

impl Session {
    /// A session in which no statement may take longer than this.
    pub(super) fn new(held: Held, patience: Duration) -> Session {
        Session { held: Some(held), patience, idle: true }
    }

    /// Begins a transaction on a server; with the pen in hand there is one already.
    pub(super) async fn begin(&mut self, statement: &'static str) -> Result<(), StoreError> {
        let begun = self.execute("begin a transaction", sql(statement)).await;
        self.idle = false;
        begun.map(drop)
    }

    /// Ends a transaction, one way or the other.
    pub(super) async fn end(mut self, doing: &'static str, statement: &'static str) -> Result<(), StoreError> {
        let ended = self.execute(doing, sql(statement)).await;
        self.idle = ended.is_ok();
        ended.map(drop)
    }

    /// The turn with the pen, if that is what is held.
    pub(super) fn turn(&mut self) -> Option<&mut Turn> {
        match &mut self.held {
            Some(Held::Pen(turn)) => Some(turn),
            _ => None,
        }
    }

    /// The turn with the pen, taken out to end it.
    pub(super) fn into_turn(mut self) -> Result<Turn, Session> {
        match self.held.take() {
            Some(Held::Pen(turn)) => Ok(turn),
            other => {
                self.held = other;
                Err(self)
            }
        }
    }

    /// All the rows.
    pub(super) async fn all(&mut self, doing: &'static str, statement: Statement<'_>) -> Result<Vec<Row>, StoreError> {
        self.run(doing, async |mut connection| connection.all(statement).await).await
    }

    /// The one row that the statement always gives.
    pub(super) async fn one(&mut self, doing: &'static str, statement: Statement<'_>) -> Result<Row, StoreError> {
        self.run(doing, async |mut connection| connection.one(statement).await).await
    }

    /// Runs a statement without rows; tells how many it changed.
    pub(super) async fn execute(&mut self, doing: &'static str, statement: Statement<'_>) -> Result<u64, StoreError> {
        self.run(doing, async |mut connection| connection.execute(statement).await).await
    }

    /// Runs writes that belong together and gives the rows of the last one.
    pub(super) async fn together(
        &mut self,
        doing: &'static str,
        statements: Vec<Statement<'_>>,
    ) -> Result<Vec<Row>, StoreError> {
        self.run(doing, async |mut connection| connection.together(statements).await).await
    }

    async fn run<T>(
        &mut self,
        doing: &'static str,
        work: impl AsyncFnOnce(Connection<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<T, StoreError> {
        let connection = match self.held.as_mut().expect("a session holds its connection to its end") {
            Held::Reader(connection) => Connection::Sqlite(connection),
            Held::Pen(turn) => Connection::Sqlite(turn.connection()),
            Held::Server(connection) => Connection::Postgres(connection),
        };
        let was_idle = std::mem::replace(&mut self.idle, false);
        let done = timeout(self.patience, work(connection)).await;
        let done = done.map_err(|_| failed_to(doing)(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())))?;
        let done = done.map_err(failed_to(doing));
        self.idle = was_idle && !done.as_ref().is_err_and(StoreError::is_lost_connection);
        done
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let (false, Some(Held::Server(connection))) = (self.idle, self.held.take()) {
            drop(Pooled::take(connection));
        }
    }
}
