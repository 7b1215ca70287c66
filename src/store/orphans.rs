//! Receipts that came before their position: they settle it as soon as both are there, or the debtor could be asked to
//! pay again.
//!
//! On SQLite all who write take turns, so that whoever comes second sees the first. On PostgreSQL a receipt and the
//! loading of its position may pass each other unseen; each therefore looks once more after its own commit, and a
//! station that starts looks for pairs that a crash left apart.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};

use super::anomalies::Subject;
use super::load::Touched;
use super::payment_reports::PaymentReport;
use super::positions::Key;
use super::sql::{Row, Statement, sql};
use super::{Engine, Store, StoreError, Tx, failed_to, unreadable};
use crate::domain::amount::{Amount, AmountOrZero};
use crate::domain::anomaly::{Anomaly, AnomalyKind};
use crate::domain::codes::{Iupd, Iuv, Nav, NoticeNumber, OrganizationCode};
use crate::domain::position::Payment;
use crate::domain::receipt::{Details, Outcome};
use crate::domain::settlement::{payment_of, settle_orphan};
use crate::journal::{Entry, Event};

/// What makes an orphan, of an option `o`, its position `p` and a receipt `r`.
macro_rules! orphan_columns {
    () => {
        concat!(
            "o.position_id, p.organization, p.iupd, o.nav, o.iuv, o.amount_cents AS due_cents, r.id, r.receipt_id,
             r.receipt_sha256, r.amount_cents, r.paid_local, r.received_at, r.parsed, ",
            $crate::store::payment_reports::is_requested!("(o.organization, o.nav)"),
            " AS requested"
        )
    };
}

/// What still waits, of the same: to settle its option, or for a person to be told that another one did.
macro_rules! waits {
    () => {
        "r.kind = 'ORPHAN' AND r.outcome = 'OK'
            AND (o.status = 'PO_UNPAID' OR EXISTS (SELECT 1 FROM anomaly a WHERE a.receipt_ref = r.id
                                                   AND a.kind = 'ORPHAN_RECEIPT' AND a.closed_at IS NULL))"
    };
}

/// Of positions that a batch has just inserted.
const OF_POSITIONS: &str = concat!(
    "SELECT ",
    orphan_columns!(),
    " FROM payment_option o
      JOIN debt_position p ON p.id = o.position_id
      JOIN receipt r ON r.organization = o.organization AND r.nav = o.nav
      WHERE o.position_id BETWEEN $1 AND $2 AND ",
    waits!(),
    " ORDER BY r.id"
);

/// Of positions whose keys are in a list.
const OF_LISTED_POSTGRES: &str = concat!(
    "SELECT ",
    orphan_columns!(),
    " FROM payment_option o
      JOIN debt_position p ON p.id = o.position_id
      JOIN receipt r ON r.organization = o.organization AND r.nav = o.nav
      WHERE o.position_id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON))) AND ",
    waits!(),
    " ORDER BY r.id"
);

/// Of one notice, where one is given; of all, where none is; a number at a time. Some may wait for ever, because nobody
/// can read their position: the next ones come after them.
const WAITING: &str = concat!(
    "SELECT ",
    orphan_columns!(),
    " FROM receipt r
      JOIN payment_option o ON o.organization = r.organization AND o.nav = r.nav
      JOIN debt_position p ON p.id = o.position_id
      WHERE r.id > $3 AND ($1 IS NULL OR (r.organization = $1 AND r.nav = $2)) AND ",
    waits!(),
    " ORDER BY r.id LIMIT 1000"
);

const CLOSE_ORPHAN: &str = "
    UPDATE anomaly SET closed_at = $2, closing_note = $3
    WHERE receipt_ref = $1 AND kind = 'ORPHAN_RECEIPT' AND closed_at IS NULL";

/// A receipt that came before its position, and where it belongs now.
#[derive(Debug)]
struct Orphan {
    position_id: i64,
    organization: OrganizationCode,
    iupd: Iupd,
    nav: Nav,
    iuv: Iuv,
    receipt: i64,
    receipt_id: String,
    receipt_digest: [u8; 32],
    due_cents: i64,
    amount_cents: i64,
    fee_cents: Option<i64>,
    paid_local: Option<String>,
    payment: Payment,
    /// Whether payment requests of the notice are open.
    requested: bool,
}

