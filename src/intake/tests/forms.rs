//! JSON and JSONL in all their forms, and any bytes at all.

use super::*;

#[test]
fn a_json_file_in_all_its_forms() {
    let (one, two) = (numbered(1), numbered(2));
    for (file, answer) in [
        (format!("{{\"paymentPositions\":[{one},\n{two}]}}"), vec!["1 ok TARI-1", "2 ok TARI-2"]),
        (format!("\u{FEFF}\n[{one}\n,\n{two}]\n"), vec!["2 ok TARI-1", "4 ok TARI-2"]),
        (format!("{{\"a\":{{\"b\":[1,\"]\"]}}, \"paymentPositions\" : [{one}], \"c\":null}}"), vec!["1 ok TARI-1"]),
        ("{\"paymentPositions\":[]}".into(), vec![]),
        ("[]".into(), vec![]),
        (
            format!("[{one},\n7,\n{one},{{\"iupd\":\"a\",\"iupd\":\"b\"}},{two}]"),
            vec!["1 ok TARI-1", "2  ", "3 TARI-1 iupd", "3  ", "3 ok TARI-2"],
        ),
        (format!("[{one},\n{{\"iupd\" 1}},{two}]"), vec!["1 ok TARI-1", "2  "]),
        (format!("[{one},\n]"), vec!["1 ok TARI-1", "2  "]),
        (format!("[{one}\n{two}]"), vec!["1 ok TARI-1", "2  "]),
        (format!("[{one}"), vec!["1 ok TARI-1", "1  "]),
        (format!("[{one}] x"), vec!["1 ok TARI-1", "1  "]),
        (format!("{{\"paymentPositions\":[{one}],\"paymentPositions\":[{two}]}}"), vec!["1 ok TARI-1", "1  "]),
        (String::new(), vec!["1  "]),
        ("{}".into(), vec!["1  "]),
        ("{\"positions\":[]}".into(), vec!["1  "]),
        ("7".into(), vec!["1  "]),
    ] {
        let items = load(Format::Json, file.as_bytes(), rules(Validation::Strict));
        assert_eq!(told(&items), answer, "{file} {items:?}");
    }
}

#[test]
fn broken_json_says_where() {
    let file = format!("[{},\n  {{\"iupd\": }}]", numbered(1));
    let items = load(Format::Json, file.as_bytes(), rules(Validation::Strict));
    let reason = &items[1].result.as_ref().unwrap_err()[0].reason;
    assert!(reason.starts_with("the JSON is broken at line 2, column 12: "), "{reason}");
}

#[test]
fn a_json_element_that_is_not_utf8_stands_alone() {
    let text = format!("[{},\n{{\"iupd\":\"\u{1}\"}},{}]", numbered(1), numbered(2));
    let file: Vec<u8> = text.bytes().map(|b| if b == 1 { 0xE0 } else { b }).collect();
    let items = load(Format::Json, &file, rules(Validation::Strict));
    assert_eq!(told(&items), ["1 ok TARI-1", "2  ", "2 ok TARI-2"]);
}

#[test]
fn an_endless_json_element_ends_the_reading() {
    let file = [b"[\"".to_vec(), vec![b'x'; LARGEST_POSITION + 9]].concat();
    let items = load(Format::Json, &file, rules(Validation::Strict));
    assert_eq!(told(&items), ["1  "]);
}

#[test]
fn each_line_of_a_jsonl_stands_alone() {
    let long = "x".repeat(LARGEST_POSITION + 9);
    let lines = [numbered(1).to_string(), "{".into(), String::new(), long, "null".into(), numbered(1).to_string()];
    let file = format!("\u{FEFF}{}\r\n{}", lines.join("\r\n"), numbered(2));
    let items = load(Format::Jsonl, file.as_bytes(), rules(Validation::Strict));
    assert_eq!(told(&items), ["1 ok TARI-1", "2  ", "4  ", "5  ", "6 TARI-1 iupd", "7 ok TARI-2"]);
}

