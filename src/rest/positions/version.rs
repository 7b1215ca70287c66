//! The versions of the API: each its own way to write a position and to answer of it, around one model of the domain.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::model::PaymentPosition;
use crate::domain::position::DebtPosition;
use crate::intake::{Handed, Wanted, model};

/// One of the versions of the API.
pub(in crate::rest) trait Version {
    /// A position as operators write it.
    type Given: Handed + Clone + DeserializeOwned + Wanted;
    /// A position as whoever has just written it reads it.
    type Written: Serialize;

    /// The answer to whoever has just written it.
    fn written(position: &DebtPosition) -> Self::Written;
}

/// Version 1.
pub(in crate::rest) struct V1;

impl Version for V1 {
    type Given = model::Position;
    type Written = PaymentPosition;

    fn written(position: &DebtPosition) -> PaymentPosition {
        PaymentPosition::of(position)
    }
}
