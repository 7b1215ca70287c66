//! A second opinion on pages, from a strict parser of HTML, told by `tests/html.py`.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::Deserialize;
use serde_json::json;

use crate::python::Program;

/// What a page is to whoever cannot see it.
#[derive(Clone, Debug, Deserialize)]
pub struct Page {
    pub title: String,
    pub language: String,
    pub heading: String,
    /// What there is to read, without what stands around every page.
    pub main: String,
    /// Where each link leads, by its text.
    pub links: BTreeMap<String, String>,
    /// What is in each field, by its label.
    pub fields: BTreeMap<String, String>,
    /// What is said of each field, by its label.
    pub described: BTreeMap<String, String>,
    pub buttons: Vec<String>,
    pub actions: Vec<String>,
}

/// Reads a page and finds no fault in it.
pub fn read(html: &str) -> Page {
    static JUDGE: OnceLock<Mutex<Program>> = OnceLock::new();
    let judge = JUDGE.get_or_init(|| Mutex::new(Program::start("html.py", &[])));
    let seen = judge.lock().unwrap_or_else(PoisonError::into_inner).ask(&json!({"op": "read", "page": html}));
    assert_eq!(seen["faults"], json!([]), "{html}");
    serde_json::from_value(seen).unwrap_or_else(|error| panic!("the judge said something else: {error}"))
}
