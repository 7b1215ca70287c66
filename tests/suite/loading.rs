//! Positions from files, with the real binary, to the answers that the Node then hears.

use serde_json::json;

use crate::api::{a_body, get, of_comune, put};
use crate::database::{Database, Engine};
use crate::given::{self, NAV, OTHER_NAV};
use crate::process::{Ended, ec_station_at, ended};
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

/// A station whose clock is not behind that of the commands, which is the machine's: what they publish is valid at once.
fn a_station() -> Station {
    let station = Station::spawn();
    station.set_now(chrono::Utc::now() + chrono::Duration::hours(1));
    station
}

/// Runs a command and gives its exit code and what it wrote.
fn told(database: &Database, arguments: &[&str]) -> (i32, String) {
    let mut command = ec_station_at(database);
    command.args(arguments);
    let Ended { code, out, err } = ended(command);
    (code.unwrap(), out + &err)
}

fn write(database: &Database, name: &str, text: &str) {
    std::fs::write(database.folder().join(name), text).unwrap();
}

#[test]
fn from_a_file_to_the_nodes_answer() {
    // The station runs while its operators load: it needs no restart.
    let station = a_station();
    let database = station.database();
    let rows = [
        HEADER.to_owned(),
        row("A", NAV, "120.50", "1", "120.50"),
        row("B", OTHER_NAV, "116.00", "1", "100.00"),
        row("B", OTHER_NAV, "116.00", "2", "16.00")
            .replace("IT41P9999911111000000123456,,,,", &format!(",,{},01,RM", given::HASH)),
    ];
    write(database, "positions.csv", &rows.join("\n"));
    let load = ["load", "positions.csv", "--organization", given::COMUNE];

    let (code, text) = told(database, &load);
    assert_eq!((code, text.contains("2 created")), (0, true), "{text}");
    assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_SCONOSCIUTO", "a draft is not there yet");

    let publish = [&load[..], &["--publish"]].concat();
    assert!(told(database, &publish).1.contains("2 updated"));
    let verify = station.post(given::verify(NAV));
    // The end of that day in Rome is still that day in UTC.
    assert_eq!(
        (verify.element("amount"), verify.element("dueDate")),
        (Some("120.50".into()), Some("2030-12-31".into()))
    );
    let get = station.post(given::get_v2(OTHER_NAV, ""));
    assert_eq!(get.elements("transferAmount"), ["100.00", "16.00"]);
    assert_eq!(get.element("hashDocumento").as_deref(), Some(given::HASH));

    let (code, text) = told(database, &publish);
    assert_eq!((code, text.contains("2 unchanged")), (0, true), "the same file again changes nothing: {text}");

    // Paid since: the same file still changes nothing, another content is refused.
    assert_eq!(station.post(given::a_receipt_for(NAV).v1()).outcome(), "OK");
    assert!(told(database, &publish).1.contains("2 unchanged"));
    write(database, "changed.csv", &rows.join("\n").replace("TARI 2026,false", "TARI 2027,false"));
    let (code, text) = told(database, &["load", "changed.csv", "--organization", given::COMUNE, "--publish"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("1 updated") && text.contains("is PAID"), "{text}");
    assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
    assert_eq!(station.post(given::verify(OTHER_NAV)).element("paymentDescription").as_deref(), Some("TARI 2027"));
}

/// Without a date it is payable from its first publication on, however often it has been published since.
#[test]
fn the_same_file_withdraws_nothing_that_was_published_anew() {
    let station = a_station();
    let database = station.database();
    let rows = [HEADER.to_owned(), row("A", NAV, "120.50", "1", "120.50")].join("\n");
    let load = |name: &str, publish: bool| {
        let more: &[&str] = if publish { &["--publish"] } else { &[] };
        told(database, &[&["load", name, "--organization", given::COMUNE], more].concat()).1
    };
    let stands = |name: &str| {
        for publish in [false, true] {
            let text = load(name, publish);
            assert!(text.contains("1 unchanged"), "{name}, publish {publish}: {text}");
        }
        assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
    };
    write(database, "first.csv", &rows);
    write(database, "second.csv", &rows.replace("TARI 2026,false", "TARI 2027,false"));
    assert!(load("first.csv", true).contains("1 created"));
    assert!(load("second.csv", true).contains("1 updated"));
    stands("second.csv");

    station.set_now(chrono::Utc::now());
    let place = of_comune("/A");
    let mut body = a_body("A", &NAV[1..]);
    body["paymentOption"][0]["dueDate"] = get(&station, &place).json()["paymentOption"][0]["dueDate"].clone();
    let told = put(&station, &format!("{place}?toPublish=true"), &body);
    assert_eq!((told.status, &told.json()["status"]), (200, &json!("VALID")), "{}", told.text);
    stands("first.csv");
}

#[test]
fn what_is_wrong_is_told_and_the_rest_is_loaded() {
    let station = a_station();
    let database = station.database();
    let rows = [
        HEADER.to_owned(),
        row("A", NAV, "120.50", "1", "120.50"),
        row("B", OTHER_NAV, "120", "1", "120.50"),
        row("C", "307000000001234776", "1.00", "1", "1.00"),
        row("D", "307000000001234775", "1.00", "1", "2.00"),
    ];
    write(database, "positions.csv", &rows.join("\r\n"));
    let arguments = ["load", "positions.csv", "--organization", given::COMUNE, "--publish", "--rejects", "rejects.csv"];
    let (code, text) = told(database, &arguments);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("1 created") && text.contains("3 rejected"), "{text}");
    assert!(!text.contains("Verdelli") && !text.contains("VRDPNC"), "people are not named: {text}");
    let rejects = std::fs::read_to_string(database.folder().join("rejects.csv")).unwrap();
    for (line, field) in [(3, "amount"), (4, "nav"), (5, "amount")] {
        let named = rejects.lines().any(|reject| reject.starts_with(&format!("{line},")) && reject.contains(field));
        assert!(named, "line {line}, {field}:\n{rejects}");
    }
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
    assert_eq!(station.post(given::verify(OTHER_NAV)).outcome(), "PAA_PAGAMENTO_SCONOSCIUTO");
}

