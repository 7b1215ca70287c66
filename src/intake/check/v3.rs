//! Version 3 of the model: every payment option is a plan with a debtor and dates of its own. One instalment is a single
//! payment.

use super::{GivenNotice, Terms, given_debtor};
use crate::domain::codes::Iupd;
use crate::domain::position::{DebtPosition, PaymentOption, PositionStatus, ServiceType};
use crate::intake::defect::Place;
use crate::intake::given::Given;
use crate::intake::inspector::Inspector;
use crate::intake::model_v3::{self as model, MOST_IN_LIST};

/// The plan of the payment option at this place.
fn plan_at(option: usize) -> i64 {
    i64::try_from(option).unwrap_or(i64::MAX)
}

impl Inspector<'_> {
    /// A position of version 3.
    pub(in crate::intake) fn position_v3(&mut self, given: &model::Position) -> Option<DebtPosition> {
        let iupd = self.required_text("iupd", &given.iupd);
        let company_name = self.required_text("companyName", &given.company_name);
        let office_name = self.optional_text("officeName", &given.office_name);
        let pay_stand_in = self.optional("payStandIn", &given.pay_stand_in).copied().unwrap_or(true);
        let options = self.plans(&given.payment_option);
        Some(DebtPosition {
            organization: self.rules.organization.clone(),
            iupd: Iupd::new(iupd?),
            company_name: company_name?.to_owned(),
            office_name,
            pay_stand_in,
            service_type: ServiceType::default(),
            status: PositionStatus::Draft,
            publish_date: None,
            payment_date: None,
            options: options?,
        })
    }

    fn plans(&mut self, given: &model::List<model::PaymentOption>) -> Option<Vec<PaymentOption>> {
        let given = self.elements("paymentOption", given)?;
        let length = self.book.list_length(given.len(), MOST_IN_LIST);
        self.held("paymentOption", length)?;
        let mut options = Vec::new();
        for (at, option) in given.iter().enumerate() {
            self.at = Place { option: Some(at), ..Place::default() };
            match self.required("", option) {
                Some(option) => options.append(&mut self.instalments(option, plan_at(at))),
                None => options.push((self.at, None)),
            }
        }
        self.told_apart(options)
    }

    /// The notices of a payment option, each with its place.
    fn instalments(&mut self, given: &model::PaymentOption, plan: i64) -> Vec<(Place, Option<PaymentOption>)> {
        let place = self.at;
        let debtor = self.required("debtor", &given.debtor);
        self.at.part = debtor.map(|_| "debtor");
        let debtor = debtor.and_then(|debtor| self.debtor(&given_debtor!(debtor)));
        self.at = place;
        let Some(instalments) = self.elements("installments", &given.installments) else { return vec![(place, None)] };
        let length = self.book.list_length(instalments.len(), MOST_IN_LIST);
        if self.held("installments", length).is_none() {
            return vec![(place, None)];
        }
        let terms = Terms {
            debtor,
            is_partial_payment: Some(instalments.len() > 1),
            plan,
            plan_description: self.optional_text("description", &given.description),
            validity_date: self.validity_date(&given.validity_date),
            retention_date: self.date("retentionDate", &given.retention_date),
            switch_to_expired: self.required("switchToExpired", &given.switch_to_expired).copied(),
        };
        let at = |instalment| Place { installment: Some(instalment), ..place };
        instalments.iter().enumerate().map(|(n, given)| (at(n), self.instalment(given, at(n), terms.clone()))).collect()
    }

    fn instalment(&mut self, given: &Given<model::Installment>, place: Place, terms: Terms) -> Option<PaymentOption> {
        self.at = place;
        let given = self.required("", given)?;
        let parts = GivenNotice {
            nav: &given.nav,
            iuv: &given.iuv,
            amount: &given.amount,
            description: &given.description,
            due_date: &given.due_date,
            transfers: &given.transfer,
            metadata: ("installmentMetadata", &given.installment_metadata),
        };
        self.notice(&parts, terms)
    }
}
