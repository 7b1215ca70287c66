//! The Node on the desk: what PSPs ask of it, and what it asks of a station.

mod activate;
mod beneficiaries;
mod bollettino;
mod callers;
mod contract;
mod demand;
mod face;
mod faults;
mod idempotency;
mod outcome;
mod psp;
mod puppet;
mod receipts;
mod relay;
mod retries;
mod shell;
mod stamps;
mod standin;
mod stranger;
mod tokens;
mod verify;
