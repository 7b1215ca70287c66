//! A second opinion on pages, from a strict parser of HTML; no test can forget to ask for it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex};

use serde::Deserialize;
use serde_json::json;

use crate::python::python;

/// What a page is to whoever cannot see it.
#[derive(Clone, Debug, Deserialize)]
pub struct Page {
    faults: Vec<String>,
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

struct Judge {
    _process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

static JUDGE: LazyLock<Mutex<Judge>> = LazyLock::new(|| {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/html.py");
    let mut process = Command::new(python())
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("could not start {}, run tests/run once: {error}", python().display()));
    let questions = process.stdin.take().expect("stdin is piped");
    let answers = BufReader::new(process.stdout.take().expect("stdout is piped"));
    Mutex::new(Judge { _process: process, questions, answers })
});

/// Reads a page and finds no fault in it.
pub fn read(html: &str) -> Page {
    let mut answer = String::new();
    {
        let mut judge = JUDGE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        writeln!(judge.questions, "{}", json!({ "page": html })).expect("the judge listens");
        judge.answers.read_line(&mut answer).expect("the judge answers in text");
    }
    let faults: serde_json::Value = serde_json::from_str(&answer).expect("the judge speaks JSON");
    assert_eq!(faults["faults"], json!([]), "{html}");
    let page: Page = serde_json::from_value(faults).unwrap();
    assert!(page.faults.is_empty());
    page
}
