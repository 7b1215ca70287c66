//! The registry over REST: what is refused and why, what changes, and that it counts at once at every station.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::access::{Told, a_key, call, events, with};
use crate::api;
use crate::database::Database;
use crate::given::{self, BANK, COMUNE, NAV, PROVINCIA, a_position};
use crate::process::{Ended, ec_station_at, ended};
use crate::station::Station;

const OTHER_BANK: &str = "IT93I9999922222000000654321";
const NEW: &str = "99000003030";

fn at(station: &Station, method: &str, path: &str, body: &Value) -> Told {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    call(&format!("{}/registry{path}", station.url()), method, &[], &body)
}

fn an_organization(code: &str) -> Value {
    json!({
        "fiscalCode": code, "companyName": "Unione di Lievevalle",
        "stations": [{"idStation": format!("{code}_01"), "idBroker": code, "auxDigit": 3, "segregationCode": "09", "broadcast": false}]
    })
}

#[test]
fn what_is_refused() {
    let station = Station::spawn();
    station.load(&a_position());
    let new = an_organization(NEW);
    let but = |pointer: &str, value: Value| {
        let mut organization = new.clone();
        *organization.pointer_mut(pointer).unwrap() = value;
        organization
    };
    let path = format!("/organizations/{NEW}");
    let ibans = format!("/organizations/{COMUNE}/ibans");
    let stations = json!({"stations": [{"idStation": "x", "idBroker": "y", "auxDigit": 7}]});
    for (method, path, body, status, words) in [
        ("GET", path.clone(), Value::Null, 404, "is not in the registry"),
        ("DELETE", path.clone(), Value::Null, 404, "is not in the registry"),
        ("GET", format!("{path}/ibans"), Value::Null, 404, "is not in the registry"),
        ("PUT", format!("{path}/stations"), json!({"stations": []}), 404, "is not in the registry"),
        ("POST", format!("{path}/ibans"), json!({"iban": BANK}), 404, "is not in the registry"),
        ("PUT", path.clone(), Value::Null, 400, "EOF"),
        ("PUT", path.clone(), json!([]), 400, "invalid length"),
        ("PUT", path.clone(), but("/fiscalCode", json!("99000004046")), 400, "the one in the path"),
        ("PUT", path.clone(), but("/fiscalCode", json!("9900000303")), 400, "eleven digits"),
        ("PUT", path.clone(), but("/companyName", json!(" ")), 400, "companyName: must be"),
        ("PUT", path.clone(), but("/stations/0/auxDigit", json!(4)), 400, "stations[0].auxDigit: must be"),
        (
            "PUT",
            path.clone(),
            but("/stations/0/idStation", json!(format!("{COMUNE}_01"))),
            409,
            "also serves 99000001018",
        ),
        ("PUT", format!("/organizations/{COMUNE}/stations"), stations, 400, "stations[0].auxDigit: must be"),
        ("PUT", format!("/organizations/{COMUNE}/stations"), json!({"station": []}), 400, "unknown field"),
        ("DELETE", format!("/organizations/{COMUNE}"), Value::Null, 409, "set active to false"),
        ("POST", ibans.clone(), json!({"iban": "IT42P9999911111000000123456"}), 400, "they would be"),
        ("POST", ibans.clone(), json!({"iban": BANK.to_lowercase()}), 400, "iban: must be"),
        ("POST", ibans.clone(), json!({}), 400, "missing field"),
        ("DELETE", format!("{ibans}/{BANK}"), Value::Null, 404, "has not registered"),
        ("GET", "/organizations?limit=0".into(), Value::Null, 400, "greater than or equal to 1"),
        ("GET", "/organizations?page=-1".into(), Value::Null, 400, "greater than or equal to 0"),
        ("PATCH", path.clone(), Value::Null, 405, "not supported"),
    ] {
        let told = at(&station, method, &path, &body);
        let detail = told.body["detail"].as_str().unwrap_or_default();
        assert!(
            told.status == status && detail.contains(words),
            "{method} {path} {body}: {} {}",
            told.status,
            told.body
        );
        assert_eq!(told.body["status"], status, "{}", told.body);
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM organization"), 2);
    assert_eq!(station.count("SELECT COUNT(*) FROM organization_iban"), 0);
}

#[test]
fn an_organization_comes_changes_and_goes() {
    let station = Station::spawn();
    let path = format!("/organizations/{NEW}");
    let created = at(&station, "PUT", &path, &an_organization(NEW));
    assert_eq!((created.status, &created.body["active"]), (201, &json!(true)), "{}", created.body);
    assert_eq!(at(&station, "PUT", &path, &created.body).status, 200, "what is read can be written");

    let stations = json!({"stations": [{"idStation": "B_01", "idBroker": "B", "auxDigit": 3, "broadcast": false}]});
    let changed = at(&station, "PUT", &format!("{path}/stations"), &stations);
    assert_eq!((changed.status, &changed.body["stations"]), (200, &stations["stations"]), "{}", changed.body);
    assert_eq!(at(&station, "GET", &format!("{path}/stations"), &Value::Null).body, stations);

    let brokers = at(&station, "GET", "/brokers", &Value::Null).body;
    assert_eq!(brokers["brokers"][2], json!({"idBroker": "B", "stations": ["B_01"]}), "{brokers}");
    let all = at(&station, "GET", "/stations", &Value::Null).body;
    assert_eq!(all["stations"][2], json!({"idStation": "B_01", "idBroker": "B", "organizations": [NEW]}), "{all}");

    let page = at(&station, "GET", "/organizations?limit=2&page=1", &Value::Null).body;
    assert_eq!(page["page_info"], json!({"page": 1, "limit": 2, "items_found": 1, "total_pages": 2}));
    assert_eq!(page["organizations"][0]["fiscalCode"], NEW);

    assert_eq!(at(&station, "DELETE", &path, &Value::Null).status, 204);
    assert_eq!(at(&station, "GET", &path, &Value::Null).status, 404);
    let told = events(station.database());
    let expected = ["CREATED", "UPDATED", "REMOVED"].map(|what| format!("ORGANIZATION_{what} {NEW}: by the API"));
    assert_eq!(told[1..], expected, "the first is the fixtures' import");
}

#[test]
fn a_letterhead_stays_until_another_one_comes() {
    let station = Station::spawn();
    let path = format!("/organizations/{COMUNE}");
    let bare = at(&station, "GET", &path, &Value::Null).body;
    assert_eq!(bare["letterhead"], Value::Null);
    let printing = |letterhead: &Value| {
        let mut organization = bare.clone();
        organization["letterhead"] = letterhead.clone();
        organization
    };
    let wrong = json!({"postalAccount": {"number": "1", "holder": "Comune"}});
    let told = at(&station, "PUT", &path, &printing(&wrong));
    assert_eq!(told.status, 400, "{}", told.body);
    assert!(
        told.body["detail"].as_str().unwrap().starts_with("letterhead.postalAccount.number: must be twelve digits")
    );

    let letterhead = json!({
        "cbill": "AB1CD", "contacts": "Tel. 06 0000000", "website": "www.borgolieve.example", "logo": LOGO,
        "language": "it-de",
        "postalAccount": {"number": "000099999999", "holder": "Comune di Borgolieve", "authorization": "Aut. 1"},
    });
    let saved = at(&station, "PUT", &path, &printing(&letterhead));
    assert_eq!((saved.status, &saved.body["letterhead"]), (200, &letterhead), "{}", saved.body);
    let stations = json!({"stations": bare["stations"]});
    for (method, path, body) in [
        ("PUT", path.clone(), &bare),
        ("PUT", format!("{path}/stations"), &stations),
        ("GET", path.clone(), &Value::Null),
    ] {
        let kept = at(&station, method, &path, body);
        assert_eq!((kept.status, &kept.body["letterhead"]), (200, &letterhead), "{method} {path}: {}", kept.body);
    }
    let listed = at(&station, "GET", "/organizations", &Value::Null).body;
    assert_eq!(listed["organizations"][0]["letterhead"], Value::Null, "lists leave it out");

    let less = json!({"cbill": "AB1CE"});
    assert_eq!(at(&station, "PUT", &path, &printing(&less)).body["letterhead"], less);
    assert_eq!(at(&station, "PUT", &path, &printing(&json!({}))).body["letterhead"], Value::Null);
    assert_eq!(station.count("SELECT COUNT(*) FROM letterhead"), 0);
    assert_eq!(events(station.database()).len(), 4, "what stayed was no change");

    at(&station, "PUT", &path, &printing(&less));
    assert_eq!(at(&station, "DELETE", &path, &Value::Null).status, 204);
    assert_eq!(station.count("SELECT COUNT(*) FROM letterhead"), 0);
}

/// A PNG of one grey pixel.
const LOGO: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg==";

/// Two stations on one database: what one is told the other knows.
#[test]
fn a_change_counts_at_once_everywhere() {
    let database = Arc::new(Database::fresh());
    let (one, other) = (Station::spawn_on(database.clone(), |_| ()), Station::spawn_on(database, |_| ()));
    one.load(&a_position());
    assert_eq!(other.post(given::verify(NAV)).outcome(), "OK");
    let path = format!("/organizations/{COMUNE}");
    let mut comune = at(&one, "GET", &path, &Value::Null).body;
    comune["active"] = json!(false);
    assert_eq!(at(&one, "PUT", &path, &comune).status, 200);
    assert_eq!(other.post(given::verify(NAV)).outcome(), "PAA_ID_DOMINIO_ERRATO");
}

#[test]
fn an_admin_of_one_organization_sees_and_changes_only_that() {
    let database = Database::fresh();
    let key = a_key(&database, "A", "admin", &["--organization", PROVINCIA]);
    let station = Station::spawn_on(database, |_| ());
    let ask = |method: &str, path: &str, body: &str| {
        call(&format!("{}/registry{path}", station.url()), method, &with(&key), body)
    };
    let listed = ask("GET", "/organizations", "").body;
    assert_eq!(listed["page_info"]["items_found"], 1);
    assert_eq!(listed["organizations"][0]["fiscalCode"], PROVINCIA);
    let stations = ask("GET", "/stations", "").body;
    assert_eq!(stations["stations"].as_array().unwrap().len(), 1, "{stations}");
    let own = ask("GET", &format!("/organizations/{PROVINCIA}"), "");
    assert_eq!(own.status, 200);
    assert_eq!(ask("PUT", &format!("/organizations/{PROVINCIA}"), &own.body.to_string()).status, 200);
    let foreign = an_organization(NEW).to_string();
    assert_eq!(ask("PUT", &format!("/organizations/{NEW}"), &foreign).status, 403);
    // A path that is written in another way names the same organization.
    assert_eq!(ask("GET", "/organizations/9900000101%38", "").status, 403);
    assert_eq!(ask("GET", "/organizations/9900000202%34", "").status, 200);
}

fn load(database: &Database, file: &str, extra: &[&str]) -> Ended {
    let mut command = ec_station_at(database);
    command.args(["load", file, "--organization", COMUNE]).args(extra);
    ended(command)
}

#[test]
fn who_has_registered_accounts_is_credited_there_only() {
    let station = Station::spawn();
    let database = station.database();
    let ibans = format!("/organizations/{COMUNE}/ibans");
    let register = |iban: &str| at(&station, "POST", &ibans, &json!({"iban": iban})).status;
    let position = json!({
        "iupd": "A", "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli",
        "companyName": "Comune di Borgolieve", "switchToExpired": false,
        "paymentOption": [{
            "iuv": &NAV[1..], "amount": 300, "description": "TARI", "isPartialPayment": false,
            "dueDate": "2099-12-31T00:00:00Z",
            "transfer": [
                {"idTransfer": "1", "amount": 100, "remittanceInformation": "x", "category": "0101101IM", "iban": BANK},
                {"idTransfer": "2", "amount": 200, "remittanceInformation": "x", "category": "0101101IM",
                 "iban": OTHER_BANK, "organizationFiscalCode": PROVINCIA}]
        }]
    });
    fs::write(database.folder().join("a.jsonl"), position.to_string()).unwrap();
    let dry = |extra: &[&str]| load(database, "a.jsonl", &[&["--dry-run"], extra].concat());
    assert_eq!(dry(&[]).code, Some(0), "nothing is registered: any account will do");

    assert_eq!([register(OTHER_BANK), register(OTHER_BANK)], [201, 200]);
    let rejected = dry(&[]);
    assert_eq!(rejected.code, Some(2), "{}", rejected.err);
    let told = format!("{}{}", rejected.out, rejected.err);
    assert!(told.contains("transfer[0].iban") && !told.contains("transfer[1].iban"), "{told}");
    assert!(told.contains("has registered") && told.contains("registry import"), "{told}");
    assert_eq!(dry(&["--validation", "gpd"]).code, Some(0), "GPD knows no such list");
    assert_eq!(dry(&["--history"]).code, Some(0), "the past had accounts of its own");

    assert_eq!(register(BANK), 201);
    assert_eq!(at(&station, "GET", &ibans, &Value::Null).body, json!({"ibans": [BANK, OTHER_BANK]}));
    assert_eq!(load(database, "a.jsonl", &[]).code, Some(0));
    assert_eq!(at(&station, "DELETE", &format!("{ibans}/{BANK}"), &Value::Null).status, 204);
    assert_eq!(load(database, "a.jsonl", &[]).code, Some(0), "what is stored just so came in time");
}

#[test]
fn the_api_takes_registered_accounts_only() {
    let station = Station::spawn();
    let ibans = format!("/organizations/{COMUNE}/ibans");
    assert_eq!(at(&station, "POST", &ibans, &json!({"iban": OTHER_BANK})).status, 201);
    let refused = api::post(&station, &api::of_comune(""), &api::a_body("A", &NAV[1..]));
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.text.contains("transfer[0].iban") && refused.text.contains("has registered"), "{}", refused.text);
    assert_eq!(at(&station, "POST", &ibans, &json!({"iban": BANK})).status, 201);
    assert_eq!(api::post(&station, &api::of_comune(""), &api::a_body("A", &NAV[1..])).status, 201);
}

