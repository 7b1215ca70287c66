//! A receipt is refused for its form only when a needed field cannot be read (A10).

use crate::given::{self, NAV, a_position, a_receipt_for};
use crate::station::Station;

/// What the contract forbids and the station reads all the same.
#[test]
fn what_is_overlooked() {
    type Change = fn(String) -> String;
    let changes: &[(&str, Change)] = &[
        ("an unknown element", |m| m.replace("<idPSP>", "<novelty><deep/></novelty><idPSP>")),
        ("an unknown attribute", |m| m.replace("<receipt>", "<receipt version=\"9\">")),
        ("a foreign element in its own namespace", |m| m.replace("<idPSP>", "<y:x xmlns:y=\"urn:y\">1</y:x><idPSP>")),
        ("a long description", |m| m.replace("<description>TARI 2026", &format!("<description>{}", "x".repeat(5_000)))),
        ("a long IUV does not fit its field", |m| m.replace("<idChannel>", &format!("<idChannel>{}", "1".repeat(50)))),
        ("an empty optional", |m| m.replace("<idPSP>", "<officeName/><idPSP>")),
        ("no description", |m| m.replace("<description>TARI 2026</description>", "")),
        ("no debtor", |m| cut(&m, "debtor")),
        ("no PSP", |m| cut(&m, "idPSP")),
        ("no channel", |m| cut(&m, "idChannel")),
        ("another order", |m| {
            m.replace("<outcome>OK</outcome>", "").replace("</receipt>", "<outcome>OK</outcome></receipt>")
        }),
        ("a fee that is none", |m| m.replace("<fee>1.50", "<fee>a lot")),
        ("a date that is none", |m| m.replace("<applicationDate>2026-11-22", "<applicationDate>soon")),
        ("blanks around codes", |m| {
            m.replace("<noticeNumber>", "<noticeNumber> ").replace("<outcome>OK", "<outcome>\n OK ")
        }),
        ("a sixth transfer", |m| {
            m.replace("</transferList>", "<transfer><idTransfer>6</idTransfer><transferAmount>0.00</transferAmount><fiscalCodePA>99000001018</fiscalCodePA></transfer></transferList>")
        }),
        ("children in the messages' namespace", |m| {
            m.replace("<receipt>", "<receipt xmlns=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\">")
        }),
        ("V2 fields in a V1 receipt", |m| m.replace("<idPSP>", "<idBundle>b-10</idBundle><idPSP>")),
        ("nil", |m| {
            m.replace(
                "<description>",
                "<description xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\">",
            )
        }),
    ];
    for (what, change) in changes {
        let station = Station::spawn();
        station.load(&a_position());
        for message in [a_receipt_for(NAV).v1(), a_receipt_for(NAV).v2()] {
            let changed = change(message.clone());
            assert_ne!(changed, message, "{what} changes nothing");
            let station = Station::spawn();
            station.load(&a_position());
            assert_eq!(station.post(&changed).outcome(), "OK", "{what}");
            assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO", "{what}");
        }
    }
}

/// The needed fields, each missing or wrong.
#[test]
fn what_cannot_be_overlooked() {
    type Change = fn(String) -> String;
    let changes: &[(&str, Change)] = &[
        ("no idPA", |m| cut(&m, "idPA")),
        ("blank idPA", |m| m.replace("<idPA>99000001018", "<idPA> ")),
        ("no receipt", |m| cut(&m, "receipt")),
        ("no receiptId", |m| cut(&m, "receiptId")),
        ("no noticeNumber", |m| cut(&m, "noticeNumber")),
        ("a notice of 17 digits", |m| m.replace("<noticeNumber>3", "<noticeNumber>")),
        ("a notice with letters", |m| m.replace("<noticeNumber>3", "<noticeNumber>A")),
        ("no fiscalCode", |m| cut(&m, "fiscalCode")),
        ("a creditor of 10 digits", |m| m.replace("<fiscalCode>9", "<fiscalCode>")),
        ("no outcome", |m| cut(&m, "outcome")),
        ("another outcome", |m| m.replace("<outcome>OK", "<outcome>MAYBE")),
        ("no IUV", |m| cut(&m, "creditorReferenceId")),
        ("blank IUV", |m| m.replace("<creditorReferenceId>07000000001234573", "<creditorReferenceId>")),
        ("no amount", |m| cut(&m, "paymentAmount")),
        ("an amount with a comma", |m| m.replace("<paymentAmount>120.50", "<paymentAmount>120,50")),
        ("an amount without cents", |m| m.replace("<paymentAmount>120.50", "<paymentAmount>120")),
        ("a negative amount", |m| m.replace("<paymentAmount>", "<paymentAmount>-")),
        ("no transfers", |m| cut(&m, "transferList")),
        ("no transfer", |m| cut(&m, "transfer")),
        ("no transfer with a number", |m| cut(&m, "idTransfer")),
        ("no transfer with an amount", |m| cut(&m, "transferAmount")),
        ("no transfer with a beneficiary", |m| cut(&m, "fiscalCodePA")),
        ("two receipts", |m| m.replace("</receipt>", "</receipt><receipt/>")),
        ("two notices", |m| m.replace("<fiscalCode>", "<noticeNumber>307000000001234674</noticeNumber><fiscalCode>")),
    ];
    let station = Station::spawn();
    station.load(&a_position());
    for (what, change) in changes {
        for message in [a_receipt_for(NAV).v1(), a_receipt_for(NAV).v2()] {
            let changed = change(message.clone());
            assert_ne!(changed, message, "{what} changes nothing");
            assert_eq!(station.post(&changed).outcome(), "PAA_SINTASSI_EXTRAXSD", "{what}");
        }
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM refused_receipt"), changes.len() as i64 * 2);
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
}

/// The three spellings and places of the stand-in flag (`domain` 3.4).
#[test]
fn paid_in_stand_in() {
    type Change = fn(String) -> String;
    let changes: &[(Change, bool)] = &[
        (|m| m, false),
        (|m| m.replace("</receipt>", "<standIn>true</standIn></receipt>"), true),
        (|m| m.replace("</receipt>", "<standIn> 1 </standIn></receipt>"), true),
        (|m| m.replace("</receipt>", "<standIn>false</standIn></receipt>"), false),
        (|m| m.replace("</receipt>", "<standin>true</standin></receipt>"), true),
        (|m| m.replace("</receipt>", "</receipt><standIn>true</standIn>"), true),
    ];
    for (change, stand_in) in changes {
        let station = Station::spawn();
        station.load(&a_position());
        assert_eq!(station.post(change(a_receipt_for(NAV).v1())).outcome(), "OK");
        let parsed: serde_json::Value = serde_json::from_str(station.receipts()[0].parsed.get()).unwrap();
        assert_eq!(parsed["standIn"], *stand_in);
    }
}

#[test]
fn any_text_is_a_receipt_id() {
    let station = Station::spawn();
    let long = "x".repeat(10_000);
    for id in ["", " ", "a b", "&lt;&amp;", "à😀", long.as_str()] {
        let receipt = given::Receipt { id: id.into(), ..a_receipt_for(NAV) };
        assert_eq!(station.post(receipt.v1()).outcome(), "OK", "{id:.20}");
        assert_eq!(station.post(receipt.v1()).outcome(), "PAA_RECEIPT_DUPLICATA", "{id:.20}");
    }
    assert_eq!(station.receipts().len(), 6);
}

/// A message without its first element of a name.
fn cut(message: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let start = message.find(&open).unwrap();
    let end = start + message[start..].find(&close).unwrap() + close.len();
    format!("{}{}", &message[..start], &message[end..])
}
