//! What people type: kept as it is, or every fault named beside its field.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::given::{self, OTHER_NAV, days};

const QR: &str = "PAGOPA|002|307000000001234573|99000001018|12050";

#[test]
fn whoever_has_no_notice_yet_types_it_or_pastes_its_code() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/"));
    let typed = [("creditor", " 99000001018"), ("notice", "3070 0000 0001 2345 73"), ("qr", "")];
    for fields in [&typed[..], &[("qr", QR)], &[("qr", QR), ("creditor", "nonsense")]] {
        let request = request_for(&station, None);
        let path = format!("/payment/{}", request.id);
        let blank = page(&station, &format!("{path}?lang=en"));
        assert_eq!(blank.heading, "Which notice would you like to pay?");
        assert_eq!(blank.actions, [format!("{path}/notice?lang=en")]);
        assert_eq!(blank.fields.values().filter(|value| value.is_empty()).count(), 3);

        let reply = post(&station, &format!("{path}/notice?lang=en"), fields, &[]);
        assert_eq!((reply.status, reply.header("location")), (303, Some(format!("{path}?lang=en").as_str())));
        let named = station.payment_request(&request.id);
        assert_eq!(named.notice.unwrap().notice.as_str(), NAV);
        assert_eq!(named.amount.cents(), 12_050);
        assert_eq!(page(&station, &path).buttons, ["Paga 120,50 €"]);
    }
}

#[test]
fn a_notice_is_named_once() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/"));
    station.load(&given::a_position_of(vec![given::an_option(OTHER_NAV)]));
    let request = a_request(&station);
    let path = format!("/payment/{}", request.id);
    let reply = post(&station, &format!("{path}/notice"), &[("creditor", COMUNE), ("notice", OTHER_NAV)], &[]);
    assert_eq!((reply.status, reply.header("location")), (303, Some(path.as_str())));
    assert_eq!(station.payment_request(&request.id).notice.unwrap().notice.as_str(), NAV);
}

#[test]
fn every_fault_of_a_notice_is_named_beside_its_field() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/"));
    let mut later = given::an_option(OTHER_NAV);
    later.validity_date = Some(days(5));
    station.load(&given::a_position_of(vec![later]));
    let path = format!("/payment/{}", request_for(&station, None).id);
    let (creditor, number, code) = ("Codice fiscale dell’ente", "Numero avviso", "Testo del codice QR");
    for (fields, wrong, says) in [
        (&[][..], creditor, "ha 11 cifre"),
        (&[("creditor", "1"), ("notice", NAV)], creditor, "ha 11 cifre"),
        (&[("creditor", COMUNE), ("notice", "1")], number, "ha 18 cifre"),
        (&[("qr", "PAGOPA")], code, "non è quello del codice QR"),
        (&[("creditor", COMUNE), ("notice", "307000000009999999")], number, "Non troviamo un avviso"),
        (&[("creditor", "99000009999"), ("notice", NAV)], number, "Non troviamo un avviso"),
        (&[("creditor", COMUNE), ("notice", "000000000000000000")], number, "Non troviamo un avviso"),
        (&[("creditor", COMUNE), ("notice", OTHER_NAV)], number, "non ha ancora aperto"),
        (&[("qr", "PAGOPA|002|307000000009999999|99000001018|12050")], code, "Non troviamo un avviso"),
    ] {
        let page = shown(&post(&station, &format!("{path}/notice"), fields, &[]), 422);
        assert!(page.title.starts_with("Errore: "), "{}", page.title);
        assert!(page.described[wrong].contains(says), "{fields:?}: {:?}", page.described);
        let leading = page.links.iter().find(|(text, to)| text.contains(says) && to.starts_with('#'));
        assert!(leading.is_some(), "{fields:?}: {:?}", page.links);
        assert_eq!(page.links["English"], format!("{path}?lang=en"));
        for (name, value) in fields {
            assert!(page.fields.values().any(|kept| kept == value), "{name} is lost");
        }
    }
}

