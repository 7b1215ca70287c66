//! What the Node asks, written by the contract (`domain` 3).

use crate::domain::amount::AmountOrZero;
use crate::domain::codes::NoticeNumber;
use crate::domain::position::MapEntry;
use crate::domain::receipt::{Receipt, ReceiptTransfer, Subject, Version};
use crate::domain::registry::Caller;
use crate::soap::{MESSAGES, envelope};
use crate::xml::Writer;

use super::Primitive;

/// A notice as a PSP knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Qr {
    /// The creditor's fiscal code.
    pub organization: String,
    /// The notice number.
    pub notice: NoticeNumber,
}

/// What the Node tells beside the notice when it activates a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activation {
    /// What the PSP believes is due.
    pub amount: Option<AmountOrZero>,
    /// The PSP's own note; the id of a cart.
    pub payment_note: Option<String>,
    /// `POSTAL` or `PAGOPA`.
    pub transfer_type: Option<&'static str>,
    /// The due date that the PSP knows, as it wrote it.
    pub due_date: Option<String>,
}

/// What somebody without a notice asks to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// `idServizio`.
    pub service: String,
    /// `idSoggettoServizio`.
    pub subject: String,
    /// The service's own data, in base64.
    pub data: String,
}

/// `paVerifyPaymentNotice`.
pub fn verify(to: &Caller, qr: &Qr) -> String {
    request(Primitive::Verify, to, |xml| qr_code(xml, qr))
}

/// `paGetPayment` or `paGetPaymentV2`.
pub fn get(version: Version, to: &Caller, qr: &Qr, activation: &Activation) -> String {
    let primitive = match version {
        Version::V1 => Primitive::Get,
        Version::V2 => Primitive::GetV2,
    };
    request(primitive, to, |xml| {
        qr_code(xml, qr);
        optional(xml, "amount", activation.amount.map(AmountOrZero::euro).as_deref());
        optional(xml, "paymentNote", activation.payment_note.as_deref());
        optional(xml, "transferType", activation.transfer_type);
        optional(xml, "dueDate", activation.due_date.as_deref());
    })
}

/// `paDemandPaymentNotice`.
pub fn demand(to: &Caller, demand: &Demand) -> String {
    request(Primitive::Demand, to, |xml| {
        xml.element("idServizio", &demand.service).element("idSoggettoServizio", &demand.subject);
        xml.element("datiSpecificiServizioRequest", &demand.data);
    })
}

/// `paSendRT` or `paSendRTV2`, as the receipt's version says.
pub fn receipt(to: &Caller, receipt: &Receipt) -> String {
    let primitive = match receipt.version {
        Version::V1 => Primitive::SendRt,
        Version::V2 => Primitive::SendRtV2,
    };
    request(primitive, to, |xml| write_receipt(xml, receipt))
}

/// An envelope around a request, which opens with whom it is for.
pub fn request(primitive: Primitive, to: &Caller, content: impl FnOnce(&mut Writer)) -> String {
    envelope::around("pafn", MESSAGES, primitive.request(), |xml| {
        xml.element("idPA", &to.organization).element("idBrokerPA", &to.broker).element("idStation", &to.station);
        content(xml);
    })
}

pub(crate) fn qr_code(xml: &mut Writer, qr: &Qr) {
    xml.open("qrCode").element("fiscalCode", &qr.organization);
    xml.element("noticeNumber", qr.notice.as_str()).close("qrCode");
}

