//! CSV: one row a transfer. Rows of one `iupd` stand together and make one position; among them the same `iuv` or
//! `nav` makes one option. One position is in memory at a time.

mod columns;
mod record;
mod rows;

use std::io::{self, BufRead};

use super::draft::Draft;
use super::seen::Seen;
use super::{LARGEST_POSITION, ReadError};
use columns::{Column, Columns};
use record::Records;
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
    /// The line of a row that may belong to the next position, or to any other.
    doubtful: Option<u64>,
    /// Why the reading ended, to be told next.
    failure: Option<io::Error>,
    ended: bool,
}

/// The keys whose rows do not stand together. For files that can be read twice: of such positions the first rows must
/// not be loaded as if they were all.
pub(super) fn scattered(file: impl BufRead) -> Result<Seen, ReadError> {
    let mut reader = Reader::new(file)?;
    let (mut known, mut scattered, mut last) = (Seen::default(), Seen::default(), String::new());
    while let Some(key) = reader.key()? {
        if key != last && !known.is_new(&key) {
            scattered.is_new(&key);
        }
        last = key;
    }
    Ok(scattered)
}

impl<R: BufRead> Reader<R> {
    /// Reads the headings.
    pub(super) fn new(mut file: R) -> Result<Reader<R>, ReadError> {
        let (header, separator, lines) = header(&mut file)?;
        let columns = Columns::read(&header, separator)?;
        let records = Records::new(file, columns.separator, lines + 1);
        Ok(Reader { records, columns, waiting: None, doubtful: None, failure: None, ended: false })
    }

    /// The next row with something in it.
    fn row(&mut self) -> io::Result<Option<Row>> {
        while let Some(record) = self.records.next()? {
            if record.cells.iter().all(|cell| cell.is_empty()) && record.complete {
                continue;
            }
            let row = self.columns.row(&record);
            if self.columns.has_open_quote(&record) {
                let line = record.line;
                self.records.read_again(line)?;
            }
            return Ok(Some(row));
        }
        Ok(None)
    }

    /// The key of the next row that has one to trust.
    fn key(&mut self) -> io::Result<Option<String>> {
        while let Some(record) = self.records.next()? {
            if let Some(key) = self.columns.key(&record) {
                return Ok(Some(key.to_owned()));
            }
            if self.columns.has_open_quote(&record) {
                let line = record.line;
                self.records.read_again(line)?;
            }
        }
        Ok(None)
    }

    /// The rows of the next position. What stands beside a row that may be anyone's may not be whole.
    fn group(&mut self) -> io::Result<Option<Group>> {
        let Some(first) = self.waiting.take().map_or_else(|| self.row(), |row| Ok(Some(row)))? else {
            return Ok(None);
        };
        let mut group = Group::new(first);
        if let Some(line) = self.doubtful.take() {
            group.cut_off(Some(line));
        }
        loop {
            match self.row() {
                Ok(Some(row)) if group.owns(&row) => group.add(row, MOST_ROWS, LARGEST_POSITION),
                Ok(next) => {
                    if let Some(line) = next.as_ref().and_then(Row::doubtful) {
                        group.cut_off(Some(line));
                    }
                    self.doubtful = group.doubtful();
                    self.waiting = next;
                    return Ok(Some(group));
                }
                Err(error) => {
                    group.cut_off(None);
                    self.failure = Some(error);
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
        match self.failure.take().map_or_else(|| self.group(), Err) {
            Ok(group) => group.map(|group| Ok(group.draft(&self.columns))),
            Err(error) => {
                self.ended = true;
                Some(Err(error.into()))
            }
        }
    }
}

/// The line with the headings, the separator that a line `sep=;` before it names, and how many lines that took.
fn header(file: &mut impl BufRead) -> Result<(String, Option<u8>, u64), ReadError> {
    let mut separator = None;
    for lines in 1.. {
        let Some(bytes) = line(file)? else { break };
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes).trim_ascii();
        match text.strip_prefix(b"sep=").or_else(|| text.strip_prefix(b"SEP=")) {
            _ if text.is_empty() => continue,
            Some([named @ (b',' | b';')]) => {
                separator = Some(*named);
                continue;
            }
            Some(_) => return Err(ReadError::Header(format!("the columns {OTHER_SEPARATOR}"))),
            None => {}
        }
        let text = std::str::from_utf8(text).map_err(|_| {
            ReadError::Header("the first line is not UTF-8: save the file with the encoding UTF-8".into())
        })?;
        return Ok((text.to_owned(), separator, lines));
    }
    Err(ReadError::Header(format!("the file is empty: its first line names the columns, {}", Column::names())))
}

const OTHER_SEPARATOR: &str = "must be separated by , or ; : save the file again as CSV with one of them";

/// A line up to its end outside quotes, which is `\n`, `\r\n` or `\r` and is passed over; none where the file ends.
fn line(file: &mut impl BufRead) -> Result<Option<Vec<u8>>, ReadError> {
    let (mut bytes, mut quoted) = (Vec::new(), false);
    while let Some(&byte) = file.fill_buf()?.first() {
        file.consume(1);
        match byte {
            b'\n' if !quoted => return Ok(Some(bytes)),
            b'\r' if !quoted => {
                if file.fill_buf()?.first() == Some(&b'\n') {
                    file.consume(1);
                }
                return Ok(Some(bytes));
            }
            b'"' => quoted = !quoted,
            _ => {}
        }
        bytes.push(byte);
        if bytes.len() == LONGEST_HEADER {
            return Err(ReadError::Header("the first line is too long to name columns: is this a CSV file?".into()));
        }
    }
    Ok((!bytes.is_empty()).then_some(bytes))
}
