//! Which notice of the fixtures a case needs.

use serde::{Deserialize, Serialize};

/// Which notice of the fixtures a case needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeWanted {
    /// How it stands.
    #[serde(default)]
    pub state: State,
    /// What it has.
    #[serde(default)]
    pub with: Vec<Trait>,
    /// What it has not.
    #[serde(default)]
    pub without: Vec<Trait>,
    /// Whether the case changes it.
    #[serde(default)]
    pub fresh: bool,
}

/// How a notice stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// It can be paid.
    #[default]
    Payable,
    /// It is paid.
    Paid,
    /// It could be paid until a date that has passed.
    Expired,
    /// The creditor has withdrawn it.
    Cancelled,
    /// It is not published.
    Draft,
    /// It can be paid from a date that has not come.
    NotYetValid,
    /// The debt is paid another way.
    Superseded,
    /// The station does not know it; where the fixtures name none, one is made up.
    Unknown,
    /// Eighteen zeros, with which the Node asks whether a station is alive.
    Probe,
}

/// What a notice has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trait {
    /// A digital stamp.
    Stamp,
    /// A postal account for each transfer.
    Postal,
    /// More than one transfer.
    SeveralTransfers,
    /// A transfer to somebody else.
    Beneficiary,
    /// A transfer to somebody else whose station gets copies of receipts here.
    Broadcast,
    /// Metadata.
    Metadata,
    /// A due date that has passed.
    Overdue,
}
