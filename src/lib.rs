//! The station through which an Italian public body is paid on pagoPA.
pub mod cli;
pub mod domain;
pub mod intake;
pub mod rest;
pub mod settings;
pub mod soap;
pub mod station;
pub mod store;
pub mod telemetry;
pub mod use_cases;
pub mod xml;
