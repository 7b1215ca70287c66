//! Version 3: every payment option is a plan with its own debtor and dates (`gpd-api` 9).

mod listing;
mod plans;
mod round_trips;
mod rules;

use ec_station::domain::codes::check_digits;
use ec_station::domain::numbering::notice;
use ec_station::intake::Validation;
use serde_json::{Value, json};

use super::{call, delete, get, of_comune, post, put};
use crate::given::{BANK, COMUNE, PROVINCIA};
use crate::station::Station;

/// The path of the organization's positions in version 3, or of what stands below.
fn of_v3(below: &str) -> String {
    format!("/v3{}", of_comune(below))
}

/// The IUV of a numbered notice, with the digits that strict validation wants to see.
fn iuv(number: u32) -> String {
    let base = format!("307{number:013}");
    format!("{}{}", &base[1..], check_digits(&base))
}

fn nav(number: u32) -> String {
    format!("3{}", iuv(number))
}

/// A notice of 120.50 euro, due on a day of December.
fn an_installment(number: u32, day: u32) -> Value {
    json!({
        "iuv": iuv(number), "amount": 12050, "description": format!("rata {number}"),
        "dueDate": format!("2026-12-{day:02}T12:00:00Z"),
        "transfer": [{
            "idTransfer": "1", "amount": 12050, "remittanceInformation": "TARI 2026", "category": "0101101IM",
            "iban": BANK,
        }],
        "installmentMetadata": [{"key": "rata", "value": number.to_string()}],
    })
}

/// A payment option of such notices, each told by its number and its day.
fn an_option(installments: &[(u32, u32)]) -> Value {
    json!({
        "description": "TARI 2026 a rate", "switchToExpired": false,
        "debtor": {"type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli", "city": "Borgolieve"},
        "installments": installments.iter().map(|(number, day)| an_installment(*number, *day)).collect::<Vec<_>>(),
    })
}

fn a_position(iupd: &str, options: Vec<Value>) -> Value {
    json!({
        "iupd": iupd, "companyName": "Comune di Borgolieve", "officeName": "Ufficio Tributi", "paymentOption": options,
    })
}

/// Creates a position, and tells what became of it.
fn create(station: &Station, position: &Value, to_publish: bool) -> Value {
    let created = post(station, &of_v3(&format!("?toPublish={to_publish}")), position);
    assert_eq!(created.status, 201, "{}", created.text);
    created.json()
}

/// A JSON value with another one at a pointer; a new property is added.
fn with(mut value: Value, pointer: &str, new: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}")) {
        Value::Object(object) => drop(object.insert(name.into(), new)),
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = new,
        _ => panic!("nothing to change at {pointer}"),
    }
    value
}

/// The IUVs by their payment options, as they stand in an answer.
fn iuvs(answer: &Value) -> Vec<Vec<String>> {
    let list = |value: &Value| value.as_array().unwrap().clone();
    let of = |option: &Value| list(&option["installments"]).iter().map(|i| i["iuv"].as_str().unwrap().into()).collect();
    list(&answer["paymentOption"]).iter().map(of).collect()
}

#[test]
fn a_position_lives_its_life() {
    for root in ["/v3", "/gpd/debt-positions-service/v3"] {
        let station = Station::spawn();
        let at = |below: &str| format!("{root}{}", of_comune(below));
        let body = a_position("TARI-3", vec![an_option(&[(1, 5), (2, 6)]), an_option(&[(3, 7)])]);
        let created = post(&station, &at(""), &body);
        assert_eq!((created.status, &created.json()["status"]), (201, &json!("DRAFT")), "{}", created.text);

        let read = get(&station, &at("/TARI-3"));
        assert_eq!((read.status, iuvs(&read.json())), (200, vec![vec![iuv(1), iuv(2)], vec![iuv(3)]]));

        let published = call(&station, "POST", &at("/TARI-3/publish"), &[], Some("{}"));
        assert_eq!((published.status, &published.json()["status"]), (200, &json!("VALID")), "{}", published.text);

        let fewer = a_position("TARI-3", vec![an_option(&[(3, 7)])]);
        let updated = put(&station, &at("/TARI-3"), &fewer);
        assert_eq!((updated.status, &updated.json()["status"]), (200, &json!("DRAFT")), "{}", updated.text);
        assert_eq!(iuvs(&updated.json()), [[iuv(3)]]);

        let deleted = delete(&station, &at("/TARI-3"));
        assert_eq!((deleted.status, deleted.text.as_str()), (200, "\"The debt position was successfully deleted\""));
        assert_eq!(get(&station, &at("/TARI-3")).status, 404);
        for (method, below) in [("POST", "/TARI-3/invalidate"), ("POST", "/bulk"), ("PATCH", "/transfers?oldIban=x")] {
            let answer = call(&station, method, &at(below), &[], Some("{}")).status;
            assert!([404, 405].contains(&answer), "{method} {below} is version 1's: {answer}");
        }
    }
}

