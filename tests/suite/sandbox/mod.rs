//! The Node on the desk: what PSPs ask of it, and what it asks of a station.

mod bollettino;
mod callers;
mod contract;
mod demand;
mod face;
mod faults;
mod stranger;
mod verify;
