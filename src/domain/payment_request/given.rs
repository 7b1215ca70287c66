//! What people told when they opened or completed a payment request.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the caller and the citizen told: texts, empty where nobody said anything.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Given {
    /// Where to write to.
    pub email: String,
    /// `cognome`.
    #[serde(rename = "cognome")]
    pub surname: String,
    /// `nome`.
    #[serde(rename = "nome")]
    pub first_name: String,
    /// `telefono`.
    #[serde(rename = "telefono")]
    pub telephone: String,
    /// Members that mean nothing here, kept for whoever sent them.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given(not shown)")
    }
}
