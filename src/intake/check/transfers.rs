//! Where the money of a notice goes, and the metadata that travel with it.

use std::collections::HashSet;

use super::incongruent;
use crate::domain::codes::OrganizationCode;
use crate::domain::position::{Account, MOST_METADATA, MapEntry, StampRequest, Transfer, TransferId};
use crate::intake::defect::{Complaint, Sort};
use crate::intake::given::Given;
use crate::intake::inspector::Inspector;
use crate::intake::model;

impl Inspector<'_> {
    /// The shares of a notice of an amount.
    pub(super) fn transfers(
        &mut self,
        given: &model::List<model::Transfer>,
        amount: &Given<i64>,
        iuv: Option<&str>,
    ) -> Option<Vec<Transfer>> {
        let given = self.elements("transfer", given)?;
        let count = self.book.transfer_count(given.len());
        self.held("transfer", count);
        let mut transfers = Vec::new();
        for (at, transfer) in given.iter().enumerate() {
            self.at.transfer = Some(at);
            transfers.push(self.required("", transfer).and_then(|transfer| self.transfer(transfer, iuv)));
        }
        self.check_ids(&transfers);
        self.at.transfer = None;
        self.check_sum(amount, given);
        transfers.into_iter().collect()
    }

    fn check_ids(&mut self, transfers: &[Option<Transfer>]) {
        let mut seen = HashSet::new();
        for (at, transfer) in transfers.iter().enumerate() {
            let Some(transfer) = transfer else { continue };
            self.at.transfer = Some(at);
            if !seen.insert(self.book.transfer_key(transfer)) {
                let reason = format!("the number {} is on another transfer of this option", transfer.id.get());
                let complaint = Complaint::new(reason, "number the transfers of an option 1, 2, 3, 4, 5");
                self.note("idTransfer", complaint.sorted(Sort::Twin));
            }
        }
    }

    /// The sum is judged whenever all amounts can be read, whatever else is wrong.
    fn check_sum(&mut self, amount: &Given<i64>, transfers: &[Given<model::Transfer>]) {
        let share = |transfer: &Given<model::Transfer>| transfer.value()?.amount.value().copied().map(i128::from);
        let sum: Option<i128> = transfers.iter().map(share).sum();
        if let (Some(sum), Some(amount)) = (sum, amount.value())
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

    /// A list of metadata, by its name.
    pub(super) fn metadata(&mut self, list: &'static str, given: &model::List<model::Metadata>) -> Vec<MapEntry> {
        let Some(given) = self.elements(list, given) else { return vec![] };
        if given.len() > MOST_METADATA {
            let reason = self.book.too_many_metadata(given.len());
            self.note(list, Complaint::new(reason, format!("keep at most {MOST_METADATA} entries")));
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
        let value = if self.book.takes_no_value(list) {
            self.any_text("value", &given.value)
        } else {
            self.required_text("value", &given.value)
        };
        if key.is_some_and(|key| self.book.is_reserved(list, key)) {
            let complaint = Complaint::new("is a reserved key", "use another key: the system writes this one itself");
            self.note("key", complaint.sorted(Sort::Reserved));
        }
        Some(MapEntry { key: key?.to_owned(), value: value?.to_owned() })
    }
}
