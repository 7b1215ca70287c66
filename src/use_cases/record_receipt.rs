//! Record that money has moved. Store first, judge after: a KO is final for the Node, so whatever we answer, the
//! receipt is in the store before the answer leaves (`domain` 4.6).

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tracing::error;

use super::{Error, admit};
use crate::domain::anomaly::AnomalyKind;
use crate::domain::position::DebtPosition;
use crate::domain::receipt::{Receipt, ReceiptKind};
use crate::domain::refusal::Refusal;
use crate::domain::registry::Caller;
use crate::domain::settlement::{Settlement, Surroundings, accepted_by_gpd, settle};
use crate::journal::{Entry, Event};
use crate::settings::{DuplicateReceipt, OrphanReceipt};
use crate::station::Station;
use crate::store::{RefusedReceipt, StoreError, StoredPosition, StoredReceipt};
use crate::telemetry::chain;

/// A receipt as it was delivered.
#[derive(Clone, Copy)]
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
    /// What their sender said they are.
    pub content_type: Option<&'a str>,
    /// What the journal will say of the exchange, once its answer is known.
    pub witness: &'a dyn Fn(&Result<Recorded, Refusal>) -> Entry,
}

/// What a receipt that hears OK came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The row of the decision tables that decided.
    pub rule: &'static str,
    /// Why, in words for the operator.
    pub why: String,
}

/// How long the Node is kept waiting; it gives up after 15 s and asks again.
const PATIENCE: Duration = Duration::from_secs(13);

/// Tables B and D of `domain` 4.4 and 4.6, in one transaction. Two stations that get the same receipt at the same
/// moment, or two receipts of one position, cannot both commit: the second one looks again. Payment requests for the
/// notice may be opened without a pause: a receipt that was undone waits for its turn among them.
pub async fn record_receipt(station: &Station, delivery: Delivery<'_>) -> Result<Recorded, Error> {
    let Receipt { organization, notice_number, .. } = delivery.receipt;
    let undone = AtomicBool::new(false);
    let work = async || {
        let _turn = match undone.swap(true, Ordering::Relaxed) {
            true => station.store.turn_with(organization, notice_number).await,
            false => None,
        };
        record(station, delivery).await
    };
    in_time(station.store.retrying(Error::is_conflict, work)).await
}

async fn in_time<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(Error::Store(StoreError::Late("record a receipt"))))
}

async fn record(station: &Station, delivery: Delivery<'_>) -> Result<Recorded, Error> {
    let now = station.clock.now();
    let Delivery { receipt, caller, content, raw, content_type, witness, .. } = delivery;
    let mut tx = station.store.write().await?;
    let key = key(station, receipt);
    // GPD asks the organization that is called, whoever the creditor is said to be (`gpd-api` 12).
    let own = station.settings.follows_gpd() || receipt.recipient == receipt.organization;
    let owner = own.then_some(&receipt.recipient);
    let around = tx.receipt_surroundings(caller, receipt, owner, &key, content).await?;
    if let Err(refusal) = admit(&station.settings, around.standing) {
        let reason = refusal.to_string();
        let refused = refused_caller(delivery, refusal.rule(), &reason, now);
        tx.keep_refused(refused, &[witness(&Err(refusal.clone()))]).await?;
        tx.commit().await?;
        return Err(refusal.into());
    }
    // GPD has no routes: a notice that it does not know is nobody else's.
    let routed_here = station.settings.follows_gpd() || around.routes(receipt);
    let stored = readable(around.position, receipt)?;
    let position = stored.as_ref().map(|stored| &stored.position);
    let mut settlement = settle(receipt, Surroundings { position, routed_here, now });
    let verdict = verdict(station, receipt, position, &settlement);
    if matches!(verdict, Err(Refusal::RivalPayment)) {
        // What is refused pays nothing: the plan that was begun goes on.
        settlement.paid = None;
    }
    // Of several with one IUV the one that settles its notice is found by it, else the first.
    let settles = settlement.paid.is_some();
    let listed = receipt.has_its_iuv(settlement.kind) && (settles || !around.iuv_known);
    let Settlement { kind, rule, .. } = settlement;
    let awaited = around.awaited;
    // Where the Node hears no, nobody hears that it was paid.
    let reports = verdict.is_ok() && matches!(kind, ReceiptKind::Own | ReceiptKind::Orphan);
    let requested = around.requested;
    let (key, received_at) = (&*key, now);
    let to_store = StoredReceipt {
        receipt,
        key,
        caller,
        kind,
        rule,
        content,
        raw,
        content_type,
        received_at,
        listed,
        awaited,
        reports,
        requested,
    };
    let verdict = match around.known {
        None => {
            let mut entries = vec![witness(&verdict)];
            entries.extend(events(receipt, &settlement, position, now));
            if listed && around.iuv_known {
                tx.unlist_receipt(receipt).await?;
            }
            let id = tx.insert_receipt(to_store, stored.as_ref().zip(settlement.paid.as_ref()), &entries).await?;
            tx.keep_doubts(id, to_store, &settlement.anomalies).await?;
            verdict
        }
        Some(known) if known.same_content => {
            let verdict = repeated(station, verdict, Refusal::DuplicateReceipt);
            tx.journal(&[witness(&verdict)]).await?;
            verdict
        }
        Some(known) => {
            let verdict = repeated(station, verdict, Refusal::AlteredReceipt);
            tx.keep_copy(known, to_store, &[witness(&verdict)]).await?;
            verdict
        }
    };
    tx.commit().await?;
    if awaited || (reports && requested) {
        station.outbox.look();
    }
    // Also when it comes again: the first time somebody may have gone away before we could look.
    if settlement.kind == ReceiptKind::Orphan {
        look_again(station, receipt, now).await;
    }
    Ok(verdict?)
}

