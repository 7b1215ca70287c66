//! A receipt: the proof that money has moved. V1 and V2 are two readings of this one model.
//!
//! Only the needed fields are sure to be there and right; everything else is what the Node wrote, because a receipt
//! is never refused for a field that nothing depends on (`domain` 4.3, A10).

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use chrono_tz::Europe::Rome;
use serde::{Deserialize, Serialize};

use super::amount::AmountOrZero;
use super::codes::{Iuv, NoticeNumber, OrganizationCode};
use super::position::MapEntry;
use super::stamp::{Stamp, StampDocument};

/// Which message brought a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    #[serde(serialize_with = "readable_stamp", deserialize_with = "stamp_read_back")]
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

/// A stamp of the stored form, without its bytes: whoever needs them brings them back from their place.
fn stamp_read_back<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<StampDocument>, D::Error> {
    #[derive(Deserialize)]
    struct Readable {
        #[serde(flatten)]
        stamp: Option<Stamp>,
        unreadable: Option<String>,
    }
    let document = |Readable { stamp, unreadable }| StampDocument {
        bytes: Vec::new(),
        stamp: stamp.ok_or_else(|| unreadable.unwrap_or_default()),
    };
    Ok(Option::<Readable>::deserialize(deserializer)?.map(document))
}

/// The rest of a receipt, as written: texts where the contract has dates, because DST makes some ambiguous.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
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
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
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

    /// Whether operators find it by its IUV (`gpd-api` 13): a payment of one of the recipient's own notices. What is
    /// longer than the contract allows is no key.
    pub fn has_its_iuv(&self, kind: ReceiptKind) -> bool {
        let own = matches!(kind, ReceiptKind::Own | ReceiptKind::Orphan);
        own && self.outcome == Outcome::Ok && self.iuv.as_str().chars().count() <= LONGEST_CODE
    }

    /// The debtor's fiscal code, as far as it may be one.
    pub fn debtor_code(&self) -> Option<String> {
        let code = self.details.debtor.as_ref()?.entity_unique_identifier_value.as_ref()?;
        Some(code.chars().take(LONGEST_CODE).collect())
    }

    /// When it was paid, to the second and in the local time of Rome; when it came, where that is not told. Such texts
    /// are in the order of time.
    pub fn paid_local(&self, received_at: DateTime<Utc>) -> String {
        let at = self.told_local().unwrap_or_else(|| received_at.with_timezone(&Rome).naive_local());
        at.format(LOCAL_TIME).to_string()
    }

    /// When it says it was paid, to the second and in the local time of Rome, which is what a text without a zone means.
    pub fn told_local(&self) -> Option<NaiveDateTime> {
        let text = self.details.payment_date_time.as_deref()?.trim();
        let local = NaiveDateTime::parse_from_str(text.get(..19)?, LOCAL_TIME).ok()?;
        // The last year there is may be over in Rome.
        let zoned = DateTime::parse_from_rfc3339(text).ok().filter(|zoned| (1..9999).contains(&zoned.to_utc().year()));
        Some(zoned.map_or(local, |zoned| zoned.with_timezone(&Rome).naive_local()))
    }
}

/// A time to the second.
const LOCAL_TIME: &str = "%Y-%m-%dT%H:%M:%S";

