//! A notice with a digital stamp is paid, and the station gets the stamp as it was bought.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::psp::bank;
use super::{a_position_for, a_transfer, is_open, is_settled, issue, receipts};
use crate::given::{COMUNE, HASH, NAV};
use crate::node::{Node, participants};
use crate::sandbox::psp::receipts_that_are;
use crate::sandbox::stamps::{bought, document};
use crate::station::Station;

/// 104.50 euro for the town and a stamp of 16.00.
pub fn a_position_with_a_stamp(nav: &str) -> Value {
    let mut position = a_position_for(nav);
    let mut stamp = a_transfer(2, 1_600);
    stamp.as_object_mut().unwrap().remove("iban");
    stamp["stamp"] = json!({"hashDocument": HASH, "stampType": "01", "provincialResidence": "RM"});
    position["paymentOption"][0]["transfer"] = json!([a_transfer(1, 10_450), stamp]);
    position
}

/// A station that wants the first generation gets the second, which alone can carry a stamp.
#[test]
fn a_stamp_is_bought() {
    for generation in [1, 2] {
        let station = Station::spawn();
        issue(&station, &a_position_with_a_stamp(NAV));
        let mut file = participants();
        file["organizations"][0]["stations"][0]["receiptVersion"] = json!(generation);
        let node = Node::with(station.url(), &file, |_| ());
        let psp = bank(2);

        assert_eq!(bank(1).activate(&node, NAV).outcome(), "PPT_SEMANTICA", "it has no words for a stamp");
        assert_eq!(psp.verify(&node, NAV).element("amount").as_deref(), Some("120.50"));
        let activated = psp.activate(&node, NAV);
        assert_eq!(activated.element("hashDocumento").as_deref(), Some(HASH));
        let token = activated.element("paymentToken").unwrap();
        assert_eq!(psp.conclude(&node, &token, "OK").outcome(), "PPT_SEMANTICA", "without the stamp");
        is_open(&station, NAV);

        let stamp = document();
        let paid = psp.conclude_with(&node, &[&token], "OK", &bought(&[(&token, 2, &stamp)]));
        assert_eq!(paid.outcome(), "OK");
        assert_eq!(receipts_that_are(&node, NAV, "NOTIFIED")[0]["version"], 2);
        is_settled(&station, NAV, &token);
        let [receipt] = &receipts(&station, COMUNE, NAV)[..] else { panic!("one receipt") };
        let [share, bought] = &receipt["parsed"]["transfers"].as_array().unwrap()[..] else { panic!("two transfers") };
        assert_eq!((&share["stamp"], &bought["iban"]), (&Value::Null, &Value::Null));
        assert_eq!(bought["stamp"]["digest"], HASH);
        assert_eq!(station.bytes("SELECT document FROM stamp"), stamp.as_bytes());
        let raw = String::from_utf8(station.raw_receipt(receipt["id"].as_i64().unwrap())).unwrap();
        assert!(raw.contains(&STANDARD.encode(stamp)), "{raw}");
    }
}
