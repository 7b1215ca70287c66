//! Two foreign opinions on a message: libxml2's and the xmlschema package's, given by `tests/oracle.py`.
//!
//! One Python process serves the whole test program. It is asked through [`shared`], one question at a time, and
//! ends by itself when the program does, because its standard input closes.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// What each validator makes of a request, and the first objection of either.
#[derive(Clone, Debug)]
pub struct Verdicts {
    pub libxml2: bool,
    pub xmlschema: bool,
    #[allow(dead_code)] // Read by whoever reads the message of a failed test.
    pub reason: String,
}

/// A running `tests/oracle.py`.
pub struct Oracle {
    _process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Replies that were found good: most are the same few bytes again and again.
    good: HashSet<Vec<u8>>,
}

/// The oracle every test asks; started by whoever asks first.
///
/// A test that fails while it holds the lock must not take the others down with it: the oracle keeps no state
/// between questions, so a poisoned lock is as good as a clean one.
pub fn shared() -> MutexGuard<'static, Oracle> {
    static SHARED: OnceLock<Mutex<Oracle>> = OnceLock::new();
    SHARED.get_or_init(|| Mutex::new(Oracle::start())).lock().unwrap_or_else(PoisonError::into_inner)
}

impl Oracle {
    fn start() -> Oracle {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut process = Command::new(python())
            .arg(here.join("tests/oracle.py"))
            .arg(here.join("xsd"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("could not start {}, run tests/run once: {error}", python().display()));
        let questions = process.stdin.take().expect("stdin is piped");
        let answers = BufReader::new(process.stdout.take().expect("stdout is piped"));
        let mut oracle = Oracle { _process: process, questions, answers, good: HashSet::new() };
        assert_eq!(oracle.ask(&json!({"op": "ready"})), json!({"ok": true}));
        oracle
    }

    /// Is this request, as it arrived with this charset in its Content-Type, valid by the schema?
    pub fn request(&mut self, message: &[u8], charset: Option<&str>) -> Verdicts {
        self.verdicts(&json!({"op": "request", "message": STANDARD.encode(message), "charset": charset}))
    }

    /// Is this element, which is the whole document, valid by the schema in that file?
    pub fn element(&mut self, schema: &Path, message: &str) -> Verdicts {
        self.verdicts(&json!({"op": "element", "schema": schema, "message": STANDARD.encode(message)}))
    }

    fn verdicts(&mut self, question: &Value) -> Verdicts {
        let answer = self.ask(question);
        match (answer["libxml2"].as_bool(), answer["xmlschema"].as_bool()) {
            (Some(libxml2), Some(xmlschema)) => Verdicts { libxml2, xmlschema, reason: reason(&answer) },
            _ => panic!("the oracle could not judge a message: {answer}"),
        }
    }

    /// Is this a reply the Node can use: valid, and with an outcome that fits what comes with it?
    pub fn reply(&mut self, message: &[u8]) -> Result<(), String> {
        if self.good.contains(message) {
            return Ok(());
        }
        let answer = self.ask(&json!({"op": "reply", "message": STANDARD.encode(message)}));
        if answer["ok"] != true {
            return Err(reason(&answer));
        }
        self.good.insert(message.to_vec());
        Ok(())
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.questions, "{question}").expect("the oracle listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the oracle answers in text");
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("the oracle is gone, it said {answer:?}"))
    }
}

/// The Python that has the validators: the one `tests/run` names, or the one it installed on an earlier run.
pub fn python() -> PathBuf {
    std::env::var_os("STATION_TEST_PYTHON")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/.venv/bin/python"), PathBuf::from)
}

fn reason(answer: &Value) -> String {
    answer["reason"].as_str().unwrap_or_default().to_owned()
}
