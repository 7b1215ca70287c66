//! What becomes of files that are taken, in both versions and both layouts.

use serde_json::json;

use super::*;
use crate::given;
use crate::journal::events;
use crate::station::Station;

/// The clock of the station stands still.
const NOW: &str = "2026-11-22T12:00:00.000";

#[test]
fn positions_are_created_replaced_and_deleted() {
    let station = Station::spawn();
    let url = station.url();
    let created = worked_off(url, "POST", &positions((1..=3).map(position)));
    assert_eq!(outcomes(url, &created), ["201 Debt position operation OK: TARI-1 TARI-2 TARI-3"]);
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position WHERE status = 'VALID'"), 3);

    let mut changed = position(2);
    changed["paymentOption"][0]["description"] = json!("TARI 2026, corretta");
    let updated = worked_off(url, "PUT", &positions([changed, position(9)]));
    let expected = ["200 Debt position operation OK: TARI-2", "404 Debt position NOT FOUND: TARI-9"];
    assert_eq!(outcomes(url, &updated), expected);
    let described = "SELECT COUNT(*) FROM payment_option WHERE description = 'TARI 2026, corretta'";
    assert_eq!(station.count(described), 1);
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position WHERE status = 'VALID'"), 3, "published as before");

    let deleted = worked_off(url, "DELETE", &json!({"paymentPositionIUPDs": ["TARI-1", "TARI-8", "TARI-3"]}));
    let expected = ["200 Debt position operation OK: TARI-1 TARI-3", "404 Debt position NOT FOUND: TARI-8"];
    assert_eq!(outcomes(url, &deleted), expected);
    assert_eq!(station.text("SELECT iupd FROM debt_position"), "TARI-2");
}

#[test]
fn each_item_has_its_own_outcome() {
    let station = Station::spawn();
    let url = station.url();
    station.load(&given::a_position());
    let mut late = position(1);
    late["paymentOption"][0]["dueDate"] = json!("2026-11-01T00:00:00");
    let mut same_iuv = position(2);
    same_iuv["paymentOption"][0]["iuv"] = json!(&given::NAV[1..]);
    let mut twin = position(3);
    twin["paymentOption"][0]["iuv"] = json!(iuv(4));
    let id = worked_off(url, "POST", &positions([late, same_iuv, twin, position(4), position(5)]));
    let told = outcomes(url, &id);
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[0], "201 Debt position operation OK: TARI-3 TARI-5");
    assert!(told[1].starts_with("400 ") && told[1].ends_with(": TARI-1"), "{told:?}");
    let duplicate = "409 Debt position IUPD or NAV/IUV already exists for organization code: TARI-2 TARI-4";
    assert_eq!(told[2], duplicate);
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 3);
}

#[test]
fn what_was_paid_stays() {
    let station = Station::spawn();
    let url = station.url();
    worked_off(url, "POST", &positions([position(1), position(2)]));
    let nav = format!("3{}", iuv(1));
    let receipt = given::Receipt { id: "R".into(), ..given::a_receipt_for(&nav) };
    assert_eq!(station.post(receipt.v2()).outcome(), "OK");
    let updated = worked_off(url, "PUT", &positions([position(1), position(2)]));
    let expected = [
        "200 Debt position operation OK: TARI-2",
        "409 Existing related payment found or not in updatable state: TARI-1",
    ];
    assert_eq!(outcomes(url, &updated), expected);
    let deleted = worked_off(url, "DELETE", &json!({"paymentPositionIUPDs": ["TARI-1", "TARI-2"]}));
    let expected = ["200 Debt position operation OK: TARI-2", "409 Existing related payment found: TARI-1"];
    assert_eq!(outcomes(url, &deleted), expected);
}

#[test]
fn segregation_codes_bind_items() {
    let station = Station::spawn();
    let url = station.url();
    let path = v2("/file?segregationCodes=48");
    let heard = upload(url, "POST", &path, "a.zip", &zip_of(&positions([position(1)])));
    assert_eq!(heard.status, 202);
    let id = heard.header("location").unwrap().split('/').rev().nth(1).unwrap().to_owned();
    wait_for(url, &id);
    assert_eq!(outcomes(url, &id), ["403 FORBIDDEN: TARI-1"]);
}

