//! The binary as a Node and as a PSP: `ec-station sandbox`, and `ec-station sandbox pay` with a demo for a station.

use std::net::TcpListener;

use super::puppet::{Act, Puppet};
use crate::process::{Ended, Process, ec_station, ended, in_a_shell};

const FREE: &str = "307000000001234573";

/// A demo, the address of its Node, and the folder everybody stands in.
struct Desk {
    station: Process,
    node: String,
    screen: String,
    folder: tempfile::TempDir,
}

impl Desk {
    fn open() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let mut command = ec_station(folder.path());
        command.arg("demo").arg("--folder").arg(folder.path().join("demo"));
        let mut station = Process::start(command);
        let screen = station.screen_until("Ctrl-C stops");
        let at = screen.split("--node ").nth(1).expect("the screen says how to pay");
        let node = at.split_whitespace().next().unwrap().to_owned();
        Desk { station, node, screen, folder }
    }

    /// Pays through the Node of the demo.
    fn pay(&self, notice: &str, more: &[&str]) -> Ended {
        self.run(&[&["sandbox", "pay", "--notice", notice, "--node", &self.node], more].concat())
    }

    /// Pays through a Node of its own.
    fn pay_alone(&self, notice: &str, more: &[&str]) -> Ended {
        let station = self.station.url.trim_start_matches("http://");
        self.run(&[&["sandbox", "pay", "--notice", notice, "--station", station], more].concat())
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = ec_station(self.folder.path());
        command.args(arguments);
        ended(command)
    }

    /// What a list of the station holds, a line each.
    fn list(&self, list: &str) -> Vec<String> {
        let database = self.folder.path().join("demo/ec-station.db");
        let mut command = ec_station(self.folder.path());
        command.arg(list).env("EC_STATION_DATABASE_URL", format!("sqlite://{}", database.display()));
        let ended = ended(command);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended.out.lines().map(str::to_owned).collect()
    }

    /// The notices of the demo's table and what it says of them.
    fn notices(&self) -> Vec<(String, String)> {
        let is_notice = |line: &&str| line.len() > 18 && line.as_bytes()[..18].iter().all(u8::is_ascii_digit);
        let heading = self.screen.lines().find(|line| line.starts_with("notice ")).unwrap();
        let at = heading.find("a verify answers").unwrap();
        let row = |line: &str| (line[..18].to_owned(), line.chars().skip(at).collect());
        self.screen.lines().filter(is_notice).map(row).collect()
    }
}

/// A story that ended with that code, was told without complaint, and says all of that in that order.
#[track_caller]
fn told(Ended { code, out, err }: &Ended, expected: i32, parts: &[&str]) {
    assert_eq!((*code, err.as_str()), (Some(expected), ""), "{out}");
    assert!(!out.contains('\x1b'), "no colours where nobody sees them:\n{out}");
    let mut rest = out.as_str();
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part:?} is missing, or too early:\n{out}"));
        rest = &rest[at + part.len()..];
    }
}

/// A misuse that says what is wrong and does nothing.
#[track_caller]
fn misused(Ended { code, out, err }: &Ended, part: &str) {
    assert_eq!((*code, out.as_str()), (Some(64), ""), "{err}");
    assert!(err.contains(part), "{part:?} is missing:\n{err}");
}

