//! The log: one line a request with the same few fields, and never a person's data, whatever the level.

use ec_station::domain::position::PaymentOption;
use serde_json::Value;

use crate::database::Database;
use crate::given::{self, COMUNE, NAV, OTHER_NAV, Receipt, a_position, a_position_of, a_receipt_for, an_option};
use crate::process::{Process, ec_station_at, ended};
use crate::running::post;
use crate::socket::Socket;
use crate::station::{Reply, agent};

/// The lines that tell of a request, in JSON.
fn answered(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|e| panic!("{e}: {line}")));
    lines.filter(|line| line["message"] == "answered").collect()
}

#[test]
fn one_line_a_request() {
    let database = Database::with(&[a_position()]);
    let process = Process::serve(&database, &[("EC_STATION_LOG_FORMAT", "json")]);
    let receipt = a_receipt_for(NAV);
    // Message, then operation, organization, notice, outcome, fault and status in the log.
    let messages: Vec<(String, [&str; 6])> = vec![
        (given::verify(NAV), ["paVerifyPaymentNotice", COMUNE, NAV, "OK", "", "200"]),
        (given::get(NAV, ""), ["paGetPayment", COMUNE, NAV, "OK", "", "200"]),
        (given::get_v2(OTHER_NAV, ""), ["paGetPaymentV2", COMUNE, OTHER_NAV, "KO", "PAA_PAGAMENTO_SCONOSCIUTO", "200"]),
        (given::demand(), ["paDemandPaymentNotice", COMUNE, "", "KO", "PAA_SEMANTICA", "200"]),
        (receipt.v1(), ["paSendRT", COMUNE, NAV, "OK", "", "200"]),
        (receipt.v2(), ["paSendRTV2", COMUNE, NAV, "KO", "PAA_RECEIPT_DUPLICATA", "200"]),
        (given::request("paSendRTReq", ""), ["paSendRT", "", "", "KO", "PAA_SINTASSI_EXTRAXSD", "200"]),
        (given::envelope(""), ["", "", "", "FAULT", "Client", "500"]),
        ("x".into(), ["", "", "", "FAULT", "Client", "500"]),
        (" ".repeat(5_000_000), ["", "", "", "FAULT", "", "413"]),
    ];
    for (message, _) in &messages {
        post(&process, message);
    }
    let mut others = Socket::to(&process.url);
    others.send("PUT /soap/paForNode HTTP/1.1\r\nHost: station\r\nContent-Length: 0\r\n\r\n").answer().unwrap();

    let lines = answered(&process.log());
    assert_eq!(lines.len(), messages.len() + 1, "one line each");
    let text = |line: &Value, name: &str| match &line[name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    for (line, (_, expected)) in lines.iter().zip(&messages) {
        let found = ["operation", "organization", "notice", "outcome", "fault", "status"].map(|name| text(line, name));
        assert_eq!(found, *expected, "{line}");
        assert!(line["duration_ms"].as_f64().is_some_and(|ms| (0.0..60_000.0).contains(&ms)), "{line}");
        assert_eq!(line["level"], "INFO", "{line}");
    }
    assert_eq!(text(lines.last().unwrap(), "status"), "405");
}

/// A9: a SOAPAction that says nothing or something else is worth a warning, and nothing more.
#[test]
fn a_soap_action_that_does_not_fit_is_warned_of() {
    let database = Database::with(&[a_position()]);
    let process = Process::serve(&database, &[]);
    let actions = ["\"paVerifyPaymentNotice\"", "paVerifyPaymentNotice", "\"paGetPayment\"", "\"\""];
    for action in actions {
        let request = agent().post(format!("{}/partner", process.url)).content_type("text/xml");
        assert_eq!(Reply::of(request.header("SOAPAction", action).send(given::verify(NAV))).outcome(), "OK");
    }
    post(&process, given::verify(NAV));
    let log = process.log();
    let count = |words: &str| log.lines().filter(|line| line.contains("WARN") && line.contains(words)).count();
    assert_eq!(count("SOAPAction names another operation"), 1, "{log}");
    assert_eq!(count("SOAPAction is missing"), 2, "{log}");
}

/// Words that occur nowhere but in the data of people.
const PEOPLE: [&str; 12] = [
    "Ermenegilda",
    "GRBRNG80A41H501X",
    "Vicolo Introvabile",
    "e.garibotti",
    "Borgo Remoto",
    "66/quater",
    "+39 555",
    "Pompeo",
    "ZZZPMP55A01H501Q",
    "Salita Nascosta",
    "p.zanetti",
    "Nota privata",
];

fn a_private_option(nav: &str) -> PaymentOption {
    let mut option = an_option(nav);
    option.debtor.full_name = "Ermenegilda Garibotti".into();
    option.debtor.fiscal_code = "GRBRNG80A41H501X".into();
    option.debtor.street_name = Some("Vicolo Introvabile".into());
    option.debtor.civic_number = Some("66/quater".into());
    option.debtor.city = Some("Borgo Remoto".into());
    option.debtor.email = Some("e.garibotti@example.org".into());
    option.debtor.phone = Some("+39 555".into());
    option
}

fn a_private_receipt(nav: &str) -> Receipt {
    let payer = "<payer><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType>\
        <entityUniqueIdentifierValue>ZZZPMP55A01H501Q</entityUniqueIdentifierValue></uniqueIdentifier>\
        <fullName>Pompeo Zanetti</fullName><streetName>Salita Nascosta</streetName><city>Borgo Remoto</city>\
        <e-mail>p.zanetti@example.org</e-mail></payer><paymentNote>Nota privata</paymentNote>";
    let mut receipt = a_receipt_for(nav);
    receipt.tail.insert_str(0, payer);
    receipt
}

/// The debtor of the fixtures becomes the one whose name must not show.
fn private(message: &str) -> String {
    let debtor = "Ermenegilda Garibotti</fullName><streetName>Vicolo Introvabile</streetName><city>Borgo Remoto</city>\
        <e-mail>e.garibotti@example.org</e-mail>";
    message.replace("Pancrazio Verdelli</fullName>", debtor).replace("VRDPNC70A01Z999J", "GRBRNG80A41H501X")
}

/// Everything the station does with people's data: good calls, odd receipts, and messages broken in the middle of it.
fn messages() -> Vec<String> {
    let receipt = a_private_receipt(NAV);
    let other_amount = Receipt { id: "second".into(), amount: "1.00".into(), ..receipt.clone() };
    let unknown = a_private_receipt("307000000009999999");
    let stranger = Receipt { head: given::head("11111111111", COMUNE, "x"), id: "third".into(), ..receipt.clone() };
    let (v1, v2) = (private(&receipt.v1()), private(&receipt.v2()));
    let note = "<paymentNote>Nota privata di Ermenegilda</paymentNote>";
    vec![
        given::verify(NAV),
        given::get(NAV, ""),
        given::get_v2(NAV, note),
        given::verify(OTHER_NAV),
        given::get_v2(OTHER_NAV, note),
        v1.clone(),
        v2.clone(),
        private(&other_amount.v1()),
        private(&unknown.v2()),
        private(&stranger.v1()),
        // Broken by the schema where the person's data is.
        given::get(NAV, &format!("{note}{note}")),
        given::get(NAV, "<paymentNote><b>Nota privata</b></paymentNote>"),
        given::get(NAV, "<amount>GRBRNG80A41H501X</amount>"),
        given::verify(NAV).replace("<fiscalCode>99000001018", "<fiscalCode>GRBRNG80A41H501X"),
        given::verify(NAV).replace("<qrCode>", "<qrCode name=\"Ermenegilda\">"),
        given::verify(NAV).replace("<qrCode>", "<qrCode>Ermenegilda"),
        given::verify(NAV).replace(NAV, "Ermenegilda"),
        v1.replace("<receiptId>", "<receiptId>Nota privata</receiptId><receiptId>"),
        v1.replace("<noticeNumber>", "<noticeNumber>Pompeo "),
        v2.replace("<outcome>OK", "<outcome>Pompeo"),
        v2.replace("<paymentAmount>", "<paymentAmount>Pompeo"),
        v2.replace("<idTransfer>1", "<idTransfer>Pompeo"),
        // Broken as XML.
        v1[..v1.find("</fullName>").unwrap()].into(),
        v1.replace("</fullName>", "</Ermenegilda>"),
        v1.replace("<streetName>", "<streetName>&Ermenegilda;"),
        v1.replace("<streetName>", "<streetName Ermenegilda>"),
        v1.replace("<streetName>", "<Pompeo:streetName>"),
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\" Pompeo?>{v1}"),
    ]
}

