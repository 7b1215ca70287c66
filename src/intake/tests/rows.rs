//! CSV: rows, headings, lines.

use super::*;

#[test]
fn rows_make_positions() {
    let file = [
        HEADER.to_owned(),
        csv_row("A", "07000000001234573", "120.50", "1", "120.00"),
        csv_row("A", "07000000001234573", "120.50", "2", "0.50"),
        csv_row("A", "07000000001234674", "7.00", "1", "7.00"),
        String::new(),
        csv_row("B", "07000000001234775", "7.00", "1", "7.00"),
        ",,,,,,,,,,,,,,,".into(),
    ]
    .join("\n");
    for file in [file.clone(), format!("\u{FEFF}{file}"), file.replace('\n', "\r\n"), file.replace(',', ";")] {
        let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
        assert_eq!(told(&items), ["2 ok A", "6 ok B"], "{items:?}");
        let position = items[0].result.as_ref().unwrap();
        assert_eq!(position.options.iter().map(|o| o.amount.cents()).collect::<Vec<_>>(), [12_050, 700]);
        assert_eq!(position.options[0].transfers[1].amount.cents(), 50);
        assert_eq!(position.options[0].due_date.to_rfc3339(), "2026-12-31T22:59:59+00:00");
    }
}

#[test]
fn a_defect_is_told_by_line_and_column() {
    let good = csv_row("A", "07000000001234573", "120.50", "1", "120.00");
    let second = csv_row("A", "07000000001234573", "120.50", "2", "0.50");
    let other = csv_row("A", "07000000001234674", "7.00", "1", "7.00");
    for (rows, answer) in [
        (vec![good.clone(), second.replace(",2,0.50", ",2,0.51")], vec!["2 A amount"]),
        (vec![good.clone(), second.replace("IT41", "IT42")], vec!["3 A iban"]),
        (
            vec![good.clone(), second.clone(), other.replace(",7.00,TARI 2026,9", ",7,TARI 2026,9")],
            vec!["4 A transferAmount"],
        ),
        (vec![good.clone(), second.replace(",2,0.50", ",1,0.50")], vec!["3 A idTransfer"]),
        (vec![good.clone(), second.replace(",F,", ",G,")], vec!["3 A type"]),
        (vec![good.clone(), second.replace("2026-12-31", "2026-12-30")], vec!["3 A dueDate"]),
        (vec![good.clone(), second.clone() + ",x"], vec!["3 A "]),
        (
            vec![good.clone(), second.clone(), csv_row("B", "07000000001234775", "7.00", "1", "7.00"), other.clone()],
            vec!["2 ok A", "4 ok B", "5 A iupd"],
        ),
        (vec![other.replace("A,F", ",F"), other.replace("A,F", ",F")], vec!["2  iupd", "3  iupd"]),
        (vec![other.replace("2026-12-31", "31/12/2026")], vec!["2 A dueDate"]),
        (vec![other.replace("false,07", "maybe,07")], vec!["2 A switchToExpired"]),
        (vec![other.replace("false,07", ",07")], vec!["2 ok A"]),
    ] {
        let file = format!("{HEADER}\n{}", rows.join("\n"));
        let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
        assert_eq!(told(&items), answer, "{items:?}");
    }
}

#[test]
fn a_row_that_is_not_utf8_stands_alone() {
    let rows = [
        csv_row("A", "07000000001234573", "7.00", "1", "7.00"),
        csv_row("B", "07000000001234674", "7.00", "1", "7.00"),
    ];
    let file =
        [HEADER.as_bytes(), b"\n", rows[0].replace("TARI 2026,9", "\u{1}").as_bytes(), b"\n", rows[1].as_bytes()]
            .concat();
    let file: Vec<u8> = file.into_iter().map(|b| if b == 1 { 0xE0 } else { b }).collect();
    let items = load(Format::Csv, &file, rules(Validation::Strict));
    assert_eq!(told(&items)[0], "2 A remittanceInformation");
    assert_eq!(told(&items).last().unwrap(), "3 ok B");
}

#[test]
fn a_quote_that_is_never_closed_ends_the_reading() {
    let row = csv_row("A", "07000000001234573", "7.00", "1", "7.00");
    let file = format!("{HEADER}\n{row}\n\"B,{}", "x,\n".repeat(LARGEST_POSITION / 2));
    let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
    assert_eq!(told(&items), ["2 A iupd", "3  "]);
}

#[test]
fn a_position_of_too_many_rows_is_refused() {
    let rows: Vec<_> =
        (0..1500).map(|at| csv_row("A", &format!("0700000000123{at:04}"), "7.00", "1", "7.00")).collect();
    let file = format!("{HEADER}\n{}\n{}", rows.join("\n"), csv_row("B", "07000000001234573", "7.00", "1", "7.00"));
    let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
    assert_eq!(told(&items), ["2 A iupd", "1502 ok B"]);
}

#[test]
fn which_headings_are_refused() {
    for (header, words) in [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("iupd,importo", "unknown column \"importo\""),
        ("IUPD,type", "did you mean \"iupd\"?"),
        ("iupd,dueDates", "did you mean \"dueDate\"?"),
        ("iupd,,type", "unknown column \"\""),
        ("iupd,iupd", "the column \"iupd\" is there twice"),
        ("iupd,type", "columns are missing: fiscalCode"),
        ("iupd\tiuv", "unknown column"),
    ] {
        let error = read(Format::Csv, header.as_bytes(), rules(Validation::Strict)).err().unwrap();
        assert!(error.to_string().contains(words), "{header} {error}");
    }
    assert!(read(Format::Csv, &b"\xE0;\xE8"[..], rules(Validation::Strict)).is_err());
    assert!(read(Format::Csv, HEADER.replace(",iuv", ",nav").as_bytes(), rules(Validation::Strict)).is_ok());
}

#[test]
fn a_notice_number_alone_is_enough() {
    let row = csv_row("A", "307000000001234573", "7.00", "1", "7.00");
    let file = format!("{}\n{row}", HEADER.replace(",iuv", ",nav"));
    let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
    let option = &items[0].result.as_ref().unwrap().options[0];
    assert_eq!((option.nav.as_str(), option.iuv.as_str()), ("307000000001234573", "07000000001234573"));
}

/// A long file that is made while it is read.
struct Generated {
    next: usize,
    rows: usize,
    line: std::io::Cursor<Vec<u8>>,
}

impl io::Read for Generated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.line.read(buffer)?;
        if read > 0 || self.next == self.rows {
            return Ok(read);
        }
        let base = format!("307{:013}", self.next);
        let iuv = format!("{}{}", &base[1..], crate::domain::codes::check_digits(&base));
        let row = csv_row(&format!("TARI-{}", self.next), &iuv, "7.00", "1", "7.00") + "\n";
        self.next += 1;
        self.line = std::io::Cursor::new(row.into_bytes());
        self.line.read(buffer)
    }
}

#[test]
fn a_long_file_is_read_as_it_comes() {
    let header = std::io::Cursor::new(format!("{HEADER}\n").into_bytes());
    let file = io::BufReader::new(Generated { next: 0, rows: 20_000, line: header });
    let positions = read(Format::Csv, file, rules(Validation::Strict)).unwrap();
    assert_eq!(positions.filter(|item| item.as_ref().is_ok_and(|item| item.result.is_ok())).count(), 20_000);
}
