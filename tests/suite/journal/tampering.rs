//! The database changed behind the station's back: `journal verify` finds it.

use ec_station::journal::{Chain, Entry, Event};

use crate::database::{Database, Engine};
use crate::given::{NAV, Receipt, a_position, a_receipt_for, today};
use crate::journal::{assert_whole, journal};
use crate::process::Ended;
use crate::station::Station;

/// A database with a writer of six receipts: a segment each, of two entries.
fn six_receipts() -> (Database, String) {
    let database = Database::with(&[a_position()]);
    let process = crate::process::Process::serve(&database, &[]);
    for number in 0..6 {
        let receipt = Receipt { id: format!("receipt {number}"), ..a_receipt_for(NAV) };
        let answer = crate::station::agent().post(format!("{}/partner", process.url)).content_type("text/xml");
        assert_eq!(crate::station::Reply::of(answer.send(receipt.v2())).outcome(), "OK");
    }
    process.log();
    let writer = database.text("SELECT writer FROM journal GROUP BY writer ORDER BY COUNT(*) DESC LIMIT 1");
    (database, writer)
}

/// Bytes as a literal of SQL.
fn literal(bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match Engine::of_this_run() {
        Engine::Sqlite => format!("x'{hex}'"),
        Engine::Postgres => format!("'\\x{hex}'::bytea"),
    }
}

/// Somebody who knows the format writes an entry anew in the place of the second segment.
fn forged(database: &Database, writer: &str) -> String {
    let head =
        database.bytes(&format!("SELECT previous_head FROM journal WHERE writer = '{writer}' AND first_entry = 3"));
    let text = String::new;
    let event = Event {
        at: today(),
        name: "OPTION_PAID".into(),
        organization: text(),
        nav: text(),
        iuv: text(),
        iupd: text(),
        receipt_id: text(),
        why: text(),
    };
    let chain = Chain::resume(writer, 3, head.try_into().unwrap());
    let segment = chain.seal(&[Entry::Event(event.clone()), Entry::Event(event)]).unwrap();
    let [keys, head, content] = [&segment.keys, &segment.head.to_vec(), &segment.content].map(|bytes| literal(bytes));
    let times = "from_at = '2026-11-22T12:00:00+00:00', to_at = '2026-11-22T12:00:00+00:00'";
    format!(
        "UPDATE journal SET entries = 2, {times}, notice_key = NULL, keys = {keys}, head = {head}, content = {content} WHERE <3>"
    )
}

#[test]
fn whatever_is_changed_inside_is_found() {
    let (database, writer) = six_receipts();
    let whole = assert_whole(&database);
    assert!(whole.contains(&format!("writer {writer}: whole; 6 segments, ")), "{whole}");
    let copied = "entries, from_at, to_at, notice_key, keys, previous_head, head, content";
    let cases: Vec<(String, &str)> = vec![
        ("UPDATE journal SET content = keys WHERE <3>".into(), "were altered: the content"),
        ("UPDATE journal SET notice_key = 1 WHERE <3>".into(), "the keys of the row are not those"),
        ("UPDATE journal SET keys = head WHERE <3>".into(), "the keys of the row are not those"),
        ("UPDATE journal SET head = previous_head WHERE <3>".into(), "do not lead from the head"),
        ("UPDATE journal SET head = keys WHERE <3>".into(), "do not lead from the head"),
        ("UPDATE journal SET previous_head = keys WHERE <3>".into(), "do not lead from the head"),
        ("UPDATE journal SET entries = 1 WHERE <3>".into(), "does not hold the 1 entries"),
        ("UPDATE journal SET from_at = '2020-01-01T00:00:00+00:00' WHERE <3>".into(), "the times of the row"),
        (forged(&database, &writer), "was put in or written anew"),
        ("DELETE FROM journal WHERE <3>".into(), "are missing"),
        ("DELETE FROM journal WHERE <1>".into(), "without an anchor"),
        (
            format!(
                "INSERT INTO journal (writer, first_entry, {copied}) SELECT writer, 1000, {copied} FROM journal WHERE <3>"
            ),
            "do not lead from the head",
        ),
        (
            "UPDATE journal SET first_entry = -1 WHERE <3>; UPDATE journal SET first_entry = 3 WHERE <5>;
             UPDATE journal SET first_entry = 5 WHERE <-1>"
                .into(),
            "do not lead from the head",
        ),
        ("UPDATE journal SET first_entry = first_entry + 100 WHERE <3>".into(), "do not lead from the head"),
        ("UPDATE journal SET writer = 'somebody' WHERE <3>".into(), "are missing"),
        (
            "DELETE FROM journal WHERE <3>; INSERT INTO journal_anchor VALUES ('<w>', 5, <head>, '2026-01-01')".into(),
            "place",
        ),
    ];
    database.change("CREATE TABLE kept AS SELECT * FROM journal");
    for (change, finding) in cases {
        let mut change = change.replace("<w>", &writer).replace("<head>", &literal(&[7; 32]));
        for first in [-1, 1, 3, 5] {
            change = change.replace(&format!("<{first}>"), &format!("writer = '{writer}' AND first_entry = {first}"));
        }
        database.change(&change);
        let Ended { code, out, err } = journal(&database, &["verify"]);
        assert_eq!((code, err.as_str()), (Some(1), ""), "{change}\n{out}");
        assert!(out.contains(finding) && out.contains("NOT WHOLE"), "{change}\n{out}");
        let cured = out.lines().filter(|line| line.starts_with("  ")).all(|line| line.contains("; "));
        assert!(cured, "each finding has its cure:\n{out}");
        database.change("DELETE FROM journal; DELETE FROM journal_anchor; INSERT INTO journal SELECT * FROM kept");
        assert_eq!(assert_whole(&database), whole);
    }
}

