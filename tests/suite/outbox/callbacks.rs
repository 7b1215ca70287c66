//! The end of a payment request: made by a receipt and by nothing else, told once, in the caller's own form.

use serde_json::{Value, json};

use super::receiver::{Manner, Receiver, badly, well};
use super::*;
use crate::given::{NAV, PROVINCIA, Receipt};

#[test]
fn a_receipt_ends_every_open_request_of_its_notice() {
    let (receiver, other) = (Receiver::well_behaved(), Receiver::well_behaved());
    let station = a_station(2);
    let ids = [open(&station, &nav(0), &receiver), open(&station, &nav(0), &receiver)];
    let silent = ask(&station, &nav(0), None).json()["data"]["id"].as_str().unwrap().to_owned();
    let untouched = open(&station, &nav(1), &other);
    assert_eq!(detail(&station, &ids[0])["report"], Value::Null);
    pay(&station, &nav(0));
    hears(&receiver, 2);
    comes_to(&station, "heard", 2);
    let mut told: Vec<Value> = receiver.heard().iter().map(|call| call.field("data")).collect();
    told.sort_by_key(|told| ids.iter().position(|id| told["_id"] == **id));
    for (told, id) in told.iter().zip(&ids) {
        assert_eq!(*told, detail(&station, id), "a callback says what a call for the request says");
        let report = &told["report"];
        for (member, value) in [
            ("payment_status", "OK"),
            ("payment_id", &format!("receipt-of-{}", nav(0))),
            ("payment_date", "2026-11-22 09:41:07"),
            ("total_amount", "122.00"),
            ("ente_pa", COMUNE),
            ("avviso_pa", &nav(0)),
        ] {
            assert_eq!(report[member], value, "{member}: {report}");
        }
    }
    assert_eq!(detail(&station, &silent)["report"]["payment_status"], "OK");
    assert_eq!(detail(&station, &untouched)["report"], Value::Null);
    // One payment is one credit, however many requests there were.
    let credits = "SELECT COUNT(*) FROM account_credit WHERE thousandths = 200 AND account = 'local'";
    assert_eq!(station.count(credits), 1);
    let call = &receiver.heard()[0];
    assert_eq!(call.line, "POST /callback?session=k3 HTTP/1.1");
    for (name, value) in [
        ("session_id", "k3-77"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("user-agent", concat!("ec-station/", env!("CARGO_PKG_VERSION"))),
    ] {
        assert_eq!(call.header(name), value, "{name}");
    }
    assert!(other.heard().is_empty());
}

#[test]
fn what_is_no_payment_of_the_notice_ends_nothing() {
    let receiver = Receiver::well_behaved();
    let station = a_station(2);
    let id = open(&station, &nav(0), &receiver);
    // Of the province's own notice with this number; and of one that cannot be read.
    let elsewhere = Receipt {
        head: given::head(PROVINCIA, PROVINCIA, "99000002024_01"),
        organization: PROVINCIA.into(),
        transfers: vec![(1, "120.50".into(), PROVINCIA.into(), None)],
        ..a_receipt_for(&nav(0))
    };
    assert_eq!(station.post(elsewhere.v2()).outcome(), "OK");
    let unreadable = a_receipt_for(&nav(0)).v2().replace("<paymentAmount>120.50</paymentAmount>", "");
    assert_eq!(station.post(unreadable).outcome(), "PAA_SINTASSI_EXTRAXSD");
    let head = given::head(PROVINCIA, PROVINCIA, "99000002024_01");
    let stranger = Receipt { head, id: "misled".into(), ..a_receipt_for(&nav(0)) };
    assert_eq!(station.post(stranger.v2()).outcome(), "PAA_SEMANTICA");
    assert_eq!(detail(&station, &id)["report"], Value::Null);
    pay(&station, &nav(0));
    comes_to(&station, "heard", 1);
    let before = detail(&station, &id);
    // The same again, and the same with another content, change nothing any more.
    assert_eq!(station.post(a_receipt_for(&nav(0)).v2()).outcome(), "PAA_RECEIPT_DUPLICATA");
    let altered = Receipt { amount: "1.00".into(), ..a_receipt_for(&nav(0)) };
    assert_eq!(station.post(altered.v2()).outcome(), "PAA_RECEIPT_DUPLICATA");
    assert_eq!(station.post(Receipt { id: "second".into(), ..a_receipt_for(&nav(0)) }.v2()).outcome(), "OK");
    assert_eq!(detail(&station, &id), before);
    assert_eq!((receiver.heard().len(), count(&station, "heard"), count(&station, "waiting")), (1, 1, 0));
}

#[test]
fn a_payment_that_failed_is_told_and_may_be_followed_by_one_that_does_not() {
    let receiver = Receiver::well_behaved();
    let station = a_station(1);
    let id = open(&station, &nav(0), &receiver);
    let failed = Receipt { id: "failed".into(), outcome: "KO".into(), ..a_receipt_for(&nav(0)) };
    assert_eq!(station.post(failed.v2()).outcome(), "OK");
    hears(&receiver, 1);
    assert_eq!(receiver.heard()[0].field("data")["report"]["payment_status"], "KO");
    assert_eq!(detail(&station, &id)["report"]["payment_status"], "KO");
    assert_eq!(station.count("SELECT COUNT(*) FROM account_credit"), 0);
    pay(&station, &nav(0));
    hears(&receiver, 2);
    assert_eq!(receiver.heard()[1].field("data")["report"]["payment_status"], "OK");
    assert_eq!(detail(&station, &id)["report"]["payment_status"], "OK");
    assert_eq!(station.count("SELECT COUNT(*) FROM account_credit"), 1);
}

/// Its position was deleted while the citizen was at the till.
#[test]
fn an_orphan_ends_the_requests_of_its_notice_too() {
    let receiver = Receiver::well_behaved();
    let station = a_station(1);
    open(&station, &nav(0), &receiver);
    station.database().change("DELETE FROM payment_option");
    station.database().change("DELETE FROM debt_position");
    pay(&station, &nav(0));
    hears(&receiver, 1);
    assert_eq!(station.anomalies(), [format!("ORPHAN_RECEIPT {}", nav(0))]);
}

/// What the Node was refused was not paid here: the request goes on.
#[test]
fn a_receipt_that_is_refused_reports_nothing() {
    let receiver = Receiver::well_behaved();
    let station = Station::spawn_on(Database::with(&positions(1)), |settings| {
        at_a_desk(settings);
        settings.orphan_receipt = ec_station::settings::OrphanReceipt::FaultSconosciuto;
    });
    let id = open(&station, &nav(0), &receiver);
    station.database().change("DELETE FROM payment_option");
    station.database().change("DELETE FROM debt_position");
    assert_ne!(station.post(a_receipt_for(&nav(0)).v2()).outcome(), "OK");
    assert_eq!(station.receipts().len(), 1);
    assert_eq!(detail(&station, &id)["report"], Value::Null);
    assert_eq!(station.count("SELECT COUNT(*) FROM outbox_message"), 0);
}

/// A receipt ends all requests of its notice in one transaction: there is a bound, and at the bound it does so at once.
#[test]
fn a_thousand_requests_of_a_notice_may_be_open() {
    let receiver = Receiver::well_behaved();
    let station = a_station(1);
    open(&station, &nav(0), &receiver);
    let more = "
        INSERT INTO payment_request (id, account, opened_at, organization, nav, amount_cents, given, callback)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 998)
        SELECT SUBSTR(q.id, 1, 18) || CAST(100000 + n.i AS TEXT), 'portal ' || CAST(n.i % 500 AS TEXT), q.opened_at,
               q.organization, q.nav, q.amount_cents, q.given, q.callback
        FROM payment_request q, n";
    station.database().change(more);
    open(&station, &nav(0), &receiver);
    let refused = ask(&station, &nav(0), Some(callback_to(&receiver)));
    assert_eq!((refused.status, &refused.json()["error"]), (429, &json!(429)), "{}", refused.text);
    let message = refused.json()["message"].to_string();
    assert!(message.contains("use one of them, or wait until the notice is paid"), "{message}");
    let begun = std::time::Instant::now();
    pay(&station, &nav(0));
    println!("a thousand requests were ended in {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(station.count("SELECT COUNT(*) FROM payment_request WHERE outcome = 'OK'"), 1000);
    // One payment of each of them, and of the account at the desk.
    assert_eq!(station.count("SELECT COUNT(*) FROM account_credit"), 501);
    assert_eq!(ask(&station, &nav(0), None).status, 409);
    assert_eq!(station.count("SELECT COUNT(*) FROM outbox_message"), 1000);
}

#[test]
fn the_caller_says_in_which_form_it_is_told() {
    let station = a_station(2);
    let (put, json) = (Receiver::well_behaved(), Receiver::well_behaved());
    let to_put = json!({ "url": put.url(), "method": "PUT", "field": "payload" });
    let headers = json!({ "Content-Type": "application/json; charset=utf-8", "Authorization": "Bearer k3" });
    let to_json = json!({ "url": json.url(), "method": "POST", "field": "a \"b\"", "headers": headers });
    assert_eq!(ask(&station, &nav(0), Some(to_put)).status, 200);
    assert_eq!(ask(&station, &nav(0), Some(to_json)).status, 200);
    pay(&station, &nav(0));
    hears(&put, 1);
    hears(&json, 1);
    let (put, json) = (&put.heard()[0], &json.heard()[0]);
    assert_eq!(put.line, "PUT /callback?session=k3 HTTP/1.1");
    assert_eq!(put.field("payload")["report"]["payment_status"], "OK");
    assert_eq!(json.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(json.header("authorization"), "Bearer k3");
    assert_eq!(json.json()["a \"b\""]["report"]["avviso_pa"], nav(0));
}

/// At once, then after a while, for more than a day; then it is dead, and lives again when somebody says so.
#[test]
fn a_message_is_tried_for_more_than_a_day() {
    let receiver = Receiver::that(|_, _| badly());
    let station = a_station(1);
    open(&station, &nav(0), &receiver);
    pay(&station, &nav(0));
    let mut now = 0;
    for (number, wait) in [1, 5, 30, 120, 360, 1440].into_iter().enumerate() {
        tried(&station, number as i64 + 1);
        station.set_now(minutes(now + wait) - chrono::Duration::seconds(1));
        std::thread::sleep(Duration::from_millis(1200));
        assert_eq!(attempts(&station), number as i64 + 1, "not before {wait} minutes are over");
        now += wait;
        station.set_now(minutes(now));
    }
    comes_to(&station, "dead", 1);
    assert_eq!((attempts(&station), receiver.heard().len(), count(&station, "waiting")), (7, 7, 0));
    let ids: std::collections::BTreeSet<_> =
        receiver.heard().iter().map(|call| call.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 1, "it has one name however often it is sent");
}

#[test]
fn a_receiver_that_fails_once_hears_it_after_a_while() {
    let receiver = Receiver::that(|number, _| if number == 0 { badly() } else { well() });
    let station = a_station(1);
    open(&station, &nav(0), &receiver);
    pay(&station, &nav(0));
    tried(&station, 1);
    assert_eq!(station.text("SELECT trouble FROM outbox_message"), "the receiver answered 500");
    station.set_now(minutes(1));
    comes_to(&station, "heard", 1);
    assert_eq!(receiver.heard().len(), 2);
    assert_eq!(receiver.heard()[0].body, receiver.heard()[1].body);
}

#[test]
fn a_receiver_may_ask_for_more_time() {
    let busy = || Manner::Answers(503, "Retry-After: 600\r\n".into());
    let receiver = Receiver::that(move |number, _| if number == 0 { busy() } else { well() });
    let station = a_station(1);
    open(&station, &nav(0), &receiver);
    pay(&station, &nav(0));
    tried(&station, 1);
    station.set_now(minutes(9));
    std::thread::sleep(Duration::from_millis(1200));
    assert_eq!(receiver.heard().len(), 1);
    station.set_now(minutes(10));
    comes_to(&station, "heard", 1);
}

#[test]
fn one_who_is_gone_hears_no_more() {
    let receiver = Receiver::that(|_, _| Manner::Answers(410, String::new()));
    let station = a_station(1);
    open(&station, &nav(0), &receiver);
    pay(&station, &nav(0));
    comes_to(&station, "dead", 1);
    assert_eq!(receiver.heard().len(), 1);
}

/// A callback leaves at once, and does not wait for the next look into the outbox.
#[test]
fn a_callback_follows_its_receipt_at_once() {
    let receiver = Receiver::well_behaved();
    let station = a_station(12);
    (0..12).for_each(|number| drop(open(&station, &nav(number), &receiver)));
    let mut took: Vec<Duration> = (0..12)
        .map(|number| {
            pay(&station, &nav(number));
            let began = std::time::Instant::now();
            wait_until("a callback", PATIENCE, || receiver.heard().len() > number);
            began.elapsed()
        })
        .collect();
    took.sort();
    println!("callbacks after {took:?}");
    assert!(took[6] < Duration::from_millis(500), "{took:?}");
}

/// Money that came for a request of a notice without a callback is in the report all the same.
#[test]
fn nothing_is_put_into_the_outbox_that_nobody_wants_to_hear() {
    let station = a_station(1);
    assert_eq!(ask(&station, &nav(0), None).status, 200);
    pay(&station, &nav(0));
    assert_eq!(station.count("SELECT COUNT(*) FROM outbox_message"), 0);
    assert_eq!(station.count("SELECT COUNT(*) FROM payment_request WHERE outcome = 'OK'"), 1);
    // Nobody has asked for this one.
    station.load(&given::a_position());
    pay(&station, NAV);
}
