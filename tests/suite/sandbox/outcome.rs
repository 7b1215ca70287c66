//! `sendPaymentOutcome` and its V2: what the PSP hears, and what becomes of the payment.

use std::time::{Duration, Instant};

use chrono::Duration as Minutes;
use serde_json::Value;

use super::psp::{
    DAYS, DETAILS, activate, ask_for, conclude, conclude_v2, pay, payment_states, receipts, receipts_that_are,
    send_outcome,
};
use super::puppet::{Act, Puppet};
use crate::given::{self, COMUNE, NAV, OTHER_NAV, a_position, a_position_of, an_option};
use crate::node::{BANK_HEAD, Node};
use crate::station::{Reply, Station};

const POSTE_HEAD: &str = "<idPSP>POSTE3</idPSP><idBrokerPSP>BANCOPOSTA</idBrokerPSP>\
                          <idChannel>POSTE3_01</idChannel><password>pwdpwdpwd</password>";

fn a_desk() -> (Station, Node) {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    (station, node)
}

/// A KO with its explanation.
fn said(reply: &Reply) -> String {
    match reply.element("description") {
        Some(why) if reply.outcome() != "OK" => format!("{}: {why}", reply.outcome()),
        _ => reply.outcome(),
    }
}

#[test]
fn a_token_that_nobody_gave() {
    let (_station, node) = a_desk();
    for outcome in ["OK", "KO"] {
        assert_eq!(conclude(&node, "0123456789abcdef0123456789abcdef", outcome).outcome(), "PPT_TOKEN_SCONOSCIUTO");
        assert_eq!(conclude_v2(&node, &["token"], outcome, "").outcome(), "PPT_TOKEN_SCONOSCIUTO");
    }
    let token = activate(&node, NAV);
    let details = format!("<details>{DETAILS}{DAYS}</details>");
    for outcome in ["OK", "KO"] {
        let reply = send_outcome(&node, POSTE_HEAD, "", &token, outcome, &details);
        assert_eq!(reply.outcome(), "PPT_TOKEN_SCONOSCIUTO");
    }
    assert_eq!(payment_states(&node, NAV), ["PAYING"]);
}

#[test]
fn an_ok_says_how_it_was_paid() {
    let (_station, node) = a_desk();
    let token = activate(&node, NAV);
    assert_eq!(send_outcome(&node, BANK_HEAD, "", &token, "OK", "").outcome(), "PPT_SEMANTICA");
    assert_eq!(payment_states(&node, NAV), ["PAYING"]);
    assert_eq!(send_outcome(&node, BANK_HEAD, "", &token, "KO", "").outcome(), "OK");
    assert_eq!(payment_states(&node, NAV), ["CANCELLED"]);
}

#[test]
fn a_paid_notice_is_paid_at_the_station() {
    let (station, node) = a_desk();
    let token = activate(&node, NAV);
    let payer = "<payer><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType>\
                 <entityUniqueIdentifierValue>BNCLRD70A01Z999X</entityUniqueIdentifierValue></uniqueIdentifier>\
                 <fullName>Leandra Bianchetti</fullName></payer>";
    let details = format!("<details>{DETAILS}{payer}{DAYS}</details>");
    assert_eq!(send_outcome(&node, BANK_HEAD, "", &token, "OK", &details).outcome(), "OK");
    let shown = &receipts_that_are(&node, NAV, "NOTIFIED")[0];
    assert_eq!(
        (&shown["paymentToken"], &shown["attempts"], &shown["version"]),
        (&token.clone().into(), &1.into(), &2.into())
    );
    assert_eq!(shown["lastAnswer"]["outcome"], "OK");
    assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
    assert_eq!(station.anomalies(), [""; 0]);
    let [stored] = &station.receipts()[..] else { panic!("one receipt is stored") };
    assert_eq!((stored.kind.as_str(), stored.rule.as_str(), stored.amount_cents), ("OWN", "D8", 12_050));
    assert_eq!(stored.receipt_id, token);
    let parsed: Value = serde_json::from_str(stored.parsed.get()).unwrap();
    for (field, expected) in [
        ("description", "TARI 2026 rata unica"),
        ("companyName", "Comune di Borgolieve"),
        ("idPSP", "99000003030"),
        ("pspFiscalCode", "99000003030"),
        ("PSPCompanyName", "Banca Esempio S.p.A."),
        ("idChannel", "99000003030_01"),
        ("channelDescription", "app"),
        ("paymentMethod", "creditCard"),
        ("paymentDateTime", "2026-11-22T13:00:00"),
        ("applicationDate", "2026-11-22"),
        ("transferDate", "2026-11-23"),
    ] {
        assert_eq!(parsed[field], expected, "{field}");
    }
    assert_eq!(parsed["fee"], 150);
    assert_eq!(parsed["payer"]["entityUniqueIdentifierValue"], "BNCLRD70A01Z999X");
    assert_eq!(parsed["debtor"]["fullName"], "Pancrazio Verdelli");
    assert_eq!(parsed["standIn"], false);
    // The station knows, and so does the Node by itself.
    assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
    assert_eq!(ask_for(&node, NAV, "").outcome(), "PPT_PAGAMENTO_DUPLICATO");
}

