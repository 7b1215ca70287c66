//! How long a token lives, and what comes after it.

use chrono::Duration;

use super::activate::{Activation, an_activation};
use crate::given::{a_position, today};
use crate::node::{Node, participants};
use crate::station::Station;

#[test]
fn how_long_a_psp_may_ask_for() {
    let station = Station::spawn();
    station.load(&a_position());
    let ten_minutes = std::time::Duration::from_secs(600);
    let node = Node::with(station.url(), &participants(), |settings| settings.token = ten_minutes);
    let ask = |wanted: &str| Activation { expiration: Some(wanted.into()), ..an_activation() }.v1(&node);
    for (wanted, outcome) in [
        ("0", "PPT_SINTASSI_EXTRAXSD"),
        ("-1", "PPT_SINTASSI_EXTRAXSD"),
        ("-99999999999999999999999999", "PPT_SINTASSI_EXTRAXSD"),
        ("600001", "PPT_AUTORIZZAZIONE"),
        ("600000", "OK"),
    ] {
        assert_eq!(ask(wanted).outcome(), outcome, "{wanted}");
    }
    let more = Activation { expiration: Some("1800000".into()), ..an_activation() }.v2(&node);
    assert_eq!(more.element("description").as_deref(), Some("expirationTime deve essere &lt;= 600000"));
}

#[test]
fn a_notice_is_held_as_long_as_its_token_lives() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let token = |activation: &Activation| activation.v1(&node).element("paymentToken");
    let short = Activation { expiration: Some("60000".into()), ..an_activation() };
    let first = token(&short).unwrap();
    node.set_now(today() + Duration::milliseconds(59_999));
    assert_eq!(short.v1(&node).outcome(), "PPT_PAGAMENTO_IN_CORSO");
    node.set_now(today() + Duration::milliseconds(60_000));
    let second = token(&an_activation()).expect("a dead token holds nothing");
    assert_ne!(first, second);
    // Who does not say how long gets what the platform gives.
    node.set_now(today() + Duration::minutes(30));
    assert_eq!(short.v1(&node).outcome(), "PPT_PAGAMENTO_IN_CORSO");
    node.set_now(today() + Duration::minutes(31));
    assert!(token(&short).is_some());
}
