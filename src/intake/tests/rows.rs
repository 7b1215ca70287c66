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
    for file in [
        file.clone(),
        format!("\u{FEFF}{file}"),
        file.replace('\n', "\r\n"),
        file.replace('\n', "\r"),
        file.replace(',', ";"),
    ] {
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
        (vec![good.clone(), second.clone() + ",x"], vec!["2 A iupd", "3  "]),
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
        [HEADER.as_bytes(), b"\n", rows[0].replace("TARI 2026,9", "\u{1},9").as_bytes(), b"\n", rows[1].as_bytes()]
            .concat();
    let file: Vec<u8> = file.into_iter().map(|b| if b == 1 { 0xE0 } else { b }).collect();
    let items = load(Format::Csv, &file, rules(Validation::Strict));
    assert_eq!(told(&items)[0], "2 A remittanceInformation");
    assert_eq!(told(&items).last().unwrap(), "3 ok B");
}

#[test]
fn beside_a_row_that_may_be_anyones_nothing_is_whole() {
    let [a, b, c] = [("A", "573"), ("B", "674"), ("C", "775")]
        .map(|(iupd, iuv)| csv_row(iupd, &format!("07000000001234{iuv}"), "7.00", "1", "7.00"));
    for (stray, told_of_it) in [
        ("Totale".to_owned(), "3  "),
        (b.replacen("B,", ",", 1), "3  iupd"),
        (b.replacen("B,", "\u{1},", 1), "3  iupd"),
        (b.replacen("TARI 2026,", "TARI, 2026,", 1), "3  "),
    ] {
        for (before, after, answer) in
            [(&a, &a, ["2 A iupd", told_of_it, "4 A iupd"]), (&a, &c, ["2 A iupd", told_of_it, "4 C iupd"])]
        {
            let file = format!("{HEADER}\n{before}\n{stray}\n{after}\n{b}\n");
            let file: Vec<u8> = file.bytes().map(|b| if b == 1 { 0xE0 } else { b }).collect();
            let items = load(Format::Csv, &file, rules(Validation::Strict));
            assert_eq!(told(&items), [&answer[..], &["5 ok B"]].concat(), "{items:?}");
        }
    }
}

#[test]
fn of_rows_that_stand_apart_none_is_loaded() {
    let row = |iupd: &str, iuv: &str| csv_row(iupd, &format!("07000000001234{iuv}"), "7.00", "1", "7.00");
    let rows = [row("A", "573"), row("B", "674"), row("A", "775"), row("C", "876"), "x".into(), row("C", "977")];
    let file = format!("{HEADER}\n{}", rows.join("\n"));
    let scattered = look(Format::Csv, file.as_bytes()).unwrap();
    let positions = read(Format::Csv, file.as_bytes(), rules(Validation::Strict)).unwrap().knowing(scattered);
    let items: Vec<_> = positions.map(Result::unwrap).collect();
    assert_eq!(told(&items), ["2 A iupd", "3 ok B", "4 A iupd", "5 C iupd", "6  ", "7 C iupd"]);
    let reasons = |at: usize| items[at].result.as_ref().unwrap_err()[0].reason.clone();
    assert!(reasons(0).ends_with("none of them was loaded"), "{}", reasons(0));
    assert!(reasons(3).starts_with("line 6 beside it may belong to it"), "{}", reasons(3));
}

