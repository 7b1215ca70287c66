//! What is on paper, by the opinion of others: `tests/paper.py` has PDFium read it and ZXing decode its codes.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::python::python;

/// At which the codes are looked at: what a cheap printer does.
const DOTS_PER_INCH: u16 = 250;

/// What a PDF says.
#[derive(Debug)]
pub struct Judged {
    /// All that can be selected, with one blank between words.
    pub text: String,
    /// The codes on all pages, each with its kind.
    codes: Vec<(String, String)>,
}

/// Has a PDF looked at, and sees that it can be listened to and printed anywhere.
pub fn judged(pdf: &[u8]) -> Judged {
    let answer = ask(&json!({"op": "look", "pdf": STANDARD.encode(pdf), "dpi": DOTS_PER_INCH}));
    assert_eq!((&answer["tagged"], &answer["language"]), (&json!(true), &json!("it-IT")), "{answer}");
    assert!(answer["fonts"].as_array().unwrap().iter().all(|font| font["embedded"] == true), "{answer}");
    let pages = answer["pages"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let words: String = pages.iter().map(|page| text(&page["text"]) + "\n").collect();
    let codes = pages.iter().flat_map(|page| page["codes"].as_array().unwrap());
    let mut codes: Vec<_> = codes.map(|code| (text(&code["format"]), text(&code["text"]))).collect();
    codes.sort();
    Judged { text: words.split_whitespace().collect::<Vec<_>>().join(" "), codes }
}

/// One process serves all tests, one question at a time; it ends with the test program.
fn ask(question: &Value) -> Value {
    static JUDGE: OnceLock<Mutex<(ChildStdin, BufReader<ChildStdout>)>> = OnceLock::new();
    let start =
        || {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/paper.py");
            let mut process =
                Command::new(python()).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap_or_else(
                    |error| panic!("could not start {}, run tests/run once: {error}", python().display()),
                );
            let (questions, answers) = (process.stdin.take(), process.stdout.take());
            Mutex::new((questions.expect("stdin is piped"), BufReader::new(answers.expect("stdout is piped"))))
        };
    let mut judge = JUDGE.get_or_init(start).lock().unwrap_or_else(PoisonError::into_inner);
    writeln!(judge.0, "{question}").expect("the judge listens");
    let mut answer = String::new();
    judge.1.read_line(&mut answer).expect("the judge answers in text");
    let answer: Value = serde_json::from_str(&answer).expect("the judge is there, install tests/requirements.txt");
    assert_eq!(answer["ok"], true, "{answer}");
    answer
}

impl Judged {
    /// Whether words stand there, wherever a line ends.
    pub fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// What the QR codes say.
    pub fn qr(&self) -> Vec<String> {
        self.of_kind("QRCode")
    }

    /// What the Data Matrix codes say.
    pub fn data_matrix(&self) -> Vec<String> {
        self.of_kind("DataMatrix")
    }

    fn of_kind(&self, kind: &str) -> Vec<String> {
        self.codes.iter().filter(|(known, _)| known == kind).map(|(_, text)| text.clone()).collect()
    }
}
