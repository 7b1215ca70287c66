//! What version 1 of the API answers of a position (`gpd-api` 4.2): with its debtor where it was just written, without
//! where it is read.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::debtor::Debtor;
use crate::domain::position::{
    Account, DebtPosition, MapEntry, OptionState, Payment, PaymentOption, StampRequest, Transfer,
};
use crate::rest::times::{local, maybe};
use crate::store::{OptionTimes, StoredPosition};

/// A position as create, update, publish and invalidate answer it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct PaymentPosition {
    iupd: String,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    pay_stand_in: bool,
    fiscal_code: Option<String>,
    full_name: Option<String>,
    street_name: Option<String>,
    civic_number: Option<String>,
    postal_code: Option<String>,
    city: Option<String>,
    province: Option<String>,
    region: Option<String>,
    country: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    switch_to_expired: bool,
    company_name: String,
    office_name: Option<String>,
    validity_date: Option<String>,
    payment_date: Option<String>,
    status: &'static str,
    payment_option: Vec<WrittenOption>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WrittenOption {
    nav: String,
    iuv: String,
    amount: i64,
    description: String,
    is_partial_payment: bool,
    due_date: String,
    retention_date: Option<String>,
    fee: i64,
    notification_fee: i64,
    transfer: Vec<WrittenTransfer>,
    payment_option_metadata: Vec<Entry>,
}

/// A transfer as it was just written.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct WrittenTransfer {
    id_transfer: String,
    amount: i64,
    organization_fiscal_code: String,
    remittance_information: String,
    category: String,
    iban: Option<String>,
    postal_iban: Option<String>,
    stamp: Option<Stamp>,
    company_name: Option<String>,
    transfer_metadata: Vec<Entry>,
}

/// A position as it is read.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct BasePosition {
    iupd: String,
    organization_fiscal_code: String,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    company_name: String,
    office_name: Option<String>,
    inserted_date: String,
    publish_date: Option<String>,
    validity_date: Option<String>,
    payment_date: Option<String>,
    status: &'static str,
    last_updated_date: String,
    payment_option: Vec<BaseOption>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BaseOption {
    nav: String,
    iuv: String,
    organization_fiscal_code: String,
    amount: i64,
    description: String,
    is_partial_payment: bool,
    due_date: String,
    retention_date: Option<String>,
    payment_date: Option<String>,
    reporting_date: Option<String>,
    inserted_date: String,
    payment_method: Option<String>,
    fee: i64,
    notification_fee: i64,
    psp_company: Option<String>,
    id_receipt: Option<String>,
    id_flow_reporting: Option<String>,
    status: &'static str,
    last_updated_date: String,
    payment_option_metadata: Vec<Entry>,
    transfer: Vec<ReadTransfer>,
}

/// A transfer as it is read.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct ReadTransfer {
    organization_fiscal_code: String,
    company_name: Option<String>,
    id_transfer: String,
    amount: i64,
    remittance_information: String,
    category: String,
    iban: Option<String>,
    postal_iban: Option<String>,
    stamp: Option<Stamp>,
    inserted_date: String,
    status: &'static str,
    last_updated_date: String,
    transfer_metadata: Vec<Entry>,
}

/// A key and a value.
#[derive(Serialize, ToSchema)]
pub(in crate::rest) struct Entry {
    pub(in crate::rest) key: String,
    pub(in crate::rest) value: String,
}

/// The request for a digital stamp.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct Stamp {
    hash_document: String,
    stamp_type: String,
    provincial_residence: String,
}

impl PaymentPosition {
    /// The answer to whoever has just written it.
    pub(in crate::rest) fn of(position: &DebtPosition) -> PaymentPosition {
        let debtor = position.options.first().map(|option| option.debtor.clone());
        let text = |part: fn(Debtor) -> Option<String>| debtor.clone().and_then(part);
        PaymentPosition {
            iupd: position.iupd.as_str().into(),
            kind: debtor.as_ref().map(|debtor| debtor.kind.letter()),
            pay_stand_in: position.pay_stand_in,
            fiscal_code: text(|debtor| Some(debtor.fiscal_code)),
            full_name: text(|debtor| Some(debtor.full_name)),
            street_name: text(|debtor| debtor.street_name),
            civic_number: text(|debtor| debtor.civic_number),
            postal_code: text(|debtor| debtor.postal_code),
            city: text(|debtor| debtor.city),
            province: text(|debtor| debtor.province),
            region: text(|debtor| debtor.region),
            country: text(|debtor| debtor.country),
            email: text(|debtor| debtor.email),
            phone: text(|debtor| debtor.phone),
            switch_to_expired: position.options.iter().all(|option| option.switch_to_expired),
            company_name: position.company_name.clone(),
            office_name: position.office_name.clone(),
            validity_date: validity(position),
            payment_date: maybe(position.payment_date),
            status: position.status.as_str(),
            payment_option: position.options.iter().map(WrittenOption::of).collect(),
        }
    }
}

impl WrittenOption {
    fn of(option: &PaymentOption) -> WrittenOption {
        WrittenOption {
            nav: option.nav.as_str().into(),
            iuv: option.iuv.as_str().into(),
            amount: option.amount.cents(),
            description: option.description.clone(),
            is_partial_payment: option.is_partial_payment,
            due_date: local(option.due_date),
            retention_date: maybe(option.retention_date),
            fee: option.state.payment().map_or(0, |payment| payment.details.fee_cents),
            notification_fee: option.notification_fee.cents(),
            transfer: written_transfers(option),
            payment_option_metadata: entries(&option.metadata),
        }
    }
}

