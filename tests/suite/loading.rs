//! Positions from files, with the real binary, to the answers that the Node then hears.

use std::path::Path;
use std::process::{Command, Output};

use crate::given::{self, NAV, OTHER_NAV};
use crate::station::Station;

const REGISTRY: &str = r#"{"organizations": [{"fiscalCode": "99000001018", "companyName": "Comune di Borgolieve",
    "officeName": "Ufficio Tributi", "stations": [{"idStation": "99000001018_01", "idBroker": "99000001018",
    "auxDigit": 3, "segregationCode": "07", "broadcast": false}]}]}"#;

const HEADER: &str = "iupd,type,fiscalCode,fullName,companyName,officeName,nav,amount,description,isPartialPayment,dueDate,\
    idTransfer,transferAmount,remittanceInformation,category,iban,postalIban,stampHash,stampType,stampProvince";

/// A row of one transfer with a bank account.
fn row(iupd: &str, nav: &str, amount: &str, transfer: &str, cents: &str) -> String {
    format!(
        "{iupd},F,VRDPNC70A01Z999J,Pancrazio Verdelli,Comune di Borgolieve,Ufficio Tributi,{nav},{amount},TARI 2026,false,\
         2030-12-31,{transfer},{cents},TARI 2026,0101101IM,IT41P9999911111000000123456,,,,"
    )
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ec-station"))
        .args(arguments)
        .current_dir(folder)
        .env("EC_STATION_DATABASE_URL", "sqlite://ec-station.db")
        .output()
        .unwrap()
}

/// Runs a command and gives its exit code and what it wrote.
fn told(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run(folder, arguments);
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), text)
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

#[test]
fn from_a_file_to_the_nodes_answer() {
    // The station runs while its operators load: it needs no restart.
    let station = Station::spawn();
    let folder = station.folder();
    let rows = [
        HEADER.to_owned(),
        row("A", NAV, "120.50", "1", "120.50"),
        row("B", OTHER_NAV, "116.00", "1", "100.00"),
        row("B", OTHER_NAV, "116.00", "2", "16.00")
            .replace("IT41P9999911111000000123456,,,,", &format!(",,{},01,RM", given::HASH)),
    ];
    write(folder, "positions.csv", &rows.join("\n"));
    let load = ["load", "positions.csv", "--organization", given::COMUNE];

    let (code, text) = told(folder, &load);
    assert_eq!((code, text.contains("2 created")), (0, true), "{text}");
    assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_SCONOSCIUTO", "a draft is not there yet");

    let publish = [&load[..], &["--publish"]].concat();
    assert!(told(folder, &publish).1.contains("2 updated"));
    let verify = station.post(given::verify(NAV));
    // The end of that day in Rome is still that day in UTC.
    assert_eq!(
        (verify.element("amount"), verify.element("dueDate")),
        (Some("120.50".into()), Some("2030-12-31".into()))
    );
    let get = station.post(given::get_v2(OTHER_NAV, ""));
    assert_eq!(get.elements("transferAmount"), ["100.00", "16.00"]);
    assert_eq!(get.element("hashDocumento").as_deref(), Some(given::HASH));

    let (code, text) = told(folder, &publish);
    assert_eq!((code, text.contains("2 unchanged")), (0, true), "the same file again changes nothing: {text}");

    // Paid since: the same file still changes nothing, another content is refused.
    assert_eq!(station.post(given::a_receipt_for(NAV).v1()).outcome(), "OK");
    assert!(told(folder, &publish).1.contains("2 unchanged"));
    write(folder, "changed.csv", &rows.join("\n").replace("TARI 2026,false", "TARI 2027,false"));
    let (code, text) = told(folder, &["load", "changed.csv", "--organization", given::COMUNE, "--publish"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("1 updated") && text.contains("is PAID"), "{text}");
    assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
    assert_eq!(station.post(given::verify(OTHER_NAV)).element("paymentDescription").as_deref(), Some("TARI 2027"));
}

#[test]
fn what_is_wrong_is_told_and_the_rest_is_loaded() {
    let station = Station::spawn();
    let folder = station.folder();
    let rows = [
        HEADER.to_owned(),
        row("A", NAV, "120.50", "1", "120.50"),
        row("B", OTHER_NAV, "120", "1", "120.50"),
        row("C", "307000000001234776", "1.00", "1", "1.00"),
        row("D", "307000000001234775", "1.00", "1", "2.00"),
    ];
    write(folder, "positions.csv", &rows.join("\r\n"));
    let arguments = ["load", "positions.csv", "--organization", given::COMUNE, "--publish", "--rejects", "rejects.csv"];
    let (code, text) = told(folder, &arguments);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("1 created") && text.contains("3 rejected"), "{text}");
    assert!(!text.contains("Verdelli") && !text.contains("VRDPNC"), "people are not named: {text}");
    let rejects = std::fs::read_to_string(folder.join("rejects.csv")).unwrap();
    for (line, field) in [(3, "amount"), (4, "nav"), (5, "amount")] {
        let named = rejects.lines().any(|reject| reject.starts_with(&format!("{line},")) && reject.contains(field));
        assert!(named, "line {line}, {field}:\n{rejects}");
    }
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
    assert_eq!(station.post(given::verify(OTHER_NAV)).outcome(), "PAA_PAGAMENTO_SCONOSCIUTO");
}

