//! A small Node on the desk: PSPs pay notices here, and stations are called as the real Node calls them.
//!
//! `door` takes what PSPs send, `operation` admits the caller and answers for the `primitives`, one file each, `once`
//! where he says the same thing twice. They ask the station through `calls`, which writes the Node's messages and judges
//! the answers, and note in the `ledger` who pays what. `receipts` brings the creditors the proof. `participants` is
//! everybody the Node knows, `fault` says no in its words, `story` tells whoever watches.

pub mod calls;
mod door;
mod fault;
mod ledger;
mod node;
mod once;
mod operation;
pub mod participants;
mod primitives;
pub mod receipts;
pub mod story;

pub use self::door::Running;
pub use self::node::Node;
