//! One request and its receipt; and what is said on every wrong way there.

use super::{get, open, send};
use crate::database::Database;
use crate::given::{COMUNE, NAV, a_position, a_receipt_for};
use crate::station::Station;

/// The receipt, and nothing else, makes the report.
#[test]
fn a_paid_request_has_its_report() {
    let station = Station::spawn_on(Database::with(&[a_position()]), |_| ());
    let id =
        open(&station, &format!(r#"{{"ente_pa":"{COMUNE}","avviso_pa":"{NAV}","email":"cliente@example.org"}}"#)).id();
    assert_eq!(get(&station, &format!("/pay/{id}")).json()["data"][0]["report"], serde_json::Value::Null);
    let none = get(&station, &format!("/pay/{id}/ricevuta")).no(404);
    assert_eq!(none, "there is no receipt: the request is not paid");
    assert_eq!(station.post(a_receipt_for(NAV).v2()).outcome(), "OK");
    let detail = format!(
        r#"{{"data":[{{"_id":"{id}","email":"cliente@example.org","cognome":"","nome":"","telefono":"","ente_pa":"{COMUNE}","avviso_pa":"{NAV}","type":"pagopa","timestamp":"1795348800000","owner":"local","report":{{"payment_status":"OK","payment_id":"receipt-of-{NAV}","email":"local","payment_date":"2026-11-22 09:41:07","total_amount":"122.00","ente_pa":"{COMUNE}","avviso_pa":"{NAV}"}}}}],"success":true,"message":"","error":null}}"#
    );
    assert_eq!(get(&station, &format!("/pay/{id}")).text, detail);
    let receipt = get(&station, &format!("/pay/{id}/ricevuta"));
    assert_eq!((receipt.status, receipt.header("content-type")), (200, Some("application/pdf")), "{}", receipt.text);
    assert!(receipt.text.starts_with("%PDF-") && receipt.text.trim_end().ends_with("%%EOF"));
    let named = format!("inline; filename=\"ricevuta-{}.pdf\"", &NAV[1..]);
    assert_eq!(receipt.header("content-disposition"), Some(named.as_str()));
    assert_eq!(receipt.header("cache-control"), Some("private, no-store"));
    let head = send("HEAD", &format!("{}/pay/{id}/ricevuta", station.url()), &[], b"");
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}

#[test]
fn whatever_is_wrong_below_the_front_office_is_in_the_envelope() {
    let station = Station::spawn();
    let url = |path: &str| format!("{}{path}", station.url());
    for path in [
        "/pay/x",
        "/pay/6b02d940000000000000000f",
        "/pay/6A218440000000000000000F",
        "/pay/%00",
        "/pay/x/ricevuta",
        "/pay/PagoPA",
        "/pay/%FF",
    ] {
        assert_eq!(get(&station, path).no(404), "this account has no request of this id", "{path}");
    }
    for path in ["/pay//", "/pay/x/y", "/pay/x/ricevuta/", "/pay/x/ricevuta/y", "/pay/x/"] {
        assert_eq!(get(&station, path).no(404), "nothing is at this path", "{path}");
    }
    for (path, methods) in
        [("/pay", "GET, HEAD"), ("/pay/", "GET, HEAD"), ("/pay/x", "GET, HEAD, POST"), ("/pay/x/ricevuta", "GET, HEAD")]
    {
        for method in ["PUT", "DELETE", "PATCH", "POST", "TRACE"].into_iter().filter(|method| !methods.contains(method))
        {
            let refused = send(method, &url(path), &[], b"");
            assert_eq!(refused.no(405), format!("this path has no such method: it has {methods}"), "{method} {path}");
            assert_eq!(refused.header("allow"), Some(methods));
        }
        let asked = send("OPTIONS", &url(path), &[("Origin", "https://evil.example.org")], b"");
        assert_eq!((asked.status, asked.header("allow"), asked.text.as_str()), (204, Some(methods), ""), "{path}");
        assert_eq!(asked.header("access-control-allow-origin"), None);
    }
    let id = open(&station, "{}").id();
    for path in ["/pay", &format!("/pay/{id}")] {
        let (head, whole) = (send("HEAD", &url(path), &[], b""), get(&station, path));
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
        assert_eq!(head.header("content-length"), Some(whole.text.len().to_string().as_str()), "{path}");
    }
}

/// Its neighbours' names begin like it.
#[test]
fn the_neighbours_stay_where_they_are() {
    let station = Station::spawn();
    assert_eq!(get(&station, &format!("/payments/{COMUNE}/receipts")).status, 200);
    assert!(get(&station, "/payx").text.contains("No static resource"));
}