#[test]
fn no_half_position_is_published() {
    let station = a_station();
    let database = station.database();
    let rows = [
        HEADER.to_owned(),
        row("A", NAV, "120.50", "1", "120.50"),
        row("B", OTHER_NAV, "116.00", "1", "116.00"),
        row("A", "307000000001234775", "1.00", "1", "1.00"),
        row("C", "307000000001234876", "1.00", "1", "1.00"),
        "Pancrazio,Verdelli".into(),
        row("C", "307000000001234977", "1.00", "1", "1.00"),
    ];
    write(database, "positions.csv", &rows.join("\r"));
    let (code, text) = told(database, &["load", "positions.csv", "--organization", given::COMUNE, "--publish"]);
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
    let station = a_station();
    let database = station.database();
    write(database, "empty.csv", &format!("{HEADER}\n"));
    let (code, text) = told(database, &["load", "empty.csv", "--organization", given::COMUNE]);
    assert_eq!((code, text.contains("there is no position in empty.csv")), (0, true), "{text}");
    assert!(text.contains(&format!("({})", database.setting())), "{text}");
    let rows = [HEADER.to_owned(), row("A", NAV, "120.50", "1", "120.50")].join("\n");
    write(database, "positions.csv", &rows);
    let load = ["load", "positions.csv", "--organization", given::COMUNE];
    assert_eq!(told(database, &[&load[..], &["--publish"]].concat()).0, 0);
    write(database, "positions.csv", &rows.replace("TARI 2026", "TARI 2027"));
    let (code, text) = told(database, &load);
    assert!(code == 0 && text.contains("1 were published and are drafts again: add --publish"), "{text}");
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let station = a_station();
    let database = station.database();
    write(database, "positions.csv", &[HEADER.to_owned(), row("A", NAV, "120.50", "1", "120.50")].join("\n"));
    let (code, text) =
        told(database, &["load", "positions.csv", "--organization", given::COMUNE, "--publish", "--dry-run"]);
    assert_eq!((code, text.contains("1 created")), (0, true), "{text}");
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 0);
}

