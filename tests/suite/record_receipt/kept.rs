//! Also a receipt that is refused is kept, raw, with an anomaly, before its KO leaves.

use crate::given::{self, COMUNE, NAV, a_position, a_receipt_for};
use crate::station::Station;

#[test]
fn a_receipt_for_the_wrong_address_is_kept() {
    for (head, answer, rule) in [
        (given::head("11111111111", COMUNE, "99000001018_01"), "PAA_ID_DOMINIO_ERRATO", "B1"),
        (given::head(COMUNE, "nobody", "99000001018_01"), "PAA_ID_INTERMEDIARIO_ERRATO", "B2"),
        (given::head(COMUNE, COMUNE, "nowhere"), "PAA_STAZIONE_INT_ERRATA", "B3"),
        (format!("<idPA>{COMUNE}</idPA>"), "PAA_ID_INTERMEDIARIO_ERRATO", "B2"),
    ] {
        let station = Station::spawn();
        station.load(&a_position());
        let mut receipt = a_receipt_for(NAV);
        receipt.head = head;
        for _ in 0..2 {
            assert_eq!(station.post(receipt.v1()).outcome(), answer);
        }
        assert_eq!(station.anomalies(), ["REFUSED_CALLER -"], "the same bytes twice are one trouble");
        assert_eq!(station.text("SELECT rule FROM refused_receipt"), rule);
        assert_eq!(station.bytes("SELECT raw FROM refused_receipt"), receipt.v1().as_bytes());
        assert_eq!(station.receipts().len(), 0, "it has no key yet: once the registry is right it may come again");

        // The registry was wrong; now it is right.
        receipt.head = given::comune();
        assert_eq!(station.post(receipt.v1()).outcome(), "OK");
        assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
    }
}

#[test]
fn an_unreadable_receipt_is_kept() {
    let station = Station::spawn();
    let message = a_receipt_for(NAV).v2().replace("<receiptId>", "<id>").replace("</receiptId>", "</id>");
    let reply = station.post(&message);
    assert_eq!(reply.outcome(), "PAA_SINTASSI_EXTRAXSD");
    assert_eq!(reply.element("description").as_deref(), Some("paSendRTV2Request/receipt: receiptId is missing"));
    assert_eq!(
        station.text("SELECT rule || ' ' || operation || ' ' || recipient FROM refused_receipt"),
        format!("A10 paSendRTV2 {COMUNE}")
    );
    assert_eq!(station.bytes("SELECT raw FROM refused_receipt"), message.as_bytes());
    assert_eq!(station.anomalies(), ["UNREADABLE_RECEIPT -"]);
}

#[test]
fn the_bytes_are_kept_as_they_came() {
    let station = Station::spawn();
    station.load(&a_position());
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n{}", a_receipt_for(NAV).v1());
    let bytes: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(station.post(&bytes).outcome(), "OK");
    let id = station.receipts()[0].id;
    assert_eq!(station.raw_receipt(id), bytes);
}
