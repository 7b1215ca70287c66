//! What is wrong, where, and what to do about it.
//!
//! A reason may show codes (an IBAN, a notice number, an amount) but never what names a person: these words end
//! up on screens and in reports.

use std::borrow::Cow;
use std::fmt;

/// What is wrong with a value and how it is put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What is wrong.
    pub reason: Cow<'static, str>,
    /// What to do.
    pub cure: Cow<'static, str>,
    /// What sort of fault it is.
    pub sort: Sort,
    /// Whether it is a fault of a new position only, and none of one that is there already (`gpd-api` 5.2).
    pub of_new_ones: bool,
}

/// Sorts of fault. GPD looks for them in this order, and answers each in its own way (`gpd-api` 5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// It is of another type, or no date.
    Form,
    /// A value that its property does not take.
    #[default]
    Value,
    /// It contradicts something beside it, or now.
    Congruence,
    /// A key that the system writes itself.
    Reserved,
    /// It is there twice.
    Twin,
}

impl Complaint {
    /// A reason and a cure, of a value that its property does not take.
    pub fn new(reason: impl Into<Cow<'static, str>>, cure: impl Into<Cow<'static, str>>) -> Complaint {
        Complaint { reason: reason.into(), cure: cure.into(), sort: Sort::Value, of_new_ones: false }
    }

    /// The same, of another sort.
    pub fn sorted(self, sort: Sort) -> Complaint {
        Complaint { sort, ..self }
    }

    /// The same, and whether it is a fault of a new position only.
    pub(super) fn of_new_ones(self, of_new_ones: bool) -> Complaint {
        Complaint { of_new_ones, ..self }
    }
}

/// Where in a position something is wrong, in the words of GPD's model. Prints as
/// `paymentOption[0].transfer[1].iban`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Which position of several, from 0.
    pub position: Option<usize>,
    /// Which option, from 0.
    pub option: Option<usize>,
    /// The object within it: `debtor`, in version 3.
    pub part: Option<&'static str>,
    /// Which instalment of it, from 0, in version 3.
    pub installment: Option<usize>,
    /// Which transfer of it, from 0.
    pub transfer: Option<usize>,
    /// Which entry of a metadata list: the list's name and the number from 0.
    pub entry: Option<(&'static str, usize)>,
    /// The property; empty means the element itself.
    pub field: &'static str,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.position.map(|at| format!("paymentPositions[{at}]")));
        parts.extend(self.option.map(|at| format!("paymentOption[{at}]")));
        parts.extend(self.part.map(str::to_owned));
        parts.extend(self.installment.map(|at| format!("installments[{at}]")));
        parts.extend(self.transfer.map(|at| format!("transfer[{at}]")));
        parts.extend(self.entry.map(|(list, at)| format!("{list}[{at}]")));
        parts.extend((!self.field.is_empty()).then(|| self.field.to_owned()));
        f.write_str(&parts.join("."))
    }
}

/// One thing that is wrong with a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// Where.
    pub place: Place,
    /// What, and the cure.
    pub complaint: Complaint,
}

impl Defect {
    /// A defect of the position itself.
    pub fn of(field: &'static str, complaint: Complaint) -> Defect {
        Defect { place: Place { field, ..Place::default() }, complaint }
    }
}

/// A defect as the operator reads it: a row of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The line of the file; 0 when it is not known.
    pub line: u64,
    /// The position's key, cut and cleaned for a screen; empty when it has none.
    pub iupd: String,
    /// The path of the property, or the column of a CSV.
    pub field: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub cure: String,
    /// Whether it is a fault of a new position only, and none of one that is there already (`gpd-api` 5.2).
    pub of_new_ones: bool,
}

/// A code as it may be shown in a reason: one line, of a bearable length.
pub fn shown(code: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = code.chars().take(MOST).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if code.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_something_is_wrong() {
        let at =
            |option, transfer, entry, field| Place { option, transfer, entry, field, ..Place::default() }.to_string();
        assert_eq!(at(None, None, None, "iupd"), "iupd");
        assert_eq!(at(Some(0), Some(1), None, "iban"), "paymentOption[0].transfer[1].iban");
        assert_eq!(at(Some(2), None, None, ""), "paymentOption[2]");
        assert_eq!(
            Place { position: Some(3), field: "iupd", ..Place::default() }.to_string(),
            "paymentPositions[3].iupd"
        );
        assert_eq!(
            at(Some(0), None, Some(("paymentOptionMetadata", 3)), "key"),
            "paymentOption[0].paymentOptionMetadata[3].key"
        );
        let debtor = Place { option: Some(0), part: Some("debtor"), field: "type", ..Place::default() };
        assert_eq!(debtor.to_string(), "paymentOption[0].debtor.type");
        let second = Place { option: Some(0), installment: Some(1), transfer: Some(2), ..Place::default() };
        assert_eq!(second.to_string(), "paymentOption[0].installments[1].transfer[2]");
    }

    #[test]
    fn what_is_shown_stays_on_its_line() {
        assert_eq!(shown("a\n\u{1b}[2Jb"), "a\u{FFFD}\u{FFFD}[2Jb");
        assert_eq!(shown(&"à".repeat(61)), format!("{}…", "à".repeat(60)));
    }
}
