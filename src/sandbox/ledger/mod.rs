//! What the Node remembers: payments, and who paid what. Rules over plain values; "now" is an argument.
//!
//! It lives as long as the sandbox runs. A Node on the desk starts each day with a clean sheet.

pub(super) mod idempotency;
mod outcome;
mod payment;
mod receipts;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use self::idempotency::Keys;
pub use self::outcome::{BoughtStamp, Told};
pub use self::payment::{Outcome, OutcomeDetails, Payment, PaymentState, PspCaller};
pub use self::receipts::{Busy, Delivery, Heard, LastAnswer, Retry};
use super::calls::message::Qr;
use super::fault::{Code, Refusal};
use super::operation::Answer;

/// All that is remembered.
#[derive(Debug, Default)]
pub struct Ledger {
    notices: HashMap<Qr, Notice>,
    payments: HashMap<String, Payment>,
    /// The tokens of all payments, the last one last.
    tokens: Vec<String>,
    deliveries: receipts::Deliveries,
    /// What was said with keys.
    pub(super) keys: Keys<Answer>,
}

/// What is remembered of a notice.
#[derive(Debug, Default)]
struct Notice {
    /// Whether somebody is activating it right now: the station is being asked.
    reserved: bool,
    /// The tokens it has had, the last one last.
    tokens: Vec<String>,
}

impl Ledger {
    /// Whether a notice may be verified (`domain` 15, 5): one that was paid here may not.
    pub fn verifiable(&self, qr: &Qr) -> Result<(), Refusal> {
        if self.is_paid(qr) { Err(Code::PagamentoDuplicato.into()) } else { Ok(()) }
    }

    /// Takes a notice for an activation. Until [`Ledger::release`] or [`Ledger::activate`] nobody else gets it.
    pub fn reserve(&mut self, qr: &Qr, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.verifiable(qr)?;
        if self.is_being_paid(qr, now) {
            return Err(Code::PagamentoInCorso.into());
        }
        self.notices.entry(qr.clone()).or_default().reserved = true;
        Ok(())
    }

    /// Gives a notice back: nothing came of the activation.
    pub fn release(&mut self, qr: &Qr) {
        if let Some(notice) = self.notices.get_mut(qr) {
            notice.reserved = false;
            if notice.tokens.is_empty() {
                self.notices.remove(qr);
            }
        }
    }

    /// Notes a payment whose activation was answered; its notice is locked as long as its token lives.
    pub fn activate(&mut self, payment: Payment) {
        let notice = self.notices.entry(payment.qr.clone()).or_default();
        notice.reserved = false;
        notice.tokens.push(payment.token.clone());
        self.tokens.push(payment.token.clone());
        self.payments.insert(payment.token.clone(), payment);
    }

    /// A payment, by its token.
    pub fn payment(&self, token: &str) -> Option<&Payment> {
        self.payments.get(token)
    }

    /// The same, to change it.
    pub fn payment_mut(&mut self, token: &str) -> Option<&mut Payment> {
        self.payments.get_mut(token)
    }

    /// The payments of a notice, the oldest first.
    pub fn payments_of<'l>(&'l self, qr: &Qr) -> impl Iterator<Item = &'l Payment> {
        let tokens = self.notices.get(qr).map(|notice| notice.tokens.as_slice()).unwrap_or_default();
        tokens.iter().filter_map(|token| self.payments.get(token))
    }

    /// All payments, the oldest first.
    pub fn all_payments(&self) -> impl Iterator<Item = &Payment> {
        self.tokens.iter().filter_map(|token| self.payments.get(token))
    }

    /// Whether a notice was paid here.
    pub fn is_paid(&self, qr: &Qr) -> bool {
        self.payments_of(qr).any(|payment| payment.state.is_paid())
    }

    /// Whether somebody holds a notice: a token lives, or is about to.
    pub fn is_being_paid(&self, qr: &Qr, now: DateTime<Utc>) -> bool {
        self.is_being_activated(qr) || self.payments_of(qr).any(|payment| payment.state_at(now) == PaymentState::Paying)
    }

    /// Whether the station is being asked for a notice.
    fn is_being_activated(&self, qr: &Qr) -> bool {
        self.notices.get(qr).is_some_and(|notice| notice.reserved)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::{Duration, TimeZone};

    use super::*;
    use crate::domain::amount::AmountOrZero;
    use crate::domain::codes::NoticeNumber;
    use crate::domain::receipt::{Subject, Version};
    use crate::sandbox::calls::said;

    pub(in crate::sandbox) fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
    }

    pub(in crate::sandbox) fn later(minutes: i64) -> DateTime<Utc> {
        noon() + Duration::minutes(minutes)
    }

    /// A payment of 120.50 euro to one creditor, activated at noon, whose token lives half an hour.
    pub(in crate::sandbox) fn a_payment(token: &str) -> Payment {
        let amount = AmountOrZero::from_cents(12_050).unwrap();
        let transfer = said::Transfer {
            id: 1,
            amount,
            organization: "99000001018".into(),
            company_name: None,
            iban: Some("IT41P9999911111000000123456".into()),
            stamp: None,
            remittance_information: "TARI 2026".into(),
            category: "0101101IM".into(),
            metadata: vec![],
        };
        let due = said::Payment {
            iuv: "07000000001234573".into(),
            amount,
            due_date: "2026-12-31".into(),
            description: "TARI 2026".into(),
            company_name: Some("Comune di Borgolieve".into()),
            office_name: None,
            debtor: Subject::default(),
            transfers: vec![transfer],
            metadata: vec![],
        };
        let notice = NoticeNumber::parse("307000000001234573").unwrap();
        Payment {
            token: token.into(),
            qr: Qr { organization: "99000001018".into(), notice },
            by: PspCaller { psp: "99000003030".into(), broker: "99000003030".into(), channel: "99000003030_01".into() },
            version: Version::V2,
            station: "99000001018_01".into(),
            activated_at: noon(),
            expires_at: later(30),
            due,
            stand_in: false,
            payment_note: None,
            payment_method: None,
            touch_point: None,
            state: PaymentState::Paying,
            outcome: None,
        }
    }
}
