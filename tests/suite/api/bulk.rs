//! Many positions at once, all or none (`gpd-api` 8).

use serde_json::{Value, json};

use super::cases::{bring, created, gpd, iuv, status, with};
use super::{Heard, a_body, call, get, of_comune, post, put};
use crate::given::COMUNE;
use crate::station::Station;

const TOO_MANY: &str = "{javax.validation.constraints.Size.message}";

/// So many positions, from a number on.
fn positions(from: usize, count: usize) -> Vec<Value> {
    (from..from + count).map(|number| a_body(&format!("B-{number}"), &iuv(number))).collect()
}

fn list(positions: &[Value]) -> Value {
    json!({ "paymentPositions": positions })
}

fn keys(keys: &[&str]) -> Value {
    json!({ "paymentPositionIUPDs": keys })
}

fn delete(station: &Station, path: &str, body: &Value) -> Heard {
    call(station, "DELETE", path, &[], Some(&body.to_string()))
}

fn count(station: &Station) -> i64 {
    station.count("SELECT COUNT(*) FROM debt_position")
}

#[test]
fn lists_that_are_too_short_or_too_long() {
    let station = gpd();
    let iupds = vec!["x"; 21];
    for (heard, detail) in [
        (post(&station, &of_comune("/bulk"), &list(&[])), "paymentPositions: must not be empty".to_owned()),
        (post(&station, &of_comune("/bulk"), &list(&positions(0, 101))), format!("paymentPositions: {TOO_MANY}")),
        (put(&station, &of_comune(""), &json!({})), "paymentPositions: must not be empty".to_owned()),
        (put(&station, &of_comune(""), &list(&positions(0, 101))), format!("paymentPositions: {TOO_MANY}")),
        (delete(&station, &of_comune(""), &keys(&[])), "paymentPositionIUPDs: must not be empty".to_owned()),
        (delete(&station, &of_comune(""), &keys(&iupds)), format!("paymentPositionIUPDs: {TOO_MANY}")),
        (
            post(&station, &of_comune("/bulk"), &list(&[json!(null)])),
            "paymentPositions[0]: must not be null".to_owned(),
        ),
        (
            post(&station, &of_comune("/bulk"), &list(&[json!(7)])),
            "JSON parse error: paymentPositions[0]: must be an object, not a number".to_owned(),
        ),
        (
            post(&station, &of_comune("/bulk"), &json!({ "paymentPositions": "all" })),
            "JSON parse error: paymentPositions: must be a list, not a text".to_owned(),
        ),
    ] {
        assert_eq!(heard.problem(), format!("400 BAD REQUEST: {detail}"));
    }
    assert_eq!(count(&station), 0);
}

/// What is wrong with one is said with its number, and none of them is stored.
#[test]
fn one_wrong_position_keeps_all_out() {
    let station = gpd();
    bring(&station, 9, "DRAFT");
    let with_wrong = |at: usize, pointer: &str, value: Value| {
        let mut list = positions(0, 3);
        list[at] = with(list[at].clone(), pointer, value);
        list
    };
    let reserved = json!([{ "key": "NOTIFICATION_FEE", "value": "1" }]);
    let value = with_wrong(2, "/companyName", json!(null));
    let mut value_and_sum = value.clone();
    value_and_sum[0]["paymentOption"][0]["amount"] = json!(1);
    let mut form_and_value = value.clone();
    form_and_value[1]["paymentOption"][0]["dueDate"] = json!("soon");
    let mut sum_and_reserved = with_wrong(1, "/paymentOption/0/amount", json!(1));
    sum_and_reserved[0]["paymentOption"][0]["paymentOptionMetadata"] = reserved;
    for (list_given, words) in [
        (value, "400 BAD REQUEST: paymentPositions[2].companyName: company name is required"),
        (value_and_sum, "400 BAD REQUEST: paymentPositions[2].companyName: company name is required"),
        (form_and_value, "400 BAD REQUEST: JSON parse error: paymentPositions[1].paymentOption[0].dueDate: must be a "),
        (
            with_wrong(1, "/paymentOption/0/amount", json!(1)),
            "400 Error in the debt position request data: Amounts congruence error: payment option amount must coincide",
        ),
        // One position after the other.
        (sum_and_reserved, "409 The payment option contains reserved metadata"),
        (with_wrong(2, "/iupd", json!("B-0")), "409 The debt position violated constraints of uniqueness"),
        (with_wrong(2, "/iupd", json!("P-9")), "409 The debt position violated constraints of uniqueness"),
        (
            with_wrong(2, "/paymentOption/0/iuv", json!(iuv(0))),
            "409 The debt position violated constraints of uniqueness",
        ),
        (
            with_wrong(2, "/paymentOption/0/iuv", json!(iuv(90))),
            "409 The debt position violated constraints of uniqueness",
        ),
    ] {
        let heard = post(&station, &of_comune("/bulk"), &list(&list_given)).problem();
        assert!(heard.starts_with(words), "{words}: {heard}");
        assert_eq!(count(&station), 1, "{words}");
    }
    let mut foreign = positions(0, 3);
    foreign[2]["paymentOption"][0]["iuv"] = json!("48000000000000001");
    let heard = post(&station, &of_comune("/bulk?segregationCodes=07"), &list(&foreign)).problem();
    assert!(heard.starts_with("403 ") && heard.ends_with("IUPD=B-2]"), "{heard}");
    assert_eq!(count(&station), 1);
    let strict = Station::spawn();
    let heard = post(&strict, &of_comune("/bulk"), &list(&positions(0, 2))).problem();
    for at in 0..2 {
        assert!(
            heard.contains(&format!("paymentPositions[{at}].paymentOption[0].iuv: ")),
            "everything is told: {heard}"
        );
    }
}

