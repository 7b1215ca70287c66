//! What is answered of a single option (`gpd-api` 10.1 and 10.2).

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::position::{OptionState, PositionStatus, ServiceType};
use crate::rest::positions::model::{Entry, ReadTransfer, entries, read_transfers};
use crate::rest::times::{local, maybe};
use crate::store::StoredPosition;

/// The key under which the metadata tell the notification fee.
const NOTIFICATION_FEE: &str = "NOTIFICATION_FEE";

/// An option as whoever presents it needs it: with its debtor and its position.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OptionWithDebtor {
    nav: String,
    iuv: String,
    organization_fiscal_code: String,
    amount: i64,
    description: String,
    is_partial_payment: bool,
    pay_stand_in: bool,
    due_date: String,
    retention_date: Option<String>,
    payment_date: Option<String>,
    reporting_date: Option<String>,
    /// GPD never says it.
    inserted_date: Option<String>,
    payment_method: Option<String>,
    fee: i64,
    notification_fee: i64,
    psp_company: Option<String>,
    id_receipt: Option<String>,
    id_flow_reporting: Option<String>,
    service_type: &'static str,
    status: &'static str,
    payment_option_metadata: Vec<Entry>,
    iupd: String,
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
    company_name: String,
    office_name: Option<String>,
    debt_position_status: &'static str,
    transfer: Vec<ReadTransfer>,
}

/// An option as it is after it was paid or its fee was set.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PaidOption {
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
    last_updated_date_notification_fee: Option<String>,
    payment_option_metadata: Vec<Entry>,
    transfer: Vec<ReadTransfer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_type: Option<&'static str>,
}

impl OptionWithDebtor {
    /// The option at a place of its position, which stands as it is seen from there.
    pub(super) fn of(stored: &StoredPosition, at: usize, status: PositionStatus) -> OptionWithDebtor {
        let (position, option) = (&stored.position, &stored.position.options[at]);
        let payment = option.state.payment().cloned().unwrap_or_default();
        let debtor = option.debtor.clone();
        let fee = option.notification_fee.cents();
        let mut metadata = entries(&option.metadata);
        metadata.push(Entry { key: NOTIFICATION_FEE.into(), value: fee.to_string() });
        OptionWithDebtor {
            nav: option.nav.as_str().into(),
            iuv: option.iuv.as_str().into(),
            organization_fiscal_code: position.organization.as_str().into(),
            amount: option.amount.cents(),
            description: option.description.clone(),
            is_partial_payment: option.is_partial_payment,
            pay_stand_in: position.pay_stand_in,
            due_date: local(option.due_date),
            retention_date: maybe(option.retention_date),
            payment_date: maybe(payment.date),
            reporting_date: maybe(payment.details.reporting_date),
            inserted_date: None,
            payment_method: payment.details.method,
            fee: payment.details.fee_cents,
            notification_fee: fee,
            psp_company: payment.details.psp_company,
            id_receipt: payment.receipt_id,
            id_flow_reporting: payment.details.flow,
            service_type: position.service_type.as_str(),
            status: OptionState::as_str(&option.state),
            payment_option_metadata: metadata,
            iupd: position.iupd.as_str().into(),
            kind: debtor.kind.letter(),
            fiscal_code: debtor.fiscal_code,
            full_name: debtor.full_name,
            street_name: debtor.street_name,
            civic_number: debtor.civic_number,
            postal_code: debtor.postal_code,
            city: debtor.city,
            province: debtor.province,
            region: debtor.region,
            country: debtor.country,
            email: debtor.email,
            phone: debtor.phone,
            company_name: position.company_name.clone(),
            office_name: position.office_name.clone(),
            debt_position_status: status.as_str(),
            transfer: read_transfers(option, &stored.times[at]),
        }
    }
}

impl PaidOption {
    /// The option at a place of its position.
    pub(super) fn of(stored: &StoredPosition, at: usize) -> PaidOption {
        let (option, times) = (&stored.position.options[at], &stored.times[at]);
        let payment = option.state.payment().cloned().unwrap_or_default();
        PaidOption {
            nav: option.nav.as_str().into(),
            iuv: option.iuv.as_str().into(),
            organization_fiscal_code: stored.position.organization.as_str().into(),
            amount: option.amount.cents(),
            description: option.description.clone(),
            is_partial_payment: option.is_partial_payment,
            due_date: local(option.due_date),
            retention_date: maybe(option.retention_date),
            payment_date: maybe(payment.date),
            reporting_date: maybe(payment.details.reporting_date),
            inserted_date: local(times.inserted_at),
            payment_method: payment.details.method,
            fee: payment.details.fee_cents,
            notification_fee: option.notification_fee.cents(),
            psp_company: payment.details.psp_company,
            id_receipt: payment.receipt_id,
            id_flow_reporting: payment.details.flow,
            status: OptionState::as_str(&option.state),
            last_updated_date: local(times.updated_at),
            last_updated_date_notification_fee: maybe(times.fee_updated_at),
            payment_option_metadata: entries(&option.metadata),
            transfer: read_transfers(option, times),
            service_type: None,
        }
    }

    /// The same with the service that its position came through.
    pub(super) fn with_service(self, stored: &StoredPosition) -> PaidOption {
        PaidOption { service_type: Some(ServiceType::as_str(stored.position.service_type)), ..self }
    }
}
