//! A notice of the fixtures, and what a right answer says of it.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Europe::Rome;

use super::case::State;
use super::fixtures::Listed;
use super::words::Word;
use crate::domain::amount::AmountOrZero;
use crate::domain::codes::NoticeNumber;
use crate::domain::position::MapEntry;
use crate::domain::receipt::Subject;
use crate::intake::{Given, model, moment};
use crate::sandbox::calls::message::Qr;
use crate::sandbox::calls::said::{Payment, StampWanted, Transfer};
use crate::sandbox::participants::Organization;

/// A notice.
#[derive(Clone)]
pub struct Notice {
    /// Whose it is.
    pub organization: String,
    /// Its number.
    pub number: NoticeNumber,
    /// The creditor's reference.
    pub iuv: String,
    /// How it stands.
    pub state: State,
    /// Notices of the same debt have the same number here.
    pub(super) position: usize,
    /// What is due.
    pub amount: Option<AmountOrZero>,
    /// What the creditor may be called.
    pub company_names: Vec<String>,
    /// The reason.
    pub(super) description: Option<String>,
    /// Who owes it.
    pub debtor: Option<Subject>,
    /// Until when, in the local time of Rome.
    pub(super) due_date: Option<String>,
    /// Whether that has passed.
    pub(super) overdue: bool,
    /// The transfers.
    pub shares: Vec<Share>,
    /// The creditor's own.
    pub metadata: Vec<MapEntry>,
}

/// A transfer, as a get tells it, and what stands beside it.
#[derive(Clone)]
pub struct Share {
    /// What a get tells when nobody asks for the postal account.
    pub told: Transfer,
    /// The postal account.
    pub postal_iban: Option<String>,
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice").field("number", &self.number).field("state", &self.state).finish_non_exhaustive()
    }
}

/// The notices of a position, each with how it stands; `own_words` say so of its options, in their order.
pub(super) fn of_position(
    position: &model::Position,
    own_words: &[Option<&str>],
    now: DateTime<Utc>,
) -> Result<Vec<Notice>, String> {
    let options: Vec<_> = values(&position.payment_option).collect();
    let mut notices = Vec::new();
    for (at, option) in options.iter().enumerate() {
        let place = |what: String| format!("paymentOption[{at}]: {what}");
        let nav = text(&option.nav).or_else(|| Some(format!("3{}", option.iuv.value()?)));
        let nav = nav.ok_or_else(|| place("neither nav nor iuv: without its number nobody can ask for it".into()))?;
        let number = NoticeNumber::parse(&nav).map_err(|error| place(format!("nav: {error}")))?;
        let state = state(position, option, &options, own_words.get(at).copied().flatten(), now).map_err(place)?;
        let due = option.due_date.value().and_then(|text| moment(text).ok());
        notices.push(Notice {
            organization: String::new(),
            iuv: text(&option.iuv).unwrap_or_else(|| number.iuv().to_owned()),
            number,
            state,
            position: 0,
            amount: option.amount.value().and_then(|cents| AmountOrZero::from_cents(*cents).ok()),
            company_names: text(&position.company_name).into_iter().collect(),
            description: text(&option.description),
            debtor: Some(debtor(position)),
            due_date: due.map(|due| due.with_timezone(&Rome).format("%Y-%m-%d").to_string()),
            overdue: due.is_some_and(|due| due < now),
            shares: values(&option.transfer).map(share).collect(),
            metadata: metadata(&option.payment_option_metadata),
        });
    }
    Ok(notices)
}

/// A notice of which only the number and the state are told.
pub(super) fn listed(listed: &Listed, state: State) -> Option<Notice> {
    let number = NoticeNumber::parse(&listed.nav).ok()?;
    let amount = listed.amount.and_then(|cents| AmountOrZero::from_cents(cents).ok());
    Some(Notice { state, amount, ..Notice::bare(number) })
}

impl Notice {
    /// A notice of which nothing is known but its number.
    pub(super) fn bare(number: NoticeNumber) -> Notice {
        Notice {
            organization: String::new(),
            iuv: number.iuv().to_owned(),
            number,
            state: State::Unknown,
            position: usize::MAX,
            amount: None,
            company_names: vec![],
            description: None,
            debtor: None,
            due_date: None,
            overdue: false,
            shares: vec![],
            metadata: vec![],
        }
    }

    pub(super) fn belongs_to(&mut self, owner: &Organization) {
        self.organization = owner.fiscal_code.clone();
        self.company_names.push(owner.company_name.clone());
        for share in self.shares.iter_mut().filter(|share| share.told.organization.is_empty()) {
            share.told.organization = owner.fiscal_code.clone();
        }
    }

    /// As a PSP knows it.
    pub fn qr(&self) -> Qr {
        Qr { organization: self.organization.clone(), notice: self.number.clone() }
    }

