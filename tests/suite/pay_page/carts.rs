//! What Checkout is asked, and what becomes of its answers.

use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use crate::given;

#[test]
fn a_cart_has_what_is_documented_and_its_citizen_goes_where_checkout_says() {
    let checkout = Checkout::sending_to("https://checkout.example.org/c/77?x=1&y=2");
    let station = station_with(&checkout);
    let request = a_request(&station);
    let path = format!("/payment/{}", request.id);
    let reply = post(&station, &format!("{path}/pay"), &[("email", "p.verdelli@example.org")], &[]);
    assert_eq!(reply.status, 303);
    assert_eq!(reply.header("location"), Some("https://checkout.example.org/c/77?x=1&y=2"));

    let asked = checkout.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].head[0], "POST /checkout/ec/v1/carts HTTP/1.1");
    for header in ["content-type: application/json", "ocp-apim-subscription-key: a-key"] {
        assert!(asked[0].head.iter().any(|line| line == header), "{:?}", asked[0].head);
    }
    let back = |how: &str| format!("{}{path}/return/{how}?lang=it", station.url());
    assert_eq!(
        asked[0].cart,
        json!({
            "emailNotice": "p.verdelli@example.org",
            "paymentNotices": [{
                "noticeNumber": NAV,
                "fiscalCode": COMUNE,
                "amount": 12050,
                "companyName": "Comune di Borgolieve",
                "description": "TARI 2026 rata unica",
            }],
            "returnUrls": {
                "returnOkUrl": back("ok"),
                "returnCancelUrl": back("cancel"),
                "returnErrorUrl": back("error"),
            },
            "idCart": request.id.as_str(),
            "allCCP": false,
        })
    );
    let sent = station.payment_request(&request.id);
    assert_eq!((sent.sent_at, sent.report), (Some(given::today()), None));
}

#[test]
fn version_2_and_the_public_address_stand_in_the_cart() {
    let checkout = Checkout::sending_to("https://checkout.example.org/c/1");
    let url = checkout.url().replace("/v1", "/v2");
    let station = Station::spawn_with(|settings| {
        settings.pay.checkout_url = Some(url);
        settings.pay.public_url = Some("https://www.example.org/station".into());
    });
    station.load(&given::a_position());
    let request = a_request(&station);
    let path = format!("/payment/{}", request.id);
    let shown = page(&station, &format!("{path}?lang=de"));
    assert_eq!(shown.actions, [format!("/station{path}/pay?lang=de")]);
    assert_eq!(post(&station, &format!("{path}/pay?lang=de"), &[("email", "")], &[]).status, 303);
    let asked = checkout.asked();
    assert_eq!(asked[0].head[0], "POST /checkout/ec/v2/carts HTTP/1.1");
    assert!(!asked[0].head.iter().any(|line| line.starts_with("ocp-apim")));
    let urls = &asked[0].cart["returnUrls"];
    assert_eq!(urls["returnWaitingUrl"], format!("https://www.example.org/station{path}/return/waiting?lang=de"));
    assert_eq!(asked[0].cart.get("emailNotice"), None);
}

#[test]
fn a_cart_asks_for_what_is_due_now() {
    let checkout = Checkout::sending_to("https://checkout.example.org/c/1");
    let station = station_with(&checkout);
    let request = a_request(&station);
    let path = format!("/payment/{}", request.id);
    assert_eq!(page(&station, &path).buttons, ["Paga 120,50 €"]);
    let mut dearer = given::an_option(NAV);
    dearer.amount = given::euro(13_000);
    dearer.transfers = vec![given::a_transfer(1, 13_000, given::bank())];
    station.bring(&given::a_position_of(vec![dearer]), true);
    assert_eq!(post(&station, &format!("{path}/pay"), &[], &[]).status, 303);
    assert_eq!(checkout.asked()[0].cart["paymentNotices"][0]["amount"], 13_000);
    assert_eq!(station.payment_request(&request.id).amount.cents(), 13_000);
}

#[test]
fn whoever_tries_again_gets_another_cart_until_it_is_paid() {
    let checkout = Checkout::sending_to("https://checkout.example.org/c/1");
    let station = station_with(&checkout);
    let path = format!("/payment/{}", a_request(&station).id);
    for _ in 0..2 {
        assert_eq!(post(&station, &format!("{path}/pay"), &[], &[]).status, 303);
    }
    assert_eq!(checkout.asked().len(), 2);
    assert_eq!(station.post(given::a_receipt_for(NAV).v2()).outcome(), "OK");
    let reply = post(&station, &format!("{path}/pay"), &[], &[]);
    assert_eq!((reply.status, reply.header("location")), (303, Some(path.as_str())));
    assert_eq!(checkout.asked().len(), 2);
}

