//! Within which organizations and segregation codes a key moves, and by which name the journal knows it.

use ec_station::settings::Validation;
use serde_json::{Value, json};

use crate::access::{Told, a_key, call, events, with};
use crate::api::{a_body, of_comune};
use crate::database::Database;
use crate::given::{self, BANK, COMUNE, NAV, OTHER_NAV, PROVINCIA};
use crate::station::Station;

const OTHER_BANK: &str = "IT93I9999922222000000654321";

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
    let many = format!("?segregationCodes={}", ["47,07"; 600].join(","));
    for (query, status) in [
        ("?segregationCodes=7", 400),
        ("?segregationCodes=", 400),
        ("?segregationCodes=07&segregationCodes=", 400),
        ("?segregationCodes=07&segregationCodes=08", 403),
        ("?segregationCodes=08&segregationCodes=07", 403),
        ("?segregationCodes=07,08&segregationCodes=07", 200),
        ("?segregationCodes=07,07", 200),
        (&many, 200),
    ] {
        let told = ask(&station, &keys[0], "GET", &of_comune(&format!("/A{query}")), &Value::Null);
        assert_eq!(told.status, status, "{query}: {}", told.body);
    }
    for path in [of_comune(&many), format!("/organizations/{COMUNE}/receipts{many}")] {
        assert_eq!(ask(&station, &keys[0], "GET", &path, &Value::Null).status, 200, "however many there are");
    }
    // Nothing is within the key's bounds and the query's: there is nothing to choose from.
    let mut unnumbered = a_body("N", "");
    unnumbered["paymentOption"][0].as_object_mut().unwrap().remove("iuv");
    let none = ask(&station, &keys[4], "POST", &of_comune("?segregationCodes=09"), &unnumbered);
    assert_eq!((none.status, none.body["title"].as_str()), (403, Some("The payment position is forbidden")));
}

