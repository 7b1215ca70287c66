//! Notices and receipts on paper, looked at by programs that share no code with what drew them.

pub mod judge;
mod notices;
