//! The versions of the API: each its own way to write a position and to answer of it, around one model of the domain.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::model::PaymentPosition;
use crate::domain::position::DebtPosition;
use crate::intake::{self, Defect, Given, Rules, Wanted, model};

/// What two versions of the API do differently when a position is written.
pub(in crate::rest) trait Version {
    /// A position as operators write it.
    type Given: DeserializeOwned + Wanted;
    /// A position as whoever has just written it reads it.
    type Written: Serialize;

    /// The key that was given.
    fn iupd(given: &Self::Given) -> Option<&str>;

    /// The IUVs that were given.
    fn iuvs(given: &Self::Given) -> Vec<&str>;

    /// Judges a new position.
    fn judge(given: &Self::Given, rules: &Rules) -> Result<DebtPosition, Vec<Defect>>;

    /// Judges new content of a position that is there.
    fn judge_update(given: &Self::Given, rules: &Rules) -> Result<DebtPosition, Vec<Defect>>;

    /// The answer to whoever has just written it.
    fn written(position: &DebtPosition) -> Self::Written;
}

/// Version 1.
pub(in crate::rest) struct V1;

impl Version for V1 {
    type Given = model::Position;
    type Written = PaymentPosition;

    fn iupd(given: &model::Position) -> Option<&str> {
        given.iupd.value().map(String::as_str)
    }

    fn iuvs(given: &model::Position) -> Vec<&str> {
        let options = given.payment_option.value().into_iter().flatten().filter_map(Given::value);
        options.filter_map(|option| option.iuv.value()).map(String::as_str).collect()
    }

    fn judge(given: &model::Position, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
        intake::judge(given, rules)
    }

    fn judge_update(given: &model::Position, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
        intake::judge_update(given, rules)
    }

    fn written(position: &DebtPosition) -> PaymentPosition {
        PaymentPosition::of(position)
    }
}