/// Whatever can be asked for, a key of another code neither sees nor changes.
#[test]
fn a_confined_key_touches_nothing_of_another_code() {
    let database = Database::fresh();
    let key = a_key(&database, "K", "write", &["--organization", &format!("{COMUNE}:08")]);
    let owner = a_key(&database, "O", "write", &["--organization", COMUNE]);
    let station = Station::spawn_on(database, |_| ());
    let (iuv, other) = (&NAV[1..], "07000000000000105");
    let created = ask(&station, &owner, "POST", &of_comune("?toPublish=true"), &a_body("A", iuv));
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(station.post(given::a_receipt_for(OTHER_NAV).v2()).outcome(), "OK");
    assert_eq!(station.anomalies().len(), 1);
    let anomaly = station.count("SELECT id FROM anomaly");
    let receipt = station.count("SELECT id FROM receipt");
    let options = |below: &str| format!("/organizations/{COMUNE}/paymentoptions/{below}");
    let of_organization = |below: &str| format!("/organizations/{COMUNE}/{below}");
    let before = ask(&station, &owner, "GET", &of_comune("/A"), &Value::Null).body;
    let note = json!({"note": "seen"});
    for (method, path, body, status) in [
        ("GET", of_comune("/A"), Value::Null, 403),
        ("GET", format!("/v3{}", of_comune("/A")), Value::Null, 403),
        ("PUT", of_comune("/A"), a_body("A", iuv), 403),
        ("DELETE", of_comune("/A"), Value::Null, 403),
        ("POST", of_comune("/A/publish"), Value::Null, 403),
        ("POST", of_comune("/A/invalidate"), Value::Null, 403),
        ("POST", of_comune(""), a_body("B", other), 403),
        ("POST", of_comune("/bulk"), json!({"paymentPositions": [a_body("B", other)]}), 403),
        ("PUT", of_comune(""), json!({"paymentPositions": [a_body("A", iuv)]}), 403),
        ("DELETE", of_comune(""), json!({"paymentPositionIUPDs": ["A"]}), 403),
        ("PATCH", of_comune(&format!("/transfers?oldIban={BANK}")), json!({"newIban": OTHER_BANK}), 200),
        ("GET", options(NAV), Value::Null, 403),
        ("GET", options(&format!("{iuv}/debtposition")), Value::Null, 403),
        ("POST", options(&format!("{NAV}/pay")), json!({"pspCompany": "B", "idReceipt": "r"}), 403),
        ("POST", options(&format!("paids/{NAV}")), json!({}), 403),
        ("POST", options(&format!("{iuv}/transfers/1/report")), Value::Null, 403),
        ("PUT", options(&format!("{NAV}/notificationfee")), json!({"notificationFee": 1}), 403),
        ("POST", format!("/payment-options/organizations/{COMUNE}/notices/{NAV}"), Value::Null, 404),
        ("GET", format!("/payments/{COMUNE}/receipts/{}", &OTHER_NAV[1..]), Value::Null, 403),
        ("GET", of_organization(&format!("receipts/{receipt}")), Value::Null, 404),
        ("GET", of_organization(&format!("receipts/{receipt}/raw")), Value::Null, 404),
        ("GET", of_organization(&format!("anomalies/{anomaly}")), Value::Null, 404),
        ("POST", of_organization(&format!("anomalies/{anomaly}/resolve")), note, 404),
    ] {
        let told = ask(&station, &key, method, &path, &body);
        assert_eq!(told.status, status, "{method} {path}: {}", told.body);
        assert!(told.body["updatedTransfers"].is_null() || told.body["updatedTransfers"] == 0, "{}", told.body);
        // The same is there for whoever may: it is the code that is refused.
        let after = ask(&station, &owner, "GET", &of_comune("/A"), &Value::Null).body;
        assert_eq!(after, before, "{method} {path}");
    }
    for (path, list) in [
        (of_comune(""), "payment_position_list"),
        (format!("/v3{}", of_comune("")), "payment_position_list"),
        (format!("/payments/{COMUNE}/receipts"), "results"),
        (of_organization("receipts"), "receipts"),
        (of_organization("anomalies"), "anomalies"),
    ] {
        let told = ask(&station, &key, "GET", &path, &Value::Null);
        assert_eq!((told.status, &told.body[list]), (200, &json!([])), "{path}: {}", told.body);
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 1);
    assert_eq!(station.count("SELECT COUNT(*) FROM anomaly WHERE closed_at IS NOT NULL"), 0);
    let moved = ask(
        &station,
        &owner,
        "PATCH",
        &of_comune(&format!("/transfers?oldIban={BANK}")),
        &json!({"newIban": OTHER_BANK}),
    );
    assert_eq!((moved.status, &moved.body["updatedTransfers"]), (200, &json!(1)), "{}", moved.body);
}

/// GPD takes a position without options. It has no code, so it is nobody's who is confined to one.
#[test]
fn an_empty_position_is_out_of_every_bound() {
    let database = Database::fresh();
    let key = a_key(&database, "K", "write", &["--organization", &format!("{COMUNE}:07")]);
    let owner = a_key(&database, "O", "write", &["--organization", COMUNE]);
    let station = Station::spawn_on(database, |settings| settings.validation = Validation::Gpd);
    let mut empty = a_body("E", &NAV[1..]);
    empty["paymentOption"] = json!([]);
    assert_eq!(ask(&station, &key, "POST", &of_comune(""), &empty).status, 403);
    let created = ask(&station, &owner, "POST", &of_comune(""), &empty);
    assert_eq!(created.status, 201, "{}", created.body);
    for method in ["GET", "DELETE"] {
        assert_eq!(ask(&station, &key, method, &of_comune("/E"), &Value::Null).status, 403, "{method}");
    }
    assert_eq!(ask(&station, &owner, "DELETE", &of_comune("/E"), &Value::Null).status, 200);
}

/// Whoever decodes the organization of a path once more than the gate speaks of another one.
#[test]
fn an_organization_is_read_once() {
    let station = Station::spawn_with(|settings| settings.validation = Validation::Gpd);
    let path = "/organizations/A%2FB%2531/debtpositions";
    let created = call(&format!("{}{path}", station.url()), "POST", &[], &a_body("E", &NAV[1..]).to_string());
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(station.text("SELECT organization FROM debt_position"), "A/B%31");
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
