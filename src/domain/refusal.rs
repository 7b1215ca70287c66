//! Every expected "no", in our own words. How a refusal is spoken to the Node is `soap::fault`'s business.

use super::bill::Defect;

/// Why the station declines a well-formed call. Each names the row of `domain` 4.4-4.7 that decided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// B1: the organization is not configured or not active here.
    #[error("the organization is not served by this station")]
    UnknownOrganization,
    /// B2: the broker is not the organization's.
    #[error("the broker is not the organization's")]
    WrongBroker,
    /// B3: the station is unknown, not the broker's, or not linked to the organization.
    #[error("the station is not the broker's or does not serve the organization")]
    WrongStation,
    /// B4: the notice's creditor is not the organization that was called.
    #[error("the creditor on the notice is not the organization that was called")]
    OtherOrganization,
    /// C1: no such notice.
    #[error("the notice is not in the archive")]
    UnknownNotice,
    /// The Node's stand-in probe, whose expected answer is "unknown".
    #[error("the stand-in probe's notice exists nowhere")]
    Probe,
    /// C2: a draft, or not yet valid.
    #[error("the notice is not published yet")]
    NotPublished,
    /// C3: paid, or the debt was settled through another option.
    #[error("the notice has been paid")]
    AlreadyPaid,
    /// C4: cancelled by the organization.
    #[error("the notice has been cancelled")]
    Cancelled,
    /// C5: past its due date, and it expires then.
    #[error("the notice has expired")]
    Expired,
    /// C6: another plan of the same debt has begun to be paid.
    #[error("another payment plan of the same debt has begun")]
    Superseded,
    /// C8: what was loaded cannot be told to the Node.
    #[error("the notice cannot be presented: {0}")]
    Unpresentable(Defect),
    /// D1: this very receipt was stored before.
    #[error("the receipt was already acquired")]
    DuplicateReceipt,
    /// D2: another receipt with the same key was stored before.
    #[error("a different receipt with the same id was already acquired")]
    AlteredReceipt,
    /// D4: the recipient is neither the creditor nor a beneficiary.
    #[error("the recipient is neither the creditor nor a beneficiary of the receipt")]
    NotABeneficiary,
    /// D7, where the installation chose to answer so.
    #[error("the receipt belongs to no known position")]
    OrphanReceipt,
    /// D10, as GPD answers it: the notice, or the whole debt, was paid before.
    #[error("the debt was already paid with another receipt")]
    SecondPayment,
    /// D10, as GPD answers it: the debt is being paid by another plan.
    #[error("another payment plan of the same debt had begun before the receipt came")]
    RivalPayment,
    /// Table E, closing sentence: spontaneous payments are not offered.
    #[error("the service is not active")]
    ServiceNotActive,
}

impl Refusal {
    /// The row of the decision tables that decided, for logs and the operator.
    pub fn rule(&self) -> &'static str {
        match self {
            Refusal::UnknownOrganization => "B1",
            Refusal::WrongBroker => "B2",
            Refusal::WrongStation => "B3",
            Refusal::OtherOrganization => "B4",
            Refusal::Probe => "probe",
            Refusal::UnknownNotice => "C1",
            Refusal::NotPublished => "C2",
            Refusal::AlreadyPaid => "C3",
            Refusal::Cancelled => "C4",
            Refusal::Expired => "C5",
            Refusal::Superseded => "C6",
            Refusal::Unpresentable(_) => "C8",
            Refusal::DuplicateReceipt => "D1",
            Refusal::AlteredReceipt => "D2",
            Refusal::NotABeneficiary => "D4",
            Refusal::OrphanReceipt => "D7",
            Refusal::SecondPayment | Refusal::RivalPayment => "D10",
            Refusal::ServiceNotActive => "E",
        }
    }
}
