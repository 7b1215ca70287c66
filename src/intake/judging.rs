//! The verdict on a position: right, wrong, or merely late.

use super::check::Rulebook;
use super::defect::{Defect, Place};
use super::gpd::Gpd;
use super::inspector::Inspector;
use super::strict::Strict;
use super::{Rules, Validation, model, model_v3};
use crate::domain::position::DebtPosition;

/// What became of a position.
pub(super) struct Verdict {
    /// The position, or what is wrong with it.
    pub(super) result: Result<DebtPosition, Vec<Defect>>,
    /// Dates that have passed and codes that have ended: the position may not come now, but it may have come in time.
    pub(super) late: Vec<Defect>,
}

/// Turns a position as it was written into one of the domain, or tells everything that is wrong with it.
///
/// Without a history it comes out as an unpaid draft, whatever its read-only properties say.
pub fn judge(position: &model::Position, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
    verdict(position, rules).of_new()
}

/// The same for a position that is there: it may have been valid for long, and be due where being due does not end it.
pub fn judge_update(position: &model::Position, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
    verdict(position, rules).of_known()
}

/// Turns a position of version 3 into one of the domain, or tells everything that is wrong with it.
pub(super) fn judge_v3(position: &model_v3::Position, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
    verdict_v3(position, rules).of_new()
}

/// The same for a position that is there.
pub(super) fn judge_update_v3(position: &model_v3::Position, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
    verdict_v3(position, rules).of_known()
}

impl Verdict {
    fn of_new(self) -> Result<DebtPosition, Vec<Defect>> {
        let position = self.result?;
        if self.late.is_empty() { Ok(position) } else { Err(self.late) }
    }

    /// The verdict on new content of a position that is there.
    fn of_known(mut self) -> Result<DebtPosition, Vec<Defect>> {
        let concerns = |defect: &Defect| !defect.complaint.of_new_ones;
        let position = self.result.map_err(|mut defects| {
            defects.retain(concerns);
            defects
        })?;
        self.late.retain(concerns);
        if self.late.is_empty() { Ok(position) } else { Err(self.late) }
    }
}

/// Judges an account that the creditor's transfers are to credit from now on. GPD takes any text.
pub fn judge_account(field: &'static str, iban: &str, rules: &Rules) -> Result<(), Vec<Defect>> {
    if rules.validation == Validation::Gpd {
        return Ok(());
    }
    let book: &dyn Rulebook = &Strict;
    let registered = || rules.registered_ibans.is_empty() || rules.registered_ibans.iter().any(|known| known == iban);
    let verdict = book.iban("iban", iban).and_then(|()| if registered() { Ok(()) } else { book.unregistered() });
    verdict.map_err(|complaint| vec![Defect::of(field, complaint)])
}

/// The position, with what is merely late told apart. A position that is wrong anyway is not called late.
pub(super) fn verdict(position: &model::Position, rules: &Rules) -> Verdict {
    inspect(rules, &Gpd::V1, |inspector| inspector.position(position))
}

fn verdict_v3(position: &model_v3::Position, rules: &Rules) -> Verdict {
    inspect(rules, &Gpd::V3, |inspector| inspector.position_v3(position))
}

fn inspect(rules: &Rules, gpd: &'static Gpd, walk: impl FnOnce(&mut Inspector<'_>) -> Option<DebtPosition>) -> Verdict {
    let book: &dyn Rulebook = match rules.validation {
        Validation::Strict => &Strict,
        Validation::Gpd => gpd,
    };
    let mut inspector = Inspector { rules, book, at: Place::default(), defects: vec![], late: vec![] };
    match walk(&mut inspector) {
        Some(position) if inspector.defects.is_empty() => Verdict { result: Ok(position), late: inspector.late },
        _ => {
            inspector.defects.append(&mut inspector.late);
            Verdict { result: Err(inspector.defects), late: vec![] }
        }
    }
}
