//! The journal's rows: sealed segments, each chained to the one before of its writer. Writing stands here; who looks into
//! the journal reads in `reading`, who takes away what is old enough does it in `purging`, and `events` puts into words
//! what the store changes by itself.

pub(super) mod events;
mod purging;
mod reading;

pub use self::purging::Purged;
pub use self::reading::{JournalWriter, Place};

use tracing::warn;

use super::sql::{Statement, sql};
use super::{Store, StoreError, Tx, failed_to};
use crate::journal::{Chain, Entry, Segment};

const INSERT: &str = "
    INSERT INTO journal (writer, first_entry, entries, from_at, to_at, notice_key, keys, previous_head, head, content)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const IS_THERE: &str = "SELECT EXISTS (SELECT 1 FROM journal WHERE writer = $1 AND head = $2)";

/// How often it is asked whether an unconfirmed commit took place, and the pause in between.
const ASKED: u32 = 20;
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

impl Store {
    /// Writes entries to the journal that belong to no other change.
    pub async fn append_to_journal(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.journal(entries).await?;
        let end = tx.ledger.chain.clone();
        let (Err(cause), Some(end)) = (tx.commit().await, end) else { return Ok(()) };
        // The connection may have broken behind the commit: what is there shall not come twice, so somebody must say.
        for _ in 0..ASKED {
            match self.is_there(&end).await {
                Ok(true) => {
                    warn!(%cause, "the journal was written, though its commit was not confirmed");
                    return Ok(());
                }
                Ok(false) => break,
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
        Err(cause)
    }

    /// Whether the journal has a segment that ends here.
    async fn is_there(&self, end: &Chain) -> Result<bool, StoreError> {
        let doing = "look for a segment of the journal";
        let ask = || sql(IS_THERE).bind(&end.writer).bind(end.head);
        self.one(doing, ask).await?.only().map_err(failed_to(doing))
    }

    /// Where this process's chains stand, for a log that keeps watch over the journal's end.
    pub fn journal_heads(&self) -> Vec<Chain> {
        self.chains.heads()
    }
}

impl Tx {
    /// Writes entries to the journal, in this transaction.
    pub async fn journal(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        let Some(insert) = self.journal_statement(entries)? else { return Ok(()) };
        self.session.execute("write to the journal", insert).await.map(drop)
    }

    /// Brings an entry into the journal when the transaction is committed, together with the others of its kind.
    pub(super) fn note(&mut self, entry: Entry) {
        self.notes.push(entry);
    }

    /// Writes what was noted.
    pub(super) async fn write_notes(&mut self) -> Result<(), StoreError> {
        let notes = std::mem::take(&mut self.notes);
        self.journal(&notes).await
    }

    /// The statement that does, for those who send it with others.
    pub(super) fn journal_statement(&mut self, entries: &[Entry]) -> Result<Option<Statement<'static>>, StoreError> {
        if entries.is_empty() {
            return Ok(None);
        }
        let chain = self.chain();
        let segment = chain.seal_what_fits(entries)?;
        *chain = Chain::after(&segment);
        Ok(Some(insert(segment)))
    }
}

fn insert(segment: Segment) -> Statement<'static> {
    sql(INSERT)
        .bind(segment.writer)
        .bind(segment.first)
        .bind(segment.entries)
        .bind(segment.from_at)
        .bind(segment.to_at)
        .bind(segment.notice_key)
        .bind(segment.keys)
        .bind(segment.previous)
        .bind(segment.head)
        .bind(segment.content)
}
