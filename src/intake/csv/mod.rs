//! CSV: one row a transfer. Rows of one `iupd` stand together and make one position; among them the same `iuv` or
//! `nav` makes one option. One position is in memory at a time.

mod columns;
mod record;
mod rows;

use std::io::{BufRead, Read};

use super::{LARGEST_POSITION, ReadError};
use super::defect::Complaint;
use super::draft::Draft;
use columns::{Column, Columns};
use record::{Records, Stop};
use rows::{Group, Row};

/// Most rows of one position: two hundred instalments of five transfers.
const MOST_ROWS: usize = 1000;

/// Most bytes of the line with the headings.
const LONGEST_HEADER: usize = 64 << 10;

/// The columns for a help text, those that may be missing in brackets.
pub fn columns() -> String {
    Column::explained()
}

/// The positions of a CSV file.
pub(super) struct Reader<R> {
    records: Records<R>,
    columns: Columns,
    /// The first row of the next position, which ended the one before.
    waiting: Option<Row>,
    /// Why the reading ended, to be told next.
    stop: Option<Stop>,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the headings.
    pub(super) fn new(mut file: R) -> Result<Reader<R>, ReadError> {
        let (header, lines) = header_line(&mut file)?;
        let (columns, separator) = Columns::read(&header)?;
        let records = Records::new(file, separator, lines + 1);
        Ok(Reader { records, columns, waiting: None, stop: None, ended: false })
    }

    /// The next row with something in it.
    fn row(&mut self) -> Result<Option<Row>, Stop> {
        while let Some(record) = self.records.next()? {
            if record.cells.iter().any(|cell| !cell.is_empty()) {
                return Ok(Some(self.columns.row(&record)));
            }
        }
        Ok(None)
    }

    /// The rows of the next position.
    fn group(&mut self) -> Result<Option<Group>, Stop> {
        let Some(first) = self.waiting.take().map_or_else(|| self.row(), |row| Ok(Some(row)))? else {
            return Ok(None);
        };
        let mut group = Group::new(first);
        loop {
            match self.row() {
                Ok(Some(row)) if group.owns(&row) => group.add(row, MOST_ROWS, LARGEST_POSITION),
                Ok(next) => {
                    self.waiting = next;
                    return Ok(Some(group));
                }
                Err(stop) => {
                    // What cannot be read may have been its next row.
                    group.cut_off();
                    self.stop = Some(stop);
                    return Ok(Some(group));
                }
            }
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Draft, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.stop.take().map_or_else(|| self.group(), Err) {
            Ok(group) => group.map(|group| Ok(group.draft(&self.columns))),
            Err(stop) => {
                self.ended = true;
                Some(told(stop))
            }
        }
    }
}

/// What is said when the reading ends before the end.
fn told(stop: Stop) -> Result<Draft, ReadError> {
    match stop {
        Stop::Io(error) => Err(error.into()),
        Stop::Endless(line) => Ok(Draft::broken(
            line,
            Complaint::new(
                "a row is larger than 4 MiB; nothing from here on was read",
                "close the quote that was opened, and load the file again",
            ),
        )),
    }
}

/// The first line that is not blank, without a byte order mark, and how many lines that took.
fn header_line(file: &mut impl BufRead) -> Result<(String, u64), ReadError> {
    for lines in 1.. {
        let mut bytes = Vec::new();
        if file.by_ref().take(LONGEST_HEADER as u64).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes).trim_ascii();
        if bytes.len() == LONGEST_HEADER {
            return Err(ReadError::Header("the first line is too long to name columns: is this a CSV file?".into()));
        }
        if !text.is_empty() {
            let utf8 =
                || ReadError::Header("the first line is not UTF-8: save the file with the encoding UTF-8".into());
            return Ok((std::str::from_utf8(text).map_err(|_| utf8())?.to_owned(), lines));
        }
    }
    Err(ReadError::Header(format!("the file is empty: its first line names the columns, {}", Column::names())))
}
