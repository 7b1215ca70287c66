//! How payment requests end: a receipt of a notice reports on every open request for it, in the transaction that makes
//! the receipt count. Whoever wants to hear of it has a message in the outbox, and the account its credit, in the same.
//! A receipt that says KO ends nothing for good: the notice can still be paid, and its payment reports again.

use chrono::{DateTime, Utc};

use super::sql::{Statement, sql};
use crate::domain::receipt::{Outcome, Receipt};

/// Whether any request of a notice is open, which is called by its organization and number.
macro_rules! is_requested {
    ($notice:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM payment_request q WHERE (q.organization, q.nav) = ",
            $notice,
            " AND COALESCE(q.outcome, '') <> 'OK')"
        )
    };
}

pub(super) use is_requested;

const PUT_INTO_OUTBOX: &str = "
    INSERT INTO outbox_message (kind, lane, request_id, created_at, next_at)
    SELECT 'PAYMENT_REPORT', q.id, q.id, $3, $3 FROM payment_request q
    WHERE q.organization = $1 AND q.nav = $2 AND COALESCE(q.outcome, '') <> 'OK' AND q.callback IS NOT NULL
    ORDER BY q.opened_at, q.id";

/// An account that has opened several requests for the notice has had one payment: the first of them is credited.
const CREDIT: &str = "
    INSERT INTO account_credit (request_id, account, at, thousandths)
    SELECT f.id, f.account, $3, $4
    FROM (SELECT q.id, q.account, ROW_NUMBER() OVER (PARTITION BY q.account ORDER BY q.opened_at, q.id) AS place
          FROM payment_request q WHERE q.organization = $1 AND q.nav = $2 AND COALESCE(q.outcome, '') <> 'OK') f
    WHERE f.place = 1";

const CLOSE: &str = "
    UPDATE payment_request SET outcome = $3, receipt_id = $4, receipt_sha256 = $5, paid_local = $6, paid_cents = $7,
                               fee_cents = $8, closed_at = $9
    WHERE organization = $1 AND nav = $2 AND COALESCE(outcome, '') <> 'OK'";

/// Whoever opens a request at the same moment changes this row too: one of the two looks again.
const TOUCH_NOTICE: &str = "UPDATE payment_option SET requests = requests WHERE organization = $1 AND nav = $2";

/// Changes the row of a receipt's notice where the receipt pays nothing.
pub(super) fn touch_notice(receipt: &Receipt) -> Statement<'_> {
    sql(TOUCH_NOTICE).bind(receipt.recipient.as_str()).bind(receipt.notice_number.as_str())
}

/// What a receipt says about the requests of its notice.
#[derive(Debug)]
pub(super) struct PaymentReport<'a> {
    /// The creditor.
    pub(super) organization: &'a str,
    /// The notice.
    pub(super) nav: &'a str,
    /// Whether money has moved.
    pub(super) outcome: Outcome,
    /// The receipt's id.
    pub(super) receipt_id: &'a str,
    /// By what the receipt is found.
    pub(super) receipt_digest: [u8; 32],
    /// When it was paid, in Rome.
    pub(super) paid_local: String,
    /// What was paid.
    pub(super) paid_cents: i64,
    /// The PSP's fee.
    pub(super) fee_cents: Option<i64>,
    /// When the receipt came, or found its position.
    pub(super) at: DateTime<Utc>,
}

impl<'a> PaymentReport<'a> {
    /// The statements that write it, in an order in which each engine lets all of them find the requests open; credit is
    /// what an account gets for a payment that went through, in thousandths of a euro.
    pub(super) fn statements(self, credit: i64) -> impl Iterator<Item = Statement<'a>> {
        let PaymentReport { organization, nav, at, .. } = self;
        let put = sql(PUT_INTO_OUTBOX).bind(organization).bind(nav).bind(at);
        let credited = self.outcome == Outcome::Ok && credit > 0;
        let credit = credited.then(|| sql(CREDIT).bind(organization).bind(nav).bind(at).bind(credit));
        let close = sql(CLOSE)
            .bind(organization)
            .bind(nav)
            .bind(self.outcome.as_str())
            .bind(self.receipt_id)
            .bind(self.receipt_digest)
            .bind(self.paid_local)
            .bind(self.paid_cents)
            .bind(self.fee_cents)
            .bind(at);
        [Some(put), credit, Some(close)].into_iter().flatten()
    }
}
