//! The journal as it is looked into: segments by notice, by time and by writer. Places are listed in pages and segments
//! fetched one by one, so that memory holds one segment, however long the journal is.
//!
//! A row may have been altered: what cannot be read of it becomes something that no segment can have, so that opening
//! the segment tells of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::journal::{Chain, Segment, key_of};
use crate::store::sql::{Row, sql};
use crate::store::{Store, StoreError, failed_to};

/// Places that are listed at once.
const PAGE: i64 = 1000;
/// Segments whose keys are looked through at once: some kilobytes each.
const KEY_PAGE: i64 = 200;

const ONE: &str = "
    SELECT writer, first_entry, entries, from_at, to_at, notice_key, keys, previous_head, head, content FROM journal WHERE id = $1";

const OF_ONE_NOTICE: &str = "SELECT id FROM journal WHERE notice_key = $1 ORDER BY id";

const OF_MANY_NOTICES: &str = "
    SELECT id, keys FROM journal WHERE notice_key IS NULL AND id > $1 ORDER BY id LIMIT $2";

const OF_A_TIME: &str = "
    SELECT id, to_at FROM journal WHERE (to_at, id) > ($1, $2) AND from_at < $3 ORDER BY to_at, id LIMIT $4";

const OF_A_WRITER: &str = "
    SELECT id, first_entry FROM journal WHERE writer = $1 AND first_entry >= $2 ORDER BY first_entry LIMIT $3";

const WRITERS: &str = "SELECT writer, COUNT(*) AS segments FROM journal GROUP BY writer";

const ANCHORS: &str = "SELECT writer, next_entry, head FROM journal_anchor";

const ANCHOR: &str = "SELECT writer, next_entry, head FROM journal_anchor WHERE writer = $1";

/// Somebody who wrote to the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalWriter {
    /// The name.
    pub name: String,
    /// How many segments there are.
    pub segments: u64,
    /// Where the chain begins, once its beginning was purged.
    pub anchor: Option<Chain>,
}

/// Where a segment is listed: the next page begins behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The segment.
    pub id: i64,
    /// The latest time in it.
    pub to_at: DateTime<Utc>,
}

impl Store {
    /// The segments that may speak of a notice, in the order in which they were written.
    pub async fn journal_of_notice(&self, nav: &str) -> Result<Vec<i64>, StoreError> {
        let doing = "look for a notice in the journal";
        let rows = self.rows(doing, || sql(OF_ONE_NOTICE).bind(key_of(nav))).await?;
        let mut found = rows.iter().map(Row::only).collect::<Result<Vec<i64>, _>>().map_err(failed_to(doing))?;
        let mut after = i64::MIN;
        loop {
            let rows = self.rows(doing, || sql(OF_MANY_NOTICES).bind(after).bind(KEY_PAGE)).await?;
            for row in &rows {
                after = row.get("id").map_err(failed_to(doing))?;
                if Segment::may_speak_of(row.get("keys").map_err(failed_to(doing))?, nav) {
                    found.push(after);
                }
            }
            if rows.len() < KEY_PAGE as usize {
                found.sort_unstable();
                return Ok(found);
            }
        }
    }

    /// A page of the segments that have anything from one time on and begin before another, in the order of their
    /// latest times: the first page, or the one behind a place. An empty page is the end.
    pub async fn journal_of_time(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        behind: Option<Place>,
    ) -> Result<Vec<Place>, StoreError> {
        let doing = "look into the journal of a time";
        let Place { id, to_at } = behind.unwrap_or(Place { id: i64::MIN, to_at: from });
        let rows = self.rows(doing, || sql(OF_A_TIME).bind(to_at).bind(id).bind(to).bind(PAGE)).await?;
        let place = |row: &Row| Ok(Place { id: row.get("id")?, to_at: row.some_instant("to_at")? });
        rows.iter().map(place).collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    /// A page of a writer's segments from an entry on, by id and the number of their first entry. An empty page is the
    /// end.
    pub async fn journal_of_writer(&self, writer: &str, from: i64) -> Result<Vec<(i64, i64)>, StoreError> {
        let doing = "look into the journal of a writer";
        let rows = self.rows(doing, || sql(OF_A_WRITER).bind(writer).bind(from).bind(PAGE)).await?;
        let place = |row: &Row| Ok((row.get("id")?, row.get("first_entry")?));
        rows.iter().map(place).collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    /// A segment; none when it was purged meanwhile.
    pub async fn journal_segment(&self, id: i64) -> Result<Option<Segment>, StoreError> {
        let doing = "read a segment of the journal";
        let rows = self.rows(doing, || sql(ONE).bind(id)).await?;
        rows.first().map(segment).transpose().map_err(failed_to(doing))
    }

    /// Everybody who wrote to the journal, in the order of their names.
    pub async fn journal_writers(&self) -> Result<Vec<JournalWriter>, StoreError> {
        let doing = "list the journal's writers";
        let mut writers = BTreeMap::new();
        // Anchors first: what is purged in between only looks as if it were more.
        for row in &self.rows(doing, || sql(ANCHORS)).await? {
            let anchor = anchor(row).map_err(failed_to(doing))?;
            let name = anchor.writer.clone();
            writers.insert(name.clone(), JournalWriter { name, segments: 0, anchor: Some(anchor) });
        }
        for row in &self.rows(doing, || sql(WRITERS)).await? {
            let name: String = row.get("writer").map_err(failed_to(doing))?;
            let segments: i64 = row.get("segments").map_err(failed_to(doing))?;
            let known = writers.entry(name.clone()).or_insert(JournalWriter { name, segments: 0, anchor: None });
            known.segments = segments.unsigned_abs();
        }
        Ok(writers.into_values().collect())
    }

    /// Where a writer's chain begins, once its beginning was purged.
    pub async fn journal_anchor(&self, writer: &str) -> Result<Option<Chain>, StoreError> {
        let doing = "read an anchor of the journal";
        let rows = self.rows(doing, || sql(ANCHOR).bind(writer)).await?;
        rows.first().map(anchor).transpose().map_err(failed_to(doing))
    }
}

fn anchor(row: &Row) -> Result<Chain, sqlx::Error> {
    Ok(Chain::resume(row.get::<String>("writer")?, row.get("next_entry")?, head(row, "head")?))
}

fn segment(row: &Row) -> Result<Segment, sqlx::Error> {
    Ok(Segment {
        writer: row.get("writer")?,
        first: row.get("first_entry")?,
        entries: row.get("entries")?,
        from_at: row.some_instant("from_at").unwrap_or(DateTime::<Utc>::MIN_UTC),
        to_at: row.some_instant("to_at").unwrap_or(DateTime::<Utc>::MIN_UTC),
        notice_key: row.get("notice_key")?,
        keys: row.get("keys")?,
        previous: head(row, "previous_head")?,
        head: head(row, "head")?,
        content: row.get("content")?,
    })
}

/// No entries lead to ones throughout, nor does anything begin there: another length is an altered head.
pub(super) fn head(row: &Row, column: &str) -> Result<[u8; 32], sqlx::Error> {
    Ok(row.get::<&[u8]>(column)?.try_into().unwrap_or([0xff; 32]))
}
