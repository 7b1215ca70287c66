//! Anomalies: what a person should look at.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row;

use super::receipts::Orphan;
use super::{Filter, Store, StoreError, Tx, failed_to};
use crate::domain::anomaly::{Anomaly, AnomalyKind};

const INSERT: &str = "
    INSERT INTO anomaly (kind, organization, nav, receipt_ref, refused_ref, note, opened_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// A read may find the same trouble thousands of times a day; one open anomaly tells it.
const INSERT_ONCE: &str = "
    INSERT INTO anomaly (kind, organization, nav, note, opened_at)
    SELECT $1, $2, $3, $4, $5
    WHERE NOT EXISTS (SELECT 1 FROM anomaly a WHERE a.kind = $1 AND a.organization = $2 AND a.nav = $3
                      AND a.closed_at IS NULL)";

const IS_OPEN: &str = "
    SELECT EXISTS (SELECT 1 FROM anomaly a WHERE a.kind = $1 AND a.organization = $2 AND a.nav = $3
                   AND a.closed_at IS NULL)";

const CLOSE_ORPHAN: &str = "
    UPDATE anomaly SET closed_at = $2, closing_note = 'settled when its position was loaded'
    WHERE receipt_ref = $1 AND kind = 'ORPHAN_RECEIPT' AND closed_at IS NULL";

const LIST: &str = "
    SELECT a.id, a.kind, a.organization, a.nav, a.receipt_ref, a.refused_ref, r.receipt_id, a.note, a.opened_at,
           a.closed_at
    FROM anomaly a LEFT JOIN receipt r ON r.id = a.receipt_ref
    WHERE ($1 IS NULL OR a.organization = $1) AND ($2 IS NULL OR a.nav = $2)
    ORDER BY a.id DESC LIMIT $3";

/// What an anomaly is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Subject<'a> {
    /// The organization whose operators should look.
    pub(crate) organization: &'a str,
    /// The notice, if one is known.
    pub(crate) nav: Option<&'a str>,
    /// The stored receipt.
    pub(crate) receipt: Option<i64>,
    /// The refused receipt.
    pub(crate) refused: Option<i64>,
}

/// An anomaly as an operator sees it.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct StoredAnomaly {
    /// Its number.
    pub id: i64,
    /// Its kind's stable name.
    pub kind: String,
    /// Whose it is.
    pub organization: String,
    /// The notice, if one is known.
    pub nav: Option<String>,
    /// The number of the receipt, as `ec-station receipts` shows it.
    pub receipt: Option<i64>,
    /// The number of the refused receipt, as `ec-station receipts --of refused` shows it.
    pub refused: Option<i64>,
    /// The id of the receipt, where it has one.
    pub receipt_id: Option<String>,
    /// Details.
    pub note: String,
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// Until when, once somebody dealt with it.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Opens an anomaly on a notice unless the same is open already, which a reader can tell: nobody waits for the
    /// pen because of a notice that is asked for again and again.
    pub async fn open_anomaly_once(
        &self,
        organization: &str,
        nav: &str,
        anomaly: &Anomaly,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let open = sqlx::query_scalar(IS_OPEN).bind(anomaly.kind.as_str()).bind(organization).bind(nav);
        if open.fetch_one(&mut *self.read().await?).await.map_err(failed_to("look for an anomaly"))? {
            return Ok(());
        }
        let mut tx = self.write().await?;
        let query = sqlx::query(INSERT_ONCE)
            .bind(anomaly.kind.as_str())
            .bind(organization)
            .bind(nav)
            .bind(&anomaly.note)
            .bind(now);
        query.execute(&mut *tx.0).await.map_err(failed_to("open an anomaly"))?;
        tx.commit().await
    }

    /// The anomalies that a filter asks for.
    pub async fn anomalies(&self, filter: &Filter) -> Result<Vec<StoredAnomaly>, StoreError> {
        let doing = "list anomalies";
        let mut connection = self.read().await?;
        let query = sqlx::query(LIST).bind(&filter.organization).bind(&filter.nav).bind(filter.limit);
        let rows = query.fetch_all(&mut *connection).await.map_err(failed_to(doing))?;
        rows.iter().map(stored).collect::<Result<_, _>>().map_err(failed_to(doing))
    }
}

impl Tx {
    /// Closes the anomaly of an orphan whose position has come; another one tells if its amount is not the one due.
    pub(super) async fn close_orphan(&mut self, orphan: &Orphan, now: DateTime<Utc>) -> Result<(), StoreError> {
        let query = sqlx::query(CLOSE_ORPHAN).bind(orphan.receipt).bind(now);
        query.execute(&mut *self.0).await.map_err(failed_to("close an anomaly"))?;
        if orphan.amount_cents == orphan.due_cents {
            return Ok(());
        }
        let note =
            format!("{} cents due, {} paid before the position was loaded", orphan.due_cents, orphan.amount_cents);
        let subject = Subject {
            organization: orphan.organization.as_str(),
            nav: Some(orphan.nav.as_str()),
            receipt: Some(orphan.receipt),
            refused: None,
        };
        self.open_anomalies(subject, &[Anomaly::new(AnomalyKind::AmountDiffers, note)], now).await
    }

    /// Opens anomalies on one subject.
    pub(crate) async fn open_anomalies(
        &mut self,
        subject: Subject<'_>,
        anomalies: &[Anomaly],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for Anomaly { kind, note } in anomalies {
            let query = sqlx::query(INSERT)
                .bind(AnomalyKind::as_str(*kind))
                .bind(subject.organization)
                .bind(subject.nav)
                .bind(subject.receipt)
                .bind(subject.refused)
                .bind(note)
                .bind(now);
            query.execute(&mut *self.0).await.map_err(failed_to("open an anomaly"))?;
        }
        Ok(())
    }
}

fn stored(row: &sqlx::sqlite::SqliteRow) -> Result<StoredAnomaly, sqlx::Error> {
    Ok(StoredAnomaly {
        id: row.try_get("id")?,
        kind: row.try_get("kind")?,
        organization: row.try_get("organization")?,
        nav: row.try_get("nav")?,
        receipt: row.try_get("receipt_ref")?,
        refused: row.try_get("refused_ref")?,
        receipt_id: row.try_get("receipt_id")?,
        note: row.try_get("note")?,
        opened_at: row.try_get("opened_at")?,
        closed_at: row.try_get("closed_at")?,
    })
}
