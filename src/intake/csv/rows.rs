//! From rows to a position: what belongs to the position and to an option is said again in each row, and must agree.

use super::columns::{Column, Columns};
use crate::intake::dates;
use crate::intake::defect::Complaint;
use crate::intake::draft::{Draft, Layout};
use crate::intake::given::Given;
use crate::intake::model;

/// What all rows of a position say alike.
const POSITION: &[Column] = &[
    Column::Iupd,
    Column::Type,
    Column::FiscalCode,
    Column::FullName,
    Column::StreetName,
    Column::CivicNumber,
    Column::PostalCode,
    Column::City,
    Column::Province,
    Column::Country,
    Column::Email,
    Column::CompanyName,
    Column::OfficeName,
    Column::ValidityDate,
    Column::SwitchToExpired,
    Column::PayStandIn,
];

/// What all rows of an option say alike.
const OPTION: &[Column] = &[
    Column::Nav,
    Column::Iuv,
    Column::Amount,
    Column::Description,
    Column::IsPartialPayment,
    Column::DueDate,
    Column::RetentionDate,
];

/// One row, its cells by column.
pub(super) struct Row {
    line: u64,
    last_line: u64,
    /// Whether its key is its own. A row that is shifted, or has no key, may belong to any position.
    trusted: bool,
    cells: Vec<String>,
    wrong: Vec<(u64, &'static str, Complaint)>,
}

impl Row {
    pub(super) fn new(line: u64, last_line: u64, trusted: bool) -> Row {
        Row { line, last_line, trusted, cells: vec![String::new(); Column::ALL.len()], wrong: vec![] }
    }

    pub(super) fn set(&mut self, column: Column, text: String) {
        self.cells[column as usize] = text;
    }

    pub(super) fn wrong(&mut self, field: &'static str, complaint: Complaint) {
        self.wrong.push((self.line, field, complaint));
    }

    /// Its line, when it may belong to any position.
    pub(super) fn doubtful(&self) -> Option<u64> {
        (!self.trusted).then_some(self.line)
    }

    fn bytes(&self) -> usize {
        self.cells.iter().map(String::len).sum()
    }

    fn cell(&self, column: Column) -> &str {
        &self.cells[column as usize]
    }

    /// An empty cell is no value.
    fn text(&self, column: Column) -> Given<String> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty()).map(str::to_owned).into()
    }

    fn read<T>(&self, column: Column, read: impl FnOnce(&str) -> Result<T, Complaint>) -> Given<T> {
        match self.cell(column) {
            "" => Given::Absent,
            cell => read(cell).into(),
        }
    }

    /// What tells options apart: the IUV, or the notice without its first digit.
    fn reference(&self) -> &str {
        match self.cell(Column::Iuv) {
            "" => iuv_of(self.cell(Column::Nav)),
            iuv => iuv,
        }
    }
}

/// The rows of one position.
pub(super) struct Group {
    rows: Vec<Row>,
    bytes: usize,
    too_many: bool,
}

impl Group {
    pub(super) fn new(first: Row) -> Group {
        Group { bytes: first.bytes(), rows: vec![first], too_many: false }
    }

    /// Whether a row belongs here. Rows without a key belong to nobody.
    pub(super) fn owns(&self, row: &Row) -> bool {
        let first = &self.rows[0];
        first.trusted && row.trusted && first.cell(Column::Iupd) == row.cell(Column::Iupd)
    }

    /// The line of its only row, when that may belong to any position.
    pub(super) fn doubtful(&self) -> Option<u64> {
        self.rows[0].doubtful()
    }

    /// Adds a row; beyond the most that fit they are only counted out.
    pub(super) fn add(&mut self, row: Row, most: usize, most_bytes: usize) {
        if self.rows.len() < most && self.bytes + row.bytes() <= most_bytes {
            self.bytes += row.bytes();
            self.rows.push(row);
        } else {
            self.too_many = true;
        }
    }

    /// Says that a row beside these, by its line, may be one of them; or that the file cannot be read after them.
    pub(super) fn cut_off(&mut self, beside: Option<u64>) {
        if !self.rows[0].trusted {
            return;
        }
        let complaint = match beside {
            Some(line) => Complaint::new(
                format!("line {line} beside it may belong to it, so nobody knows whether this position is whole"),
                format!("correct line {line}, and load the file again"),
            ),
            None => Complaint::new(
                "what follows cannot be read, so nobody knows whether this position is whole",
                "load the file again",
            ),
        };
        self.rows[0].wrong("iupd", complaint);
    }

