//! Shapes that several replies share, written so that they always fit the schema.
//!
//! Texts are cut and cleaned, an optional field that does not fit is left out; codes, amounts and accounts were
//! proved right when the notice became a [`Bill`](crate::domain::bill::Bill).

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::domain::bill::Bill;
use crate::domain::debtor::Debtor;
use crate::domain::position::{Account, MapEntry, Transfer};
use crate::domain::receipt::Version;
use crate::domain::text::{fitted, is_email, is_two_capitals};
use crate::xml::Writer;

/// What stands where a mandatory text was left blank.
const NOT_AVAILABLE: &str = "NA";
/// The metadata key of the postal account beside a bank account (`domain` 7.1).
const IBAN_APPOGGIO: &str = "IBANAPPOGGIO";
/// The metadata key of what the notification of an option cost (`gpd-api` 10.4).
const NOTIFICATION_FEE: &str = "NOTIFICATION_FEE";
/// Most entries of a `ctMetadata`.
const MOST_ENTRIES: usize = 15;

/// The accounts the PSP can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TransferType {
    /// Any.
    Any,
    /// Postal accounts where there are some.
    Postal,
    /// Bank accounts, with the postal ones beside them.
    Pagopa,
}

impl TransferType {
    /// The word of the request, where it has one.
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            TransferType::Any => None,
            TransferType::Postal => Some("POSTAL"),
            TransferType::Pagopa => Some("PAGOPA"),
        }
    }
}

/// In which of its forms a payment is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// The generation of the protocol.
    pub(super) version: Version,
    /// The accounts the PSP can use.
    pub(super) wanted: TransferType,
    /// Whether the metadata of transfers are told.
    pub(super) transfer_metadata: bool,
    /// Whether the notification fee is told, as GPD does.
    pub(super) fee: bool,
}

/// A mandatory text.
pub(super) fn text(xml: &mut Writer, name: &str, value: &str, most: usize) {
    xml.element(name, &fitted(value, most).unwrap_or(NOT_AVAILABLE.into()));
}

/// An optional text.
pub(super) fn optional_text(xml: &mut Writer, name: &str, value: Option<&str>, most: usize) {
    if let Some(value) = value.and_then(|value| fitted(value, most)) {
        xml.element(name, &value);
    }
}

/// `xs:date`: the date part in UTC, without a zone.
pub(super) fn date(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// `data` of a get: what the PSP collects, from whom and for whom.
pub(super) fn payment(xml: &mut Writer, bill: &Bill, form: Form) {
    let notice = bill.notice();
    let option = &notice.option;
    xml.open("data");
    xml.element("creditorReferenceId", option.iuv.as_str());
    xml.element("paymentAmount", &option.amount.euro());
    xml.element("dueDate", &date(option.due_date));
    if let Some(retention) = option.retention_date {
        xml.element("retentionDate", &retention.format("%Y-%m-%dT%H:%M:%S%.f").to_string());
    }
    xml.element("lastPayment", "false");
    text(xml, "description", &option.description, 140);
    text(xml, "companyName", &notice.company_name, 140);
    optional_text(xml, "officeName", notice.office_name.as_deref(), 140);
    debtor(xml, &option.debtor);
    xml.open("transferList");
    for transfer in &option.transfers {
        write_transfer(xml, transfer, form);
    }
    xml.close("transferList");
    let fee = form.fee.then(|| (NOTIFICATION_FEE, option.notification_fee.cents().to_string().into()));
    metadata(xml, &option.metadata, None, fee);
    xml.close("data");
}

fn write_transfer(xml: &mut Writer, transfer: &Transfer, form: Form) {
    xml.open("transfer");
    xml.element("idTransfer", &transfer.id.get().to_string());
    xml.element("transferAmount", &transfer.amount.euro());
    xml.element("fiscalCodePA", transfer.organization.as_str());
    if form.version == Version::V2 {
        optional_text(xml, "companyName", transfer.company_name.as_deref(), 140);
    }
    let beside = account(xml, &transfer.account, form.wanted);
    text(xml, "remittanceInformation", &transfer.remittance_information, 140);
    xml.element("transferCategory", &transfer.category);
    if form.transfer_metadata {
        metadata(xml, &transfer.metadata, beside.map(|iban| (IBAN_APPOGGIO, iban.into())), None);
    }
    xml.close("transfer");
}

/// The account to credit, or the stamp to buy. Gives the postal account that is to stand beside a bank account.
fn account<'a>(xml: &mut Writer, account: &'a Account, wanted: TransferType) -> Option<&'a str> {
    match account {
        Account::Iban { iban, postal_iban } => {
            let postal = postal_iban.as_deref();
            let credited = if wanted == TransferType::Postal { postal.unwrap_or(iban) } else { iban };
            xml.element("IBAN", credited);
            postal.filter(|_| wanted == TransferType::Pagopa)
        }
        Account::Stamp(stamp) => {
            xml.open("richiestaMarcaDaBollo");
            // The hash comes first, although the prose of the specifications lists it last.
            xml.element("hashDocumento", &stamp.hash);
            xml.element("tipoBollo", &stamp.kind);
            xml.element("provinciaResidenza", &stamp.province);
            xml.close("richiestaMarcaDaBollo");
            None
        }
    }
}

/// An entry that the station adds; it takes the place of the creditor's own with its key.
type Added<'a> = Option<(&'a str, Cow<'a, str>)>;

/// `metadata`, left out when it would be empty.
fn metadata(xml: &mut Writer, entries: &[MapEntry], first: Added<'_>, last: Added<'_>) {
    let added = [&first, &last].map(|added| added.as_ref().map(|(key, _)| *key));
    let own = entries.iter().filter(|entry| !added.contains(&Some(&entry.key)));
    let own = own.filter_map(|entry| Some((fitted(&entry.key, 140)?, fitted(&entry.value, 140)?)));
    let [first, last] = [first, last].map(|added| added.map(|(key, value)| (key.into(), value)));
    let room = MOST_ENTRIES - usize::from(last.is_some());
    let mut entries = first.into_iter().chain(own).take(room).chain(last).peekable();
    if entries.peek().is_none() {
        return;
    }
    xml.open("metadata");
    for (key, value) in entries {
        xml.open("mapEntry").element("key", &key).element("value", &value).close("mapEntry");
    }
    xml.close("metadata");
}

/// `ctSubject`.
fn debtor(xml: &mut Writer, debtor: &Debtor) {
    xml.open("debtor").open("uniqueIdentifier");
    xml.element("entityUniqueIdentifierType", debtor.kind.letter());
    xml.element("entityUniqueIdentifierValue", &debtor.fiscal_code);
    xml.close("uniqueIdentifier");
    text(xml, "fullName", &debtor.full_name, 70);
    optional_text(xml, "streetName", debtor.street_name.as_deref(), 70);
    optional_text(xml, "civicNumber", debtor.civic_number.as_deref(), 16);
    optional_text(xml, "postalCode", debtor.postal_code.as_deref(), 16);
    optional_text(xml, "city", debtor.city.as_deref(), 35);
    let province = debtor.province.as_deref().filter(|province| !province.trim().is_empty());
    optional_text(xml, "stateProvinceRegion", province.or(debtor.region.as_deref()), 35);
    if let Some(country) = debtor.country.as_deref().filter(|country| is_two_capitals(country)) {
        xml.element("country", country);
    }
    if let Some(email) = debtor.email.as_deref().filter(|email| is_email(email) && email.len() <= 256) {
        xml.element("e-mail", email);
    }
    xml.close("debtor");
}
