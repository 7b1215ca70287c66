//! The payment notice (*avviso di pagamento*, `domain` 12.1): A4, Italian or Italian and German.
//!
//! The first page says who asks whom for how much and where it can be paid; then come the `boxes`, one for every
//! amount that can be paid by itself, each with its codes. `words` has what is said.

mod boxes;
mod first_page;
mod pen;
#[cfg(test)]
mod tests;
mod words;

use chrono::{DateTime, NaiveDate, Utc};

use self::boxes::{Entry, Label};
use self::pen::Pen;
use super::Unprintable;
pub use super::kit::Logo;
use super::kit::{About, Area, PAGE_HEIGHT, PAGE_WIDTH, Paper};
use crate::domain::amount::Amount;
use crate::domain::codes::{NoticeNumber, is_organization_code};
use crate::domain::debtor::Debtor;
pub use crate::domain::letterhead::{Language, PostalAccount};
use crate::domain::notice_codes::is_postal_account;

/// The creditor as it stands on its notices.
#[derive(Clone, Debug)]
pub struct Creditor {
    /// Its fiscal code, eleven digits.
    pub fiscal_code: String,
    /// Its name.
    pub name: String,
    /// The office that collects.
    pub office: Option<String>,
    /// Telephone, e-mail, site, opening hours: whatever helps a citizen, as free text with lines of its own.
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

/// What one debtor owes for one reason: as a whole, in instalments, or as either.
#[derive(Clone, Debug)]
pub struct PaymentNotice {
    /// Who owes it; not named when the fiscal code is `ANONIMO`.
    pub debtor: Debtor,
    /// What all of it is for.
    pub subject: String,
    /// All of it at once.
    pub single: Option<Payable>,
    /// Bit by bit, the first that is due first; those that are paid already are left out.
    pub instalments: Vec<Instalment>,
    /// How many instalments there are, those included.
    pub instalments_in_all: usize,
}

impl PaymentNotice {
    /// Everything that can be paid by itself.
    fn payables(&self) -> impl Iterator<Item = &Payable> {
        self.single.iter().chain(self.instalments.iter().map(|instalment| &instalment.payable))
    }
}

/// One instalment of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instalment {
    /// Its place in the plan, counted from one.
    pub which: usize,
    /// What is paid.
    pub payable: Payable,
}

/// One amount that can be paid by its own notice number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payable {
    /// Its number.
    pub nav: NoticeNumber,
    /// What for.
    pub subject: String,
    /// How much.
    pub amount: Amount,
    /// Until when, as a date in Rome.
    pub due_date: NaiveDate,
    /// Whether that day has passed; it can still be paid.
    pub overdue: bool,
}

/// From the edge of the paper to what is printed.
const MARGIN: f32 = 11.0;

/// What is printed on a page from top to bottom.
const PRINTED: Area = Area::new(MARGIN, 9.0, PAGE_WIDTH - 2.0 * MARGIN, PAGE_HEIGHT - 18.0);

/// Draws a notice. Equal input and an equal instant make equal bytes.
pub fn draw(creditor: &Creditor, notice: &PaymentNotice, drawn: DateTime<Utc>) -> Result<Vec<u8>, Unprintable> {
    let title = format!("{} – {}", words::TITLE.it, pen::limited(&notice.subject, pen::SUBJECT));
    let about = About { title, author: creditor.name.clone(), drawn };
    on_paper(creditor, notice)?.finish(&about)
}

fn on_paper(creditor: &Creditor, notice: &PaymentNotice) -> Result<Paper, Unprintable> {
    check(creditor, notice)?;
    let entry = |payable, label| Entry::new(creditor, notice, payable, label);
    let single = notice.single.as_ref().map(|single| entry(single, Label::Single)).transpose()?;
    let alone = single.is_none() && notice.instalments_in_all == 1;
    let label = |which| match alone {
        true => Label::Single,
        false => Label::Instalment { which, of: notice.instalments_in_all },
    };
    let instalments = notice.instalments.iter().map(|instalment| entry(&instalment.payable, label(instalment.which)));
    let instalments = instalments.collect::<Result<Vec<_>, _>>()?;
    let with_slips = single.iter().chain(&instalments).any(Entry::has_slip);

    let mut pen = Pen::new(creditor, notice);
    let mut y = first_page::draw(&mut pen, with_slips);
    if let Some(single) = single {
        y = boxes::row(&mut pen, y, 1, &[single], None);
    }
    let columns = columns(instalments.len(), with_slips || pen.speaks_german());
    let rows: Vec<_> = instalments.chunks(columns).collect();
    for (at, row) in rows.iter().enumerate() {
        // The last box does not go to a page of its own, unless it would leave the first one without any.
        let lone = rows.get(at + 1).copied().filter(|next| at + 2 == rows.len() && next.len() == 1);
        let follower = lone.filter(|_| at > 0 || notice.single.is_some());
        y = boxes::row(&mut pen, y, columns, row, follower);
    }
    pen.foot();
    Ok(pen.paper)
}

/// How many instalments stand in a row: always the same on a notice. Slips, and words in two languages, need room.
fn columns(instalments: usize, wide: bool) -> usize {
    match instalments {
        1 => 1,
        2 | 4 => 2,
        _ if wide => 2,
        _ => 3,
    }
}

/// Finds what no code could carry.
fn check(creditor: &Creditor, notice: &PaymentNotice) -> Result<(), Unprintable> {
    if notice.payables().next().is_none() {
        return Err(Unprintable::NothingDue);
    }
    if !notice.payables().all(|payable| payable.amount.fits_the_wire()) {
        return Err(Unprintable::Amount);
    }
    if !is_organization_code(&creditor.fiscal_code) {
        return Err(Unprintable::Creditor);
    }
    if creditor.postal_account.as_ref().is_some_and(|account| !is_postal_account(&account.number)) {
        return Err(Unprintable::PostalAccount);
    }
    Ok(())
}
