//! The verdict on a position: right, wrong, or merely late.

use super::check::{Rulebook, plan_at};
use super::defect::{Defect, Place};
use super::gpd::Gpd;
use super::inspector::Inspector;
use super::strict::Strict;
use super::{Rules, Validation, model, model_v3};
use crate::domain::position::{DebtPosition, PaymentOption};

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
    // In version 1 what is late is late for all options alike.
    verdict(position, rules).of_known(|_, _| true)
}

/// Turns a position of version 3 into one of the domain, or tells everything that is wrong with it.
pub(super) fn judge_v3(position: &model_v3::Position, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
    verdict_v3(position, rules).of_new()
}

/// The same for a position that is there.
pub(super) fn judge_update_v3(position: &model_v3::Position, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
    verdict_v3(position, rules).of_known(|place, option| place.option.is_some_and(|at| option.plan == plan_at(at)))
}

impl Verdict {
    fn of_new(self) -> Result<DebtPosition, Vec<Defect>> {
        let position = self.result?;
        if self.late.is_empty() { Ok(position) } else { Err(self.late) }
    }

    /// The verdict on new content. What is late at a place concerns the options that share it.
    fn of_known(mut self, concerns: impl Fn(&Place, &PaymentOption) -> bool) -> Result<DebtPosition, Vec<Defect>> {
        let position = self.result?;
        self.late.retain(|Defect { place, .. }| {
            !an_update_may(place.field, position.options.iter().filter(|option| concerns(place, option)))
        });
        if self.late.is_empty() { Ok(position) } else { Err(self.late) }
    }
}

/// Whether what is too late for new options is right for those of a position that is there (`gpd-api` 5.2).
pub fn an_update_may<'o>(field: &str, mut options: impl Iterator<Item = &'o PaymentOption>) -> bool {
    match field {
        "validityDate" => true,
        "dueDate" => options.all(|option| !option.switch_to_expired && option.validity_date.is_some()),
        _ => false,
    }
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
