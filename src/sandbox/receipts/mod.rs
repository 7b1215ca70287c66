//! The receipts of paid notices: what they say, who gets one, and how they get there (`domain` 2, 15).

mod build;
mod pages;
mod queue;
mod recipients;
mod signature;
mod stamp;

use chrono::{DateTime, Utc};

pub use self::pages::{PaymentPage, ReceiptPage};
pub(super) use self::pages::{payments, receipts};
pub(super) use self::queue::{Queue, run, send_now};
pub use self::stamp::a_stamp;
pub(super) use self::stamp::check as check_stamp;
use super::ledger::Ledger;
use super::node::Node;
use super::participants::Station;
use crate::domain::registry::Caller;
use crate::settings::Receipts;

/// Writes the receipts of payments that are paid now, and says how many. The ledger is the caller's, so that nobody
/// sees a paid payment without them.
pub(super) fn write(node: &Node, ledger: &mut Ledger, paid: &[String], now: DateTime<Utc>) -> usize {
    let first = (node.settings.receipts == Receipts::Send).then_some(now);
    let mut written = 0;
    for token in paid {
        let Some(payment) = ledger.payment(token) else { continue };
        let Some(outcome) = &payment.outcome else { continue };
        let recipients = recipients::of(&node.participants, payment);
        let psp = node.participants.psp(&outcome.by.psp);
        let copy = |(to, station): (Caller, &Station)| {
            let receipt = build::receipt(payment, outcome, psp, &to.organization, station.receipt_version());
            (to, receipt)
        };
        let copies: Vec<_> = recipients.into_iter().map(copy).collect();
        written += copies.len();
        ledger.write_receipts(copies, first);
    }
    written
}
