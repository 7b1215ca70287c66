//! Checkout's stand-in: carts of a front end, and citizens who pay them.

use std::time::{Duration, Instant};

use ec_station::domain::codes::OrganizationCode;
use serde_json::{Value, json};

use super::activate::questions;
use super::psp::{activate, payment_states, receipts_that_are};
use crate::given::{
    COMUNE, NAV, OTHER_NAV, PROVINCIA, a_position_of, a_transfer, an_option, bank, euro, paid, stamp, today,
};
use crate::node::{Node, participants};
use crate::station::{Reply, Station};

const SHOP: &str = "http://127.0.0.1:9/payment/69afe1a0c3f2a94d7b10e655";

/// A cart of these notices, 120.50 euro each.
fn a_cart(notices: &[&str]) -> Value {
    let notice = |nav: &&str| {
        json!({"noticeNumber": nav, "fiscalCode": COMUNE, "amount": 12_050, "companyName": "Comune di Borgolieve",
               "description": "TARI 2026 rata unica"})
    };
    json!({
        "emailNotice": "cliente@example.org",
        "paymentNotices": notices.iter().map(notice).collect::<Vec<_>>(),
        "returnUrls": {"returnOkUrl": format!("{SHOP}?esito=ok"), "returnCancelUrl": format!("{SHOP}?esito=no"),
                       "returnErrorUrl": format!("{SHOP}?esito=ko"), "returnWaitingUrl": format!("{SHOP}?esito=wait")},
        "idCart": "69afe1a0c3f2a94d7b10e655"
    })
}

/// A client that goes nowhere by itself.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

fn post(node: &Node, version: u8, cart: &Value) -> Reply {
    let request = agent().post(format!("{}/checkout/ec/v{version}/carts", node.url()));
    let request = request.header("Content-Type", "application/json").header("Ocp-Apim-Subscription-Key", "any");
    Reply::of(request.send(cart.to_string()))
}

/// The page of a cart that was taken.
fn taken(node: &Node, cart: &Value) -> String {
    let reply = post(node, 2, cart);
    assert_eq!((reply.status, reply.body.as_str()), (302, ""));
    reply.header("location").unwrap().to_owned()
}

fn look(page: &str) -> Reply {
    Reply::of(agent().get(page).call())
}

/// What comes of pressing a button.
fn press(page: &str, what: &str) -> Reply {
    send(page, &[("what", what), ("email", "cliente@example.org"), ("psp", "99000003030")])
}

fn send(page: &str, form: &[(&str, &str)]) -> Reply {
    Reply::of(agent().post(page).send_form(form.iter().copied()))
}

/// Where the browser is sent.
#[track_caller]
fn leads_to(reply: &Reply, url: &str) {
    assert_eq!((reply.status, reply.header("location")), (303, Some(url)), "{}", reply.body);
}

/// A page of the form, with something that is wrong.
#[track_caller]
fn complains(reply: &Reply, words: &str) {
    assert_eq!(reply.status, 422, "{}", reply.body);
    let trouble = reply.body.split("role=\"alert\"").nth(1).and_then(|rest| rest.split("</div>").next());
    assert!(trouble.is_some_and(|trouble| trouble.contains(words)), "{words}: {}", reply.body);
    assert!(reply.body.contains("<title>Errore: "), "{}", reply.body);
}

/// A station with two notices of 120.50 euro, in a debt each, and a Node before it.
fn a_desk() -> (Station, Node) {
    let station = Station::spawn();
    for nav in [NAV, OTHER_NAV] {
        station.load(&a_position_of(vec![an_option(nav)]));
    }
    let node = Node::calling(station.url());
    (station, node)
}