#[test]
fn answers_say_what_version_3_says() {
    let station = Station::spawn();
    let debtor = json!({
        "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli", "streetName": null,
        "civicNumber": null, "postalCode": null, "city": "Borgolieve", "province": null, "region": null,
        "country": null, "email": null, "phone": null,
    });
    let transfer = json!({
        "idTransfer": "1", "amount": 12050, "organizationFiscalCode": COMUNE, "remittanceInformation": "TARI 2026",
        "category": "0101101IM", "iban": BANK, "postalIban": null, "stamp": null, "companyName": null,
        "transferMetadata": [],
    });
    let metadata = json!([{"key": "rata", "value": "1"}]);
    let body = with(a_position("TARI-3", vec![an_option(&[(1, 5)])]), "/payStandIn", json!(false));
    let created = post(&station, &of_v3(""), &body).json();
    assert_eq!(
        created,
        json!({
            "iupd": "TARI-3", "payStandIn": true, "companyName": "Comune di Borgolieve", "officeName": "Ufficio Tributi",
            "paymentDate": null, "status": "DRAFT",
            "paymentOption": [{
                "validityDate": null, "retentionDate": null, "switchToExpired": false, "debtor": debtor,
                "installments": [{
                    "nav": nav(1), "iuv": iuv(1), "amount": 12050, "description": "rata 1",
                    "dueDate": "2026-12-05T12:00:00", "fee": 0, "notificationFee": 0, "status": "UNPAID",
                    "transfer": [transfer], "installmentMetadata": metadata,
                }],
            }],
        })
    );
    let now = "2026-11-22T12:00:00";
    let read_transfer = json!({
        "organizationFiscalCode": COMUNE, "companyName": null, "idTransfer": "1", "amount": 12050,
        "remittanceInformation": "TARI 2026", "category": "0101101IM", "iban": BANK, "postalIban": null, "stamp": null,
        "insertedDate": now, "status": "T_UNREPORTED", "lastUpdatedDate": now, "transferMetadata": [],
    });
    let installment = json!({
        "nav": nav(1), "iuv": iuv(1), "organizationFiscalCode": COMUNE, "amount": 12050, "description": "rata 1",
        "dueDate": "2026-12-05T12:00:00", "paymentDate": null, "reportingDate": null, "paymentMethod": null,
        "pspCompany": null, "fee": 0, "notificationFee": 0, "idReceipt": null, "idFlowReporting": null,
        "status": "UNPAID", "lastUpdatedDate": now, "installmentMetadata": metadata, "transfer": [read_transfer],
    });
    let option = json!({
        "switchToExpired": false, "retentionDate": null, "insertedDate": now, "validityDate": null, "debtor": debtor,
        "installments": [installment],
    });
    let read = json!({
        "iupd": "TARI-3", "organizationFiscalCode": COMUNE, "companyName": "Comune di Borgolieve",
        "officeName": "Ufficio Tributi", "insertedDate": now, "publishDate": null, "paymentDate": null,
        "status": "DRAFT", "lastUpdatedDate": now, "paymentOption": [option],
    });
    assert_eq!(get(&station, &of_v3("/TARI-3")).json(), read);
}

#[test]
fn what_cannot_be_done_is_told_as_in_version_1() {
    let station = Station::spawn_with(|settings| settings.validation = Validation::Gpd);
    let body = |iupd: &str, number: u32| a_position(iupd, vec![an_option(&[(number, 5), (number + 1, 6)])]);
    create(&station, &body("TARI-3", 1), true);
    let of = format!("Organization Fiscal Code {COMUNE}");
    let unknown = format!("404 Not found the debt position: Not found a debt position for {of} and IUPD TARI-9");
    for heard in [
        get(&station, &of_v3("/TARI-9")),
        put(&station, &of_v3("/TARI-9"), &body("TARI-9", 5)),
        delete(&station, &of_v3("/TARI-9")),
        call(&station, "POST", &of_v3("/TARI-9/publish"), &[], None),
    ] {
        assert_eq!(heard.problem(), unknown);
    }
    let taken = format!(
        "409 The debt position violated constraints of uniqueness: Already exists a debt position for the {of} or one of \
         its payment options is not unique"
    );
    for heard in [
        post(&station, &of_v3(""), &body("TARI-3", 5)),
        post(&station, &of_v3(""), &body("TARI-4", 2)),
        post(&station, &of_v3(""), &with(body("TARI-4", 5), "/paymentOption/0/installments/1/nav", json!(nav(5)))),
    ] {
        assert_eq!(heard.problem(), taken);
    }
    let other = put(&station, &of_v3("/TARI-3"), &body("TARI-4", 1)).problem();
    assert_eq!(
        other,
        "400 Error in the debt position request data: IUPD mistmatch error: path variable IUPD [TARI-3] and request body \
         IUPD [TARI-4] must be the same"
    );
    let again = call(&station, "POST", &of_v3("/TARI-3/publish"), &[], None).problem();
    assert!(again.starts_with("409 Existing related payment found or not in publishable state: "), "{again}");
    for body in ["", "{", "[]", "null"] {
        let unread = call(&station, "POST", &of_v3(""), &[], Some(body)).problem();
        assert!(unread.starts_with("400 BAD REQUEST: "), "{body:?}: {unread}");
    }
    // What was declined left nothing behind.
    assert_eq!(iuvs(&get(&station, &of_v3("/TARI-3")).json()), [[iuv(1), iuv(2)]]);
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 1);
}