#[test]
fn no_half_position_is_published() {
    let station = Station::spawn();
    let folder = station.folder();
    let rows = [
        HEADER.to_owned(),
        row("A", NAV, "120.50", "1", "120.50"),
        row("B", OTHER_NAV, "116.00", "1", "116.00"),
        row("A", "307000000001234775", "1.00", "1", "1.00"),
        row("C", "307000000001234876", "1.00", "1", "1.00"),
        "Pancrazio,Verdelli".into(),
        row("C", "307000000001234977", "1.00", "1", "1.00"),
    ];
    write(folder, "positions.csv", &rows.join("\r"));
    let (code, text) = told(folder, &["load", "positions.csv", "--organization", given::COMUNE, "--publish"]);
    assert_eq!((code, text.contains("1 created")), (2, true), "{text}");
    assert!(text.contains("do not stand together") && text.contains("line 6 beside it"), "{text}");
    assert!(!text.contains("Verdelli") && !text.contains("Pancrazio"), "{text}");
    for (nav, answer) in
        [(NAV, "PAA_PAGAMENTO_SCONOSCIUTO"), (OTHER_NAV, "OK"), ("307000000001234876", "PAA_PAGAMENTO_SCONOSCIUTO")]
    {
        assert_eq!(station.post(given::verify(nav)).outcome(), answer, "{nav}");
    }
}

#[test]
fn what_an_operator_would_miss_is_noted() {
    let station = Station::spawn();
    let folder = station.folder();
    write(folder, "empty.csv", &format!("{HEADER}\n"));
    let (code, text) = told(folder, &["load", "empty.csv", "--organization", given::COMUNE]);
    assert_eq!((code, text.contains("there is no position in empty.csv")), (0, true), "{text}");
    assert!(text.contains("(sqlite://ec-station.db)"), "{text}");
    let rows = [HEADER.to_owned(), row("A", NAV, "120.50", "1", "120.50")].join("\n");
    write(folder, "positions.csv", &rows);
    let load = ["load", "positions.csv", "--organization", given::COMUNE];
    assert_eq!(told(folder, &[&load[..], &["--publish"]].concat()).0, 0);
    write(folder, "positions.csv", &rows.replace("TARI 2026", "TARI 2027"));
    let (code, text) = told(folder, &load);
    assert!(code == 0 && text.contains("1 were published and are drafts again: add --publish"), "{text}");
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let station = Station::spawn();
    let folder = station.folder();
    write(folder, "positions.csv", &[HEADER.to_owned(), row("A", NAV, "120.50", "1", "120.50")].join("\n"));
    let (code, text) =
        told(folder, &["load", "positions.csv", "--organization", given::COMUNE, "--publish", "--dry-run"]);
    assert_eq!((code, text.contains("1 created")), (0, true), "{text}");
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 0);
}

