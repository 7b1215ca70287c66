//! Print a payment notice.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use chrono_tz::Europe::Rome;

use super::{NotPrinted, drawn};
use crate::domain::codes::{Nav, NoticeNumber, OrganizationCode};
use crate::domain::letterhead::Letterhead;
use crate::domain::position::PaymentOption;
use crate::domain::printable::{Printable, printable};
use crate::paper::notice::{Creditor, Instalment, Logo, Payable, PaymentNotice, draw};
use crate::store::{Key, Store, StoreError, StoredPosition};
use crate::use_cases::positions::Desk;

/// A printed notice.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The notice that was asked for.
    pub nav: NoticeNumber,
    /// All the notices that can be paid with it.
    pub navs: Vec<Nav>,
    /// The PDF.
    pub pdf: Vec<u8>,
}

/// What stands on every notice of an organization, read once for all that are printed together.
#[derive(Clone)]
pub struct Press {
    organization: OrganizationCode,
    office: Option<String>,
    letterhead: Letterhead,
    /// Read by the first notice that is drawn, where nobody waits.
    logo: Arc<OnceLock<Option<Logo>>>,
}

/// Prints the notice that has this number or IUV, with the other ways to pay the same debt.
pub async fn print_notice(
    store: &Store,
    desk: Desk<'_>,
    number: &str,
    now: DateTime<Utc>,
) -> Result<Sheet, NotPrinted> {
    Press::of(store, desk.organization).await?.print(store, desk, number, now).await
}

impl Press {
    /// Reads what an organization prints.
    pub async fn of(store: &Store, organization: &OrganizationCode) -> Result<Press, StoreError> {
        let registered = store.organization(organization.as_str()).await?;
        let (office, letterhead) = registered.map(|it| (it.office_name, it.letterhead)).unwrap_or_default();
        let letterhead = letterhead.unwrap_or_default();
        Ok(Press { organization: organization.clone(), office, letterhead, logo: Arc::default() })
    }

    /// Prints one of its notices.
    pub async fn print(
        &self,
        store: &Store,
        desk: Desk<'_>,
        number: &str,
        now: DateTime<Utc>,
    ) -> Result<Sheet, NotPrinted> {
        let stored = self.find(store, desk, number).await?;
        self.print_stored(desk, &stored, number, now).await
    }

    /// The position of one of its notices.
    pub(super) async fn find(&self, store: &Store, desk: Desk<'_>, number: &str) -> Result<StoredPosition, NotPrinted> {
        let found = store.position(&self.organization, Key::Number(number)).await?;
        let stored = found.ok_or_else(|| desk.unknown_notice(number))?;
        desk.may_touch(&stored.position).map_err(|_| desk.unknown_notice(number))?;
        Ok(stored)
    }

    /// The same for a position that was read before. The document is as old as what it says: what has not changed is
    /// printed again byte by byte.
    pub async fn print_stored(
        &self,
        desk: Desk<'_>,
        stored: &StoredPosition,
        number: &str,
        now: DateTime<Utc>,
    ) -> Result<Sheet, NotPrinted> {
        desk.may_touch(&stored.position).map_err(|_| desk.unknown_notice(number))?;
        let printable = printable(&stored.position, number, now)?;
        let nav = notice_number(printable.asked)?;
        let navs = printable.options().map(|option| option.nav.clone()).collect();
        let payable = |option| payable(option, now);
        let notice = PaymentNotice {
            debtor: printable.asked.debtor.clone(),
            subject: printable.subject(),
            single: printable.single.map(payable).transpose()?,
            instalments: printable
                .instalments
                .iter()
                .map(|option| Ok(Instalment { which: printable.place(option), payable: payable(option)? }))
                .collect::<Result<_, NotPrinted>>()?,
            instalments_in_all: printable.plan.len(),
        };
        let (mut creditor, updated_at) = (self.creditor(stored, &printable), stored.updated_at);
        let (logo, png) = (self.logo.clone(), self.letterhead.logo_png());
        let pdf = drawn(move || {
            // It was looked at when it was registered.
            creditor.logo = logo.get_or_init(|| Logo::from_png(png?).ok()).clone();
            draw(&creditor, &notice, updated_at)
        });
        let pdf = pdf.await?;
        Ok(Sheet { nav, navs, pdf })
    }

    /// The creditor as it stands on a notice. Whoever pays at a post office credits postal accounts alone, so that there
    /// is a slip only where every transfer has one.
    fn creditor(&self, stored: &StoredPosition, printable: &Printable<'_>) -> Creditor {
        let Letterhead { cbill, contacts, website, postal_account, language, logo: _ } = &self.letterhead;
        let by_post = printable.options().all(|option| option.all_ccp(true));
        let postal_account = postal_account.clone().filter(|_| by_post);
        Creditor {
            fiscal_code: self.organization.as_str().to_owned(),
            name: stored.position.company_name.clone(),
            office: stored.position.office_name.clone().or_else(|| self.office.clone()),
            contacts: Some(
                [contacts.as_deref(), website.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" - "),
            )
            .filter(|text| !text.is_empty()),
            cbill: cbill.clone(),
            logo: None,
            postal_account,
            takes_payments_online: website.is_some(),
            language: *language,
        }
    }
}

fn payable(option: &PaymentOption, now: DateTime<Utc>) -> Result<Payable, NotPrinted> {
    let due_date = option.due_date.with_timezone(&Rome).date_naive();
    let overdue = due_date < now.with_timezone(&Rome).date_naive();
    let (nav, subject) = (notice_number(option)?, option.description.clone());
    Ok(Payable { nav, subject, amount: option.amount, due_date, overdue })
}

fn notice_number(option: &PaymentOption) -> Result<NoticeNumber, NotPrinted> {
    NoticeNumber::parse(option.nav.as_str()).map_err(|_| NotPrinted::NoNoticeNumber)
}
