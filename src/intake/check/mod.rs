//! From the model to the domain: every property is looked at, every defect is noted, and a position comes out only
//! when there is none. What counts as a defect is told by a [`Rulebook`]; the walk is the same for all.
//!
//! `v1` and `v3` begin with what the versions of the model say differently, and both come here with what they say alike:
//! a notice and who owes it. `transfers` follows where its money goes.

mod transfers;
mod v1;
mod v3;

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::defect::{Complaint, Place, Sort};
use super::given::Given;
use super::inspector::Inspector;
use super::{Rules, model};
use crate::domain::amount::{Amount, AmountOrZero};
use crate::domain::codes::{Iuv, Nav, OrganizationCode};
use crate::domain::debtor::{Debtor, PersonKind};
use crate::domain::position::{OptionState, PaymentOption, Transfer, TransferId};

/// Where a rulebook sees a defect: a property and the complaint.
pub(super) type Found = (&'static str, Complaint);

/// The rules that differ between strict validation and GPD's.
pub(super) trait Rulebook {
    /// What is said when a mandatory property is missing.
    fn missing(&self, field: &'static str) -> Complaint;
    /// Whether a blank text counts as given in this field.
    fn takes_blank(&self, field: &'static str) -> bool;
    /// Judges a text by its field.
    fn text(&self, field: &'static str, text: &str) -> Result<(), Complaint>;
    /// Judges an amount in cents.
    fn amount(&self, cents: i64) -> Result<Amount, Complaint>;
    /// Judges a notice and its IUV, and completes the notice.
    fn notice(&self, nav: Option<&str>, iuv: &str, rules: &Rules) -> Result<Nav, Found>;
    /// Judges the number of options in version 1, which does not bound it.
    fn option_count(&self, count: usize) -> Result<(), Complaint>;
    /// Judges the length of a list of version 3, which must not be empty.
    fn list_length(&self, length: usize, most: usize) -> Result<(), Complaint>;
    /// What is said of an option whose notice or IUV, as the field tells, is that of another option of the position.
    fn same_number(&self, field: &'static str) -> Complaint;
    /// Judges the number of transfers.
    fn transfer_count(&self, count: usize) -> Result<(), Complaint>;
    /// What is said of a number that is not 1 to 5.
    fn wrong_transfer_id(&self, id: &str) -> Complaint;
    /// By what the transfers of one option must differ.
    fn transfer_key<'t>(&self, transfer: &'t Transfer) -> (TransferId, Option<&'t OrganizationCode>);
    /// What is said when transfers and option do not add up, in cents.
    fn wrong_sum(&self, amount: i64, sum: i128) -> Complaint;
    /// Judges a beneficiary's code.
    fn beneficiary(&self, code: &str) -> Result<(), Complaint>;
    /// Judges a category and gives the form to keep.
    fn category(&self, text: &str, rules: &Rules) -> Result<String, Complaint>;
    /// Judges whether a category may be used now; it may have been before.
    fn in_force(&self, category: &str, rules: &Rules) -> Result<(), Complaint>;
    /// What is said when an account is neither an IBAN, with or without a postal one, nor a stamp.
    fn wrong_account(&self, transfer: &model::Transfer, iuv: Option<&str>) -> Complaint;
    /// Judges `iban` or `postalIban`.
    fn iban(&self, field: &'static str, text: &str) -> Result<(), Complaint>;
    /// Judges an account of the creditor's own that it has not registered.
    fn unregistered(&self) -> Result<(), Complaint>;
    /// What is said of a list of metadata that has more entries than may be.
    fn too_many_metadata(&self, count: usize) -> String;
    /// Whether the metadata of this list may lack their values.
    fn takes_no_value(&self, list: &'static str) -> bool;
    /// Whether a metadata key belongs to the system.
    fn is_reserved(&self, list: &'static str, key: &str) -> bool;
    /// Judges the date from which a position is valid. Without `now` its past is no matter.
    fn validity(&self, validity: DateTime<Utc>, now: Option<DateTime<Utc>>) -> Result<(), Complaint>;
    /// Judges a due date. Without `now` its past is no matter.
    fn due(
        &self,
        due: DateTime<Utc>,
        validity: Option<DateTime<Utc>>,
        now: Option<DateTime<Utc>>,
        rules: &Rules,
    ) -> Result<(), Complaint>;
    /// Judges a retention date.
    fn retention(&self, retention: DateTime<Utc>, due: DateTime<Utc>) -> Result<(), Complaint>;
}

/// What every version says of a notice, right or wrong.
struct GivenNotice<'g> {
    nav: &'g Given<String>,
    iuv: &'g Given<String>,
    amount: &'g Given<i64>,
    description: &'g Given<String>,
    due_date: &'g Given<String>,
    transfers: &'g model::List<model::Transfer>,
    /// What the list of its metadata is called, and the list.
    metadata: (&'static str, &'g model::List<model::Metadata>),
}

/// What a notice takes from around it.
#[derive(Clone, Default)]
struct Terms {
    debtor: Option<Debtor>,
    is_partial_payment: Option<bool>,
    plan: i64,
    plan_description: Option<String>,
    validity_date: Option<DateTime<Utc>>,
    retention_date: Option<DateTime<Utc>>,
    switch_to_expired: Option<bool>,
}

/// What every version says of a debtor, right or wrong.
struct GivenDebtor<'g> {
    kind: &'g Given<String>,
    fiscal_code: &'g Given<String>,
    full_name: &'g Given<String>,
    street_name: &'g Given<String>,
    civic_number: &'g Given<String>,
    postal_code: &'g Given<String>,
    city: &'g Given<String>,
    province: &'g Given<String>,
    region: &'g Given<String>,
    country: &'g Given<String>,
    email: &'g Given<String>,
    phone: &'g Given<String>,
}

/// The debtor in whatever has the properties of one.
macro_rules! given_debtor {
    ($given:expr) => {
        $crate::intake::check::GivenDebtor {
            kind: &$given.kind,
            fiscal_code: &$given.fiscal_code,
            full_name: &$given.full_name,
            street_name: &$given.street_name,
            civic_number: &$given.civic_number,
            postal_code: &$given.postal_code,
            city: &$given.city,
            province: &$given.province,
            region: &$given.region,
            country: &$given.country,
            email: &$given.email,
            phone: &$given.phone,
        }
    };
}

use given_debtor;

impl Inspector<'_> {
    fn debtor(&mut self, given: &GivenDebtor<'_>) -> Option<Debtor> {
        let kind = self.kind(given.kind);
        let fiscal_code = self.required_text("fiscalCode", given.fiscal_code).map(str::to_owned);
        let full_name = self.required_text("fullName", given.full_name).map(str::to_owned);
        let street_name = self.optional_text("streetName", given.street_name);
        let civic_number = self.optional_text("civicNumber", given.civic_number);
        let postal_code = self.optional_text("postalCode", given.postal_code);
        let city = self.optional_text("city", given.city);
        let province = self.optional_text("province", given.province);
        let region = self.optional_text("region", given.region);
        let country = self.optional_text("country", given.country);
        let email = self.optional_text("email", given.email);
        let phone = self.optional_text("phone", given.phone);
        Some(Debtor {
            kind: kind?,
            fiscal_code: fiscal_code?,
            full_name: full_name?,
            street_name,
            civic_number,
            postal_code,
            city,
            province,
            region,
            country,
            email,
            phone,
        })
    }

    fn kind(&mut self, given: &Given<String>) -> Option<PersonKind> {
        let letter = self.required("type", given)?;
        let kind = PersonKind::from_letter(letter).ok_or_else(|| {
            Complaint::new("must be F or G", "write F for a natural person, G for a company or another body")
                .sorted(Sort::Form)
        });
        self.held("type", kind)
    }

    fn validity_date(&mut self, given: &Given<String>) -> Option<DateTime<Utc>> {
        let validity = self.date("validityDate", given)?;
        if let Err(complaint) = self.book.validity(validity, self.present()) {
            self.note_late("validityDate", incongruent(complaint).of_new_ones(true));
        }
        Some(validity)
    }

    /// One notice that nobody has paid yet.
    fn notice(&mut self, given: &GivenNotice<'_>, terms: Terms) -> Option<PaymentOption> {
        let iuv = self.required_text("iuv", given.iuv);
        let nav = self.nav(given.nav, iuv);
        let amount = self.amount(given.amount);
        let description = self.required_text("description", given.description).map(str::to_owned);
        let due_date = self.due_date(given.due_date, &terms);
        self.check_retention(terms.retention_date, due_date);
        let metadata = self.metadata(given.metadata.0, given.metadata.1);
        let transfers = self.transfers(given.transfers, given.amount, iuv);
        Some(PaymentOption {
            nav: nav?,
            iuv: Iuv::new(iuv?),
            amount: amount?,
            notification_fee: AmountOrZero::default(),
            description: description?,
            plan_description: terms.plan_description,
            debtor: terms.debtor?,
            is_partial_payment: terms.is_partial_payment?,
            plan: terms.plan,
            validity_date: terms.validity_date,
            due_date: due_date?,
            retention_date: terms.retention_date,
            switch_to_expired: terms.switch_to_expired?,
            metadata,
            transfers: transfers?,
            state: OptionState::Unpaid,
        })
    }

    /// The options of a position, when all of them are right. Two of them may share neither the notice nor the IUV.
    fn told_apart(&mut self, options: Vec<(Place, Option<PaymentOption>)>) -> Option<Vec<PaymentOption>> {
        let (mut navs, mut iuvs) = (HashSet::new(), HashSet::new());
        for (place, option) in &options {
            let Some(option) = option else { continue };
            let twin = if !iuvs.insert(option.iuv.as_str()) {
                "iuv"
            } else if !navs.insert(option.nav.as_str()) {
                "nav"
            } else {
                continue;
            };
            self.at = *place;
            self.note(twin, self.book.same_number(twin));
        }
        self.at = Place::default();
        options.into_iter().map(|(_, option)| option).collect()
    }

    fn nav(&mut self, given: &Given<String>, iuv: Option<&str>) -> Option<Nav> {
        let nav = self.optional_text("nav", given);
        if matches!(given, Given::Wrong(_)) {
            return None;
        }
        match self.book.notice(nav.as_deref(), iuv?, self.rules) {
            Ok(nav) => Some(nav),
            Err((field, complaint)) => {
                self.note(field, complaint);
                None
            }
        }
    }

    fn amount(&mut self, given: &Given<i64>) -> Option<Amount> {
        let cents = *self.required("amount", given)?;
        let amount = self.book.amount(cents);
        self.held("amount", amount)
    }

    fn due_date(&mut self, given: &Given<String>, terms: &Terms) -> Option<DateTime<Utc>> {
        let validity = terms.validity_date;
        self.required("dueDate", given)?;
        let due = self.date("dueDate", given)?;
        let in_order = self.book.due(due, validity, None, self.rules);
        self.held("dueDate", in_order.map_err(incongruent))?;
        if let Err(complaint) = self.book.due(due, validity, self.present(), self.rules) {
            let stays_open = terms.switch_to_expired == Some(false) && validity.is_some();
            self.note_late("dueDate", incongruent(complaint).of_new_ones(stays_open));
        }
        Some(due)
    }

    fn check_retention(&mut self, retention: Option<DateTime<Utc>>, due: Option<DateTime<Utc>>) {
        let (Some(retention), Some(due)) = (retention, due) else { return };
        let answer = self.book.retention(retention, due);
        self.held("retentionDate", answer.map_err(incongruent));
    }
}

fn incongruent(complaint: Complaint) -> Complaint {
    complaint.sorted(Sort::Congruence)
}
