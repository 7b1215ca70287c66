//! Which operation a message is for.
//!
//! The SOAPAction decides; the element in the Body where there is none. Whatever is wrong with a message whose operation
//! is known is a KO in that operation's response; only a message that nobody can place hears a SOAP Fault.
//!
//! Two of these choices are ours. A SOAPAction that names another operation than the Body does is answered in the
//! response of the SOAPAction's operation, where the Node looks first, with the code that says what is wrong. And every
//! SOAP Fault has status 500, as SOAP 1.1 (6.2) wants it, so that any toolkit reads it.

use super::calls::answer::shortened;
use super::fault::{Code, Refusal};
use super::operation::{MESSAGES, Operation};
use super::primitives::{Activate, ActivateV2, Bollettino, Demand, SendOutcome, SendOutcomeV2, Verify};
use crate::soap::envelope::{self, NoOperation};
use crate::xml::{Document, Element, Writer, XmlError};

/// The operations of a payment: the name, which is the SOAPAction, and the element of the request.
const OPERATIONS: [(&str, &str); 7] = [
    (Verify::NAME, Verify::REQUEST),
    (Bollettino::NAME, Bollettino::REQUEST),
    (Activate::NAME, Activate::REQUEST),
    (ActivateV2::NAME, ActivateV2::REQUEST),
    (SendOutcome::NAME, SendOutcome::REQUEST),
    (SendOutcomeV2::NAME, SendOutcomeV2::REQUEST),
    (Demand::NAME, Demand::REQUEST),
];

/// What the contract has besides: the catalogues and daily flows of PSPs.
const UNSUPPORTED: [&str; 4] = [
    "nodoChiediCatalogoServiziV2",
    "nodoInviaFlussoRendicontazione",
    "nodoChiediTemplateInformativaPSP",
    "nodoChiediInformativaPA",
];

/// A message whose operation is known.
pub(super) struct Chosen<'m> {
    /// The element of its request, by which operations are told apart.
    pub(super) request: &'static str,
    /// That element, or why it is not where it belongs.
    pub(super) root: Result<Element<'m>, Refusal>,
}

/// Why nobody can answer: a SOAP Fault.
#[derive(Debug)]
pub(super) enum Unplaced {
    /// It is not XML that can be read.
    Unreadable(XmlError),
    /// The SOAPAction is none of ours.
    Action(String),
    /// A header block insists on being understood.
    MustUnderstand,
    /// Neither the SOAPAction nor the Body tells.
    Illegible,
    /// An operation that is not offered here.
    Unsupported,
}

impl From<XmlError> for Unplaced {
    fn from(error: XmlError) -> Unplaced {
        Unplaced::Unreadable(error)
    }
}

impl Unplaced {
    /// The SOAP Fault, in the words of the Node.
    pub(super) fn fault(&self) -> String {
        match self {
            Unplaced::Unreadable(why) => {
                fault("soapenv:Client", "XML_STREAM_EXC", Some(&format!("Errore richiesta non leggibile: {why}")))
            }
            Unplaced::Action(action) => {
                let (code, text) = Code::SoapActionErrata.words();
                fault(code, text, Some(&format!("SOAPAction \"{}\" errata", shortened(action))))
            }
            Unplaced::MustUnderstand => {
                fault("soapenv:MustUnderstand", "a header block must be understood and is not", None)
            }
            Unplaced::Illegible => {
                fault("soapenv:Client", "NO_OPERATION", Some("Operazione non leggibile da SOAPAction o Body"))
            }
            Unplaced::Unsupported => fault("soapenv:Client", "Operazione non supportata", None),
        }
    }
}

/// Chooses the operation. `action` is the SOAPAction without its quotes, if there is one.
pub(super) fn choose<'m>(document: &'m Document<'_>, action: Option<&str>) -> Result<Chosen<'m>, Unplaced> {
    let opened = envelope::open(document);
    if matches!(opened, Err(NoOperation::MustUnderstand)) {
        return Err(Unplaced::MustUnderstand);
    }
    let request = match action {
        Some(action) => by_action(action)?,
        None => by_element(in_body(document).ok_or(Unplaced::Illegible)?)?,
    };
    Ok(Chosen { request, root: root(opened, request) })
}

