//! What a PSP says twice with one key.

use chrono::Duration;

use super::activate::{Activation, Outcome, POSTE_HEAD, an_activation, an_outcome, questions};
use super::relay::{Relay, Way};
use crate::given::{COMUNE, NAV, OTHER_NAV, a_position, a_position_of, an_option, today};
use crate::node::{BANK_HEAD, Node, participants};
use crate::station::Station;

const KEY: &str = "99000003030_a1B2c3D4e5";
const OTHER_KEY: &str = "99000003030_a1B2c3D4e6";

fn keyed() -> Activation {
    Activation { key: Some(KEY), ..an_activation() }
}

#[test]
fn another_request_with_the_same_key() {
    let station = Station::spawn();
    station.load(&a_position_of(vec![an_option(NAV), an_option(OTHER_NAV)]));
    let node = Node::calling(station.url());
    assert_eq!(keyed().v1(&node).outcome(), "OK");
    for other in [
        Activation { notice: OTHER_NAV, ..keyed() },
        Activation { amount: "120.51", ..keyed() },
        Activation { expiration: Some("60000".into()), ..keyed() },
        Activation { tail: "<dueDate>2026-12-31</dueDate>", ..keyed() },
        Activation { tail: "<paymentNote>a note</paymentNote>", ..keyed() },
    ] {
        assert_eq!(other.v1(&node).outcome(), "PPT_ERRORE_IDEMPOTENZA", "{}", other.content());
    }
    assert_eq!(keyed().v2(&node).outcome(), "PPT_ERRORE_IDEMPOTENZA", "another operation");
    assert_eq!(questions(&node).len(), 1);
}

#[test]
fn the_same_again() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let first = keyed().v2(&node);
    assert_eq!(first.outcome(), "OK");
    assert_eq!(keyed().v2(&node).body, first.body);
    // How it is laid out does not matter.
    let spaced = keyed().content().replace("<amount>", "\n <!-- what is due --> <amount>");
    let again = node.ask("activatePaymentNoticeV2", "activatePaymentNoticeV2Request", &spaced);
    assert_eq!(again.body, first.body);
    assert_eq!(questions(&node).len(), 1, "the station is asked once");
    assert_eq!(an_activation().v2(&node).outcome(), "PPT_PAGAMENTO_IN_CORSO", "without a key");
}

#[test]
fn a_key_is_its_psps_own() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    assert_eq!(keyed().v1(&node).outcome(), "OK");
    let other = Activation { head: POSTE_HEAD.to_owned(), ..keyed() };
    assert_eq!(other.v1(&node).outcome(), "PPT_PAGAMENTO_IN_CORSO");
    assert_eq!(keyed().v1(&node).outcome(), "OK");
}

#[test]
fn a_no_is_remembered_too() {
    let station = Station::spawn();
    let node = Node::calling(station.url());
    let refused = keyed().v1(&node);
    assert_eq!(refused.outcome(), "PPT_ERRORE_EMESSO_DA_PAA");
    station.load(&a_position());
    assert_eq!(keyed().v1(&node).body, refused.body);
    assert_eq!(Activation { key: Some(OTHER_KEY), ..keyed() }.v1(&node).outcome(), "OK");
}

#[test]
fn what_is_malformed_was_not_said() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let malformed = Activation { expiration: Some("0".into()), ..keyed() };
    assert_eq!(malformed.v1(&node).outcome(), "PPT_SINTASSI_EXTRAXSD");
    assert_eq!(keyed().v1(&node).outcome(), "OK");
}

#[test]
fn a_wrong_password_comes_before_the_key_and_spends_it() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let head = BANK_HEAD.replace("pwdpwdpwd", "wrongPassword");
    let stranger = Activation { head, ..keyed() };
    assert_eq!(stranger.v1(&node).outcome(), "PPT_AUTENTICAZIONE");
    assert_eq!(keyed().v1(&node).outcome(), "PPT_ERRORE_IDEMPOTENZA");
    let fresh = Activation { key: Some(OTHER_KEY), ..keyed() };
    let first = fresh.v1(&node);
    assert_eq!(first.outcome(), "OK");
    let stranger = Activation { key: Some(OTHER_KEY), ..stranger };
    assert_eq!(stranger.v1(&node).outcome(), "PPT_AUTENTICAZIONE");
    assert_eq!(fresh.v1(&node).body, first.body, "a stranger changes nothing");
}

#[test]
fn a_key_is_good_as_long_as_its_token() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let short = Activation { expiration: Some("60000".into()), ..keyed() };
    let first = short.v1(&node);
    node.set_now(today() + Duration::milliseconds(59_999));
    assert_eq!(short.v1(&node).body, first.body);
    node.set_now(today() + Duration::milliseconds(60_000));
    let second = keyed().v1(&node);
    assert_eq!(second.outcome(), "OK", "the key is free again");
    assert_ne!(second.element("paymentToken"), first.element("paymentToken"));
}

#[test]
fn twenty_at_once_with_one_key_hear_the_same() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let mut bodies: Vec<String> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..20).map(|_| scope.spawn(|| keyed().v1(&node).body)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert!(bodies[0].contains("<outcome>OK</outcome>") && bodies[0].contains(COMUNE));
    assert_eq!(questions(&node).len(), 1);
}

#[test]
fn an_outcome_said_twice() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let token = an_activation().v1(&node).element("paymentToken").unwrap();
    let first = an_outcome(&token, Some(KEY)).send(&node);
    assert_eq!(first.outcome(), "OK");
    assert_eq!(an_outcome(&token, Some(KEY)).send(&node).body, first.body);
    let other = Outcome { fee: "2.00", ..an_outcome(&token, Some(KEY)) };
    assert_eq!(other.send(&node).outcome(), "PPT_ERRORE_IDEMPOTENZA");
    assert_eq!(an_outcome(&token, Some(OTHER_KEY)).send(&node).outcome(), "PPT_ESITO_GIA_ACQUISITO");
    assert_eq!(keyed().v1(&node).outcome(), "PPT_ERRORE_IDEMPOTENZA", "the key was for the outcome");
    node.set_now(today() + Duration::minutes(30));
    assert_eq!(an_outcome(&token, Some(KEY)).send(&node).outcome(), "PPT_ESITO_GIA_ACQUISITO");
}

#[test]
fn a_key_waits_for_its_first_answer() {
    let station = Station::spawn();
    station.load(&a_position());
    let relay = Relay::to(&station, Way::Held);
    let node = Node::with(relay.url(), &participants(), |settings| {
        settings.timeout = std::time::Duration::from_secs(60);
    });
    let (first, other) = std::thread::scope(|scope| {
        let first = scope.spawn(|| keyed().v1(&node));
        relay.wait_for_calls(1);
        let other = scope.spawn(|| Activation { amount: "1.00", ..keyed() }.v1(&node));
        std::thread::sleep(std::time::Duration::from_millis(200));
        relay.set(Way::Open);
        (first.join().unwrap(), other.join().unwrap())
    });
    assert_eq!((first.outcome(), other.outcome()), ("OK".into(), "PPT_ERRORE_IDEMPOTENZA".into()));
}
