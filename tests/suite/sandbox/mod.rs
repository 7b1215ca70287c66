//! The Node on the desk: what PSPs ask of it, and what it asks of a station.

mod shell;
mod verify;
