//! Files into a real store, and what the operator hears.

use chrono::TimeZone;
use clap::Parser;
use serde_json::{Value, json};

use super::*;
use crate::store::{DatabaseUrl, Pools};

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
        let store = Store::open(&DatabaseUrl::file(folder.path().join("station.db")), &Pools::default()).await.unwrap();
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
    assert!(
        told[1].starts_with(
            "3,C,paymentOption[0].nav,the number 307000000001234573 is on another position of the same file,"
        ),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_dry_run_sees_notices_that_come_twice_in_different_batches() {
    let desk = Desk::new().await;
    let number = |at: usize| {
        let base = format!("307{at:013}");
        format!("{}{}", &base[1..], crate::domain::codes::check_digits(&base))
    };
    let mut positions: Vec<_> = (0..BATCH + 1).map(|at| position(&format!("P-{at}"), &number(at), LATER)).collect();
    positions.push(position("TWIN", &number(0), LATER));
    for arguments in ["--dry-run", ""] {
        let (code, told) = desk.load("a.json", &file(&positions), arguments).await;
        assert_eq!((code, told.len()), (DONE_IN_PART, 1), "{arguments}");
        assert!(told[0].contains("TWIN") && told[0].contains("of the same file"), "{told:?}");
    }
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

/// A position with `validityDate` and `switchToExpired`.
fn dated(iupd: &str, iuv: &str, validity: Option<&str>, due: &str, expires: bool) -> Value {
    let mut position = position(iupd, iuv, due);
    position["validityDate"] = validity.into();
    position["switchToExpired"] = expires.into();
    position
}

#[tokio::test]
async fn an_update_may_come_later_than_the_position() {
    let (soon, later) = ("2026-11-22T13:00:00", "2026-11-22T14:00:00");
    for (validity, due, expires, allowed) in [
        (Some(soon), LATER, false, true),
        (Some(soon), LATER, true, true),
        (Some(soon), later, false, true),
        (Some(soon), later, true, false),
        (None, later, false, false),
    ] {
        let mut desk = Desk::new().await;
        let mut position = dated("A", FIRST, validity, due, expires);
        assert_eq!(desk.load("a.json", &file(&[position.clone()]), "--publish").await, (0, vec![]));
        desk.now += chrono::Duration::days(1);
        position["paymentOption"][0]["description"] = "TARI 2026, corrected".into();
        let text = file(&[position]);
        for arguments in ["--publish --dry-run", "--publish", "--publish"] {
            let (code, told) = desk.load("a.json", &text, arguments).await;
            assert_eq!((code == 0, told.is_empty()), (allowed, allowed), "{validity:?} {due} {expires} {told:?}");
            assert!(told.iter().all(|told| told.contains("dueDate")), "{told:?}");
        }
    }
}

#[tokio::test]
async fn a_clash_spoils_one_position_of_a_batch() {
    let desk = Desk::new().await;
    let third = "07000000001234775";
    let load = async |positions: &[Value]| desk.load("a.json", &file(positions), "").await;
    assert_eq!(load(&[position("A", FIRST, LATER), position("B", SECOND, LATER)]).await, (0, vec![]));
    let (code, told) =
        load(&[position("C", third, LATER), position("D", FIRST, LATER), position("B", SECOND, "2998-12-31T22:59:59")])
            .await;
    assert_eq!((code, told.len()), (DONE_IN_PART, 1));
    assert!(told[0].starts_with("1,D,nav,the notice 307000000001234573 belongs to another"), "{told:?}");
    let (code, told) = load(&[position("A", third, LATER)]).await;
    assert_eq!((code, told.len()), (DONE_IN_PART, 1), "its own notice is not in its way: {told:?}");
    // Two that exchange their notices are in nobody's way.
    assert_eq!(load(&[position("A", SECOND, LATER), position("B", FIRST, LATER)]).await, (0, vec![]));
    assert_eq!(load(&[position("A", SECOND, LATER), position("B", FIRST, LATER)]).await, (0, vec![]));
}

#[tokio::test]
async fn a_code_that_ended_since_changes_nothing() {
    let desk = Desk::new().await;
    let text = file(&[position("A", FIRST, LATER)]);
    assert_eq!(desk.load("a.json", &text, "").await, (0, vec![]));
    let catalogue = "DATI SPECIFICI INCASSO;DATA INIZIO VALIDITA;DATA FINE VALIDITA\n0101101IM;2020-01-01;2025-12-31\n";
    let entries = intake::taxonomy::parse(catalogue.as_bytes()).unwrap().entries;
    desk.store.import_taxonomy(&entries, chrono::Utc::now()).await.unwrap();
    assert_eq!(desk.load("a.json", &text, "").await, (0, vec![]));
    for positions in [position("A", FIRST, "2998-12-31T22:59:59"), position("B", SECOND, LATER)] {
        let (code, told) = desk.load("a.json", &file(&[positions]), "").await;
        assert_eq!((code, told.len()), (DONE_IN_PART, 1));
        assert!(told[0].contains("was valid until 2025-12-31"), "{told:?}");
    }
}

#[tokio::test]
async fn a_draft_whose_dates_have_passed_is_not_published() {
    let mut desk = Desk::new().await;
    let text = file(&[position("A", FIRST, "2026-11-22T13:00:00")]);
    assert_eq!(desk.load("a.json", &text, "").await, (0, vec![]));
    desk.now += chrono::Duration::days(1);
    assert_eq!(desk.load("a.json", &text, "").await, (0, vec![]));
    let (code, told) = desk.load("a.json", &text, "--publish").await;
    assert_eq!((code, told.len()), (DONE_IN_PART, 1));
    assert!(told[0].starts_with("1,A,paymentOption[0].dueDate,is in the past,"), "{told:?}");
}

#[tokio::test]
async fn what_is_published_is_not_taken_back_in_silence() {
    let desk = Desk::new().await;
    let positions = [position("A", FIRST, LATER), position("B", SECOND, LATER)];
    assert_eq!(desk.load("a.json", &file(&positions), "--publish").await, (0, vec![]));
    // A history that says nothing of states leaves them as they are.
    assert_eq!(desk.load("a.json", &file(&positions), "--history").await, (0, vec![]));
    let changed = file(&positions).replace("TARI 2026", "TARI 2027");
    let save = |publish| Save { now: desk.now, publish, history: false, dry_run: false };
    let drafts = intake::read(Format::Json, changed.as_bytes(), rules(&desk)).unwrap();
    let drafts: Vec<_> = drafts.map(|item| item.unwrap().result.unwrap()).collect();
    for (publish, saved) in [(false, Saved::Withdrawn), (false, Saved::Unchanged), (true, Saved::Published)] {
        assert_eq!(desk.store.save_positions(&drafts, &save(publish)).await.unwrap(), [saved.clone(), saved]);
    }
    let mut counts = Counts::default();
    counts.add(&Saved::Withdrawn);
    let summary = counts.summary(false, Instant::now(), &DatabaseUrl::file("station.db"));
    assert!(
        summary.contains("1 updated")
            && summary.ends_with("of the updated 1 were published and are drafts again: add --publish")
    );
}

fn rules(desk: &Desk) -> Rules {
    let organization = OrganizationCode::new("99000001018");
    Rules {
        organization,
        validation: Validation::Strict,
        history: false,
        now: desk.now,
        catalogue: None,
        registered_ibans: vec![],
    }
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
        vec![itself.as_str(), "--organization", "", "--validation", "gpd"],
    ] {
        let answer = load(&line).run(&Settings::defaults(), &desk.store).await;
        assert!(matches!(answer, Err(Failure::Usage(_))), "{line:?} {answer:?}");
    }
}