#[test]
fn a_stray_quote_costs_one_row() {
    let row = |iupd: &str, iuv: &str| csv_row(iupd, &format!("07000000001234{iuv}"), "7.00", "1", "7.00");
    let [a, b, c, d] = [row("A", "573"), row("B", "674"), row("C", "775"), row("D", "876")];
    let open = |row: &str| row.replace("TARI 2026,false", "\"TARI 2026,false");
    for (rows, answer) in [
        (vec![a.clone(), open(&b), c.clone(), d.clone()], vec!["2 A iupd", "3  ", "4 C iupd", "5 ok D"]),
        // The next quote closes it: the right number of cells, from two rows.
        (vec![open(&a), b.clone(), open(&c), d.clone()], vec!["2  ", "3 B iupd", "3 B iupd", "4  ", "5 D iupd"]),
        (vec![open(&a), open(&c), d.clone()], vec!["2  ", "3  ", "4 D iupd"]),
        (vec![a.replace("TARI 2026,false", "\"TARI\n2026\",false"), b.clone()], vec!["2 ok A", "4 ok B"]),
        (
            vec![a.replace("TARI 2026,false", "\"TARI\n2026\",false").replace("IT41", "IT42"), b.clone()],
            vec!["2 A iban", "2 A ", "4 ok B"],
        ),
    ] {
        for end in ["\n", "\r\n", "\r"] {
            let file = format!("{HEADER}\n{}", rows.join("\n")).replace('\n', end);
            let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
            assert_eq!(told(&items), answer, "{end:?} {items:?}");
        }
    }
}

#[test]
fn a_row_without_end_costs_one_line() {
    let row = csv_row("A", "07000000001234573", "7.00", "1", "7.00");
    let last = csv_row("C", "07000000001234674", "7.00", "1", "7.00");
    let junk = "x,\n".repeat(40_000);
    let file = format!("{HEADER}\n{row}\n\n\"B,{junk}{last}\n{last}");
    let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
    let found = told(&items);
    assert_eq!((found[0].as_str(), found[1].as_str()), ("2 A iupd", "4  "));
    assert_eq!(found.last().unwrap(), "40004 C iupd", "{:?}", items.last());
    let long = format!("{HEADER}\n{row}\n{}\n{last}", "x".repeat(3 << 20));
    let items = load(Format::Csv, long.as_bytes(), rules(Validation::Strict));
    assert_eq!(told(&items), ["2 A iupd", "3  ", "4 C iupd"]);
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
        ("iupd,importo", "column 2 has no known name: take it out"),
        ("IUPD,type", "column 1 is called \"IUPD\": did you mean \"iupd\"?"),
        ("iupd,due_dates,x", "did you mean \"dueDate\"?; column 3 has no known name"),
        ("Mario Rossi,RSSMRA70A01Z999J", "column 1 has no known name: take it out; is the first line missing?"),
        ("iupd,,type", "column 2 has no known name"),
        ("iupd,iupd", "the column \"iupd\" is there twice"),
        ("iupd,type", "columns are missing: fiscalCode"),
        ("iupd\tiuv", "the columns are separated by tabs"),
        ("sep=\t\niupd\tiuv", "must be separated by , or ;"),
    ] {
        let error = read(Format::Csv, header.as_bytes(), rules(Validation::Strict)).err().unwrap();
        assert!(error.to_string().contains(words), "{header} {error}");
    }
    let named = read(Format::Csv, &b"iupd,Mario Rossi"[..], rules(Validation::Strict)).err().unwrap().to_string();
    assert!(!named.contains("Rossi"), "{named}");
    assert!(read(Format::Csv, &b"\xE0;\xE8"[..], rules(Validation::Strict)).is_err());
    assert!(read(Format::Csv, HEADER.replace(",iuv", ",nav").as_bytes(), rules(Validation::Strict)).is_ok());
}

#[test]
fn what_spreadsheets_write_around_the_headings() {
    let row = csv_row("A", "07000000001234573", "7.00", "1", "7.00");
    for (header, row) in [
        (format!("sep=,\n{HEADER}"), row.clone()),
        (format!("{HEADER},,"), row.clone() + ",,"),
        (format!("{HEADER},,"), row.clone()),
        (format!("\"{}\"", HEADER.replace(',', "\",\"")), row.clone()),
    ] {
        let file = format!("{header}\n{row}");
        let line = file.lines().count();
        let items = load(Format::Csv, file.as_bytes(), rules(Validation::Strict));
        assert_eq!(told(&items), [format!("{line} ok A")], "{items:?}");
    }
    let items = load(Format::Csv, format!("{HEADER},\n{row},x").as_bytes(), rules(Validation::Strict));
    assert_eq!(told(&items), ["2  "]);
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
