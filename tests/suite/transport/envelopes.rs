//! Rows A5 to A8: where no operation can be chosen, the Node hears a SOAP Fault that says whose fault it is.

use crate::given::{self, NAV, a_position};
use crate::station::Station;

const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
const NEXT: &str = "http://schemas.xmlsoap.org/soap/actor/next";

/// A good verify after a change.
fn with(from: &str, to: &str) -> Vec<u8> {
    let good = given::verify(NAV);
    assert!(good.contains(from), "{from} is not in the message");
    good.replace(from, to).into()
}

fn after(prolog: &str) -> Vec<u8> {
    format!("{prolog}{}", given::verify(NAV)).into()
}

fn check(table: &[(&str, Vec<u8>, &str)]) {
    let station = Station::spawn();
    station.load(&a_position());
    for (what, message, answer) in table {
        let reply = station.post(message);
        assert_eq!(reply.outcome(), *answer, "{what}:\n{}", String::from_utf8_lossy(message));
        if answer.starts_with("Fault") {
            assert_eq!(reply.header("content-type"), Some("text/xml; charset=utf-8"), "{what}");
        }
    }
}

#[test]
fn a_fault_word_for_word() {
    let station = Station::spawn();
    let expected = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>\
        <soapenv:Fault><faultcode>soapenv:Client</faultcode><faultstring>Operazione non supportata</faultstring>\
        </soapenv:Fault></soapenv:Body></soapenv:Envelope>";
    let reply = station.post(given::envelope(""));
    assert_eq!((reply.status, reply.body.as_str()), (500, expected));
}

/// A5.
#[test]
fn what_is_not_well_formed() {
    let good = given::verify(NAV);
    let half = good.len() / 2;
    let latin_1: Vec<u8> = good.replace("8</idPA>", "\u{e0}</idPA>").chars().map(|c| c as u8).collect();
    check(&[
        ("nothing", vec![], "Fault Client"),
        ("blanks", b" \r\n ".to_vec(), "Fault Client"),
        ("words", b"verify 307000000001234573, please".to_vec(), "Fault Client"),
        ("JSON", b"{\"idPA\": \"99000001018\"}".to_vec(), "Fault Client"),
        ("half an envelope", good.as_bytes()[..half].into(), "Fault Client"),
        ("the other half", good.as_bytes()[half..].into(), "Fault Client"),
        ("all but the last byte", good.as_bytes()[..good.len() - 1].into(), "Fault Client"),
        ("two envelopes", good.repeat(2).into(), "Fault Client"),
        ("something after the end", format!("{good}x").into(), "Fault Client"),
        ("something before the beginning", after("x"), "Fault Client"),
        ("a declaration that comes too late", after(" <?xml version=\"1.0\"?>"), "Fault Client"),
        ("tags that cross", with("</fiscalCode><noticeNumber>", "<noticeNumber></fiscalCode>"), "Fault Client"),
        ("a tag never closed", with("</idPA>", ""), "Fault Client"),
        ("an attribute twice", with("<idPA>", "<idPA a=\"1\" a=\"1\">"), "Fault Client"),
        ("an attribute without quotes", with("<idPA>", "<idPA a=1>"), "Fault Client"),
        (
            "a prefix that means nothing",
            with("<idPA>99000001018</idPA>", "<x:idPA>99000001018</x:idPA>"),
            "Fault Client",
        ),
        ("a bare ampersand", with(">99000001018</idPA>", ">99 & 1</idPA>"), "Fault Client"),
        ("a character XML has no use for", with(">99000001018</idPA>", ">\u{1}</idPA>"), "Fault Client"),
        ("a reference to such a character", with(">99000001018</idPA>", ">&#0;</idPA>"), "Fault Client"),
        ("]]> in a text", with(">99000001018</idPA>", ">]]></idPA>"), "Fault Client"),
        ("a comment with --", with("<idPA>", "<!-- -- --><idPA>"), "Fault Client"),
        ("a CDATA section never closed", with("<idPA>", "<idPA><![CDATA["), "Fault Client"),
        ("an encoding we do not read", after("<?xml version=\"1.0\" encoding=\"windows-1252\"?>"), "Fault Client"),
        ("an encoding of another width", after("<?xml version=\"1.0\" encoding=\"UTF-16\"?>"), "Fault Client"),
        ("ISO-8859-1 taken for UTF-8", latin_1, "Fault Client"),
        ("half a UTF-8 character", [good.as_bytes(), b"\xe2\x82"].concat(), "Fault Client"),
        (
            "a byte order mark in a byte order mark",
            [b"\xef\xbb\xbf\xef\xbb\xbf", good.as_bytes()].concat(),
            "Fault Client",
        ),
        ("XML 2.0", after("<?xml version=\"2.0\"?>"), "Fault Client"),
    ]);
}

