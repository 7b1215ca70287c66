//! The archive of notices (ACA): what creditors copy there, and what a PSP is told from it (`domain` 8).

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Europe::Rome;

use crate::domain::amount::AmountOrZero;
use crate::domain::codes::is_postal_iban;
use crate::domain::receipt::Subject;
use crate::domain::text::fitted;
use crate::sandbox::calls::message::Qr;
use crate::sandbox::calls::said::{Payable, Payment, Transfer};
use crate::sandbox::participants::Organization;

/// What the archive writes where a transfer's taxonomy code belongs: creditors do not tell it.
const CATEGORY: &str = "STAND-IN";

/// The notices that were copied here.
#[derive(Debug, Default)]
pub struct Archive {
    notices: HashMap<Qr, Archived>,
}

/// A notice as its creditor told it last.
#[derive(Clone)]
pub struct Archived {
    /// What is due; zero: it cannot be paid any more.
    pub amount: AmountOrZero,
    /// Who owes it.
    pub debtor: Subject,
    /// The reason.
    pub description: String,
    /// Until when.
    pub expires: DateTime<FixedOffset>,
    /// Whether it cannot be paid after that.
    pub switch_to_expired: bool,
    /// Whether it may be paid from here.
    pub pay_stand_in: bool,
    /// The account.
    pub iban: Option<String>,
    /// The postal one.
    pub postal_iban: Option<String>,
}

impl std::fmt::Debug for Archived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archived").field("amount", &self.amount).finish_non_exhaustive()
    }
}

/// Why the archive does not take something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unkept {
    /// There is nothing to invalidate.
    Unknown,
    /// It was invalidated or paid before.
    Over,
    /// No account: neither given nor registered.
    NoAccount,
    /// An account that is not registered for the creditor.
    StrangeAccount,
}

impl Archive {
    /// Whether no creditor has ever copied anything here.
    pub fn is_empty(&self) -> bool {
        self.notices.is_empty()
    }

    /// Takes the newest word on a notice. `paid`: whether the platform knows it to be paid.
    pub fn keep(&mut self, qr: Qr, told: Archived, of: &Organization, paid: bool) -> Result<(), Unkept> {
        let known = self.notices.get(&qr);
        if paid || known.is_some_and(|known| known.is_closed()) {
            return Err(Unkept::Over);
        }
        if told.is_closed() && known.is_none() {
            return Err(Unkept::Unknown);
        }
        let registered = of.ibans.as_deref().unwrap_or_default();
        let given = [&told.iban, &told.postal_iban];
        if !registered.is_empty() && given.into_iter().flatten().any(|iban| !registered.contains(iban)) {
            return Err(Unkept::StrangeAccount);
        }
        if !told.is_closed() && told.account(of, false).is_none() {
            return Err(Unkept::NoAccount);
        }
        self.notices.insert(qr, told);
        Ok(())
    }

    /// A notice that can be paid from here at that time.
    pub fn payable(&self, qr: &Qr, now: DateTime<Utc>) -> Option<&Archived> {
        self.notices.get(qr).filter(|it| it.pay_stand_in && !it.is_closed() && !it.is_expired(now))
    }
}

impl Archived {
    fn is_closed(&self) -> bool {
        self.amount.cents() == 0
    }

    fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.switch_to_expired && self.expires <= now
    }

    /// Where all of it goes: as told, or else to an account that the creditor has registered.
    fn account(&self, of: &Organization, postal: bool) -> Option<String> {
        let wanted = self.postal_iban.as_ref().filter(|_| postal);
        let told = wanted.or(self.iban.as_ref()).or(self.postal_iban.as_ref());
        told.or(of.ibans.as_ref().and_then(|ibans| ibans.first())).cloned()
    }

    fn due_date(&self) -> String {
        self.expires.with_timezone(&Rome).format("%Y-%m-%d").to_string()
    }

    /// What a verify says of it.
    pub fn as_payable(&self, of: &Organization) -> Payable {
        Payable {
            amount: self.amount,
            due_date: Some(self.due_date()),
            detail: None,
            all_ccp: self.account(of, true).is_some_and(|iban| is_postal_iban(&iban)),
            description: shortened(&self.description, 140),
            organization: of.fiscal_code.clone(),
            company_name: of.company_name.clone(),
            office_name: of.office_name.clone(),
        }
    }

    /// What an activation says of it: one transfer, the issuer passes on the shares of others (`domain` 7.2).
    pub fn as_payment(&self, qr: &Qr, of: &Organization, postal: bool) -> Payment {
        let iuv = qr.notice.iuv().to_owned();
        let reason = format!("/RFB/{iuv}/{}/TXT/{}", self.amount.euro(), self.description);
        let transfer = Transfer {
            id: 1,
            amount: self.amount,
            organization: of.fiscal_code.clone(),
            company_name: Some(of.company_name.clone()),
            iban: self.account(of, postal),
            stamp: None,
            remittance_information: shortened(&reason, 140),
            category: CATEGORY.to_owned(),
            metadata: vec![],
        };
        Payment {
            iuv,
            amount: self.amount,
            due_date: self.due_date(),
            description: shortened(&self.description, 140),
            company_name: Some(of.company_name.clone()),
            office_name: of.office_name.clone(),
            debtor: self.debtor.clone(),
            transfers: vec![transfer],
            metadata: vec![],
        }
    }
}

/// The archive's texts are longer than those on the wire.
pub(super) fn shortened(text: &str, most: usize) -> String {
    fitted(text, most).unwrap_or_default().into_owned()
}