#[test]
fn a_history_answers_as_it_was() {
    let station = Station::spawn();
    let folder = station.folder();
    let position = |iupd: &str, nav: &str, position: &str, option: &str, past: bool| {
        let due = if past { "2024-01-31T22:59:59" } else { "2030-12-31T22:59:59" };
        format!(
            r#"{{"iupd":"{iupd}","type":"F","fiscalCode":"VRDPNC70A01Z999J","fullName":"Pancrazio Verdelli",
            "companyName":"Comune di Borgolieve","switchToExpired":{past},{position},
            "paymentOption":[{{"nav":"{nav}","iuv":"{}","amount":1000,"description":"TARI","isPartialPayment":false,
            "dueDate":"{due}",{option},"transfer":[{{"idTransfer":"1","amount":1000,"remittanceInformation":"TARI",
            "category":"9/0101101IM/","iban":"IT41P9999911111000000123456"}}]}}]}}"#,
            &nav[1..]
        )
    };
    let paid = r#""status":"PO_PAID","paymentDate":"2024-01-15T10:00:00","idReceipt":"r-1""#;
    let unpaid = r#""status":"PO_UNPAID""#;
    let positions = [
        position("A", NAV, r#""status":"PAID","paymentDate":"2024-01-15T10:00:00""#, paid, true),
        position("B", OTHER_NAV, r#""status":"INVALID""#, unpaid, false),
        position("C", "307000000001234775", r#""status":"EXPIRED""#, unpaid, true),
        position("D", "307000000001234876", r#""status":"VALID""#, unpaid, false),
        position("E", "307000000001234977", r#""status":"PAID""#, unpaid, false),
    ];
    write(folder, "history.json", &format!(r#"{{"paymentPositions":[{}]}}"#, positions.join(",\n")));
    let (code, text) = told(folder, &["load", "history.json", "--organization", given::COMUNE, "--history"]);
    assert_eq!((code, text.contains("4 created"), text.contains("1 rejected")), (2, true, true), "{text}");
    for (nav, answer) in [
        (NAV, "PAA_PAGAMENTO_DUPLICATO"),
        (OTHER_NAV, "PAA_PAGAMENTO_ANNULLATO"),
        ("307000000001234775", "PAA_PAGAMENTO_SCADUTO"),
        ("307000000001234876", "OK"),
        ("307000000001234977", "PAA_PAGAMENTO_SCONOSCIUTO"),
    ] {
        assert_eq!(station.post(given::verify(nav)).outcome(), answer, "{nav}");
    }
}

#[test]
fn the_registry_twice_is_the_registry() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "registry.json", REGISTRY);
    let import = ["registry", "import", "registry.json"];
    for words in ["1 new", "1 as they were"] {
        let (code, text) = told(folder.path(), &import);
        assert_eq!((code, text.contains(words)), (0, true), "{text}");
    }
    write(folder.path(), "registry.json", &REGISTRY.replace("Ufficio Tributi", "Ragioneria"));
    assert!(told(folder.path(), &import).1.contains("1 changed"));
    write(folder.path(), "registry.json", &REGISTRY.replace("99000001018\",", "990\","));
    assert_eq!(told(folder.path(), &import).0, 64);
}

#[test]
fn with_a_catalogue_a_service_must_be_in_it() {
    let station = Station::spawn();
    let folder = station.folder();
    let catalogue = "CODICE TIPO ENTE CREDITORE;DESCRIZIONE TIPO SERVIZIO;DATI SPECIFICI DI INCASSO;\
        DATA INIZIO VALIDITA (MM/DD/YYYY);DATA FINE VALIDITA (MM/DD/YYYY)\n01;TARI;9/0101101IM/;12/31/2019;12/31/2099\n\
        01;Ended;9/0101102IM/;01/01/2019;12/31/2020\n";
    write(folder, "taxonomy.csv", catalogue);
    let (code, text) = told(folder, &["taxonomy", "import", "taxonomy.csv"]);
    assert_eq!(code, 0, "{text}");
    for (category, code) in [("0101101IM", 0), ("0101102IM", 2), ("0101103IM", 2)] {
        let rows = [
            HEADER.to_owned(),
            row(category, NAV, "1.00", "1", "1.00").replace("0101101IM,IT", &format!("{category},IT")),
        ];
        write(folder, "positions.csv", &rows.join("\n"));
        let (found, text) = told(folder, &["load", "positions.csv", "--organization", given::COMUNE, "--dry-run"]);
        assert_eq!(found, code, "{category}: {text}");
    }
}
