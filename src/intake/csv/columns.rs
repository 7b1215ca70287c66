//! The columns of a CSV: their names, their order in this file, and the cells of a row under them.

use super::OTHER_SEPARATOR;
use super::record::{LARGEST_ROW, Record, Records};
use super::rows::Row;
use crate::intake::ReadError;
use crate::intake::defect::{Complaint, shown};

macro_rules! columns {
    ($($name:ident = $text:literal $need:ident),+ $(,)?) => {
        /// A column, by the name in the first line.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Column { $($name),+ }

        impl Column {
            pub(super) const ALL: &[Column] = &[$(Column::$name),+];

            pub(super) fn name(self) -> &'static str {
                match self { $(Column::$name => $text),+ }
            }

            /// Whether no row can be right without it.
            fn is_needed(self) -> bool {
                match self { $(Column::$name => columns!(@ $need)),+ }
            }
        }
    };
    (@ needed) => { true };
    (@ optional) => { false };
}

columns! {
    Iupd = "iupd" needed,
    Type = "type" needed,
    FiscalCode = "fiscalCode" needed,
    FullName = "fullName" needed,
    StreetName = "streetName" optional,
    CivicNumber = "civicNumber" optional,
    PostalCode = "postalCode" optional,
    City = "city" optional,
    Province = "province" optional,
    Country = "country" optional,
    Email = "email" optional,
    CompanyName = "companyName" needed,
    OfficeName = "officeName" optional,
    ValidityDate = "validityDate" optional,
    SwitchToExpired = "switchToExpired" optional,
    PayStandIn = "payStandIn" optional,
    Nav = "nav" optional,
    Iuv = "iuv" optional,
    Amount = "amount" needed,
    Description = "description" needed,
    IsPartialPayment = "isPartialPayment" needed,
    DueDate = "dueDate" needed,
    RetentionDate = "retentionDate" optional,
    IdTransfer = "idTransfer" needed,
    TransferAmount = "transferAmount" needed,
    OrganizationFiscalCode = "organizationFiscalCode" optional,
    TransferCompanyName = "transferCompanyName" optional,
    RemittanceInformation = "remittanceInformation" needed,
    Category = "category" needed,
    Iban = "iban" optional,
    PostalIban = "postalIban" optional,
    StampHash = "stampHash" optional,
    StampType = "stampType" optional,
    StampProvince = "stampProvince" optional,
}

impl Column {
    /// All names, as one would type them.
    pub(super) fn names() -> String {
        Column::ALL.iter().map(|column| column.name()).collect::<Vec<_>>().join(",")
    }

    /// All names for a reader, those that may be missing in brackets.
    pub(super) fn explained() -> String {
        let one = |column: &Column| match column.is_needed() {
            true => column.name().to_owned(),
            false => format!("[{}]", column.name()),
        };
        Column::ALL.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn named(name: &str) -> Option<Column> {
        Column::ALL.iter().copied().find(|column| column.name() == name)
    }

    /// The column that was probably meant. A name that is near none may be anything, also a person's: it is not shown.
    fn meant(name: &str) -> Option<Column> {
        let bare = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
        let distance = |column: &Column| strsim::levenshtein(&bare(name), &bare(column.name()));
        let nearest = Column::ALL.iter().copied().min_by_key(distance)?;
        (distance(&nearest) <= name.chars().count() / 4).then_some(nearest)
    }
}

/// Where each column stands in this file.
#[derive(Debug)]
pub(super) struct Columns {
    order: Vec<Column>,
    /// Cells of the first line, with the empty ones that spreadsheets leave at its end.
    width: usize,
    pub(super) separator: u8,
}

impl Columns {
    /// Reads the first line; also tells the separator, unless it is known.
    pub(super) fn read(header: &str, separator: Option<u8>) -> Result<Columns, ReadError> {
        let guess = if header.contains(';') { b';' } else { b',' };
        let separator = separator.unwrap_or(guess);
        if !header.contains(char::from(separator)) && header.contains('\t') {
            return Err(ReadError::Header(format!("the columns are separated by tabs; they {OTHER_SEPARATOR}")));
        }
        let mut records = Records::new(header.as_bytes(), separator, 1);
        let mut names = Vec::new();
        if let Ok(Some(record)) = records.next() {
            names.extend(record.cells.iter().map(|name| String::from_utf8_lossy(name).into_owned()));
        }
        let width = names.len();
        let named = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        names.truncate(named);
        let order: Vec<_> = names.iter().filter_map(|name| Column::named(name)).collect();
        if order.len() < names.len() {
            return Err(unknown(&names, order.is_empty()));
        }
        let columns = Columns { order, width, separator };
        columns.check()?;
        Ok(columns)
    }

