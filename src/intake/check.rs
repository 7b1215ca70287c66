//! From the model to the domain: every property is looked at, every defect is noted, and a position comes out only
//! when there is none. What counts as a defect is told by a [`Rulebook`]; the walk is the same for all.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::defect::{Complaint, Place, Sort};
use super::given::Given;
use super::inspector::Inspector;
use super::model;
use super::{Rules, history};
use crate::domain::amount::{Amount, AmountOrZero};
use crate::domain::codes::{Iupd, Iuv, Nav, OrganizationCode};
use crate::domain::debtor::{Debtor, PersonKind};
use crate::domain::position::{
    Account, DebtPosition, MOST_METADATA, MapEntry, OptionState, PaymentOption, ServiceType, StampRequest, Transfer,
    TransferId,
};

/// Instalments share this plan; the single payments are numbered from 1.
const INSTALMENTS: i64 = 0;

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
    /// Judges the number of options.
    fn option_count(&self, count: usize) -> Result<(), Complaint>;
    /// Judges the number of transfers.
    fn transfer_count(&self, count: usize) -> Result<(), Complaint>;
    /// What is said of a number that is not 1 to 5.
    fn wrong_transfer_id(&self, id: &str) -> Complaint;
    /// Whether two transfers of one option are too much alike.
    fn same_transfer(&self, one: &Transfer, other: &Transfer) -> bool;
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

/// What all options of a position share in version 1 of the model.
struct Shared {
    debtor: Option<Debtor>,
    validity_date: Option<DateTime<Utc>>,
    switch_to_expired: Option<bool>,
}

