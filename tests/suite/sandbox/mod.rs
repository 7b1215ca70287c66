//! The Node on the desk: what PSPs ask of it, and what it asks of a station.

mod activate;
mod bollettino;
mod callers;
mod contract;
mod demand;
mod face;
mod faults;
mod idempotency;
mod relay;
mod shell;
mod standin;
mod stranger;
mod tokens;
mod verify;
