//! Many notices as one ZIP.

use std::io::{Cursor, Read};

use serde_json::json;
use zip::ZipArchive;

use super::judge::judged;
use super::{LAST, a_letterhead, in_instalments, option, post, printing};
use crate::access::{a_key, with};
use crate::database::Database;
use crate::given::{COMUNE, NAV, OTHER_NAV, PROVINCIA, a_position, a_position_of, bank, bank_and_postal};
use crate::station::Station;

fn path(organization: &str) -> String {
    format!("/organizations/{organization}/notices/pdf")
}

/// The files of a ZIP, in the order of their names.
pub fn unpacked(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(zip)).expect("a ZIP has an end");
    let mut files = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.push((file.name().unwrap().into_owned(), content));
    }
    files.sort();
    files
}

pub fn names(files: &[(String, Vec<u8>)]) -> Vec<&str> {
    files.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn what_is_refused() {
    let station = Station::spawn();
    let many: Vec<_> = (0..1_001).map(|number| number.to_string()).collect();
    for (body, words) in [
        (json!({}), "missing field `notices`"),
        (json!({"notices": []}), "notices: must be 1 to 1000 numbers, there are 0"),
        (json!({"notices": many}), "notices: must be 1 to 1000 numbers, there are 1001"),
        (json!({"notices": [NAV, "../x"]}), r#"notices[1]: must match "\d{1,30}""#),
        (json!({"notices": [NAV], "colour": true}), "unknown field `colour`"),
    ] {
        let (status, detail) = post(&station, &path(COMUNE), &[], &body).problem();
        assert!(status == 400 && detail.contains(words), "{body}: {status} {detail}");
    }
}

#[test]
fn a_bundle_has_a_letter_for_each_debt_and_says_what_is_missing() {
    let station = printing(a_letterhead());
    station.load(&in_instalments());
    station.load(&a_position_of(vec![option("307000000000000505", 100, bank_and_postal())]));
    let mut cancelled = a_position_of(vec![option("307000000000000606", 100, bank())]);
    cancelled.status = ec_station::domain::position::PositionStatus::Invalid;
    station.load(&cancelled);
    let (iuv, other_iuv) = (&NAV[1..], "07000000000000505");
    let asked = [other_iuv, OTHER_NAV, NAV, "307000000000000606", "307000000000000505", LAST, iuv];
    let asked = [&asked[..], &["307000000000000707", OTHER_NAV, &OTHER_NAV[1..], other_iuv]].concat();
    let bundle = post(&station, &path(COMUNE), &[], &json!({ "notices": asked }));
    assert_eq!((bundle.status, bundle.header("content-type")), (200, "application/zip"));
    assert_eq!(bundle.header("content-disposition"), "attachment; filename=\"avvisi.zip\"");
    let files = unpacked(&bundle.body);
    let expected = ["avviso-307000000000000505.pdf", "avviso-307000000001234674.pdf", "not-printed.csv"];
    assert_eq!(names(&files), expected);
    assert_eq!(judged(&files[0].1).qr(), [format!("PAGOPA|002|307000000000000505|{COMUNE}|100")]);
    assert_eq!(judged(&files[1].1).qr().len(), 3);
    let list = String::from_utf8(files[2].1.clone()).unwrap();
    let lines: Vec<_> = list.lines().collect();
    assert_eq!(
        lines,
        [
            "notice,reason",
            "307000000000000606,the notice has been cancelled",
            "307000000000000707,no such payment option",
        ]
    );
}

#[test]
fn a_key_that_reads_may_print() {
    let database = Database::with(&[a_position()]);
    let reader = a_key(&database, "READER", "read", &["--organization", COMUNE]);
    let other_codes = a_key(&database, "OTHER", "read", &["--organization", COMUNE, "--codes", "08"]);
    let station = Station::spawn_on(database, |_| ());
    let asked = json!({ "notices": [NAV] });
    assert_eq!(post(&station, &path(COMUNE), &[], &asked).status, 401);
    assert_eq!(post(&station, &path(PROVINCIA), &with(&reader), &asked).status, 403);
    let files = unpacked(&post(&station, &path(COMUNE), &with(&reader), &asked).body);
    assert_eq!(names(&files), ["avviso-307000000001234573.pdf", "not-printed.csv"]);
    let files = unpacked(&post(&station, &path(COMUNE), &with(&other_codes), &asked).body);
    assert_eq!(names(&files), ["not-printed.csv"]);
    let list = String::from_utf8_lossy(&files[0].1).into_owned();
    assert!(list.contains("the caller may not touch the segregation code of this notice"), "{list}");
}

#[test]
fn a_bundle_may_be_large() {
    let station = printing(a_letterhead());
    let numbers: Vec<String> = (10_000..10_060).map(|number| format!("3070000000000{number}")).collect();
    for number in &numbers {
        station.load(&a_position_of(vec![option(number, 100, bank())]));
    }
    let bundle = post(&station, &path(COMUNE), &[], &json!({ "notices": numbers }));
    let files = unpacked(&bundle.body);
    assert_eq!(files.len(), numbers.len() + 1);
    assert!(files[..60].iter().all(|(_, pdf)| pdf.starts_with(b"%PDF-")));
}