#[test]
fn what_a_payer_types_is_kept_or_its_fault_is_named() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/c/1"));
    let request = a_request(&station);
    let pay = format!("/payment/{}/pay?lang=en", request.id);
    let long = "a".repeat(71);
    for (name, value, label) in [
        ("email", "nobody", "E-mail address"),
        ("first_name", long.as_str(), "First name"),
        ("surname", "a\u{1}b", "Surname"),
        ("telephone", "call me", "Telephone"),
    ] {
        let page = shown(&post(&station, &pay, &[(name, value)], &[]), 422);
        assert!(page.title.starts_with("Error: "));
        assert!(page.links.values().any(|to| *to == format!("#{name}")));
        assert!(!page.described[label].is_empty());
        assert_eq!(station.payment_request(&request.id).sent_at, None);
    }
    let fields = [
        ("email", "p.verdelli@example.org"),
        ("first_name", " Pancrazio "),
        ("surname", "D’Alò"),
        ("telephone", "06 1"),
    ];
    assert_eq!(post(&station, &pay, &fields, &[]).status, 303);
    let given = station.payment_request(&request.id).given;
    assert_eq!(
        [&given.email, &given.first_name, &given.surname, &given.telephone],
        ["p.verdelli@example.org", "Pancrazio", "D’Alò", "06 1"]
    );
    // What comes empty is cleared, what does not come stays.
    assert_eq!(post(&station, &pay, &[("email", ""), ("surname", " ")], &[]).status, 303);
    let given = station.payment_request(&request.id).given;
    assert_eq!([&given.email, &given.first_name, &given.surname, &given.telephone], ["", "Pancrazio", "", "06 1"]);
}

#[test]
fn forms_from_other_sites_and_other_bodies_are_refused() {
    let checkout = Checkout::sending_to("https://checkout.example.org/c/1");
    let station = station_with(&checkout);
    let request = a_request(&station);
    let pay = format!("/payment/{}/pay", request.id);
    for (headers, status) in [
        (&[("Sec-Fetch-Site", "cross-site"), ("Origin", "null")][..], 403),
        (&[("Sec-Fetch-Site", "same-site")], 403),
        (&[("Origin", "https://evil.example.org")], 403),
        (&[("Sec-Fetch-Site", "same-origin"), ("Origin", "null")], 303),
        (&[("Origin", station.url())], 303),
    ] {
        let reply = post(&station, &pay, &[], headers);
        assert_eq!(reply.status, status, "{headers:?}");
        if status == 403 {
            let page = shown(&reply, 403);
            let path = format!("/payment/{}", request.id);
            assert_eq!(page.heading, "Richiesta da un altro sito");
            assert_eq!(
                (&page.links["English"], &page.links["Apri la pagina di pagamento"]),
                (&format!("{path}?lang=en"), &path)
            );
        }
    }
    assert_eq!(checkout.asked().len(), 2);
    let large = format!("email={}", "a".repeat(20_000));
    for (kind, body, status) in [
        ("application/json", "{}", 400),
        ("multipart/form-data; boundary=x", "--x--", 400),
        ("application/x-www-form-urlencoded", large.as_str(), 413),
    ] {
        let reply = agent().post(format!("{}{pay}", station.url())).header("Content-Type", kind).send(body);
        assert_eq!(shown(&Reply::of(reply), status).heading, "Modulo non leggibile");
    }
    let page = format!("/payment/{}", request.id);
    for (method, path, allowed) in [
        ("GET", pay.as_str(), "POST"),
        ("POST", &page, "GET, HEAD"),
        ("DELETE", &pay, "POST"),
        ("POST", &format!("{page}/receipt.pdf"), "GET"),
    ] {
        let call =
            ureq::http::Request::builder().method(method).uri(format!("{}{path}", station.url())).body(()).unwrap();
        let reply = Reply::of(agent().run(call));
        let told = shown(&reply, 405);
        assert_eq!(told.heading, "Questa pagina non si può aprire così");
        assert_eq!(reply.header("allow"), Some(allowed));
        assert_eq!(
            (&told.links["Deutsch"], &told.links["Apri la pagina di pagamento"]),
            (&format!("{page}?lang=de"), &page)
        );
    }
}

#[test]
fn whatever_is_typed_comes_back_as_text() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/c/1"));
    let path = format!("/payment/{}/notice", request_for(&station, None).id);
    // What a browser can send from a field of one line.
    let typed = "[^\\p{C}\r\n]{0,30}";
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let forms = (typed, typed, typed);
    let judged = runner.run(&forms, |(creditor, notice, qr)| {
        let reply = post(&station, &path, &[("creditor", &creditor), ("notice", &notice), ("qr", &qr)], &[]);
        let page = shown(&reply, 422);
        for value in [&creditor, &notice, &qr] {
            prop_assert!(page.fields.values().any(|kept| kept == value.trim()), "{value:?} in {:?}", page.fields);
        }
        Ok(())
    });
    judged.unwrap();
}
