//! The station through which an Italian public body (an *Ente Creditore*) is paid on pagoPA.
//!
//! pagoPA's Node calls the station in SOAP; the station answers from a store of debt positions, with the exact
//! response or the exact fault. The folder listing is the table of contents, and knowledge flows one way:
//!
//! ```text
//! cli ─┐
//! soap ┤                                       station: what they share; settings, telemetry: how it runs
//! rest ┼─▶ use_cases ─▶ store ─▶ domain        intake: position files in; xml: bytes to trees and back
//! pay ─┘                                       paper: PDF out; platform, outbox: what the station says to others
//!                                              journal: what was said, as sealed bytes, and its proof
//! sandbox: the other side of the wire ─▶ soap  schema: whether a message keeps to its contract
//! ```
//!
//! * [`domain`] decides: amounts, codes, positions, receipts and the rules between them, as pure functions whose tests
//!   are tables. Start at [`domain::payable::payable`] and [`domain::settlement::settle`].
//! * [`store`] remembers: all the SQL.
//! * [`intake`] reads what operators hand in: position files, the registry, the taxonomy; every defect is told.
//! * [`journal`] turns what was said into rows that cannot be altered unseen, and tells its story.
//! * [`archivist`] brings into the journal what no transaction brings there itself, and never makes an answer wait.
//! * [`keyring`] knows the keys of the operators' API, who holds them and how often they call.
//! * [`metering`] counts how often the accounts of the front office call.
//! * [`soap`] and [`rest`] translate, [`use_cases`] say in one file per verb what the station does.
//! * [`pay`] is the front office: the API of portals and shops, and the page where citizens pay.
//! * [`paper`] draws notices and receipts. [`platform`] calls the platform's APIs, [`outbox`] whoever wants to hear.
//! * [`schema`] reads the contract's XML Schema files and judges messages by them.
//! * [`jobs`] is what the station does by itself, when nobody asks.
//! * [`conformance`] tries any station, ours or another's, and says where it breaks the rules.
//! * [`lately`] keeps what changes rarely and is needed often.
//! * [`sandbox`] is a small Node to try a station with, and a PSP to try the Node with; it shares the envelope and the
//!   words of [`soap`], and none of its answers.
//! * [`cli`] holds the commands of the binary.
//!
//! To find any behaviour, ask only: translate, decide or remember? Comments quote the specifications by section:
//! `domain 4.5` is the project's domain reference, `gpd-api 6` its description of the GPD service.

pub mod archivist;
pub mod cli;
pub mod conformance;
mod dialing;
pub mod domain;
pub mod intake;
pub mod jobs;
pub mod journal;
pub mod keyring;
pub mod lately;
pub mod metering;
pub mod outbox;
pub mod paper;
pub mod pay;
pub mod platform;
mod reception;
pub mod rest;
pub mod sandbox;
pub mod schema;
pub mod settings;
pub mod soap;
pub mod station;
pub mod store;
pub mod telemetry;
pub mod use_cases;
pub mod xml;