#[test]
fn an_end_that_was_cut_off_is_found_by_its_head() {
    let (database, writer) = six_receipts();
    let whole = assert_whole(&database);
    let head = whole.split("it ends at ").find(|part| part.starts_with(&writer)).unwrap().lines().next().unwrap();
    let earlier = {
        database.change("CREATE TABLE kept AS SELECT * FROM journal");
        let newest = format!(
            "writer = '{writer}' AND first_entry = (SELECT MAX(first_entry) FROM journal WHERE writer = '{writer}')"
        );
        database.change(&format!("DELETE FROM journal WHERE {newest}"));
        let cut = assert_whole(&database);
        cut.split("it ends at ").find(|part| part.starts_with(&writer)).unwrap().lines().next().unwrap().to_owned()
    };
    let found = journal(&database, &["verify", "--head", head]);
    assert_eq!(found.code, Some(1));
    assert!(found.out.contains("the chain was cut off after entry"), "{}", found.out);
    assert_eq!(journal(&database, &["verify", "--head", &earlier]).code, Some(0));

    // With the end in its place, both hold, and a head that never was does not.
    database.change("DELETE FROM journal; INSERT INTO journal SELECT * FROM kept");
    assert_eq!(journal(&database, &["verify", "--head", head, "--head", &earlier]).code, Some(0));
    let (place, digits) = earlier.rsplit_once(':').unwrap();
    let never = format!("{place}:{}", digits.chars().rev().collect::<String>());
    let found = journal(&database, &["verify", "--head", &never]);
    assert_eq!(found.code, Some(1));
    assert!(found.out.contains("is another one than the one noted"), "{}", found.out);

    // All of a writer gone.
    database.change(&format!("DELETE FROM journal WHERE writer = '{writer}'"));
    assert_whole(&database);
    assert_eq!(journal(&database, &["verify", "--head", head]).code, Some(1));
    assert_eq!(journal(&database, &["verify", "--head", "no head"]).code, Some(64));
}

/// A notice that stands in an altered segment: what can be told is told, and that something cannot.
#[test]
fn what_cannot_be_read_is_said() {
    let station = Station::spawn();
    station.load(&a_position());
    assert_eq!(station.post(a_receipt_for(NAV).v1()).outcome(), "OK");
    let receipts = "id = (SELECT MAX(id) FROM journal WHERE notice_key IS NOT NULL)";
    station.database().change(&format!("UPDATE journal SET content = head WHERE {receipts}"));
    let shown = journal(station.database(), &["show", "--notice", NAV]);
    assert_eq!(shown.code, Some(1));
    assert!(shown.out.contains("POSITION_CREATED"), "{}", shown.out);
    assert!(shown.err.contains("cannot be read"), "{}", shown.err);
    let exported = journal(station.database(), &["export", "--from", "2026-01-01", "--to", "2030-01-01"]);
    assert_eq!(exported.code, Some(1));
    assert!(exported.out.contains("POSITION_CREATED") && exported.err.contains("missing"), "{}", exported.err);
}