#[test]
fn a_node_starts_says_who_takes_part_and_stops() {
    let desk = Desk::open();
    let mut command = ec_station(desk.folder.path());
    command.args(["sandbox", "--station", &desk.station.url]);
    let mut node = Process::start_node(command);
    let screen = node.screen_until("Ctrl-C stops");
    for part in [
        format!("{}/nodo/node-for-psp/v1?wsdl", node.url),
        format!("{}/soap/paForNode\n", desk.station.url),
        "Comune di Borgolieve".into(),
        "99000002024_01".into(),
        "Banca Esempio S.p.A.".into(),
        format!("sandbox pay --notice {FREE} --node {}", node.url),
    ] {
        assert!(screen.contains(&part), "{part:?} is missing:\n{screen}");
    }
    let line = screen.lines().find(|line| line.starts_with("curl ")).expect("a line to paste");
    let pasted = ended(in_a_shell(desk.folder.path(), line));
    assert!(
        pasted.out.contains("<outcome>OK</outcome>") && pasted.out.contains("<amount>120.50</amount>"),
        "{pasted:?}"
    );
    let line = screen.lines().find(|line| line.contains(" sandbox pay ")).expect("how to pay");
    let words: Vec<_> = line.split_whitespace().skip(1).collect();
    told(&desk.run(&words), 0, &["Paid: 120.50 EUR"]);
    assert!(node.log().ends_with("the Node stopped"));
}

#[test]
fn every_notice_of_the_demo_is_paid_or_refused_as_its_table_says() {
    let desk = Desk::open();
    let mut paid = 0;
    for (notice, answer) in desk.notices() {
        let stamp: &[&str] = if answer.contains("stamp") { &["--stamp"] } else { &[] };
        let ended = desk.pay(&notice, stamp);
        match answer.split([' ', ':', ',']).next().unwrap() {
            "OK" => {
                told(&ended, 0, &["PSP → Node", "Node → station", "station → Node", "the receipt was taken", "Paid: "]);
                paid += 1;
            }
            word => told(&ended, 1, &["verifyPaymentNotice KO", &format!("Not paid: PAA_PAGAMENTO_{word}.")]),
        }
        told(&desk.pay(&notice, &[]), 1, &["Not paid: "]);
    }
    // One beneficiary beside the town has a copy of one of them.
    assert_eq!((paid, desk.list("receipts").len()), (5, 6));
    assert_eq!(desk.list("anomalies"), [""; 0]);
}

#[test]
fn a_notice_with_a_stamp_is_paid_with_the_stamp() {
    let desk = Desk::open();
    let (notice, _) = desk.notices().into_iter().find(|(_, answer)| answer.contains("stamp")).unwrap();
    told(
        &desk.pay(&notice, &["--v1"]),
        1,
        &["activatePaymentNotice KO", "Not paid: ", "without --v1, and with --stamp"],
    );
    let late = desk.pay(&notice, &["--fail", "timeout"]);
    told(&late, 1, &["it says KO", "sendPaymentOutcomeV2 OK", "It is free again; --stamp pays it."]);
    let ended = desk.pay(&notice, &[]);
    told(
        &ended,
        1,
        &["it says KO", "sendPaymentOutcomeV2 OK", "Not paid: the notice asks for a digital stamp", "--stamp"],
    );
    let ended = desk.pay(&notice, &["--stamp", "--raw"]);
    told(
        &ended,
        0,
        &["<marcaDaBollo>", "<idTransfer>3</idTransfer>", "<MBDAttachment>", "paSendRTV2", "<MBDAttachment>"],
    );
    assert_eq!(desk.list("anomalies"), [""; 0]);
}

#[test]
fn both_generations_pay() {
    let desk = Desk::open();
    let notices = desk.notices();
    let ended = desk.pay(&notices[0].0, &["--v1", "--psp", "99000004046"]);
    told(&ended, 0, &["activatePaymentNotice OK", "sendPaymentOutcome OK", "Paid: "]);
    told(&desk.pay(&notices[1].0, &[]), 0, &["activatePaymentNoticeV2 OK", "sendPaymentOutcomeV2 OK", "Paid: "]);
}

