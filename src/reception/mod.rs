//! How a request comes in, whatever it asks for: whose it is, and its body.

mod body;
mod caller;

pub(crate) use self::body::{Measured, bytes_of};
pub(crate) use self::caller::{Stranger, access_of};