#[test]
fn the_file_registers_accounts_too() {
    let database = Database::fresh().filled_with(&[]);
    let import = |ibans: Value| {
        let mut comune = serde_json::to_value(&given::registry()[0]).unwrap();
        if !ibans.is_null() {
            comune["ibans"] = ibans;
        }
        fs::write(database.folder().join("r.json"), json!({"organizations": [comune]}).to_string()).unwrap();
        let mut command = ec_station_at(&database);
        command.args(["registry", "import", "r.json"]);
        ended(command)
    };
    let registered = || database.count("SELECT COUNT(*) FROM organization_iban");
    let wrong = import(json!([BANK, "IT00"]));
    assert_eq!((wrong.code, registered()), (Some(64), 0));
    assert!(wrong.err.contains("organizations[0].ibans[1]: "), "{}", wrong.err);
    for (ibans, says, count) in [
        (json!([OTHER_BANK, BANK, BANK]), "0 new, 1 changed, 0 as", 2),
        (json!([BANK, OTHER_BANK]), "0 new, 0 changed, 1 as", 2),
        (Value::Null, "0 new, 0 changed, 1 as", 2),
        (json!([BANK]), "0 new, 1 changed, 0 as", 1),
        (json!([]), "0 new, 1 changed, 0 as", 0),
    ] {
        let imported = import(ibans.clone());
        assert!(imported.code == Some(0) && imported.out.contains(says), "{ibans}: {} {}", imported.out, imported.err);
        assert_eq!(registered(), count, "{ibans}");
    }
}

