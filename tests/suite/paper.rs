//! What is on paper, by the opinion of others: pdfium renders it and reads its text, ZXing decodes its codes. Asked
//! through `tests/paper.py`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::oracle::python;

/// What a PDF says.
#[derive(Debug, Deserialize)]
pub struct Judged {
    /// How many pages it has.
    #[allow(dead_code)] // Read by whoever reads the message of a failed test.
    pub pages: usize,
    /// All that can be selected.
    pub text: String,
    /// The codes on all pages, in the order of their kinds and texts.
    pub codes: Vec<(String, String)>,
}

/// Has a PDF looked at.
pub fn judged(pdf: &[u8]) -> Judged {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/paper.py");
    let mut process = Command::new(python())
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("could not start {}, run tests/run once: {error}", python().display()));
    process.stdin.take().expect("stdin is piped").write_all(pdf).expect("the judge listens");
    let output = process.wait_with_output().expect("the judge ends");
    serde_json::from_slice(&output.stdout).expect("the judge can read the PDF")
}

impl Judged {
    /// Whether words stand there, wherever their line ends.
    pub fn says(&self, words: &str) -> bool {
        let flat = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        flat.contains(words)
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
