//! Receipts as operators look at them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::receipt::ReceiptKind;
use crate::store::sql::{Row, Statement, any_of, end_of_prefix, sql};
use crate::store::{Filter, Store, StoreError, failed_to};

const LIST: &str = "
    SELECT r.id, r.recipient, r.receipt_id, r.version, r.organization, r.nav, r.iuv, r.outcome, r.amount_cents, r.kind,
           r.rule, r.parsed, r.received_at
    FROM receipt r WHERE TRUE";

const LIST_REFUSED: &str = "
    SELECT r.id, r.rule, r.recipient, r.reason, CAST(LENGTH(r.raw) AS BIGINT) AS bytes, r.received_at
    FROM refused_receipt r WHERE TRUE";

const LIST_ALTERED: &str = "
    SELECT c.id, 'D2' AS rule, r.recipient, r.receipt_id AS reason, CAST(LENGTH(c.raw) AS BIGINT) AS bytes, c.received_at
    FROM receipt_copy c JOIN receipt r ON r.id = c.receipt_ref WHERE TRUE";

/// What a list may be narrowed down by, of rows that are called so.
macro_rules! narrowing {
    ($row:literal) => {
        Narrowing {
            id: concat!(" AND ", $row, ".id = $1"),
            before: concat!(" AND ", $row, ".id < $1"),
            from: concat!(" AND ", $row, ".received_at >= $1"),
            to: concat!(" AND ", $row, ".received_at <= $1"),
            newest: concat!(" ORDER BY ", $row, ".id DESC LIMIT $1"),
        }
    };
}

struct Narrowing {
    id: &'static str,
    before: &'static str,
    from: &'static str,
    to: &'static str,
    newest: &'static str,
}

const RAW: &str = "SELECT raw, content_type FROM receipt WHERE id = $1";
const RAW_REFUSED: &str = "SELECT raw, CAST(NULL AS TEXT) AS content_type FROM refused_receipt WHERE id = $1";
const RAW_ALTERED: &str = "SELECT raw, CAST(NULL AS TEXT) AS content_type FROM receipt_copy WHERE id = $1";

/// A receipt as an operator sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Receipt, description = "A receipt that is kept under its key.")]
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
    #[schema(value_type = Object, required = false)]
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
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReceiptKeptAside)]
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

/// The bytes of a receipt.
#[derive(Clone, PartialEq, Eq)]
pub struct RawReceipt {
    /// As they came.
    pub bytes: Vec<u8>,
    /// What their sender said they are, where that was kept.
    pub content_type: Option<String>,
}

/// Silent: a receipt is people's data.
impl std::fmt::Debug for RawReceipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RawReceipt(not shown)")
    }
}

impl Store {
    /// The receipts that a filter asks for.
    pub async fn receipts(&self, filter: &Filter) -> Result<Vec<ListedReceipt>, StoreError> {
        let doing = "list receipts";
        let list = || {
            let list = sql(LIST).and_if(filter.kind.map(|kind| sql(" AND r.kind = $1").bind(kind)));
            // The index of what is rare is not for our own.
            let rare = filter.kind.is_some_and(|kind| kind != ReceiptKind::Own.as_str());
            narrowed(list.and_if(rare.then(|| sql(" AND r.kind <> 'OWN'"))), filter, &narrowing!("r"), of_a_notice)
        };
        let rows = self.rows(doing, list).await?;
        rows.iter().map(listed).collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    /// The receipts that were kept without a key of their own. Refused ones are of no notice that anybody knows.
    pub async fn kept_receipts(&self, kept: Kept, filter: &Filter) -> Result<Vec<KeptReceipt>, StoreError> {
        let doing = "list kept receipts";
        let list = || match kept {
            Kept::Altered => narrowed(sql(LIST_ALTERED), filter, &narrowing!("c"), of_a_notice),
            _ => narrowed(sql(LIST_REFUSED), filter, &narrowing!("r"), of_no_notice),
        };
        let rows = self.rows(doing, list).await?;
        rows.iter().map(kept_receipt).collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    /// The bytes of a receipt, as they came.
    pub async fn raw_receipt(&self, kept: Kept, id: i64) -> Result<Option<RawReceipt>, StoreError> {
        let doing = "read a receipt";
        let statement = match kept {
            Kept::Received => RAW,
            Kept::Refused => RAW_REFUSED,
            Kept::Altered => RAW_ALTERED,
        };
        let rows = self.rows(doing, || sql(statement).bind(id)).await?;
        rows.first().map(raw_receipt).transpose().map_err(failed_to(doing))
    }
}

/// A list with all that a filter asks for, but for the kind.
fn narrowed<'f>(
    list: Statement<'f>,
    filter: &'f Filter,
    by: &Narrowing,
    of_notices: fn(Statement<'f>, &'f Filter) -> Statement<'f>,
) -> Statement<'f> {
    let list = list.and_if(filter.organization.as_ref().map(|code| sql(" AND r.recipient = $1").bind(code)));
    of_notices(list, filter)
        .and_if(filter.id.map(|id| sql(by.id).bind(id)))
        .and_if(filter.before.map(|id| sql(by.before).bind(id)))
        .and_if(filter.from.map(|from| sql(by.from).bind(from)))
        .and_if(filter.to.map(|to| sql(by.to).bind(to)))
        .and(sql(by.newest).bind(filter.limit))
}

fn of_a_notice<'f>(list: Statement<'f>, filter: &'f Filter) -> Statement<'f> {
    list.and_if(filter.nav.as_ref().map(|nav| sql(" AND r.nav = $1").bind(nav)))
        .and_if(filter.codes.listed().map(|codes| sql(" AND ").and(with_codes(codes))))
}

/// Whoever asks for a notice or is confined to codes asks for none of these.
fn of_no_notice<'f>(list: Statement<'f>, filter: &'f Filter) -> Statement<'f> {
    let asked = filter.nav.is_some() || filter.codes.listed().is_some();
    list.and_if(asked.then(|| sql(" AND 1 = 0")))
}

/// Receipts whose IUV begins with one of these.
pub(super) fn with_codes(codes: &[String]) -> Statement<'_> {
    any_of(codes.iter().map(|code| sql("(r.iuv >= $1 AND r.iuv < $2)").bind(code).bind(end_of_prefix(code))))
}

pub(super) fn raw_receipt(row: &Row) -> Result<RawReceipt, sqlx::Error> {
    Ok(RawReceipt { bytes: row.get("raw")?, content_type: row.get("content_type")? })
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