fn by_action(action: &str) -> Result<&'static str, Unplaced> {
    if UNSUPPORTED.contains(&action) {
        return Err(Unplaced::Unsupported);
    }
    let known = OPERATIONS.iter().find(|(name, _)| *name == action);
    known.map(|(_, request)| *request).ok_or_else(|| Unplaced::Action(action.to_owned()))
}

fn by_element(element: Element<'_>) -> Result<&'static str, Unplaced> {
    let known = OPERATIONS.iter().find(|(_, request)| *request == element.name());
    known.map(|(_, request)| *request).ok_or(Unplaced::Unsupported)
}

/// What stands in the Body, whatever else is wrong with the envelope.
fn in_body<'m>(document: &'m Document<'_>) -> Option<Element<'m>> {
    document.root().children().find(|part| part.name() == "Body")?.children().next()
}

/// The operation's element, or what is wrong with the message (`domain` 15, 1).
fn root<'m>(opened: Result<Element<'m>, NoOperation>, request: &str) -> Result<Element<'m>, Refusal> {
    let wrong = |what: &str| Err(Refusal::because(Code::SintassiExtraXsd, what));
    let element = match opened {
        Ok(element) => element,
        Err(NoOperation::Version) => return wrong("the Envelope is not in the namespace of SOAP 1.1"),
        Err(NoOperation::Unknown) => return wrong("the Body must hold one element and nothing else"),
        Err(other) => return wrong(&crate::telemetry::chain(&other)),
    };
    if element.is(MESSAGES, request) {
        return Ok(element);
    }
    let name = shortened(element.name());
    if name == request {
        return wrong(&format!("{request} is not in the namespace of nodeForPsp"));
    }
    if let Some((other, _)) = OPERATIONS.iter().find(|(_, request)| *request == name) {
        let description = format!("La SOAPAction non è quella di {other}");
        return Err(Refusal::because(Code::SoapActionErrata, description));
    }
    wrong(&format!("the Body holds {name} where {request} belongs"))
}

