//! Each stage of a request says plainly what it is.

use super::*;
use crate::given::{self, OTHER_NAV, days};
use crate::paper::judge::look;

const RECEIPT: &str = "receipt-of-307000000001234573";

const AGAIN: &str = "pagando di nuovo potresti pagare due volte.";

/// The receipt of the fictional notice comes in, with what Checkout was told of its cart.
fn receipt_comes(station: &Station, note: &str) {
    let receipt = given::a_receipt_for(NAV);
    let message = receipt.v2().replace("<fee>", &format!("<paymentNote>{note}</paymentNote><fee>"));
    assert_eq!(station.post(message).outcome(), "OK");
}

#[test]
fn an_unknown_id_has_a_page_that_says_so() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/"));
    for path in [
        "/payment/69afe1a0c3f2a94d7b10e655",
        "/payment/69AFE1A0C3F2A94D7B10E655",
        "/payment/69afe1a0c3f2a94d7b10e655/",
        "/payment/69afe1a0c3f2a94d7b10e655/return/ok",
        "/payment/69afe1a0c3f2a94d7b10e655/nothing",
        "/payment/x",
        "/payment/",
        "/payment/assets/nothing",
        "/payment/%3Cscript%3Ealert(1)%3C/script%3E",
        "/payment/%22%20onload=%22alert(1)",
        "/payment/a%00b",
    ] {
        let page = shown(&get(&station, path, &[]), 404);
        assert_eq!(page.heading, "Pagina non trovata", "{path}");
    }
    let id = "69afe1a0c3f2a94d7b10e655";
    for path in ["notice", "pay"] {
        assert_eq!(post(&station, &format!("/payment/{id}/{path}"), &[], &[]).status, 404);
    }
    let request = a_request(&station);
    assert_eq!(get(&station, &format!("/payment/{}/return/elsewhere", request.id), &[]).status, 404);
}

#[test]
fn a_payable_notice_is_shown_with_what_is_due_now() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/"));
    let request = a_request(&station);
    for path in [format!("/payment/{}", request.id), format!("/payment/{}/", request.id)] {
        let page = page(&station, &path);
        assert_eq!(page.title, "Paga il tuo avviso – Comune di Borgolieve");
        assert_eq!(page.heading, "Paga il tuo avviso");
        for said in [
            "Comune di Borgolieve",
            "Ufficio Tributi",
            "TARI 2026 rata unica",
            "120,50\u{a0}€",
            "23 novembre 2026",
            "Importo aggiornato: 22 novembre 2026, 13:00.",
            NAV,
            COMUNE,
        ] {
            let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(page.main.contains(&said), "{said} is not in {}", page.main);
        }
        assert!(!page.main.contains("Verdelli"), "the debtor is nobody's business");
        assert_eq!(page.buttons, ["Paga 120,50 €"]);
        assert_eq!(page.fields["Indirizzo e-mail"], "cliente@example.org");
        assert_eq!(page.fields["Nome"], "Pancrazio");
        assert_eq!(page.actions, [format!("/payment/{}/pay", request.id)]);
    }
    station.set_now(days(3));
    let late = page(&station, &format!("/payment/{}", request.id));
    assert!(late.main.contains("La scadenza è passata: l’avviso si può ancora pagare."));
    assert_eq!(late.buttons.len(), 1);
}

#[test]
fn the_page_speaks_three_languages() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/"));
    let request = a_request(&station);
    let path = format!("/payment/{}", request.id);
    for (asked, accepted, language, heading, button) in [
        ("", "", "it", "Paga il tuo avviso", "Paga 120,50 €"),
        ("?lang=en", "", "en", "Pay your notice", "Pay €120.50"),
        ("?lang=de", "en", "de", "Zahlungsmitteilung bezahlen", "120,50 € bezahlen"),
        ("", "en-GB,it;q=0.5", "en", "Pay your notice", "Pay €120.50"),
        ("?lang=fr", "fr", "it", "Paga il tuo avviso", "Paga 120,50 €"),
    ] {
        let reply = get(&station, &format!("{path}{asked}"), &[("Accept-Language", accepted)]);
        let page = shown(&reply, 200);
        assert_eq!((page.language.as_str(), page.heading.as_str()), (language, heading));
        assert_eq!(page.buttons, [button]);
        // Who chose a language keeps it.
        let kept = if asked.is_empty() || asked == "?lang=fr" { "" } else { asked };
        assert_eq!(page.actions, [format!("{path}/pay{kept}")]);
        assert_eq!(page.links["English"], format!("{path}?lang=en"));
    }
    // What can be chosen stays where one is.
    let back = page(&station, &format!("{path}/return/cancel?lang=de"));
    assert_eq!(back.links["Italiano"], format!("{path}/return/cancel?lang=it"));
}

