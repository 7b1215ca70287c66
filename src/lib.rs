//! x
pub mod domain;
pub mod intake;
pub mod xml;
