//! What a person should look at: money that moved in an unexpected way, or a notice nobody can pay.

use serde::{Deserialize, Serialize};

/// The kinds of anomaly, each with the row of `domain` 4.5-4.6 it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AnomalyKind {
    /// A receipt refused because its needed fields could not be read (A10).
    UnreadableReceipt,
    /// A receipt refused by the caller's configuration (B).
    RefusedCaller,
    /// A receipt with a known id and other content (D2).
    AlteredReceipt,
    /// The recipient is neither creditor nor beneficiary (D4).
    NotABeneficiary,
    /// Own notice, own segregation code, no position (D7).
    OrphanReceipt,
    /// Paid although expired, cancelled or never published (D9).
    PaidAfterClosing,
    /// Paid twice, or through two plans: a refund is due (D10).
    DoublePayment,
    /// Paid amount or transfers differ from the position (D11).
    AmountDiffers,
    /// The IUV is not the notice's (D12).
    IuvMismatch,
    /// The transfers do not add up to the amount (D12).
    TransfersMismatch,
    /// The stamp document cannot be read or is missing (D12).
    StampUnreadable,
    /// The stamp was bought for another document (D12).
    StampDigestDiffers,
    /// The stamp's amount is not the transfer's (D12).
    StampAmountDiffers,
    /// The stamp's type is not the one asked for (D12).
    StampTypeDiffers,
    /// The stamp's IUBD was seen before (D12).
    StampReused,
    /// A notice that cannot be presented to the Node (C8).
    UnpresentableNotice,
}

impl AnomalyKind {
    /// The kind of a stable name.
    pub fn parse(name: &str) -> Option<AnomalyKind> {
        serde_json::from_value(name.into()).ok()
    }

    /// The stable name, in the store and in lists.
    pub fn as_str(self) -> &'static str {
        match self {
            AnomalyKind::UnreadableReceipt => "UNREADABLE_RECEIPT",
            AnomalyKind::RefusedCaller => "REFUSED_CALLER",
            AnomalyKind::AlteredReceipt => "ALTERED_RECEIPT",
            AnomalyKind::NotABeneficiary => "NOT_A_BENEFICIARY",
            AnomalyKind::OrphanReceipt => "ORPHAN_RECEIPT",
            AnomalyKind::PaidAfterClosing => "PAID_AFTER_CLOSING",
            AnomalyKind::DoublePayment => "DOUBLE_PAYMENT",
            AnomalyKind::AmountDiffers => "AMOUNT_DIFFERS",
            AnomalyKind::IuvMismatch => "IUV_MISMATCH",
            AnomalyKind::TransfersMismatch => "TRANSFERS_MISMATCH",
            AnomalyKind::StampUnreadable => "STAMP_UNREADABLE",
            AnomalyKind::StampDigestDiffers => "STAMP_DIGEST_DIFFERS",
            AnomalyKind::StampAmountDiffers => "STAMP_AMOUNT_DIFFERS",
            AnomalyKind::StampTypeDiffers => "STAMP_TYPE_DIFFERS",
            AnomalyKind::StampReused => "STAMP_REUSED",
            AnomalyKind::UnpresentableNotice => "UNPRESENTABLE_NOTICE",
        }
    }
}

/// One thing to look at: its kind and a note without personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anomaly {
    /// What happened.
    pub kind: AnomalyKind,
    /// Details for the operator: amounts, ids; never a person's data.
    pub note: String,
}

impl Anomaly {
    /// An anomaly with its note.
    pub fn new(kind: AnomalyKind, note: impl Into<String>) -> Anomaly {
        Anomaly { kind, note: note.into() }
    }
}