    /// Its beneficiaries other than its owner.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        let codes = self.shares.iter().map(|share| share.told.organization.as_str());
        codes.filter(|code| *code != self.organization && !code.is_empty())
    }

    /// What a get would tell, as far as the fixtures do; without transfers, one to an account of nobody.
    pub(super) fn as_payment(&self) -> Payment {
        let amount = self.amount.unwrap_or_else(|| AmountOrZero::from_cents(1_000).unwrap_or_default());
        let transfers = match self.shares.as_slice() {
            [] => vec![Transfer { amount, organization: self.organization.clone(), ..a_transfer() }],
            shares => shares.iter().map(Share::as_told).collect(),
        };
        Payment {
            iuv: self.iuv.clone(),
            amount,
            due_date: self.due_date.clone().unwrap_or_else(|| "2099-12-31".into()),
            description: self.description.clone().unwrap_or_else(|| "Pagamento".into()),
            company_name: self.company_names.first().cloned(),
            office_name: None,
            debtor: self.debtor.clone().unwrap_or_else(nobody),
            transfers,
            metadata: self.metadata.clone(),
        }
    }
}

impl Share {
    /// As a get would tell it, which tells the postal account where there is no other.
    fn as_told(&self) -> Transfer {
        let iban = self.told.iban.clone().or_else(|| self.postal_iban.clone()).filter(|_| self.told.stamp.is_none());
        Transfer { iban, ..self.told.clone() }
    }
}

/// How a notice stands: by what is said of the option, by what is said of the position, by its dates.
fn state(
    position: &model::Position,
    option: &model::PaymentOption,
    siblings: &[&model::PaymentOption],
    own_word: Option<&str>,
    now: DateTime<Utc>,
) -> Result<State, String> {
    let word = |text: Option<&str>| text.map(Word::parse).transpose();
    let of_option = match word(own_word)? {
        Some(word) => Some(word),
        None => word(option.status.value().map(String::as_str))?,
    };
    let of_position = word(position.status.value().map(String::as_str))?;
    match (of_option, of_position) {
        (Some(Word::Exactly(state)), _) => return Ok(state),
        // Something else of a debt was paid that is settled.
        (Some(Word::Open), Some(Word::Exactly(State::Paid))) => return Ok(State::Superseded),
        (_, Some(Word::Exactly(state))) => return Ok(state),
        (_, Some(Word::Open) | None) => {}
    }
    let is_whole = |option: &model::PaymentOption| option.is_partial_payment.value() == Some(&false);
    let is_paid = |option: &model::PaymentOption| {
        option.status.value().is_some_and(|text| Word::parse(text) == Ok(Word::Exactly(State::Paid)))
    };
    if siblings.iter().any(|sibling| is_paid(sibling) && (is_whole(option) || is_whole(sibling))) {
        return Ok(State::Superseded);
    }
    let moment = |given: &Given<String>| given.value().and_then(|text| moment(text).ok());
    if moment(&position.validity_date).is_some_and(|from| from > now) {
        return Ok(State::NotYetValid);
    }
    let expires = position.switch_to_expired.value() == Some(&true);
    if expires && moment(&option.due_date).is_some_and(|due| due < now) {
        return Ok(State::Expired);
    }
    Ok(State::Payable)
}

fn share(transfer: &model::Transfer) -> Share {
    let stamp = transfer.stamp.value().map(|stamp| StampWanted {
        hash: text(&stamp.hash_document).unwrap_or_default(),
        kind: text(&stamp.stamp_type).unwrap_or_default(),
        province: text(&stamp.provincial_residence).unwrap_or_default(),
    });
    let amount = transfer.amount.value().and_then(|cents| AmountOrZero::from_cents(*cents).ok());
    let told = Transfer {
        id: text(&transfer.id_transfer).and_then(|id| id.parse().ok()).unwrap_or_default(),
        amount: amount.unwrap_or_default(),
        organization: text(&transfer.organization_fiscal_code).unwrap_or_default(),
        company_name: text(&transfer.company_name),
        iban: text(&transfer.iban),
        stamp,
        remittance_information: text(&transfer.remittance_information).unwrap_or_default(),
        category: text(&transfer.category).unwrap_or_default(),
        metadata: metadata(&transfer.transfer_metadata),
    };
    Share { told, postal_iban: text(&transfer.postal_iban) }
}

fn a_transfer() -> Transfer {
    Transfer {
        id: 1,
        amount: AmountOrZero::default(),
        organization: String::new(),
        company_name: None,
        iban: Some("IT41P9999911111000000123456".into()),
        stamp: None,
        remittance_information: "Pagamento".into(),
        category: "0101101IM".into(),
        metadata: vec![],
    }
}

fn debtor(position: &model::Position) -> Subject {
    Subject {
        entity_unique_identifier_type: text(&position.kind),
        entity_unique_identifier_value: text(&position.fiscal_code),
        full_name: text(&position.full_name),
        ..Subject::default()
    }
}

/// Who pays without a name.
fn nobody() -> Subject {
    Subject {
        entity_unique_identifier_type: Some("F".into()),
        entity_unique_identifier_value: Some("ANONIMO".into()),
        full_name: Some("ANONIMO".into()),
        ..Subject::default()
    }
}

fn metadata(list: &model::List<model::Metadata>) -> Vec<MapEntry> {
    let entry = |entry: &model::Metadata| Some(MapEntry { key: text(&entry.key)?, value: text(&entry.value)? });
    values(list).filter_map(entry).collect()
}

fn text(given: &Given<String>) -> Option<String> {
    given.value().filter(|text| !text.is_empty()).cloned()
}

fn values<T>(list: &model::List<T>) -> impl Iterator<Item = &T> {
    list.value().into_iter().flatten().filter_map(Given::value)
}