#[test]
fn many_are_created() {
    let station = gpd();
    let heard = post(&station, &of_comune("/bulk?toPublish=True"), &list(&positions(0, 100)));
    assert_eq!((heard.status, heard.text.as_str()), (201, ""));
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position WHERE status = 'VALID'"), 100);
    for (at, mount) in ["/gpd/debt-positions-service/v2", "/gpd/api/v2"].into_iter().enumerate() {
        let heard = post(&station, &format!("{mount}{}", of_comune("")), &list(&positions(100 + at, 1)));
        assert_eq!((heard.status, heard.text.as_str()), (201, ""), "{mount}");
        assert_eq!(status(&station, &format!("B-{}", 100 + at)), "DRAFT");
    }
    assert_eq!(post(&station, &format!("/gpd/api/v1{}", of_comune("/bulk")), &list(&positions(102, 1))).status, 201);
    let told = created(&station, &format!("/gpd/api/v1{}", of_comune("")), &a_body("B-103", &iuv(103)));
    assert_eq!(told["iupd"], "B-103");
}

#[test]
fn many_are_replaced() {
    let station = gpd();
    let before = positions(0, 3);
    assert_eq!(post(&station, &of_comune("/bulk"), &list(&before)).status, 201);
    let described = |text: &str| -> Vec<Value> {
        before.iter().map(|body| with(body.clone(), "/paymentOption/0/description", json!(text))).collect()
    };
    let is_described = |text: &str| {
        let sql = format!("SELECT COUNT(*) FROM payment_option WHERE description = '{text}'");
        station.count(&sql)
    };
    let mut unknown = described("no");
    unknown.extend(positions(7, 2));
    assert_eq!(
        put(&station, &of_comune(""), &list(&unknown)).problem(),
        format!(
            "404 Not found the debt position: Not found a debt position for Organization Fiscal Code {COMUNE} and IUPD \
             [B-7, B-8]"
        )
    );
    let (paid, _, body) = bring(&station, 5, "PAID");
    let mut refused = described("no");
    refused.push(body);
    let heard = put(&station, &of_comune(""), &list(&refused)).problem();
    assert!(heard.starts_with("409 Existing related payment found or not in updatable state") && heard.contains(&paid));
    let mut wrong = described("no");
    wrong[2]["paymentOption"][0]["amount"] = json!(1);
    let heard = put(&station, &of_comune(""), &list(&wrong)).problem();
    assert!(heard.starts_with("400 Error in the debt position request data: Amounts"), "{heard}");
    assert_eq!(is_described("no"), 0);

    let heard = put(&station, &of_comune("?toPublish=true"), &list(&described("yes")));
    assert_eq!((heard.status, heard.text.as_str()), (200, ""));
    assert_eq!((is_described("yes"), status(&station, "B-2").as_str()), (3, "VALID"));
    // Whoever is named twice is what is said last.
    let mut twice = vec![with(before[1].clone(), "/paymentOption/0/description", json!("first"))];
    twice.extend(described("last").into_iter().rev());
    assert_eq!(put(&station, &format!("/gpd/api/v2{}", of_comune("")), &list(&twice)).status, 200);
    assert_eq!((is_described("last"), is_described("first"), status(&station, "B-2").as_str()), (3, 0, "DRAFT"));
}