#[test]
fn a_history_answers_as_it_was() {
    let station = a_station();
    let database = station.database();
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
    write(database, "history.json", &format!(r#"{{"paymentPositions":[{}]}}"#, positions.join(",\n")));
    let (code, text) = told(database, &["load", "history.json", "--organization", given::COMUNE, "--history"]);
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

/// A history knows nothing of what the notification cost since; it goes on being collected.
#[test]
fn a_history_takes_no_fee_away() {
    let station = a_station();
    let database = station.database();
    let load = |description: &str, beneficiary: &str| {
        let position = json!({
            "iupd": "A", "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli",
            "companyName": "Comune di Borgolieve", "switchToExpired": false, "status": "VALID",
            "paymentOption": [{
                "nav": NAV, "iuv": &NAV[1..], "amount": 1000, "description": description, "isPartialPayment": false,
                "dueDate": "2030-12-31T22:59:59", "status": "PO_UNPAID",
                "transfer": [{
                    "idTransfer": "1", "amount": 1000, "organizationFiscalCode": beneficiary, "category": "0101101IM",
                    "remittanceInformation": "TARI", "iban": given::BANK,
                }],
            }],
        });
        write(database, "history.json", &json!({ "paymentPositions": [position] }).to_string());
        told(database, &["load", "history.json", "--organization", given::COMUNE, "--history"])
    };
    let due = || station.post(given::verify(NAV)).element("amount");
    assert!(load("TARI", given::COMUNE).1.contains("1 created"));
    let fee = format!("/organizations/{}/paymentoptions/{NAV}/notificationfee", given::COMUNE);
    assert_eq!(put(&station, &fee, &json!({ "notificationFee": 150 })).status, 200);
    assert!(load("TARI", given::COMUNE).1.contains("1 unchanged"));
    let (code, text) = load("TARI 2026", given::COMUNE);
    assert!(code == 0 && text.contains("1 updated"), "{text}");
    assert_eq!(due().as_deref(), Some("11.50"));

    let (code, text) = load("TARI 2026", given::PROVINCIA);
    assert!(code == 2 && text.contains("1 rejected") && text.contains("a notification fee is known of it"), "{text}");
    assert!(!text.contains("VALID"), "{text}");
    assert_eq!(due().as_deref(), Some("11.50"));
}

#[test]
fn the_registry_twice_is_the_registry() {
    let database = Database::blank_on(Engine::of_this_run());
    write(&database, "registry.json", REGISTRY);
    let import = ["registry", "import", "registry.json"];
    for words in ["1 new", "1 as they were"] {
        let (code, text) = told(&database, &import);
        assert_eq!((code, text.contains(words)), (0, true), "{text}");
    }
    write(&database, "registry.json", &REGISTRY.replace("Ufficio Tributi", "Ragioneria"));
    assert!(told(&database, &import).1.contains("1 changed"));
    write(&database, "registry.json", &REGISTRY.replace("99000001018\",", "990\","));
    assert_eq!(told(&database, &import).0, 64);
}

#[test]
fn with_a_catalogue_a_service_must_be_in_it() {
    let station = a_station();
    let database = station.database();
    let catalogue = "CODICE TIPO ENTE CREDITORE;DESCRIZIONE TIPO SERVIZIO;DATI SPECIFICI DI INCASSO;\
        DATA INIZIO VALIDITA (MM/DD/YYYY);DATA FINE VALIDITA (MM/DD/YYYY)\n01;TARI;9/0101101IM/;12/31/2019;12/31/2099\n\
        01;Ended;9/0101102IM/;01/01/2019;12/31/2020\n";
    write(database, "taxonomy.csv", catalogue);
    let (code, text) = told(database, &["taxonomy", "import", "taxonomy.csv"]);
    assert_eq!(code, 0, "{text}");
    for (category, code) in [("0101101IM", 0), ("0101102IM", 2), ("0101103IM", 2)] {
        let rows = [
            HEADER.to_owned(),
            row(category, NAV, "1.00", "1", "1.00").replace("0101101IM,IT", &format!("{category},IT")),
        ];
        write(database, "positions.csv", &rows.join("\n"));
        let (found, text) = told(database, &["load", "positions.csv", "--organization", given::COMUNE, "--dry-run"]);
        assert_eq!(found, code, "{category}: {text}");
    }
}

/// No database of PostgreSQL keeps it, and one position must not cost the others.
#[test]
fn a_nul_in_any_text_costs_its_position_only() {
    let texts = |what: &str, nav: &str| {
        let value = |name: &str, text: &str| {
            let nul = if name == what { "\\u0000" } else { "" };
            format!(r#""{name}":"{text}{nul}""#)
        };
        let debtor = ["fullName", "streetName", "civicNumber", "city"].map(|name| value(name, "x")).join(",");
        let debtor = format!("{debtor},{}", value("email", "x@example.org"));
        format!(
            r#"{{{},"type":"F",{},{debtor},{},{},"switchToExpired":false,"paymentOption":[{{"nav":"{nav}","iuv":"{}",
            "amount":1000,{},"isPartialPayment":false,"dueDate":"2030-12-31T22:59:59",
            "paymentOptionMetadata":[{{{},{}}}],"transfer":[{{"idTransfer":"1","amount":1000,{},{},
            "iban":"IT41P9999911111000000123456","transferMetadata":[{{{},{}}}]}}]}}]}}"#,
            value("iupd", nav),
            value("fiscalCode", "VRDPNC70A01Z999J"),
            value("companyName", "Comune"),
            value("officeName", "Tributi"),
            &nav[1..],
            value("description", "TARI"),
            value("key", "k"),
            value("value", "v"),
            value("remittanceInformation", "TARI"),
            value("category", "9/0101101IM/"),
            value("key", "k"),
            value("value", "v"),
        )
    };
    let names = [
        "iupd",
        "fiscalCode",
        "fullName",
        "streetName",
        "civicNumber",
        "city",
        "email",
        "companyName",
        "officeName",
        "description",
        "key",
        "value",
        "remittanceInformation",
        "category",
    ];
    for validation in ["strict", "gpd"] {
        let station = a_station();
        let database = station.database();
        let bad = names.iter().enumerate().map(|(n, name)| {
            let digits = format!("307{n:013}");
            texts(name, &format!("{digits}{:02}", digits.parse::<u64>().unwrap() % 93))
        });
        let positions: Vec<_> = bad.chain([texts("nothing", NAV)]).collect();
        write(database, "nul.json", &format!(r#"{{"paymentPositions":[{}]}}"#, positions.join(",\n")));
        let mut load = ec_station_at(database);
        load.args(["load", "nul.json", "--organization", given::COMUNE, "--publish"]);
        let Ended { code, out, err } = ended({
            load.env("EC_STATION_VALIDATION", validation);
            load
        });
        assert_eq!(code, Some(2), "{validation}: {out}{err}");
        assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 1, "{validation}: {out}{err}");
        assert_eq!(station.post(given::verify(NAV)).outcome(), "OK", "{validation}");
    }
}

mod on_postgres {
    use super::*;

    #[test]
    fn the_summary_names_the_database_and_no_password() {
        let database = Database::fresh_on(Engine::Postgres);
        write(&database, "empty.csv", &format!("{HEADER}\n"));
        let url = database.setting().replacen("ec_station@", "ec_station:s3cr3t@", 1);
        let mut load = ec_station_at(&database);
        load.args(["load", "empty.csv", "--organization", given::COMUNE]).env("EC_STATION_DATABASE_URL", url);
        let Ended { out, err, .. } = ended(load);
        assert!(out.contains(database.setting().split('/').next_back().unwrap()), "{out}{err}");
        assert!(!out.contains("s3cr3t") && !err.contains("s3cr3t"), "{out}{err}");
    }
}