#[test]
fn what_is_said_twice() {
    for (first, second, expected) in [
        ("OK", "OK", "PPT_ESITO_GIA_ACQUISITO: Esito concorde"),
        ("KO", "KO", "PPT_ESITO_GIA_ACQUISITO: Esito concorde"),
        ("OK", "KO", "PPT_ESITO_GIA_ACQUISITO: Esito discorde"),
        ("KO", "OK", "PPT_ESITO_GIA_ACQUISITO: Esito discorde"),
    ] {
        let (_station, node) = a_desk();
        let token = activate(&node, NAV);
        assert_eq!(conclude(&node, &token, first).outcome(), "OK");
        assert_eq!(said(&conclude(&node, &token, second)), expected);
        assert_eq!(said(&conclude_v2(&node, &[&token], second, "")), expected);
        let receipts = receipts(&node, NAV).len();
        assert_eq!(receipts, usize::from(first == "OK"), "{first} then {second}");
    }
}

#[test]
fn with_a_key_the_first_answer_comes_again() {
    let (_station, node) = a_desk();
    let token = activate(&node, NAV);
    let key = "<idempotencyKey>99000003030_a1B2c3D4e5</idempotencyKey>";
    let details = format!("<details>{DETAILS}{DAYS}</details>");
    for _ in 0..2 {
        assert_eq!(send_outcome(&node, BANK_HEAD, key, &token, "OK", &details).outcome(), "OK");
    }
    assert_eq!(send_outcome(&node, BANK_HEAD, key, &token, "KO", &details).outcome(), "PPT_ERRORE_IDEMPOTENZA");
    receipts_that_are(&node, NAV, "NOTIFIED");
    assert_eq!(receipts(&node, NAV).len(), 1);
}

#[test]
fn a_late_ko_changes_nothing() {
    let (_station, node) = a_desk();
    let token = activate(&node, NAV);
    node.set_now(given::today() + Minutes::minutes(31));
    assert_eq!(conclude(&node, &token, "KO").outcome(), "PPT_TOKEN_SCADUTO_KO");
    assert_eq!(said(&conclude(&node, &token, "OK")), "PPT_ESITO_GIA_ACQUISITO: Esito discorde");
    assert_eq!(payment_states(&node, NAV), ["CANCELLED"]);
}

#[test]
fn several_notices_go_together_only_in_a_cart() {
    let station = Station::spawn();
    station.load(&a_position());
    station.load(&a_position_of(vec![an_option(OTHER_NAV)]));
    let node = Node::calling(station.url());
    let (one, two) = (activate(&node, NAV), activate(&node, OTHER_NAV));
    let why = "PPT_SEMANTICA: Outcome non accettabile per token multipli attivati presso il PSP";
    assert_eq!(said(&conclude_v2(&node, &[&one, &two], "OK", "")), why);
    assert_eq!(payment_states(&node, NAV), ["PAYING"]);
}

#[test]
fn the_psp_does_not_wait_for_the_receipts() {
    let (station, _) = a_desk();
    let puppet = Puppet::before(station.url(), [Act::Wait(Duration::from_secs(2))]);
    let node = Node::calling(puppet.url());
    let token = activate(&node, NAV);
    let started = Instant::now();
    assert_eq!(conclude(&node, &token, "OK").outcome(), "OK");
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
    receipts_that_are(&node, NAV, "NOTICE_SENT");
    assert_eq!(payment_states(&node, NAV), ["NOTICE_SENT"]);
    receipts_that_are(&node, NAV, "NOTIFIED");
}

#[test]
fn the_story_of_a_payment_has_all_of_it() {
    let (_station, node) = a_desk();
    pay(&node, NAV);
    receipts_that_are(&node, NAV, "NOTIFIED");
    let story = node.page(&format!("/sandbox/story?notice={NAV}"));
    let whats: Vec<_> =
        story.as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap().to_owned()).collect();
    for part in ["sendPaymentOutcome OK", "the notice is paid; receipts to send: 1", "paSendRTV2 to 99000001018_01"] {
        assert!(whats.iter().any(|what| what.starts_with(part)), "{part}: {whats:#?}");
    }
    assert!(node.page("/sandbox/payments").to_string().contains(COMUNE));
}