    fn check(&self) -> Result<(), ReadError> {
        if let Some(twice) = Column::ALL.iter().find(|column| self.order.iter().filter(|c| c == column).count() > 1) {
            return Err(ReadError::Header(format!("the column \"{}\" is there twice", twice.name())));
        }
        let missing = |column: &&Column| column.is_needed() && !self.has(**column);
        let mut missing: Vec<_> = Column::ALL.iter().filter(missing).map(|column| column.name()).collect();
        if !self.has(Column::Nav) && !self.has(Column::Iuv) {
            missing.push("iuv (or nav)");
        }
        if !self.has(Column::Iban) && !self.has(Column::StampHash) {
            missing.push("iban (or stampHash, stampType, stampProvince)");
        }
        match missing.as_slice() {
            [] => Ok(()),
            missing => Err(ReadError::Header(format!("columns are missing: {}", missing.join(", ")))),
        }
    }

    fn has(&self, column: Column) -> bool {
        self.order.contains(&column)
    }

    /// Whether amounts may have a comma: where commas do not separate columns.
    pub(super) fn decimal_comma(&self) -> bool {
        self.separator == b';'
    }

    /// The cells of a record under their columns.
    pub(super) fn row(&self, record: &Record<'_>) -> Row {
        if self.has_open_quote(record) {
            let mut row = Row::new(record.line, record.line, false);
            row.wrong("", open_quote(record));
            return row;
        }
        let mut row = Row::new(record.line, record.last_line, self.key(record).is_some());
        if !self.fits(record) {
            let reason = format!("the row has {} cells, the first line names {}", record.cells.len(), self.order.len());
            let cure = "put a cell under each column, and in quotes whatever holds the separator";
            row.wrong("", Complaint::new(reason, cure));
            return row;
        }
        for (column, cell) in self.order.iter().zip(&record.cells) {
            let text = String::from_utf8_lossy(cell);
            if matches!(text, std::borrow::Cow::Owned(_)) {
                let cure = "save the file with the encoding UTF-8 (in a spreadsheet: CSV UTF-8)";
                row.wrong(column.name(), Complaint::new("is not UTF-8", cure));
            }
            row.set(*column, text.into_owned());
        }
        row
    }

    /// The key of a row, unless it may be another cell or another row's.
    pub(super) fn key<'r>(&self, record: &Record<'r>) -> Option<&'r str> {
        if !self.fits(record) || self.has_open_quote(record) {
            return None;
        }
        let at = self.order.iter().position(|column| *column == Column::Iupd)?;
        std::str::from_utf8(record.cells[at]).ok().filter(|key| !key.is_empty())
    }

    /// Whether a row takes in more than itself.
    pub(super) fn has_open_quote(&self, record: &Record<'_>) -> bool {
        let several = record.last_line > record.line;
        !record.complete || several && (!self.fits(record) || record.lines_below().any(|line| self.is_like_a_row(line)))
    }

    /// Whether a line looks like a row, quotes aside: there are cells enough, a key and a debtor's type in their places.
    fn is_like_a_row(&self, line: &[u8]) -> bool {
        let cells: Vec<_> = line.split(|byte| *byte == self.separator).map(bare).collect();
        let cell = |column| self.order.iter().position(|c| *c == column).and_then(|at| cells.get(at)).copied();
        cells.len() >= self.order.len()
            && cell(Column::Iupd).is_some_and(|key| !key.is_empty())
            && matches!(cell(Column::Type), Some(b"F" | b"G"))
    }

    /// Whether there is a cell under each column, and nothing beside them.
    fn fits(&self, record: &Record<'_>) -> bool {
        let columns = self.order.len();
        (columns..=self.width).contains(&record.cells.len()) && record.cells[columns..].iter().all(|c| c.is_empty())
    }
}

/// A cell without the blanks and quotes around it.
fn bare(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii();
    let cell = cell.strip_prefix(b"\"").unwrap_or(cell);
    cell.strip_suffix(b"\"").unwrap_or(cell)
}

fn open_quote(record: &Record<'_>) -> Complaint {
    let reason = match record.complete {
        true => format!("the row runs on to line {}: a quote is probably not closed", record.last_line),
        false => format!("the row is longer than {} KiB: a quote is probably not closed", LARGEST_ROW >> 10),
    };
    Complaint::new(
        reason,
        "close the quote, or double it where it belongs to the text; this line was left out, those after it were read \
         as rows of their own",
    )
}

/// What is said of names that are no columns.
fn unknown(names: &[String], all: bool) -> ReadError {
    let unknown = names.iter().enumerate().filter(|(_, name)| Column::named(name).is_none());
    let told = unknown.map(|(at, name)| match Column::meant(name) {
        Some(column) => {
            format!("column {} is called \"{}\": did you mean \"{}\"?", at + 1, shown(name), column.name())
        }
        None => format!("column {} has no known name: take it out", at + 1),
    });
    let mut told: Vec<_> = told.collect();
    if all {
        told.truncate(1);
        told.push(format!("is the first line missing? It names the columns, {}", Column::names()));
    }
    ReadError::Header(told.join("; "))
}
