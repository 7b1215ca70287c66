//! The platform's APIs that the station calls.

pub mod cart;
pub mod checkout;