#[test]
fn without_checkout_the_page_says_where_else_one_can_pay() {
    let station = Station::spawn();
    station.load(&given::a_position());
    let mut postal = given::an_option(OTHER_NAV);
    postal.transfers = vec![given::a_transfer(1, 12_050, given::bank_and_postal())];
    station.load(&given::a_position_of(vec![postal]));
    for (nav, post_office) in [(NAV, false), (OTHER_NAV, true)] {
        let request = request_for(&station, Some(nav));
        let path = format!("/payment/{}", request.id);
        let page = page(&station, &path);
        assert!(page.main.contains("Dove pagare") && page.main.contains(nav) && page.main.contains(COMUNE));
        assert_eq!(page.main.contains("ufficio postale"), post_office);
        assert_eq!((page.buttons.len(), page.fields.len()), (0, 0));
        let reply = post(&station, &format!("{path}/pay"), &[], &[]);
        assert_eq!((reply.status, reply.header("location")), (303, Some(path.as_str())));
    }
}

#[test]
fn what_cannot_be_paid_says_so() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/"));
    let path = format!("/payment/{}", a_request(&station).id);
    let mut draft = given::an_option(OTHER_NAV);
    draft.validity_date = Some(days(5));
    station.load(&given::a_position_of(vec![draft]));
    for (sql, heading) in [
        ("UPDATE debt_position SET status = 'INVALID'", "Avviso annullato"),
        ("UPDATE debt_position SET status = 'EXPIRED'", "Avviso scaduto"),
        ("UPDATE debt_position SET status = 'DRAFT'", "Avviso non ancora pagabile"),
        ("UPDATE debt_position SET status = 'PAID'", "Avviso già pagato"),
        ("UPDATE debt_position SET status = 'VALID'", "Paga il tuo avviso"),
        ("UPDATE organization SET active = FALSE", "Avviso non trovato"),
    ] {
        station.database().change(sql);
        let page = page(&station, &path);
        assert_eq!(page.heading, heading, "{sql}");
        assert!(page.main.contains("Comune di Borgolieve") && page.main.contains(NAV));
        assert_eq!(page.buttons.is_empty(), heading != "Paga il tuo avviso");
        let reply = post(&station, &format!("{path}/pay"), &[], &[]);
        let elsewhere = "https://checkout.example.org/";
        let to = if heading == "Paga il tuo avviso" { elsewhere } else { &path };
        assert_eq!((reply.status, reply.header("location")), (303, Some(to)), "{sql}");
    }
}

#[test]
fn a_notice_that_cannot_be_told_is_not_paid_here() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/"));
    let path = format!("/payment/{}", a_request(&station).id);
    station.database().change("UPDATE payment_option SET amount_cents = 1");
    assert_eq!(page(&station, &path).heading, "Avviso non pagabile adesso");
}

#[test]
fn another_plan_of_the_debt_has_begun() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/"));
    let mut whole = given::an_option("307000000001234775");
    whole.plan = 2;
    let mut parts = [OTHER_NAV, "307000000001234876"].map(given::an_option);
    for part in &mut parts {
        part.is_partial_payment = true;
    }
    let [first, second] = parts;
    station.load(&given::a_position_of(vec![first, second, whole]));
    let request = request_for(&station, Some("307000000001234775"));
    let paid = given::a_receipt_for(OTHER_NAV);
    assert_eq!(station.post(paid.v2()).outcome(), "OK");
    assert_eq!(page(&station, &format!("/payment/{}", request.id)).heading, "Avviso non più pagabile");
}

