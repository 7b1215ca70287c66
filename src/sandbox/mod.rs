//! A small Node on the desk: PSPs pay notices here, and the station is called as the real Node calls it.
pub mod calls;
pub mod participants;
