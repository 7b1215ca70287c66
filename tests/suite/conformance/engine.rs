//! The command as it is run: what it says, what it writes, and how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use ec_station::xml::{Document, Limits};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::given::{self, NAV};
use crate::process::{Ended, ec_station, ended};
use crate::station::Station;

const PAYABLE: &str = r#"
    title = "A notice that can be paid"
    primitive = "paGetPaymentV2"
    rule = "own-payable"
    requirement = "It is told."
    source = "a test"
    cure = "Tell it."
    [notice]
    [expect]
    outcome = ["OK"]
    facts = ["amount"]
"#;

/// A folder with fixtures and cases of its own, and the address of who is tried.
struct Trial {
    folder: TempDir,
    url: String,
}

impl Trial {
    fn of(url: &str, fixtures: &Value, cases: &[(&str, &str)]) -> Trial {
        let folder = TempDir::new().unwrap();
        fs::create_dir_all(folder.path().join("cases/own")).unwrap();
        fs::write(folder.path().join("fixtures.json"), fixtures.to_string()).unwrap();
        for (name, text) in cases {
            fs::write(folder.path().join(format!("cases/own/{name}.toml")), text).unwrap();
        }
        Trial { folder, url: url.to_owned() }
    }

    /// Tries the cases of the folder, and no others.
    fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = ec_station(self.folder.path());
        command.args(["conformance", "--url", &self.url, "--fixtures", "fixtures.json", "--cases", "cases"]);
        command.args(["--only", "own/"]).args(arguments);
        ended(command)
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }
}

fn door(station: &Station) -> String {
    format!("{}/soap/paForNode", station.url())
}

/// A station with one notice, and fixtures that say so.
fn a_station_and_its_fixtures() -> (Station, Value) {
    let station = Station::spawn();
    station.load(&given::a_position());
    (station, fixtures(12_050))
}

fn fixtures(cents: i64) -> Value {
    json!({
        "organizations": [{"fiscalCode": given::COMUNE, "companyName": "Comune di Borgolieve",
            "stations": [{"idStation": "99000001018_01", "idBroker": "99000001018", "segregationCode": "07"}]}],
        "paymentPositions": [{"type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli",
            "companyName": "Comune di Borgolieve", "paymentOption": [{"nav": NAV, "amount": cents}]}],
    })
}

