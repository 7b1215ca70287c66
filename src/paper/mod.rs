//! Notices and receipts on paper: what the domain knows comes in, a PDF goes out. No store, no clock, no network.
//!
//! * [`kit`]: what they are drawn with.
//! * [`notice`]: the *avviso di pagamento* with its codes and its postal slips (`domain` 12.1, 12.2).
//! * [`receipt`]: the receipt for citizens (`domain` 11.5, 12.3).

pub mod kit;
pub mod notice;
pub mod receipt;

/// Why something cannot be put on paper.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unprintable {
    /// There is neither a single payment nor an instalment.
    #[error("there is nothing to pay")]
    NothingDue,
    /// An amount that no code can carry.
    #[error("an amount is above what a notice can say")]
    Amount,
    /// The creditor's code has to be eleven digits: it stands in the codes.
    #[error("the creditor's fiscal code is not eleven digits")]
    Creditor,
    /// The postal account has to be one to twelve digits.
    #[error("the postal account is not one to twelve digits")]
    PostalAccount,
    /// The picture is no PNG.
    #[error("the logo cannot be read: it has to be a PNG")]
    Logo,
    /// The drawing failed.
    #[error("the document could not be drawn: {0}")]
    Drawing(String),
}
