//! `{"paymentPositions":[…]}` of any size, or the bare list, one position in memory at a time.
//!
//! The file is cut into its elements, which are read by serde. So a wrong type spoils one position only, while broken
//! syntax, after which nothing is certain, ends the reading and says where.

use std::io::BufRead;

use super::defect::Complaint;
use super::draft::Draft;
use super::elements::{Element, Elements, Shape, Stop, broken};
use super::given::Given;
use super::{ReadError, lists, model};

/// The positions of a JSON file.
pub(super) struct Reader<R> {
    elements: Elements<R>,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(file: R) -> Reader<R> {
        let shape = Shape { list: "paymentPositions", strict: false };
        Reader { elements: Elements::new(file, shape), ended: false }
    }

    fn draft(&mut self) -> Result<Option<Draft>, Stop> {
        if self.ended {
            return Ok(None);
        }
        let Some(Element { raw, line, column }) = self.elements.element()? else { return Ok(None) };
        let Ok(text) = std::str::from_utf8(&raw) else { return Ok(Some(Draft::broken(line, not_utf8()))) };
        if let Err(complaint) = lists::are_bounded(text) {
            return Ok(Some(Draft::broken(line, complaint)));
        }
        let position = serde_json::from_str(text).map_err(|error| broken(&error, line, column))?;
        Ok(Some(of_position(line, position)))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Draft, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.draft() {
            Ok(draft) => draft.map(Ok),
            Err(stop) => {
                self.ended = true;
                Some(match stop {
                    Stop::Io(error) => Err(error.into()),
                    Stop::Broken { line, column, what } => Ok(Draft::broken(line, broken_file(line, column, &what))),
                })
            }
        }
    }
}

/// A draft of what serde made of an element.
pub(super) fn of_position(line: u64, position: Given<model::Position>) -> Draft {
    match position {
        Given::Value(position) => Draft::object(line, position),
        Given::Wrong(complaint) => Draft::broken(line, complaint),
        Given::Absent => Draft::broken(line, Complaint::new("must be an object, not null", "take it out of the list")),
    }
}

/// What is said of bytes that are no text.
pub(super) fn not_utf8() -> Complaint {
    Complaint::new("is not UTF-8", "save the file with the encoding UTF-8")
}

fn broken_file(line: u64, column: u64, what: &str) -> Complaint {
    Complaint::new(
        format!("the JSON is broken at line {line}, column {column}: {what}; nothing from here on was read"),
        "correct the file and load it again: what was loaded before stays as it is",
    )
}