#[test]
fn no_person_ever_reaches_the_log_or_a_fault() {
    for format in ["text", "json"] {
        let database = Database::with(&[
            a_position_of(vec![a_private_option(NAV)]),
            // One that cannot be presented, which is told in the log and as an anomaly.
            a_position_of(vec![PaymentOption { amount: given::euro(1), ..a_private_option(OTHER_NAV) }]),
        ]);
        let process =
            Process::serve(&database, &[("EC_STATION_LOG_FORMAT", format), ("EC_STATION_LOG_LEVEL", "trace")]);
        for message in messages() {
            let reply = post(&process, &message);
            let told: String = ["faultString", "faultstring", "description", "id"]
                .iter()
                .filter(|_| !reply.body.contains("<outcome>OK</outcome>"))
                .flat_map(|name| reply.elements(name))
                .collect();
            for word in PEOPLE {
                assert!(!told.contains(word), "{word} in a fault: {}", reply.body);
            }
        }
        let log = process.log();
        let mut kept = ec_station_at(&database);
        kept.args(["receipts", "--json"]);
        let kept = ended(kept).out;
        assert!(["Ermenegilda", "Pompeo", "Nota privata"].iter().all(|word| kept.contains(word)), "it was all read");
        assert!(log.lines().any(|line| line.contains("TRACE")), "the level is trace");
        assert!(log.lines().filter(|line| line.contains("answered")).count() >= messages().len());
        for line in log.lines() {
            for word in PEOPLE {
                assert!(!line.contains(word), "{word} in the log: {line}");
            }
            if format == "json" {
                serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            }
        }
    }
}