#[test]
fn many_are_deleted() {
    let station = gpd();
    assert_eq!(post(&station, &of_comune("/bulk"), &list(&positions(0, 25))).status, 201);
    let (paid, ..) = bring(&station, 9, "PAID");
    assert_eq!(
        delete(&station, &of_comune(""), &keys(&["B-0", "B-77", "B-1"])).problem(),
        format!(
            "404 Not found the debt position: Not found a debt position for Organization Fiscal Code {COMUNE} and IUPD \
             [B-77]"
        )
    );
    let heard = delete(&station, &of_comune(""), &keys(&["B-0", &paid])).problem();
    assert!(heard.starts_with("409 Existing related payment found: "), "{heard}");
    let heard = delete(&station, &of_comune("?segregationCodes=48"), &keys(&["B-0"])).problem();
    assert!(heard.starts_with("403 "), "{heard}");
    assert_eq!(count(&station), 26);

    let twenty: Vec<_> = (0..20).map(|number| format!("B-{number}")).collect();
    let heard = delete(&station, &of_comune(""), &keys(&twenty.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!((heard.status, heard.text.as_str()), (200, "The debt position was successfully deleted"));
    assert_eq!(heard.header("content-type"), Some("application/json"));
    let external = format!("/gpd/debt-positions-service/v2{}", of_comune(""));
    assert_eq!(delete(&station, &external, &keys(&["B-20", "B-20"])).status, 200, "once is as good as twice");
    assert_eq!((count(&station), get(&station, &of_comune("/B-20")).status), (5, 404));
}

/// Under strict validation the station makes the numbers, for many as for one.
#[test]
fn many_get_numbers() {
    let station = Station::spawn();
    let mut list = positions(0, 3);
    for body in &mut list {
        body["paymentOption"][0]["iuv"] = json!(null);
    }
    let heard = post(&station, &of_comune("/bulk"), &self::list(&list));
    assert_eq!(heard.status, 201, "{}", heard.text);
    assert_eq!(station.count("SELECT COUNT(DISTINCT nav) FROM payment_option"), 3);
}

mod on_postgres {
    use super::*;
    use crate::database::{Database, Engine};
    use crate::proxy::Proxy;

    /// A station in GPD's mode, and the way to its server.
    fn station() -> (Station, Proxy) {
        let database = Database::fresh_on(Engine::Postgres);
        let proxy = Proxy::to(&database.setting());
        let url = proxy.url(&database.setting());
        let station = Station::spawn_on(database, |settings| {
            settings.validation = ec_station::settings::Validation::Gpd;
            settings.database = url.parse().unwrap();
        });
        (station, proxy)
    }

    /// A hundred positions come as fast as a few.
    #[test]
    fn many_are_created_in_a_handful_of_round_trips() {
        let (station, proxy) = station();
        let create = |list: &[Value]| {
            let before = proxy.questions();
            assert_eq!(post(&station, &of_comune("/bulk?toPublish=true"), &super::list(list)).status, 201);
            proxy.questions() - before
        };
        // The first ones prepare statements.
        for number in 0..4 {
            create(&positions(number, 1));
        }
        let (few, many) = (create(&positions(10, 1)), create(&positions(100, 100)));
        assert!(many <= few + 4 && many <= 16, "{few} for one, {many} for a hundred");
    }

    /// What the rules decline costs no connection: whoever is told no a thousand times does not wear the server out.
    #[test]
    fn refusals_leave_connections_alone() {
        let (station, proxy) = station();
        let (iupd, first, body) = bring(&station, 1, "PAID");
        let refuse = || {
            assert_eq!(super::super::cases::pay(&station, &first).status, 409);
            assert_eq!(super::super::cases::replace(&station, &iupd, "", &body).status, 409);
            assert_eq!(post(&station, &of_comune(""), &body).status, 409);
            assert_eq!(delete(&station, &of_comune(""), &keys(&["nobody"])).status, 404);
        };
        refuse();
        let before = proxy.connections();
        (0..5).for_each(|_| refuse());
        assert_eq!(proxy.connections(), before);
    }
}

#[test]
fn keys_that_no_database_holds() {
    let station = gpd();
    let heard = call(&station, "DELETE", &of_comune(""), &[], Some(r#"{"paymentPositionIUPDs":["a","b\u0000"]}"#));
    assert_eq!(heard.problem(), "400 BAD REQUEST: paymentPositionIUPDs[1]: holds the character U+0000");
}