#[test]
fn a_station_that_keeps_the_rules() {
    let (station, fixtures) = a_station_and_its_fixtures();
    let trial = Trial::of(&door(&station), &fixtures, &[("payable", PAYABLE)]);
    let run = trial.run(&["--json", "report.json", "--junit", "report.xml"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("ok       own/payable A notice that can be paid"), "{}", run.out);
    assert!(run.out.ends_with("1 held, 0 broken: the station keeps to the rules that were tried.\n"), "{}", run.out);

    let report: Value = serde_json::from_str(&trial.file("report.json")).unwrap();
    assert_eq!(report["summary"]["conforms"], true);
    assert_eq!(report["cases"][0]["result"], "held");
    assert_eq!(report["latency"]["rows"][0]["calls"], 1);
    let junit = trial.file("report.xml");
    let document = Document::parse(&junit, &Limits::default()).unwrap();
    let suites: Vec<_> = document.root().children().filter_map(|suite| suite.attribute("", "failures")).collect();
    assert_eq!(suites, ["0", "0"]);
}

#[test]
fn a_station_that_breaks_a_rule_hears_which_and_why() {
    let (station, _) = a_station_and_its_fixtures();
    let trial = Trial::of(&door(&station), &fixtures(12_051), &[("payable", PAYABLE)]);
    let run = trial.run(&["--json", "report.json", "--junit", "report.xml"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    for told in [
        "BROKEN   own/payable",
        "wrong   the amount is 120.50, and 120.51 is due",
        "rule    own-payable (must): It is told.",
        "source  a test",
        "cure    Tell it.",
        "sent    <soapenv:Envelope",
        "heard   200 <soapenv:Envelope",
        "0 held, 1 broken: the station breaks rules.",
    ] {
        assert!(run.out.contains(told), "{told}: {}", run.out);
    }
    let (as_json, junit) = (trial.file("report.json"), trial.file("report.xml"));
    let report: Value = serde_json::from_str(&as_json).unwrap();
    assert_eq!(report["cases"][0]["breaches"][0]["rule"], "own-payable");
    assert_eq!(report["cases"][0]["exchange"]["status"], 200);
    let document = Document::parse(&junit, &Limits::default()).unwrap();
    let case = document.root().children().next().unwrap().child("testcase").unwrap();
    assert_eq!(case.child("failure").unwrap().attribute("", "type"), Some("own-payable"));
    for text in [&run.out, &as_json, &junit] {
        assert!(!text.contains("Pancrazio") && !text.contains("VRDPNC"), "{text}");
    }
}

#[test]
fn what_only_should_hold_is_told_and_fails_a_strict_run_alone() {
    let (station, _) = a_station_and_its_fixtures();
    let advice = PAYABLE.replace("title", "severity = \"should\"\ntitle");
    let trial = Trial::of(&door(&station), &fixtures(12_051), &[("payable", &advice)]);
    let run = trial.run(&["--junit", "report.xml", "--json", "report.json"]);
    assert_eq!((run.code, run.out.contains("advice   own/payable")), (Some(0), true), "{run:?}");
    let report: Value = serde_json::from_str(&trial.file("report.json")).unwrap();
    assert_eq!((&report["cases"][0]["result"], &report["summary"]["advised"]), (&json!("advice"), &json!(1)));
    assert!(trial.file("report.xml").contains("hostname=\"127.0.0.1\""), "{}", trial.file("report.xml"));
    assert!(trial.file("report.xml").contains("<system-out>own-payable: the amount is"));
    let strict = trial.run(&["--strict", "--junit", "report.xml"]);
    assert_eq!(strict.code, Some(1), "{strict:?}");
    assert!(trial.file("report.xml").contains("<failure type=\"own-payable\""));
}

#[test]
fn what_the_fixtures_lack_is_told_and_fails_no_run_unless_nothing_ran() {
    let (station, fixtures) = a_station_and_its_fixtures();
    let paid = PAYABLE.replace("[notice]", "[notice]\nstate = \"PAID\"");
    let trial = Trial::of(&door(&station), &fixtures, &[("payable", PAYABLE), ("paid", &paid)]);
    let run = trial.run(&["--junit", "report.xml"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.out.contains("  no notice PAID: own/paid\n"), "{}", run.out);
    assert!(run.out.contains("1 held, 0 broken, 1 not run"), "{}", run.out);
    assert!(trial.file("report.xml").contains("<skipped message=\"no notice PAID\""));

    let trial = Trial::of(&door(&station), &fixtures, &[("paid", &paid)]);
    let alone = trial.run(&[]);
    assert_eq!(alone.code, Some(1), "{alone:?}");
    assert!(alone.out.contains("nothing could be tried"), "{}", alone.out);
}

#[test]
fn a_receipt_is_what_the_station_told_and_settles_the_notice() {
    const RECEIPT: &str = r#"
        title = "A receipt"
        primitive = "paVerifyPaymentNotice"
        rule = "own-receipt"
        requirement = "It settles the notice."
        source = "a test"
        [notice]
        fresh = true
        [[before]]
        primitive = "paSendRTV2"
        [expect]
        outcome = ["KO"]
        faults = ["PAA_PAGAMENTO_DUPLICATO"]
    "#;
    let (station, fixtures) = a_station_and_its_fixtures();
    let trial = Trial::of(&door(&station), &fixtures, &[("payable", PAYABLE), ("receipt", RECEIPT)]);
    let looking = trial.run(&["--read-only"]);
    assert_eq!((looking.code, station.receipts().len()), (Some(0), 0), "{looking:?}");
    assert!(looking.out.contains("1 held, 0 broken, 1 left out, since they change the station"), "{}", looking.out);

    let run = trial.run(&[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!((station.receipts().len(), station.anomalies()), (1, vec![]), "nothing about it is odd");
    // The notice is what the fixtures say no longer, and the suite says so.
    let again = trial.run(&[]);
    assert_eq!((again.code, again.out.contains("Was this suite run before?")), (Some(1), true), "{again:?}");
}

/// Answers every call alike, and tells what it was sent.
fn parrot(status: &str, body: &str) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/anywhere", listener.local_addr().unwrap());
    let (tell, told) = channel();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for call in listener.incoming() {
            let mut call = BufReader::new(call.unwrap());
            let (mut head, mut line) = (String::new(), String::new());
            while call.read_line(&mut line).unwrap() > 2 {
                head.push_str(&std::mem::take(&mut line));
            }
            let length =
                head.to_lowercase().split("content-length: ").nth(1).map(|it| it.lines().next().unwrap().parse());
            let mut content = vec![0; length.map_or(0, Result::unwrap)];
            call.read_exact(&mut content).unwrap();
            call.get_mut().write_all(answer.as_bytes()).unwrap();
            if tell.send(head + &String::from_utf8_lossy(&content)).is_err() {
                return;
            }
        }
    });
    (url, told)
}

const KO: &str = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd"><s:Body><p:paGetPaymentV2Response><outcome>KO</outcome><fault><faultCode>PAA_PAGAMENTO_SCADUTO</faultCode><faultString>Scaduto</faultString><id>99000001018</id></fault></p:paGetPaymentV2Response></s:Body></s:Envelope>"#;

#[test]
fn a_ko_with_the_wrong_status_is_read_all_the_same() {
    let (url, _told) = parrot("404 Not Found", KO);
    let expired =
        PAYABLE.replace("[\"OK\"]", "[\"KO\"]").replace("facts = [\"amount\"]", "faults = [\"PAA_PAGAMENTO_SCADUTO\"]");
    let trial = Trial::of(&url, &fixtures(12_050), &[("expired", &expired)]);
    let run = trial.run(&["--json", "report.json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let report: Value = serde_json::from_str(&trial.file("report.json")).unwrap();
    let rules: Vec<_> = report["cases"][0]["breaches"].as_array().unwrap().iter().map(|it| &it["rule"]).collect();
    assert_eq!(rules, ["http-status"]);
}

#[test]
fn headers_and_prefixes_are_those_that_are_asked_for() {
    let (url, told) = parrot("200 OK", KO);
    let trial = Trial::of(&url, &fixtures(12_050), &[("payable", PAYABLE)]);
    assert_eq!(trial.run(&["--header", "X-Gate: let me in", "--prefixes", "s,m"]).code, Some(1));
    let sent = told.recv().unwrap();
    for part in ["x-gate: let me in", "soapaction: \"paGetPaymentV2\"", "<s:Body><m:paGetPaymentV2Request><idPA>"] {
        assert!(sent.contains(part), "{part}: {sent}");
    }
}

#[test]
fn nobody_at_the_address() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let trial = Trial::of(&format!("http://127.0.0.1:{port}/"), &fixtures(12_050), &[("payable", PAYABLE)]);
    let run = trial.run(&[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.err.contains("nobody answers at"), "{}", run.err);
}

#[test]
fn misuse_is_told() {
    let trial = Trial::of("http://127.0.0.1:9/", &fixtures(1), &[("payable", PAYABLE), ("bad", "titel = 1")]);
    fs::write(trial.folder.path().join("broken.json"), "{").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = ec_station(trial.folder.path());
        ended({
            command.arg("conformance").args(arguments);
            command
        })
    };
    let both = ["--url", "http://127.0.0.1:9/", "--fixtures", "fixtures.json"];
    let with = |more: &[&'static str]| [&both[..], more].concat();
    for (arguments, why) in [
        (vec![], "--url"),
        (vec!["--url", "http://127.0.0.1:9/"], "--fixtures"),
        (vec!["--url", "http://127.0.0.1:9/", "--fixtures", "missing.json"], "cannot read missing.json"),
        (vec!["--url", "http://127.0.0.1:9/", "--fixtures", "broken.json"], "broken.json: EOF"),
        (with(&["--only", "no such case"]), "no case is called so"),
        (with(&["--cases", "nowhere"]), "nowhere: "),
        (with(&["--cases", "cases"]), "own/bad.toml: "),
        (with(&["--header", "X-Gate"]), "NAME: VALUE"),
        (with(&["--prefixes", "soapenv"]), "soapenv,pafn"),
        (with(&["--identity", "fixtures.json"]), "must be PEM"),
        (with(&["--junit", "no-such-folder/report.xml"]), "cannot write no-such-folder/report.xml"),
        (with(&["--json", "no-such-folder/report.json"]), "cannot write no-such-folder/report.json"),
        (vec!["--url", "ftp://x", "--fixtures", "fixtures.json"], "a URL such as https://station.example.org"),
    ] {
        let run = run(&arguments);
        assert_eq!(run.code, Some(64), "{arguments:?}: {run:?}");
        assert!(run.err.contains(why), "{arguments:?}: {}", run.err);
    }
}

#[test]
fn cases_and_an_example_are_there_to_be_looked_at() {
    let folder = TempDir::new().unwrap();
    let shown = |argument: &str| {
        let mut command = ec_station(folder.path());
        command.args(["conformance", argument]);
        ended(command)
    };
    let list = shown("--list");
    assert_eq!(list.code, Some(0));
    assert!(list.out.lines().count() > 100, "{}", list.out);
    let example: Value = serde_json::from_str(&shown("--example").out).unwrap();
    assert!(example["paymentPositions"].as_array().is_some_and(|positions| !positions.is_empty()));
}

/// Each built-in case is in the file that its name says.
#[test]
fn a_name_leads_to_its_file() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/conformance/cases");
    for case in super::all_cases() {
        let name = case.id.split(':').next().unwrap();
        let file: PathBuf = cases.join(format!("{name}.toml"));
        assert!(file.is_file(), "{}", file.display());
    }
}
