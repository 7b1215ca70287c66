//! The Node on the desk: what PSPs ask of it, and what it asks of a station.

mod activate;
mod idempotency;
mod relay;
mod shell;
mod standin;
mod tokens;
mod verify;