#[test]
fn only_the_receipt_proves_a_payment() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/c/1"));
    let request = a_request(&station);
    let path = format!("/payment/{}", request.id);
    // Nobody was sent away: whoever says that he comes back has not paid.
    for how in ["ok", "waiting", "cancel", "error"] {
        let page = page(&station, &format!("{path}/return/{how}"));
        assert_eq!(page.heading, "Paga il tuo avviso");
        assert!(page.main.starts_with("Paga il tuo avviso Importo"), "{}", page.main);
    }
    assert_eq!(post(&station, &format!("{path}/pay"), &[("email", "p@example.org")], &[]).status, 303);
    for at in [path.clone(), format!("{path}/return/ok"), format!("{path}/return/waiting")] {
        let page = page(&station, &at);
        assert_eq!(page.heading, "Pagamento in lavorazione");
        assert!(page.main.contains("Pagamento avviato: 22 novembre 2026, 13:00."));
        assert_eq!(page.links["Aggiorna"], path);
        assert_eq!(page.links["Riprova a pagare"], format!("{path}?again"));
        assert!(page.buttons.is_empty());
    }
    for (at, says) in [
        ("/return/cancel", "Hai lasciato il sito di pagamento."),
        ("/return/error", "Il sito di pagamento segnala un errore"),
        ("?again", "Attenzione: un pagamento è già stato avviato"),
    ] {
        let page = page(&station, &format!("{path}{at}"));
        assert!(page.main.contains(says), "{}", page.main);
        assert_eq!(page.main.matches(AGAIN).count(), 1, "{}", page.main);
        let kept = if at == "?again" { ("", "&again") } else { (at, "") };
        assert_eq!(page.links["English"], format!("{path}{}?lang=en{}", kept.0, kept.1));
        assert_eq!(page.fields["Indirizzo e-mail"], "p@example.org");
        assert_eq!(page.buttons, ["Paga 120,50 €"]);
    }
    receipt_comes(&station, request.id.as_str());
    for at in ["", "/return/ok", "/return/cancel", "/return/error", "/return/waiting", "?again"] {
        let page = page(&station, &format!("{path}{at}"));
        assert_eq!(page.heading, "Pagamento eseguito", "{at}");
        for said in [
            "120,50 €",
            "Commissione 1,50 €",
            "Totale 122,00 €",
            "22 novembre 2026, 09:41",
            "Banca Esempio S.p.A.",
            RECEIPT,
        ] {
            assert!(page.main.contains(said), "{said} is not in {}", page.main);
        }
        assert!(page.buttons.is_empty() && !page.main.contains("Verdelli"));
    }
    let english = page(&station, &format!("{path}?lang=en"));
    assert!(english.main.contains("Total €122.00") && english.main.contains("22 November 2026, 09:41"));
}

/// Whoever was sent away before is warned of paying twice, also when what he typed now leads nowhere.
#[test]
fn the_warning_stays_beside_every_fault() {
    let checkout =
        Checkout::saying_in_turn(&["HTTP/1.1 302 Found\r\nLocation: https://checkout.example.org/\r\n\r\n", ""]);
    let station = station_with(&checkout);
    let path = format!("/payment/{}", a_request(&station).id);
    let pay = format!("{path}/pay");
    let first = shown(&post(&station, &pay, &[("email", "nobody")], &[]), 422);
    assert!(!first.main.contains(AGAIN), "nobody was sent away: {}", first.main);
    assert_eq!(first.links["English"], format!("{path}?lang=en"));
    assert_eq!(post(&station, &pay, &[("email", "")], &[]).status, 303);
    for (fields, status) in [(&[("email", "nobody")], 422), (&[("email", "")], 502)] {
        let page = shown(&post(&station, &pay, fields, &[]), status);
        assert!(page.main.contains(AGAIN), "{}", page.main);
        assert_eq!(page.links["English"], format!("{path}?lang=en&again"));
        assert_eq!(page.main.contains("Con questo tentativo non è stato addebitato nulla."), status == 502);
    }
}

