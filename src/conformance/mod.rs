//! Whether a station, ours or another's, answers as the Node expects: a suite that knows of it no more than its address.
//!
//! `case` is the form of the cases, which are data: one TOML file each below `cases`. `fixtures` is what the station
//! under test holds, `message` builds what is sent, `judge` says what is wrong with an answer, `run` goes through the
//! cases one by one, and `report` tells what was found, to people and to machines.

pub mod case;
mod cures;
pub mod example;
mod facts;
pub mod fixtures;
pub mod judge;
pub mod message;
pub mod notice;
mod receipt;
pub mod report;
pub mod run;
mod stock;
mod words;
