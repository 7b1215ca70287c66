//! What is on paper, by the opinion of others.

use crate::paper::judge::look_at;

/// At which the codes are looked at: what a cheap printer does.
const DOTS_PER_INCH: u32 = 250;

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
    let seen = look_at(pdf, DOTS_PER_INCH);
    seen.check();
    let words: String = seen.pages.iter().map(|page| page.text.clone() + "\n").collect();
    let codes = seen.pages.into_iter().flat_map(|page| page.codes);
    let mut codes: Vec<_> = codes.map(|code| (code.format, code.text)).collect();
    codes.sort();
    Judged { text: words.split_whitespace().collect::<Vec<_>>().join(" "), codes }
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