    /// The position these rows make.
    pub(super) fn draft(mut self, columns: &Columns) -> Draft {
        let mut wrong: Vec<_> = self.rows.iter_mut().flat_map(|row| std::mem::take(&mut row.wrong)).collect();
        let first = &self.rows[0];
        let long_rows = self.rows.iter().filter(|row| row.last_line > row.line);
        let long_rows: Vec<_> = long_rows.map(|row| (row.line, row.last_line)).collect();
        if self.too_many {
            let reason = format!("has more than the {} rows that fit", self.rows.len());
            wrong.push((first.line, "iupd", Complaint::new(reason, "split the position, or load it as JSON")));
        }
        if !wrong.is_empty() {
            let key = first.trusted.then(|| first.cell(Column::Iupd).to_owned());
            let layout = Layout::Rows(vec![]);
            return Draft { line: first.line, key, content: None, layout, written_wrongly: wrong, long_rows };
        }
        self.rows[1..].iter().for_each(|row| disagreements(first, row, POSITION, &mut wrong));
        let options = self.options();
        for option in &options {
            option[1..].iter().for_each(|row| disagreements(option[0], row, OPTION, &mut wrong));
        }
        let lines = options.iter().map(|rows| (rows[0].line, rows.iter().map(|row| row.line).collect())).collect();
        let mut content = position(first);
        content.payment_option = Given::Value(options.iter().map(|rows| Given::Value(option(rows, columns))).collect());
        Draft {
            line: first.line,
            key: None,
            content: Some(content),
            layout: Layout::Rows(lines),
            written_wrongly: wrong,
            long_rows,
        }
    }

    /// The rows by option, in the order in which the options first appear.
    fn options(&self) -> Vec<Vec<&Row>> {
        let mut options: Vec<Vec<&Row>> = Vec::new();
        for row in &self.rows {
            match options.iter_mut().find(|option| option[0].reference() == row.reference()) {
                Some(option) => option.push(row),
                None => options.push(vec![row]),
            }
        }
        options
    }
}