/// They undo each other on PostgreSQL, and begin anew until all are done.
#[test]
fn imports_at_the_same_moment_all_succeed() {
    let database = Database::fresh().filled_with(&[]);
    for (number, name) in ["Borgolieve", "Altolieve", "Bassolieve", "Mezzolieve"].iter().enumerate() {
        let mut registry = given::registry();
        registry.iter_mut().for_each(|organization| organization.company_name = format!("Comune di {name}"));
        let file = json!({"organizations": registry}).to_string();
        fs::write(database.folder().join(format!("{number}.json")), file).unwrap();
    }
    std::thread::scope(|scope| {
        for number in 0..4 {
            let database = &database;
            scope.spawn(move || {
                for _ in 0..3 {
                    let mut command = ec_station_at(database);
                    command.args(["registry", "import", &format!("{number}.json")]);
                    let imported = ended(command);
                    assert_eq!(imported.code, Some(0), "{}", imported.err);
                }
            });
        }
    });
    assert_eq!(database.count("SELECT COUNT(DISTINCT company_name) FROM organization"), 1, "one was last");
}

/// Whoever changes the stations of an organization does not undo what somebody else says of it at the same moment.
#[test]
fn stations_and_the_rest_are_changed_side_by_side() {
    let station = Station::spawn();
    let path = format!("/organizations/{NEW}");
    assert_eq!(at(&station, "PUT", &path, &an_organization(NEW)).status, 201);
    for round in 0..12 {
        let mut renamed = at(&station, "GET", &path, &Value::Null).body;
        renamed["companyName"] = json!(format!("Unione {round}"));
        let stations =
            json!({"stations": [{"idStation": "B_01", "idBroker": "B", "auxDigit": 3, "broadcast": round % 2 == 0}]});
        std::thread::scope(|scope| {
            let name = scope.spawn(|| at(&station, "PUT", &path, &renamed).status);
            let links = scope.spawn(|| at(&station, "PUT", &format!("{path}/stations"), &stations).status);
            assert_eq!((name.join().unwrap(), links.join().unwrap()), (200, 200), "{round}");
        });
        let after = at(&station, "GET", &path, &Value::Null).body;
        assert_eq!(after["companyName"], renamed["companyName"], "{round}");
    }
}

