//! Who may call, and that nobody sees what is another's.

use super::{Heard, send, with};
use crate::access::{a_key, key};
use crate::database::Database;
use crate::given::{COMUNE, NAV, a_position};
use crate::station::Station;

const CALLS: [(&str, &str); 6] = [
    ("GET", "/pay"),
    ("GET", "/pay/"),
    ("POST", "/pay/PagoPA"),
    ("POST", "/pay/MAV"),
    ("GET", "/pay/6b02d940000000000000000f"),
    ("GET", "/pay/6b02d940000000000000000f/ricevuta"),
];

fn call(station: &Station, (method, path): (&str, &str), headers: &[(&str, &str)]) -> Heard {
    let body: &[u8] = if method == "POST" { b"{}" } else { b"" };
    send(method, &format!("{}{path}", station.url()), headers, body)
}

#[test]
fn without_a_right_key_nobody_hears_anything() {
    let database = Database::fresh();
    let revoked = a_key(&database, "gone@portale.example.org", "pay", &["--all-organizations"]);
    let others = ["read", "write", "admin"].map(|role| a_key(&database, role, role, &["--all-organizations"]));
    assert_eq!(key(&database, &["revoke", "gone@portale.example.org"]).code, Some(0));
    let station = Station::spawn_on(database, |_| ());
    for one in CALLS {
        let none = call(&station, one, &[]);
        assert!(none.no(401).contains("has no subscription key"), "{one:?}");
        assert_eq!(none.header("www-authenticate"), Some("Bearer"));
        for key in ["ecs_0", &revoked] {
            assert!(call(&station, one, &with(key)).no(401).contains("is not valid"), "{one:?}");
        }
        for key in &others {
            let refused = call(&station, one, &with(key)).no(403);
            assert_eq!(
                refused,
                "this key is not for the front office: make one with `ec-station key create --role pay`"
            );
        }
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM payment_request"), 0);
}

#[test]
fn as_long_as_there_is_no_key_this_machine_may_call() {
    let station = Station::spawn();
    assert_eq!(call(&station, ("GET", "/pay"), &[]).status, 200);
    for headers in
        [("X-Forwarded-For", "127.0.0.1"), ("Origin", "http://evil.example.org"), ("Host", "pay.example.org")]
    {
        for one in CALLS {
            assert!(
                call(&station, one, &[headers]).no(403).contains("only clients on this machine"),
                "{one:?} {headers:?}"
            );
        }
    }
}

#[test]
fn a_key_travels_in_three_ways() {
    let database = Database::fresh();
    let key = a_key(&database, "account@portale.example.org", "pay", &["--all-organizations"]);
    let station = Station::spawn_on(database, |_| ());
    let bearer = format!("Bearer {key}");
    let url = format!("{}/pay", station.url());
    for (url, headers) in [
        (url.clone(), vec![("Ocp-Apim-Subscription-Key", key.as_str())]),
        (url.clone(), vec![("Authorization", bearer.as_str())]),
        (format!("{url}?subscription-key={key}"), vec![]),
    ] {
        assert_eq!(send("GET", &url, &headers, b"").status, 200, "{headers:?}");
    }
}

#[test]
fn two_accounts_do_not_see_each_other_and_two_keys_of_a_name_do() {
    let database = Database::fresh();
    let name = "account@portale.example.org";
    let [one, again] = [(); 2].map(|()| a_key(&database, name, "pay", &["--all-organizations"]));
    let other = a_key(&database, "tobacconist", "pay", &["--all-organizations"]);
    let station = Station::spawn_on(database, |_| ());
    let url = |path: &str| format!("{}{path}", station.url());
    let id = send("POST", &url("/pay/PagoPA"), &with(&one), b"{}").id();
    let theirs = send("POST", &url("/pay/PagoPA"), &with(&other), b"{}").id();
    for key in [&one, &again] {
        let list = send("GET", &url("/pay"), &with(key), b"").json();
        assert_eq!((list["data"].as_array().unwrap().len(), list["data"][0]["_id"].as_str()), (1, Some(id.as_str())));
        let detail = send("GET", &url(&format!("/pay/{id}")), &with(key), b"").json();
        assert_eq!(detail["data"][0]["owner"], name);
    }
    // What is another's is as unknown as what is nowhere, to the byte.
    for (path, of_nobody) in
        [(format!("/pay/{id}"), "/pay/6b02d940000000000000000f"), (format!("/pay/{id}/ricevuta"), "/pay/x/ricevuta")]
    {
        let foreign = send("GET", &url(&path), &with(&other), b"");
        assert_eq!(foreign.no(404), "this account has no request of this id");
        assert_eq!(foreign.text, send("GET", &url(of_nobody), &with(&other), b"").text);
    }
    let before = send("GET", &url(&format!("/pay?before={theirs}")), &with(&one), b"");
    assert!(before.no(400).contains("before names no request of this account"));
}

/// A key may be for some creditors, and some of their codes.
#[test]
fn a_key_collects_for_the_creditors_it_opens() {
    let database = Database::with(&[a_position()]);
    let of = |name: &str, opens: &[&str]| a_key(&database, name, "pay", opens);
    let keys = [
        (of("a", &["--organization", COMUNE]), 200),
        (of("b", &["--all-organizations"]), 200),
        (of("c", &["--organization", "99000001018:07,08"]), 200),
        (of("d", &["--organization", "99000001018:08"]), 403),
        (of("e", &["--organization", "99000002024"]), 403),
    ];
    let station = Station::spawn_on(database, |_| ());
    let body = format!(r#"{{"ente_pa":"{COMUNE}","avviso_pa":"{NAV}"}}"#);
    for (key, status) in &keys {
        let heard = send("POST", &format!("{}/pay/pagopa", station.url()), &with(key), body.as_bytes());
        assert_eq!(heard.status, *status, "{}", heard.text);
        if *status == 403 {
            assert_eq!(heard.no(403), "this key is not for notices of this creditor");
        }
    }
    // Nor by way of the page, on which anybody may name the notice of a request that has none.
    for (key, status) in &keys {
        let id = send("POST", &format!("{}/pay/pagopa", station.url()), &with(key), b"{}").id();
        let form = format!("creditor={COMUNE}&notice={NAV}");
        let typed = [("Content-Type", "application/x-www-form-urlencoded")];
        let page = send("POST", &format!("{}/payment/{id}/notice", station.url()), &typed, form.as_bytes());
        assert_eq!(page.status, if *status == 200 { 303 } else { 422 }, "{}", page.text);
    }
}