impl Store {
    /// Settles what a receipt and the loading of its position left apart; of one notice or of all.
    pub async fn settle_waiting(
        &self,
        notice: Option<(&OrganizationCode, &NoticeNumber)>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if matches!(self.engine, Engine::Sqlite(_)) {
            return Ok(());
        }
        let mut after = Some(0);
        while let Some(seen) = after {
            let waiting = || {
                sql(WAITING)
                    .bind(notice.map(|(organization, _)| organization.as_str()))
                    .bind(notice.map(|(_, nav)| nav.as_str()))
                    .bind(seen)
            };
            after = self.settle_found(waiting, now).await?.last;
        }
        Ok(())
    }

    /// Looks once more after positions were committed; tells whether any was settled.
    pub(super) async fn settle_orphans_again(&self, touched: &Touched, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut settled = false;
        if matches!(self.engine, Engine::Sqlite(_)) {
            return Ok(settled);
        }
        if let Some(new) = &touched.new {
            let of_new = || sql(OF_POSITIONS).bind(*new.start()).bind(*new.end());
            settled |= self.settle_found(of_new, now).await?.settled;
        }
        if !touched.changed.is_empty() {
            let keys = serde_json::to_string(&touched.changed).expect("numbers always have a JSON form");
            let of_changed = || sql(OF_LISTED_POSTGRES).bind(&keys);
            settled |= self.settle_found(of_changed, now).await?.settled;
        }
        Ok(settled)
    }

    /// Settles what a question finds, if it finds anything.
    async fn settle_found<'v>(&self, ask: impl Fn() -> Statement<'v>, now: DateTime<Utc>) -> Result<Found, StoreError> {
        let found = self.rows("look for receipts that wait", &ask).await?;
        let Some(last) = found.last() else { return Ok(Found::default()) };
        let last = last.get("id").map_err(failed_to("read a receipt that waited"))?;
        let work = async || {
            let mut tx = self.write().await?;
            // Asked anew: a rival may have settled them since.
            let found = tx.session.all("look for receipts that wait", ask()).await?;
            tx.settle(&found, now).await?;
            let settled = tx.touched.settled;
            tx.commit().await?;
            Ok(Found { last: Some(last), settled })
        };
        self.retrying(StoreError::is_conflict, work).await
    }
}

/// What came of a look for receipts that wait.
#[derive(Debug, Default)]
struct Found {
    /// The last one, where there were any.
    last: Option<i64>,
    /// Whether one of them has settled its position.
    settled: bool,
}

impl Tx {
    /// Settles positions whose keys are in this range by the receipts that waited for them, the oldest first.
    pub(super) async fn settle_orphans(
        &mut self,
        positions: RangeInclusive<i64>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let ask = sql(OF_POSITIONS).bind(*positions.start()).bind(*positions.end());
        let rows = self.session.all("look for receipts that came before their position", ask).await?;
        self.settle(&rows, now).await
    }

    async fn settle(&mut self, rows: &[Row], now: DateTime<Utc>) -> Result<(), StoreError> {
        for row in rows {
            let orphan = orphan(row).map_err(failed_to("read a receipt that waited"))?;
            // Opened after the receipt had looked around, and before its position knew of it.
            if orphan.requested {
                let statements = orphan.report(now).statements(self.payment_credit).collect();
                self.session.together("report on payment requests", statements).await?;
            }
            // Read anew: an earlier orphan may have settled it.
            let position = match self.position(&orphan.organization, Key::Iupd(orphan.iupd.as_str())).await {
                // Kept as an orphan because nobody can read its position: a person was told.
                Err(cause) if !cause.is_outage() => continue,
                position => position?,
            };
            let payment = orphan.payment.clone();
            let settled = position.and_then(|stored| settle_orphan(&stored.position, &orphan.nav, payment));
            let Some((paid, double)) = settled else { continue };
            if let Some(paid) = &paid {
                self.touched.settled = true;
                self.save_payment(orphan.position_id, &orphan.nav, paid, now).await?;
                let amount = Amount::from_cents(orphan.amount_cents).map(|amount| amount.euro()).unwrap_or_default();
                let why = format!("{amount} paid before it came; the position is {}", paid.status.as_str());
                self.note(orphan.event("OPTION_PAID", why, now));
            }
            self.close_orphan(&orphan, paid.is_some(), double, now).await?;
        }
        Ok(())
    }

