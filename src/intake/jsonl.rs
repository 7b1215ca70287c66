//! One position a line. A line stands for itself: whatever is wrong with it, the next one is read.

use std::io::{self, BufRead, Read};

use super::defect::Complaint;
use super::draft::Draft;
use super::elements::what_is_broken;
use super::json::{not_utf8, of_position};
use super::{LARGEST_POSITION, ReadError, lists};

/// The positions of a JSONL file.
pub(super) struct Reader<R> {
    file: R,
    line: u64,
    failed: bool,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(file: R) -> Reader<R> {
        Reader { file, line: 0, failed: false }
    }

    /// The next line with something on it.
    fn draft(&mut self) -> io::Result<Option<Draft>> {
        loop {
            let mut bytes = Vec::new();
            let most = LARGEST_POSITION as u64 + 1;
            if self.file.by_ref().take(most).read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            if bytes.len() as u64 == most && bytes.last() != Some(&b'\n') {
                skip_line(&mut self.file)?;
                let complaint = Complaint::new("the line is longer than 4 MiB", "write one position a line");
                return Ok(Some(Draft::broken(self.line, complaint)));
            }
            let text = if self.line == 1 { bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes) } else { &bytes };
            if !text.trim_ascii().is_empty() {
                return Ok(Some(self.read(text)));
            }
        }
    }

    fn read(&self, text: &[u8]) -> Draft {
        let Ok(text) = std::str::from_utf8(text) else { return Draft::broken(self.line, not_utf8()) };
        if let Err(complaint) = lists::are_bounded(text) {
            return Draft::broken(self.line, complaint);
        }
        match serde_json::from_str(text) {
            Ok(position) => of_position(self.line, position),
            Err(error) => Draft::broken(
                self.line,
                Complaint::new(
                    format!("the JSON is broken at column {}: {}", error.column(), what_is_broken(&error)),
                    "write one whole position a line",
                ),
            ),
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Draft, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        self.draft().map_err(ReadError::from).inspect_err(|_| self.failed = true).transpose()
    }
}

fn skip_line(file: &mut impl BufRead) -> io::Result<()> {
    loop {
        let bytes = file.fill_buf()?;
        let (used, ended) = match bytes.iter().position(|b| *b == b'\n') {
            Some(at) => (at + 1, true),
            None => (bytes.len(), bytes.is_empty()),
        };
        file.consume(used);
        if ended {
            return Ok(());
        }
    }
}
