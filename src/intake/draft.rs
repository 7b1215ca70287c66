//! A position as a reader cut it out of a file, not yet judged, and the way back from its properties to lines.

use super::defect::{Complaint, Defect, Place, Rejection, shown};
use super::model;

/// A position as it was found.
#[derive(Debug)]
pub struct Draft {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Its key, when even the content could not be made out.
    pub key: Option<String>,
    /// What it says; none when it cannot be made out.
    pub content: Option<model::Position>,
    /// How it lies in the file.
    pub layout: Layout,
    /// What is wrong with the way it is written: line, field and complaint.
    pub written_wrongly: Vec<(u64, &'static str, Complaint)>,
    /// First and last line of each row of a CSV that takes several: right as such, and suspect once something is wrong.
    pub long_rows: Vec<(u64, u64)>,
}

/// How a position lies in its file.
#[derive(Debug)]
pub enum Layout {
    /// One JSON object.
    Object,
    /// Several rows of a CSV: for each option its first line and the lines of its transfers.
    Rows(Vec<(u64, Vec<u64>)>),
}

impl Draft {
    /// A JSON object that was read.
    pub fn object(line: u64, content: model::Position) -> Draft {
        let (written_wrongly, long_rows) = (vec![], vec![]);
        Draft { line, key: None, content: Some(content), layout: Layout::Object, written_wrongly, long_rows }
    }

    /// Something that is no position.
    pub fn broken(line: u64, complaint: Complaint) -> Draft {
        let written_wrongly = vec![(line, "", complaint)];
        Draft { line, key: None, content: None, layout: Layout::Object, written_wrongly, long_rows: vec![] }
    }

    /// The position's key, as far as it is known.
    pub fn iupd(&self) -> Option<&str> {
        let content = self.content.as_ref().and_then(|content| content.iupd.value()).map(String::as_str);
        content.or(self.key.as_deref()).filter(|iupd| !iupd.is_empty())
    }

    /// What is wrong with the way it is written.
    pub fn faults(&self) -> Vec<Rejection> {
        let rejection = |(line, field, complaint): &(u64, &'static str, Complaint)| {
            self.rejection(*line, (*field).to_owned(), complaint.clone())
        };
        self.written_wrongly.iter().map(rejection).collect()
    }

    /// What is said of rows that take several lines, when something is wrong with the position.
    pub fn suspicions(&self) -> impl Iterator<Item = Rejection> {
        self.long_rows.iter().map(|(line, last)| {
            let reason = format!("the row runs on to line {last}: if it should not, a quote is not closed");
            self.rejection(*line, String::new(), Complaint::new(reason, "close the quote, or double it in a text"))
        })
    }

    /// A defect of its content as the operator reads it.
    pub fn reject(&self, defect: Defect) -> Rejection {
        let (line, field) = match &self.layout {
            Layout::Object => (self.line, defect.place.to_string()),
            Layout::Rows(options) => (line_of(&defect.place, options, self.line), column_of(&defect.place).to_owned()),
        };
        self.rejection(line, field, defect.complaint)
    }

    fn rejection(&self, line: u64, field: String, complaint: Complaint) -> Rejection {
        Rejection {
            line,
            iupd: self.iupd().map(shown).unwrap_or_default(),
            field,
            reason: complaint.reason.into_owned(),
            cure: complaint.cure.into_owned(),
            of_new_ones: complaint.of_new_ones,
        }
    }
}

impl Layout {
    /// What is said of a position whose key came before in the same file.
    pub fn told_before(&self) -> Complaint {
        match self {
            Layout::Object => Complaint::new(
                "the same iupd came before in this file",
                "give each position an iupd of its own, and keep only one with this iupd",
            ),
            Layout::Rows(_) => Complaint::new(
                "this row stands apart from the earlier rows of the same iupd, which may have been loaded without it",
                "sort the file so that all rows of an iupd stand together, and load it again: that completes the position",
            ),
        }
    }

    /// What is said of a position whose rows do not stand together.
    pub fn told_scattered() -> Complaint {
        Complaint::new(
            "the rows of this iupd do not stand together, so none of them was loaded",
            "sort the file so that all rows of an iupd stand together",
        )
    }
}

fn line_of(place: &Place, options: &[(u64, Vec<u64>)], first: u64) -> u64 {
    let Some((line, transfers)) = place.option.and_then(|at| options.get(at)) else { return first };
    place.transfer.and_then(|at| transfers.get(at)).copied().unwrap_or(*line)
}

/// The column in which a property of the model stands.
fn column_of(place: &Place) -> &'static str {
    match (place.transfer, place.field) {
        (Some(_), "amount") => "transferAmount",
        (Some(_), "companyName") => "transferCompanyName",
        (_, "stamp") | (_, "stamp.hashDocument") => "stampHash",
        (_, "stamp.stampType") => "stampType",
        (_, "stamp.provincialResidence") => "stampProvince",
        (_, "transfer") => "idTransfer",
        (_, "paymentOption") => "iuv",
        (_, field) => field,
    }
}