fn disagreements(first: &Row, row: &Row, columns: &[Column], wrong: &mut Vec<(u64, &'static str, Complaint)>) {
    for column in columns {
        if first.cell(*column) != row.cell(*column) {
            let reason = format!("differs from line {}, which belongs together with this one", first.line);
            let cure = "write the same value in all rows of the position, or of the option";
            wrong.push((row.line, column.name(), Complaint::new(reason, cure)));
        }
    }
}

fn position(row: &Row) -> model::Position {
    model::Position {
        iupd: row.text(Column::Iupd),
        kind: row.text(Column::Type),
        pay_stand_in: row.read(Column::PayStandIn, flag),
        fiscal_code: row.text(Column::FiscalCode),
        full_name: row.text(Column::FullName),
        street_name: row.text(Column::StreetName),
        civic_number: row.text(Column::CivicNumber),
        postal_code: row.text(Column::PostalCode),
        city: row.text(Column::City),
        province: row.text(Column::Province),
        country: row.text(Column::Country),
        email: row.text(Column::Email),
        // Not optional in GPD's JSON, but `false` is what it means to say nothing (`domain` 5).
        switch_to_expired: match row.read(Column::SwitchToExpired, flag) {
            Given::Absent => Given::Value(false),
            given => given,
        },
        company_name: row.text(Column::CompanyName),
        office_name: row.text(Column::OfficeName),
        validity_date: row.read(Column::ValidityDate, date),
        ..model::Position::default()
    }
}

fn option(rows: &[&Row], columns: &Columns) -> model::PaymentOption {
    let row = rows[0];
    model::PaymentOption {
        nav: row.text(Column::Nav),
        iuv: Some(row.reference()).filter(|iuv| !iuv.is_empty()).map(str::to_owned).into(),
        amount: row.read(Column::Amount, |cell| cents(cell, columns.decimal_comma())),
        description: row.text(Column::Description),
        is_partial_payment: row.read(Column::IsPartialPayment, flag),
        due_date: row.read(Column::DueDate, date),
        retention_date: row.read(Column::RetentionDate, date),
        transfer: Given::Value(rows.iter().map(|row| Given::Value(transfer(row, columns))).collect()),
        ..model::PaymentOption::default()
    }
}

fn transfer(row: &Row, columns: &Columns) -> model::Transfer {
    model::Transfer {
        id_transfer: row.text(Column::IdTransfer),
        amount: row.read(Column::TransferAmount, |cell| cents(cell, columns.decimal_comma())),
        organization_fiscal_code: row.text(Column::OrganizationFiscalCode),
        company_name: row.text(Column::TransferCompanyName),
        remittance_information: row.text(Column::RemittanceInformation),
        category: row.text(Column::Category),
        iban: row.text(Column::Iban),
        postal_iban: row.text(Column::PostalIban),
        stamp: stamp(row),
        transfer_metadata: Given::Absent,
    }
}

fn stamp(row: &Row) -> Given<model::Stamp> {
    let stamp = model::Stamp {
        hash_document: row.text(Column::StampHash),
        stamp_type: row.text(Column::StampType),
        provincial_residence: row.text(Column::StampProvince),
    };
    if stamp == model::Stamp::default() { Given::Absent } else { Given::Value(stamp) }
}

/// The IUV of a notice of eighteen digits that begins with 3; nothing for any other.
fn iuv_of(nav: &str) -> &str {
    if nav.len() == 18 && nav.bytes().all(|b| b.is_ascii_digit()) { nav.strip_prefix('3').unwrap_or("") } else { "" }
}

/// Euro with two decimals, in cents. A bare `120` could be either unit: it is asked for again.
fn cents(cell: &str, decimal_comma: bool) -> Result<i64, Complaint> {
    const SHAPE: &str = "must be euro with two decimals";
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits(cell) {
        return Err(Complaint::new(
            SHAPE,
            match cell.len() {
                // A longer number is no amount, and may be a document's.
                ..=9 => format!("write {cell}.00 if these are euro"),
                _ => "write it as 120.00 if these are euro".to_owned(),
            },
        ));
    }
    let separator = if decimal_comma && cell.contains(',') { ',' } else { '.' };
    match cell.split_once(separator) {
        Some((euro, cents)) if digits(euro) && digits(cents) && cents.len() == 2 => format!("{euro}{cents}")
            .parse()
            .map_err(|_| Complaint::new("is larger than any amount can be", "correct the amount")),
        _ if cell.contains(',') && !decimal_comma => Err(Complaint::new(
            "has a comma in a file whose columns are separated by commas",
            "write it with a dot, as 120.50, or separate the columns with ;",
        )),
        _ => Err(Complaint::new(SHAPE, "write it as 120.50, without sign, currency or separators of thousands")),
    }
}

/// Yes or no, as people and spreadsheets write it.
fn flag(cell: &str) -> Result<bool, Complaint> {
    match cell.to_lowercase().as_str() {
        "true" | "1" | "yes" | "on" | "vero" | "si" | "sì" => Ok(true),
        "false" | "0" | "no" | "off" | "falso" => Ok(false),
        _ => Err(Complaint::new("must be true or false", "write true or false")),
    }
}

/// A date-time as GPD has it, or a day, which means its last second in Italy. Comes out as GPD has it.
fn date(cell: &str) -> Result<String, Complaint> {
    if let Some(instant) = dates::day(cell).and_then(dates::end_of_day) {
        return Ok(instant);
    }
    dates::moment(cell).map(|_| cell.to_owned()).map_err(|_| {
        Complaint::new(
            "must be a day, or a date-time in UTC",
            "write it as 2026-12-31 (until midnight in Italy) or 2026-12-31T22:59:59",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_amounts_are_written() {
        for (cell, comma, semicolon) in [
            ("120.50", Some(12_050), Some(12_050)),
            ("120,50", None, Some(12_050)),
            ("0.01", Some(1), Some(1)),
            ("120", None, None),
            ("120.5", None, None),
            ("120.500", None, None),
            ("1.200,50", None, None),
            ("1,200.50", None, None),
            ("-1.00", None, None),
            ("+1.00", None, None),
            ("€ 1.00", None, None),
            (".50", None, None),
            ("92233720368547758.07", Some(i64::MAX), Some(i64::MAX)),
            ("92233720368547758.08", None, None),
        ] {
            assert_eq!(cents(cell, false).ok(), comma, "{cell}");
            assert_eq!(cents(cell, true).ok(), semicolon, "{cell}");
        }
        assert_eq!(cents("120", false).unwrap_err().cure, "write 120.00 if these are euro");
        assert_eq!(cents(&"9".repeat(99), false).unwrap_err().cure, "write it as 120.00 if these are euro");
    }

    #[test]
    fn yes_and_no_have_many_names() {
        for (cell, read) in [
            ("true", Some(true)),
            ("VERO", Some(true)),
            ("1", Some(true)),
            ("Sì", Some(true)),
            ("False", Some(false)),
            ("falso", Some(false)),
            ("0", Some(false)),
            ("no", Some(false)),
            ("2", None),
            ("perhaps", None),
        ] {
            assert_eq!(flag(cell).ok(), read, "{cell}");
        }
    }

    #[test]
    fn a_day_is_its_last_second() {
        assert_eq!(date("2026-07-01").as_deref(), Ok("2026-07-01T21:59:59"));
        assert_eq!(date("2026-07-01T10:00Z").as_deref(), Ok("2026-07-01T10:00Z"));
        assert!(date("01/07/2026").is_err() && date("2026-07-01T10:00+02:00").is_err());
    }
}
