//! A notice is asked for, activated, paid and settled: PSPs of both generations, stations of both.

use serde_json::json;

use super::psp::bank;
use super::{a_position_for, is_open, is_settled, issue, receipts, standing};
use crate::api::cases::report;
use crate::given::{COMUNE, NAV};
use crate::node::{Node, participants};
use crate::sandbox::activate::questions;
use crate::sandbox::psp::{payment_states, receipts_that_are};
use crate::station::Station;

/// What the Node asks a station of each generation, from verify to receipt.
const ASKED: [[&str; 3]; 2] = [
    ["paVerifyPaymentNoticeReq", "paGetPaymentReq", "paSendRTReq"],
    ["paVerifyPaymentNoticeReq", "paGetPaymentV2Request", "paSendRTV2Request"],
];

fn from_the_first_question_to_the_receipt(psp_generation: u8, station_generation: u8) {
    let station = Station::spawn();
    issue(&station, &a_position_for(NAV));
    let mut file = participants();
    for version in ["getVersion", "receiptVersion"] {
        file["organizations"][0]["stations"][0][version] = json!(station_generation);
    }
    let node = Node::with(station.url(), &file, |_| ());
    let psp = bank(psp_generation);

    let verified = psp.verify(&node, NAV);
    assert_eq!(verified.outcome(), "OK");
    assert_eq!(verified.element("amount").as_deref(), Some("120.50"));
    assert_eq!(verified.element("companyName").as_deref(), Some("Comune di Borgolieve"));
    is_open(&station, NAV);

    let activated = psp.activate(&node, NAV);
    assert_eq!(activated.outcome(), "OK");
    assert_eq!(activated.element("totalAmount").as_deref(), Some("120.50"));
    assert_eq!(activated.element("creditorReferenceId").as_deref(), Some(&NAV[1..]));
    is_open(&station, NAV);

    let token = activated.element("paymentToken").unwrap();
    assert_eq!(psp.conclude(&node, &token, "OK").outcome(), "OK");
    receipts_that_are(&node, NAV, "NOTIFIED");
    assert_eq!(payment_states(&node, NAV), ["NOTIFIED"]);
    is_settled(&station, NAV, &token);
    let [receipt] = &receipts(&station, COMUNE, NAV)[..] else { panic!("one receipt") };
    assert_eq!(receipt["version"], station_generation);
    assert_eq!((&receipt["amountCents"], &receipt["parsed"]["fee"]), (&json!(12_050), &json!(150)));

    let asked = questions(&node);
    let expected = ASKED[usize::from(station_generation) - 1];
    assert_eq!(asked.len(), expected.len(), "{asked:#?}");
    for (message, root) in asked.iter().zip(expected) {
        assert!(message.contains(&format!(":{root}")), "{root}: {message}");
    }

    // The Node knows by itself that the notice is paid; one that knows nothing hears it from the station.
    for answer in [psp.verify(&node, NAV), psp.activate(&node, NAV)] {
        assert_eq!(answer.outcome(), "PPT_PAGAMENTO_DUPLICATO");
    }
    let other = Node::calling(station.url());
    for answer in [psp.verify(&other, NAV), psp.activate(&other, NAV)] {
        assert_eq!(answer.outcome(), "PPT_ERRORE_EMESSO_DA_PAA");
        assert_eq!(answer.element("originalFaultCode").as_deref(), Some("PAA_PAGAMENTO_DUPLICATO"));
    }
    is_settled(&station, NAV, &token);

    // Days later the operator finds the money in a reporting flow.
    assert_eq!(report(&station, &NAV[1..], "1").status, 200);
    assert_eq!(standing(&station, NAV), format!("REPORTED PO_REPORTED {token}"));
}

#[test]
fn a_psp_of_the_first_generation_and_a_station_of_the_first() {
    from_the_first_question_to_the_receipt(1, 1);
}

#[test]
fn a_psp_of_the_first_generation_and_a_station_of_the_second() {
    from_the_first_question_to_the_receipt(1, 2);
}

#[test]
fn a_psp_of_the_second_generation_and_a_station_of_the_first() {
    from_the_first_question_to_the_receipt(2, 1);
}

#[test]
fn a_psp_of_the_second_generation_and_a_station_of_the_second() {
    from_the_first_question_to_the_receipt(2, 2);
}
