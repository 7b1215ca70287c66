//! A stored receipt as GPD gives it: the request that brought it, without its envelope, in lines of one element each.

use crate::store::RawReceipt;
use crate::xml::{Document, Element, Limits, Writer, XmlError, decode};

/// The namespace of the messages, in which careless writers put what has none.
const MESSAGES: &str = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd";

/// GPD's root for a V2 receipt is named after its type.
const RENAMED: (&str, &str) = ("paSendRTV2Request", "PaSendRTV2Request");

/// It was read once, whatever the bounds were then.
const UNBOUNDED: Limits = Limits { depth: 1000, attributes: usize::MAX, elements: usize::MAX };

/// Why a stored receipt cannot be written anew.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// Its bytes are no document.
    #[error("they are not well-formed")]
    Xml(#[from] XmlError),
    /// It has no body.
    #[error("there is no message in them")]
    Empty,
}

/// Its elements in their order, each with its exact text. What is in another namespace is nobody's field.
pub(super) fn anew(receipt: &RawReceipt) -> Result<String, Unreadable> {
    let text = decode(&receipt.bytes, receipt.content_type.as_deref().and_then(charset))?;
    let document = Document::parse(&text, &UNBOUNDED)?;
    let body = document.root().children().find(|child| child.name() == "Body");
    let root = body.and_then(|body| body.children().next()).ok_or(Unreadable::Empty)?;
    let mut xml = Writer::with_capacity(receipt.bytes.len() * 2);
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
    write(root, &mut xml);
    Ok(xml.finish())
}

/// A message may be nested as deeply as its sender likes: the way back is not kept on the stack.
fn write(root: Element<'_>, xml: &mut Writer) {
    enum Step<'d> {
        Open(Element<'d>, usize),
        Close(&'d str, usize),
    }
    let mut waiting = vec![Step::Open(root, 0)];
    while let Some(step) = waiting.pop() {
        match step {
            Step::Open(element, depth) => {
                let name = if element.name() == RENAMED.0 { RENAMED.1 } else { element.name() };
                indent(depth, xml);
                let fields = element.children().filter(|child| matches!(child.namespace(), "" | MESSAGES));
                let mut inside: Vec<_> = fields.map(|field| Step::Open(field, depth + 1)).collect();
                if inside.is_empty() {
                    xml.element(name, &element.text()).raw("\n");
                } else {
                    xml.open(name).raw("\n");
                    waiting.push(Step::Close(name, depth));
                    inside.reverse();
                    waiting.append(&mut inside);
                }
            }
            Step::Close(name, depth) => {
                indent(depth, xml);
                xml.close(name).raw("\n");
            }
        }
    }
}

fn indent(depth: usize, xml: &mut Writer) {
    for _ in 0..depth {
        xml.raw("    ");
    }
}

/// The charset of a content type.
fn charset(content_type: &str) -> Option<&str> {
    let parameters = content_type.split(';').skip(1).filter_map(|part| part.split_once('='));
    let mut named = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    named.next().map(|(_, value)| value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(body: &str, content_type: Option<&str>) -> Result<String, String> {
        let bytes = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:p=\"{MESSAGES}\"><s:Header/>\
             <s:Body>{body}</s:Body></s:Envelope>"
        );
        let receipt = RawReceipt { bytes: bytes.into(), content_type: content_type.map(str::to_owned) };
        anew(&receipt).map_err(|e| e.to_string())
    }

    #[test]
    fn a_message_is_written_anew() {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
        for (body, expected) in [
            ("<p:paSendRTReq/>", "<paSendRTReq></paSendRTReq>\n"),
            (
                "<p:paSendRTV2Request><a>1</a></p:paSendRTV2Request>",
                "<PaSendRTV2Request>\n    <a>1</a>\n</PaSendRTV2Request>\n",
            ),
            // Texts are exact, what stands between elements is not; neither are attributes and comments.
            (
                "<p:paSendRTReq>\n <a x='1'> è &amp; &#60;<!-- no --><![CDATA[<b>]]>\t</a>\n <b><c>1</c>\n<c/></b></p:paSendRTReq>",
                "<paSendRTReq>\n    <a> è &amp; &lt;&lt;b&gt;\t</a>\n    <b>\n        <c>1</c>\n        <c></c>\n    </b>\n\
              </paSendRTReq>\n",
            ),
            (
                "<p:paSendRTReq><x xmlns='urn:x'>1</x><p:a>2</p:a></p:paSendRTReq>",
                "<paSendRTReq>\n    <a>2</a>\n</paSendRTReq>\n",
            ),
        ] {
            assert_eq!(written(body, None), Ok(format!("{head}{expected}")), "{body}");
        }
        assert_eq!(written("", None), Err("there is no message in them".into()));
        assert_eq!(written("<a>", None), Err("they are not well-formed".into()));
    }

    #[test]
    fn deep_messages_are_written() {
        let deep = format!("<p:paSendRTReq>{}{}</p:paSendRTReq>", "<a>".repeat(900), "</a>".repeat(900));
        assert_eq!(written(&deep, None).map(|text| text.matches("<a>").count()), Ok(900));
    }

    #[test]
    fn what_charset_the_bytes_are_in() {
        for (content_type, is) in [
            ("text/xml", None),
            ("text/xml; charset=ISO-8859-1", Some("ISO-8859-1")),
            ("text/xml;action=x; Charset = \"utf-8\"", Some("utf-8")),
        ] {
            assert_eq!(charset(content_type), is, "{content_type}");
        }
        let receipt = RawReceipt {
            bytes: b"<e><Body><p:a xmlns:p=\"urn:p\"><b>\xE8</b></p:a></Body></e>".to_vec(),
            content_type: Some("text/xml; charset=ISO-8859-1".into()),
        };
        assert!(anew(&receipt).is_ok_and(|text| text.contains("<b>è</b>")));
    }
}
