//! Two foreign opinions on a message: libxml2's and the xmlschema package's, given by `tests/oracle.py`.
//!
//! One Python process serves the whole test program. It is asked through [`shared`], one question at a time.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::python::Program;

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
    program: Program,
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
        let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("xsd");
        Oracle { program: Program::start("oracle.py", &[&schemas]), good: HashSet::new() }
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
        let answer = self.program.ask(question);
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
        let answer = self.program.ask(&json!({"op": "reply", "message": STANDARD.encode(message)}));
        if answer["ok"] != true {
            return Err(reason(&answer));
        }
        self.good.insert(message.to_vec());
        Ok(())
    }
}

fn reason(answer: &Value) -> String {
    answer["reason"].as_str().unwrap_or_default().to_owned()
}
