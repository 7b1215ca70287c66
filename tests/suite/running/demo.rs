//! `demo`: the screen a newcomer sees, and everything on it tried.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::given::{self, COMUNE};
use crate::process::{Process, ec_station, ended, in_a_shell};
use crate::running::post;
use crate::station::agent;

/// A demo in its own folder and what its screen shows.
fn demo() -> (Process, String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = ec_station(folder.path());
    command.arg("demo");
    let mut process = Process::start(command);
    let screen = process.screen_until("Ctrl-C stops");
    (process, screen, folder)
}

/// The rows of the table: notice, euro, and what a verify answers.
pub fn table(screen: &str) -> Vec<(String, String, String)> {
    let is_notice = |line: &&str| line.len() > 18 && line.as_bytes()[..18].iter().all(u8::is_ascii_digit);
    let heading = screen.lines().find(|line| line.starts_with("notice ")).expect("the table has a heading");
    let at = heading.find("a verify answers").expect("its last column is the answer");
    let row = |line: &str| {
        let answer: String = line.chars().skip(at).collect();
        (line[..18].into(), line[18..].split_whitespace().next().unwrap().into(), answer)
    };
    screen.lines().filter(is_notice).map(row).collect()
}

#[test]
fn the_screen_shows_an_address_and_a_notice_in_each_state() {
    let (process, screen, folder) = demo();
    assert!(screen.contains(&format!("{}/soap/paForNode ", process.url)), "{screen}");
    assert!(screen.contains(&format!("{}/soap/paForNode?wsdl", process.url)), "{screen}");
    let wsdl = agent().get(node_wsdl(&screen)).call().unwrap();
    assert_eq!(wsdl.status().as_u16(), 200, "its Node is there too:\n{screen}");
    let table = table(&screen);
    assert!((10..=15).contains(&table.len()), "about a dozen:\n{screen}");
    let notices: BTreeSet<_> = table.iter().map(|(notice, ..)| notice).collect();
    assert_eq!(notices.len(), table.len(), "no notice twice:\n{screen}");
    let states: BTreeSet<_> = table.iter().map(|(.., answer)| answer.split([' ', ':', ',']).next().unwrap()).collect();
    assert_eq!(states, BTreeSet::from(["OK", "ANNULLATO", "DUPLICATO", "SCADUTO", "SCONOSCIUTO"]));
    drop(process);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "its store is elsewhere, and temporary");
}

#[test]
fn every_notice_answers_what_the_table_says() {
    let (process, screen, _folder) = demo();
    for (notice, euro, answer) in table(&screen) {
        let word = answer.split([' ', ':', ',']).next().unwrap();
        let expected = if word == "OK" { "OK".into() } else { format!("PAA_PAGAMENTO_{word}") };
        let reply = post(&process, given::verify(&notice));
        assert_eq!(reply.outcome(), expected, "{notice} {answer}");
        assert_eq!(post(&process, given::get_v2(&notice, "")).outcome(), expected, "{notice} {answer}");
        let first_generation = post(&process, given::get(&notice, "<transferType>POSTAL</transferType>"));
        let expected = if answer.contains("V2") { "PAA_SEMANTICA".into() } else { expected };
        assert_eq!(first_generation.outcome(), expected, "{notice} {answer}");
        if word == "OK" {
            assert_eq!(reply.element("amount"), Some(euro), "{notice}");
            assert_eq!(
                reply.element("allCCP").as_deref(),
                Some(if answer.contains("postal") { "true" } else { "false" })
            );
        }
    }
}

/// Pasted as they stand, one asks, one pays, and one opens a page that leads to the Node's Checkout.
#[test]
fn the_lines_to_paste() {
    let (_process, screen, folder) = demo();
    let lines: Vec<_> = screen.lines().filter(|line| line.starts_with("curl ")).collect();
    let [verify, pay, open] = lines[..] else { panic!("three lines:\n{screen}") };
    let paste = |line: &str| {
        let ended = ended(in_a_shell(folder.path(), line));
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{line}");
        ended.out
    };
    let answer = paste(verify);
    assert!(answer.contains("<paf:paVerifyPaymentNoticeRes><outcome>OK</outcome>"), "{answer}");
    let answer = paste(pay);
    assert!(answer.contains("<paf:paSendRTRes><outcome>OK</outcome></paf:paSendRTRes>"), "{answer}");
    let answer = paste(verify);
    assert!(answer.contains("<faultCode>PAA_PAGAMENTO_DUPLICATO</faultCode>"), "{answer}");
    let answer = paste(pay);
    assert!(answer.contains("<faultCode>PAA_RECEIPT_DUPLICATA</faultCode>"), "{answer}");

    let answer: Value = serde_json::from_str(&paste(open)).unwrap();
    assert_eq!((&answer["success"], &answer["message"]), (&json!(true), &json!("")), "{answer}");
    let page = answer["data"]["payment_url"].as_str().unwrap();
    assert!(agent().get(page).call().unwrap().body_mut().read_to_string().unwrap().contains("42,00"));
    let staying = ureq::Agent::config_builder().max_redirects(0).build().new_agent();
    let sent = staying.post(format!("{page}/pay")).send_form([("email", "cliente@example.org")]).unwrap();
    let checkout = sent.headers()["location"].to_str().unwrap();
    let node = node_wsdl(&screen).split("/nodo/").next().unwrap();
    assert!(checkout.starts_with(&format!("{node}/checkout/")), "{checkout}");
    assert!(agent().get(checkout).call().unwrap().body_mut().read_to_string().unwrap().contains("42,00"));
}

/// The address of the contract of the Node beside it.
fn node_wsdl(screen: &str) -> &str {
    let words = screen.split(['(', ')', ' ']);
    let mut found = words.filter(|word| word.ends_with("/nodo/node-for-psp/v1?wsdl"));
    found.next().unwrap_or_else(|| panic!("the screen has the Node's contract:\n{screen}"))
}

#[test]
fn one_word_stops_the_station_and_its_node() {
    let (mut process, screen, _folder) = demo();
    let wsdl = node_wsdl(&screen).to_owned();
    process.until("the Node listens");
    let log = process.log();
    for word in ["stopped", "the Node stopped"] {
        assert!(log.lines().any(|line| line.ends_with(&format!(" {word}"))), "{word}:\n{log}");
    }
    assert!(agent().get(&wsdl).call().is_err(), "nobody is there any more");
}

#[test]
fn a_folder_to_keep() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("new/folder");
    let mut command = ec_station(folder.path());
    command.arg("demo").arg("--folder").arg(&kept);
    let mut process = Process::start(command);
    let notice = table(&process.screen_until("Ctrl-C stops")).remove(0).0;
    assert_eq!(post(&process, given::a_receipt_for(&notice).v1()).outcome(), "OK");
    process.log();

    // What happened can be looked at afterwards.
    let url = format!("sqlite://{}", kept.join("ec-station.db").display());
    let list = |command: &str| {
        let mut list = ec_station(folder.path());
        list.args([command, "--organization", COMUNE]).env("EC_STATION_DATABASE_URL", &url);
        let ended = ended(list);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended.out
    };
    assert!(list("receipts").contains(&notice));
    assert!(!list("receipts").contains("Verdelli"), "a list names no people");
    list("anomalies");

    let mut second = ec_station(folder.path());
    second.arg("demo").arg("--folder").arg(&kept);
    let second = ended(second);
    assert_eq!((second.code, second.out.as_str()), (Some(64), ""));
    assert!(second.err.contains("ec-station.db exists"), "{}", second.err);
}
