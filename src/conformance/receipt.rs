//! The receipt of a payment that the Node would send.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Europe::Rome;

use super::notice::Notice;
use crate::domain::amount::AmountOrZero;
use crate::domain::codes::{Iuv, OrganizationCode};
use crate::domain::receipt::{Details, Outcome, Receipt, ReceiptTransfer, Version};
use crate::domain::registry::Caller;
use crate::domain::stamp::StampDocument;
use crate::sandbox::calls::said::{Payment, Transfer};
use crate::sandbox::participants::Psp;
use crate::sandbox::receipts::a_stamp;

/// The PSP's fee, in cents.
const FEE: i64 = 150;

/// What is the same in every receipt of a payment.
pub(super) struct Paid<'a> {
    /// What was paid.
    pub(super) notice: &'a Notice,
    /// As the creditor told it at the activation.
    pub(super) payment: &'a Payment,
    /// Where.
    pub(super) psp: &'a Psp,
    /// The payment token.
    pub(super) receipt_id: &'a str,
    /// When.
    pub(super) at: DateTime<Utc>,
}

impl Paid<'_> {
    /// The receipt for a recipient.
    pub(super) fn receipt(&self, version: Version, recipient: &Caller) -> Receipt {
        let Paid { notice, payment, psp, receipt_id, at } = *self;
        let local = at.with_timezone(&Rome);
        let channel = psp.channels.first();
        Receipt {
            version,
            recipient: OrganizationCode::new(&recipient.organization),
            receipt_id: receipt_id.to_owned(),
            notice_number: notice.number.clone(),
            organization: OrganizationCode::new(&notice.organization),
            outcome: Outcome::Ok,
            iuv: Iuv::new(&payment.iuv),
            amount: payment.amount,
            transfers: payment.transfers.iter().map(|transfer| self.transfer(transfer)).collect(),
            details: Details {
                description: Some(payment.description.clone()),
                company_name: Some(payment.company_name.clone().unwrap_or_else(|| "NA".into())),
                office_name: payment.office_name.clone(),
                debtor: Some(payment.debtor.clone()),
                id_psp: Some(psp.id_psp.clone()),
                psp_fiscal_code: psp.fiscal_code.clone(),
                psp_partita_iva: psp.vat_number.clone(),
                psp_company_name: Some(psp.company_name.clone()),
                id_channel: Some(channel.map_or_else(|| psp.id_psp.clone(), |channel| channel.id_channel.clone())),
                channel_description: Some("app".into()),
                payment_method: Some("creditCard".into()),
                fee: AmountOrZero::from_cents(FEE).ok(),
                payment_date_time: Some(local.format("%Y-%m-%dT%H:%M:%S").to_string()),
                application_date: Some(local.format("%Y-%m-%d").to_string()),
                transfer_date: Some((local + Duration::days(1)).format("%Y-%m-%d").to_string()),
                metadata: payment.metadata.clone(),
                ..Details::default()
            },
        }
    }

    fn transfer(&self, transfer: &Transfer) -> ReceiptTransfer {
        let stamp = transfer.stamp.as_ref().map(|wanted| {
            let issuer = self.psp.fiscal_code.as_ref().unwrap_or(&self.psp.id_psp);
            let bytes = a_stamp(&wanted.hash, transfer.amount, issuer, self.at);
            StampDocument { bytes, stamp: Err("not read".into()) }
        });
        ReceiptTransfer {
            id: transfer.id,
            amount: transfer.amount,
            organization: OrganizationCode::new(&transfer.organization),
            // Stations that follow an older release do not know it here; it has a case of its own.
            company_name: None,
            iban: transfer.iban.clone(),
            remittance_information: Some(transfer.remittance_information.clone()),
            category: Some(transfer.category.clone()),
            metadata: transfer.metadata.clone(),
            stamp,
        }
    }
}
