//! What must hold of a database whatever happened to the station: what was acknowledged is there, nothing is half there,
//! and the journal's chains are whole and tell the same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use ec_station::journal::{Entry, Outcome, Segment, Verifier};

use crate::database::Database;

/// Rows that must not exist: what is wrong with them, and how they are found.
const OFFENCES: &[(&str, &str)] = &[
    (
        "an option is paid by a receipt that is not there",
        "SELECT o.nav FROM payment_option o
         WHERE o.status = 'PO_PAID' AND o.receipt_id <> 'an-earlier-receipt'
               AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.organization = o.organization AND r.nav = o.nav
                               AND r.receipt_id = o.receipt_id AND r.outcome = 'OK')",
    ),
    (
        "a receipt settled an option that does not know of it",
        "SELECT r.receipt_id FROM receipt r
         WHERE r.outcome = 'OK' AND r.kind = 'OWN' AND r.rule IN ('D8', 'D9', 'D11')
               AND NOT EXISTS (SELECT 1 FROM payment_option o WHERE o.organization = r.organization AND o.nav = r.nav
                               AND o.receipt_id = r.receipt_id AND o.status = 'PO_PAID')",
    ),
    (
        "two receipts settled one notice",
        "SELECT nav FROM receipt WHERE outcome = 'OK' AND kind = 'OWN' AND rule IN ('D8', 'D9', 'D11')
         GROUP BY organization, nav HAVING COUNT(*) > 1",
    ),
    (
        "a second payment has no anomaly",
        "SELECT r.receipt_id FROM receipt r WHERE r.rule = 'D10'
               AND NOT EXISTS (SELECT 1 FROM anomaly a WHERE a.receipt_ref = r.id AND a.kind = 'DOUBLE_PAYMENT')",
    ),
    (
        "an orphan has no anomaly",
        "SELECT r.receipt_id FROM receipt r WHERE r.rule = 'D7'
               AND NOT EXISTS (SELECT 1 FROM anomaly a WHERE a.receipt_ref = r.id AND a.kind = 'ORPHAN_RECEIPT')",
    ),
    (
        "an altered copy has no anomaly",
        "SELECT r.receipt_id FROM receipt r JOIN receipt_copy c ON c.receipt_ref = r.id
         WHERE NOT EXISTS (SELECT 1 FROM anomaly a WHERE a.receipt_ref = r.id AND a.kind = 'ALTERED_RECEIPT')",
    ),
    (
        "a refused receipt has no anomaly",
        "SELECT f.reason FROM refused_receipt f
         WHERE NOT EXISTS (SELECT 1 FROM anomaly a WHERE a.refused_ref = f.id)",
    ),
    (
        "an unpaid option stands beside the receipt that paid it",
        "SELECT o.nav FROM payment_option o JOIN receipt r ON r.organization = o.organization AND r.nav = o.nav
         WHERE o.status = 'PO_UNPAID' AND r.recipient = r.organization AND r.outcome = 'OK'",
    ),
    (
        "a position does not know that it is paid",
        "SELECT p.iupd FROM debt_position p JOIN payment_option o ON o.position_id = p.id
         WHERE o.status = 'PO_PAID' AND p.status NOT IN ('PAID', 'PARTIALLY_PAID', 'REPORTED')",
    ),
];

/// Looks for everything that must not be.
pub fn nothing_is_half_stored(database: &Database) {
    let mut neighbour = database.neighbour();
    for (what, sql) in OFFENCES {
        assert_eq!(neighbour.rows::<String>(sql), [""; 0], "{what}");
    }
    drop(neighbour);
    the_journal_tells_the_same(database);
}

/// Every one of these receipts is there, once.
pub fn holds<'i>(database: &Database, acknowledged: impl IntoIterator<Item = &'i String>) {
    let stored = database.neighbour().rows::<String>("SELECT receipt_id FROM receipt WHERE recipient = organization");
    let count = stored.len();
    let stored: BTreeSet<String> = stored.into_iter().collect();
    assert_eq!(stored.len(), count, "no receipt is there twice");
    let lost: Vec<_> = acknowledged.into_iter().filter(|id| !stored.contains(*id)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
}

type Row = (String, i64, i64, DateTime<Utc>, DateTime<Utc>, Option<i64>, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

/// All entries of the journal, whose chains are whole.
pub fn journal(database: &Database) -> Vec<Entry> {
    let rows: Vec<Row> = database.neighbour().records(
        "SELECT writer, first_entry, entries, from_at, to_at, notice_key, keys, previous_head, head, content FROM journal
         ORDER BY writer, first_entry",
    );
    let mut verifiers: BTreeMap<String, Verifier> = BTreeMap::new();
    let mut entries = Vec::new();
    for (writer, first, count, from_at, to_at, notice_key, keys, previous, head, content) in rows {
        let head_of = |bytes: Vec<u8>| bytes.try_into().expect("a head has 32 bytes");
        let (previous, head) = (head_of(previous), head_of(head));
        let verifier = verifiers.entry(writer.clone()).or_insert_with(|| Verifier::new(writer.clone()));
        let segment =
            Segment { writer, first, entries: count, from_at, to_at, notice_key, keys, previous, head, content };
        entries.extend(verifier.take(&segment).expect("the segment is whole"));
    }
    for verifier in verifiers.into_values() {
        let summary = verifier.finish();
        assert!(summary.is_whole(), "{}: {:?}", summary.end.writer, summary.findings);
    }
    entries
}

/// Every receipt came in one exchange that stored it, every payment is an event.
fn the_journal_tells_the_same(database: &Database) {
    // The rows first: whoever writes meanwhile is then in the journal as well.
    let stored: Vec<(String, String, String)> =
        database.neighbour().records("SELECT recipient, receipt_id, rule FROM receipt WHERE outcome = 'OK'");
    let mut stored_by: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut paid_by: BTreeMap<(String, String), u32> = BTreeMap::new();
    for entry in journal(database) {
        match entry {
            Entry::Exchange(exchange) if exchange.about.operation.starts_with("paSendRT") => {
                let repeated = exchange.fault.as_deref() == Some("PAA_RECEIPT_DUPLICATA");
                if exchange.outcome != Outcome::Fault && !repeated {
                    *stored_by.entry((exchange.about.organization, exchange.about.receipt_id)).or_default() += 1;
                }
            }
            Entry::Event(event) if event.name == "OPTION_PAID" => {
                *paid_by.entry((event.organization, event.receipt_id)).or_default() += 1;
            }
            _ => {}
        }
    }
    for (recipient, id, rule) in stored {
        let key = (recipient, id);
        assert_eq!(stored_by.get(&key), Some(&1), "{key:?} was stored in one exchange of the journal");
        if matches!(rule.as_str(), "D8" | "D9" | "D11") {
            assert_eq!(paid_by.get(&key), Some(&1), "{key:?} paid in one event of the journal");
        }
    }
}