#[test]
fn a_cart_that_breaks_a_rule_is_refused_by_the_members_name() {
    let (_station, node) = a_desk();
    let mut cart = a_cart(&[NAV]);
    cart["paymentNotices"][0]["amount"] = json!("120.50");
    cart["returnUrls"]["returnOkUrl"] = json!("javascript:alert('segreto')");
    cart["returnUrls"].as_object_mut().unwrap().remove("returnWaitingUrl");
    for (version, fields) in [
        (1, vec!["paymentNotices[0].amount", "returnUrls.returnOkUrl"]),
        (2, vec!["paymentNotices[0].amount", "returnUrls.returnOkUrl", "returnUrls.returnWaitingUrl"]),
    ] {
        let refused = post(&node, version, &cart);
        assert_eq!((refused.status, refused.header("content-type")), (400, Some("application/problem+json")));
        let problem: Value = serde_json::from_str(&refused.body).unwrap();
        assert_eq!(problem["status"], 400);
        let told: Vec<_> = problem["detail"].as_str().unwrap().split("; ").collect();
        let named: Vec<_> = told.iter().map(|told| told.split(": ").next().unwrap()).collect();
        assert_eq!(named, fields, "{problem}");
        assert!(!refused.body.contains("segreto"), "what was written is not repeated");
    }
    let nothing = agent().post(format!("{}/checkout/ec/v1/carts", node.url())).send("data{").unwrap();
    assert_eq!(nothing.status().as_u16(), 400);
    let long = agent().post(format!("{}/checkout/ec/v1/carts", node.url())).send(vec![b' '; 70_000]).unwrap();
    assert_eq!(long.status().as_u16(), 413);
    assert!(questions(&node).is_empty());
}

