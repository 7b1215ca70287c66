//! What a caller may say when a request is opened, and what it hears.

use serde_json::json;

use super::{get, open, send};
use crate::access::a_key;
use crate::database::Database;
use crate::given::{COMUNE, NAV, a_position};
use crate::station::Station;

fn station() -> Station {
    Station::spawn_on(Database::with(&[a_position()]), |_| ())
}

/// The printed sample, with the colon and the brace that it lacks.
#[test]
fn the_documented_sample_is_answered_as_documented() {
    let station = station();
    let body = format!(
        r#"{{"data":{{"email":"cliente@example.org","importo":"120.50","ente_pa":"{COMUNE}","avviso_pa":"{NAV}",
        "nome":"Pancrazio","cognome":"Verdelli","telefono":"",
        "callback":{{"url":"https://portale.example.org/cb.php","method":"POST","field":"data","headers":{{"session_id":"k3-77"}}}}}}}}"#
    );
    let opened = open(&station, &body);
    let id = opened.id();
    let url = station.url();
    let expected = format!(
        r#"{{"data":{{"id":"{id}","payment_url":"{url}/payment/{id}"}},"success":true,"message":"","error":null}}"#
    );
    assert_eq!((opened.header("content-type"), opened.text.as_str()), (Some("application/json"), expected.as_str()));
    // The second of its opening, and 16 digits more.
    assert!(id.starts_with("6b02d940") && id.len() == 24, "{id}");
    let listed = format!(
        r#"{{"data":[{{"_id":"{id}","type":"pagopa","importo":"120.50","timestamp":"1795348800000"}}],"success":true,"message":"","error":null}}"#
    );
    for path in ["/pay", "/pay/"] {
        assert_eq!(get(&station, path).text, listed, "{path}");
    }
    let detail = format!(
        r#"{{"data":[{{"_id":"{id}","email":"cliente@example.org","cognome":"Verdelli","nome":"Pancrazio","telefono":"","ente_pa":"{COMUNE}","avviso_pa":"{NAV}","type":"pagopa","timestamp":"1795348800000","owner":"local","report":null}}],"success":true,"message":"","error":null}}"#
    );
    assert_eq!(get(&station, &format!("/pay/{id}")).text, detail);
}

