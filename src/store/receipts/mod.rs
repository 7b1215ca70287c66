//! Receipts: kept as they came, read as they were understood, never changed.

mod listing;
mod paid;
mod printing;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

pub use self::listing::{Kept, KeptReceipt, ListedReceipt, RawReceipt};
pub use self::paid::{PaidReceipt, PaidReceipts};
pub use self::printing::{ReceiptKey, ReceiptToPrint};
use super::anomalies::{self, Subject};
use super::payment_reports::{PaymentReport, is_requested, touch_notice};
use super::positions::{StoredPosition, pay_option, position_columns, read_positions, settle_position};
use super::registry::{served, served_columns};
use super::sql::{Row, Statement, sql};
use super::{StoreError, Tx, failed_to};
use crate::domain::amount::AmountOrZero;
use crate::domain::anomaly::{Anomaly, AnomalyKind};
use crate::domain::codes::OrganizationCode;
use crate::domain::receipt::{Outcome, Receipt, ReceiptKind};
use crate::domain::registry::{Caller, Standing, StationLink};
use crate::domain::settlement::Paid;
use crate::journal::Entry;

/// All that a receipt's fate depends on, in one statement: who was called and which codes it takes, whether the receipt
/// is known, and the position of its notice, with a row for each option.
const SURROUNDINGS: &str = concat!(
    "SELECT ",
    served_columns!(),
    ",
            k.id AS known_id, k.content_sha256 AS known_content,
            EXISTS (SELECT 1 FROM receipt_copy y WHERE y.receipt_ref = k.id AND y.content_sha256 = $4) AS copy_known,
            EXISTS (SELECT 1 FROM receipt x WHERE x.recipient = $2 AND x.iuv = $7 AND x.listed) AS iuv_known,
            EXISTS (SELECT 1 FROM webhook w WHERE w.organization = $2 AND w.ended_at IS NULL) AS awaited, ",
    is_requested!("($5, $6)"),
    " AS requested, ",
    position_columns!(),
    " FROM (SELECT 1 AS call) c
      LEFT JOIN receipt k ON k.recipient = $2 AND k.receipt_sha256 = $3
      LEFT JOIN debt_position p
             ON p.id = (SELECT n.position_id FROM payment_option n WHERE n.organization = $5 AND n.nav = $6)
      LEFT JOIN payment_option o ON o.position_id = p.id
      ORDER BY o.ordinal"
);

const INSERT: &str = "
    INSERT INTO receipt (recipient, receipt_id, receipt_sha256, content_sha256, version, id_broker, id_station,
                         organization, nav, iuv, outcome, amount_cents, kind, rule, parsed, raw, received_at,
                         listed, debtor_code, payment_date_time, paid_local, content_type, told)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
    RETURNING id";

const UNLIST: &str = "UPDATE receipt SET listed = FALSE WHERE recipient = $1 AND iuv = $2 AND listed";

