//! What pages show, ready to be written: the templates of `html/` and nothing to decide for them.

use askama::Template;
use chrono::{DateTime, NaiveDateTime, Utc};

use super::assets::VERSION;
use super::forms::Field;
use super::language::Language;
use super::texts::{Said, Texts};
use super::visitor::Visitor;
use crate::domain::bill::Bill;
use crate::domain::payment_request::{Report, RequestId, RequestedNotice};

/// What stands around every page.
pub(super) struct Frame {
    language: Language,
    t: &'static Texts,
    /// The path below which everything is.
    prefix: String,
    /// The path of the page in other languages.
    here: String,
    /// The path of the request's page, and what its addresses end with.
    page: String,
    query: String,
    /// Whether its addresses in other languages say again that a payment on its way is known of.
    again: bool,
    /// Whose page it is.
    creditor: Option<String>,
}

impl Frame {
    /// The frame of a page that has its own address.
    pub(super) fn of(visitor: &Visitor, page: Option<&RequestId>, creditor: Option<String>) -> Frame {
        Frame {
            language: visitor.language,
            t: visitor.language.texts(),
            prefix: visitor.prefix.clone(),
            here: format!("{}{}", visitor.prefix, visitor.here),
            page: page.map(|id| visitor.page(id)).unwrap_or_default(),
            query: visitor.query(),
            again: visitor.insists,
            creditor: creditor.map(|creditor| shown(&creditor)),
        }
    }

    /// The same for an answer to a form: what was sent there cannot be asked for, but the request's page can.
    pub(super) fn after_a_form(self) -> Frame {
        Frame { here: self.page.clone(), ..self }
    }

    /// The same for somebody who wants to pay although a payment is on its way.
    pub(super) fn again(self, again: bool) -> Frame {
        Frame { again: self.again || again, ..self }
    }

    fn version(&self) -> &'static str {
        &VERSION
    }

    fn heading(&self) -> &str {
        self.creditor.as_deref().unwrap_or(self.t.site)
    }

    fn languages(&self) -> [Language; 3] {
        Language::ALL
    }

    /// What an address ends with that says one more thing.
    fn query_and(&self, more: &str) -> String {
        let sign = if self.query.is_empty() { '?' } else { '&' };
        format!("{}{sign}{more}", self.query)
    }
}

/// What is known of a notice.
pub(super) struct Facts {
    creditor: String,
    code: String,
    office: Option<String>,
    reason: Option<String>,
    notice: String,
}

impl Facts {
    /// All that the creditor tells.
    pub(super) fn told(notice: &RequestedNotice, bill: &Bill) -> Facts {
        let told = bill.notice();
        Facts {
            office: told.office_name.as_deref().map(shown),
            reason: Some(shown(&told.option.description)),
            ..Facts::known(notice, told.company_name.clone())
        }
    }

    /// The codes, and the name from the registry.
    pub(super) fn known(notice: &RequestedNotice, creditor: String) -> Facts {
        Facts {
            creditor: shown(&creditor),
            code: notice.organization.to_string(),
            office: None,
            reason: None,
            notice: notice.notice.to_string(),
        }
    }

    pub(super) fn creditor(&self) -> String {
        self.creditor.clone()
    }

    /// The number as it is printed: four digits and four digits.
    fn groups(&self) -> Vec<&str> {
        self.notice.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect()
    }
}

/// A text without the characters that HTML cannot carry.
pub(super) fn shown(text: &str) -> String {
    let cannot = |c: char| c.is_control() || matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    text.chars().map(|c| if cannot(c) { ' ' } else { c }).collect()
}

/// A fault that the head of a page leads to.
type Faults = Vec<(&'static str, &'static str)>;

/// The fields that are wrong, by name.
fn faults<'f>(fields: impl IntoIterator<Item = &'f Field>) -> Faults {
    fields.into_iter().filter_map(|field| Some((field.name, field.error?))).collect()
}

