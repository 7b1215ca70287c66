//! A small Node on the desk: PSPs pay notices here, and stations are called as the real Node calls them.
//!
//! `door` takes what PSPs send, `choice` tells which operation it is for, `operation` admits the caller and answers for
//! the `primitives`, one file each, `once` where he says the same thing twice. They ask the station through `calls`, which
//! writes the Node's messages and judges the answers, and note in the `ledger` who pays what. `standin` answers for
//! stations that do not, `receipts` brings the creditors the proof. `participants` is everybody the Node knows, `fault`
//! says no in its words, `story` tells whoever watches. `psp` stands on the other side of the door, and so does
//! `checkout`, where citizens pay the carts of a creditor's front end. `place` reads JSON that people wrote.

pub mod calls;
mod checkout;
mod choice;
mod door;
mod fault;
mod ledger;
mod node;
mod once;
mod operation;
pub mod participants;
mod place;
mod primitives;
pub mod psp;
pub mod receipts;
mod standin;
pub mod story;

pub use self::door::Running;
pub use self::fault::Code;
pub use self::ledger::{BoughtStamp, OutcomeDetails, PspCaller};
pub use self::node::Node;