#[test]
fn a_payment_that_failed_ends_nothing() {
    let checkout = Checkout::sending_to("https://checkout.example.org/c/1");
    let station = station_with(&checkout);
    let request = a_request(&station);
    let path = format!("/payment/{}", request.id);
    assert_eq!(post(&station, &format!("{path}/pay"), &[], &[]).status, 303);
    station.set_now(days(1));
    let failed = given::Receipt { outcome: "KO".into(), ..given::a_receipt_for(NAV) };
    assert_eq!(station.post(failed.v2()).outcome(), "OK");
    for at in ["", "/return/ok", "/return/error", "?again"] {
        let page = page(&station, &format!("{path}{at}"));
        assert_eq!(page.heading, "Paga il tuo avviso", "{at}");
        assert!(page.main.contains("Pagamento non riuscito") && !page.main.contains(AGAIN), "{}", page.main);
        assert_eq!(page.buttons, ["Paga 120,50 €"]);
    }
    station.set_now(days(2));
    assert_eq!(post(&station, &format!("{path}/pay"), &[], &[]).status, 303);
    assert_eq!(checkout.asked().len(), 2);
    assert_eq!(page(&station, &path).heading, "Pagamento in lavorazione");
    station.database().change("UPDATE debt_position SET status = 'INVALID'");
    let page = page(&station, &path);
    assert_eq!(page.heading, "Avviso annullato");
    assert!(page.main.contains("non è andato a buon fine") && page.links.contains_key("Aggiorna"), "{}", page.main);
}

#[test]
fn whoever_comes_back_just_before_the_receipt_sees_it() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/c/1"));
    let request = a_request(&station);
    let path = format!("/payment/{}", request.id);
    assert_eq!(post(&station, &format!("{path}/pay"), &[], &[]).status, 303);
    let page = std::thread::scope(|scope| {
        let back = scope.spawn(|| page(&station, &format!("{path}/return/ok")));
        std::thread::sleep(std::time::Duration::from_millis(400));
        receipt_comes(&station, request.id.as_str());
        back.join().unwrap()
    });
    assert_eq!(page.heading, "Pagamento eseguito");
}

#[test]
fn a_receipt_on_paper_names_people_only_to_whom_paid_here() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/c/1"));
    let [paid_here, paid_elsewhere] = [(); 2].map(|()| a_request(&station));
    let at = |request: &PaymentRequest| format!("/payment/{}/receipt.pdf", request.id);
    assert_eq!(get(&station, &at(&paid_here), &[]).status, 404);
    receipt_comes(&station, paid_here.id.as_str());
    let [ours, theirs] = [&paid_here, &paid_elsewhere].map(|request| {
        let page = page(&station, &format!("/payment/{}?lang=de", request.id));
        assert_eq!(page.links["Quittung herunterladen (PDF)"], at(request));
        let mut response = agent().get(format!("{}{}", station.url(), at(request))).call().unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/pdf");
        assert_eq!(header("content-disposition"), format!("attachment; filename=\"receipt-{NAV}.pdf\""));
        assert_eq!(header("cache-control"), "no-store");
        response.body_mut().read_to_vec().unwrap()
    });
    let [ours, theirs] = [ours, theirs].map(|pdf| look(&pdf).text());
    assert!(ours.contains("Pancrazio Verdelli") && ours.contains(NAV), "{ours}");
    assert!(!theirs.contains("Verdelli") && theirs.contains(NAV), "{theirs}");
}

#[test]
fn a_notice_that_was_cancelled_on_the_way_says_what_may_still_come() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/c/1"));
    let path = format!("/payment/{}", a_request(&station).id);
    assert_eq!(post(&station, &format!("{path}/pay"), &[], &[]).status, 303);
    station.database().change("UPDATE debt_position SET status = 'INVALID'");
    let page = page(&station, &path);
    assert_eq!(page.heading, "Avviso annullato");
    assert!(page.main.contains("Se l’hai concluso, la ricevuta comparirà qui."));
}

#[test]
fn names_and_reasons_stay_text() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/c/1"));
    let nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{7*7}}";
    let mut position = given::a_position_of(vec![given::an_option(OTHER_NAV)]);
    position.company_name = nasty.into();
    position.office_name = Some(nasty.into());
    position.options[0].description = nasty.into();
    station.load(&position);
    let mut new = NewRequest {
        account: "portale".into(),
        notice: Some(RequestedNotice {
            organization: OrganizationCode::new(COMUNE),
            notice: NoticeNumber::parse(OTHER_NAV).unwrap(),
        }),
        given: Given::default(),
        callback: None,
    };
    new.given = Given { email: nasty.into(), surname: nasty.into(), ..Given::default() };
    let request = station.open_payment_request(new);
    let page = page(&station, &format!("/payment/{}", request.id));
    assert_eq!(page.fields["Cognome"], nasty);
    assert_eq!(page.main.matches("{{7*7}}").count(), 3, "{}", page.main);
    assert!(page.title.contains("<script>"));
}
