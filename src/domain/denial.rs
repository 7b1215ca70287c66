//! Every "no" that an operator may hear of debt positions, in our own words. How one is spoken in GPD's is
//! `rest::problem`'s business; what the Node hears is a [`super::refusal::Refusal`].

use super::codes::{Iupd, Nav};

/// Why a request of an operator is declined (`gpd-api` 3.2). None names a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// The caller is confined to other segregation codes.
    #[error("the caller may not touch the segregation code of {0}")]
    CodeNotAllowed(Iupd),
    /// The same, where a notice was asked for.
    #[error("the caller may not touch the segregation code of this notice")]
    NoticeNotAllowed,
    /// The path and the body name different positions.
    #[error("the path names {path}, the body {body}")]
    OtherPosition {
        /// The key in the path.
        path: String,
        /// The key in the body.
        body: String,
    },
    /// No such positions; each that was not found.
    #[error("no such debt position")]
    UnknownPosition(Vec<Iupd>),
    /// The same, where several were asked for together.
    #[error("no such debt positions")]
    UnknownPositions(Vec<Iupd>),
    /// No option has this notice number or IUV, or it may no longer be used.
    #[error("no such payment option")]
    UnknownOption(String),
    /// No option has this IUV.
    #[error("no such IUV")]
    UnknownIuv(String),
    /// The option has no such transfer.
    #[error("no such transfer")]
    UnknownTransfer {
        /// The option's IUV.
        iuv: String,
        /// The transfer's number.
        id: String,
    },
    /// A key, a notice number or an IUV is taken; the notice on which that was found.
    #[error("a key, a notice number or an IUV is taken")]
    NotUnique(Option<Nav>),
    /// A metadata key that the station writes itself.
    #[error("the metadata hold a reserved key")]
    ReservedMetadata,
    /// What was paid is not deleted.
    #[error("something of {0} has been paid")]
    HasPayment(Iupd),
    /// It was paid before.
    #[error("the payment option has been paid")]
    OptionPaid(String),
    /// Its state does not allow other content.
    #[error("{0} cannot be updated in its state")]
    NotUpdatable(Iupd),
    /// Only a draft is published.
    #[error("{0} cannot be published in its state")]
    NotPublishable(Iupd),
    /// Only what is published is cancelled.
    #[error("{0} cannot be invalidated in its state")]
    NotInvalidable(Iupd),
    /// It would have been valid before it is published.
    #[error("{0} was to be valid before now")]
    ValidityBegun(Iupd),
    /// It would be due before it is published.
    #[error("a due date of {0} has passed")]
    DueDatePassed(Iupd),
    /// It would be due before it is valid.
    #[error("a due date of {0} is before its validity date")]
    DueBeforeValidity(Iupd),
    /// Only what was paid, and not reported before, is reported.
    #[error("the transfer cannot be reported in its state")]
    NotReportable {
        /// The option's IUV.
        iuv: String,
        /// The transfer's number.
        id: String,
    },
    /// Version 1 of the API cannot show several plans.
    #[error("{0} has several plans")]
    SeveralPlans(Iupd),
    /// The notification fee of a paid option is not changed.
    #[error("the notification fee of a paid option cannot be changed")]
    FeeOfPaidOption(String),
    /// No transfer of the organization's own could collect a notification fee.
    #[error("no transfer can collect the notification fee")]
    NoTransferForFee(String),
    /// The new content has no transfer that could collect the stored notification fee.
    #[error("no transfer of the new content of {0} can collect its notification fee")]
    FeeLost(Iupd),
    /// Somebody has changed it since the caller looked (`If-Match`).
    #[error("{0} has changed since")]
    Changed(Iupd),
}
