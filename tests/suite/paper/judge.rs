//! What PDFium shows and extracts of a document and ZXing reads from its pixels, told by `tests/paper.py`.

use std::sync::{Mutex, OnceLock, PoisonError};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::python::Program;

/// A document as it was found.
#[derive(Debug, Deserialize)]
pub struct Seen {
    pub title: String,
    pub language: String,
    pub tagged: bool,
    pub fonts: Vec<Font>,
    pub pages: Vec<Page>,
}

/// A font that a document uses.
#[derive(Debug, Deserialize)]
pub struct Font {
    pub name: String,
    pub embedded: bool,
}

/// A page as it is seen.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// In points.
    pub width: f64,
    pub height: f64,
    pub text: String,
    pub codes: Vec<Code>,
    /// How much of it is dark, from 0 to 1.
    pub ink: f64,
    /// Whether nothing is printed where printers cannot.
    pub clean_edges: bool,
    /// What each element is, and its alternative text.
    pub structure: Vec<(String, String)>,
}

/// A code that was read from the pixels of a page.
#[derive(Debug, Deserialize)]
pub struct Code {
    pub format: String,
    pub text: String,
}

impl Seen {
    /// All that is written, on all pages; lines that were broken are whole again.
    pub fn text(&self) -> String {
        let pages: Vec<_> = self.pages.iter().map(|page| page.text.replace(" \r\n", " ")).collect();
        pages.join("\n")
    }

    /// The texts of all codes of a kind: `QRCode` or `DataMatrix`.
    pub fn codes(&self, format: &str) -> Vec<&str> {
        let codes = self.pages.iter().flat_map(|page| &page.codes);
        codes.filter(|code| code.format == format).map(|code| code.text.as_str()).collect()
    }

    /// What every document has to be: A4, tagged, Italian, its fonts inside it, readable, and within the printer's reach.
    pub fn check(&self) {
        assert!(self.tagged && self.language == "it-IT" && !self.title.is_empty(), "{self:?}");
        assert!(!self.fonts.is_empty() && self.fonts.iter().all(|font| font.embedded), "{:?}", self.fonts);
        assert!(!self.pages.is_empty());
        for page in &self.pages {
            assert!((page.width - 595.28).abs() < 0.1 && (page.height - 841.89).abs() < 0.1, "{page:?}");
            assert!(page.clean_edges && page.ink > 0.001 && page.ink < 0.5, "{page:?}");
            let mute = |(kind, said): &&(String, String)| kind == "Figure" && said.is_empty();
            assert_eq!(page.structure.iter().find(mute), None, "a picture that says nothing");
        }
        let headings = self.pages.iter().flat_map(|page| &page.structure).filter(|(kind, _)| kind == "H1");
        assert_eq!(headings.count(), 1, "one title");
    }
}

/// Looks at a document at 200 dpi, the least that offices scan with.
pub fn look(pdf: &[u8]) -> Seen {
    look_at(pdf, 200)
}

/// Looks at a document at a resolution.
pub fn look_at(pdf: &[u8], dpi: u32) -> Seen {
    serde_json::from_value(ask(pdf, dpi)).unwrap_or_else(|error| panic!("the judge said something else: {error}"))
}

/// Why a document cannot be read, if it cannot.
pub fn objection(pdf: &[u8]) -> Option<String> {
    ask(pdf, 72)["reason"].as_str().map(str::to_owned)
}

fn ask(pdf: &[u8], dpi: u32) -> Value {
    static JUDGE: OnceLock<Mutex<Program>> = OnceLock::new();
    let judge = JUDGE.get_or_init(|| Mutex::new(Program::start("paper.py", &[])));
    let question = json!({"op": "look", "pdf": STANDARD.encode(pdf), "dpi": dpi});
    judge.lock().unwrap_or_else(PoisonError::into_inner).ask(&question)
}
