//! Takes away what is old enough: of each writer the first segments, as long as all their entries are older. An anchor
//! in the same transaction says where the chain goes on, so that the journal is whole after every batch.

use chrono::{DateTime, Utc};

use super::events;
use super::reading::head;
use crate::store::sql::{Row, sql};
use crate::store::{Store, StoreError, Tx, failed_to};

/// Segments that go in one transaction.
const BATCH: i64 = 500;

const OLDEST: &str = "
    SELECT first_entry, entries, to_at, head, CAST(LENGTH(content) AS BIGINT) AS bytes
    FROM journal WHERE writer = $1 AND first_entry <= $2 ORDER BY first_entry LIMIT $3";

const ANCHOR: &str = "
    INSERT INTO journal_anchor (writer, next_entry, head, purged_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (writer) DO UPDATE
    SET next_entry = excluded.next_entry, head = excluded.head, purged_at = excluded.purged_at";

const DELETE: &str = "DELETE FROM journal WHERE writer = $1 AND first_entry <= $2";

/// What was taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Segments.
    pub segments: u64,
    /// Entries in them.
    pub entries: u64,
    /// Bytes they took, compressed.
    pub bytes: u64,
}

/// A segment that may go.
struct Oldest {
    first: i64,
    entries: i64,
    head: [u8; 32],
    bytes: i64,
}

impl Store {
    /// Takes away a batch of a writer's first segments: none that has an entry of this time or later, none behind the
    /// one with this number. Nothing left to take away is an empty batch. The journal tells of it.
    pub async fn purge_journal(
        &self,
        writer: &str,
        before: DateTime<Utc>,
        last: i64,
        now: DateTime<Utc>,
    ) -> Result<Purged, StoreError> {
        let work = async || self.try_to_purge(writer, before, last, now).await;
        self.retrying(StoreError::is_conflict, work).await
    }

    async fn try_to_purge(
        &self,
        writer: &str,
        before: DateTime<Utc>,
        last: i64,
        now: DateTime<Utc>,
    ) -> Result<Purged, StoreError> {
        let mut tx = self.write().await?;
        let oldest = tx.oldest(writer, before, last).await?;
        let Some(end) = oldest.last() else {
            tx.rollback().await?;
            return Ok(Purged::default());
        };
        let purged = Purged {
            segments: oldest.len() as u64,
            entries: oldest.iter().map(|segment| segment.entries.unsigned_abs()).sum(),
            bytes: oldest.iter().map(|segment| segment.bytes.unsigned_abs()).sum(),
        };
        let next = end.first.saturating_add(end.entries);
        let anchor = sql(ANCHOR).bind(writer).bind(next).bind(end.head).bind(now);
        tx.session.execute("leave an anchor in the journal", anchor).await?;
        tx.session.execute("purge the journal", sql(DELETE).bind(writer).bind(end.first)).await?;
        let Purged { entries, .. } = purged;
        let why = format!("{entries} entries of {writer} before {} were taken away, up to {}", date(before), next - 1);
        tx.note(events::of_the_station("JOURNAL_PURGED", why, now));
        tx.commit().await?;
        Ok(purged)
    }
}

impl Tx {
    async fn oldest(&mut self, writer: &str, before: DateTime<Utc>, last: i64) -> Result<Vec<Oldest>, StoreError> {
        let doing = "look for what is old in the journal";
        let rows = self.session.all(doing, sql(OLDEST).bind(writer).bind(last).bind(BATCH)).await?;
        let mut oldest = Vec::with_capacity(rows.len());
        for row in &rows {
            if row.some_instant("to_at").is_ok_and(|to| to >= before) {
                break;
            }
            oldest.push(segment(row).map_err(failed_to(doing))?);
        }
        Ok(oldest)
    }
}

fn segment(row: &Row) -> Result<Oldest, sqlx::Error> {
    let (first, entries) = (row.get("first_entry")?, row.get("entries")?);
    Ok(Oldest { first, entries, head: head(row, "head")?, bytes: row.get("bytes")? })
}

fn date(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
