//! Whom to tell when a payment request has ended, and how (`domain` 11.4).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A call that the caller of the front office wants to get.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// Where.
    pub url: String,
    /// How.
    pub method: Method,
    /// The field of the form that carries the payload.
    pub field: String,
    /// Headers that go with it, in their order.
    pub headers: Vec<(String, String)>,
}

/// How a callback is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// POST.
    Post,
    /// PUT.
    Put,
}

/// Headers and URLs hold what opens the receiver's door.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback(not shown)")
    }
}
