//! The digital stamp in a receipt: kept, checked, and never a reason to refuse.

use base64::{Engine, engine::general_purpose::STANDARD};
use ec_station::domain::position::DebtPosition;

use crate::given::{self, COMUNE, NAV, OTHER_NAV, Receipt, a_position_of, a_receipt_for, a_transfer, an_option};
use crate::station::Station;

/// A position with a stamp of 16.00 euro beside a share of 104.50.
fn a_position_with_a_stamp(nav: &str) -> DebtPosition {
    let mut option = an_option(nav);
    option.transfers = vec![a_transfer(1, 10_450, given::bank()), a_transfer(2, 1_600, given::stamp())];
    a_position_of(vec![option])
}

fn a_receipt_with(nav: &str, stamp: Option<&str>) -> Receipt {
    let stamp = stamp.map(|stamp| STANDARD.encode(stamp));
    let transfers = vec![(1, "104.50".into(), COMUNE.into(), None), (2, "16.00".into(), COMUNE.into(), stamp)];
    Receipt { transfers, ..a_receipt_for(nav) }
}

fn a_stamp(iubd: &str) -> String {
    format!(
        "<marcaDaBollo xmlns=\"http://www.agenziaentrate.gov.it/2014/MarcaDaBollo\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><PSP><CodiceFiscale>99000003030</CodiceFiscale>\
         <Denominazione>Banca Esempio S.p.A.</Denominazione></PSP><IUBD>{iubd}</IUBD>\
         <OraAcquisto>2026-11-22T09:41:07</OraAcquisto><Importo>16.00</Importo><TipoBollo>01</TipoBollo>\
         <ImprontaDocumento><DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
         <ds:DigestValue>{}</ds:DigestValue></ImprontaDocumento><ds:Signature><ds:SignedInfo/></ds:Signature>\
         </marcaDaBollo>",
        given::HASH
    )
}

#[test]
fn a_good_stamp_is_kept_as_it_came() {
    let station = Station::spawn();
    station.load(&a_position_with_a_stamp(NAV));
    let stamp = a_stamp("0001");
    assert_eq!(station.post(a_receipt_with(NAV, Some(&stamp)).v2()).outcome(), "OK");
    assert_eq!(station.anomalies(), [""; 0]);
    assert_eq!(station.bytes("SELECT document FROM stamp"), stamp.as_bytes());
    assert_eq!(station.text("SELECT iubd || ' ' || signature FROM stamp"), "0001 UNCHECKED");
    let parsed: serde_json::Value = serde_json::from_str(station.receipts()[0].parsed.get()).unwrap();
    assert_eq!(parsed["transfers"][1]["stamp"]["iubd"], "0001");
    assert_eq!(parsed["transfers"][1]["stamp"]["signature"], "UNCHECKED");
}

#[test]
fn what_is_wrong_with_a_stamp_is_an_anomaly() {
    let good = a_stamp("0001");
    let swapped = |from: &str, to: &str| Some(good.replace(from, to));
    for (what, stamp, anomaly) in [
        ("bought for another document", swapped(given::HASH, "AAAA"), "STAMP_DIGEST_DIFFERS"),
        ("of another amount", swapped("16.00", "2.00"), "STAMP_AMOUNT_DIFFERS"),
        ("of another type", swapped("<TipoBollo>01", "<TipoBollo>02"), "STAMP_TYPE_DIFFERS"),
        ("without its id", swapped("<IUBD>0001</IUBD>", ""), "STAMP_UNREADABLE"),
        ("with a document type", Some(format!("<!DOCTYPE x>{good}")), "STAMP_UNREADABLE"),
        ("no XML", Some("stamp".into()), "STAMP_UNREADABLE"),
        ("missing", None, "STAMP_UNREADABLE"),
    ] {
        let station = Station::spawn();
        station.load(&a_position_with_a_stamp(NAV));
        assert_eq!(station.post(a_receipt_with(NAV, stamp.as_deref()).v2()).outcome(), "OK", "{what}");
        assert_eq!(station.anomalies(), [format!("{anomaly} {NAV}")], "{what}");
        assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO", "{what}");
    }
}

#[test]
fn what_cannot_be_decoded_is_kept_as_it_was_written() {
    let station = Station::spawn();
    station.load(&a_position_with_a_stamp(NAV));
    let mut receipt = a_receipt_with(NAV, None);
    receipt.transfers[1].3 = Some("not base64!".into());
    assert_eq!(station.post(receipt.v2()).outcome(), "OK");
    assert_eq!(station.bytes("SELECT document FROM stamp"), b"not base64!");
    assert_eq!(station.anomalies(), [format!("STAMP_UNREADABLE {NAV}")]);
}

#[test]
fn a_stamp_is_good_for_one_receipt() {
    let station = Station::spawn();
    station.load(&a_position_with_a_stamp(NAV));
    station.load(&a_position_with_a_stamp(OTHER_NAV));
    let first = a_receipt_with(NAV, Some(&a_stamp("0001")));
    assert_eq!(station.post(first.v2()).outcome(), "OK");

    // The copy for another recipient is the same receipt, hence the same use.
    let mut copy = first.clone();
    copy.head = given::head(given::PROVINCIA, given::PROVINCIA, "99000002024_01");
    copy.transfers[0].2 = given::PROVINCIA.into();
    assert_eq!(station.post(copy.v2()).outcome(), "OK");
    assert_eq!(station.anomalies(), [""; 0]);

    assert_eq!(station.post(a_receipt_with(OTHER_NAV, Some(&a_stamp("0001"))).v2()).outcome(), "OK");
    assert_eq!(station.anomalies(), [format!("STAMP_REUSED {OTHER_NAV}")]);
}
