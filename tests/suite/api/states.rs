//! The states of a position: what each verb makes of each of them, and what time does (`gpd-api` 6.1, 6.2).

use serde_json::json;

use super::cases::{STATES, bring, created, gpd, iuv, pay, replace, report, status, with};
use super::{a_body, call, delete, get, of_comune};
use crate::given::{days, rows};

/// A cell is the state afterwards, `gone`, or the status of a refusal, after which everything is as it was.
#[test]
fn what_each_verb_makes_of_each_state() {
    let table = "
        from           | publish | update | update and publish | invalidate | delete | pay  | report
        DRAFT          | VALID   | DRAFT  | VALID              | 409        | gone   | PAID | 409
        PUBLISHED      | 409     | DRAFT  | PUBLISHED          | INVALID    | gone   | PAID | 409
        VALID          | 409     | DRAFT  | VALID              | INVALID    | gone   | PAID | 409
        INVALID        | 409     | 409    | 409                | 409        | gone   | PAID | 409
        EXPIRED        | 409     | DRAFT  | VALID              | 409        | gone   | PAID | 409
        PARTIALLY_PAID | 409     | 409    | 409                | 409        | 409    | PAID | PARTIALLY_PAID
        PAID           | 409     | 409    | 409                | 409        | 409    | 409  | REPORTED
        REPORTED       | 409     | 409    | 409                | 409        | 409    | 409  | 409";
    let station = gpd();
    let table = rows(table);
    assert_eq!(table.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), STATES);
    let mut number = 0;
    for row in &table {
        let verbs = ["publish", "update", "update and publish", "invalidate", "delete", "pay", "report"];
        for (verb, expected) in verbs.iter().zip(&row[1..]) {
            number += 1;
            let (iupd, first, body) = bring(&station, number, &row[0]);
            let unpaid = if row[0] == "PARTIALLY_PAID" { iuv(10 * number + 1) } else { first.clone() };
            let act = |what: &str| call(&station, "POST", &of_comune(&format!("/{iupd}/{what}")), &[], None);
            let heard = match *verb {
                "publish" | "invalidate" => act(verb),
                "update" => replace(&station, &iupd, "", &body),
                "update and publish" => replace(&station, &iupd, "?toPublish=true", &body),
                "delete" => delete(&station, &of_comune(&format!("/{iupd}"))),
                "pay" => pay(&station, &unpaid),
                _ => report(&station, &first, "1"),
            };
            let what = format!("{verb} of {}: {}", row[0], heard.text);
            match expected.as_str() {
                "gone" => assert_eq!((heard.status, get(&station, &of_comune(&format!("/{iupd}"))).status), (200, 404)),
                "409" => assert_eq!((heard.status, status(&station, &iupd).as_str()), (409, row[0].as_str()), "{what}"),
                state => assert_eq!((heard.status, status(&station, &iupd).as_str()), (200, state), "{what}"),
            }
        }
    }
}

#[test]
fn what_a_position_is_created_as() {
    let station = gpd();
    for (at, (query, validity, state, published)) in [
        ("", None, "DRAFT", false),
        ("?toPublish=false", Some("2026-11-22T12:00:01"), "DRAFT", false),
        ("?toPublish=True", None, "VALID", true),
        ("?toPublish=yes", Some("2026-11-22T12:00:01"), "PUBLISHED", true),
    ]
    .into_iter()
    .enumerate()
    {
        let iupd = format!("N-{at}");
        let body = with(a_body(&iupd, &iuv(at)), "/validityDate", json!(validity));
        assert_eq!(created(&station, &of_comune(query), &body)["status"], state);
        let read = get(&station, &of_comune(&format!("/{iupd}"))).json();
        assert_eq!((&read["status"], read["publishDate"].is_string()), (&json!(state), published));
    }
}

#[test]
fn time_moves_what_is_published() {
    let station = gpd();
    let mut body = a_body("T-1", &iuv(1));
    body["validityDate"] = json!("2026-11-24T12:00:00");
    body["switchToExpired"] = json!(true);
    created(&station, &of_comune("?toPublish=true"), &body);
    for (day, state) in [(0, "PUBLISHED"), (1, "PUBLISHED"), (2, "VALID"), (10, "VALID"), (11, "EXPIRED")] {
        station.set_now(days(day));
        assert_eq!(status(&station, "T-1"), state, "after {day} days");
    }
    // An overdue option that does not expire stays payable.
    station.set_now(days(0));
    created(&station, &of_comune("?toPublish=true"), &a_body("T-2", &iuv(2)));
    station.set_now(days(400));
    assert_eq!(status(&station, "T-2"), "VALID");
}

#[test]
fn an_update_that_is_not_published_again_takes_a_notice_off_the_air() {
    let station = gpd();
    let (iupd, _, body) = bring(&station, 1, "VALID");
    let heard = replace(&station, &iupd, "", &body).json();
    assert_eq!(heard["status"], "DRAFT");
    let read = get(&station, &of_comune(&format!("/{iupd}"))).json();
    assert_eq!(read["publishDate"], json!(null));
}

/// What was valid and is published again without a date has been valid since it was.
#[test]
fn an_update_keeps_the_validity_of_what_is_valid() {
    let station = gpd();
    let (iupd, _, body) = bring(&station, 1, "VALID");
    station.set_now(days(2));
    let heard = replace(&station, &iupd, "?toPublish=true", &body).json();
    assert_eq!((&heard["status"], &heard["validityDate"]), (&json!("VALID"), &json!("2026-11-22T12:00:00")));
}