#[test]
fn the_page_of_a_cart_is_found_by_its_address_only() {
    let (_station, node) = a_desk();
    let mut cart = a_cart(&[NAV]);
    cart["paymentNotices"][0]["description"] = json!("<script>alert(1)</script>");
    let (first, second) = (taken(&node, &cart), taken(&node, &cart));
    assert!(first.starts_with(&format!("{}/checkout/", node.url())) && first != second, "{first} {second}");
    assert_eq!(first.rsplit('/').next().unwrap().len(), 32);
    let page = look(&first);
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(!page.body.contains("<script"), "{}", page.body);
    for shown in
        ["Paga 120,50\u{a0}€", "Comune di Borgolieve", "3070 0000 0001 2345 73", "cliente@example.org", "di prova"]
    {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; ") && policy.contains("form-action 'self' http://127.0.0.1:9;"));
    assert_eq!((page.header("referrer-policy"), page.header("cache-control")), (Some("no-referrer"), Some("no-store")));
    for gone in ["0123456789abcdef0123456789abcdef", "x", "%3Cscript%3E"] {
        let url = format!("{}/checkout/{gone}", node.url());
        assert_eq!((look(&url).status, press(&url, "pay").status), (404, 404));
        assert!(look(&url).body.contains("Carrello non trovato"));
    }
    let story = node.page("/sandbox/story").to_string();
    assert!(story.contains("Checkout has it in a cart") && !story.contains(first.rsplit('/').next().unwrap()));
    node.set_now(today() + chrono::Duration::minutes(30));
    assert_eq!(look(&first).status, 404, "a cart has its time");
}

#[test]
fn a_cart_is_paid_once_with_one_outcome() {
    let (_station, node) = a_desk();
    let page = taken(&node, &a_cart(&[NAV, OTHER_NAV]));
    leads_to(&press(&page, "pay"), &format!("{SHOP}?esito=ok"));
    for nav in [NAV, OTHER_NAV] {
        let receipt = &receipts_that_are(&node, nav, "NOTIFIED")[0];
        assert_eq!(receipt["lastAnswer"]["outcome"], "OK", "{receipt}");
    }
    let asked = questions(&node);
    let gets: Vec<_> = asked.iter().filter(|it| it.contains("paGetPaymentV2")).collect();
    assert_eq!((gets.len(), asked.iter().filter(|it| it.contains("paVerify")).count()), (2, 0), "nothing is verified");
    assert!(gets.iter().all(|get| get.contains("<paymentNote>69afe1a0c3f2a94d7b10e655</paymentNote>")), "{gets:#?}");
    let story = node.page("/sandbox/story");
    let said = |what: &str| story.as_array().unwrap().iter().filter(|step| step["what"] == what).count();
    assert_eq!((said("sendPaymentOutcomeV2"), said("sendPaymentOutcomeV2 OK")), (1, 1));
    assert!(!story.to_string().contains("cliente@example.org"), "the Node need not know who pays");

    let path = page.strip_prefix(node.url()).unwrap();
    for what in ["pay", "cancel", "fail"] {
        leads_to(&press(&page, what), path);
    }
    let end = look(&page).body;
    assert!(end.contains("Pagamento riuscito") && end.contains(&format!("href=\"{SHOP}?esito=ok\"")), "{end}");
    assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
}

#[test]
fn two_who_press_at_once_pay_once() {
    let (_station, node) = a_desk();
    let page = taken(&node, &a_cart(&[NAV]));
    let replies: Vec<_> = std::thread::scope(|scope| {
        let pressing: Vec<_> = (0..8).map(|_| scope.spawn(|| press(&page, "pay"))).collect();
        pressing.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let ok = format!("{SHOP}?esito=ok");
    assert_eq!(replies.iter().filter(|reply| reply.header("location") == Some(&ok)).count(), 1);
    assert!(replies.iter().all(|reply| reply.status == 303));
    receipts_that_are(&node, NAV, "NOTIFIED");
    assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
}

#[test]
fn a_cart_that_is_cancelled_or_fails_leaves_its_notices_free() {
    let (_station, node) = a_desk();
    for (what, url, end, activated) in
        [("cancel", "no", "Pagamento annullato", 0), ("fail", "ko", "Pagamento non riuscito", 1)]
    {
        let page = taken(&node, &a_cart(&[NAV]));
        leads_to(&press(&page, what), &format!("{SHOP}?esito={url}"));
        assert_eq!(payment_states(&node, NAV), vec!["CANCELLED"; activated]);
        let shown = look(&page).body;
        assert!(shown.contains(end) && shown.contains(&format!("href=\"{SHOP}?esito={url}\"")), "{shown}");
        leads_to(&press(&page, "pay"), page.strip_prefix(node.url()).unwrap());
    }
    leads_to(&press(&taken(&node, &a_cart(&[NAV])), "pay"), &format!("{SHOP}?esito=ok"));
}

#[test]
fn what_stops_a_payment_is_told_in_plain_words() {
    let (station, node) = a_desk();
    let mut option = an_option("307000000001234775");
    option.state = paid();
    station.load(&a_position_of(vec![option]));

    let both = taken(&node, &a_cart(&[NAV, "307000000001234775"]));
    let refused = press(&both, "pay");
    complains(&refused, "PPT_ERRORE_EMESSO_DA_PAA, PAA_PAGAMENTO_DUPLICATO");
    complains(&refused, "3070 0000 0001 2347 75");
    assert!(refused.body.contains(&format!("href=\"{SHOP}?esito=ko\"")), "a way back: {}", refused.body);
    assert_eq!(payment_states(&node, NAV), ["CANCELLED"], "the first is free again");

    activate(&node, OTHER_NAV);
    complains(&press(&taken(&node, &a_cart(&[OTHER_NAV])), "pay"), "già un pagamento in corso");
    leads_to(&press(&taken(&node, &a_cart(&[NAV])), "pay"), &format!("{SHOP}?esito=ok"));
    complains(&press(&taken(&node, &a_cart(&[NAV])), "pay"), "già pagato");
    let mut strange = a_cart(&[NAV]);
    strange["paymentNotices"][0]["fiscalCode"] = json!("99000009999");
    complains(&press(&taken(&node, &strange), "pay"), "si possono pagare qui");
}

#[test]
fn a_station_that_is_down() {
    let node = Node::with("http://127.0.0.1:9", &participants(), |_| ());
    complains(&press(&taken(&node, &a_cart(&[NAV])), "pay"), "L’ente non risponde");
}

#[test]
fn the_stations_amount_is_shown_before_it_is_paid() {
    let (_station, node) = a_desk();
    let mut cart = a_cart(&[NAV]);
    cart["paymentNotices"][0]["amount"] = json!(11_000);
    let page = taken(&node, &cart);
    assert!(look(&page).body.contains("Paga 110,00"));
    let changed = press(&page, "pay");
    complains(&changed, "L’importo è cambiato");
    assert!(changed.body.contains("Paga 120,50") && !changed.body.contains("110,00"), "{}", changed.body);
    leads_to(&press(&page, "pay"), &format!("{SHOP}?esito=ok"));
    receipts_that_are(&node, NAV, "NOTIFIED");
}

#[test]
fn an_outcome_that_is_late() {
    let (_station, node) = a_desk();
    let page = taken(&node, &a_cart(&[NAV]));
    let first = post(&node, 1, &a_cart(&[OTHER_NAV])).header("location").unwrap().to_owned();
    leads_to(&press(&page, "late"), &format!("{SHOP}?esito=wait"));
    leads_to(&press(&first, "late"), first.strip_prefix(node.url()).unwrap());
    for page in [&page, &first] {
        assert!(look(page).body.contains("Esito in arrivo"));
    }
    assert!(!look(&first).body.contains(SHOP), "the first version knows nowhere to wait");
    assert_eq!([NAV, OTHER_NAV].map(|nav| payment_states(&node, nav)), [["PAYING"], ["PAYING"]]);
    let waiting = Instant::now();
    while !look(&page).body.contains("Pagamento riuscito") || !look(&first).body.contains("Pagamento riuscito") {
        assert!(waiting.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(50));
    }
    for nav in [NAV, OTHER_NAV] {
        receipts_that_are(&node, nav, "NOTIFIED");
    }
}

#[test]
fn the_form_is_looked_at() {
    let (_station, node) = a_desk();
    let page = taken(&node, &a_cart(&[NAV]));
    for (form, words) in [
        (&[("what", "pay"), ("psp", "99000003030")][..], "indirizzo e-mail"),
        (&[("what", "pay"), ("psp", "99000003030"), ("email", "\"><b>")], "indirizzo e-mail"),
        (&[("what", "pay"), ("psp", "nobody"), ("email", "a@b.it")], "Scegli con chi pagare"),
        (&[("what", "pay"), ("psp", "POSTE3"), ("email", "a@b.it")], "Scegli con chi pagare"),
    ] {
        let reply = send(&page, form);
        complains(&reply, words);
        assert!(!reply.body.contains("<b>"), "{}", reply.body);
    }
    for form in [&[("what", "steal")][..], &[]] {
        assert_eq!(send(&page, form).status, 400);
    }
    assert_eq!(Reply::of(agent().post(&page).send(vec![b'a'; 70_000])).status, 413);
    assert!(payment_states(&node, NAV).is_empty());
}

#[test]
fn a_cart_with_a_stamp_and_another_creditors_share() {
    let station = Station::spawn();
    let mut option = an_option(NAV);
    let mut share = a_transfer(2, 2_000, bank());
    share.organization = OrganizationCode::new(PROVINCIA);
    option.transfers = vec![a_transfer(1, 8_450, bank()), share, a_transfer(3, 1_600, stamp())];
    option.amount = euro(12_050);
    station.load(&a_position_of(vec![option]));
    let node = Node::calling(station.url());
    leads_to(&press(&taken(&node, &a_cart(&[NAV])), "pay"), &format!("{SHOP}?esito=ok"));
    assert_eq!(receipts_that_are(&node, NAV, "NOTIFIED").len(), 2);
}
