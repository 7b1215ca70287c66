//! What is refused as a whole, before anything of it is done, and in which words.

use serde_json::{Value, json};

use super::*;
use crate::given::PROVINCIA;
use crate::station::Station;

/// What a file hears.
fn refusal(station: &Station, method: &str, name: &str, content: &[u8]) -> String {
    let told = [v1("/file"), v2("/file")].map(|path| {
        let heard = upload(station.url(), method, &path, name, content);
        if heard.text.is_empty() { heard.status.to_string() } else { heard.problem() }
    });
    assert_eq!(told[0], told[1]);
    assert_eq!(station.count("SELECT COUNT(*) FROM upload"), 0, "nothing is left behind");
    told[0].clone()
}

fn of_json(station: &Station, method: &str, content: &Value) -> String {
    refusal(station, method, "a.zip", &zip_of(content))
}

#[test]
fn files_that_are_none() {
    let station = Station::spawn();
    let json = br#"{"paymentPositions":[]}"#;
    let zip = zipped(&[("a.json", json)]);
    let mut damaged = zip_of(&positions((0..50).map(position)));
    let middle = damaged.len() / 2;
    damaged[middle..middle + 40].fill(0xFF);
    for (name, content, expected) in [
        ("a.json", zip.clone(), "NOT A ZIP FILE: Only ZIP files can be uploaded."),
        ("a.zip.txt", zip.clone(), "NOT A ZIP FILE: Only ZIP files can be uploaded."),
        ("", zip.clone(), "NOT A ZIP FILE: Only ZIP files can be uploaded."),
        ("a.zip", b"".to_vec(), "INVALID FILE: No valid file found in ZIP."),
        ("a.zip", json.to_vec(), "INVALID FILE: No valid file found in ZIP."),
        ("a.zip", zipped(&[]), "INVALID FILE: No valid file found in ZIP."),
        ("a.zip", zipped(&[("folder/", b"")]), "INVALID FILE: No valid file found in ZIP."),
        ("a.zip", zipped(&[("a.json", json), ("b.json", json)]), "INVALID FILE: Too many entries in ZIP file."),
        ("a.zip", zipped(&[("a.json", json), ("b.txt", b"")]), "INVALID FILE: Too many entries in ZIP file."),
        ("a.zip", zipped(&[("a.csv", json)]), "INVALID FILE: ZIP contains unsupported file type."),
        ("a.zip", zip[..zip.len() - 30].to_vec(), "UNZIP ERROR: Could not unzip file"),
        ("a.zip", damaged, "UNZIP ERROR: Could not unzip file"),
    ] {
        assert_eq!(refusal(&station, "POST", name, &content), format!("400 {expected}"), "{name}");
    }
}

/// A hundred kilobytes that would become more than a hundred megabytes.
#[test]
fn a_bomb() {
    let station = Station::spawn();
    let mut content = br#"{"paymentPositions":["#.to_vec();
    content.resize(101 << 20, b' ');
    let bomb = zipped(&[("a.json", &content)]);
    assert!(bomb.len() < 1 << 20);
    let expected = "400 INVALID FILE: Unzipped content exceeds size limit.";
    assert_eq!(refusal(&station, "POST", "bomb.zip", &bomb), expected);
}

#[test]
fn forms_that_bring_no_file() {
    let station = Station::spawn();
    let multipart = format!("multipart/form-data; boundary={BOUNDARY}");
    let zip = zip_of(&positions([position(1)]));
    for (content_type, body, expected) in [
        (multipart.as_str(), form("document", "a.zip", &zip), "400 EMPTY FILE: The zip file is missing"),
        (&multipart, format!("--{BOUNDARY}--\r\n").into_bytes(), "400 EMPTY FILE: The zip file is missing"),
        (&multipart, form("file", "a.zip", &zip)[..200].to_vec(), "400 BAD REQUEST: The multipart form is broken"),
        ("multipart/form-data", form("file", "a.zip", &zip), "400 BAD REQUEST: The multipart form is broken"),
        ("application/zip", zip.clone(), "415"),
    ] {
        let heard = send(station.url(), "POST", &v2("/file"), content_type, body);
        let told = if heard.text.is_empty() { heard.status.to_string() } else { heard.problem() };
        assert_eq!(told, expected);
    }
}