const INSERT_COPY: &str = "
    INSERT INTO receipt_copy (receipt_ref, content_sha256, raw, received_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (receipt_ref, content_sha256) DO NOTHING";

const INSERT_REFUSED: &str = "
    INSERT INTO refused_receipt (operation, rule, recipient, reason, raw_sha256, raw, received_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (raw_sha256, rule) DO NOTHING RETURNING id";

/// A stamp that came in another receipt before. The same receipt may reach several recipients here; that is no second
/// use of its stamps.
const INSERT_IF_REUSED: &str = "
    INSERT INTO anomaly (kind, organization, nav, receipt_ref, note, opened_at, told)
    SELECT 'STAMP_REUSED', $1, $2, $3, $4, $5, FALSE
    WHERE EXISTS (SELECT 1 FROM stamp s JOIN receipt r ON r.id = s.receipt_ref
                  WHERE s.iubd_sha256 = $6 AND r.receipt_sha256 <> $7)";

const INSERT_STAMP: &str = "
    INSERT INTO stamp (receipt_ref, ordinal, id_transfer, iubd, iubd_sha256, signature, document)
    VALUES ($1, $2, $3, $4, $5, 'UNCHECKED', $6)";

/// A receipt on its way into the store.
#[derive(Clone, Copy, Debug)]
pub struct StoredReceipt<'a> {
    /// What was understood.
    pub receipt: &'a Receipt,
    /// What tells it from all others of its recipient.
    pub key: &'a str,
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
    /// What their sender said they are.
    pub content_type: Option<&'a str>,
    /// When they came.
    pub received_at: DateTime<Utc>,
    /// Whether it is the one that is found by its IUV.
    pub listed: bool,
    /// Whether webhooks are to hear of it.
    pub awaited: bool,
    /// Whether it reports on payment requests of its notice.
    pub reports: bool,
    /// Whether some of them are open.
    pub requested: bool,
}

/// What the store knows around a receipt that has come.
#[derive(Debug)]
pub struct ReceiptSurroundings {
    /// What the registry knows of the caller.
    pub standing: Standing,
    /// The ways in which the called station serves the called organization.
    links: Vec<StationLink>,
    /// The receipt that came under the same key before.
    pub known: Option<KnownReceipt>,
    /// Whether another one is found by the same IUV.
    pub iuv_known: bool,
    /// Whether webhooks of the recipient are there to hear of it.
    pub awaited: bool,
    /// Whether payment requests of the notice are open.
    pub requested: bool,
    /// The position of the notice, when its owner has it; or that it cannot be read.
    pub position: Result<Option<StoredPosition>, StoreError>,
}

impl ReceiptSurroundings {
    /// Whether the notice's codes are routed to the station that was called.
    pub fn routes(&self, receipt: &Receipt) -> bool {
        self.links.iter().any(|link| link.routes(&receipt.notice_number))
    }
}

/// A receipt that is stored already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownReceipt {
    /// Its number.
    pub id: i64,
    /// Whether it says the same.
    pub same_content: bool,
    /// Whether what has come now was kept beside it before.
    pub copy_is_kept: bool,
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

impl Tx {
    /// Looks at everything that a receipt's fate depends on; the owner is whose notice it may settle.
    pub async fn receipt_surroundings(
        &mut self,
        caller: &Caller,
        receipt: &Receipt,
        owner: Option<&OrganizationCode>,
        key: &str,
        content: &[u8; 32],
    ) -> Result<ReceiptSurroundings, StoreError> {
        let doing = "look around a receipt";
        let ask = sql(SURROUNDINGS)
            .bind(&caller.organization)
            .bind(receipt.recipient.as_str())
            .bind(digest(key))
            .bind(content)
            .bind(owner.map(OrganizationCode::as_str))
            .bind(receipt.notice_number.as_str())
            .bind(receipt.iuv.as_str());
        let rows = self.session.all(doing, ask).await?;
        let first = rows.first().ok_or_else(|| failed_to(doing)(sqlx::Error::RowNotFound))?;
        let (active, mut links) = served(first).map_err(failed_to(doing))?;
        let standing = Standing::of(active, &links, caller);
        links.retain(|link| link.id_station == caller.station);
        let known = known(first, content).map_err(failed_to(doing))?;
        let flag = |name| first.get(name).map_err(failed_to(doing));
        let (iuv_known, awaited, requested) = (flag("iuv_known")?, flag("awaited")?, flag("requested")?);
        let position = read_positions(&rows);
        Ok(ReceiptSurroundings { standing, links, known, iuv_known, awaited, requested, position })
    }

    /// Stores a new receipt under its key, with what it pays, what it reports and the journal's entries; gives its number.
    /// A rival that stored the same receipt meanwhile is a conflict.
    pub async fn insert_receipt(
        &mut self,
        stored: StoredReceipt<'_>,
        paid: Option<(&StoredPosition, &Paid)>,
        journal: &[Entry],
    ) -> Result<i64, StoreError> {
        let doing = "store a receipt";
        let mut statements = Vec::from_iter(self.journal_statement(journal)?);
        if let Some((position, paid)) = paid {
            let nav = &position.position.options[paid.option].nav;
            statements.push(pay_option(position.id, nav, paid, stored.received_at));
            statements.push(settle_position(position.id, paid, stored.received_at));
        } else if stored.kind == ReceiptKind::Own && stored.receipt.outcome == Outcome::Ko {
            // For a notice that is paid nobody can open a request: whoever paid it twice changes nothing.
            statements.push(touch_notice(stored.receipt));
        }
        if stored.reports && stored.requested {
            statements.extend(report(stored).statements(self.payment_credit));
        }
        statements.push(insert(stored));
        let rows = self.session.together(doing, statements).await?;
        let row = rows.first().ok_or_else(|| failed_to(doing)(sqlx::Error::RowNotFound))?;
        row.get("id").map_err(failed_to(doing))
    }

    /// Has a recipient's receipt no longer found by its IUV: another one settles the notice.
    pub async fn unlist_receipt(&mut self, receipt: &Receipt) -> Result<(), StoreError> {
        let unlist = sql(UNLIST).bind(receipt.recipient.as_str()).bind(receipt.iuv.as_str());
        self.session.execute("put a receipt behind another one", unlist).await.map(drop)
    }

    /// Keeps what is to be doubted about a new receipt: its stamps, which may have been used before, and anomalies.
    pub async fn keep_doubts(
        &mut self,
        id: i64,
        stored: StoredReceipt<'_>,
        anomalies: &[Anomaly],
    ) -> Result<(), StoreError> {
        let StoredReceipt { receipt, key, received_at: now, .. } = stored;
        let subject = subject(id, receipt);
        let mut reused = Vec::new();
        let mut statements: Vec<Statement<'_>> =
            anomalies.iter().map(|anomaly| anomalies::insert(subject, anomaly, now)).collect();
        let mut here: Vec<&str> = Vec::new();
        for (ordinal, transfer) in receipt.transfers.iter().enumerate() {
            let Some(document) = &transfer.stamp else { continue };
            let iubd = document.stamp.as_ref().ok().map(|stamp| stamp.iubd.as_str());
            let note = || format!("transfer {}: the stamp was used before", transfer.id);
            match iubd {
                Some(iubd) if here.contains(&iubd) => reused.push(Anomaly::new(AnomalyKind::StampReused, note())),
                Some(iubd) => {
                    here.push(iubd);
                    let insert =
                        sql(INSERT_IF_REUSED).bind(subject.organization).bind(subject.nav).bind(id).bind(note());
                    statements.push(insert.bind(now).bind(digest(iubd)).bind(digest(key)));
                }
                None => {}
            }
            let insert = sql(INSERT_STAMP).bind(id).bind(ordinal as i64).bind(transfer.id).bind(iubd);
            statements.push(insert.bind(iubd.map(digest)).bind(&document.bytes));
        }
        statements.extend(reused.iter().map(|anomaly| anomalies::insert(subject, anomaly, now)));
        self.session.together("keep a receipt's doubts", statements).await.map(drop)
    }

    /// Keeps another content that came with a known key (D2). The same copy again changes nothing.
    pub async fn keep_copy(
        &mut self,
        known: KnownReceipt,
        stored: StoredReceipt<'_>,
        journal: &[Entry],
    ) -> Result<(), StoreError> {
        if known.copy_is_kept {
            return self.journal(journal).await;
        }
        let copy = sql(INSERT_COPY).bind(known.id).bind(stored.content).bind(stored.raw).bind(stored.received_at);
        let anomaly = Anomaly::new(AnomalyKind::AlteredReceipt, "came again under the same id with another content");
        let told = anomalies::insert(subject(known.id, stored.receipt), &anomaly, stored.received_at);
        let mut statements = Vec::from_iter(self.journal_statement(journal)?);
        statements.extend([copy, told]);
        self.session.together("keep a receipt's copy", statements).await.map(drop)
    }

    /// Keeps a receipt that is refused before it has a key, with its anomaly. The same bytes again change nothing.
    pub async fn keep_refused(&mut self, refused: RefusedReceipt<'_>, journal: &[Entry]) -> Result<(), StoreError> {
        let doing = "keep a refused receipt";
        // Anything may stand where the code should; an index has room for a code.
        let recipient: Option<String> = refused.recipient.map(|text| text.chars().take(35).collect());
        let raw_digest: [u8; 32] = Sha256::digest(refused.raw).into();
        let insert = sql(INSERT_REFUSED)
            .bind(refused.operation)
            .bind(refused.rule)
            .bind(&recipient)
            .bind(refused.reason)
            .bind(raw_digest)
            .bind(refused.raw)
            .bind(refused.received_at);
        let mut statements = Vec::from_iter(self.journal_statement(journal)?);
        statements.push(insert);
        let rows = self.session.together(doing, statements).await?;
        let Some(row) = rows.first() else { return Ok(()) };
        let id: i64 = row.get("id").map_err(failed_to(doing))?;
        let subject =
            Subject { organization: recipient.as_deref().unwrap_or(""), refused: Some(id), ..Subject::default() };
        let anomaly = Anomaly::new(refused.anomaly, refused.reason);
        self.open_anomalies(subject, &[anomaly], refused.received_at).await
    }
}

fn insert(stored: StoredReceipt<'_>) -> Statement<'_> {
    let StoredReceipt { receipt, caller, .. } = stored;
    sql(INSERT)
        .bind(receipt.recipient.as_str())
        .bind(&receipt.receipt_id)
        .bind(digest(stored.key))
        .bind(stored.content)
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
        .bind(stored.listed)
        .bind(receipt.debtor_code())
        .bind(&receipt.details.payment_date_time)
        .bind(receipt.paid_local(stored.received_at))
        .bind(stored.content_type)
        .bind(!stored.awaited)
}

/// What a receipt says to those who asked for its payment.
fn report(stored: StoredReceipt<'_>) -> PaymentReport<'_> {
    let StoredReceipt { receipt, received_at, .. } = stored;
    PaymentReport {
        organization: receipt.recipient.as_str(),
        nav: receipt.notice_number.as_str(),
        outcome: receipt.outcome,
        receipt_id: &receipt.receipt_id,
        receipt_digest: digest(stored.key),
        paid_local: receipt.paid_local(received_at),
        paid_cents: receipt.amount.cents(),
        fee_cents: receipt.details.fee.map(AmountOrZero::cents),
        at: received_at,
    }
}

/// A receipt, for the operators of its recipient.
fn subject(id: i64, receipt: &Receipt) -> Subject<'_> {
    Subject {
        organization: receipt.recipient.as_str(),
        nav: Some(receipt.notice_number.as_str()),
        receipt: Some(id),
        refused: None,
    }
}

fn known(row: &Row, content: &[u8; 32]) -> Result<Option<KnownReceipt>, sqlx::Error> {
    let Some(id) = row.get::<Option<i64>>("known_id")? else { return Ok(None) };
    let same_content = row.get::<&[u8]>("known_content")? == content;
    Ok(Some(KnownReceipt { id, same_content, copy_is_kept: row.get("copy_known")? }))
}

/// A receipt's key and a stamp's id are any text, of any length: their digest is what the database compares.
fn digest(id: &str) -> [u8; 32] {
    Sha256::digest(id).into()
}
