//! What a receipt says: what the station said is due, and what the PSP said of the payment (`domain` 3.4, 3.5).

use chrono_tz::Europe::Rome;

use crate::domain::codes::{Iuv, OrganizationCode};
use crate::domain::receipt::{self, Details, Receipt, ReceiptTransfer, Version};
use crate::domain::stamp::StampDocument;
use crate::sandbox::calls::said::Transfer;
use crate::sandbox::ledger::{Outcome, OutcomeDetails, Payment};
use crate::sandbox::participants::Psp;
use crate::soap::read_stamp;

/// What stands where nobody said anything and something has to stand.
const NOT_KNOWN: &str = "NA";
/// The channel of payments that begin at the creditor's or the platform's own pages.
const ON_PAGES: &str = "WISP";

/// The receipt of a paid payment, for one recipient.
pub(super) fn receipt(
    payment: &Payment,
    outcome: &Outcome,
    psp: Option<&Psp>,
    recipient: &str,
    wanted: Version,
) -> Receipt {
    let due = &payment.due;
    // V1 has no words for a stamp.
    let version = if outcome.stamps.is_empty() { wanted } else { Version::V2 };
    Receipt {
        version,
        recipient: OrganizationCode::new(recipient),
        receipt_id: payment.token.clone(),
        notice_number: payment.qr.notice.clone(),
        organization: OrganizationCode::new(&payment.qr.organization),
        outcome: receipt::Outcome::Ok,
        iuv: Iuv::new(&due.iuv),
        amount: due.amount,
        transfers: due.transfers.iter().map(|transfer| share(transfer, outcome)).collect(),
        details: details(payment, outcome, psp),
    }
}

fn details(payment: &Payment, outcome: &Outcome, psp: Option<&Psp>) -> Details {
    let (due, told) = (&payment.due, outcome.details.as_ref());
    let text = |of: fn(&OutcomeDetails) -> Option<String>| told.and_then(of);
    // When the payment began (`domain` 12.3).
    let began = payment.activated_at.with_timezone(&Rome).format("%Y-%m-%dT%H:%M:%S").to_string();
    Details {
        description: Some(due.description.clone()),
        company_name: Some(due.company_name.clone().unwrap_or_else(|| NOT_KNOWN.into())),
        office_name: due.office_name.clone(),
        debtor: Some(due.debtor.clone()),
        id_psp: Some(outcome.by.psp.clone()),
        psp_fiscal_code: psp.and_then(|psp| psp.fiscal_code.clone()),
        psp_partita_iva: psp.and_then(|psp| psp.vat_number.clone()),
        psp_company_name: Some(psp.map_or(NOT_KNOWN, |psp| &psp.company_name).to_owned()),
        id_channel: Some(outcome.by.channel.clone()),
        channel_description: Some(channel(payment, told)),
        payer: told.and_then(|told| told.payer.clone()),
        payment_method: text(|told| Some(told.payment_method.clone())),
        payment_note: payment.payment_note.clone(),
        fee: told.map(|told| told.fee),
        primary_ci_incurred_fee: told.and_then(|told| told.primary_ci_incurred_fee),
        id_bundle: text(|told| told.id_bundle.clone()),
        id_ci_bundle: text(|told| told.id_ci_bundle.clone()),
        payment_date_time: Some(began),
        application_date: text(|told| Some(told.application_date.to_string())),
        transfer_date: text(|told| Some(told.transfer_date.to_string())),
        metadata: due.metadata.clone(),
        stand_in: payment.stand_in,
    }
}

fn channel(payment: &Payment, told: Option<&OutcomeDetails>) -> String {
    let said = told.and_then(|told| told.payment_channel.clone());
    match payment.touch_point.as_deref() {
        Some("CHECKOUT" | "WISP") => ON_PAGES.into(),
        _ => said.unwrap_or_else(|| NOT_KNOWN.into()),
    }
}

fn share(transfer: &Transfer, outcome: &Outcome) -> ReceiptTransfer {
    let bought = outcome.stamps.iter().find(|(id, _)| *id == transfer.id);
    ReceiptTransfer {
        id: transfer.id,
        amount: transfer.amount,
        organization: OrganizationCode::new(&transfer.organization),
        company_name: transfer.company_name.clone(),
        iban: transfer.iban.clone(),
        remittance_information: Some(transfer.remittance_information.clone()),
        category: Some(transfer.category.clone()),
        metadata: transfer.metadata.clone(),
        stamp: bought.map(|(_, bytes)| StampDocument { bytes: bytes.clone(), stamp: read_stamp(bytes) }),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use serde_json::json;

    use super::*;
    use crate::domain::amount::AmountOrZero;
    use crate::sandbox::ledger::tests::{a_payment, noon};
    use crate::sandbox::participants::Participants;

    fn told(channel: Option<&str>) -> OutcomeDetails {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        OutcomeDetails {
            payment_method: "creditCard".into(),
            payment_channel: channel.map(str::to_owned),
            fee: AmountOrZero::from_cents(150).unwrap(),
            primary_ci_incurred_fee: None,
            id_bundle: Some("b-10".into()),
            id_ci_bundle: None,
            payer: None,
            application_date: day,
            transfer_date: day.succ_opt().unwrap(),
        }
    }

    fn a_receipt(change: impl FnOnce(&mut Payment), channel: Option<&str>) -> Receipt {
        let mut payment = a_payment("token");
        change(&mut payment);
        let by = crate::sandbox::ledger::PspCaller { channel: "99000003030_02".into(), ..payment.by.clone() };
        let outcome = Outcome { ok: true, by, at: noon(), details: Some(told(channel)), stamps: vec![] };
        let participants = Participants::of(&json!({"organizations": []})).unwrap();
        receipt(&payment, &outcome, participants.psp("99000003030"), "1", Version::V1)
    }

    #[test]
    fn what_a_receipt_says() {
        let receipt = a_receipt(|_| (), Some("app"));
        assert_eq!((receipt.version, receipt.recipient.as_str()), (Version::V1, "1"));
        let details = receipt.details;
        let texts = [
            (details.psp_company_name, "Banca Esempio S.p.A."),
            (details.psp_fiscal_code, "99000003030"),
            (details.id_channel, "99000003030_02"),
            (details.channel_description, "app"),
            (details.company_name, "Comune di Borgolieve"),
            (details.payment_date_time, "2026-11-22T13:00:00"),
            (details.application_date, "2026-11-22"),
            (details.transfer_date, "2026-11-23"),
            (details.id_bundle, "b-10"),
        ];
        for (said, expected) in texts {
            assert_eq!(said.as_deref(), Some(expected));
        }
        assert_eq!((details.psp_partita_iva, details.payer), (None, None));
        assert_eq!(details.fee.map(AmountOrZero::cents), Some(150));
    }

    #[test]
    fn what_stands_where_nobody_said_anything() {
        let receipt = a_receipt(|payment| payment.due.company_name = None, None);
        assert_eq!(receipt.details.company_name.as_deref(), Some("NA"));
        assert_eq!(receipt.details.channel_description.as_deref(), Some("NA"));
        let on_pages = a_receipt(|payment| payment.touch_point = Some("CHECKOUT".into()), Some("onLine"));
        assert_eq!(on_pages.details.channel_description.as_deref(), Some("WISP"));
    }
}