#[test]
fn no_person_is_named() {
    let position = changed(&[
        ("/fiscalCode", "VRDPNC70A01Z999K".into()),
        ("/fullName", "Pancrazio Verdelli ".repeat(9).into()),
        ("/streetName", json!({"Pancrazio": "Verdelli"})),
        ("/email", "pancrazio verdelli".into()),
        ("/type", "Pancrazio".into()),
        ("/paymentOption/0/dueDate", "Pancrazio".into()),
        ("/paymentOption/0/amount", "Verdelli".into()),
        ("/paymentOption/0/nav", "Verdelli".into()),
        ("/paymentOption/0/transfer/0/iban", "VRDPNC70A01Z999J".into()),
        ("/paymentOption/0/transfer/0/idTransfer", "Verdelli".into()),
    ]);
    for validation in [Validation::Strict, Validation::Gpd] {
        let told = format!("{:?}", one(&position, rules(validation)).unwrap_err());
        assert!(!told.contains("ancrazio") && !told.contains("erdelli") && !told.contains("VRDPNC"), "{told}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_positions_or_reasons(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for format in [Format::Json, Format::Jsonl, Format::Csv] {
            if let Ok(positions) = read(format, &bytes[..], rules(Validation::Strict)) {
                for item in positions {
                    prop_assert!(item.unwrap().result.err().is_none_or(|rejections| !rejections.is_empty()));
                }
            }
        }
    }

    #[test]
    fn a_damaged_file_is_positions_or_reasons(cuts in proptest::collection::vec((0usize..2000, any::<u8>()), 1..6)) {
        let json = format!("{{\"paymentPositions\":[{},{}]}}", numbered(1), numbered(2));
        let csv = format!("{HEADER}\n{}\n{}", csv_row("A", "07000000001234573", "7.00", "1", "7.00"), csv_row("B", "x", "7", "", ""));
        for (format, text) in [(Format::Json, json), (Format::Csv, csv)] {
            let mut bytes = text.into_bytes();
            for (at, byte) in &cuts {
                let at = at % bytes.len();
                bytes[at] = *byte;
            }
            if let Ok(positions) = read(format, &bytes[..], rules(Validation::Gpd)) {
                for item in positions {
                    prop_assert!(item.unwrap().result.err().is_none_or(|rejections| !rejections.is_empty()));
                }
            }
        }
    }

    #[test]
    fn what_goes_into_a_csv_comes_out(
        name in "[^\\p{C}\\s]([^\\p{C}]{0,60}[^\\p{C}\\s])?",
        description in "[^\\p{C}\\s]([;,\" a-zàé\n]{0,100}[^\\p{C}\\s])?",
        shares in proptest::collection::vec(1i64..=19_999_999_999, 1..=5),
        days in 1i64..9000,
        semicolons: bool,
    ) {
        let total: i64 = shares.iter().sum();
        let euro = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
        let due = (now() + Duration::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let separator = if semicolons { b';' } else { b',' };
        let mut writer = ::csv::WriterBuilder::new().delimiter(separator).from_writer(vec![]);
        writer.write_record(HEADER.split(',')).unwrap();
        for (at, share) in shares.iter().enumerate() {
            writer.write_record([
                "A", "F", "VRDPNC70A01Z999J", &name, "Comune di Borgolieve", "0", "07000000001234573", &euro(total),
                &description, "no", &due, &(at + 1).to_string(), &euro(*share), &description, "0101101IM",
                "IT41P9999911111000000123456",
            ]).unwrap();
        }
        let items = load(Format::Csv, &writer.into_inner().unwrap(), rules(Validation::Strict));
        prop_assert_eq!(items.len(), 1);
        let position = items[0].result.as_ref().map_err(|r| TestCaseError::fail(format!("{r:?}")))?;
        let option = &position.options[0];
        prop_assert_eq!(&option.debtor.full_name, &name);
        prop_assert_eq!(&option.description, &description);
        prop_assert_eq!(option.amount.cents(), total);
        prop_assert_eq!(option.transfers.iter().map(|t| t.amount.cents()).collect::<Vec<_>>(), shares);
        prop_assert_eq!(option.due_date, now() + Duration::days(days));
    }
}