fn write_receipt(xml: &mut Writer, receipt: &Receipt) {
    let (version, details) = (receipt.version, &receipt.details);
    xml.open("receipt");
    xml.element("receiptId", &receipt.receipt_id).element("noticeNumber", receipt.notice_number.as_str());
    xml.element("fiscalCode", receipt.organization.as_str()).element("outcome", receipt.outcome.as_str());
    xml.element("creditorReferenceId", receipt.iuv.as_str()).element("paymentAmount", &receipt.amount.euro());
    optional(xml, "description", details.description.as_deref());
    optional(xml, "companyName", details.company_name.as_deref());
    optional(xml, "officeName", details.office_name.as_deref());
    subject(xml, "debtor", details.debtor.as_ref());
    xml.open("transferList");
    for each in &receipt.transfers {
        transfer(xml, each, version);
    }
    xml.close("transferList");
    optional(xml, "idPSP", details.id_psp.as_deref());
    optional(xml, "pspFiscalCode", details.psp_fiscal_code.as_deref());
    optional(xml, "pspPartitaIVA", details.psp_partita_iva.as_deref());
    optional(xml, "PSPCompanyName", details.psp_company_name.as_deref());
    optional(xml, "idChannel", details.id_channel.as_deref());
    optional(xml, "channelDescription", details.channel_description.as_deref());
    subject(xml, "payer", details.payer.as_ref());
    optional(xml, "paymentMethod", details.payment_method.as_deref());
    if version == Version::V2 {
        optional(xml, "paymentNote", details.payment_note.as_deref());
    }
    optional(xml, "fee", details.fee.map(AmountOrZero::euro).as_deref());
    if version == Version::V2 {
        optional(xml, "primaryCiIncurredFee", details.primary_ci_incurred_fee.map(AmountOrZero::euro).as_deref());
        optional(xml, "idBundle", details.id_bundle.as_deref());
        optional(xml, "idCiBundle", details.id_ci_bundle.as_deref());
    }
    optional(xml, "paymentDateTime", details.payment_date_time.as_deref());
    optional(xml, "applicationDate", details.application_date.as_deref());
    optional(xml, "transferDate", details.transfer_date.as_deref());
    metadata(xml, &details.metadata);
    // Absent is false, and stations of older releases do not know it.
    if details.stand_in {
        xml.element("standIn", "true");
    }
    xml.close("receipt");
}

fn transfer(xml: &mut Writer, transfer: &ReceiptTransfer, version: Version) {
    xml.open("transfer");
    xml.element("idTransfer", &transfer.id.to_string()).element("transferAmount", &transfer.amount.euro());
    xml.element("fiscalCodePA", transfer.organization.as_str());
    if version == Version::V2 {
        optional(xml, "companyName", transfer.company_name.as_deref());
    }
    optional(xml, "IBAN", transfer.iban.as_deref());
    if version == Version::V2
        && let Some(stamp) = &transfer.stamp
    {
        use base64::Engine;
        xml.element("MBDAttachment", &base64::engine::general_purpose::STANDARD.encode(&stamp.bytes));
    }
    optional(xml, "remittanceInformation", transfer.remittance_information.as_deref());
    optional(xml, "transferCategory", transfer.category.as_deref());
    metadata(xml, &transfer.metadata);
    xml.close("transfer");
}

/// `ctSubject`, where somebody is named.
pub(crate) fn subject(xml: &mut Writer, name: &str, subject: Option<&Subject>) {
    let Some(subject) = subject else { return };
    xml.open(name).open("uniqueIdentifier");
    optional(xml, "entityUniqueIdentifierType", subject.entity_unique_identifier_type.as_deref());
    optional(xml, "entityUniqueIdentifierValue", subject.entity_unique_identifier_value.as_deref());
    xml.close("uniqueIdentifier");
    optional(xml, "fullName", subject.full_name.as_deref());
    optional(xml, "streetName", subject.street_name.as_deref());
    optional(xml, "civicNumber", subject.civic_number.as_deref());
    optional(xml, "postalCode", subject.postal_code.as_deref());
    optional(xml, "city", subject.city.as_deref());
    optional(xml, "stateProvinceRegion", subject.state_province_region.as_deref());
    optional(xml, "country", subject.country.as_deref());
    optional(xml, "e-mail", subject.email.as_deref());
    xml.close(name);
}

/// `ctMetadata`, left out when it would be empty.
pub(crate) fn metadata(xml: &mut Writer, entries: &[MapEntry]) {
    if entries.is_empty() {
        return;
    }
    xml.open("metadata");
    for entry in entries {
        xml.open("mapEntry").element("key", &entry.key).element("value", &entry.value).close("mapEntry");
    }
    xml.close("metadata");
}

/// An element where there is something to say.
pub(crate) fn optional(xml: &mut Writer, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        xml.element(name, value);
    }
}
