//! What a reader and a scanner make of an answer, in short.

use crate::paper::judge::{Seen, look};

/// What a PDF says.
#[derive(Debug)]
pub struct Judged {
    seen: Seen,
    /// All that can be selected, with one blank between words.
    pub text: String,
}

/// Has a PDF looked at, and sees that it can be listened to and printed anywhere.
pub fn judged(pdf: &[u8]) -> Judged {
    let seen = look(pdf);
    seen.check();
    let text = seen.text().split_whitespace().collect::<Vec<_>>().join(" ");
    Judged { seen, text }
}

impl Judged {
    /// Whether words stand there, wherever a line ends.
    pub fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// What the QR codes say, sorted.
    pub fn qr(&self) -> Vec<&str> {
        let mut codes = self.seen.codes("QRCode");
        codes.sort_unstable();
        codes
    }

    /// What the Data Matrix codes say.
    pub fn data_matrix(&self) -> Vec<&str> {
        self.seen.codes("DataMatrix")
    }
}
