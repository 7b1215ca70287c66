//! One receipt: its XML as GPD gives it, or its bytes as they came.

use super::{get, get_as, receipts, send};
use crate::given::{COMUNE, NAV, PROVINCIA, Receipt, a_position, a_receipt_for};
use crate::station::Station;

const IUV: &str = "07000000001234573";

#[test]
fn a_receipt_that_is_not_there() {
    let station = Station::spawn();
    send(&station, &a_receipt_for(NAV));
    let unknown = |organization: &str, iuv: &str| {
        let detail = format!("Not found a receipt for Organization Fiscal Code {organization} and IUV {iuv}");
        (404, "Not found the receipt".to_owned(), detail)
    };
    for (organization, iuv) in [(COMUNE, "07000000001234574"), (COMUNE, "0700000000123457"), (PROVINCIA, IUV)] {
        let answer = get(&station, &format!("/payments/{organization}/receipts/{iuv}"));
        assert_eq!(answer.problem(), unknown(organization, iuv));
    }
}

#[test]
fn a_receipt_of_other_codes() {
    let station = Station::spawn();
    send(&station, &a_receipt_for(NAV));
    for (codes, iuv, status) in [("47", IUV, 403), ("47,48", "0", 403), ("07", IUV, 200), ("47,07", IUV, 200)] {
        let answer = get(&station, &receipts(&format!("/{iuv}?segregationCodes={codes}")));
        assert_eq!(answer.status, status, "{codes}");
        if status == 403 {
            let code: String = iuv.chars().take(2).collect();
            let detail = format!(
                "The caller does not have proper authorization to access IUV with the following segregation code \
                 {code} [Organization Fiscal Code={COMUNE}, IUV={iuv}]"
            );
            assert_eq!(answer.problem(), (403, "The receipt retrieve is forbidden".into(), detail));
        }
    }
}

#[test]
fn wrong_methods_and_paths() {
    let station = Station::spawn();
    for path in [receipts(""), receipts("/1")] {
        assert_eq!(super::post(&station, &path, "{}").status, 405, "{path}");
    }
    assert_eq!(get(&station, &receipts("/1/2")).status, 404);
}

/// The two roots as GPD names them, in lines of one element each.
#[test]
fn a_receipt_as_gpd_gives_it() {
    for (root, write) in [("paSendRTReq", Receipt::v1 as fn(&Receipt) -> String), ("PaSendRTV2Request", Receipt::v2)] {
        let station = Station::spawn();
        station.load(&a_position());
        let receipt = Receipt { id: "è &lt;1&gt; &amp;".into(), tail: String::new(), ..a_receipt_for(NAV) };
        assert_eq!(station.post(write(&receipt)).outcome(), "OK");
        let expected = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>
<{root}>
    <idPA>99000001018</idPA>
    <idBrokerPA>99000001018</idBrokerPA>
    <idStation>99000001018_01</idStation>
    <receipt>
        <receiptId>è &lt;1&gt; &amp;</receiptId>
        <noticeNumber>{NAV}</noticeNumber>
        <fiscalCode>99000001018</fiscalCode>
        <outcome>OK</outcome>
        <creditorReferenceId>{IUV}</creditorReferenceId>
        <paymentAmount>120.50</paymentAmount>
        <description>TARI 2026</description>
        <companyName>Comune di Borgolieve</companyName>
        <debtor>
            <uniqueIdentifier>
                <entityUniqueIdentifierType>F</entityUniqueIdentifierType>
                <entityUniqueIdentifierValue>VRDPNC70A01Z999J</entityUniqueIdentifierValue>
            </uniqueIdentifier>
            <fullName>Pancrazio Verdelli</fullName>
        </debtor>
        <transferList>
            <transfer>
                <idTransfer>1</idTransfer>
                <transferAmount>120.50</transferAmount>
                <fiscalCodePA>99000001018</fiscalCodePA>
                <IBAN>IT41P9999911111000000123456</IBAN>
                <remittanceInformation>TARI 2026</remittanceInformation>
                <transferCategory>0101101IM</transferCategory>
            </transfer>
        </transferList>
        <idPSP>99000003030</idPSP>
        <PSPCompanyName>Banca Esempio S.p.A.</PSPCompanyName>
        <idChannel>99000003030_01</idChannel>
        <channelDescription>app</channelDescription>
        <paymentMethod>creditCard</paymentMethod>
        <fee>1.50</fee>
    </receipt>
</{root}>
"
        );
        for path in ["/payments", "/gpd/payments-receipts-service/v1/payments"] {
            let answer = get(&station, &format!("{path}/{COMUNE}/receipts/{IUV}"));
            assert_eq!(answer.text(), expected);
        }
    }
}

/// The text is the same, whatever it is called.
#[test]
fn what_a_client_would_rather_have() {
    let station = Station::spawn();
    send(&station, &a_receipt_for(NAV));
    let text = get(&station, &receipts(&format!("/{IUV}"))).text().to_owned();
    for (accept, kind) in [
        ("*/*", "application/xml"),
        ("application/xml", "application/xml"),
        ("text/html, application/*;q=0.9", "application/xml"),
        ("application/xml, application/json", "application/xml"),
        ("application/xml;q=0.5, application/json;q=0.4", "application/xml"),
        ("nonsense", "application/xml"),
        ("application/json", "application/json"),
        // As axios asks.
        ("application/json, text/plain, */*", "application/json"),
        ("application/xml;q=0.5, application/json;q=0.6", "application/json"),
    ] {
        let answer = get_as(&station, &receipts(&format!("/{IUV}")), accept);
        assert_eq!((answer.content_type.as_str(), answer.text()), (kind, text.as_str()), "{accept}");
    }
}

/// The bytes, with their encoding; GPD's form is UTF-8 whatever they came in.
#[test]
fn a_receipt_as_it_came() {
    let station = Station::spawn();
    let message = Receipt { id: "perché".into(), ..a_receipt_for(NAV) }.v1();
    let latin: Vec<u8> = message.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let reply = station.post_to("/soap/paForNode", "text/xml; charset=ISO-8859-1", &latin);
    assert_eq!(reply.outcome(), "OK");
    let raw = get(&station, &receipts(&format!("/{IUV}?raw=true")));
    assert_eq!((raw.content_type.as_str(), raw.body), ("text/xml; charset=ISO-8859-1", latin));
    let anew = get(&station, &receipts(&format!("/{IUV}?raw=false")));
    assert!(anew.text().contains("<receiptId>perché</receiptId>"), "{}", anew.text());
    assert_eq!(get(&station, &receipts(&format!("/{IUV}?raw=perhaps"))).status, 400);
}
