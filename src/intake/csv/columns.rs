//! The columns of a CSV: their names, their order in this file, and the cells of a row under them.

use super::record::{Record, Records};
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

    fn named(name: &str) -> Result<Column, ReadError> {
        let found = Column::ALL.iter().copied().find(|column| column.name() == name);
        found.ok_or_else(|| {
            let distance = |column: &&Column| strsim::levenshtein(&name.to_lowercase(), &column.name().to_lowercase());
            let nearest = Column::ALL.iter().min_by_key(distance);
            let guess = nearest.map_or("", |column| column.name());
            ReadError::Header(format!("unknown column \"{}\": did you mean \"{guess}\"?", shown(name)))
        })
    }
}

/// Where each column stands in this file.
#[derive(Debug)]
pub(super) struct Columns {
    order: Vec<Column>,
    /// Whether amounts may have a comma: where commas do not separate columns.
    pub(super) decimal_comma: bool,
}

impl Columns {
    /// Reads the first line; also tells the separator.
    pub(super) fn read(header: &str) -> Result<(Columns, u8), ReadError> {
        let separator = if header.contains(';') { b';' } else { b',' };
        let mut records = Records::new(header.as_bytes(), separator, 1);
        let mut order = Vec::new();
        if let Ok(Some(record)) = records.next() {
            for name in record.cells {
                order.push(Column::named(&String::from_utf8_lossy(name))?);
            }
        }
        let columns = Columns { order, decimal_comma: separator == b';' };
        columns.check()?;
        Ok((columns, separator))
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

    /// The cells of a record under their columns.
    pub(super) fn row(&self, record: &Record<'_>) -> Row {
        let mut row = Row::new(record.line);
        for (column, cell) in self.order.iter().zip(&record.cells) {
            let text = String::from_utf8_lossy(cell);
            if matches!(text, std::borrow::Cow::Owned(_)) {
                let cure = "save the file with the encoding UTF-8 (in a spreadsheet: CSV UTF-8)";
                row.wrong(column.name(), Complaint::new("is not UTF-8", cure));
            }
            row.set(*column, text.into_owned());
        }
        if record.cells.len() != self.order.len() {
            row.wrong(
                "",
                Complaint::new(
                    format!("the row has {} cells, the first line names {}", record.cells.len(), self.order.len()),
                    "put a cell under each column, and in quotes whatever holds the separator",
                ),
            );
        }
        row
    }
}
