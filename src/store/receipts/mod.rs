//! Receipts: kept as they came, read as they were understood, never changed.

mod listing;

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::Row;

pub use self::listing::{Kept, KeptReceipt, ListedReceipt};
use super::anomalies::Subject;
use super::{StoreError, Tx, failed_to};
use crate::domain::anomaly::{Anomaly, AnomalyKind};
use crate::domain::codes::{Iupd, Nav, OrganizationCode};
use crate::domain::receipt::{Receipt, ReceiptKind};
use crate::domain::registry::Caller;

const INSERT: &str = "
    INSERT INTO receipt (recipient, receipt_id, receipt_sha256, content_sha256, version, id_broker, id_station,
                         organization, nav, iuv, outcome, amount_cents, kind, rule, parsed, raw, received_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    ON CONFLICT (recipient, receipt_sha256) DO NOTHING RETURNING id";

const KNOWN: &str = "SELECT id, content_sha256 FROM receipt WHERE recipient = $1 AND receipt_sha256 = $2";

const INSERT_COPY: &str = "
    INSERT INTO receipt_copy (receipt_ref, content_sha256, raw, received_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (receipt_ref, content_sha256) DO NOTHING";

const INSERT_REFUSED: &str = "
    INSERT INTO refused_receipt (operation, rule, recipient, reason, raw_sha256, raw, received_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (raw_sha256, rule) DO NOTHING RETURNING id";

/// The same receipt may reach several recipients here; that is no second use of its stamps.
const IUBD_SEEN: &str = "
    SELECT EXISTS (SELECT 1 FROM stamp s JOIN receipt r ON r.id = s.receipt_ref
                   WHERE s.iubd_sha256 = $1 AND r.receipt_sha256 <> $2)";

const INSERT_STAMP: &str = "
    INSERT INTO stamp (receipt_ref, ordinal, id_transfer, iubd, iubd_sha256, signature, document)
    VALUES ($1, $2, $3, $4, $5, 'UNCHECKED', $6)";

/// Receipts that came before their position, which is one of those that a batch has just inserted.
const ORPHANS: &str = "
    SELECT o.position_id, p.organization, p.iupd, o.nav, o.amount_cents AS due_cents, r.id, r.receipt_id,
           r.amount_cents, r.received_at
    FROM payment_option o
    JOIN debt_position p ON p.id = o.position_id
    JOIN receipt r ON r.organization = o.organization AND r.nav = o.nav
    WHERE r.kind = 'ORPHAN' AND r.outcome = 'OK' AND o.status = 'PO_UNPAID'
          AND o.position_id BETWEEN $1 AND $2
    ORDER BY r.id";

/// A receipt on its way into the store.
#[derive(Clone, Copy, Debug)]
pub struct StoredReceipt<'a> {
    /// What was understood.
    pub receipt: &'a Receipt,
    /// To whom the Node thought to send it.
    pub caller: &'a Caller,
    /// Why we hold it.
    pub kind: ReceiptKind,
    /// The row of table D that decided.
    pub rule: &'static str,
    /// Digest of what the receipt says, however it was written.
    pub content: &'a [u8; 32],
    /// The bytes as they came.
    pub raw: &'a [u8],
    /// When they came.
    pub received_at: DateTime<Utc>,
}

/// Whether a receipt was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is stored now, under this number.
    New(i64),
    /// Its key was stored before, with the same content or another.
    Known {
        /// The number of the first.
        first: i64,
        /// Whether the content is the same.
        same_content: bool,
    },
}

/// A receipt that is refused before it has a key.
#[derive(Clone, Copy, Debug)]
pub struct RefusedReceipt<'a> {
    /// The operation, as the protocol names it.
    pub operation: &'static str,
    /// The row of the decision tables that refused it.
    pub rule: &'static str,
    /// `idPA`, when it could be read.
    pub recipient: Option<&'a str>,
    /// Why, in words without personal data.
    pub reason: &'a str,
    /// What operators are to see.
    pub anomaly: AnomalyKind,
    /// The bytes as they came.
    pub raw: &'a [u8],
    /// When they came.
    pub received_at: DateTime<Utc>,
}

/// A receipt that came before its position, and where it belongs now.
#[derive(Debug)]
pub(super) struct Orphan {
    pub(super) position_id: i64,
    pub(super) organization: OrganizationCode,
    pub(super) iupd: Iupd,
    pub(super) nav: Nav,
    pub(super) receipt: i64,
    pub(super) receipt_id: String,
    pub(super) due_cents: i64,
    pub(super) amount_cents: i64,
    pub(super) received_at: DateTime<Utc>,
}

impl Tx {
    /// Stores a receipt under its key, or finds the one that has it. On a find the first one is durable: its
    /// transaction is over, or we would still be waiting for it.
    pub async fn insert_receipt(&mut self, stored: StoredReceipt<'_>) -> Result<Inserted, StoreError> {
        let doing = "store a receipt";
        let StoredReceipt { receipt, caller, .. } = stored;
        let key = digest(&receipt.receipt_id);
        let inserted: Option<i64> = sqlx::query_scalar(INSERT)
            .bind(receipt.recipient.as_str())
            .bind(&receipt.receipt_id)
            .bind(&key[..])
            .bind(&stored.content[..])
            .bind(receipt.version.number())
            .bind(&caller.broker)
            .bind(&caller.station)
            .bind(receipt.organization.as_str())
            .bind(receipt.notice_number.as_str())
            .bind(receipt.iuv.as_str())
            .bind(receipt.outcome.as_str())
            .bind(receipt.amount.cents())
            .bind(stored.kind.as_str())
            .bind(stored.rule)
            .bind(serde_json::to_string(receipt).expect("a receipt always has a JSON form"))
            .bind(stored.raw)
            .bind(stored.received_at)
            .fetch_optional(&mut *self.0)
            .await
            .map_err(failed_to(doing))?;
        if let Some(id) = inserted {
            return Ok(Inserted::New(id));
        }
        let known = sqlx::query_as(KNOWN).bind(receipt.recipient.as_str()).bind(&key[..]);
        let (first, content): (i64, Vec<u8>) = known.fetch_one(&mut *self.0).await.map_err(failed_to(doing))?;
        Ok(Inserted::Known { first, same_content: content == stored.content })
    }

