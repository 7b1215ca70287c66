//! Anomalies: what a person should look at.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::sql::{Row, Statement, any_of, sql};
use super::{Filter, Store, StoreError, Tx, failed_to};
use crate::domain::anomaly::{Anomaly, AnomalyKind};

const INSERT: &str = "
    INSERT INTO anomaly (kind, organization, nav, receipt_ref, refused_ref, note, opened_at, told)
    VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE)";

/// A read may find the same trouble thousands of times a day; one open anomaly tells it.
const INSERT_ONCE: &str = "
    INSERT INTO anomaly (kind, organization, nav, note, opened_at, told)
    SELECT $1, $2, $3, $4, $5, FALSE
    WHERE NOT EXISTS (SELECT 1 FROM anomaly a WHERE a.kind = $1 AND a.organization = $2 AND a.nav = $3
                      AND a.closed_at IS NULL)";

const IS_OPEN: &str = "
    SELECT EXISTS (SELECT 1 FROM anomaly a WHERE a.kind = $1 AND a.organization = $2 AND a.nav = $3
                   AND a.closed_at IS NULL)";

const LIST: &str = "
    SELECT a.id, a.kind, a.organization, a.nav, a.receipt_ref, a.refused_ref, r.receipt_id, a.note, a.opened_at,
           a.closed_at, a.closing_note
    FROM anomaly a LEFT JOIN receipt r ON r.id = a.receipt_ref WHERE TRUE";

const CLOSE: &str = "UPDATE anomaly SET closed_at = $2, closing_note = $3 WHERE id = $1";

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
#[derive(Clone, Debug, Serialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Anomaly)]
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
    /// How it was dealt with.
    pub closing_note: Option<String>,
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
        let rows = self.rows(doing, || list(filter)).await?;
        rows.iter().map(stored).collect::<Result<_, _>>().map_err(failed_to(doing))
    }
}

/// The anomalies that a filter asks for. Whoever is confined to codes sees those of notices that have them.
fn list(filter: &Filter) -> Statement<'_> {
    let with_code = |code| sql("SUBSTR(a.nav, 2, 2) = $1").bind(code);
    let codes = filter.codes.listed().map(|codes| sql(" AND ").and(any_of(codes.iter().map(with_code))));
    let state =
        filter.open.map(|open| sql(if open { " AND a.closed_at IS NULL" } else { " AND a.closed_at IS NOT NULL" }));
    sql(LIST)
        .and_if(filter.organization.as_ref().map(|code| sql(" AND a.organization = $1").bind(code)))
        .and_if(state)
        .and_if(codes)
        .and_if(filter.nav.as_ref().map(|nav| sql(" AND a.nav = $1").bind(nav)))
        .and_if(filter.kind.map(|kind| sql(" AND a.kind = $1").bind(kind)))
        .and_if(filter.from.map(|from| sql(" AND a.opened_at >= $1").bind(from)))
        .and_if(filter.to.map(|to| sql(" AND a.opened_at <= $1").bind(to)))
        .and_if(filter.id.map(|id| sql(" AND a.id = $1").bind(id)))
        .and_if(filter.before.map(|id| sql(" AND a.id < $1").bind(id)))
        .and(sql(" ORDER BY a.id DESC LIMIT $1").bind(filter.limit))
}

impl Tx {
    /// An anomaly by its number.
    pub async fn anomaly(&mut self, id: i64) -> Result<Option<StoredAnomaly>, StoreError> {
        let doing = "read an anomaly";
        let filter = Filter { id: Some(id), limit: 1, ..Filter::default() };
        let rows = self.session.all(doing, list(&filter)).await?;
        rows.first().map(stored).transpose().map_err(failed_to(doing))
    }

    /// Closes an anomaly: somebody has dealt with it.
    pub async fn close_anomaly(&mut self, id: i64, note: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let close = sql(CLOSE).bind(id).bind(now).bind(note);
        self.session.execute("close an anomaly", close).await.map(drop)
    }

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
        closing_note: row.get("closing_note")?,
    })
}
