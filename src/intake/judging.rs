//! The verdict on a position: right, wrong, or merely late.

use super::check::Rulebook;
use super::defect::{Defect, Place};
use super::inspector::Inspector;
use super::model;
use super::{Rules, Validation, gpd, strict};
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
    let Verdict { result, late } = verdict(position, rules);
    match result {
        Ok(position) if late.is_empty() => Ok(position),
        Ok(_) => Err(late),
        Err(defects) => Err(defects),
    }
}

/// The same for a position that is there: it may have been valid for long, and be due where being due does not end it.
pub fn judge_update(position: &model::Position, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
    let Verdict { result, mut late } = verdict(position, rules);
    let position = result.map_err(|mut defects| {
        defects.retain(|defect| !defect.complaint.of_new_ones);
        defects
    })?;
    late.retain(|defect| !an_update_may(defect.place.field, &position));
    if late.is_empty() { Ok(position) } else { Err(late) }
}

/// Judges an account that the creditor's transfers are to credit from now on. GPD takes any text.
pub fn judge_account(field: &'static str, iban: &str, rules: &Rules) -> Result<(), Vec<Defect>> {
    if rules.validation == Validation::Gpd {
        return Ok(());
    }
    let book: &dyn Rulebook = &strict::Strict;
    let registered = || rules.registered_ibans.is_empty() || rules.registered_ibans.iter().any(|known| known == iban);
    let verdict = book.iban("iban", iban).and_then(|()| if registered() { Ok(()) } else { book.unregistered() });
    verdict.map_err(|complaint| vec![Defect::of(field, complaint)])
}

/// Whether what is too late for a new position is right for one that is there (`gpd-api` 5.2).
pub fn an_update_may(field: &str, position: &DebtPosition) -> bool {
    let stays_open = |option: &PaymentOption| !option.switch_to_expired && option.validity_date.is_some();
    match field {
        "validityDate" => true,
        "dueDate" => position.options.iter().all(stays_open),
        _ => false,
    }
}

/// The same, with what is merely late told apart. A position that is wrong anyway is not called late.
pub(super) fn verdict(position: &model::Position, rules: &Rules) -> Verdict {
    let book: &dyn Rulebook = match rules.validation {
        Validation::Strict => &strict::Strict,
        Validation::Gpd => &gpd::Gpd,
    };
    let mut inspector = Inspector { rules, book, at: Place::default(), defects: vec![], late: vec![] };
    match inspector.position(position) {
        Some(position) if inspector.defects.is_empty() => Verdict { result: Ok(position), late: inspector.late },
        _ => {
            inspector.defects.append(&mut inspector.late);
            Verdict { result: Err(inspector.defects), late: vec![] }
        }
    }
}
