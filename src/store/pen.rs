//! The one pen of an SQLite database. Those who write take turns, and turns that follow each other share a commit: the
//! disk is waited for once, not once for each.
//!
//! A turn is a savepoint in a transaction that it may share. When it is over, its writer waits for the commit, and
//! whoever waited for the pen meanwhile has a turn first. Nobody hears that something is stored before it is durable,
//! and when a commit fails everybody who shared it hears so. A turn that is dropped is undone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::time::{Instant, timeout};

use super::chains::Chains;
use super::{StoreError, failed_to};
use crate::journal::Chain;

/// Turns that share a commit at the most.
const MOST_TURNS: usize = 256;
/// How long a commit waits for more turns, at the most.
const LONGEST: Duration = Duration::from_millis(20);

/// The pen, shared by all who write.
#[derive(Clone, Debug)]
pub(super) struct Pen {
    desk: Arc<Mutex<Desk>>,
    /// How many are waiting for a turn.
    waiting: Arc<AtomicUsize>,
    /// How long one waits for a turn.
    patience: Duration,
}

/// What the pen writes with.
#[derive(Debug)]
struct Desk {
    chains: Chains,
    options: SqliteConnectOptions,
    /// None before the first use, and after a failure that may have left the connection in a state that nobody knows.
    connection: Option<SqliteConnection>,
    /// The transaction that is open, with those who wait for its commit.
    open: Option<Shared>,
    /// Whether a turn was begun and neither finished nor undone.
    in_turn: bool,
    /// Whether a turn was beginning or being undone. Found set by the next one, it was given up half-way.
    in_between: bool,
}

/// A transaction and those who wait for its commit.
#[derive(Debug)]
struct Shared {
    begun: Instant,
    /// Where the journal's chain stands after the turns that are over, once one of them wrote to it.
    chain: Option<Chain>,
    waiting: Vec<oneshot::Sender<Result<(), String>>>,
}

impl Shared {
    fn begin() -> Shared {
        Shared { begun: Instant::now(), chain: None, waiting: Vec::new() }
    }
}

/// A turn with the pen: a piece of work that is done as a whole or not at all.
#[derive(Debug)]
pub(super) struct Turn {
    /// There until the turn ends.
    desk: Option<OwnedMutexGuard<Desk>>,
    pen: Pen,
}

/// One more who waits, as long as this lives.
struct Waiting<'p>(&'p AtomicUsize);

