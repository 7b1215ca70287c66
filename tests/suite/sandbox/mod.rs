//! The Node on the desk: what PSPs ask of it, and what it asks of a station.

pub mod activate;
mod bollettino;
mod callers;
mod checkout;
mod contract;
mod demand;
mod face;
mod faults;
mod idempotency;
mod outcome;
pub mod psp;
pub mod puppet;
mod receipts;
mod relay;
mod retries;
mod shell;
pub mod stamps;
pub mod standin;
mod stranger;
mod tokens;
mod verify;
