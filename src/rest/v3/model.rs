//! What version 3 of the API answers of a position (`gpd-api` 9.2). Its payment options are the plans of the domain, in
//! the order in which they are due, and so are the instalments of each; what is due together keeps its order.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::debtor::Debtor as Owing;
use crate::domain::position::{DebtPosition, OptionState, PaymentOption as Notice, PositionStatus};
use crate::rest::positions::model::{Entry, ReadTransfer, WrittenTransfer, entries, read_transfers, written_transfers};
use crate::rest::times::{local, maybe};
use crate::store::{OptionTimes, StoredPosition};

/// A position as create, update and publish answer it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentPositionV3)]
pub(super) struct PaymentPosition {
    iupd: String,
    pay_stand_in: bool,
    company_name: String,
    office_name: Option<String>,
    payment_date: Option<String>,
    status: &'static str,
    payment_option: Vec<PaymentOption>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentOptionV3)]
struct PaymentOption {
    validity_date: Option<String>,
    retention_date: Option<String>,
    switch_to_expired: bool,
    debtor: Debtor,
    installments: Vec<Installment>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Installment {
    nav: String,
    iuv: String,
    amount: i64,
    description: String,
    due_date: String,
    fee: i64,
    notification_fee: i64,
    status: &'static str,
    transfer: Vec<WrittenTransfer>,
    installment_metadata: Vec<Entry>,
}

/// A position as it is read.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReadPositionV3)]
pub(super) struct ReadPosition {
    iupd: String,
    organization_fiscal_code: String,
    company_name: String,
    office_name: Option<String>,
    inserted_date: String,
    publish_date: Option<String>,
    payment_date: Option<String>,
    status: &'static str,
    last_updated_date: String,
    payment_option: Vec<ReadOption>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReadOptionV3)]
struct ReadOption {
    switch_to_expired: bool,
    retention_date: Option<String>,
    inserted_date: String,
    validity_date: Option<String>,
    debtor: Debtor,
    installments: Vec<ReadInstallment>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReadInstallment {
    nav: String,
    iuv: String,
    organization_fiscal_code: String,
    amount: i64,
    description: String,
    due_date: String,
    payment_date: Option<String>,
    reporting_date: Option<String>,
    payment_method: Option<String>,
    psp_company: Option<String>,
    fee: i64,
    notification_fee: i64,
    id_receipt: Option<String>,
    id_flow_reporting: Option<String>,
    status: &'static str,
    last_updated_date: String,
    installment_metadata: Vec<Entry>,
    transfer: Vec<ReadTransfer>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Debtor {
    #[serde(rename = "type")]
    kind: &'static str,
    fiscal_code: String,
    full_name: String,
    street_name: Option<String>,
    civic_number: Option<String>,
    postal_code: Option<String>,
    city: Option<String>,
    province: Option<String>,
    region: Option<String>,
    country: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl PaymentPosition {
    /// The answer to whoever has just written it. As in GPD, the answer says that the Node may stand in, whatever is so.
    pub(super) fn of(position: &DebtPosition) -> PaymentPosition {
        let plans = plans(position.options.iter().collect(), |notice| notice);
        PaymentPosition {
            iupd: position.iupd.as_str().into(),
            pay_stand_in: true,
            company_name: position.company_name.clone(),
            office_name: position.office_name.clone(),
            payment_date: maybe(position.payment_date),
            status: status_of(position.status),
            payment_option: plans.iter().filter_map(|plan| PaymentOption::of(plan)).collect(),
        }
    }
}

impl PaymentOption {
    fn of(plan: &[&Notice]) -> Option<PaymentOption> {
        plan.first().map(|first| PaymentOption {
            validity_date: maybe(first.validity_date),
            retention_date: maybe(first.retention_date),
            switch_to_expired: first.switch_to_expired,
            debtor: Debtor::of(&first.debtor),
            installments: plan.iter().map(|notice| Installment::of(notice)).collect(),
        })
    }
}

impl Installment {
    fn of(notice: &Notice) -> Installment {
        Installment {
            nav: notice.nav.as_str().into(),
            iuv: notice.iuv.as_str().into(),
            amount: notice.amount.cents(),
            description: notice.description.clone(),
            due_date: local(notice.due_date),
            fee: notice.state.payment().map_or(0, |payment| payment.details.fee_cents),
            notification_fee: notice.notification_fee.cents(),
            status: state_of(&notice.state),
            transfer: written_transfers(notice),
            installment_metadata: entries(&notice.metadata),
        }
    }
}

impl ReadPosition {
    /// The answer to whoever reads it; of its notices only those that are wanted.
    pub(super) fn of(stored: &StoredPosition, wanted: impl Fn(&Notice) -> bool) -> ReadPosition {
        let position = &stored.position;
        let notices = position.options.iter().zip(&stored.times).filter(|(notice, _)| wanted(notice));
        let plans = plans(notices.collect(), |(notice, _)| notice);
        ReadPosition {
            iupd: position.iupd.as_str().into(),
            organization_fiscal_code: position.organization.as_str().into(),
            company_name: position.company_name.clone(),
            office_name: position.office_name.clone(),
            inserted_date: local(stored.inserted_at),
            publish_date: maybe(position.publish_date),
            payment_date: maybe(position.payment_date),
            status: status_of(position.status),
            last_updated_date: local(stored.updated_at),
            payment_option: plans.iter().filter_map(|plan| ReadOption::of(position, plan)).collect(),
        }
    }
}

impl ReadOption {
    fn of(position: &DebtPosition, plan: &[(&Notice, &OptionTimes)]) -> Option<ReadOption> {
        plan.first().map(|(first, times)| ReadOption {
            switch_to_expired: first.switch_to_expired,
            retention_date: maybe(first.retention_date),
            inserted_date: local(times.inserted_at),
            validity_date: maybe(first.validity_date),
            debtor: Debtor::of(&first.debtor),
            installments: plan.iter().map(|(notice, times)| ReadInstallment::of(position, notice, times)).collect(),
        })
    }
}

impl ReadInstallment {
    fn of(position: &DebtPosition, notice: &Notice, times: &OptionTimes) -> ReadInstallment {
        let payment = notice.state.payment().cloned().unwrap_or_default();
        let details = payment.details;
        ReadInstallment {
            nav: notice.nav.as_str().into(),
            iuv: notice.iuv.as_str().into(),
            organization_fiscal_code: position.organization.as_str().into(),
            amount: notice.amount.cents(),
            description: notice.description.clone(),
            due_date: local(notice.due_date),
            payment_date: maybe(payment.date),
            reporting_date: maybe(details.reporting_date),
            payment_method: details.method,
            psp_company: details.psp_company,
            fee: details.fee_cents,
            notification_fee: notice.notification_fee.cents(),
            id_receipt: payment.receipt_id,
            id_flow_reporting: details.flow,
            status: state_of(&notice.state),
            last_updated_date: local(times.updated_at),
            installment_metadata: entries(&notice.metadata),
            transfer: read_transfers(notice, times),
        }
    }
}

impl Debtor {
    fn of(owing: &Owing) -> Debtor {
        let Owing { kind, fiscal_code, full_name, street_name, civic_number, .. } = owing.clone();
        let Owing { postal_code, city, province, region, country, email, phone, .. } = owing.clone();
        Debtor {
            kind: kind.letter(),
            fiscal_code,
            full_name,
            street_name,
            civic_number,
            postal_code,
            city,
            province,
            region,
            country,
            email,
            phone,
        }
    }
}

/// The notices by their plans. Sorting keeps what is due together in the order it was given: clients count on it.
fn plans<'p, N: Copy>(notices: Vec<N>, notice: impl Fn(N) -> &'p Notice) -> Vec<Vec<N>> {
    let mut plans: Vec<Vec<N>> = Vec::new();
    for one in notices {
        match plans.iter_mut().find(|plan| notice(plan[0]).plan == notice(one).plan) {
            Some(plan) => plan.push(one),
            None => plans.push(vec![one]),
        }
    }
    plans.iter_mut().for_each(|plan| plan.sort_by_key(|one| notice(*one).due_date));
    plans.sort_by_key(|plan| notice(plan[0]).due_date);
    plans
}

/// Version 3 knows fewer states.
pub(super) fn status_of(status: PositionStatus) -> &'static str {
    match status {
        PositionStatus::Invalid | PositionStatus::Expired => "UNPAYABLE",
        PositionStatus::Reported => PositionStatus::Paid.as_str(),
        other => other.as_str(),
    }
}

/// GPD's name of a state, without what it begins with in version 1.
fn state_of(state: &OptionState) -> &'static str {
    let name = OptionState::as_str(state);
    name.strip_prefix("PO_").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::position::tests::{a_position, an_option, today};
    use chrono::Duration;