/// The longest code of the contract has so many characters.
const LONGEST_CODE: usize = 35;

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
    /// All of them.
    pub const ALL: [ReceiptKind; 5] = [
        ReceiptKind::Own,
        ReceiptKind::Beneficiary,
        ReceiptKind::Broadcast,
        ReceiptKind::Orphan,
        ReceiptKind::Stranger,
    ];

    /// The kind of a stable name.
    pub fn parse(name: &str) -> Option<ReceiptKind> {
        ReceiptKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

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

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn when_a_receipt_was_paid() {
        let came = Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap();
        for (written, is) in [
            (None, "2026-11-22T13:00:00"),
            (Some("2026-03-10T09:41:07"), "2026-03-10T09:41:07"),
            (Some("\n 2026-03-10T09:41:07.250 "), "2026-03-10T09:41:07"),
            (Some("2026-03-10T09:41:07+05:00"), "2026-03-10T05:41:07"),
            (Some("2026-03-10T23:30:00Z"), "2026-03-11T00:30:00"),
            (Some("2026-07-10T23:30:00.5Z"), "2026-07-11T01:30:00"),
            (Some("9999-12-31T23:30:00Z"), "9999-12-31T23:30:00"),
            (Some("2026-03-10"), "2026-11-22T13:00:00"),
            (Some("2026-13-10T09:41:07"), "2026-11-22T13:00:00"),
            (Some("the day before yesterday"), "2026-11-22T13:00:00"),
            (Some("2026-03-10T09:41:0à"), "2026-11-22T13:00:00"),
        ] {
            let mut receipt = a_receipt();
            receipt.details.payment_date_time = written.map(str::to_owned);
            assert_eq!(receipt.paid_local(came), is, "{written:?}");
        }
    }

    #[test]
    fn a_stored_receipt_is_read_back_but_for_the_bytes_of_its_stamps() {
        let stamp = |stamp: Result<Stamp, String>| ReceiptTransfer {
            id: 1,
            amount: AmountOrZero::from_cents(1_600).unwrap(),
            organization: OrganizationCode::new("99000001018"),
            company_name: None,
            iban: None,
            remittance_information: Some("Imposta di bollo".into()),
            category: None,
            metadata: vec![MapEntry { key: "a".into(), value: "b".into() }],
            stamp: Some(StampDocument { bytes: Vec::new(), stamp }),
        };
        let readable = Stamp {
            iubd: "01201".into(),
            bought_at: "2026-03-10T09:41:07".into(),
            importo: "16.00".parse().unwrap(),
            kind: "01".into(),
            psp_fiscal_code: "99000003030".into(),
            digest: "AAAA".into(),
        };
        let mut receipt = a_receipt();
        receipt.transfers = vec![stamp(Ok(readable)), stamp(Err("no stamp".into()))];
        receipt.transfers.push(ReceiptTransfer {
            iban: Some("IT41".into()),
            stamp: None,
            ..receipt.transfers[0].clone()
        });
        receipt.details.fee = AmountOrZero::from_cents(150).ok();
        receipt.details.payer = Some(Subject { full_name: Some("Pancrazio Verdelli".into()), ..Subject::default() });
        let stored = serde_json::to_string(&receipt).unwrap();
        assert_eq!(serde_json::from_str::<Receipt>(&stored).unwrap(), receipt);
    }

    #[test]
    fn which_receipts_are_found_by_their_iuv() {
        use ReceiptKind::*;
        for (kind, outcome, iuv, found) in [
            (Own, Outcome::Ok, "07000000001234573", true),
            (Orphan, Outcome::Ok, "07000000001234573", true),
            (Own, Outcome::Ko, "07000000001234573", false),
            (Beneficiary, Outcome::Ok, "07000000001234573", false),
            (Broadcast, Outcome::Ok, "07000000001234573", false),
            (Stranger, Outcome::Ok, "07000000001234573", false),
            (Own, Outcome::Ok, &"è".repeat(35), true),
            (Own, Outcome::Ok, &"è".repeat(36), false),
        ] {
            let receipt = Receipt { outcome, iuv: Iuv::new(iuv), ..a_receipt() };
            assert_eq!(receipt.has_its_iuv(kind), found, "{kind:?} {outcome:?} {iuv}");
        }
    }

    fn a_receipt() -> Receipt {
        Receipt {
            version: Version::V1,
            recipient: OrganizationCode::new("99000001018"),
            receipt_id: "3fa9c1d27b6e4c50a8e1f0925d7b6c43".into(),
            notice_number: NoticeNumber::parse("307000000001234573").unwrap(),
            organization: OrganizationCode::new("99000001018"),
            outcome: Outcome::Ok,
            iuv: Iuv::new("07000000001234573"),
            amount: AmountOrZero::from_cents(12_050).unwrap(),
            transfers: vec![],
            details: Details::default(),
        }
    }
}