/// A5: refused before anything is read of them, so that no entity can grow or fetch.
#[test]
fn document_types_and_entities() {
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY l0 \"lol\">{laughs}]>");
    let bomb = String::from_utf8(with("99000001018</idPA>", "&l9;</idPA>")).unwrap();
    let file = "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/hostname\">]>";
    let reading = String::from_utf8(with("99000001018</idPA>", "&f;</idPA>")).unwrap();
    check(&[
        ("a document type", after("<!DOCTYPE Envelope>"), "Fault Client"),
        ("in small letters", after("<!doctype Envelope>"), "Fault Client"),
        ("after a declaration", after("<?xml version=\"1.0\"?>\n<!DOCTYPE Envelope>"), "Fault Client"),
        ("from elsewhere", after("<!DOCTYPE Envelope SYSTEM \"http://127.0.0.1:9/x.dtd\">"), "Fault Client"),
        ("with a subset", after("<!DOCTYPE Envelope [<!ELEMENT x ANY>]>"), "Fault Client"),
        ("never closed", after(&format!("<!DOCTYPE x [{}", "<!--".repeat(10_000))), "Fault Client"),
        ("a billion laughs", format!("{laughs}{bomb}").into(), "Fault Client"),
        ("a billion laughs that nobody asks for", after(&laughs), "Fault Client"),
        ("a parameter entity", after("<!DOCTYPE x [<!ENTITY % p \"<!ENTITY q 'r'>\">%p;]>"), "Fault Client"),
        ("a file", format!("{file}{reading}").into(), "Fault Client"),
        ("inside the envelope", with("<soapenv:Header/>", "<!DOCTYPE x>"), "Fault Client"),
        ("an entity nobody declared", with("99000001018</idPA>", "&nbsp;</idPA>"), "Fault Client"),
        ("in an attribute", with("<idPA>", "<idPA a=\"&nbsp;\">"), "Fault Client"),
        (
            "the five that XML knows",
            with("99000001018</idPA>", "&lt;&gt;&amp;&apos;&quot;</idPA>"),
            "PAA_ID_DOMINIO_ERRATO",
        ),
    ]);
}

/// A5 for what is XML but no envelope, A6 for envelopes of another SOAP.
#[test]
fn what_is_no_envelope_of_ours() {
    let bare = given::verify(NAV);
    let bare = bare.split("<soapenv:Body>").nth(1).unwrap().split("</soapenv:Body>").next().unwrap();
    let bare = bare.replace("Req>", "Req xmlns:pafn=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\">");
    let bare = bare.replace(
        "</pafn:paVerifyPaymentNoticeReq xmlns:pafn=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\">",
        "</pafn:paVerifyPaymentNoticeReq>",
    );
    check(&[
        ("the operation without its envelope", bare.into(), "Fault Client"),
        ("another root", b"<html/>".into(), "Fault Client"),
        ("an envelope in small letters", with("soapenv:Envelope", "soapenv:envelope"), "Fault Client"),
        ("an empty envelope", format!("<Envelope xmlns=\"{SOAP_11}\"/>").into(), "Fault Client"),
        (
            "a header alone",
            format!("<e:Envelope xmlns:e=\"{SOAP_11}\"><e:Header/></e:Envelope>").into(),
            "Fault Client",
        ),
        ("a body of another namespace", with("soapenv:Body>", "pafn:Body>"), "Fault Client"),
        ("two headers", with("<soapenv:Header/>", "<soapenv:Header/><soapenv:Header/>"), "Fault Client"),
        ("two bodies", with("</soapenv:Body>", "</soapenv:Body><soapenv:Body/>"), "Fault Client"),
        ("an empty body first", with("<soapenv:Header/>", "<soapenv:Header/><soapenv:Body/>"), "Fault Client"),
        (
            "the body before the header",
            String::from_utf8(with("<soapenv:Header/>", ""))
                .unwrap()
                .replace("</soapenv:Body>", "</soapenv:Body><soapenv:Header/>")
                .into(),
            "Fault Client",
        ),
        ("something between header and body", with("<soapenv:Header/>", "<soapenv:Header/><x/>"), "Fault Client"),
        ("something foreign after the body", with("</soapenv:Body>", "</soapenv:Body><x xmlns=\"urn:x\"/>"), "OK"),
        ("something unqualified after the body", with("</soapenv:Body>", "</soapenv:Body><x/>"), "Fault Client"),
        ("text in the envelope", with("<soapenv:Header/>", "header"), "Fault Client"),
        ("SOAP 1.2", with(SOAP_11, SOAP_12), "Fault VersionMismatch"),
        ("a SOAP nobody knows", with(SOAP_11, "urn:soap"), "Fault VersionMismatch"),
        ("SOAP 1.1 in capitals", with(SOAP_11, &SOAP_11.to_uppercase()), "Fault VersionMismatch"),
        ("no namespace at all", b"<Envelope><Body/></Envelope>".into(), "Fault VersionMismatch"),
        (
            "SOAP 1.2 with an empty body",
            format!("<Envelope xmlns=\"{SOAP_12}\"><Body/></Envelope>").into(),
            "Fault VersionMismatch",
        ),
    ]);
}