    #[test]
    fn options_stand_in_the_order_they_are_due() {
        // Each notice as number, plan and days until it is due; then the plans as they are told.
        for (given, told) in [
            ("a1/5", "a"),
            ("a1/5 b2/3", "b|a"),
            ("a1/5 b2/5", "a|b"),
            ("a0/9 b0/5 c0/7 d1/6", "bca|d"),
            ("a0/9 b1/5 c0/5", "ca|b"),
            ("a0/5 b0/5 c1/5 d2/5 e2/1", "ed|ab|c"),
        ] {
            let notice = |text: &str| {
                let (head, due) = text.split_once('/').unwrap();
                let due_date = today() + Duration::days(due.parse().unwrap());
                let plan = head[1..].parse().unwrap();
                Notice { description: head[..1].into(), plan, due_date, ..an_option() }
            };
            let position = a_position(given.split(' ').map(notice).collect());
            let answer = PaymentPosition::of(&position);
            let names = |option: &PaymentOption| -> String {
                option.installments.iter().map(|installment| installment.description.as_str()).collect()
            };
            let answered: Vec<String> = answer.payment_option.iter().map(names).collect();
            assert_eq!(answered.join("|"), told, "{given}");
        }
    }

    #[test]
    fn version_3_knows_fewer_states() {
        for (status, told) in [
            ("DRAFT", "DRAFT"),
            ("PUBLISHED", "PUBLISHED"),
            ("VALID", "VALID"),
            ("INVALID", "UNPAYABLE"),
            ("EXPIRED", "UNPAYABLE"),
            ("PARTIALLY_PAID", "PARTIALLY_PAID"),
            ("PAID", "PAID"),
            ("REPORTED", "PAID"),
        ] {
            assert_eq!(status_of(PositionStatus::parse(status).unwrap()), told);
        }
    }
}
