//! The test program: one chapter per file, through the front door.
//!
//! Every test spawns a real station on a port of its own, with a fresh database and a clock that stands still, and
//! sends it bytes. The client in `station.rs` has every reply judged by an independent validator before a test sees it.

mod audit;
mod database;
mod extent;
mod given;
mod loading;
mod node;
mod oracle;
mod process;
mod proxy;
mod python;
mod server;
mod socket;
mod station;
mod traffic;

mod access;
mod api;
mod breakage;
mod browser;
mod callers;
mod conformance;
mod contract;
mod differential;
mod fuzz_bodies;
mod get_payment;
mod gpd_mode;
mod journal;
mod journeys;
mod judging;
mod massive;
mod outbox;
mod paper;
mod pay;
mod pay_page;
mod printing;
mod receipts_api;
mod record_receipt;
mod replies;
mod running;
mod sandbox;
mod schemas;
mod simulation;
mod tidy;
mod transport;
mod upgrade;
mod verify_notice;
