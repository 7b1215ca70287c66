//! Python programs that give a second opinion: asked one question a line, answering with one line each.
//!
//! A program ends by itself when the test program does, because its standard input closes.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A program of `tests/` that runs.
pub struct Program {
    _process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Program {
    /// Starts a program and waits until it is ready.
    pub fn start(name: &str, arguments: &[&Path]) -> Program {
        let mut process = Command::new(python())
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("could not start {}, run tests/run once: {error}", python().display()));
        let questions = process.stdin.take().expect("stdin is piped");
        let answers = BufReader::new(process.stdout.take().expect("stdout is piped"));
        let mut program = Program { _process: process, questions, answers };
        assert_eq!(program.ask(&json!({"op": "ready"})), json!({"ok": true}));
        program
    }

    /// One question, one answer.
    pub fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.questions, "{question}").expect("the program listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the program answers in text");
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("the program is gone, it said {answer:?}"))
    }
}

/// The Python that has the packages: the one `tests/run` names, or the one it installed on an earlier run.
pub fn python() -> PathBuf {
    std::env::var_os("STATION_TEST_PYTHON")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/.venv/bin/python"), PathBuf::from)
}