/// What tells a receipt from all others of its recipient: its id. GPD goes by the notice, so that callers who send one
/// id with every receipt are served there.
fn key<'a>(station: &Station, receipt: &'a Receipt) -> Cow<'a, str> {
    if station.settings.follows_gpd() {
        format!("{} {}", receipt.receipt_id, receipt.notice_number).into()
    } else {
        receipt.receipt_id.as_str().into()
    }
}

/// The position may have come while the receipt was stored. The receipt is safe, whether or not we can look.
async fn look_again(station: &Station, receipt: &Receipt, now: DateTime<Utc>) {
    let notice = Some((&receipt.organization, &receipt.notice_number));
    if let Err(cause) = station.store.settle_waiting(notice, now).await {
        error!(cause = chain(&cause), "a receipt could not be brought together with a position that may have come");
    }
}

/// What a new receipt changed inside, for the journal.
fn events(
    receipt: &Receipt,
    settlement: &Settlement,
    position: Option<&DebtPosition>,
    now: DateTime<Utc>,
) -> Vec<Entry> {
    let event = |name: &str, why: String| {
        Entry::Event(Event {
            at: now,
            name: name.into(),
            organization: receipt.recipient.as_str().to_owned(),
            nav: receipt.notice_number.to_string(),
            iuv: receipt.iuv.as_str().to_owned(),
            iupd: position.map(|position| position.iupd.as_str().to_owned()).unwrap_or_default(),
            receipt_id: receipt.receipt_id.clone(),
            why,
        })
    };
    let paid = settlement.paid.iter().map(|paid| {
        event("OPTION_PAID", format!("{} paid; the position is {}", receipt.amount.euro(), paid.status.as_str()))
    });
    let anomalies = settlement.anomalies.iter();
    paid.chain(anomalies.map(|a| event("ANOMALY_OPENED", format!("{}: {}", a.kind.as_str(), a.note)))).collect()
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
    witness: &dyn Fn() -> Entry,
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
        tx.keep_refused(refused, &[witness()]).await?;
        Ok(tx.commit().await?)
    }))
    .await
}

/// What the Node hears of a receipt that is stored (D4 and D7; everything else is OK, but for GPD's second payments).
fn verdict(
    station: &Station,
    receipt: &Receipt,
    position: Option<&DebtPosition>,
    settlement: &Settlement,
) -> Result<Recorded, Refusal> {
    let settings = &station.settings;
    match (settlement.rule, settlement.kind, position) {
        ("D3", ..) => {}
        (_, ReceiptKind::Stranger, _) => return Err(Refusal::NotABeneficiary),
        (_, ReceiptKind::Orphan, _) if settings.orphan_receipt != OrphanReceipt::Ok => {
            return Err(Refusal::OrphanReceipt);
        }
        (_, ReceiptKind::Own, Some(position))
            if settings.follows_gpd() && settings.duplicate_receipt == DuplicateReceipt::Ko =>
        {
            accepted_by_gpd(position, receipt)?;
        }
        _ => {}
    }
    let doubts = settlement.anomalies.iter().map(|anomaly| anomaly.kind.as_str());
    let why: Vec<_> = std::iter::once(settlement.kind.as_str()).chain(doubts).collect();
    Ok(Recorded { rule: settlement.rule, why: why.join(", ") })
}

/// What the Node hears of a receipt whose key is stored already; the setting speaks of true repetitions only. GPD looks
/// for the notice first: what it does not know is unknown each time.
fn repeated(station: &Station, verdict: Result<Recorded, Refusal>, refusal: Refusal) -> Result<Recorded, Refusal> {
    match (station.settings.duplicate_receipt, &refusal, verdict) {
        (DuplicateReceipt::Ok, Refusal::DuplicateReceipt, _) => {
            Ok(Recorded { rule: refusal.rule(), why: refusal.to_string() })
        }
        (_, _, Err(unknown @ (Refusal::OrphanReceipt | Refusal::NotABeneficiary | Refusal::RivalPayment)))
            if station.settings.follows_gpd() =>
        {
            Err(unknown)
        }
        _ => Err(refusal),
    }
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
