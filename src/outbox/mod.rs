//! What the outside world is to hear: a message is composed, signed and sent. The store remembers what is to be sent,
//! [`crate::jobs`] drives the sending.
