//! Receipts as operators look at them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::store::sql::{Row, sql};
use crate::store::{Filter, Store, StoreError, failed_to};

const LIST: &str = "
    SELECT id, recipient, receipt_id, version, organization, nav, iuv, outcome, amount_cents, kind, rule, parsed,
           received_at
    FROM receipt
    WHERE ($1 IS NULL OR recipient = $1) AND ($2 IS NULL OR nav = $2)
    ORDER BY id DESC LIMIT $3";

const LIST_REFUSED: &str = "
    SELECT id, rule, recipient, reason, CAST(LENGTH(raw) AS BIGINT) AS bytes, received_at
    FROM refused_receipt
    WHERE ($1 IS NULL OR recipient = $1) AND $2 IS NULL
    ORDER BY id DESC LIMIT $3";

const LIST_ALTERED: &str = "
    SELECT c.id, 'D2' AS rule, r.recipient, r.receipt_id AS reason, CAST(LENGTH(c.raw) AS BIGINT) AS bytes, c.received_at
    FROM receipt_copy c JOIN receipt r ON r.id = c.receipt_ref
    WHERE ($1 IS NULL OR r.recipient = $1) AND ($2 IS NULL OR r.nav = $2)
    ORDER BY c.id DESC LIMIT $3";

const RAW: &str = "SELECT raw FROM receipt WHERE id = $1";
const RAW_REFUSED: &str = "SELECT raw FROM refused_receipt WHERE id = $1";
const RAW_ALTERED: &str = "SELECT raw FROM receipt_copy WHERE id = $1";

/// A receipt as an operator sees it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)] // Each field is the receipt's of the same name.
pub struct ListedReceipt {
    pub id: i64,
    pub recipient: String,
    pub receipt_id: String,
    pub version: i64,
    pub organization: String,
    pub nav: String,
    pub iuv: String,
    pub outcome: String,
    pub amount_cents: i64,
    pub kind: String,
    pub rule: String,
    pub received_at: DateTime<Utc>,
    pub parsed: Box<serde_json::value::RawValue>,
}

/// Where a receipt is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Under its key.
    Received,
    /// Refused before it had one: unreadable (A10), or sent to a wrong address (B).
    Refused,
    /// Beside the first receipt of its key (D2).
    Altered,
}

/// A receipt that was kept without a key of its own, as an operator sees it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptReceipt {
    /// Its number, among those that are kept in the same place.
    pub id: i64,
    /// The row of the decision tables that refused it.
    pub rule: String,
    /// `idPA`, as far as it could be read.
    pub recipient: Option<String>,
    /// Why it was refused; for an altered one, the id it shares.
    pub reason: String,
    /// Its size.
    pub bytes: i64,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

impl Store {
    /// The receipts that a filter asks for.
    pub async fn receipts(&self, filter: &Filter) -> Result<Vec<ListedReceipt>, StoreError> {
        let doing = "list receipts";
        let list = || sql(LIST).bind(&filter.organization).bind(&filter.nav).bind(filter.limit);
        let rows = self.rows(doing, list).await?;
        rows.iter().map(listed).collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    /// The receipts that were kept without a key of their own.
    pub async fn kept_receipts(&self, kept: Kept, filter: &Filter) -> Result<Vec<KeptReceipt>, StoreError> {
        let doing = "list kept receipts";
        let statement = if kept == Kept::Altered { LIST_ALTERED } else { LIST_REFUSED };
        let list = || sql(statement).bind(&filter.organization).bind(&filter.nav).bind(filter.limit);
        let rows = self.rows(doing, list).await?;
        rows.iter().map(kept_receipt).collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    /// The bytes of a receipt, as they came.
    pub async fn raw_receipt(&self, kept: Kept, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let doing = "read a receipt";
        let statement = match kept {
            Kept::Received => RAW,
            Kept::Refused => RAW_REFUSED,
            Kept::Altered => RAW_ALTERED,
        };
        let rows = self.rows(doing, || sql(statement).bind(id)).await?;
        rows.first().map(Row::only).transpose().map_err(failed_to(doing))
    }
}

fn listed(row: &Row) -> Result<ListedReceipt, sqlx::Error> {
    let parsed: String = row.get("parsed")?;
    Ok(ListedReceipt {
        id: row.get("id")?,
        recipient: row.get("recipient")?,
        receipt_id: row.get("receipt_id")?,
        version: row.get("version")?,
        organization: row.get("organization")?,
        nav: row.get("nav")?,
        iuv: row.get("iuv")?,
        outcome: row.get("outcome")?,
        amount_cents: row.get("amount_cents")?,
        kind: row.get("kind")?,
        rule: row.get("rule")?,
        received_at: row.some_instant("received_at")?,
        parsed: serde_json::value::RawValue::from_string(parsed).map_err(|e| sqlx::Error::Decode(e.into()))?,
    })
}

fn kept_receipt(row: &Row) -> Result<KeptReceipt, sqlx::Error> {
    Ok(KeptReceipt {
        id: row.get("id")?,
        rule: row.get("rule")?,
        recipient: row.get("recipient")?,
        reason: row.get("reason")?,
        bytes: row.get("bytes")?,
        received_at: row.some_instant("received_at")?,
    })
}
