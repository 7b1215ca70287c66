//! Whom a caller may have told: what cannot be sent is refused when the request is opened.

use super::open;
use crate::station::Station;

fn asking(callback: &str) -> String {
    format!(r#"{{"data":{{"callback":{callback}}}}}"#)
}

#[test]
fn what_cannot_be_sent_is_refused_at_once() {
    let station = Station::spawn();
    let to = |more: &str| format!(r#"{{"url":"https://portale.example.org/cb"{more}}}"#);
    let many: Vec<_> = (0..21).map(|at| format!(r#""h{at}":"x""#)).collect();
    for (callback, message) in [
        ("7".to_owned(), "callback must be an object with a url"),
        (
            r#"{"method":"POST"}"#.into(),
            "callback.url is no URL: write one, such as https://portale.example.org/callback",
        ),
        (r#"{"url":7}"#.into(), "callback.url is no URL: write one, such as https://portale.example.org/callback"),
        (
            r#"{"url":"http://portale.example.org/cb"}"#.into(),
            "callback.url must begin with https://, such as https://portale.example.org/callback",
        ),
        (
            r#"{"url":"https://u:p@portale.example.org/"}"#.into(),
            "callback.url holds a user or a password: send them in callback.headers",
        ),
        (
            r#"{"url":"https://127.0.0.1/"}"#.into(),
            "callback.url names an address that is not public: give one that the internet reaches",
        ),
        (
            r#"{"url":"https://[::ffff:192.168.1.1]/"}"#.into(),
            "callback.url names an address that is not public: give one that the internet reaches",
        ),
        (
            r#"{"url":"https://localhost:8080/"}"#.into(),
            "callback.url names an address that is not public: give one that the internet reaches",
        ),
        (to(r#","method":"GET""#), "callback.method must be POST or PUT"),
        (to(r#","method":"DELETE""#), "callback.method must be POST or PUT"),
        (to(r#","field":"a\u0007""#), "callback.field holds a control character: take it out"),
        (to(r#","headers":"x""#), "callback.headers must be an object of texts"),
        (to(r#","headers":{"a":[]}"#), "callback.headers must be an object of texts"),
        (to(r#","headers":{"Host":"evil"}"#), "callback.headers.Host is not the caller's to set: take it out"),
        (to(r#","headers":{"webhook-id":"1"}"#), "callback.headers.webhook-id is not the caller's to set: take it out"),
        (to(r#","headers":{"a b":"1"}"#), "callback.headers has a name that no header can have"),
        (
            to(r#","headers":{"a":"1\r\nHost: evil"}"#),
            "callback.headers.a must be printable ASCII, 1024 characters at the most",
        ),
        (to(r#","headers":{"A":"1","a":"2"}"#), "callback.headers.a is there twice: leave one"),
        (
            to(&format!(r#","headers":{{{}}}"#, many.join(","))),
            "callback.headers has more than 20: take some of them out",
        ),
        (to(r#","url":"https://b.example.org/""#), "callback.url is there twice: leave one"),
    ] {
        assert_eq!(open(&station, &asking(&callback)).no(400), message, "{callback}");
    }
}

#[test]
fn what_can_be_sent_is_kept() {
    let station = Station::spawn();
    for (callback, kept) in [
        (
            r#"{"url":" https://portale.example.org/cb "}"#,
            r#"{"url":"https://portale.example.org/cb","method":"POST","field":"data","headers":[]}"#,
        ),
        (
            r#"{"url":"https://portale.example.org/cb","method":"put","field":"payload","headers":{"b":"1","a":2,"Content-Type":"application/json"},"more":1}"#,
            r#"{"url":"https://portale.example.org/cb","method":"PUT","field":"payload","headers":[["b","1"],["a","2"],["Content-Type","application/json"]]}"#,
        ),
        (
            r#"{"url":"https://portale.example.org/cb","method":"","field":"","headers":[]}"#,
            r#"{"url":"https://portale.example.org/cb","method":"POST","field":"data","headers":[]}"#,
        ),
    ] {
        let id = open(&station, &asking(callback)).id();
        assert_eq!(station.text(&format!("SELECT callback FROM payment_request WHERE id = '{id}'")), kept);
    }
    let none = open(&station, &asking("null")).id();
    assert_eq!(
        station.count(&format!("SELECT COUNT(*) FROM payment_request WHERE id = '{none}' AND callback IS NULL")),
        1
    );
}

#[test]
fn at_a_desk_more_is_allowed() {
    let station = Station::spawn_with(|settings| {
        settings.outbox.http = true;
        settings.outbox.private_addresses = true;
    });
    for url in ["http://127.0.0.1:9/cb", "https://localhost/cb", "http://[::1]/cb"] {
        assert_eq!(open(&station, &asking(&format!(r#"{{"url":"{url}"}}"#))).status, 200, "{url}");
    }
}