/// The sample of the car tax names no notice: the request opens all the same, and what it says is kept.
#[test]
fn a_request_opens_before_anybody_says_for_which_notice() {
    let station = station();
    let body = r#"{"data":{"email":"cliente@example.org","tipo_veicolo":2,"targa":"ZZ000ZZ",
        "callback":{"url":"https://portale.example.org/cb.php","method":"POST","field":"data","headers":{"session_id":"k3-77"}}}}"#;
    let opened = open(&station, body);
    assert!(opened.text.ends_with(r#""success":true,"message":"","error":null}"#), "{}", opened.text);
    let id = opened.id();
    let detail = format!(
        r#"{{"data":[{{"_id":"{id}","email":"cliente@example.org","cognome":"","nome":"","telefono":"","ente_pa":"","avviso_pa":"","type":"pagopa","timestamp":"1795348800000","owner":"local","report":null,"targa":"ZZ000ZZ","tipo_veicolo":2}}],"success":true,"message":"","error":null}}"#
    );
    assert_eq!(get(&station, &format!("/pay/{id}")).text, detail);
    assert_eq!(get(&station, "/pay").json()["data"][0]["importo"], "0.00");
}

#[test]
fn the_type_is_written_as_one_likes_and_others_are_not_offered() {
    let station = station();
    for kind in ["PagoPA", "pagopa", "PAGOPA", "%50agoPA"] {
        let opened = send("POST", &format!("{}/pay/{kind}", station.url()), &[], b"{}");
        assert_eq!(opened.status, 200, "{kind}: {}", opened.text);
    }
    for kind in ["MAV", "rav", "896", "BolloAuto", "pagopa2", "%00", "%FF", "pago%20pa"] {
        let refused = send("POST", &format!("{}/pay/{kind}", station.url()), &[], b"{}").no(404);
        assert!(refused.contains("PagoPA") || kind == "%FF", "{kind}: {refused}");
    }
    let refused = send("POST", &format!("{}/pay/MAV", station.url()), &[], b"{}").no(404);
    assert_eq!(refused, "payments of type MAV are not offered here: there is PagoPA");
}

/// With or without the envelope, as a form of PHP, with numbers where texts are expected.
#[test]
fn the_same_is_said_in_several_ways() {
    let station = station();
    let inner = format!(r#"{{"ente_pa":"{COMUNE}","avviso_pa":"{NAV}","nome":" Pancrazio ","telefono":"335"}}"#);
    let numbers =
        format!(r#"{{"ente_pa":{COMUNE},"avviso_pa":{NAV},"nome":"Pancrazio","telefono":335,"importo":120.50}}"#);
    let form = |json: &str| {
        let fields = [("data", json), ("other", "x")];
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    let bom = format!("\u{FEFF}{inner}");
    let spaced = inner.replace(NAV, "3070 0000 0001 2345 73");
    let qr = format!(r#"{{"qr":"PAGOPA|002|{NAV}|{COMUNE}|12050","nome":"Pancrazio","telefono":"335"}}"#);
    let qr_as_notice = qr.replace("\"qr\"", "\"avviso_pa\"").replace("|12050", "|0000012050");
    let qr_and_creditor = qr.replace("{", &format!(r#"{{"ente_pa":"{COMUNE}","avviso_pa":"{NAV}","#));
    for (kind, body) in [
        ("application/json", inner.clone()),
        ("", inner.clone()),
        ("text/plain", inner.clone()),
        ("application/json", bom),
        ("application/json", format!(r#"{{"data":{inner}}}"#)),
        ("application/json", numbers),
        ("application/json", spaced),
        ("application/json", qr),
        ("application/json", qr_as_notice),
        ("application/json", qr_and_creditor),
        ("application/json", inner.replacen('{', r#"{"callback":[],"email":null,"importo":"","cognome":" ","#, 1)),
        (
            "application/json",
            inner.replacen('{', r#"{"callback":"","importo":"0.00","_id":"x","owner":"y","report":{},"#, 1),
        ),
        ("application/x-www-form-urlencoded", inner.clone()),
        ("application/x-www-form-urlencoded", form(&inner)),
        ("application/x-www-form-urlencoded; charset=UTF-8", form(&format!(r#"{{"data":{inner}}}"#))),
    ] {
        let headers: &[_] = if kind.is_empty() { &[] } else { &[("Content-Type", kind)] };
        let opened = send("POST", &format!("{}/pay/PagoPA", station.url()), headers, body.as_bytes());
        let detail = get(&station, &format!("/pay/{}", opened.id())).json()["data"][0].clone();
        assert_eq!(opened.json()["message"], "", "{kind} {body}");
        let mut detail = detail.as_object().unwrap().clone();
        detail.remove("_id");
        let expected = json!({
            "email": "", "cognome": "", "nome": "Pancrazio", "telefono": "335", "ente_pa": COMUNE, "avviso_pa": NAV,
            "type": "pagopa", "timestamp": "1795348800000", "owner": "local", "report": null,
        });
        assert_eq!(serde_json::Value::Object(detail), expected, "{kind} {body}");
    }
}

#[test]
fn the_amount_of_the_notice_wins_and_the_answer_says_so() {
    let station = station();
    let notice = format!(r#""ente_pa":"{COMUNE}","avviso_pa":"{NAV}""#);
    for (body, message, amount) in [
        (format!("{{{notice}}}"), "", "120.50"),
        (format!(r#"{{{notice},"importo":"120.50"}}"#), "", "120.50"),
        (format!(r#"{{{notice},"importo":120.50}}"#), "", "120.50"),
        (format!(r#"{{{notice},"importo":120.5}}"#), "", "120.50"),
        (
            format!(r#"{{{notice},"importo":"100.00"}}"#),
            "importo 100.00 is not kept: the notice asks for 120.50",
            "120.50",
        ),
        (
            format!(r#"{{"qr":"PAGOPA|002|{NAV}|{COMUNE}|12051"}}"#),
            "importo 120.51 is not kept: the notice asks for 120.50",
            "120.50",
        ),
        (
            r#"{"importo":"7.00"}"#.to_owned(),
            "importo 7.00 is not kept: the amount is that of the notice, once one is named",
            "0.00",
        ),
    ] {
        let opened = open(&station, &body);
        let id = opened.id();
        assert_eq!(opened.json()["message"], message, "{body}");
        let list = get(&station, "/pay").json();
        let listed = list["data"].as_array().unwrap().iter().find(|one| one["_id"] == *id).unwrap();
        assert_eq!(listed["importo"], amount, "{body}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_cure() {
    let station = station();
    let long = "x".repeat(300);
    for (body, message) in [
        ("", "the body is empty: send {\"data\":{}} at least"),
        ("  ", "the body is empty: send {\"data\":{}} at least"),
        ("{", "the body is not JSON: look at line 1, column 1"),
        ("{\"email\":}", "the body is not JSON: look at line 1, column 10"),
        ("{} {}", "the body is not JSON: look at line 1, column 4"),
        ("null", "the body must be an object, such as {\"data\":{}}"),
        ("[]", "the body must be an object, such as {\"data\":{}}"),
        ("7", "the body must be an object, such as {\"data\":{}}"),
        (r#"{"data":null}"#, "data must be an object, such as {\"data\":{\"email\":\"…\"}}"),
        (r#"{"data":7}"#, "data must be an object, such as {\"data\":{\"email\":\"…\"}}"),
        (r#"{"data":"{}"}"#, "data must be an object, such as {\"data\":{\"email\":\"…\"}}"),
        (r#"{"email":"a@b.it","email":"c@d.it"}"#, "email is there twice: leave one"),
        (r#"{"email":"cliente"}"#, "email is no e-mail address: write one, such as cliente@example.org, or none"),
        (r#"{"email":["a@b.it"]}"#, "email must be a text"),
        (r#"{"nome":true}"#, "nome must be a text"),
        (r#"{"nome":"a\u0000b"}"#, "nome holds a control character: take it out"),
        (r#"{"nome":"a\nb"}"#, "nome holds a control character: take it out"),
        (r#"{"importo":"120,50"}"#, "importo is no amount in euro: write for example \"120.50\", or leave it out"),
        (r#"{"importo":120.505}"#, "importo is no amount in euro: write for example \"120.50\", or leave it out"),
        (r#"{"importo":1e2}"#, "importo is no amount in euro: write for example \"120.50\", or leave it out"),
        (
            r#"{"importo":"1000000000.00"}"#,
            "importo is above 999999999.99 euro: write for example \"120.50\", or leave it out",
        ),
        (r#"{"ente_pa":"99000001018"}"#, "avviso_pa is missing: give the notice's 18 digits beside ente_pa"),
        (r#"{"avviso_pa":"307000000001234573"}"#, "ente_pa is missing: give the creditor's 11 digits beside avviso_pa"),
        (
            r#"{"ente_pa":"x","avviso_pa":"y"}"#,
            "ente_pa must be the 11 digits of the creditor's fiscal code; avviso_pa must be the 18 digits of a notice number, or the text of its QR code",
        ),
        (r#"{"qr":"PAGOPA|002|1|2|3"}"#, "the text of the QR code must be PAGOPA|002|notice|creditor|cents"),
        (
            r#"{"ente_pa":"99000002024","qr":"PAGOPA|002|307000000001234573|99000001018|12050"}"#,
            "ente_pa and the QR code name two creditors: leave one",
        ),
        (
            r#"{"avviso_pa":"307000000001234674","qr":"PAGOPA|002|307000000001234573|99000001018|12050"}"#,
            "avviso_pa and the QR code name two notices: leave one",
        ),
        (r#"{"":1}"#, "a member has a name that is empty, longer than 64 characters or not printable"),
        (r#"{"targa":["a\u0000"]}"#, "targa holds the character U+0000: take it out"),
        (r#"{"x":{"a\u0000":1}}"#, "x holds the character U+0000: take it out"),
        (r#"{"x":[[[[[[[[[1]]]]]]]]]}"#, "x is larger than 4096 bytes or deeper than 8 levels"),
    ] {
        assert_eq!(open(&station, body).no(400), message, "{body}");
    }
    let too_long = open(&station, &format!(r#"{{"nome":"{long}","email":"{long}@example.org"}}"#)).no(400);
    assert_eq!(
        too_long,
        "email is longer than 256 characters: shorten it; nome is longer than 70 characters: shorten it"
    );
    let many: Vec<_> = (0..51).map(|at| format!(r#""m{at}":{at}"#)).collect();
    let too_many = open(&station, &format!("{{{}}}", many.join(","))).no(400);
    assert_eq!(too_many, "there are more than 50 members of other names: take some of them out");
    let form = send(
        "POST",
        &format!("{}/pay/PagoPA", station.url()),
        &[("Content-Type", "application/x-www-form-urlencoded")],
        b"a=b",
    );
    assert_eq!(form.no(400), "the form has no field data: put the JSON of the request there");
    let beside = open(&station, r#"{"data":{},"callback":{"url":"https://portale.example.org/cb"}}"#);
    assert_eq!(beside.no(400), "callback stands beside data: put it inside");
    let files = [("Content-Type", "multipart/form-data; boundary=x")];
    assert!(
        send("POST", &format!("{}/pay/PagoPA", station.url()), &files, b"--x--").no(415).contains("application/json")
    );
    assert_eq!(get(&station, "/pay").json()["data"], json!([]), "nothing of it was opened");
}

/// Where nobody says where the page is, the call does.
#[test]
fn the_page_is_where_the_settings_say() {
    let station = Station::spawn_with(|settings| settings.pay.public_url = Some("https://pay.example.org".into()));
    let opened = open(&station, "{}");
    let id = opened.id();
    assert_eq!(opened.json()["data"]["payment_url"], format!("https://pay.example.org/payment/{id}"));
    let database = Database::fresh();
    let key = a_key(&database, "a", "pay", &["--all-organizations"]);
    let station = Station::spawn_on(database, |_| ());
    // What a proxy adds is anybody's word.
    let headers = [
        ("Ocp-Apim-Subscription-Key", key.as_str()),
        ("Host", "pay.example.org:8443"),
        ("X-Forwarded-Host", "evil.example.org"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", "host=evil.example.org;proto=https"),
    ];
    let opened = send("POST", &format!("{}/pay/PagoPA", station.url()), &headers, b"{}");
    let id = opened.id();
    assert_eq!(opened.json()["data"]["payment_url"], format!("http://pay.example.org:8443/payment/{id}"));
}
