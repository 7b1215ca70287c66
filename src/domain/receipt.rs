//! A receipt: the proof that money has moved. V1 and V2 are two readings of this one model.
//!
//! Only the needed fields are sure to be there and right; everything else is what the Node wrote, because a receipt
//! is never refused for a field that nothing depends on (`domain` 4.3, A10).

use std::fmt;

use serde::Serialize;

use super::amount::AmountOrZero;
use super::codes::{Iuv, NoticeNumber, OrganizationCode};
use super::position::MapEntry;
use super::stamp::{Stamp, StampDocument};

/// Which message brought a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Version {
    /// `paSendRT`.
    V1,
    /// `paSendRTV2`.
    V2,
}

impl Version {
    /// 1 or 2.
    pub fn number(self) -> i64 {
        match self {
            Version::V1 => 1,
            Version::V2 => 2,
        }
    }
}

/// Whether the payment went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// Money has moved.
    #[serde(rename = "OK")]
    Ok,
    /// It has not; in practice never sent.
    #[serde(rename = "KO")]
    Ko,
}

impl Outcome {
    /// `OK` or `KO`.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Ok => "OK",
            Outcome::Ko => "KO",
        }
    }
}

/// A receipt as the Node sent it to one recipient. Its key is (recipient, receipt id).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Which message brought it.
    pub version: Version,
    /// The organization it was sent to (`idPA`), which may be a secondary beneficiary.
    pub recipient: OrganizationCode,
    /// Payment token, IUR: any text.
    pub receipt_id: String,
    /// The notice that was paid.
    pub notice_number: NoticeNumber,
    /// The owner of the notice (`fiscalCode`).
    pub organization: OrganizationCode,
    /// Whether the payment went through.
    pub outcome: Outcome,
    /// `creditorReferenceId`.
    pub iuv: Iuv,
    /// What was paid, the PSP's fee excluded.
    pub amount: AmountOrZero,
    /// The shares, one at least.
    pub transfers: Vec<ReceiptTransfer>,
    /// Everything that nothing depends on.
    #[serde(flatten)]
    pub details: Details,
}

/// A share of the amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptTransfer {
    /// `idTransfer`; 1 to 5 when the message keeps to the contract.
    pub id: i64,
    /// Its amount.
    pub amount: AmountOrZero,
    /// The beneficiary (`fiscalCodePA`).
    pub organization: OrganizationCode,
    /// The beneficiary's name.
    pub company_name: Option<String>,
    /// The account that is credited.
    pub iban: Option<String>,
    /// The reason.
    pub remittance_information: Option<String>,
    /// Taxonomy code.
    pub category: Option<String>,
    /// As sent in the activation.
    pub metadata: Vec<MapEntry>,
    /// The stamp that was bought.
    #[serde(serialize_with = "readable_stamp")]
    pub stamp: Option<StampDocument>,
}

/// The stored form of a stamp: what it says, and that nobody checked its signature. The bytes have a place of their own.
fn readable_stamp<S: serde::Serializer>(document: &Option<StampDocument>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Readable<'a> {
        #[serde(flatten)]
        stamp: Option<&'a Stamp>,
        unreadable: Option<&'a str>,
        signature: &'static str,
    }
    document
        .as_ref()
        .map(|document| Readable {
            stamp: document.stamp.as_ref().ok(),
            unreadable: document.stamp.as_ref().err().map(String::as_str),
            signature: "UNCHECKED",
        })
        .serialize(serializer)
}

/// The rest of a receipt, as written: texts where the contract has dates, because DST makes some ambiguous.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)] // Each field is the contract's element of the same name (domain 3.4, 3.5).
pub struct Details {
    pub description: Option<String>,
    pub company_name: Option<String>,
    pub office_name: Option<String>,
    pub debtor: Option<Subject>,
    #[serde(rename = "idPSP")]
    pub id_psp: Option<String>,
    pub psp_fiscal_code: Option<String>,
    #[serde(rename = "pspPartitaIVA")]
    pub psp_partita_iva: Option<String>,
    #[serde(rename = "PSPCompanyName")]
    pub psp_company_name: Option<String>,
    pub id_channel: Option<String>,
    pub channel_description: Option<String>,
    pub payer: Option<Subject>,
    pub payment_method: Option<String>,
    pub payment_note: Option<String>,
    pub fee: Option<AmountOrZero>,
    pub primary_ci_incurred_fee: Option<AmountOrZero>,
    pub id_bundle: Option<String>,
    pub id_ci_bundle: Option<String>,
    pub payment_date_time: Option<String>,
    pub application_date: Option<String>,
    pub transfer_date: Option<String>,
    pub metadata: Vec<MapEntry>,
    pub stand_in: bool,
}

/// A debtor or payer as written in a receipt.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)] // Each field is the contract's element of the same name (ctSubject).
pub struct Subject {
    pub entity_unique_identifier_type: Option<String>,
    pub entity_unique_identifier_value: Option<String>,
    pub full_name: Option<String>,
    pub street_name: Option<String>,
    pub civic_number: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub state_province_region: Option<String>,
    pub country: Option<String>,
    #[serde(rename = "e-mail")]
    pub email: Option<String>,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(not shown)")
    }
}

impl Receipt {
    /// What the transfers add up to, in cents.
    pub fn transfers_cents(&self) -> i64 {
        self.transfers.iter().map(|transfer| transfer.amount.cents()).sum()
    }
}

/// Why the station holds a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptKind {
    /// Of a notice of ours.
    Own,
    /// We are a beneficiary of somebody else's notice (D5).
    Beneficiary,
    /// A copy of another station's notice (D6).
    Broadcast,
    /// It should be ours, but no position knows it (D7).
    Orphan,
    /// The recipient has no part in it (D4).
    Stranger,
}

impl ReceiptKind {
    /// The stable name, in the store and in lists.
    pub fn as_str(self) -> &'static str {
        match self {
            ReceiptKind::Own => "OWN",
            ReceiptKind::Beneficiary => "BENEFICIARY",
            ReceiptKind::Broadcast => "BROADCAST",
            ReceiptKind::Orphan => "ORPHAN",
            ReceiptKind::Stranger => "STRANGER",
        }
    }
}
