//! What a station says, in our own terms: both generations of the protocol are read into these.

use super::message::Qr;
use crate::domain::amount::AmountOrZero;
use crate::domain::position::MapEntry;
use crate::domain::receipt::Subject;
use crate::xml::Element;

/// What a station said.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// OK, to a verify.
    Payable(Payable),
    /// OK, to a get.
    Payment(Box<Payment>),
    /// OK, to a receipt.
    Taken,
    /// OK, to a demand.
    Demanded(Qr, Payable),
    /// KO.
    Ko(FaultBean),
    /// A SOAP Fault.
    Fault {
        /// Its `faultcode`, without prefix.
        code: String,
        /// Its `faultstring`.
        text: String,
    },
    /// Nothing that could be read.
    Nothing,
}

/// The fault of a KO.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultBean {
    /// `faultCode`.
    pub code: String,
    /// `faultString`.
    pub text: String,
    /// `id`: who issues it.
    pub id: String,
    /// `description`.
    pub description: Option<String>,
}

/// That a notice can be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payable {
    /// What is due.
    pub amount: AmountOrZero,
    /// Until when, as written.
    pub due_date: Option<String>,
    /// The option in words.
    pub detail: Option<String>,
    /// Whether all of it can go to postal accounts.
    pub all_ccp: bool,
    /// The reason.
    pub description: String,
    /// Who is paid.
    pub organization: String,
    /// Its name.
    pub company_name: String,
    /// Its office.
    pub office_name: Option<String>,
}

/// A payment that was activated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// `creditorReferenceId`, the IUV.
    pub iuv: String,
    /// What is due, the sum of the transfers.
    pub amount: AmountOrZero,
    /// Until when, as written.
    pub due_date: String,
    /// The reason.
    pub description: String,
    /// Who is paid.
    pub company_name: Option<String>,
    /// Its office.
    pub office_name: Option<String>,
    /// Who owes it.
    pub debtor: Subject,
    /// The shares.
    pub transfers: Vec<Transfer>,
    /// What the creditor wants to read in the receipt.
    pub metadata: Vec<MapEntry>,
}

/// A share of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// `idTransfer`.
    pub id: i64,
    /// Its amount.
    pub amount: AmountOrZero,
    /// The beneficiary.
    pub organization: String,
    /// Its name.
    pub company_name: Option<String>,
    /// The account to credit.
    pub iban: Option<String>,
    /// The stamp to buy.
    pub stamp: Option<StampWanted>,
    /// The reason.
    pub remittance_information: String,
    /// Taxonomy code.
    pub category: String,
    /// The creditor's own.
    pub metadata: Vec<MapEntry>,
}

/// A stamp duty to buy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampWanted {
    /// `hashDocumento`.
    pub hash: String,
    /// `tipoBollo`.
    pub kind: String,
    /// `provinciaResidenza`.
    pub province: String,
}

/// `data` of a get that the schema has approved.
pub(super) fn payment(data: Element<'_>) -> Payment {
    Payment {
        iuv: text_of(data, "creditorReferenceId"),
        amount: amount(data, "paymentAmount"),
        due_date: text_of(data, "dueDate"),
        description: text_of(data, "description"),
        company_name: optional(data, "companyName"),
        office_name: optional(data, "officeName"),
        debtor: data.child("debtor").map(subject).unwrap_or_default(),
        transfers: transfers(data),
        metadata: metadata(data),
    }
}

/// The shares of a payment.
pub(crate) fn transfers(element: Element<'_>) -> Vec<Transfer> {
    element.child("transferList").into_iter().flat_map(Element::children).map(transfer).collect()
}

fn transfer(element: Element<'_>) -> Transfer {
    let stamp = element.child("richiestaMarcaDaBollo").map(|stamp| StampWanted {
        hash: text_of(stamp, "hashDocumento"),
        kind: text_of(stamp, "tipoBollo"),
        province: text_of(stamp, "provinciaResidenza"),
    });
    Transfer {
        id: text_of(element, "idTransfer").trim().parse().unwrap_or_default(),
        amount: amount(element, "transferAmount"),
        organization: text_of(element, "fiscalCodePA"),
        company_name: optional(element, "companyName"),
        iban: optional(element, "IBAN"),
        stamp,
        remittance_information: text_of(element, "remittanceInformation"),
        category: text_of(element, "transferCategory"),
        metadata: metadata(element),
    }
}

/// `ctSubject`.
pub(crate) fn subject(element: Element<'_>) -> Subject {
    let inner = element.child("uniqueIdentifier");
    let identifier = |name| inner.and_then(|inner| optional(inner, name));
    let text = |name| optional(element, name);
    Subject {
        entity_unique_identifier_type: identifier("entityUniqueIdentifierType"),
        entity_unique_identifier_value: identifier("entityUniqueIdentifierValue"),
        full_name: text("fullName"),
        street_name: text("streetName"),
        civic_number: text("civicNumber"),
        postal_code: text("postalCode"),
        city: text("city"),
        state_province_region: text("stateProvinceRegion"),
        country: text("country"),
        email: text("e-mail"),
    }
}

fn metadata(element: Element<'_>) -> Vec<MapEntry> {
    let entries = element.child("metadata").into_iter().flat_map(Element::children);
    entries.map(|entry| MapEntry { key: text_of(entry, "key"), value: text_of(entry, "value") }).collect()
}

/// An amount that the schema has approved.
pub(crate) fn amount(element: Element<'_>, name: &str) -> AmountOrZero {
    AmountOrZero::from_euro(text_of(element, name).trim()).unwrap_or_default()
}

/// The text of a child, "" where there is none.
pub(crate) fn text_of(element: Element<'_>, name: &str) -> String {
    optional(element, name).unwrap_or_default()
}

/// The text of a child, if there is one.
pub(crate) fn optional(element: Element<'_>, name: &str) -> Option<String> {
    element.child(name).map(|child| child.text().into_owned())
}