/// A7: a header block that insists on being understood, and is meant for us.
#[test]
fn header_blocks() {
    let block = |attributes: &str| {
        with(
            "<soapenv:Header/>",
            &format!("<soapenv:Header><t:T xmlns:t=\"urn:t\" {attributes}>7</t:T></soapenv:Header>"),
        )
    };
    let two = "<soapenv:Header><a xmlns=\"urn:a\"/><b xmlns=\"urn:b\" soapenv:mustUnderstand=\"1\"/></soapenv:Header>";
    let inner = "<soapenv:Header><a xmlns=\"urn:a\"><b soapenv:mustUnderstand=\"1\"/></a></soapenv:Header>";
    check(&[
        ("no header", with("<soapenv:Header/>", ""), "OK"),
        ("an empty header", with("<soapenv:Header/>", "<soapenv:Header>\n</soapenv:Header>"), "OK"),
        ("a block that does not insist", block(""), "OK"),
        ("0", block("soapenv:mustUnderstand=\"0\""), "OK"),
        ("1", block("soapenv:mustUnderstand=\"1\""), "Fault MustUnderstand"),
        ("1 in another namespace", block("mustUnderstand=\"1\""), "OK"),
        (
            "1 for nobody in particular",
            block("soapenv:mustUnderstand=\"1\" soapenv:actor=\"\""),
            "Fault MustUnderstand",
        ),
        (
            "1 for the next",
            block(&format!("soapenv:mustUnderstand=\"1\" soapenv:actor=\"{NEXT}\"")),
            "Fault MustUnderstand",
        ),
        ("1 for another", block("soapenv:mustUnderstand=\"1\" soapenv:actor=\"urn:another\""), "OK"),
        ("0 for the next", block(&format!("soapenv:mustUnderstand=\"0\" soapenv:actor=\"{NEXT}\"")), "OK"),
        ("1 on the second of two", with("<soapenv:Header/>", two), "Fault MustUnderstand"),
        ("1 inside a block", with("<soapenv:Header/>", inner), "OK"),
        (
            "A6 beats A7",
            String::from_utf8(block("soapenv:mustUnderstand=\"1\"")).unwrap().replace(SOAP_11, SOAP_12).into(),
            "Fault VersionMismatch",
        ),
        (
            "A7 beats A8",
            String::from_utf8(block("soapenv:mustUnderstand=\"1\""))
                .unwrap()
                .replace("VerifyPayment", "Unknown")
                .into(),
            "Fault MustUnderstand",
        ),
    ]);
}

/// A8: exactly one operation, and one that we know.
#[test]
fn which_operation_stands_in_the_body() {
    let body = |content: &str| given::envelope(content).into_bytes();
    let good = given::verify(NAV);
    let operation = good.split("<soapenv:Body>").nth(1).unwrap().split("</soapenv:Body>").next().unwrap();
    check(&[
        ("nothing", body(""), "Fault Client"),
        ("blanks and a comment", body(" <!-- nothing --> "), "Fault Client"),
        ("words", body("verify"), "Fault Client"),
        ("two operations", body(&operation.repeat(2)), "Fault Client"),
        ("an operation and a stranger", body(&format!("{operation}<x/>")), "Fault Client"),
        ("an operation and words", body(&format!("{operation} please")), "Fault Client"),
        ("an operation and a comment", body(&format!("\n<!-- one -->{operation}\n")), "OK"),
        ("an operation nobody knows", body("<pafn:paAttivaRPT/>"), "Fault Client"),
        (
            "another service's",
            body("<v:nodoVerificaRPT xmlns:v=\"http://ws.pagamenti.telematici.gov/\"/>"),
            "Fault Client",
        ),
        ("another case", with("paVerifyPaymentNoticeReq", "PaVerifyPaymentNoticeReq"), "Fault Client"),
        ("the name of the operation", with("paVerifyPaymentNoticeReq", "paVerifyPaymentNotice"), "Fault Client"),
        ("the name the prose gives", with("paVerifyPaymentNoticeReq", "paVerifyPaymentNoticeRequest"), "Fault Client"),
        ("a response", with("paVerifyPaymentNoticeReq", "paVerifyPaymentNoticeRes"), "Fault Client"),
        (
            "V2's response",
            body("<pafn:paGetPaymentV2Response><outcome>OK</outcome></pafn:paGetPaymentV2Response>"),
            "Fault Client",
        ),
        (
            "a SOAP Fault",
            body("<soapenv:Fault><faultcode>soapenv:Client</faultcode><faultstring/></soapenv:Fault>"),
            "Fault Client",
        ),
        ("no namespace", with("pafn:paVerify", "paVerify"), "Fault Client"),
        ("another namespace", with("pa/paForNode.xsd", "node/nodeForPa.xsd"), "Fault Client"),
        ("the WSDL's namespace", with("/pa/paForNode.xsd", "/paForNode"), "Fault Client"),
        ("almost the namespace", with("pa/paForNode.xsd", "pa/paForNode.xsd/"), "Fault Client"),
        ("an operation we know, but empty", body("<pafn:paVerifyPaymentNoticeReq/>"), "PAA_SINTASSI_EXTRAXSD"),
    ]);
}
