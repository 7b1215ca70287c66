//! The messages of the Node, with holes where the notice goes.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::notices::{IBAN, ORGANIZATION, STATION, TRANSFER_EURO, nav};

/// Stands for the notice.
const NAV_HOLE: &str = "@@@@@@@@@@@@@@@@@@";
/// Stands for its IUV, which is the notice without its first digit.
const IUV_HOLE: &str = "#################";

/// One message, and the notices it is sent for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    /// The operation, which is also the SOAPAction.
    pub operation: String,
    /// The envelope.
    body: String,
    /// The notices, by their numbers.
    pub notices: Range<u64>,
    /// Which of them is next.
    pub order: Order,
}

/// Which notice is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Any, again and again.
    Random,
    /// The first that was not used, once each.
    Once,
}

/// Asks whether a notice can be paid.
pub fn verify(notices: Range<u64>) -> Message {
    ask("paVerifyPaymentNotice", "paVerifyPaymentNoticeReq", notices)
}

/// Asks for a notice's payment.
pub fn get(notices: Range<u64>) -> Message {
    ask("paGetPayment", "paGetPaymentReq", notices)
}

/// The same in the second version.
pub fn get_v2(notices: Range<u64>) -> Message {
    ask("paGetPaymentV2", "paGetPaymentV2Request", notices)
}

/// Tells that a notice was paid.
pub fn receipt(notices: Range<u64>) -> Message {
    tell("paSendRT", "paSendRTReq", notices)
}

/// The same in the second version.
pub fn receipt_v2(notices: Range<u64>) -> Message {
    tell("paSendRTV2", "paSendRTV2Request", notices)
}

fn ask(operation: &str, root: &str, notices: Range<u64>) -> Message {
    let code =
        format!("<qrCode><fiscalCode>{ORGANIZATION}</fiscalCode><noticeNumber>{NAV_HOLE}</noticeNumber></qrCode>");
    Message { operation: operation.into(), body: envelope(root, &code), notices, order: Order::Random }
}

fn tell(operation: &str, root: &str, notices: Range<u64>) -> Message {
    let receipt = format!(
        "<receipt><receiptId>receipt-of-{NAV_HOLE}</receiptId><noticeNumber>{NAV_HOLE}</noticeNumber>\
         <fiscalCode>{ORGANIZATION}</fiscalCode><outcome>OK</outcome>\
         <creditorReferenceId>{IUV_HOLE}</creditorReferenceId><paymentAmount>{TRANSFER_EURO}</paymentAmount>\
         <description>TARI 2026 rata unica</description><companyName>Comune di Borgolieve</companyName><debtor>\
         <uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType>\
         <entityUniqueIdentifierValue>VRDPNC70A01Z999J</entityUniqueIdentifierValue></uniqueIdentifier>\
         <fullName>Pancrazio Verdelli</fullName></debtor><transferList><transfer><idTransfer>1</idTransfer>\
         <transferAmount>{TRANSFER_EURO}</transferAmount><fiscalCodePA>{ORGANIZATION}</fiscalCodePA><IBAN>{IBAN}</IBAN>\
         <remittanceInformation>TARI 2026</remittanceInformation><transferCategory>0101101IM</transferCategory>\
         </transfer></transferList><idPSP>99000003030</idPSP><PSPCompanyName>Banca Esempio S.p.A.</PSPCompanyName>\
         <idChannel>99000003030_01</idChannel><channelDescription>app</channelDescription>\
         <paymentMethod>creditCard</paymentMethod><fee>1.50</fee><paymentDateTime>2026-11-22T09:41:07</paymentDateTime>\
         <applicationDate>2026-11-22</applicationDate><transferDate>2026-11-23</transferDate></receipt>"
    );
    Message { operation: operation.into(), body: envelope(root, &receipt), notices, order: Order::Once }
}

fn envelope(root: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
         xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:pafn=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><soapenv:Header/><soapenv:Body><pafn:{root}>\
         <idPA>{ORGANIZATION}</idPA><idBrokerPA>{ORGANIZATION}</idBrokerPA><idStation>{STATION}</idStation>{content}\
         </pafn:{root}></soapenv:Body></soapenv:Envelope>"
    )
}

/// A whole HTTP request whose holes are filled anew for each notice.
#[derive(Clone, Debug)]
pub struct Form {
    bytes: Vec<u8>,
    navs: Vec<usize>,
    iuvs: Vec<usize>,
}

impl Form {
    /// The request that brings a message to a path.
    pub fn new(message: &Message, path: &str) -> Form {
        let text = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml; charset=utf-8\r\n\
             SOAPAction: \"{}\"\r\nContent-Length: {}\r\n\r\n{}",
            message.operation,
            message.body.len(),
            message.body
        );
        let holes = |hole: &str| text.match_indices(hole).map(|(at, _)| at).collect();
        Form { navs: holes(NAV_HOLE), iuvs: holes(IUV_HOLE), bytes: text.into_bytes() }
    }

    /// The request for a notice.
    pub fn fill(&mut self, number: u64) -> &[u8] {
        let nav = nav(number);
        for at in &self.navs {
            self.bytes[*at..at + NAV_HOLE.len()].copy_from_slice(nav.as_bytes());
        }
        for at in &self.iuvs {
            self.bytes[*at..at + IUV_HOLE.len()].copy_from_slice(&nav.as_bytes()[1..]);
        }
        &self.bytes
    }
}

/// Where a text begins in bytes.
pub fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}