impl<'p> Waiting<'p> {
    fn new(count: &'p AtomicUsize) -> Waiting<'p> {
        count.fetch_add(1, Ordering::SeqCst);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Pen {
    /// A pen for the database that these options lead to.
    pub(super) fn new(options: SqliteConnectOptions, patience: Duration, chains: Chains) -> Pen {
        let desk = Desk { chains, options, connection: None, open: None, in_turn: false, in_between: false };
        Pen { desk: Arc::new(Mutex::new(desk)), waiting: Arc::default(), patience }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> Result<Turn, StoreError> {
        let waiting = Waiting::new(&self.waiting);
        let desk = timeout(self.patience, self.desk.clone().lock_owned()).await;
        drop(waiting);
        let desk = desk.map_err(|_| failed_to("get a turn to write")(sqlx::Error::PoolTimedOut))?;
        // A turn from here on: whoever goes away while it begins leaves somebody behind who ends it.
        let mut turn = Turn { desk: Some(desk), pen: self.clone() };
        turn.desk().begin_turn().await.map_err(failed_to("begin a transaction"))?;
        Ok(turn)
    }

    /// Commits what is open and closes the connection.
    pub(super) async fn close(&self) {
        let mut desk = self.desk.lock().await;
        desk.commit().await;
        if let Some(connection) = desk.connection.take() {
            let _ = connection.close().await;
        }
    }

    /// Commits the open transaction, after all who are waiting for a turn have had theirs.
    async fn finish(self) {
        loop {
            // The lock is fair: those who wait already come first.
            let mut desk = self.desk.lock().await;
            desk.put_in_order().await;
            let Some(open) = &desk.open else { return };
            let full = open.waiting.len() >= MOST_TURNS || open.begun.elapsed() >= LONGEST;
            if full || self.waiting.load(Ordering::SeqCst) == 0 {
                return desk.commit().await;
            }
        }
    }
}

impl Desk {
    async fn begin_turn(&mut self) -> Result<(), sqlx::Error> {
        self.put_in_order().await;
        self.in_between = true;
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.options.connect().await?),
        };
        let begun = match &self.open {
            Some(_) => run(connection, "RELEASE turn; SAVEPOINT turn").await,
            None => run(connection, "BEGIN IMMEDIATE; SAVEPOINT turn").await,
        };
        if let Err(error) = begun {
            self.give_up(&error.to_string());
            return Err(error);
        }
        self.in_between = false;
        self.in_turn = true;
        self.open.get_or_insert_with(Shared::begin);
        Ok(())
    }

    /// Undoes the turn of somebody who went away.
    async fn put_in_order(&mut self) {
        if self.in_between {
            self.give_up("the transaction was given up while a turn began or ended");
        } else if self.in_turn {
            let _ = self.undo_turn().await;
        }
    }

    /// Undoes the turn. This fails where SQLite has undone the whole transaction already, as it may on a full disk.
    async fn undo_turn(&mut self) -> Result<(), sqlx::Error> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        self.in_between = true;
        let undone = run(connection, "ROLLBACK TO turn").await;
        match &undone {
            Ok(()) => (self.in_between, self.in_turn) = (false, false),
            Err(_) => self.give_up("the transaction was undone because of another turn in it"),
        }
        undone
    }

    async fn commit(&mut self) {
        self.put_in_order().await;
        let (Some(_), Some(connection)) = (&self.open, &mut self.connection) else { return };
        match run(connection, "COMMIT").await {
            Ok(()) => {
                let Some(open) = self.open.take() else { return };
                open.chain.into_iter().for_each(|chain| self.chains.give_back(chain));
                open.waiting.into_iter().for_each(|waiting| drop(waiting.send(Ok(()))));
            }
            Err(error) => self.give_up(&error.to_string()),
        }
    }

    /// Tells everybody who shared the open transaction that nothing of it is stored. With its connection goes whatever
    /// may be left of it, and with it the chain: nobody knows for sure where it stands.
    fn give_up(&mut self, why: &str) {
        self.connection = None;
        (self.in_between, self.in_turn) = (false, false);
        for waiting in self.open.take().into_iter().flat_map(|open| open.waiting) {
            let _ = waiting.send(Err(why.to_owned()));
        }
    }
}

impl Turn {
    fn desk(&mut self) -> &mut Desk {
        self.desk.as_mut().expect("a turn holds the desk to its end")
    }

    /// What the turn writes with.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        self.desk().connection.as_mut().expect("a turn has a connection")
    }

    /// The journal's chain, as the turns before have left it.
    pub(super) fn chain(&mut self) -> Chain {
        let Desk { open, chains, .. } = self.desk();
        open.get_or_insert_with(Shared::begin).chain.get_or_insert_with(|| chains.take()).clone()
    }

    /// Ends the turn, with the journal's chain where it has left it, and waits until what was written is durable.
    pub(super) async fn commit(mut self, chain: Option<Chain>) -> Result<(), StoreError> {
        let failed = |why| failed_to("commit")(sqlx::Error::Protocol(why));
        let (tell, committed) = oneshot::channel();
        let mut desk = self.desk.take().expect("a turn holds the desk to its end");
        let Some(open) = desk.open.as_mut() else { return Err(failed("the transaction is gone".into())) };
        open.waiting.push(tell);
        open.chain = chain.or(open.chain.take());
        // A task of its own: whoever wrote may go away, and others rely on the commit.
        if open.waiting.len() == 1 {
            tokio::spawn(self.pen.clone().finish());
        }
        // The savepoint is released by what comes next: another turn, or the commit.
        desk.in_turn = false;
        drop(desk);
        committed.await.unwrap_or_else(|_| Err("the transaction is gone".into())).map_err(failed)
    }

    /// Undoes the turn.
    pub(super) async fn rollback(mut self) -> Result<(), StoreError> {
        let undone = self.desk().undo_turn().await.map_err(failed_to("roll back"));
        let mut desk = self.desk.take().expect("a turn holds the desk to its end");
        if desk.open.as_ref().is_some_and(|open| open.waiting.is_empty()) {
            // Nobody waits for a commit that would end it.
            desk.commit().await;
        }
        undone
    }
}

/// A turn that was neither finished nor undone: its writer went away. Somebody must put the pen in order, also when
/// nobody else wants it, or the transaction would stay open and keep other processes out.
impl Drop for Turn {
    fn drop(&mut self) {
        // Where the runtime itself ends, whoever closes the pen puts it in order, or the end of the process does.
        if let (Some(_), Ok(runtime)) = (self.desk.take(), Handle::try_current()) {
            runtime.spawn(self.pen.clone().finish());
        }
    }
}

async fn run(connection: &mut SqliteConnection, statements: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(statements).execute(connection).await.map(drop)
}
