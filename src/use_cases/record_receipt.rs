//! Record that money has moved. Store first, judge after: a KO is final for the Node, so whatever we answer, the
//! receipt is in the store before the answer leaves (`domain` 4.6).

use std::time::Duration;

use chrono::{DateTime, Utc};
use tracing::error;

use super::Error;
use crate::domain::anomaly::AnomalyKind;
use crate::domain::receipt::{Receipt, ReceiptKind};
use crate::domain::refusal::Refusal;
use crate::domain::registry::Caller;
use crate::domain::settlement::{Settlement, Surroundings, settle};
use crate::settings::{DuplicateReceipt, OrphanReceipt};
use crate::station::Station;
use crate::store::{RefusedReceipt, StoreError, StoredPosition, StoredReceipt};
use crate::telemetry::chain;

/// A receipt as it was delivered.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The operation that brought it, as the protocol names it.
    pub operation: &'static str,
    /// Whom the Node called.
    pub caller: &'a Caller,
    /// What was understood.
    pub receipt: &'a Receipt,
    /// Digest of what the receipt says, however it was written.
    pub content: &'a [u8; 32],
    /// The bytes as they came.
    pub raw: &'a [u8],
}

/// How long the Node is kept waiting; it gives up after 15 s and asks again.
const PATIENCE: Duration = Duration::from_secs(13);

/// Tables B and D of `domain` 4.4 and 4.6, in one transaction. Two stations that get the same receipt at the same
/// moment, or two receipts of one position, cannot both commit: the second one looks again.
pub async fn record_receipt(station: &Station, delivery: Delivery<'_>) -> Result<(), Error> {
    in_time(station.store.retrying(Error::is_conflict, async || record(station, delivery).await)).await
}

async fn in_time(work: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(Error::Store(StoreError::Late("record a receipt"))))
}

async fn record(station: &Station, delivery: Delivery<'_>) -> Result<(), Error> {
    let now = station.clock.now();
    let Delivery { receipt, caller, content, .. } = delivery;
    let mut tx = station.store.write().await?;
    let around = tx.receipt_surroundings(caller, receipt, content).await?;
    if let Err(refusal) = around.standing.check() {
        let reason = refusal.to_string();
        tx.keep_refused(refused_caller(delivery, refusal.rule(), &reason, now)).await?;
        tx.commit().await?;
        return Err(refusal.into());
    }
    let routed_here = around.routes(receipt);
    let stored = readable(around.position, receipt)?;
    let position = stored.as_ref().map(|stored| &stored.position);
    let settlement = settle(receipt, Surroundings { position, routed_here, now });
    let to_store = to_store(delivery, &settlement, now);
    match around.known {
        None => {
            let id = tx.insert_receipt(to_store, stored.as_ref().zip(settlement.paid.as_ref())).await?;
            tx.keep_doubts(id, receipt, &settlement.anomalies, now).await?;
            tx.commit().await?;
            verdict(station, &settlement)
        }
        Some(known) if known.same_content => {
            tx.rollback().await?;
            repeated(station, Refusal::DuplicateReceipt)
        }
        Some(known) => {
            tx.keep_copy(known, to_store).await?;
            tx.commit().await?;
            repeated(station, Refusal::AlteredReceipt)
        }
    }
}

/// The position of the receipt's notice. Where what is stored of it cannot be read the receipt is kept as an orphan:
/// the Node's retries would not mend it, and a person is told.
fn readable(
    position: Result<Option<StoredPosition>, StoreError>,
    receipt: &Receipt,
) -> Result<Option<StoredPosition>, StoreError> {
    match position {
        Err(cause) if !cause.is_outage() => {
            error!(cause = chain(&cause), notice = %receipt.notice_number, "the position of a receipt cannot be read");
            Ok(None)
        }
        answer => answer,
    }
}

/// Keeps a receipt whose needed fields could not be read (A10), before its KO leaves.
pub async fn refuse_unreadable(
    station: &Station,
    operation: &'static str,
    recipient: Option<&str>,
    reason: &str,
    raw: &[u8],
) -> Result<(), Error> {
    let refused = RefusedReceipt {
        operation,
        rule: "A10",
        recipient,
        reason,
        anomaly: AnomalyKind::UnreadableReceipt,
        raw,
        received_at: station.clock.now(),
    };
    in_time(station.store.retrying(Error::is_conflict, async || {
        let mut tx = station.store.write().await?;
        tx.keep_refused(refused).await?;
        Ok(tx.commit().await?)
    }))
    .await
}

/// What the Node hears of a receipt that is stored (D4 and D7; everything else is OK).
fn verdict(station: &Station, settlement: &Settlement) -> Result<(), Error> {
    match (settlement.rule, settlement.kind) {
        ("D3", _) => Ok(()),
        (_, ReceiptKind::Stranger) => Err(Refusal::NotABeneficiary.into()),
        (_, ReceiptKind::Orphan) if station.settings.orphan_receipt != OrphanReceipt::Ok => {
            Err(Refusal::OrphanReceipt.into())
        }
        _ => Ok(()),
    }
}

/// What the Node hears of a receipt whose key is stored already; the setting speaks of true repetitions only.
fn repeated(station: &Station, refusal: Refusal) -> Result<(), Error> {
    match (station.settings.duplicate_receipt, &refusal) {
        (DuplicateReceipt::Ok, Refusal::DuplicateReceipt) => Ok(()),
        _ => Err(refusal.into()),
    }
}

fn to_store<'a>(delivery: Delivery<'a>, settlement: &Settlement, received_at: DateTime<Utc>) -> StoredReceipt<'a> {
    let Delivery { receipt, caller, content, raw, .. } = delivery;
    StoredReceipt { receipt, caller, kind: settlement.kind, rule: settlement.rule, content, raw, received_at }
}

fn refused_caller<'a>(
    delivery: Delivery<'a>,
    rule: &'static str,
    reason: &'a str,
    received_at: DateTime<Utc>,
) -> RefusedReceipt<'a> {
    RefusedReceipt {
        operation: delivery.operation,
        rule,
        recipient: Some(&delivery.caller.organization),
        reason,
        anomaly: AnomalyKind::RefusedCaller,
        raw: delivery.raw,
        received_at,
    }
}
