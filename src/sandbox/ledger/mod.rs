//! What the Node remembers: payments, and who paid what. Rules over plain values; "now" is an argument.
//!
//! It lives as long as the sandbox runs. A Node on the desk starts each day with a clean sheet.

pub(super) mod idempotency;
mod payment;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use self::idempotency::Keys;
pub use self::payment::{Outcome, OutcomeDetails, Payment, PaymentState, PspCaller};
use super::calls::message::Qr;
use super::fault::{Code, Refusal};
use super::operation::Answer;

/// All that is remembered.
#[derive(Debug, Default)]
pub struct Ledger {
    notices: HashMap<Qr, Notice>,
    payments: HashMap<String, Payment>,
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
        }
    }

    /// Notes a payment whose activation was answered; its notice is locked as long as its token lives.
    pub fn activate(&mut self, payment: Payment) {
        let notice = self.notices.entry(payment.qr.clone()).or_default();
        notice.reserved = false;
        notice.tokens.push(payment.token.clone());
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

    /// Whether a notice was paid here.
    pub fn is_paid(&self, qr: &Qr) -> bool {
        self.payments_of(qr).any(|payment| payment.state.is_paid())
    }

    /// Whether somebody holds a notice: a token lives, or is about to.
    pub fn is_being_paid(&self, qr: &Qr, now: DateTime<Utc>) -> bool {
        self.notices.get(qr).is_some_and(|notice| notice.reserved)
            || self.payments_of(qr).any(|payment| payment.state_at(now) == PaymentState::Paying)
    }
}