#[test]
fn contents_that_are_not_what_was_wanted() {
    let station = Station::spawn();
    let json = "INVALID JSON: Given JSON is invalid for required API payload";
    let with = |pointer: &str, name: &str, value: Value| {
        let mut position = position(1);
        position.pointer_mut(pointer).unwrap()[name] = value;
        positions([position])
    };
    for (content, expected) in [
        (json!([position(1)]), format!("{json}: expected {{\"paymentPositions\":[…]}} at line 1, column 2")),
        (json!({}), format!("{json}: there is no paymentPositions at line 1, column 2")),
        (
            json!({"paymentPositions": [position(1)], "more": 1}),
            format!("{json}: Unrecognized field \"more\" at line 1, column 9"),
        ),
        (with("", "colour", json!("red")), format!("{json}: Unrecognized field \"colour\" in paymentPositions[0]")),
        (
            with("/paymentOption/0", "iban", json!("x")),
            format!("{json}: Unrecognized field \"iban\" in paymentPositions[0]"),
        ),
        (
            with("/paymentOption/0/transfer/0", "stamp", json!({"hash": "x"})),
            format!("{json}: Unrecognized field \"hash\" in paymentPositions[0]"),
        ),
        (positions([json!("TARI-1")]), format!("{json}: no object in paymentPositions[0]")),
        (
            with("/paymentOption/0", "amount", json!("much")),
            format!("{json}: paymentOption[0].amount must be a whole number, not a text in paymentPositions[0]"),
        ),
    ] {
        // Where the list stands in a line depends on what comes first.
        let told = of_json(&station, "POST", &content);
        let told = told.split(" at line").next().unwrap();
        assert_eq!(told, format!("400 {}", expected.split(" at line").next().unwrap()), "{content}");
    }
    let broken = zipped(&[("a.json", br#"{"paymentPositions":[{"iupd":}]}"#)]);
    let told = refusal(&station, "PUT", "a.zip", &broken);
    assert_eq!(told, format!("400 {json}: expected value at line 1, column 30"));
}

#[test]
fn positions_that_lack_what_each_must_have() {
    let station = Station::spawn();
    let invalid = |what: &str| {
        format!(
            "400 INVALID DEBT POSITIONS: Debt positions format is invalid or duplicates were found. Invalid values: \
             [{what}]"
        )
    };
    let with = |name: &str, value: Value| {
        let mut position = position(1);
        position[name] = value;
        position
    };
    let many: Vec<String> = (0..100_001).map(|number| number.to_string()).collect();
    let iupds = |iupds: Value| json!({ "paymentPositionIUPDs": iupds });
    for (method, content, expected) in [
        ("POST", positions([]), "must not be empty"),
        ("PUT", positions([]), "must not be empty"),
        ("POST", positions([position(1), position(2), position(1)]), "duplicate elements found"),
        ("POST", positions([with("iupd", json!(null))]), "iupd is required"),
        ("POST", positions([with("iupd", json!("  "))]), "iupd is required"),
        ("POST", positions([with("fiscalCode", json!(""))]), "fiscal code is required"),
        ("PUT", positions([with("fullName", json!(" "))]), "full name is required"),
        (
            "POST",
            positions([with("country", json!("Italia"))]),
            "The country must be reported with two capital letters (example: IT)",
        ),
        ("DELETE", iupds(json!([])), "size must be between 1 and 100000"),
        ("DELETE", iupds(json!(many)), "size must be between 1 and 100000"),
        ("DELETE", iupds(json!(["A", "B", "A"])), "duplicate elements found"),
    ] {
        assert_eq!(of_json(&station, method, &content), invalid(expected));
    }
    let told = of_json(&station, "DELETE", &iupds(json!([1])));
    let json = "INVALID JSON: Given JSON is invalid for required API payload";
    assert_eq!(told, format!("400 {json}: paymentPositionIUPDs[0] must be a text"));
}

/// The client hears it although it sends on.
#[test]
fn requests_that_are_too_large() {
    let station = Station::spawn();
    let content = vec![b'x'; 101 << 20];
    let heard = upload(station.url(), "POST", &v2("/file"), "a.zip", &content);
    assert_eq!((heard.status, heard.text.as_str()), (413, ""));
}

#[test]
fn uploads_that_nobody_knows() {
    let station = Station::spawn();
    let id = worked_off(station.url(), "POST", &positions([position(1)]));
    let elsewhere = v2("").replace(COMUNE, PROVINCIA);
    for (path, id) in [(v1("/file"), "unknown"), (v2("/file"), "unknown"), (format!("{elsewhere}/file"), id.as_str())] {
        assert_eq!(
            get(station.url(), &format!("{path}/{id}/status")).problem(),
            format!("404 STATUS NOT FOUND: The status for given fileId {id} does not exist for GPD")
        );
        assert_eq!(
            get(station.url(), &format!("{path}/{id}/report")).problem(),
            format!("404 Upload blob not found: The blob for the given upload id {id} does not exist for GPD")
        );
    }
}

/// Under strict validation the broker in the path must serve the organization.
#[test]
fn brokers_of_others() {
    let station = Station::spawn();
    for path in [format!("/brokers/{PROVINCIA}/organizations/{COMUNE}"), "/brokers/x/organizations/y".into()] {
        let base = format!("{path}/debtpositions");
        let sent = upload(station.url(), "POST", &format!("{base}/file"), "a.zip", &zip_of(&positions([position(1)])));
        let asked =
            ["/file/x/status", "/file/x/report", "/files"].map(|below| get(station.url(), &format!("{base}{below}")));
        for heard in asked.into_iter().chain([sent]) {
            let expected = r#"{"statusCode":403,"message":"You are not allowed to access this resource."}"#;
            assert_eq!((heard.status, heard.text.as_str()), (403, expected));
        }
    }
}

#[test]
fn other_methods() {
    let station = Station::spawn();
    assert_eq!(get(station.url(), &v2("/file")).status, 405);
    assert_eq!(send(station.url(), "POST", &v1("/files"), "text/plain", vec![]).status, 405);
    assert_eq!(get(station.url(), &v2("/file/x")).status, 404);
}

#[test]
fn keys_that_no_database_holds() {
    let station = Station::spawn_with(|settings| settings.validation = ec_station::settings::Validation::Gpd);
    let deleted = of_json(&station, "DELETE", &json!({"paymentPositionIUPDs": ["a", "b\0"]}));
    let mut odd = position(1);
    odd["iupd"] = json!("b\0");
    let created = of_json(&station, "POST", &positions(std::iter::once(odd)));
    for refused in [deleted, created] {
        assert!(refused.starts_with("400 INVALID") && refused.contains("U+0000"), "{refused}");
    }
}
