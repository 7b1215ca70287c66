//! Rows as the parser cuts them, each with the lines it really takes and of a bounded size.
//!
//! `csv_core` is driven by hand for these two: `csv` counts blank lines to the row after them, and lets an open quote
//! pull the whole file into one row. A row that seems to have swallowed others gives them back: see
//! [`Records::read_again`].

use std::io::{self, BufRead};

use csv_core::ReadRecordResult;

/// Most bytes of a row. A row that takes more has a quote that is not closed.
pub(super) const LARGEST_ROW: usize = 64 << 10;

/// The rows of a file.
pub(super) struct Records<R> {
    file: R,
    parser: csv_core::Reader,
    lines: Lines,
    text: Vec<u8>,
    ends: Vec<usize>,
    /// The bytes of the last row, as they stand in the file.
    raw: Vec<u8>,
    /// Bytes that were read once and are to be read again before the file goes on, and how many of them were.
    again: (Vec<u8>, usize),
}

/// A row: its first and last line and its cells without the blanks around them.
pub(super) struct Record<'r> {
    pub(super) line: u64,
    pub(super) last_line: u64,
    /// Whether it ended; one that did not is cut short.
    pub(super) complete: bool,
    pub(super) cells: Vec<&'r [u8]>,
    raw: &'r [u8],
}

/// Counts lines, whose end is `\n`, `\r\n` or `\r`.
#[derive(Clone, Copy)]
struct Lines {
    /// The line we are on, from 1.
    line: u64,
    after_return: bool,
}

impl Lines {
    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.line += u64::from(*byte == b'\r' || (*byte == b'\n' && !self.after_return));
            self.after_return = *byte == b'\r';
        }
    }
}

impl<R: BufRead> Records<R> {
    /// The rows from here on, the first of which stands on the given line.
    pub(super) fn new(file: R, separator: u8, line: u64) -> Records<R> {
        let parser = csv_core::ReaderBuilder::new().delimiter(separator).build();
        let lines = Lines { line, after_return: false };
        let (text, ends) = (vec![0; 4096], vec![0; 64]);
        Records { file, parser, lines, text, ends, raw: vec![], again: (vec![], 0) }
    }

    /// The next row that is not a blank line.
    pub(super) fn next(&mut self) -> io::Result<Option<Record<'_>>> {
        self.skip_blank_lines()?;
        let line = self.lines.line;
        self.raw.clear();
        let (mut written, mut cells) = (0, 0);
        loop {
            let input = input(&mut self.file, &self.again)?;
            let (result, read, wrote, ended) =
                self.parser.read_record(input, &mut self.text[written..], &mut self.ends[cells..]);
            self.raw.extend_from_slice(&input[..read]);
            self.consume(read);
            (written, cells) = (written + wrote, cells + ended);
            let complete = match result {
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => true,
                _ if self.raw.len() >= LARGEST_ROW => false,
                ReadRecordResult::InputEmpty => continue,
                ReadRecordResult::OutputFull => {
                    self.text.resize(self.text.len() * 2, 0);
                    continue;
                }
                ReadRecordResult::OutputEndsFull => {
                    self.ends.resize(self.ends.len() * 2, 0);
                    continue;
                }
            };
            self.lines.pass(&self.raw);
            return Ok(Some(self.record(line, cells, complete)));
        }
    }

    /// Gives back all lines of the last row but its first: they are read again as rows of their own. A quote that is
    /// not closed costs one row then, and not all up to the next quote.
    pub(super) fn read_again(&mut self, line: u64) -> io::Result<()> {
        self.parser.reset();
        let mut lines = Lines { line, after_return: false };
        match first_line(&self.raw) {
            Some(end) => {
                lines.pass(&self.raw[..end]);
                let mut again = self.raw.split_off(end);
                again.extend_from_slice(&self.again.0[self.again.1..]);
                self.again = (again, 0);
                self.lines = lines;
            }
            // The row is one line, too long to be one: the rest of it goes with it.
            None => self.skip_line()?,
        }
        Ok(())
    }

    fn record(&self, line: u64, cells: usize, complete: bool) -> Record<'_> {
        let mut begin = 0;
        let cut = |end: &usize| self.text[std::mem::replace(&mut begin, *end)..*end].trim_ascii();
        let raw = self.raw.trim_ascii_end();
        let mut lines = Lines { line, after_return: false };
        lines.pass(raw);
        Record { line, last_line: lines.line, complete, cells: self.ends[..cells].iter().map(cut).collect(), raw }
    }

    fn skip_blank_lines(&mut self) -> io::Result<()> {
        while let Some(byte @ (b'\r' | b'\n')) = input(&mut self.file, &self.again)?.first() {
            self.lines.pass(&[*byte]);
            self.consume(1);
        }
        Ok(())
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            match input(&mut self.file, &self.again)?.first() {
                None | Some(b'\r' | b'\n') => return Ok(()),
                Some(_) => self.consume(1),
            }
        }
    }

    fn consume(&mut self, bytes: usize) {
        if self.again.1 < self.again.0.len() {
            self.again.1 += bytes;
        } else {
            self.file.consume(bytes);
        }
    }
}

impl<'r> Record<'r> {
    /// The lines below its first, as they stand in the file.
    pub(super) fn lines_below(&self) -> impl Iterator<Item = &'r [u8]> {
        self.raw.split(|byte| matches!(byte, b'\r' | b'\n')).skip(1)
    }
}

/// What comes next: first what is to be read again, then the file.
fn input<'i>(file: &'i mut impl BufRead, again: &'i (Vec<u8>, usize)) -> io::Result<&'i [u8]> {
    match &again.0[again.1..] {
        [] => loop {
            match file.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                _ => return file.fill_buf(),
            }
        },
        bytes => Ok(bytes),
    }
}

/// Where the first line ends, its end included.
fn first_line(bytes: &[u8]) -> Option<usize> {
    let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    Some(if bytes[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 })
}
