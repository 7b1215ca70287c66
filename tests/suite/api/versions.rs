//! Versions of a position: whoever has read one may insist that nobody has changed it since.

use ec_station::domain::position::PositionStatus;
use serde_json::json;

use super::cases::{bring, gpd, options, pay, replace};
use super::{Heard, a_body, call, get, of_comune, post, put};
use crate::database::Database;
use crate::given::{NAV, OTHER_NAV, a_position, a_receipt_for, days};
use crate::station::Station;

fn etag(heard: &Heard) -> String {
    heard.header("etag").expect("a position has a version").to_owned()
}

/// Each verb that changes a position.
fn verbs(station: &Station, iupd: &str, body: &str, tag: &str) -> [Heard; 4] {
    let at = |below: &str| of_comune(&format!("/{iupd}{below}"));
    let insisting =
        |method: &str, path: String, body: Option<&str>| call(station, method, &path, &[("If-Match", tag)], body);
    [
        insisting("PUT", at(""), Some(body)),
        insisting("POST", at("/publish"), None),
        insisting("POST", at("/invalidate"), None),
        insisting("DELETE", at(""), None),
    ]
}

#[test]
fn what_has_changed_since_stays_as_it_is() {
    let station = gpd();
    let (iupd, _, body) = bring(&station, 1, "DRAFT");
    let first = etag(&get(&station, &of_comune(&format!("/{iupd}"))));
    let second = etag(&replace(&station, &iupd, "", &body));
    assert_ne!(first, second);
    assert_eq!(etag(&get(&station, &of_comune(&format!("/{iupd}")))), second);
    let weak = format!("W/{second}");
    for stale in [first.as_str(), "\"999\"", "0", "\"\"", "W/\"0\"", "nonsense", "\"998\", \"999\"", &weak] {
        for heard in verbs(&station, &iupd, &body.to_string(), stale) {
            assert_eq!(heard.status, 412, "{stale}: {}", heard.text);
            assert_eq!(heard.json()["title"], "The debt position has changed");
        }
    }
    assert_eq!(etag(&get(&station, &of_comune(&format!("/{iupd}")))), second);
}

#[test]
fn what_is_as_it_was_read_may_be_changed() {
    let station = gpd();
    for (number, any) in [(1, false), (2, true)] {
        let (iupd, _, body) = bring(&station, number, "DRAFT");
        let (body, path) = (body.to_string(), of_comune(&format!("/{iupd}")));
        let tag = |heard: &Heard| if any { "*".to_owned() } else { format!("\"999\", {}", etag(heard)) };
        let mut last = get(&station, &path);
        for (method, below) in [("PUT", ""), ("POST", "/publish"), ("POST", "/invalidate"), ("DELETE", "")] {
            let insist = tag(&last);
            let body = (method == "PUT").then_some(body.as_str());
            last = call(&station, method, &format!("{path}{below}"), &[("If-Match", &insist)], body);
            assert_eq!(last.status, 200, "{method}{below}: {}", last.text);
        }
    }
}

/// A payment is a change too, and so are a fee and a report.
#[test]
fn every_change_makes_another_version() {
    let station = gpd();
    let (iupd, first, _) = bring(&station, 1, "VALID");
    let version = || etag(&get(&station, &of_comune(&format!("/{iupd}"))));
    let mut seen = vec![version()];
    let mut changed = |heard: Heard| {
        assert!([200, 209].contains(&heard.status), "{}", heard.text);
        assert!(!seen.contains(&version()), "{}", heard.text);
        seen.push(version());
    };
    changed(super::put(&station, &options(&format!("/{first}/notificationfee")), &json!({ "notificationFee": 1 })));
    changed(pay(&station, &first));
    changed(super::cases::report(&station, &first, "1"));
}

/// Whoever has read a position has seen the status that time gave it, whether or not it was stored by then.
#[test]
fn what_time_does_makes_no_version() {
    let mut position = a_position();
    position.status = PositionStatus::Published;
    position.options[0].validity_date = Some(days(0));
    let station = Station::spawn_on(Database::with(&[position.clone()]), |_| ());
    let path = of_comune(&format!("/{}", position.iupd));
    let read = get(&station, &path);
    assert_eq!(read.json()["status"], "VALID");
    station.move_on();
    assert_eq!(station.text("SELECT status FROM debt_position"), "VALID", "it is stored only now");
    assert_eq!(etag(&get(&station, &path)), etag(&read));
    let heard = call(&station, "POST", &format!("{path}/invalidate"), &[("If-Match", &etag(&read))], None);
    assert_eq!(heard.status, 200, "{}", heard.text);
}

/// What was paid before it came is paid when it comes, and whoever brings it is told so.
#[test]
fn what_a_receipt_has_settled_is_answered() {
    let station = Station::spawn();
    let [first, second, third] = [&NAV[1..], &OTHER_NAV[1..], "07000000001234775"];
    station.post(a_receipt_for(NAV).v2());
    let created = post(&station, &of_comune("?toPublish=true"), &a_body("P-1", first));
    assert_eq!((created.status, &created.json()["status"]), (201, &json!("PAID")), "{}", created.text);
    assert_eq!(etag(&created), etag(&get(&station, &of_comune("/P-1"))));

    let path = of_comune("/P-2");
    assert_eq!(post(&station, &of_comune(""), &a_body("P-2", third)).status, 201);
    station.post(a_receipt_for(OTHER_NAV).v2());
    let replaced = put(&station, &path, &a_body("P-2", second));
    assert_eq!((replaced.status, &replaced.json()["status"]), (200, &json!("PAID")), "{}", replaced.text);
    assert_eq!(etag(&replaced), etag(&get(&station, &path)));
}
