//! Record that money has moved. Store first, judge after: a KO is final for the Node, so whatever we answer, the
//! receipt is in the store before the answer leaves (`domain` 4.6).

use chrono::{DateTime, Utc};

use tracing::error;

use super::Error;
use crate::domain::anomaly::AnomalyKind;
use crate::domain::position::DebtPosition;
use crate::domain::receipt::{Receipt, ReceiptKind};
use crate::domain::refusal::Refusal;
use crate::domain::registry::Caller;
use crate::domain::settlement::{Settlement, Surroundings, settle};
use crate::settings::{DuplicateReceipt, OrphanReceipt};
use crate::station::Station;
use crate::store::{Inserted, RefusedReceipt, StoreError, StoredReceipt, Tx};
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

/// Tables B and D of `domain` 4.4 and 4.6, in one transaction.
pub async fn record_receipt(station: &Station, delivery: Delivery<'_>) -> Result<(), Error> {
    let now = station.clock.now();
    let mut tx = station.store.write().await?;
    if let Err(refusal) = tx.standing(delivery.caller).await?.check() {
        let reason = refusal.to_string();
        tx.keep_refused(refused_caller(delivery, refusal.rule(), &reason, now)).await?;
        tx.commit().await?;
        return Err(refusal.into());
    }
    let receipt = delivery.receipt;
    let own = receipt.recipient == receipt.organization;
    let known = if own { position_of(&mut tx, receipt).await? } else { None };
    // Codes decide only about an own notice that nobody knows.
    let undecided = own && known.is_none();
    let links = if undecided { tx.links(delivery.caller).await? } else { vec![] };
    let routed_here = links.iter().any(|link| link.routes(&receipt.notice_number));
    let position = known.as_ref().map(|(_, position)| position);
    let settlement = settle(receipt, Surroundings { position, routed_here, now });

    let stored = stored(delivery, &settlement, now);
    match tx.insert_receipt(stored).await? {
        Inserted::New(id) => {
            if let (Some(paid), Some((key, position))) = (&settlement.paid, &known) {
                tx.save_payment(*key, &position.options[paid.option].nav, paid, now).await?;
            }
            keep_doubts(&mut tx, id, receipt, &settlement, now).await?;
            tx.commit().await?;
            verdict(station, &settlement)
        }
        Inserted::Known { same_content: true, .. } => repeated(station, Refusal::DuplicateReceipt),
        Inserted::Known { first, same_content: false } => {
            tx.keep_copy(first, stored).await?;
            tx.commit().await?;
            repeated(station, Refusal::AlteredReceipt)
        }
    }
}

/// The position of the receipt's notice. Where what is stored of it cannot be read the receipt is kept as an orphan:
/// the Node's retries would not mend it, and a person is told.
async fn position_of(tx: &mut Tx, receipt: &Receipt) -> Result<Option<(i64, DebtPosition)>, StoreError> {
    match tx.position_of_notice(&receipt.organization, &receipt.notice_number).await {
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
    let mut tx = station.store.write().await?;
    tx.keep_refused(refused).await?;
    Ok(tx.commit().await?)
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

async fn keep_doubts(
    tx: &mut Tx,
    id: i64,
    receipt: &Receipt,
    settlement: &Settlement,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let reused = tx.keep_stamps(id, receipt).await?;
    tx.open_receipt_anomalies(id, receipt, &settlement.anomalies, now).await?;
    Ok(tx.open_receipt_anomalies(id, receipt, &reused, now).await?)
}

fn stored<'a>(delivery: Delivery<'a>, settlement: &Settlement, received_at: DateTime<Utc>) -> StoredReceipt<'a> {
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
