//! Every way of writing one good message, as the Node's releases and its test tools write it: the answer is the same
//! to the byte.

use crate::given::{self, NAV, a_position};
use crate::station::Station;

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const MESSAGES: &str = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const FIELDS: &str = "<idPA>99000001018</idPA><idBrokerPA>99000001018</idBrokerPA><idStation>99000001018_01</idStation>\
    <qrCode><fiscalCode>99000001018</fiscalCode><noticeNumber>307000000001234573</noticeNumber></qrCode>";

/// The plainest writing, with other fields.
fn of(fields: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{SOAP}\"><s:Body><p:paVerifyPaymentNoticeReq xmlns:p=\"{MESSAGES}\">{fields}\
         </p:paVerifyPaymentNoticeReq></s:Body></s:Envelope>"
    )
}

/// The plainest writing, with a change.
fn with(from: &str, to: &str) -> String {
    assert!(of(FIELDS).contains(from), "{from} is not in the message");
    of(FIELDS).replace(from, to)
}

#[test]
fn one_message_written_in_every_way() {
    let station = Station::spawn();
    station.load(&a_position());
    let expected = station.post(given::verify(NAV));
    assert_eq!(expected.outcome(), "OK");
    for (what, message) in prefixes().into_iter().chain(markup()).chain(attributes()) {
        let reply = station.post(&message);
        assert_eq!(reply.body, expected.body, "{what}:\n{message}");
    }
}

fn prefixes() -> Vec<(&'static str, String)> {
    let unqualified = FIELDS.replace("<qrCode>", "<qrCode xmlns=\"\">");
    let unqualified = ["idPA", "idBrokerPA", "idStation"]
        .iter()
        .fold(unqualified, |text, name| text.replace(&format!("<{name}>"), &format!("<{name} xmlns=\"\">")));
    vec![
        ("the prefix declared on the operation", of(FIELDS)),
        (
            "on the Envelope",
            format!(
                "<soapenv:Envelope xmlns:soapenv=\"{SOAP}\" xmlns:paf=\"{MESSAGES}\"><soapenv:Body>\
                 <paf:paVerifyPaymentNoticeReq>{FIELDS}</paf:paVerifyPaymentNoticeReq></soapenv:Body></soapenv:Envelope>"
            ),
        ),
        (
            "on the Body",
            format!(
                "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"{SOAP}\"><SOAP-ENV:Header/><SOAP-ENV:Body xmlns:ns2=\"{MESSAGES}\">\
                 <ns2:paVerifyPaymentNoticeReq>{FIELDS}</ns2:paVerifyPaymentNoticeReq></SOAP-ENV:Body></SOAP-ENV:Envelope>"
            ),
        ),
        (
            "a default namespace on the operation, taken back by its children",
            format!(
                "<s:Envelope xmlns:s=\"{SOAP}\"><s:Body><paVerifyPaymentNoticeReq xmlns=\"{MESSAGES}\">{unqualified}\
                 </paVerifyPaymentNoticeReq></s:Body></s:Envelope>"
            ),
        ),
        (
            "default namespaces throughout",
            format!(
                "<Envelope xmlns=\"{SOAP}\"><Body><paVerifyPaymentNoticeReq xmlns=\"{MESSAGES}\">{unqualified}\
                 </paVerifyPaymentNoticeReq></Body></Envelope>"
            ),
        ),
        (
            "one prefix for two namespaces in turn",
            format!(
                "<x:Envelope xmlns:x=\"{SOAP}\"><x:Body><x:paVerifyPaymentNoticeReq xmlns:x=\"{MESSAGES}\">{FIELDS}\
                 </x:paVerifyPaymentNoticeReq></x:Body></x:Envelope>"
            ),
        ),
        (
            "a prefix beyond ASCII",
            of(FIELDS).replace("<p:", "<è:").replace("</p:", "</è:").replace("xmlns:p=", "xmlns:è="),
        ),
        ("prefixes that nobody uses", with("<s:Body>", "<s:Body xmlns:a=\"urn:a\" xmlns:b=\"urn:b\">")),
        ("a namespace spelled with references", with("xmlns:p=\"http://", "xmlns:p=\"http&#58;&#x2F;/")),
        ("single quotes", of(FIELDS).replace('"', "'")),
    ]
}

fn markup() -> Vec<(&'static str, String)> {
    let code = "99000001018</idPA>";
    let spaced = of(FIELDS).replace("><", ">\r\n\t <");
    vec![
        ("a declaration", format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n{}", of(FIELDS))),
        ("a short declaration", format!("<?xml version='1.0'?>{}", of(FIELDS))),
        ("XML 1.1", format!("<?xml version=\"1.1\"?>{}", of(FIELDS))),
        ("blanks between the elements", spaced),
        ("blanks inside the tags", of(FIELDS).replace("idPA>", "idPA\n >").replace("<s:Body", "<s:Body\t")),
        ("blanks after the end", of(FIELDS) + "\r\n \n"),
        ("comments and instructions around", format!("<!-- a --><?b c?>\n{}<!-- d --><?e?>", of(FIELDS))),
        ("comments between the elements", of(FIELDS).replace("><", "><!-- <idPA> --><")),
        ("instructions between the elements", of(FIELDS).replace("><", "><?php echo 1 ?><")),
        ("a comment in a value", with(code, "990000<!-- half -->01018</idPA>")),
        ("an instruction in a value", with(code, "990000<?half?>01018</idPA>")),
        ("CDATA", with(code, "<![CDATA[99000001018]]></idPA>")),
        ("CDATA in pieces", with(code, "<![CDATA[9900]]>000<![CDATA[]]><![CDATA[1018]]></idPA>")),
        ("decimal references", with(code, "&#57;&#0057;000001018</idPA>")),
        ("hexadecimal references", with(code, "&#x39;&#x0039;000001018</idPA>")),
        ("everything at once", with(code, "<!---->&#57;<![CDATA[9]]>00000<?x?>1018</idPA>")),
    ]
}

fn attributes() -> Vec<(&'static str, String)> {
    let xsi = format!("xmlns:xsi=\"{XSI}\"");
    let root = "<p:paVerifyPaymentNoticeReq";
    let hint = format!("{root} {xsi} xsi:schemaLocation=\"{MESSAGES} paForNode.xsd\"");
    let root_type = format!("{root} {xsi} xsi:type=\"p:paVerifyPaymentNoticeReq\"");
    let blank_type = format!("{root} {xsi} xsi:type=\" p:paVerifyPaymentNoticeReq\n\"");
    let code_type = format!("<qrCode {xsi} xmlns:q=\"{MESSAGES}\" xsi:type=\"q:ctQrCode\">");
    vec![
        ("where the schema is", with(root, &hint)),
        (
            "where it would be without a namespace",
            with("<idPA>", &format!("<idPA {xsi} xsi:noNamespaceSchemaLocation=\"x\">")),
        ),
        ("the type of the operation", with(root, &root_type)),
        ("the type in blanks", with(root, &blank_type)),
        ("the type of a structure", with("<qrCode>", &code_type)),
        (
            "where the schema is, on the Envelope",
            with("<s:Envelope", &format!("<s:Envelope {xsi} xsi:schemaLocation=\"a b\"")),
        ),
        (
            "an encoding style",
            with("<s:Body>", "<s:Body s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">"),
        ),
        ("an id for a signature", with("<s:Body>", "<s:Body xmlns:u=\"urn:u\" u:Id=\"body\">")),
    ]
}