/// One of them is first, and the other hears that the station is taken: no link moves silently.
#[test]
fn rivals_do_not_give_a_station_two_brokers() {
    let database = Arc::new(Database::fresh());
    let stations = [Station::spawn_on(database.clone(), |_| ()), Station::spawn_on(database, |_| ())];
    let organizations = [NEW, "99000004046"];
    for round in 0..8 {
        let put = |side: usize| {
            let mut organization = an_organization(organizations[side]);
            let link = &mut organization["stations"][0];
            (link["idStation"], link["idBroker"]) = (json!(format!("X_{round}")), json!(format!("B{side}")));
            at(&stations[side], "PUT", &format!("/organizations/{}", organizations[side]), &organization)
        };
        let told = std::thread::scope(|scope| {
            let rivals = [0, 1].map(|side| scope.spawn(move || put(side)));
            rivals.map(|rival| rival.join().unwrap())
        });
        let mut statuses = told.each_ref().map(|told| told.status);
        statuses.sort();
        assert!(matches!(statuses, [200 | 201, 409]), "{round}: {statuses:?}");
        let winner = usize::from(told[0].status == 409);
        let kept = at(&stations[0], "GET", &format!("/organizations/{}", organizations[winner]), &Value::Null).body;
        assert_eq!(kept["stations"][0]["idBroker"], format!("B{winner}"), "{round}");
    }
}

/// An account is registered at the moment when its organization goes: one of them is first.
#[test]
fn an_account_does_not_outlive_its_organization() {
    let database = Arc::new(Database::fresh());
    let stations = [Station::spawn_on(database.clone(), |_| ()), Station::spawn_on(database.clone(), |_| ())];
    let path = format!("/organizations/{NEW}");
    for round in 0..12 {
        assert_eq!(at(&stations[0], "PUT", &path, &an_organization(NEW)).status, 201, "{round}");
        let (removed, registered) = std::thread::scope(|scope| {
            let removal = scope.spawn(|| at(&stations[0], "DELETE", &path, &Value::Null).status);
            let account =
                scope.spawn(|| at(&stations[1], "POST", &format!("{path}/ibans"), &json!({"iban": BANK})).status);
            (removal.join().unwrap(), account.join().unwrap())
        });
        assert_eq!(removed, 204, "{round}");
        assert!([201, 404].contains(&registered), "{round}: {registered}");
        assert_eq!(database.count("SELECT COUNT(*) FROM organization_iban"), 0, "{round}");
    }
}
