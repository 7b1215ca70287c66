//! What operators do to debt positions: one file per verb. Each verb is a decision of `domain::lifecycle` on what is
//! stored, carried out in one transaction that is tried again when a rival on the same rows was first.

mod bring;
mod change;
mod create;
mod delete;
mod find;
mod list;
mod move_account;
mod move_on;
mod numbering;
mod pay;
mod report;
mod rules;
mod set_fee;

pub use bring::{bring, bring_all};
pub(super) use change::change_all_in;
pub use change::{Change, change, change_all};
pub use create::create;
pub(super) use create::create_in;
pub use delete::delete;
pub(super) use delete::delete_in;
pub use find::find;
pub use list::list;
pub use move_account::move_account;
pub use move_on::move_on;
use move_on::move_on_within;
pub use pay::pay;
pub use report::report;
pub use rules::{rules, weighed, well_formed};
pub use set_fee::set_fee;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::domain::codes::{Iupd, NoticeNumber, OrganizationCode, SegregationCodes};
use crate::domain::denial::Denial;
use crate::domain::position::DebtPosition;
use crate::intake::Defect;
use crate::station::Station;
use crate::store::{Key, StoreError, StoredPosition, Tx};

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

/// What was done in a transaction.
struct Done<T> {
    what: T,
    /// Whether receipts that waited have settled a position since: then more is stored than was done here.
    settled: bool,
}

/// Does something in one transaction, anew while rivals undo it. What the rules decline is undone in good order: a
/// transaction that is merely given up costs a connection to the server.
async fn in_one_go<T>(
    station: &Station,
    now: DateTime<Utc>,
    work: impl AsyncFn(&mut Tx) -> Result<T, Error>,
) -> Result<Done<T>, Error> {
    let attempt = async || {
        let mut tx = station.store.write().await?;
        match work(&mut tx).await {
            Ok(what) => {
                let settled = station.store.commit_positions(tx, now).await?;
                Ok(Done { what, settled })
            }
            Err(Error::Store(cause)) => Err(cause.into()),
            Err(declined) => {
                tx.rollback().await?;
                Err(declined)
            }
        }
    };
    station.store.retrying(Error::is_conflict, attempt).await
}

/// A position as it is stored once receipts that waited have settled it; it may be gone by now.
async fn read_again(station: &Station, desk: Desk<'_>, stored: StoredPosition) -> Result<StoredPosition, Error> {
    let found = find(station, desk, Key::Iupd(stored.position.iupd.as_str())).await?;
    Ok(found.unwrap_or(stored))
}

/// The positions in the order in which they were asked for, each once, if all of them are there.
fn all_of(found: Vec<StoredPosition>, asked: &[Iupd]) -> Result<Vec<StoredPosition>, Denial> {
    let mut found: HashMap<Iupd, StoredPosition> =
        found.into_iter().map(|stored| (stored.position.iupd.clone(), stored)).collect();
    let missing: Vec<Iupd> = asked.iter().filter(|iupd| !found.contains_key(iupd)).cloned().collect();
    if !missing.is_empty() {
        return Err(Denial::UnknownPosition(missing));
    }
    Ok(asked.iter().filter_map(|iupd| found.remove(iupd)).collect())
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
    /// Whether the caller may touch every option of a position. One without options has no code, and is out of bounds
    /// for whoever has any.
    pub fn may_touch(&self, position: &DebtPosition) -> Result<(), Denial> {
        let mut options = position.options.iter();
        let within = !position.options.is_empty() && options.all(|option| self.codes.allow(option.iuv.as_str()));
        match within || self.codes.listed().is_none() {
            true => Ok(()),
            false => Err(Denial::CodeNotAllowed(position.iupd.clone())),
        }
    }

    /// What is said where no option has this notice number or IUV: to a caller that may not use its code, no more than
    /// that. Eighteen digits are a notice number; of what else GPD takes nobody can tell which of the two it is.
    pub fn unknown_notice(&self, number: &str) -> Denial {
        let of_notice = number.get(1..).is_some_and(|iuv| self.codes.allow(iuv));
        let may_be_iuv = NoticeNumber::parse(number).is_err();
        match of_notice || may_be_iuv && self.codes.allow(number) {
            true => Denial::UnknownOption(number.into()),
            false => Denial::NoticeNotAllowed,
        }
    }
}
