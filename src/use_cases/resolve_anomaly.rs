//! Somebody has dealt with what they were to look at.

use chrono::{DateTime, Utc};

use crate::domain::codes::NoticeNumber;
use crate::journal::{Entry, Event};
use crate::store::{Store, StoreError, StoredAnomaly};

/// The longest note on how an anomaly was dealt with.
pub const LONGEST_NOTE: usize = 500;

/// How an anomaly was dealt with.
#[derive(Clone, Copy)]
pub struct Resolution<'a> {
    /// Its number.
    pub id: i64,
    /// In the operator's words.
    pub note: &'a str,
    /// Who says so, for the journal.
    pub by: &'a str,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// It is closed, as it stands now.
    Now(Box<StoredAnomaly>),
    /// It was closed before.
    Before,
    /// There is none with this number.
    Unknown,
}

/// Closes an anomaly, once.
pub async fn resolve_anomaly(
    store: &Store,
    resolution: Resolution<'_>,
    now: DateTime<Utc>,
) -> Result<Resolved, StoreError> {
    store.retrying(StoreError::is_conflict, async || resolve(store, resolution, now).await).await
}

async fn resolve(store: &Store, resolution: Resolution<'_>, now: DateTime<Utc>) -> Result<Resolved, StoreError> {
    let Resolution { id, note, by } = resolution;
    let mut tx = store.write().await?;
    let open = match tx.anomaly(id).await? {
        Some(open) if open.closed_at.is_none() => open,
        found => {
            tx.rollback().await?;
            return Ok(if found.is_some() { Resolved::Before } else { Resolved::Unknown });
        }
    };
    let anomaly = StoredAnomaly { closed_at: Some(now), closing_note: Some(note.to_owned()), ..open };
    tx.close_anomaly(id, note, now).await?;
    tx.journal(&[closed(&anomaly, by, now)]).await?;
    tx.commit().await?;
    Ok(Resolved::Now(Box::new(anomaly)))
}

/// What the journal is told. The note may name people: it stays with the anomaly.
fn closed(anomaly: &StoredAnomaly, by: &str, now: DateTime<Utc>) -> Entry {
    let nav = anomaly.nav.clone().unwrap_or_default();
    let iuv = NoticeNumber::parse(&nav).map(|nav| nav.iuv().to_owned()).unwrap_or_default();
    Entry::Event(Event {
        at: now,
        name: "ANOMALY_CLOSED".into(),
        organization: anomaly.organization.clone(),
        nav,
        iuv,
        iupd: String::new(),
        receipt_id: anomaly.receipt_id.clone().unwrap_or_default(),
        why: format!("{} {} resolved by {by}", anomaly.kind, anomaly.id),
    })
}
