//! Files into a real store, and what the operator hears.

use chrono::TimeZone;
use clap::Parser;
use serde_json::{Value, json};

use super::*;
use crate::store::DatabaseUrl;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    load: Load,
}

/// A folder with a store.
struct Desk {
    folder: tempfile::TempDir,
    store: Store,
    now: DateTime<Utc>,
}

impl Desk {
    async fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&DatabaseUrl::file(folder.path().join("station.db"))).await.unwrap();
        Desk { folder, store, now: Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap() }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Loads a file with these arguments; gives the exit code and the rows of the rejects, without the heading.
    async fn load(&self, name: &str, content: &str, arguments: &str) -> (u8, Vec<String>) {
        std::fs::write(self.path(name), content).unwrap();
        let (file, rejects) = (self.path(name), self.path("rejects.csv"));
        let mut line = vec!["load", &file, "--organization", "99000001018", "--rejects", &rejects];
        line.extend(arguments.split_whitespace());
        let load = Line::try_parse_from(line).unwrap().load;
        let code = match load.run_at(self.now, &Settings::defaults(), &self.store).await {
            Ok(code) if code == ExitCode::SUCCESS => 0,
            Ok(_) => DONE_IN_PART,
            Err(Failure::Usage(_)) => crate::cli::USAGE_ERROR,
            Err(_) => 1,
        };
        let told = std::fs::read_to_string(&rejects).unwrap_or_default();
        (code, told.lines().skip(1).map(str::to_owned).collect())
    }
}

fn position(iupd: &str, iuv: &str, due: &str) -> Value {
    json!({
        "iupd": iupd, "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli",
        "companyName": "Comune di Borgolieve", "switchToExpired": false,
        "paymentOption": [{
            "iuv": iuv, "amount": 12050, "description": "TARI 2026", "isPartialPayment": false, "dueDate": due,
            "transfer": [{
                "idTransfer": "1", "amount": 12050, "remittanceInformation": "TARI 2026", "category": "0101101IM",
                "iban": "IT41P9999911111000000123456"
            }]
        }]
    })
}

fn file(positions: &[Value]) -> String {
    json!({ "paymentPositions": positions }).to_string()
}

const FIRST: &str = "07000000001234573";
const SECOND: &str = "07000000001234674";
const LATER: &str = "2999-12-31T22:59:59.25";

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let desk = Desk::new().await;
    let text = file(&[position("A", FIRST, LATER), position("B", SECOND, LATER)]);
    for arguments in ["--dry-run", "", "", "--publish", "--publish", ""] {
        assert_eq!(desk.load("a.json", &text, arguments).await, (0, vec![]), "{arguments}");
    }
}

#[tokio::test]
async fn wrong_positions_are_told_and_good_ones_loaded() {
    let desk = Desk::new().await;
    let mut wrong = position("B", SECOND, LATER);
    wrong["paymentOption"][0]["amount"] = 1.into();
    let lines = [position("A", FIRST, LATER).to_string(), wrong.to_string(), position("C", FIRST, LATER).to_string()];
    let (code, told) = desk.load("a.jsonl", &lines.join("\n"), "").await;
    assert_eq!(code, DONE_IN_PART);
    assert_eq!(told.len(), 2);
    assert!(told[0].starts_with("2,B,paymentOption[0].amount,"), "{told:?}");
    assert!(told[1].starts_with("3,C,nav,the notice 307000000001234573 belongs to another position,"), "{told:?}");
}

#[tokio::test]
async fn what_was_in_time_may_come_again() {
    let mut desk = Desk::new().await;
    let due = "2026-11-22T13:00:00";
    let text = file(&[position("A", FIRST, due)]);
    assert_eq!(desk.load("a.json", &text, "--publish").await, (0, vec![]));
    desk.now += chrono::Duration::days(1);
    assert_eq!(desk.load("a.json", &text, "--publish").await, (0, vec![]));
    let (code, told) = desk.load("a.json", &file(&[position("B", SECOND, due)]), "--publish").await;
    assert_eq!((code, told.len()), (DONE_IN_PART, 1));
    assert!(told[0].starts_with("1,B,paymentOption[0].dueDate,is in the past,"), "{told:?}");
}

#[tokio::test]
async fn a_history_is_kept_and_then_closed_to_changes() {
    let desk = Desk::new().await;
    let mut paid = position("A", FIRST, "2020-12-31T22:59:59");
    paid["status"] = "PAID".into();
    paid["paymentOption"][0]["status"] = "PO_PAID".into();
    paid["paymentOption"][0]["paymentDate"] = "2020-12-01T10:00:00.123456789".into();
    paid["paymentOption"][0]["idReceipt"] = "3fa9c1d27b6e4c50a8e1f0925d7b6c43".into();
    for _ in 0..2 {
        assert_eq!(desk.load("a.json", &file(&[paid.clone()]), "--history").await, (0, vec![]));
    }
    let (code, told) = desk.load("a.json", &file(&[position("A", FIRST, LATER)]), "").await;
    assert_eq!(code, DONE_IN_PART);
    assert!(told[0].contains("is PAID, which cannot be changed"), "{told:?}");
}

#[tokio::test]
async fn misuse_is_told_apart() {
    let desk = Desk::new().await;
    for (name, content, arguments) in [("a.csv", "iupd;importo\n", ""), ("a.txt", "", ""), ("a.csv", "", "")] {
        assert_eq!(desk.load(name, content, arguments).await.0, crate::cli::USAGE_ERROR, "{name}");
    }
    let load = |line: &[&str]| Line::try_parse_from([&["load"], line].concat()).unwrap().load;
    let (missing, itself) = (desk.path("missing.json"), desk.path("a.csv"));
    for line in [
        vec![missing.as_str(), "--organization", "99000001018"],
        vec!["-", "--organization", "99000001018"],
        vec![itself.as_str(), "--organization", "99000001018", "--rejects", itself.as_str()],
        vec![itself.as_str(), "--organization", "COMUNE"],
    ] {
        let answer = load(&line).run(&Settings::defaults(), &desk.store).await;
        assert!(matches!(answer, Err(Failure::Usage(_))), "{line:?} {answer:?}");
    }
}
