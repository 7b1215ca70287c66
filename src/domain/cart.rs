//! What a cart for Checkout may hold (`domain` 10).

/// Most notices: so many are paid with one operation.
pub const MOST_NOTICES: usize = 5;

/// Longest name or reason, in characters.
pub const LONGEST_TEXT: usize = 140;
