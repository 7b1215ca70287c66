//! A payment comes to nothing, or too late, and the notice is paid all the same. The station hears of the end only.

use chrono::Duration;

use super::psp::{bank, poste};
use super::{a_desk, is_open, is_settled};
use crate::given::{NAV, today};
use crate::sandbox::psp::{payment_states, receipts_that_are};

#[test]
fn a_payment_fails_and_another_psp_pays() {
    for generation in [1, 2] {
        let (station, node) = a_desk();
        let token = bank(generation).begin(&node, NAV);
        assert_eq!(poste(generation).activate(&node, NAV).outcome(), "PPT_PAGAMENTO_IN_CORSO");
        assert_eq!(bank(generation).conclude(&node, &token, "KO").outcome(), "OK");
        assert_eq!(payment_states(&node, NAV), ["CANCELLED"]);
        is_open(&station, NAV);

        let other = poste(generation).pay(&node, NAV);
        assert_ne!(other, token);
        assert_eq!(payment_states(&node, NAV), ["CANCELLED", "NOTIFIED"]);
        is_settled(&station, NAV, &other);
        let late = bank(generation).conclude(&node, &token, "OK");
        assert_eq!(late.outcome(), "PPT_ESITO_GIA_ACQUISITO");
        assert_eq!(late.element("description").as_deref(), Some("Esito discorde"));
        is_settled(&station, NAV, &other);
    }
}

#[test]
fn a_token_dies_and_another_psp_pays() {
    let (station, node) = a_desk();
    let token = bank(2).begin(&node, NAV);
    assert_eq!(poste(1).activate(&node, NAV).outcome(), "PPT_PAGAMENTO_IN_CORSO");
    node.set_now(today() + Duration::minutes(31));
    assert_eq!(payment_states(&node, NAV), ["CANCELLED"]);
    is_open(&station, NAV);

    let other = poste(1).begin(&node, NAV);
    assert_eq!(bank(2).conclude(&node, &token, "OK").outcome(), "PPT_PAGAMENTO_DUPLICATO", "another pays");
    is_open(&station, NAV);
    assert_eq!(poste(1).conclude(&node, &other, "OK").outcome(), "OK");
    assert_eq!(bank(2).conclude(&node, &token, "OK").outcome(), "PPT_PAGAMENTO_DUPLICATO", "another has paid");
    receipts_that_are(&node, NAV, "NOTIFIED");
    assert_eq!(payment_states(&node, NAV), ["CANCELLED", "NOTIFIED"]);
    is_settled(&station, NAV, &other);
}

#[test]
fn a_psp_is_late_with_money_that_has_moved() {
    for generation in [1, 2] {
        let (station, node) = a_desk();
        let psp = bank(generation);
        let token = psp.begin(&node, NAV);
        node.set_now(today() + Duration::minutes(31));
        assert_eq!(payment_states(&node, NAV), ["CANCELLED"]);
        assert_eq!(psp.conclude(&node, &token, "OK").outcome(), "PPT_TOKEN_SCADUTO");
        receipts_that_are(&node, NAV, "NOTIFIED");
        assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
        is_settled(&station, NAV, &token);
        assert_eq!(psp.activate(&node, NAV).outcome(), "PPT_PAGAMENTO_DUPLICATO");
        let again = psp.conclude(&node, &token, "OK");
        assert_eq!(again.outcome(), "PPT_ESITO_GIA_ACQUISITO");
        assert_eq!(again.element("description").as_deref(), Some("Esito concorde"));
    }
}

#[test]
fn a_psp_is_late_with_nothing() {
    let (station, node) = a_desk();
    let token = bank(2).begin(&node, NAV);
    node.set_now(today() + Duration::minutes(31));
    assert_eq!(bank(2).conclude(&node, &token, "KO").outcome(), "PPT_TOKEN_SCADUTO_KO");
    is_open(&station, NAV);
    let other = bank(2).pay(&node, NAV);
    is_settled(&station, NAV, &other);
}
