//! Rows as the parser cuts them, each with the line it really begins on and of a bounded size.
//!
//! `csv_core` is driven by hand for these two: `csv` counts blank lines to the row after them, and lets an open quote
//! pull the whole file into one row.

use std::io::{self, BufRead};

use csv_core::ReadRecordResult;

use crate::intake::LARGEST_POSITION;

/// The rows of a file.
pub(super) struct Records<R> {
    file: R,
    parser: csv_core::Reader,
    /// The line we are on, from 1.
    line: u64,
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// Why there is no next row.
pub(super) enum Stop {
    Io(io::Error),
    /// The row that begins on this line does not end.
    Endless(u64),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Io(error)
    }
}

/// A row: its line and its cells without the blanks around them.
pub(super) struct Record<'r> {
    pub(super) line: u64,
    pub(super) cells: Vec<&'r [u8]>,
}

impl<R: BufRead> Records<R> {
    /// The rows from here on, the first of which stands on the given line.
    pub(super) fn new(file: R, separator: u8, line: u64) -> Records<R> {
        let parser = csv_core::ReaderBuilder::new().delimiter(separator).build();
        Records { file, parser, line, text: vec![0; 4096], ends: vec![0; 64] }
    }

    /// The next row that is not a blank line.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Stop> {
        self.skip_blank_lines()?;
        let line = self.line;
        let (mut written, mut cells) = (0, 0);
        loop {
            let input = self.file.fill_buf()?;
            let (result, read, wrote, ended) =
                self.parser.read_record(input, &mut self.text[written..], &mut self.ends[cells..]);
            self.line += input[..read].iter().filter(|b| **b == b'\n').count() as u64;
            self.file.consume(read);
            (written, cells) = (written + wrote, cells + ended);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if written >= LARGEST_POSITION => return Err(Stop::Endless(line)),
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => return Ok(Some(self.record(line, cells))),
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    fn record(&self, line: u64, cells: usize) -> Record<'_> {
        let mut begin = 0;
        let cut = |end: &usize| self.text[std::mem::replace(&mut begin, *end)..*end].trim_ascii();
        Record { line, cells: self.ends[..cells].iter().map(cut).collect() }
    }

    fn skip_blank_lines(&mut self) -> io::Result<()> {
        while let Some(b @ (b'\r' | b'\n')) = self.file.fill_buf()?.first() {
            self.line += u64::from(*b == b'\n');
            self.file.consume(1);
        }
        Ok(())
    }
}
