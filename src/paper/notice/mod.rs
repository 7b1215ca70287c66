//! The payment notice (*avviso di pagamento*, `domain` 12.1): A4, Italian or Italian and German.

use chrono::{DateTime, NaiveDate, Utc};

use super::Unprintable;
pub use super::kit::Logo;
use crate::domain::amount::Amount;
use crate::domain::codes::NoticeNumber;
use crate::domain::debtor::Debtor;

/// The creditor as it stands on its notices.
#[derive(Clone)]
pub struct Creditor {
    /// Its fiscal code.
    pub fiscal_code: String,
    /// Its name.
    pub name: String,
    /// The office that collects.
    pub office: Option<String>,
    /// Telephone, e-mail, site, opening hours: whatever helps a citizen, as free text.
    pub contacts: Option<String>,
    /// The interbank code of the creditor.
    pub cbill: Option<String>,
    /// A picture, read with [`Logo::from_png`].
    pub logo: Option<Logo>,
    /// Where post offices credit.
    pub postal_account: Option<PostalAccount>,
    /// Whether it takes payments on its own site.
    pub takes_payments_online: bool,
    /// The languages of its notices.
    pub language: Language,
}

/// A postal account (*conto corrente postale*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostalAccount {
    /// Up to twelve digits.
    pub number: String,
    /// In whose name it is.
    pub holder: String,
    /// With which words Poste Italiane has allowed its slips to be printed; without them no slip is.
    pub authorization: Option<String>,
}

/// The languages a notice speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Italian alone.
    #[default]
    Italian,
    /// Italian, with German beside it.
    ItalianAndGerman,
}

/// What one debtor owes for one reason: as a whole, in instalments, or as either.
#[derive(Clone, Debug)]
pub struct PaymentNotice {
    /// Who owes it; not named when the fiscal code is `ANONIMO`.
    pub debtor: Debtor,
    /// What for.
    pub subject: String,
    /// All of it at once.
    pub single: Option<Payable>,
    /// Bit by bit, the first that is due first.
    pub instalments: Vec<Payable>,
}

/// One amount that can be paid by its own notice number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payable {
    /// Its number.
    pub nav: NoticeNumber,
    /// How much.
    pub amount: Amount,
    /// Until when, as a date in Rome.
    pub due_date: NaiveDate,
}

/// Draws a notice. Equal input and an equal instant make equal bytes.
pub fn draw(creditor: &Creditor, notice: &PaymentNotice, drawn: DateTime<Utc>) -> Result<Vec<u8>, Unprintable> {
    let _ = (creditor, notice, drawn);
    Err(Unprintable::NothingDue)
}