    /// Keeps another content that came with a known key (D2). The same copy again changes nothing.
    pub async fn keep_copy(&mut self, first: i64, stored: StoredReceipt<'_>) -> Result<(), StoreError> {
        let query =
            sqlx::query(INSERT_COPY).bind(first).bind(&stored.content[..]).bind(stored.raw).bind(stored.received_at);
        let kept = query.execute(&mut *self.0).await.map_err(failed_to("keep a receipt's copy"))?;
        if kept.rows_affected() == 0 {
            return Ok(());
        }
        let anomaly = Anomaly::new(AnomalyKind::AlteredReceipt, "came again under the same id with another content");
        self.open_receipt_anomalies(first, stored.receipt, &[anomaly], stored.received_at).await
    }

    /// Opens anomalies on a stored receipt, for the operators of its recipient.
    pub async fn open_receipt_anomalies(
        &mut self,
        id: i64,
        receipt: &Receipt,
        anomalies: &[Anomaly],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let subject = Subject {
            organization: receipt.recipient.as_str(),
            nav: Some(receipt.notice_number.as_str()),
            receipt: Some(id),
            refused: None,
        };
        self.open_anomalies(subject, anomalies, now).await
    }

    /// Keeps a receipt that is refused before it has a key, with its anomaly. The same bytes again change nothing.
    pub async fn keep_refused(&mut self, refused: RefusedReceipt<'_>) -> Result<(), StoreError> {
        // Anything may stand where the code should; an index has room for a code.
        let recipient: Option<String> = refused.recipient.map(|text| text.chars().take(35).collect());
        let id: Option<i64> = sqlx::query_scalar(INSERT_REFUSED)
            .bind(refused.operation)
            .bind(refused.rule)
            .bind(&recipient)
            .bind(refused.reason)
            .bind(&Sha256::digest(refused.raw)[..])
            .bind(refused.raw)
            .bind(refused.received_at)
            .fetch_optional(&mut *self.0)
            .await
            .map_err(failed_to("keep a refused receipt"))?;
        let Some(id) = id else { return Ok(()) };
        let subject =
            Subject { organization: recipient.as_deref().unwrap_or(""), refused: Some(id), ..Subject::default() };
        let anomaly = Anomaly::new(refused.anomaly, refused.reason);
        self.open_anomalies(subject, &[anomaly], refused.received_at).await
    }

    /// The receipts that waited for positions whose keys are in this range, the oldest first.
    pub(super) async fn orphans_of(&mut self, positions: RangeInclusive<i64>) -> Result<Vec<Orphan>, StoreError> {
        let doing = "look for receipts that came before their position";
        let query = sqlx::query(ORPHANS).bind(positions.start()).bind(positions.end());
        let rows = query.fetch_all(&mut *self.0).await.map_err(failed_to(doing))?;
        rows.iter().map(orphan).collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    /// Keeps the stamps of a new receipt; those seen before in another receipt, or twice in this one, are anomalies.
    pub async fn keep_stamps(&mut self, id: i64, receipt: &Receipt) -> Result<Vec<Anomaly>, StoreError> {
        let doing = "keep a stamp";
        let mut anomalies = Vec::new();
        let mut here: Vec<&str> = Vec::new();
        let key = digest(&receipt.receipt_id);
        for (ordinal, transfer) in receipt.transfers.iter().enumerate() {
            let Some(document) = &transfer.stamp else { continue };
            let iubd = document.stamp.as_ref().ok().map(|stamp| stamp.iubd.as_str());
            if let Some(iubd) = iubd {
                let seen = sqlx::query_scalar(IUBD_SEEN).bind(digest(iubd).to_vec()).bind(&key[..]);
                let seen: bool = seen.fetch_one(&mut *self.0).await.map_err(failed_to(doing))?;
                if seen || here.contains(&iubd) {
                    let note = format!("transfer {}: the stamp was used before", transfer.id);
                    anomalies.push(Anomaly::new(AnomalyKind::StampReused, note));
                }
                here.push(iubd);
            }
            sqlx::query(INSERT_STAMP)
                .bind(id)
                .bind(ordinal as i64)
                .bind(transfer.id)
                .bind(iubd)
                .bind(iubd.map(|iubd| digest(iubd).to_vec()))
                .bind(&document.bytes)
                .execute(&mut *self.0)
                .await
                .map_err(failed_to(doing))?;
        }
        Ok(anomalies)
    }
}

fn orphan(row: &sqlx::sqlite::SqliteRow) -> Result<Orphan, sqlx::Error> {
    Ok(Orphan {
        position_id: row.try_get("position_id")?,
        organization: OrganizationCode::new(row.try_get::<String, _>("organization")?),
        iupd: Iupd::new(row.try_get::<String, _>("iupd")?),
        nav: Nav::new(row.try_get::<String, _>("nav")?),
        receipt: row.try_get("id")?,
        receipt_id: row.try_get("receipt_id")?,
        due_cents: row.try_get("due_cents")?,
        amount_cents: row.try_get("amount_cents")?,
        received_at: row.try_get("received_at")?,
    })
}

/// A receipt's id and a stamp's are any text, of any length: their digest is what the database compares.
fn digest(id: &str) -> [u8; 32] {
    Sha256::digest(id).into()
}
