//! CSV: one row a transfer. Rows of one `iupd` stand together and make one position; among them the same `iuv` or
//! `nav` makes one option. One position is in memory at a time.

mod columns;
mod rows;

use std::io::{BufRead, Cursor, Read};

use ::csv::{ByteRecord, Trim};

use super::defect::Complaint;
use super::draft::Draft;
use super::{LARGEST_POSITION, ReadError};
use columns::{Column, Columns};
use rows::{Group, Row};

/// Most rows of one position: two hundred instalments of five transfers.
const MOST_ROWS: usize = 1000;

/// Most bytes of the line with the headings.
const LONGEST_HEADER: usize = 64 << 10;

/// The positions of a CSV file.
pub(super) struct Reader<R> {
    records: ::csv::Reader<Fence<std::io::Chain<Cursor<Vec<u8>>, R>>>,
    columns: Columns,
    /// Lines before those the parser counts.
    lines_before: u64,
    /// The first row of the next position, which ended the one before.
    waiting: Option<Row>,
    failed: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the headings.
    pub(super) fn new(mut file: R) -> Result<Reader<R>, ReadError> {
        let (header, lines_before) = header_line(&mut file)?;
        let (columns, separator) = Columns::read(&header)?;
        // Nothing is put back: the parser begins at the second line.
        let records = ::csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .from_reader(Fence { inner: Cursor::new(vec![]).chain(file), left: LARGEST_POSITION });
        Ok(Reader { records, columns, lines_before, waiting: None, failed: false })
    }

    /// The next row with something in it.
    fn row(&mut self) -> Result<Option<Row>, Stop> {
        let mut record = ByteRecord::new();
        loop {
            self.records.get_mut().left = LARGEST_POSITION;
            let more = self.records.read_byte_record(&mut record);
            let line = record.position().map_or(0, |position| position.line()) + self.lines_before;
            match more {
                Ok(true) if record.iter().all(<[u8]>::is_empty) => {}
                Ok(true) => return Ok(Some(self.columns.row(line, &record))),
                Ok(false) => return Ok(None),
                Err(_) if self.records.get_ref().left == 0 => return Err(Stop::Endless(self.line_now())),
                Err(error) => return Err(Stop::Failed(ReadError::Io(error.into()))),
            }
        }
    }

    fn line_now(&self) -> u64 {
        self.records.position().line() + self.lines_before
    }

    /// The rows of the next position.
    fn group(&mut self) -> Result<Option<Group>, Stop> {
        let Some(first) = self.waiting.take().map_or_else(|| self.row(), |row| Ok(Some(row)))? else {
            return Ok(None);
        };
        let mut group = Group::new(first);
        while let Some(row) = self.row()? {
            if !group.owns(&row) {
                self.waiting = Some(row);
                break;
            }
            group.add(row, MOST_ROWS);
        }
        Ok(Some(group))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Draft, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match self.group() {
            Ok(group) => group.map(|group| Ok(group.draft(&self.columns))),
            Err(stop) => {
                self.failed = true;
                Some(stop.told())
            }
        }
    }
}

/// Why the reading ends before the end.
enum Stop {
    Failed(ReadError),
    /// A row from this line on that does not end.
    Endless(u64),
}

impl Stop {
    fn told(self) -> Result<Draft, ReadError> {
        match self {
            Stop::Failed(error) => Err(error),
            Stop::Endless(line) => Ok(Draft::broken(
                line,
                Complaint::new(
                    "a row is larger than 4 MiB; nothing from here on was read",
                    "close the quote that was opened, and load the file again",
                ),
            )),
        }
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

/// Lets so many bytes through and then fails, lest an open quote pull the whole file into one row.
struct Fence<R> {
    inner: R,
    left: usize,
}

impl<R: Read> Read for Fence<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(self.left);
        if most == 0 && !buffer.is_empty() {
            return Err(std::io::Error::other("a row is too large"));
        }
        let read = self.inner.read(&mut buffer[..most])?;
        self.left -= read;
        Ok(read)
    }
}
