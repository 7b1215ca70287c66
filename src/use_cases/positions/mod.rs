//! What operators do to debt positions: one file per verb. Each verb is a decision of `domain::lifecycle` on what is
//! stored, carried out in one transaction that is tried again when a rival on the same rows was first.

mod bring;
mod change;
mod create;
mod delete;
mod find;
mod numbering;
mod pay;
mod rules;

pub use bring::bring;
pub(super) use change::change_all_in;
pub use change::{Change, change, change_all};
pub use create::create;
pub(super) use create::create_in;
pub use delete::delete;
pub(super) use delete::delete_in;
pub use find::find;
pub use pay::pay;
pub use rules::{rules, weighed};

use crate::domain::codes::{OrganizationCode, SegregationCodes};
use crate::domain::denial::Denial;
use crate::domain::position::DebtPosition;
use crate::intake::Defect;
use crate::store::StoreError;

/// Who asks, and what for.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'d> {
    /// Whose positions are spoken of.
    pub organization: &'d OrganizationCode,
    /// The segregation codes the caller is confined to.
    pub codes: &'d SegregationCodes,
    /// Who it is, for the journal.
    pub by: &'d str,
}

/// Why what an operator asks for was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// What was handed in is wrong.
    #[error("what was handed in is wrong")]
    Wrong(Vec<Defect>),
    /// The store failed: an accident.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl Error {
    /// Whether a rival on the same rows undid the work, so that it is to be tried again.
    fn is_conflict(&self) -> bool {
        matches!(self, Error::Store(cause) if cause.is_conflict())
    }
}

impl Desk<'_> {
    /// Whether the caller may touch every option of a position.
    pub fn may_touch(&self, position: &DebtPosition) -> Result<(), Denial> {
        match position.options.iter().all(|option| self.codes.allow(option.iuv.as_str())) {
            true => Ok(()),
            false => Err(Denial::CodeNotAllowed(position.iupd.clone())),
        }
    }
}
