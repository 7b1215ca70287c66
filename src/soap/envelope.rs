//! Opens and closes SOAP 1.1 envelopes: rows A5 to A8 of `domain` 4.3.

use super::facets::MESSAGES;
use crate::xml::{Document, Element, Writer, XmlError};

/// Namespace of SOAP 1.1.
pub(crate) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Header blocks for whoever comes next on the path: that is us.
const NEXT: &str = "http://schemas.xmlsoap.org/soap/actor/next";

/// Why no operation can be chosen: a SOAP Fault, HTTP 500.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoOperation {
    /// A5: not XML, or a document type or entity in it.
    #[error("the message cannot be read")]
    NotXml(#[from] XmlError),
    /// A5: no Envelope or no Body where they belong.
    #[error("{0}")]
    NotSoap(&'static str),
    /// A6: an envelope of another SOAP version.
    #[error("only SOAP 1.1 is spoken here")]
    Version,
    /// A7: a header block that must be understood and is not.
    #[error("a header block must be understood and is not")]
    MustUnderstand,
    /// A8: not exactly one operation that we know.
    #[error("Operazione non supportata")]
    Unknown,
}

impl NoOperation {
    /// The local name of the SOAP 1.1 fault code.
    pub(crate) fn fault_code(&self) -> &'static str {
        match self {
            NoOperation::NotXml(_) | NoOperation::NotSoap(_) | NoOperation::Unknown => "Client",
            NoOperation::Version => "VersionMismatch",
            NoOperation::MustUnderstand => "MustUnderstand",
        }
    }

    /// The row that decided.
    pub(crate) fn rule(&self) -> &'static str {
        match self {
            NoOperation::NotXml(_) | NoOperation::NotSoap(_) => "A5",
            NoOperation::Version => "A6",
            NoOperation::MustUnderstand => "A7",
            NoOperation::Unknown => "A8",
        }
    }
}

/// The one element in the Body of a message.
pub(crate) fn open<'d>(document: &'d Document<'_>) -> Result<Element<'d>, NoOperation> {
    let envelope = document.root();
    if envelope.name() != "Envelope" {
        return Err(NoOperation::NotSoap("the root element is not a SOAP Envelope"));
    }
    if envelope.namespace() != SOAP {
        return Err(NoOperation::Version);
    }
    if envelope.has_text() {
        return Err(NoOperation::NotSoap("the Envelope holds text"));
    }
    let mut parts = envelope.children().peekable();
    let header = parts.next_if(|part| part.is(SOAP, "Header"));
    let body = parts.next().filter(|part| part.is(SOAP, "Body"));
    let body = body.ok_or(NoOperation::NotSoap("the Envelope has no Body where it belongs"))?;
    // SOAP 1.1 lets elements of foreign namespaces follow the Body; they are nobody's here.
    if parts.any(|part| matches!(part.namespace(), "" | SOAP)) {
        return Err(NoOperation::NotSoap("something that SOAP does not know follows the Body"));
    }
    if header.is_some_and(|header| header.children().any(must_be_understood)) {
        return Err(NoOperation::MustUnderstand);
    }
    let mut operations = body.children();
    match (operations.next(), operations.next(), body.has_text()) {
        (Some(operation), None, false) => Ok(operation),
        _ => Err(NoOperation::Unknown),
    }
}

/// Whether a header block is meant for us and insists. We understand none.
fn must_be_understood(block: Element<'_>) -> bool {
    let insists = block.attribute(SOAP, "mustUnderstand").is_some_and(|value| matches!(value.trim(), "1" | "true"));
    insists && matches!(block.attribute(SOAP, "actor").unwrap_or(""), "" | NEXT)
}

/// An envelope around an operation's response.
///
/// Only the root is qualified: the schema sets no `elementFormDefault`. A default `xmlns` on it would qualify the
/// children too, and the Node would reject a reply that looks right to the eye.
pub(super) fn close(response: &str, content: impl FnOnce(&mut Writer)) -> String {
    around("paf", MESSAGES, response, content)
}

/// An envelope around an element of a namespace, which gets this prefix.
pub(crate) fn around(prefix: &str, namespace: &str, root: &str, content: impl FnOnce(&mut Writer)) -> String {
    let mut xml = Writer::with_capacity(2048);
    let (declared, root) = (format!("xmlns:{prefix}"), format!("{prefix}:{root}"));
    xml.open_with("soapenv:Envelope", &[("xmlns:soapenv", SOAP), (&declared, namespace)]).open("soapenv:Body");
    xml.open(&root);
    content(&mut xml);
    xml.close(&root).close("soapenv:Body").close("soapenv:Envelope");
    xml.finish()
}

/// A SOAP Fault: the answer when no operation can be chosen, or when the Node must try again.
pub(crate) fn fault(code: &str, text: &str) -> String {
    let mut xml = Writer::with_capacity(512);
    xml.open_with("soapenv:Envelope", &[("xmlns:soapenv", SOAP)]).open("soapenv:Body").open("soapenv:Fault");
    xml.element("faultcode", &format!("soapenv:{code}")).element("faultstring", text);
    xml.close("soapenv:Fault").close("soapenv:Body").close("soapenv:Envelope");
    xml.finish()
}