/// The cause is told, and nobody's data with it.
fn is_logged_once(database: Database, trouble: impl FnOnce(&Database), told: &str) {
    let process = Process::serve(&database, &[("EC_STATION_LOG_FORMAT", "json")]);
    trouble(&database);
    assert_eq!(post(&process, a_private_receipt(NAV).v2()).outcome(), "Fault Server");
    let log = process.log();
    let errors: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        // That the journal misses the call is another failure, told when the station stops.
        .filter(|line: &Value| line["level"] == "ERROR" && line["message"] != "calls are missing in the journal")
        .collect();
    let [error] = &errors[..] else { panic!("once: {errors:?}") };
    assert_eq!(error["operation"], "paSendRTV2");
    assert!(error["cause"].as_str().unwrap().contains(told), "{error}");
    assert!(PEOPLE.iter().all(|word| !log.contains(word)), "{log}");
}

#[test]
fn a_failure_is_logged_once_with_its_cause() {
    let database = Database::with(&[a_position_of(vec![a_private_option(NAV)])]);
    let trouble = |database: &Database| database.change("ALTER TABLE receipt RENAME TO lost");
    is_logged_once(database, trouble, "the store failed: could not ");
}

mod on_sqlite {
    use super::*;
    use crate::database::Engine;

    #[test]
    fn a_lost_file_is_logged_once_with_its_cause() {
        let position = a_position_of(vec![a_private_option(NAV)]);
        let database = Database::fresh_on(Engine::Sqlite).filled_with(&[position]);
        let trouble = |database: &Database| {
            std::fs::rename(database.folder().join("ec-station.db"), database.folder().join("elsewhere")).unwrap();
        };
        is_logged_once(database, trouble, "the store failed: the database file was moved");
    }
}
