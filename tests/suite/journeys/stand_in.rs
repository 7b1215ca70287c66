//! The station is down and the archive speaks in its stead; the receipt says so when it comes.

use chrono::Duration;
use serde_json::json;

use super::psp::bank;
use super::{Down, a_desk, anomalies, is_settled, kinds, receipts, standing};
use crate::given::{COMUNE, NAV, OTHER_NAV, today};
use crate::sandbox::psp::{payment_states, receipts_that_are};
use crate::sandbox::standin::{a_copy_with, copy};

#[test]
fn a_notice_is_paid_while_its_station_is_down() {
    // What the archive knows may be stale: its word is what is paid.
    for (archived, euro) in [(12_050, "120.50"), (11_000, "110.00")] {
        let (station, node) = a_desk();
        assert_eq!(copy(&node, &a_copy_with(json!({"amount": archived}))), (200, "VALID".into()));
        let down = Down::goes(station);
        for _ in 0..4 {
            assert_eq!(bank(1).verify(&node, NAV).outcome(), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE");
        }
        let verified = bank(1).verify(&node, NAV);
        assert_eq!(verified.outcome(), "OK");
        let said = |name| verified.element(name);
        assert_eq!((said("amount").as_deref(), said("standin").as_deref()), (Some(euro), Some("true")));
        assert_eq!(bank(1).verify(&node, OTHER_NAV).outcome(), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE");
        let activated = bank(1).activate(&node, NAV);
        assert_eq!(activated.element("totalAmount").as_deref(), Some(euro));
        assert_eq!(activated.element("standin").as_deref(), Some("true"));
        let token = activated.element("paymentToken").unwrap();
        assert_eq!(bank(1).conclude(&node, &token, "OK").outcome(), "OK");
        receipts_that_are(&node, NAV, "NOTICE_PENDING");
        assert_eq!(copy(&node, &a_copy_with(json!({}))).0, 409, "what is paid is out of the archive");

        let station = down.comes_back();
        assert_eq!(standing(&station, NAV), "VALID PO_UNPAID -");
        node.set_now(today() + Duration::hours(1));
        receipts_that_are(&node, NAV, "NOTIFIED");
        assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
        if archived == 12_050 {
            is_settled(&station, NAV, &token);
        } else {
            assert_eq!(standing(&station, NAV), format!("PAID PO_PAID {token}"));
            assert_eq!(kinds(&station, COMUNE, NAV), [format!("OWN {token}")]);
            assert_eq!(anomalies(&station), ["AMOUNT_DIFFERS"]);
        }
        let receipt = &receipts(&station, COMUNE, NAV)[0];
        assert_eq!((&receipt["amountCents"], &receipt["parsed"]["standIn"]), (&json!(archived), &json!(true)));
        assert_eq!(bank(1).verify(&node, NAV).outcome(), "PPT_PAGAMENTO_DUPLICATO");
    }
}