/// Which notice?
#[derive(Template)]
#[template(path = "html/which.html")]
pub(super) struct Which {
    frame: Frame,
    typed: [Field; 2],
    code: Field,
    faults: Faults,
}

impl Which {
    pub(super) fn of(frame: Frame, (typed, code): ([Field; 2], Field)) -> Which {
        let faults = faults(typed.iter().chain([&code]));
        Which { frame, typed, code, faults }
    }
}

/// It can be paid.
#[derive(Template)]
#[template(path = "html/payable.html")]
pub(super) struct Payable {
    frame: Frame,
    facts: Facts,
    amount: String,
    as_of: String,
    due: String,
    overdue: bool,
    postal: bool,
    /// What there is to say first.
    news: Vec<Said>,
    /// The form; none: nobody can pay here.
    fields: Option<[Field; 4]>,
    faults: Faults,
}

impl Payable {
    pub(super) fn of(
        frame: Frame,
        notice: &RequestedNotice,
        bill: &Bill,
        now: DateTime<Utc>,
        fields: Option<[Field; 4]>,
    ) -> Payable {
        let option = &bill.notice().option;
        let language = frame.language;
        Payable {
            facts: Facts::told(notice, bill),
            amount: language.amount(option.amount.cents()),
            as_of: (frame.t.as_of)(&language.moment(now)),
            due: language.day(option.due_date),
            overdue: now > option.due_date,
            postal: option.all_ccp(true),
            news: Vec::new(),
            faults: faults(fields.iter().flatten()),
            fields,
            frame,
        }
    }

    /// The same with something to say first.
    pub(super) fn with(self, news: Vec<Said>) -> Payable {
        Payable { news, ..self }
    }
}

/// Sent away, and no receipt yet.
#[derive(Template)]
#[template(path = "html/sent.html")]
pub(super) struct Sent {
    frame: Frame,
    facts: Facts,
    amount: String,
    sent: String,
}

impl Sent {
    pub(super) fn of(frame: Frame, notice: &RequestedNotice, bill: &Bill, sent_at: DateTime<Utc>) -> Sent {
        Sent {
            facts: Facts::told(notice, bill),
            amount: frame.language.amount(bill.notice().option.amount.cents()),
            sent: (frame.t.sent)(&frame.language.moment(sent_at)),
            frame,
        }
    }
}

/// Ended by a receipt that says OK.
#[derive(Template)]
#[template(path = "html/paid.html")]
pub(super) struct Paid {
    frame: Frame,
    facts: Facts,
    amount: String,
    fee: Option<String>,
    total: String,
    paid_on: String,
    psp: Option<String>,
    receipt: String,
}

impl Paid {
    pub(super) fn of(frame: Frame, facts: Facts, report: &Report, psp: Option<String>) -> Paid {
        let language = frame.language;
        let paid = NaiveDateTime::parse_from_str(&report.paid_local, "%Y-%m-%dT%H:%M:%S");
        Paid {
            amount: language.amount(report.amount.cents()),
            fee: report.fee.map(|fee| language.amount(fee.cents())),
            total: language.amount(report.total_cents()),
            paid_on: paid.map_or_else(|_| report.paid_local.clone(), |paid| language.local_moment(paid)),
            receipt: shown(&report.receipt_id),
            psp: psp.as_deref().map(shown),
            facts,
            frame,
        }
    }
}

/// It cannot be paid.
#[derive(Template)]
#[template(path = "html/closed.html")]
pub(super) struct Closed {
    pub(super) frame: Frame,
    pub(super) facts: Facts,
    pub(super) said: Said,
    /// Whether somebody was sent away to pay it.
    pub(super) sent: bool,
    /// Whether a payment failed before.
    pub(super) failed: bool,
}

/// There is no such page, or none now.
#[derive(Template)]
#[template(path = "html/plain.html")]
pub(super) struct Plain {
    pub(super) frame: Frame,
    pub(super) said: Said,
    /// Whether it leads to the request's page.
    pub(super) linked: bool,
}
