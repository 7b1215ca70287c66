//! Within which organizations and segregation codes a key moves, and by which name the journal knows it.

use serde_json::Value;

use crate::access::{Told, a_key, call, events, with};
use crate::api::{a_body, of_comune};
use crate::database::Database;
use crate::given::{COMUNE, NAV, PROVINCIA};
use crate::station::Station;

fn ask(station: &Station, key: &str, method: &str, path: &str, body: &Value) -> Told {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    call(&format!("{}{path}", station.url()), method, &with(key), &body)
}

/// Those of the key, narrowed and never widened by the query's.
#[test]
fn codes_of_key_and_query() {
    let database = Database::fresh();
    let table = [
        ("", "", true),
        ("", "07", true),
        ("", "08,07", true),
        ("", "08", false),
        ("07,08", "", true),
        ("07,08", "07", true),
        ("07,08", "08", false),
        ("07,08", "09", false),
        ("08", "", false),
        ("08", "07", false),
        ("08", "07,08", false),
    ];
    let key = |(at, (codes, _, _)): (usize, &(&str, &str, bool))| {
        let opens = if codes.is_empty() { COMUNE.to_owned() } else { format!("{COMUNE}:{codes}") };
        a_key(&database, &format!("K{at}"), "write", &["--organization", &opens])
    };
    let keys: Vec<_> = table.iter().enumerate().map(key).collect();
    let station = Station::spawn_on(database, |_| ());
    let created = ask(&station, &keys[0], "POST", &of_comune(""), &a_body("A", &NAV[1..]));
    assert_eq!(created.status, 201, "{}", created.body);
    for (key, (codes, asked, may)) in keys.iter().zip(table) {
        let query = if asked.is_empty() { String::new() } else { format!("?segregationCodes={asked}") };
        for (method, below) in [("GET", ""), ("POST", "/publish"), ("DELETE", "")] {
            if may && method != "GET" {
                continue;
            }
            let told = ask(&station, key, method, &of_comune(&format!("/A{below}{query}")), &Value::Null);
            assert_eq!(told.status, if may { 200 } else { 403 }, "{codes} and {asked}, {method}: {}", told.body);
        }
        if !may {
            let told = ask(&station, key, "POST", &of_comune(&query), &a_body("B", "07000000000000105"));
            assert_eq!((told.status, told.body["title"].as_str()), (403, Some("The payment position is forbidden")));
        }
    }
    let odd = ask(&station, &keys[0], "GET", &of_comune("/A?segregationCodes=7"), &Value::Null);
    assert_eq!(odd.status, 400);
}

#[test]
fn each_organization_has_its_own_bounds() {
    let database = Database::fresh();
    let key = a_key(&database, "A", "write", &["--organization", COMUNE, "--organization", &format!("{PROVINCIA}:08")]);
    let station = Station::spawn_on(database, |_| ());
    for (organization, status) in [(COMUNE, 201), (PROVINCIA, 403), ("99000003030", 403), ("", 403), ("%20", 403)] {
        let path = format!("/organizations/{organization}/debtpositions");
        let told = ask(&station, &key, "POST", &path, &a_body("A", &NAV[1..]));
        // An empty segment is no path at all.
        assert!(
            told.status == status || organization.is_empty() && told.is_no_route(),
            "{organization}: {}",
            told.body
        );
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 1);
}

#[test]
fn the_journal_says_which_key_it_was() {
    let database = Database::fresh();
    let key = a_key(&database, "BACKOFFICE", "write", &["--organization", COMUNE]);
    let station = Station::spawn_on(database, |_| ());
    let created = ask(&station, &key, "POST", &of_comune(""), &a_body("A", &NAV[1..]));
    assert_eq!(created.status, 201, "{}", created.body);
    let told = events(station.database());
    let event = told.iter().find(|event| event.starts_with("POSITION_CREATED")).unwrap_or_else(|| panic!("{told:?}"));
    assert!(event.contains("key BACKOFFICE (id 1)"), "{event}");
}
