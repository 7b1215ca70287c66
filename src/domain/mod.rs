//! What is true about payments: the types that cannot be wrong and the rules that decide.
//!
//! Nothing here waits, reads a clock or speaks SQL, XML or HTTP; "now" always comes as an argument. Start with
//! [`position`] (what a debtor owes) and [`payable`] (whether it may be paid now), then [`receipt`] and [`settlement`]
//! (what happens when money has moved), then [`refusal`] (every "no" the station knows).

pub mod access;
pub mod address;
pub mod amount;
pub mod anomaly;
pub mod bill;
pub mod cart;
pub mod choice;
pub mod codes;
pub mod debtor;
pub mod denial;
pub mod letterhead;
pub mod lifecycle;
pub mod notice_codes;
pub mod numbering;
pub mod outbox;
pub mod payable;
pub mod payment;
pub mod payment_request;
pub mod position;
pub mod printable;
pub mod receipt;
pub mod refusal;
pub mod registry;
pub mod settlement;
pub mod signature;
pub mod stamp;
#[cfg(test)]
pub(crate) mod table;
pub mod taxonomy;
pub mod text;
pub mod upload;