#[test]
fn an_answer_that_leads_nowhere_is_told_plainly_and_keeps_what_was_typed() {
    let problem = "{\"title\":\"Bad request\",\"status\":400,\"detail\":\"p.verdelli@example.org is no address\"}";
    let refused = |status: &str| {
        let length = problem.len();
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/problem+json\r\nContent-Length: {length}\r\n\r\n{problem}"
        )
    };
    let to = |location: &str| format!("HTTP/1.1 302 Found\r\n{location}Content-Length: 0\r\n\r\n");
    for answer in [
        refused("400 Bad Request"),
        refused("500 Internal Server Error"),
        to(""),
        to("Location: javascript:alert(1)\r\n"),
        to("Location: https://\r\n"),
        to("Location: ftp://checkout.example.org/\r\n"),
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".into(),
        "nonsense\r\n\r\n".into(),
        String::new(),
        format!("HTTP/1.1 500 X\r\nContent-Length: 100000000\r\n\r\n{}", "x".repeat(100_000)),
    ] {
        let checkout = Checkout::saying(&answer);
        let station = station_with(&checkout);
        let request = a_request(&station);
        let path = format!("/payment/{}", request.id);
        let fields = [("email", "p.verdelli@example.org"), ("surname", "Verdelli")];
        let page = shown(&post(&station, &format!("{path}/pay"), &fields, &[]), 502);
        assert!(page.main.contains("Il sito di pagamento non risponde come dovrebbe"), "{answer}");
        assert_eq!(page.fields["Cognome"], "Verdelli");
        assert_eq!(page.buttons, ["Paga 120,50 €"]);
        assert!(page.main.contains("Con questo tentativo non è stato addebitato nulla."), "{}", page.main);
        assert!(!page.main.contains("un pagamento è già stato avviato"), "{}", page.main);
        let carts = if answer.contains(" 400 ") { 2 } else { 1 };
        assert_eq!(checkout.asked().len(), carts, "a redirect is followed, or a cart sent too often");
        assert_eq!(station.payment_request(&request.id).sent_at, None);
    }
}

#[test]
fn a_cart_that_is_refused_with_its_address_is_brought_once_more_without() {
    let refused = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let taken = "HTTP/1.1 302 Found\r\nLocation: https://checkout.example.org/c/1\r\nContent-Length: 0\r\n\r\n";
    let checkout = Checkout::saying_in_turn(&[refused, taken, refused]);
    let station = station_with(&checkout);
    let request = a_request(&station);
    let pay = format!("/payment/{}/pay", request.id);
    assert_eq!(post(&station, &pay, &[("email", "p.verdelli@example.org")], &[]).status, 303);
    let carts: Vec<_> = checkout.asked().into_iter().map(|asked| asked.cart).collect();
    assert_eq!(carts.len(), 2);
    let mut expected = carts[0].clone();
    assert_eq!(expected.as_object_mut().unwrap().remove("emailNotice"), Some(json!("p.verdelli@example.org")));
    assert_eq!(carts[1], expected);
    assert_eq!(station.payment_request(&request.id).given.email, "p.verdelli@example.org");
    // Without an address there is nothing to leave out.
    shown(&post(&station, &pay, &[("email", "")], &[]), 502);
    assert_eq!(checkout.asked().len(), 3);
}

#[test]
fn nobody_waits_for_checkout_for_ever() {
    let checkout = Checkout::saying_after(Duration::from_secs(30), "HTTP/1.1 302 Found\r\n\r\n");
    let station = station_with(&checkout);
    let path = format!("/payment/{}/pay", a_request(&station).id);
    let started = Instant::now();
    shown(&post(&station, &path, &[], &[]), 502);
    assert!((5..15).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

#[test]
fn a_checkout_that_is_not_there_is_told_plainly() {
    let station = Station::spawn_with(|settings| settings.pay.checkout_url = Some("http://127.0.0.1:1/v1".into()));
    station.load(&given::a_position());
    shown(&post(&station, &format!("/payment/{}/pay", a_request(&station).id), &[], &[]), 502);
}
