//! Anomalies: what a person should look at.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::sql::{Row, Statement, sql};
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

const LIST: &str = "
    SELECT a.id, a.kind, a.organization, a.nav, a.receipt_ref, a.refused_ref, r.receipt_id, a.note, a.opened_at,
           a.closed_at
    FROM anomaly a LEFT JOIN receipt r ON r.id = a.receipt_ref
    WHERE ($1 IS NULL OR a.organization = $1) AND ($2 IS NULL OR a.nav = $2)
    ORDER BY a.id DESC LIMIT $3";

/// What an anomaly is about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Subject<'a> {
    /// The organization whose operators should look.
    pub(super) organization: &'a str,
    /// The notice, if one is known.
    pub(super) nav: Option<&'a str>,
    /// The stored receipt.
    pub(super) receipt: Option<i64>,
    /// The refused receipt.
    pub(super) refused: Option<i64>,
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
        let doing = "look for an anomaly";
        let is_open = || sql(IS_OPEN).bind(anomaly.kind.as_str()).bind(organization).bind(nav);
        if self.one(doing, is_open).await?.only().map_err(failed_to(doing))? {
            return Ok(());
        }
        let mut tx = self.write().await?;
        let insert =
            sql(INSERT_ONCE).bind(anomaly.kind.as_str()).bind(organization).bind(nav).bind(&anomaly.note).bind(now);
        tx.session.execute("open an anomaly", insert).await?;
        tx.commit().await
    }

    /// The anomalies that a filter asks for.
    pub async fn anomalies(&self, filter: &Filter) -> Result<Vec<StoredAnomaly>, StoreError> {
        let doing = "list anomalies";
        let list = || sql(LIST).bind(&filter.organization).bind(&filter.nav).bind(filter.limit);
        let rows = self.rows(doing, list).await?;
        rows.iter().map(stored).collect::<Result<_, _>>().map_err(failed_to(doing))
    }
}

impl Tx {
    /// Opens anomalies on one subject.
    pub(super) async fn open_anomalies(
        &mut self,
        subject: Subject<'_>,
        anomalies: &[Anomaly],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let inserts = anomalies.iter().map(|anomaly| insert(subject, anomaly, now)).collect();
        self.session.together("open an anomaly", inserts).await.map(drop)
    }
}

/// Opens an anomaly.
pub(super) fn insert<'a>(subject: Subject<'a>, anomaly: &'a Anomaly, now: DateTime<Utc>) -> Statement<'a> {
    sql(INSERT)
        .bind(AnomalyKind::as_str(anomaly.kind))
        .bind(subject.organization)
        .bind(subject.nav)
        .bind(subject.receipt)
        .bind(subject.refused)
        .bind(&anomaly.note)
        .bind(now)
}

fn stored(row: &Row) -> Result<StoredAnomaly, sqlx::Error> {
    Ok(StoredAnomaly {
        id: row.get("id")?,
        kind: row.get("kind")?,
        organization: row.get("organization")?,
        nav: row.get("nav")?,
        receipt: row.get("receipt_ref")?,
        refused: row.get("refused_ref")?,
        receipt_id: row.get("receipt_id")?,
        note: row.get("note")?,
        opened_at: row.some_instant("opened_at")?,
        closed_at: row.instant("closed_at")?,
    })
}