fn fault(code: &str, text: &str, detail: Option<&str>) -> String {
    let mut xml = Writer::with_capacity(512);
    xml.open_with("soapenv:Envelope", &[("xmlns:soapenv", envelope::SOAP)]).open("soapenv:Body").open("soapenv:Fault");
    xml.element("faultcode", code).element("faultstring", text);
    if let Some(detail) = detail {
        xml.element("detail", detail);
    }
    xml.close("soapenv:Fault").close("soapenv:Body").close("soapenv:Envelope");
    xml.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::table::rows;
    use crate::xml::Limits;

    fn chosen(text: &str, action: Option<&str>) -> String {
        let document = match Document::parse(text, &Limits::default()) {
            Ok(document) => document,
            Err(error) => return short_fault(&error.into()),
        };
        match choose(&document, action) {
            Ok(Chosen { request, root: Ok(_) }) => request.to_owned(),
            Ok(Chosen { request, root: Err(refusal) }) => format!("{request} {:?}", refusal.code),
            Err(unplaced) => short_fault(&unplaced),
        }
    }

    fn short_fault(unplaced: &Unplaced) -> String {
        let text = unplaced.fault();
        let document = Document::parse(&text, &Limits::default()).unwrap();
        let fault = envelope::open(&document).unwrap();
        let child = |name| fault.child(name).unwrap().text().into_owned();
        format!("Fault {} {}", child("faultcode").trim_start_matches("soapenv:"), child("faultstring"))
    }

    #[test]
    fn which_operation_a_message_is_for() {
        let table = "
            what                             | SOAPAction              | operation
            verifyPaymentNoticeReq           | verifyPaymentNotice     | verifyPaymentNoticeReq
            verifyPaymentNoticeReq           | -                       | verifyPaymentNoticeReq
            activatePaymentNoticeV2Request   | -                       | activatePaymentNoticeV2Request
            verifyPaymentNoticeReq           | verificaBollettino      | verificaBollettinoReq SoapActionErrata
            activatePaymentNoticeReq         | activatePaymentNoticeV2 | activatePaymentNoticeV2Request SoapActionErrata
            verifyPaymentNoticeReq           | verifyPaymentNotices    | Fault PPT_SOAPACTION_ERRATA SOAPAction errata.
            verifyPaymentNoticeReq           | VerifyPaymentNotice     | Fault PPT_SOAPACTION_ERRATA SOAPAction errata.
            verifyPaymentNotice              | verifyPaymentNotice     | verifyPaymentNoticeReq SintassiExtraXsd
            verifyPaymentNotice              | -                       | Fault Client Operazione non supportata
            nodoChiediInformativaPA          | nodoChiediInformativaPA | Fault Client Operazione non supportata
            nodoChiediInformativaPA          | -                       | Fault Client Operazione non supportata
            nodoChiediInformativaPARequest   | -                       | Fault Client Operazione non supportata
            nodoChiediInformativaPA          | verifyPaymentNotice     | verifyPaymentNoticeReq SintassiExtraXsd
            verifyPaymentNoticeReq           | nodoChiediInformativaPA | Fault Client Operazione non supportata
            old:verifyPaymentNoticeReq       | verifyPaymentNotice     | verifyPaymentNoticeReq SintassiExtraXsd
            old:verifyPaymentNoticeReq       | -                       | verifyPaymentNoticeReq SintassiExtraXsd
            old:nodoChiediInformativaPA      | -                       | Fault Client Operazione non supportata
            -                                | verifyPaymentNotice     | verifyPaymentNoticeReq SintassiExtraXsd
            -                                | -                       | Fault Client NO_OPERATION";
        for row in rows(table) {
            let (what, action) = (row[0], Some(row[1]).filter(|action| *action != "-"));
            let root = match what {
                "-" => String::new(),
                what if what.contains(':') => format!("<{what}/>"),
                what => format!("<n:{what}/>"),
            };
            let message = format!(
                "<s:Envelope xmlns:s='{}' xmlns:n='{MESSAGES}' xmlns:old='http://ws.pagamenti.telematici.gov/'><s:Body>\
                 {root}</s:Body></s:Envelope>",
                envelope::SOAP
            );
            assert_eq!(chosen(&message, action), row[2..].join(" "), "{what} {action:?}");
        }
    }

    #[test]
    fn an_envelope_that_is_wrong() {
        const VERIFY: &str =
            "<n:verifyPaymentNoticeReq xmlns:n='http://pagopa-api.pagopa.gov.it/node/nodeForPsp.xsd'/>";
        let in_envelope = |inside: &str| format!("<s:Envelope xmlns:s='{}'>{inside}</s:Envelope>", envelope::SOAP);
        let syntax = "verifyPaymentNoticeReq SintassiExtraXsd";
        let illegible = "Fault Client NO_OPERATION";
        for (message, with_action, without) in [
            (in_envelope(""), syntax, illegible),
            (in_envelope("<s:Header/>"), syntax, illegible),
            (in_envelope(&format!("<s:Body>{VERIFY}{VERIFY}</s:Body>")), syntax, syntax),
            (in_envelope(&format!("text<s:Body>{VERIFY}</s:Body>")), syntax, syntax),
            (in_envelope(&format!("<s:Body>{VERIFY}</s:Body>")).replace("/soap/", "/ciao/"), syntax, syntax),
            (format!("<Envelope><Body>{VERIFY}</Body></Envelope>"), syntax, syntax),
            (VERIFY.to_owned(), syntax, illegible),
            (
                in_envelope(&format!(
                    "<s:Header><a xmlns='u:a' s:mustUnderstand='1'/></s:Header><s:Body>{VERIFY}</s:Body>"
                )),
                "Fault MustUnderstand a header block must be understood and is not",
                "Fault MustUnderstand a header block must be understood and is not",
            ),
            ("<".to_owned(), "Fault Client XML_STREAM_EXC", "Fault Client XML_STREAM_EXC"),
        ] {
            assert_eq!(chosen(&message, Some("verifyPaymentNotice")), with_action, "{message}");
            assert_eq!(chosen(&message, None), without, "{message}");
        }
    }

    #[test]
    fn what_is_repeated_of_an_action_is_short_and_harmless() {
        let fault = Unplaced::Action(format!("<a>\u{1b}{}", "x".repeat(1000))).fault();
        assert!(fault.contains("SOAPAction \"&lt;a&gt;xxx") && fault.len() < 500, "{fault}");
    }
}
