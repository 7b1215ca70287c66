//! The Node on the desk: what PSPs ask of it, and what it asks of a station.

mod beneficiaries;
mod outcome;
mod psp;
mod puppet;
mod receipts;
mod retries;
mod stamps;
mod verify;
