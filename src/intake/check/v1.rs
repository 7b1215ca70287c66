//! Version 1 of the model: one debtor and one date of validity for all options, which say of themselves whether they are
//! instalments.

use super::{GivenNotice, Terms, given_debtor};
use crate::domain::codes::Iupd;
use crate::domain::position::{DebtPosition, OptionState, PaymentOption, ServiceType};
use crate::intake::defect::Place;
use crate::intake::inspector::Inspector;
use crate::intake::{history, model};

/// Instalments share this plan; the single payments are numbered from 1.
const INSTALMENTS: i64 = 0;

impl Inspector<'_> {
    /// A position of version 1.
    pub(in crate::intake) fn position(&mut self, given: &model::Position) -> Option<DebtPosition> {
        let iupd = self.required_text("iupd", &given.iupd);
        let company_name = self.required_text("companyName", &given.company_name);
        let office_name = self.optional_text("officeName", &given.office_name);
        let pay_stand_in = self.optional("payStandIn", &given.pay_stand_in).copied().unwrap_or(true);
        let shared = Terms {
            debtor: self.debtor(&given_debtor!(given)),
            validity_date: self.validity_date(&given.validity_date),
            switch_to_expired: self.required("switchToExpired", &given.switch_to_expired).copied(),
            ..Terms::default()
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

    fn options(&mut self, given: &model::List<model::PaymentOption>, shared: &Terms) -> Option<Vec<PaymentOption>> {
        let given = self.elements("paymentOption", given)?;
        let count = self.book.option_count(given.len());
        self.held("paymentOption", count);
        let mut singles = 0;
        let mut options = Vec::new();
        for (at, option) in given.iter().enumerate() {
            self.at = Place { option: Some(at), ..Place::default() };
            let option = self.required("", option).and_then(|option| self.option(option, shared, &mut singles));
            options.push((Place { option: Some(at), ..Place::default() }, option));
        }
        self.told_apart(options)
    }

    fn option(&mut self, given: &model::PaymentOption, shared: &Terms, singles: &mut i64) -> Option<PaymentOption> {
        let is_partial_payment = self.required("isPartialPayment", &given.is_partial_payment).copied();
        let terms = Terms {
            is_partial_payment,
            plan: plan(is_partial_payment.unwrap_or_default(), singles),
            retention_date: self.date("retentionDate", &given.retention_date),
            ..shared.clone()
        };
        let parts = GivenNotice {
            nav: &given.nav,
            iuv: &given.iuv,
            amount: &given.amount,
            description: &given.description,
            due_date: &given.due_date,
            transfers: &given.transfer,
            metadata: ("paymentOptionMetadata", &given.payment_option_metadata),
        };
        let unpaid = self.notice(&parts, terms);
        let state = if self.rules.history { history::option(self, given) } else { OptionState::Unpaid };
        Some(PaymentOption { state, ..unpaid? })
    }
}

fn plan(is_partial_payment: bool, singles: &mut i64) -> i64 {
    if is_partial_payment {
        return INSTALMENTS;
    }
    *singles += 1;
    *singles
}