#[test]
fn segregation_codes_confine_every_call() {
    let station = Station::spawn();
    let body = a_position("TARI-3", vec![an_option(&[(1, 5)])]);
    let forbidden = format!(
        "403 The payment position is forbidden: The caller does not have proper authorization to access or modify the \
         IUVs in the payment position. [Organization Fiscal Code={COMUNE}, IUPD=TARI-3]"
    );
    assert_eq!(post(&station, &of_v3("?segregationCodes=08"), &body).problem(), forbidden);
    create(&station, &body, false);
    for heard in [
        get(&station, &of_v3("/TARI-3?segregationCodes=08,09")),
        put(&station, &of_v3("/TARI-3?segregationCodes=08"), &body),
        delete(&station, &of_v3("/TARI-3?segregationCodes=08")),
        call(&station, "POST", &of_v3("/TARI-3/publish?segregationCodes=08"), &[], None),
    ] {
        assert_eq!(heard.problem(), forbidden);
    }
    assert_eq!(get(&station, &of_v3("/TARI-3?segregationCodes=08,07")).status, 200);
    assert_eq!(get(&station, &of_v3("/TARI-3?segregationCodes=7")).status, 400);
    // Another organization has nothing of it.
    assert_eq!(get(&station, &format!("/v3/organizations/{PROVINCIA}/debtpositions/TARI-3")).status, 404);
}

#[test]
fn whoever_insists_on_a_version_is_not_overtaken() {
    let station = Station::spawn();
    let body = a_position("TARI-3", vec![an_option(&[(1, 5)])]);
    let text = body.to_string();
    let seen = post(&station, &of_v3(""), &body).header("etag").unwrap().to_owned();
    assert_eq!(get(&station, &of_v3("/TARI-3")).header("etag"), Some(&*seen));
    let insisting = |method: &str, below: &str, body| {
        call(&station, method, &of_v3(&format!("/TARI-3{below}")), &[("If-Match", &seen)], body).status
    };
    assert_eq!(insisting("PUT", "", Some(&*text)), 200);
    assert_eq!(insisting("PUT", "", Some(&*text)), 412);
    assert_eq!(insisting("POST", "/publish", None), 412);
    assert_eq!(insisting("DELETE", "", None), 412);
    assert_eq!(get(&station, &of_v3("/TARI-3")).json()["status"], "DRAFT");
}

#[test]
fn the_service_is_kept() {
    let station = Station::spawn();
    create(&station, &a_position("OURS", vec![an_option(&[(1, 5)])]), false);
    let aca = post(&station, &of_v3("?serviceType=ACA"), &a_position("ACA", vec![an_option(&[(2, 5)])]));
    assert_eq!(aca.status, 201);
    assert_eq!(post(&station, &of_v3("?serviceType=aca"), &a_position("X", vec![an_option(&[(3, 5)])])).status, 400);
    let services = station.text("SELECT service_type FROM debt_position WHERE iupd = 'ACA'");
    assert_eq!((services.as_str(), station.count("SELECT COUNT(*) FROM debt_position")), ("ACA", 2));
}

#[test]
fn instalments_without_a_number_get_one() {
    let unnumbered = |pointers: &[&str]| {
        let body = a_position("TARI-3", vec![an_option(&[(101, 5), (102, 6)]), an_option(&[(103, 7)])]);
        pointers.iter().fold(body, |body, at| with(body, &format!("/paymentOption/{at}/iuv"), Value::Null))
    };
    let gpd = Station::spawn_with(|settings| settings.validation = Validation::Gpd);
    assert_eq!(
        post(&gpd, &of_v3(""), &unnumbered(&["0/installments/1"])).problem(),
        "400 BAD REQUEST: paymentOption[0].installments[1].iuv: iuv is required"
    );
    let station = Station::spawn();
    let created = create(&station, &unnumbered(&["0/installments/1", "1/installments/0"]), false);
    let made = [1, 2].map(|number| notice("07", number).unwrap().iuv().to_owned());
    assert_eq!(iuvs(&created), [vec![iuv(101), made[0].clone()], vec![made[1].clone()]]);
}