/// The transfers of an option as they were just written.
pub(in crate::rest) fn written_transfers(option: &PaymentOption) -> Vec<WrittenTransfer> {
    option.transfers.iter().map(WrittenTransfer::of).collect()
}

impl WrittenTransfer {
    fn of(transfer: &Transfer) -> WrittenTransfer {
        let (iban, postal_iban, stamp) = account(&transfer.account);
        WrittenTransfer {
            id_transfer: transfer.id.get().to_string(),
            amount: transfer.amount.cents(),
            organization_fiscal_code: transfer.organization.as_str().into(),
            remittance_information: transfer.remittance_information.clone(),
            category: transfer.category.clone(),
            iban,
            postal_iban,
            stamp,
            company_name: transfer.company_name.clone(),
            transfer_metadata: entries(&transfer.metadata),
        }
    }
}

impl BasePosition {
    /// The answer to whoever reads it; of its options only those that are wanted.
    pub(in crate::rest) fn of(stored: &StoredPosition, wanted: impl Fn(&PaymentOption) -> bool) -> BasePosition {
        let position = &stored.position;
        let options = position.options.iter().zip(&stored.times).filter(|(option, _)| wanted(option));
        BasePosition {
            iupd: position.iupd.as_str().into(),
            organization_fiscal_code: position.organization.as_str().into(),
            kind: position.options.first().map(|option| option.debtor.kind.letter()),
            company_name: position.company_name.clone(),
            office_name: position.office_name.clone(),
            inserted_date: local(stored.inserted_at),
            publish_date: maybe(position.publish_date),
            validity_date: validity(position),
            payment_date: maybe(position.payment_date),
            status: position.status.as_str(),
            last_updated_date: local(stored.updated_at),
            payment_option: options.map(|(option, times)| BaseOption::of(position, option, times)).collect(),
        }
    }
}

impl BaseOption {
    fn of(position: &DebtPosition, option: &PaymentOption, times: &OptionTimes) -> BaseOption {
        let payment = option.state.payment().cloned().unwrap_or_default();
        let Payment { date, receipt_id, details, .. } = payment;
        BaseOption {
            nav: option.nav.as_str().into(),
            iuv: option.iuv.as_str().into(),
            organization_fiscal_code: position.organization.as_str().into(),
            amount: option.amount.cents(),
            description: option.description.clone(),
            is_partial_payment: option.is_partial_payment,
            due_date: local(option.due_date),
            retention_date: maybe(option.retention_date),
            payment_date: maybe(date),
            reporting_date: maybe(details.reporting_date),
            inserted_date: local(times.inserted_at),
            payment_method: details.method,
            fee: details.fee_cents,
            notification_fee: option.notification_fee.cents(),
            psp_company: details.psp_company,
            id_receipt: receipt_id,
            id_flow_reporting: details.flow,
            status: OptionState::as_str(&option.state),
            last_updated_date: local(times.updated_at),
            payment_option_metadata: entries(&option.metadata),
            transfer: read_transfers(option, times),
        }
    }
}

/// The transfers of an option as they are read. They came with their option and changed with it.
pub(in crate::rest) fn read_transfers(option: &PaymentOption, times: &OptionTimes) -> Vec<ReadTransfer> {
    option.transfers.iter().map(|transfer| ReadTransfer::of(transfer, times)).collect()
}

impl ReadTransfer {
    /// One of them.
    pub(in crate::rest) fn of(transfer: &Transfer, times: &OptionTimes) -> ReadTransfer {
        let (iban, postal_iban, stamp) = account(&transfer.account);
        ReadTransfer {
            organization_fiscal_code: transfer.organization.as_str().into(),
            company_name: transfer.company_name.clone(),
            id_transfer: transfer.id.get().to_string(),
            amount: transfer.amount.cents(),
            remittance_information: transfer.remittance_information.clone(),
            category: transfer.category.clone(),
            iban,
            postal_iban,
            stamp,
            inserted_date: local(times.inserted_at),
            status: if transfer.reported { "T_REPORTED" } else { "T_UNREPORTED" },
            last_updated_date: local(times.updated_at),
            transfer_metadata: entries(&transfer.metadata),
        }
    }
}

/// In version 1 a position has one date from which it is valid: the first of its options'.
fn validity(position: &DebtPosition) -> Option<String> {
    maybe(position.options.iter().filter_map(|option| option.validity_date).min())
}

/// Metadata as they were given.
pub(in crate::rest) fn entries(metadata: &[MapEntry]) -> Vec<Entry> {
    metadata.iter().map(|MapEntry { key, value }| Entry { key: key.clone(), value: value.clone() }).collect()
}

/// IBAN, postal IBAN and stamp.
pub(in crate::rest) fn account(account: &Account) -> (Option<String>, Option<String>, Option<Stamp>) {
    match account.clone() {
        Account::Iban { iban, postal_iban } => (Some(iban), postal_iban, None),
        Account::Stamp(StampRequest { hash, kind, province }) => {
            (None, None, Some(Stamp { hash_document: hash, stamp_type: kind, provincial_residence: province }))
        }
    }
}