impl Inspector<'_> {
    pub(super) fn position(&mut self, given: &model::Position) -> Option<DebtPosition> {
        let iupd = self.required_text("iupd", &given.iupd);
        let company_name = self.required_text("companyName", &given.company_name);
        let office_name = self.optional_text("officeName", &given.office_name);
        let pay_stand_in = self.optional("payStandIn", &given.pay_stand_in).copied().unwrap_or(true);
        let shared = Shared {
            debtor: self.debtor(given),
            validity_date: self.validity_date(&given.validity_date),
            switch_to_expired: self.required("switchToExpired", &given.switch_to_expired).copied(),
        };
        let past = history::position(self, given);
        let options = self.options(&given.payment_option, &shared);
        let position = DebtPosition {
            organization: self.rules.organization.clone(),
            iupd: Iupd::new(iupd?),
            company_name: company_name?.to_owned(),
            office_name,
            pay_stand_in,
            service_type: ServiceType::default(),
            status: past.status,
            publish_date: past.publish_date,
            payment_date: past.payment_date,
            options: options?,
        };
        Some(history::complete(self, position))
    }

    fn debtor(&mut self, given: &model::Position) -> Option<Debtor> {
        let kind = self.kind(&given.kind);
        let fiscal_code = self.required_text("fiscalCode", &given.fiscal_code).map(str::to_owned);
        let full_name = self.required_text("fullName", &given.full_name).map(str::to_owned);
        let street_name = self.optional_text("streetName", &given.street_name);
        let civic_number = self.optional_text("civicNumber", &given.civic_number);
        let postal_code = self.optional_text("postalCode", &given.postal_code);
        let city = self.optional_text("city", &given.city);
        let province = self.optional_text("province", &given.province);
        let region = self.optional_text("region", &given.region);
        let country = self.optional_text("country", &given.country);
        let email = self.optional_text("email", &given.email);
        let phone = self.optional_text("phone", &given.phone);
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

    fn options(&mut self, given: &model::List<model::PaymentOption>, shared: &Shared) -> Option<Vec<PaymentOption>> {
        let given = self.elements("paymentOption", given)?;
        let count = self.book.option_count(given.len());
        self.held("paymentOption", count);
        let mut singles = 0;
        let mut options = Vec::new();
        for (at, option) in given.iter().enumerate() {
            self.at = Place { option: Some(at), ..Place::default() };
            options.push(self.required("", option).and_then(|option| self.option(option, shared, &mut singles)));
        }
        self.check_twins(&options);
        self.at = Place::default();
        options.into_iter().collect()
    }

    /// Two options of one position may share neither the notice nor the IUV.
    fn check_twins(&mut self, options: &[Option<PaymentOption>]) {
        let (mut navs, mut iuvs) = (HashSet::new(), HashSet::new());
        for (at, option) in options.iter().enumerate() {
            let Some(option) = option else { continue };
            self.at = Place { option: Some(at), ..Place::default() };
            let twin = || {
                Complaint::new(
                    "the same number is on another payment option of this position",
                    "give each payment option a notice number of its own",
                )
                .sorted(Sort::Twin)
            };
            if !iuvs.insert(option.iuv.as_str()) {
                self.note("iuv", twin());
            } else if !navs.insert(option.nav.as_str()) {
                self.note("nav", twin());
            }
        }
    }

    fn option(&mut self, given: &model::PaymentOption, shared: &Shared, singles: &mut i64) -> Option<PaymentOption> {
        let iuv = self.required_text("iuv", &given.iuv);
        let nav = self.nav(&given.nav, iuv);
        let amount = self.amount(&given.amount);
        let description = self.required_text("description", &given.description).map(str::to_owned);
        let is_partial_payment = self.required("isPartialPayment", &given.is_partial_payment).copied();
        let due_date = self.due_date(&given.due_date, shared);
        let retention_date = self.retention_date(&given.retention_date, due_date);
        let metadata = self.metadata("paymentOptionMetadata", &given.payment_option_metadata);
        let state = self.state(given);
        let transfers = self.transfers(given, iuv);
        Some(PaymentOption {
            nav: nav?,
            iuv: Iuv::new(iuv?),
            amount: amount?,
            notification_fee: AmountOrZero::default(),
            description: description?,
            plan_description: None,
            debtor: shared.debtor.clone()?,
            is_partial_payment: is_partial_payment?,
            plan: plan(is_partial_payment?, singles),
            validity_date: shared.validity_date,
            due_date: due_date?,
            retention_date,
            switch_to_expired: shared.switch_to_expired?,
            metadata,
            transfers: transfers?,
            state,
        })
    }

    fn state(&mut self, given: &model::PaymentOption) -> OptionState {
        if self.rules.history { history::option(self, given) } else { OptionState::Unpaid }
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

    fn due_date(&mut self, given: &Given<String>, shared: &Shared) -> Option<DateTime<Utc>> {
        let validity = shared.validity_date;
        self.required("dueDate", given)?;
        let due = self.date("dueDate", given)?;
        let in_order = self.book.due(due, validity, None, self.rules);
        self.held("dueDate", in_order.map_err(incongruent))?;
        if let Err(complaint) = self.book.due(due, validity, self.present(), self.rules) {
            let stays_open = shared.switch_to_expired == Some(false) && validity.is_some();
            self.note_late("dueDate", incongruent(complaint).of_new_ones(stays_open));
        }
        Some(due)
    }

    fn retention_date(&mut self, given: &Given<String>, due: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let retention = self.date("retentionDate", given)?;
        let answer = self.book.retention(retention, due?);
        self.held("retentionDate", answer.map_err(incongruent)).map(|()| retention)
    }

    fn transfers(&mut self, option: &model::PaymentOption, iuv: Option<&str>) -> Option<Vec<Transfer>> {
        let given = self.elements("transfer", &option.transfer)?;
        let count = self.book.transfer_count(given.len());
        self.held("transfer", count.map_err(incongruent));
        let mut transfers = Vec::new();
        for (at, transfer) in given.iter().enumerate() {
            self.at.transfer = Some(at);
            transfers.push(self.required("", transfer).and_then(|transfer| self.transfer(transfer, iuv)));
        }
        self.check_ids(&transfers);
        self.at.transfer = None;
        self.check_sum(option, given);
        transfers.into_iter().collect()
    }

    fn check_ids(&mut self, transfers: &[Option<Transfer>]) {
        for (at, transfer) in transfers.iter().enumerate() {
            let Some(transfer) = transfer else { continue };
            self.at.transfer = Some(at);
            if transfers[..at].iter().flatten().any(|other| self.book.same_transfer(transfer, other)) {
                let reason = format!("the number {} is on another transfer of this option", transfer.id.get());
                let complaint = Complaint::new(reason, "number the transfers of an option 1, 2, 3, 4, 5");
                self.note("idTransfer", complaint.sorted(Sort::Twin));
            }
        }
    }

    /// The sum is judged whenever all amounts can be read, whatever else is wrong.
    fn check_sum(&mut self, option: &model::PaymentOption, transfers: &[Given<model::Transfer>]) {
        let share = |transfer: &Given<model::Transfer>| transfer.value()?.amount.value().copied().map(i128::from);
        let sum: Option<i128> = transfers.iter().map(share).sum();
        if let (Some(sum), Some(amount)) = (sum, option.amount.value())
            && sum != i128::from(*amount)
        {
            let complaint = self.book.wrong_sum(*amount, sum);
            self.note("amount", incongruent(complaint));
        }
    }

    fn transfer(&mut self, given: &model::Transfer, iuv: Option<&str>) -> Option<Transfer> {
        let id = self.transfer_id(&given.id_transfer);
        let amount = self.amount(&given.amount);
        let organization = self.beneficiary(&given.organization_fiscal_code);
        let company_name = self.optional_text("companyName", &given.company_name);
        let remittance_information =
            self.required_text("remittanceInformation", &given.remittance_information).map(str::to_owned);
        let category = self.category(&given.category);
        let account = self.account(given, iuv);
        self.check_registered(organization.as_ref(), account.as_ref());
        let metadata = self.metadata("transferMetadata", &given.transfer_metadata);
        Some(Transfer {
            id: id?,
            amount: amount?,
            organization: organization?,
            company_name,
            remittance_information: remittance_information?,
            category: category?,
            account: account?,
            metadata,
            reported: false,
        })
    }

    fn transfer_id(&mut self, given: &Given<String>) -> Option<TransferId> {
        let text = self.required_text("idTransfer", given)?;
        let id = if text.len() == 1 { text.parse().ok().and_then(TransferId::new) } else { None };
        let id = id.ok_or_else(|| incongruent(self.book.wrong_transfer_id(text)));
        self.held("idTransfer", id)
    }

    fn beneficiary(&mut self, given: &Given<String>) -> Option<OrganizationCode> {
        let field = "organizationFiscalCode";
        let Some(code) = self.optional_text(field, given) else {
            return Some(self.rules.organization.clone());
        };
        let answer = self.book.beneficiary(&code);
        self.held(field, answer).map(|()| OrganizationCode::new(code))
    }

    fn category(&mut self, given: &Given<String>) -> Option<String> {
        let text = self.required_text("category", given)?;
        let category = self.book.category(text, self.rules);
        let category = self.held("category", category)?;
        if let Err(complaint) = self.book.in_force(&category, self.rules) {
            self.note_late("category", complaint);
        }
        Some(category)
    }

    fn account(&mut self, given: &model::Transfer, iuv: Option<&str>) -> Option<Account> {
        let has_iban = self.is_given("iban", &given.iban);
        let has_postal = self.is_given("postalIban", &given.postal_iban);
        let has_stamp = !given.stamp.is_absent();
        let iban = self.iban("iban", &given.iban);
        let postal_iban = self.iban("postalIban", &given.postal_iban);
        let stamp = self.optional("stamp", &given.stamp).map(|stamp| self.stamp(stamp));
        match (has_iban, has_postal, has_stamp) {
            (true, _, false) => Some(Account::Iban { iban: iban?, postal_iban }),
            (false, false, true) => Some(Account::Stamp(stamp??)),
            (_, _, has_stamp) => {
                let complaint = self.book.wrong_account(given, iuv);
                self.note(if has_stamp { "stamp" } else { "iban" }, incongruent(complaint));
                None
            }
        }
    }

    fn iban(&mut self, field: &'static str, given: &Given<String>) -> Option<String> {
        let text = self.optional(field, given).filter(|text| self.counts(field, text))?;
        let answer = self.book.iban(field, text);
        self.held(field, answer).map(|()| text.clone())
    }

    fn stamp(&mut self, given: &model::Stamp) -> Option<StampRequest> {
        let hash = self.required_text("stamp.hashDocument", &given.hash_document);
        let kind = self.required_text("stamp.stampType", &given.stamp_type);
        let province = self.required_text("stamp.provincialResidence", &given.provincial_residence);
        Some(StampRequest { hash: hash?.to_owned(), kind: kind?.to_owned(), province: province?.to_owned() })
    }

    fn metadata(&mut self, list: &'static str, given: &model::List<model::Metadata>) -> Vec<MapEntry> {
        let Some(given) = self.elements(list, given) else { return vec![] };
        if given.len() > MOST_METADATA {
            let complaint = Complaint::new(
                self.book.too_many_metadata(given.len()),
                format!("keep at most {MOST_METADATA} entries"),
            );
            self.note(list, complaint);
            return vec![];
        }
        let mut entries: Vec<MapEntry> = Vec::new();
        for (at, entry) in given.iter().enumerate() {
            self.at.entry = Some((list, at));
            if let Some(entry) = self.required("", entry).and_then(|entry| self.entry(list, entry)) {
                if entries.iter().any(|other| other.key == entry.key) {
                    self.note("key", Complaint::new(format!("{list} keys must be unique"), "keep the key once"));
                }
                entries.push(entry);
            }
        }
        self.at.entry = None;
        entries
    }

    fn entry(&mut self, list: &'static str, given: &model::Metadata) -> Option<MapEntry> {
        let key = self.required_text("key", &given.key);
        let value = self.required_text("value", &given.value);
        if key.is_some_and(|key| self.book.is_reserved(list, key)) {
            let complaint = Complaint::new("is a reserved key", "use another key: the system writes this one itself");
            self.note("key", complaint.sorted(Sort::Reserved));
        }
        Some(MapEntry { key: key?.to_owned(), value: value?.to_owned() })
    }
}

fn incongruent(complaint: Complaint) -> Complaint {
    complaint.sorted(Sort::Congruence)
}

fn plan(is_partial_payment: bool, singles: &mut i64) -> i64 {
    if is_partial_payment {
        return INSTALMENTS;
    }
    *singles += 1;
    *singles
}
