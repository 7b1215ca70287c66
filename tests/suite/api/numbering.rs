//! Notice numbers that the station makes: which segregation code, which number, and never one twice.

use std::collections::HashSet;

use ec_station::domain::numbering::notice;
use ec_station::settings::Validation;
use serde_json::{Value, json};

use super::{a_body, of_comune, post, put};
use crate::given::{COMUNE, NAV};
use crate::station::Station;

/// A position whose options have no number.
fn unnumbered(iupd: &str, options: usize) -> Value {
    let mut body = a_body(iupd, "");
    let option = &mut body["paymentOption"][0];
    option.as_object_mut().unwrap().remove("iuv");
    option["isPartialPayment"] = json!(options > 1);
    body["paymentOption"] = json!(vec![option.clone(); options]);
    body
}

fn navs(body: &Value) -> Vec<String> {
    let options = body["paymentOption"].as_array().unwrap();
    options.iter().map(|option| option["nav"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn gpd_asks_for_the_iuv() {
    let station = Station::spawn_with(|settings| settings.validation = Validation::Gpd);
    let heard = post(&station, &of_comune(""), &unnumbered("TARI-1", 1));
    assert_eq!(heard.problem(), "400 BAD REQUEST: paymentOption[0].iuv: iuv is required");
}

#[test]
fn where_several_codes_could_be_meant_one_is_to_be_chosen() {
    let station = Station::spawn();
    let link = |code: &str| json!({"idStation": "99000001018_01", "idBroker": COMUNE, "auxDigit": 3, "segregationCode": code, "broadcast": false});
    let stations = json!({"stations": [link("07"), link("08"), link("09")]});
    let saved = put(&station, &format!("/registry/organizations/{COMUNE}/stations"), &stations);
    assert_eq!(saved.status, 200, "{}", saved.text);
    let choose = "give the IUV, or choose with the query parameter segregationCodes";
    let several = "more than one segregation code could be meant";
    let foreign = "the organization does not issue notices with this segregation code";
    for (query, why, codes) in [
        ("", several, "07, 08, 09"),
        ("?segregationCodes=07,08", several, "07, 08"),
        ("?segregationCodes=07,99,08", several, "07, 08"),
        ("?segregationCodes=99", foreign, "07, 08, 09"),
    ] {
        let heard = post(&station, &of_comune(query), &unnumbered("TARI-1", 1));
        let expected = format!("iuv: is missing, and {why}; {choose}: {codes}");
        assert_eq!(heard.problem(), format!("400 Error in the debt position request data: {expected}"), "{query}");
    }
    for (iupd, query, code) in [("A", "07", "07"), ("B", "99,08", "08"), ("C", "09,09", "09")] {
        let heard = post(&station, &of_comune(&format!("?segregationCodes={query}")), &unnumbered(iupd, 1));
        assert_eq!(navs(&heard.json()), [notice(code, 1).unwrap().to_string()], "{query}: {}", heard.text);
    }
}

#[test]
fn numbers_are_made_and_right() {
    let station = Station::spawn();
    let heard = post(&station, &of_comune("?segregationCodes=07&toPublish=true"), &unnumbered("TARI-1", 3));
    assert_eq!(heard.status, 201, "{}", heard.text);
    let made = [1, 2, 3].map(|number| notice("07", number).unwrap().to_string());
    assert_eq!(navs(&heard.json()), made);
}

#[test]
fn an_iuv_stands_in_its_notice_number() {
    let station = Station::spawn();
    let mut body = unnumbered("TARI-1", 1);
    body["paymentOption"][0]["nav"] = json!(NAV);
    let heard = post(&station, &of_comune(""), &body);
    assert_eq!((heard.status, &heard.json()["paymentOption"][0]["iuv"]), (201, &json!(&NAV[1..])), "{}", heard.text);
}

#[test]
fn what_was_loaded_is_passed_over() {
    let station = Station::spawn();
    for number in 1..=20u64 {
        let nav = notice("07", number).unwrap();
        let heard = post(&station, &of_comune(""), &a_body(&format!("LOADED-{number}"), nav.iuv()));
        assert_eq!(heard.status, 201, "{}", heard.text);
    }
    let mut seen = HashSet::new();
    for made in 1..=5 {
        let heard = post(&station, &of_comune("?segregationCodes=07"), &unnumbered(&format!("MADE-{made}"), 2));
        assert_eq!(heard.status, 201, "{}", heard.text);
        assert!(navs(&heard.json()).into_iter().all(|nav| seen.insert(nav)));
    }
    let all = "SELECT COUNT(DISTINCT nav) FROM payment_option";
    assert_eq!(station.count(all), 30);
}

#[test]
fn many_at_once_get_numbers_of_their_own() {
    let station = Station::spawn();
    std::thread::scope(|scope| {
        for client in 0..8 {
            let station = &station;
            scope.spawn(move || {
                for turn in 0..10 {
                    let body = unnumbered(&format!("P-{client}-{turn}"), 2);
                    let heard = post(station, &of_comune("?segregationCodes=07"), &body);
                    assert_eq!(heard.status, 201, "{}", heard.text);
                }
            });
        }
    });
    let of_comune = format!("SELECT COUNT(DISTINCT nav) FROM payment_option WHERE organization = '{COMUNE}'");
    assert_eq!(station.count(&of_comune), 160);
}

#[test]
fn the_example_of_the_readme() {
    let readme = include_str!("../../../README.md");
    let body = readme.split("-d '").nth(1).and_then(|rest| rest.split('\'').next()).expect("the README has an example");
    let heard = post(&Station::spawn(), &of_comune("?toPublish=true"), &serde_json::from_str(body).unwrap());
    assert_eq!((heard.status, &heard.json()["status"]), (201, &json!("VALID")), "{}", heard.text);
}