    /// Closes the anomaly of an orphan whose position has come; others tell what is odd about the payment.
    async fn close_orphan(
        &mut self,
        orphan: &Orphan,
        settles: bool,
        double: Option<Anomaly>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let why = if settles { "settled when its position was loaded" } else { "its position was loaded as paid" };
        let close = sql(CLOSE_ORPHAN).bind(orphan.receipt).bind(now).bind(why);
        self.session.execute("close an anomaly", close).await?;
        let differs = (settles && orphan.amount_cents != orphan.due_cents).then(|| {
            let Orphan { due_cents, amount_cents, .. } = orphan;
            let note = format!("{due_cents} cents due, {amount_cents} paid before the position was loaded");
            Anomaly::new(AnomalyKind::AmountDiffers, note)
        });
        let anomalies: Vec<_> = double.into_iter().chain(differs).collect();
        let subject = Subject {
            organization: orphan.organization.as_str(),
            nav: Some(orphan.nav.as_str()),
            receipt: Some(orphan.receipt),
            refused: None,
        };
        for anomaly in &anomalies {
            let why = format!("{}: {}", anomaly.kind.as_str(), anomaly.note);
            self.note(orphan.event("ANOMALY_OPENED", why, now));
        }
        self.open_anomalies(subject, &anomalies, now).await
    }
}

impl Orphan {
    /// What its receipt says to those who asked for its payment.
    fn report(&self, now: DateTime<Utc>) -> PaymentReport<'_> {
        PaymentReport {
            organization: self.organization.as_str(),
            nav: self.nav.as_str(),
            outcome: Outcome::Ok,
            receipt_id: &self.receipt_id,
            receipt_digest: self.receipt_digest,
            paid_local: self.paid_local.clone().unwrap_or_default(),
            paid_cents: self.amount_cents,
            fee_cents: self.fee_cents,
            at: now,
        }
    }

    /// What befell the option it settles, for the journal.
    fn event(&self, name: &str, why: String, now: DateTime<Utc>) -> Entry {
        Entry::Event(Event {
            at: now,
            name: name.to_owned(),
            organization: self.organization.as_str().to_owned(),
            nav: self.nav.as_str().to_owned(),
            iuv: self.iuv.as_str().to_owned(),
            iupd: self.iupd.as_str().to_owned(),
            receipt_id: self.receipt_id.clone(),
            why,
        })
    }
}

fn orphan(row: &Row) -> Result<Orphan, sqlx::Error> {
    let (receipt_id, amount_cents) = (row.get::<String>("receipt_id")?, row.get("amount_cents")?);
    let details: Details = serde_json::from_str(row.get("parsed")?).map_err(|_| unreadable("parsed"))?;
    let payment = payment_of(&receipt_id, amount_cents, &details, row.some_instant("received_at")?);
    let receipt_digest: &[u8] = row.get("receipt_sha256")?;
    Ok(Orphan {
        position_id: row.get("position_id")?,
        organization: OrganizationCode::new(row.get::<String>("organization")?),
        iupd: Iupd::new(row.get::<String>("iupd")?),
        nav: Nav::new(row.get::<String>("nav")?),
        iuv: Iuv::new(row.get::<String>("iuv")?),
        receipt: row.get("id")?,
        receipt_id,
        receipt_digest: receipt_digest.try_into().map_err(|_| unreadable("receipt_sha256"))?,
        due_cents: row.get("due_cents")?,
        amount_cents,
        fee_cents: details.fee.map(AmountOrZero::cents),
        paid_local: row.get("paid_local")?,
        payment,
        requested: row.get("requested")?,
    })
}