/// The file in the README is right: the Node takes it, and so does the station.
#[test]
fn the_registry_of_the_readme() {
    let desk = Desk::open();
    let readme = include_str!("../../../README.md");
    let section = readme.split("## A Node on the desk").nth(1).unwrap();
    let registry = section.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let file = desk.folder.path().join("my registry.json");
    std::fs::write(&file, registry.replace("http://127.0.0.1:8080", &desk.station.url)).unwrap();
    let file = file.to_str().unwrap();
    let pay =
        |psp| desk.run(&["sandbox", "pay", "--notice", FREE, "--registry", file, "--psp", psp, "--fail", "outcome"]);
    told(&pay("99000003030"), 0, &["99000003030", "As asked"]);
    told(&pay("99000004046"), 0, &["99000004046", "As asked"]);
    let mut command = ec_station(desk.folder.path());
    command.args(["sandbox", "--registry", file]);
    let mut node = Process::start_node(command);
    let screen = node.screen_until("Ctrl-C stops");
    let pay = screen.lines().find_map(|line| line.split_once(" sandbox pay ")).expect("how to pay").1;
    let pasted = in_a_shell(desk.folder.path(), &format!("ec-station sandbox pay {pay}"));
    told(&ended(pasted), 0, &["Paid: 120.50 EUR"]);
    let Ended { code, out, err } = desk.run(&["registry", "import", file]);
    assert_eq!((code, out.as_str()), (Some(0), "organizations: 1 new, 0 changed, 0 as they were\n"), "{err}");
}

#[test]
fn colours_where_somebody_wants_them() {
    let desk = Desk::open();
    let mut command = ec_station(desk.folder.path());
    command.args(["sandbox", "pay", "--notice", FREE, "--node", &desk.node]).env("CLICOLOR_FORCE", "1");
    let out = ended(command).out;
    assert!(out.contains("\x1b[32m") && out.contains("\x1b[0m"), "{out}");
}

#[test]
fn the_psp_fails() {
    let desk = Desk::open();
    let ended = desk.pay_alone(FREE, &["--fail", "outcome"]);
    told(&ended, 0, &["activatePaymentNoticeV2 OK", "it says KO", "sendPaymentOutcomeV2 OK", "verifyPaymentNotice OK"]);
    assert_eq!(desk.list("receipts"), [""; 0], "the station hears nothing of it");
    told(&desk.pay_alone(FREE, &[]), 0, &["Paid: "]);
}

#[test]
fn the_psp_comes_back_too_late() {
    let desk = Desk::open();
    let ended = desk.pay_alone(FREE, &["--fail", "timeout"]);
    told(
        &ended,
        0,
        &["sendPaymentOutcomeV2 KO PPT_TOKEN_SCADUTO", "the receipt was taken", "As asked: PPT_TOKEN_SCADUTO"],
    );
    assert_eq!(desk.list("receipts").len(), 1, "the money has moved");
}

#[test]
fn the_answer_to_the_receipt_gets_lost() {
    let desk = Desk::open();
    let ended = desk.pay_alone(FREE, &["--fail", "drop"]);
    told(
        &ended,
        0,
        &[
            "lost",
            "paSendRTV2 to",
            "a KO: PAA_RECEIPT_DUPLICATA",
            "was told 2 times; its last word is KO PAA_RECEIPT_DUPLICATA.",
        ],
    );
    assert_eq!(desk.list("receipts").len(), 1, "it was booked once");
    misused(&desk.pay(FREE, &["--fail", "drop"]), "leave --node out");
}

/// Taken by nobody, however well the payment went.
#[test]
fn a_receipt_that_is_refused_is_no_good_end() {
    let desk = Desk::open();
    let ko = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:paSendRTV2Response \
              xmlns:p=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><outcome>KO</outcome><fault>\
              <faultCode>PAA_SEMANTICA</faultCode><faultString>no</faultString><id>99000001018</id></fault>\
              </p:paSendRTV2Response></s:Body></s:Envelope>";
    let notices = desk.notices();
    for (at, fail) in [(0, &[][..]), (1, &["--fail", "timeout"]), (3, &["--fail", "drop"])] {
        let acts = [(); 2].map(|()| Act::Say(200, "text/xml", ko.into()));
        let puppet = Puppet::before(&desk.station.url, acts);
        let station = puppet.url().trim_start_matches("http://");
        let ended = desk.run(&[&["sandbox", "pay", "--notice", &notices[at].0, "--station", station], fail].concat());
        told(&ended, 1, &["a KO: PAA_SEMANTICA", "refused by 99000001018_01 with PAA_SEMANTICA, and a KO is final."]);
    }
    assert_eq!(desk.list("receipts"), [""; 0]);
}