#[test]
fn answers_of_both_versions() {
    let station = Station::spawn();
    let url = station.url();
    let heard = upload(url, "POST", &v2("/file"), "a.zip", &zip_of(&positions([position(1)])));
    assert_eq!(heard.status, 202);
    let place = heard.header("location").unwrap();
    assert!(
        place.starts_with(&v1("/file/")[1..]) && place.ends_with("/status"),
        "relative and without a version: {place}"
    );
    assert!(heard.header("retry-after").unwrap().ends_with(" ms"));
    let id = place.split('/').rev().nth(1).unwrap();
    let random = id.strip_prefix(&format!("{COMUNE}_{COMUNE}_")).unwrap();
    assert!(random.len() == 32 && random.bytes().all(|c| c.is_ascii_hexdigit()), "{id}");
    wait_for(url, id);

    assert_eq!(
        get(url, &v1(&format!("/file/{id}/status"))).json(),
        json!({"uploadID": id, "processedItem": 1, "submittedItem": 1, "startTime": "2026-11-22 12:00:00"})
    );
    assert_eq!(
        get(url, &v2(&format!("/file/{id}/status"))).json(),
        json!({"fileId": id, "processedItem": 1, "submittedItem": 1, "startTime": "2026-11-22 12:00:00",
               "operationStatus": "COMPLETED"})
    );
    let response =
        |name: &str| json!([{"statusCode": 201, "statusMessage": "Debt position operation OK", name: ["TARI-1"]}]);
    assert_eq!(
        get(url, &v1(&format!("/file/{id}/report"))).json(),
        json!({"uploadID": id, "processedItem": 1, "submittedItem": 1, "responses": response("requestIDs"),
               "startTime": NOW, "endTime": NOW})
    );
    assert_eq!(
        get(url, &v2(&format!("/file/{id}/report"))).json(),
        json!({"fileId": id, "processedItem": 1, "submittedItem": 1, "responses": response("iupds"),
               "startTime": NOW, "endTime": NOW})
    );
}

#[test]
fn a_status_tells_how_it_went() {
    let station = Station::spawn();
    let url = station.url();
    for (content, expected) in [
        (positions([position(1)]), "COMPLETED"),
        (positions([position(1), position(2)]), "COMPLETED_WITH_WARNINGS"),
        (positions([position(1), position(2)]), "COMPLETED_UNSUCCESSFULLY"),
    ] {
        let id = worked_off(url, "POST", &content);
        assert_eq!(get(url, &v2(&format!("/file/{id}/status"))).json()["operationStatus"], expected);
    }
}

/// The gateway's paths, and who asks for what has to name the same kind of service.
#[test]
fn the_gateways_layout() {
    let station = Station::spawn();
    let url = station.url();
    for (hour, version) in ["v1", "v2"].into_iter().enumerate() {
        station.set_now(given::today() + chrono::TimeDelta::hours(hour as i64));
        let base = format!("/upload/gpd/debt-positions-service/{version}");
        let file = format!("{base}{}", v1("/file"));
        let heard = upload(url, "POST", &file, "a.zip", &zip_of(&positions([position(1)])));
        assert_eq!(heard.status, 202, "{}", heard.text);
        let id = heard.header("location").unwrap().split('/').rev().nth(1).unwrap().to_owned();
        wait_for(url, &id);
        let name = if version == "v1" { "uploadID" } else { "fileId" };
        for what in ["status", "report"] {
            assert_eq!(get(url, &format!("{file}/{id}/{what}")).json()[name], json!(id));
            let other = get(url, &format!("{file}/{id}/{what}?serviceType=ACA"));
            assert!(other.status == 404 && other.text.contains("does not exist for ACA"), "{}", other.text);
        }
        assert_eq!(get(url, &format!("{base}{}", v1("/files"))).json()["fileIds"][0], json!(id));
        assert_eq!(get(url, &format!("{base}/info")).status, 200);
    }
    for path in ["/info", "/v1/info", "/v2/info"] {
        assert_eq!(get(url, path).status, 200, "{path}");
    }
}

/// What one item undid for all of a batch is done once more for the others, and told once.
#[test]
fn each_change_is_told_once() {
    let station = Station::spawn();
    let url = station.url();
    worked_off(url, "POST", &positions([position(1), position(2)]));
    let paid = given::a_receipt_for(&format!("3{}", iuv(2)));
    assert_eq!(station.post(paid.v2()).outcome(), "OK");
    let told = |name: &str| {
        let events = events(station.database());
        events.iter().filter(|event| event.name == name).map(|event| event.iupd.clone()).collect::<Vec<_>>()
    };
    worked_off(url, "PUT", &positions([position(1), position(2)]));
    assert_eq!(told("POSITION_UPDATED"), ["TARI-1"]);
    worked_off(url, "DELETE", &json!({"paymentPositionIUPDs": ["TARI-1", "TARI-2"]}));
    assert_eq!(told("POSITION_DELETED"), ["TARI-1"]);
}