#[test]
fn receipts_that_are_held_wait_for_somebody() {
    let desk = Desk::open();
    let mut command = ec_station(desk.folder.path());
    command.args(["sandbox", "--station", &desk.station.url, "--receipts", "hold"]);
    let node = Process::start_node(command);
    let ended = desk.run(&["sandbox", "pay", "--notice", FREE, "--node", &node.url]);
    told(&ended, 2, &["sendPaymentOutcomeV2 OK", "The Node holds the receipts"]);
    assert_eq!(desk.list("receipts"), [""; 0]);
    let ask = format!("curl -s -X POST {}/sandbox/receipts/send", node.url);
    assert_eq!(ended_code(in_a_shell(desk.folder.path(), &ask)), Some(0));
    let log = node.log();
    assert_eq!(desk.list("receipts").len(), 1, "what is on its way is finished:\n{log}");
}

fn ended_code(command: std::process::Command) -> Option<i32> {
    ended(command).code
}

#[test]
fn nobody_is_there() {
    let desk = Desk::open();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let ended = desk.run(&["sandbox", "pay", "--notice", FREE, "--station", &closed]);
    told(&ended, 1, &["Not paid: PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE."]);
    for (node, why) in [(closed.as_str(), "nobody answers at"), (desk.station.url.as_str(), "does not answer as")] {
        let Ended { code, out, err } = desk.run(&["sandbox", "pay", "--notice", FREE, "--node", node]);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.starts_with("ec-station: ") && err.contains(why), "{err}");
    }
}

#[test]
fn misuse_is_named_before_anybody_is_called() {
    let desk = Desk::open();
    let file = |name: &str, text: &str| {
        let path = desk.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (broken, letter) = (file("broken.json", "{"), file("letter.pem", "Dear Sir or Madam"));
    let nobody = file("nobody.json", r#"{"organizations": []}"#);
    for (more, part) in [
        (&["--notice", "1"][..], "eighteen"),
        (&["--notice", FREE, "--station", "ftp://x"], "must be host:port or a URL"),
        (&["--notice", FREE, "--node", "ftp://x"], "must be host:port or a URL"),
        (&["--notice", FREE, "--node", "127.0.0.1:1", "--station", "127.0.0.1:1"], "cannot be used with"),
        (&["--notice", FREE, "--stamp", "--v1"], "cannot be used with"),
        (&["--notice", FREE, "--fail", "twice"], "invalid value"),
        (&["--notice", FREE, "--psp", "99000009999"], "99000003030, 99000004046"),
        (&["--notice", "399000000001234500"], "no station of the registry has this notice"),
        (&["--notice", FREE, "--registry", &nobody], "no station of the registry has this notice"),
        (&["--notice", FREE, "--registry", &broken], "broken.json"),
        (&["--notice", FREE, "--registry", "missing.json"], "cannot read missing.json"),
        (&["--notice", FREE, "--ca", &letter], "letter.pem"),
        (&["--notice", FREE, "--identity", &letter], "letter.pem"),
    ] {
        misused(&desk.run(&[&["sandbox", "pay"], more].concat()), part);
    }
    for (more, part) in [
        (&["--registry", broken.as_str()][..], "broken.json"),
        (&["--listen", "99"], "must be an address and a port, such as 127.0.0.1:8081"),
        (&["--receipts", "keep"], "must be one of: send, hold"),
        (&["--station", "127.0.0.1:1", "pay", "--notice", FREE], "pay"),
    ] {
        misused(&desk.run(&[&["sandbox"], more].concat()), part);
    }
    assert_eq!(desk.list("receipts"), [""; 0]);
}
