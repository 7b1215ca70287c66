//! The XML signature of a digital stamp, held to its schema: only its form, for nobody checks what it proves.

use std::iter::Peekable;
use std::vec::IntoIter;

use crate::schema::lexical::{collapse, is_base64};
use crate::xml::Element;

/// Namespace of signatures.
pub(super) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// What may stand in a `KeyInfo` beside certificates; few sign that way, and it is taken as it comes.
const OTHER_KEYS: [&str; 6] = ["KeyName", "KeyValue", "RetrievalMethod", "PGPData", "SPKIData", "MgmtData"];

/// Whether a `Signature` keeps to its schema.
pub(super) fn keeps_to_schema(signature: Element<'_>) -> bool {
    let mut parts = Parts::of(signature);
    parts.one("SignedInfo", is_signed_info)
        && parts.one("SignatureValue", holds_base64)
        && parts.perhaps("KeyInfo", is_key_info)
        && parts.more("Object", |_| true)
        && parts.end()
}

/// Whether there is nothing but base64 in an element; it may be empty.
pub(super) fn holds_base64(element: Element<'_>) -> bool {
    element.children().next().is_none() && is_base64(&collapse(element.text()))
}

fn is_signed_info(info: Element<'_>) -> bool {
    let mut parts = Parts::of(info);
    parts.one("CanonicalizationMethod", has_algorithm)
        && parts.one("SignatureMethod", has_algorithm)
        && parts.one("Reference", is_reference)
        && parts.more("Reference", is_reference)
        && parts.end()
}

fn is_reference(reference: Element<'_>) -> bool {
    let mut parts = Parts::of(reference);
    parts.perhaps("Transforms", are_transforms)
        && parts.one("DigestMethod", has_algorithm)
        && parts.one("DigestValue", holds_base64)
        && parts.end()
}

fn are_transforms(transforms: Element<'_>) -> bool {
    let mut parts = Parts::of(transforms);
    parts.one("Transform", has_algorithm) && parts.more("Transform", has_algorithm) && parts.end()
}

fn has_algorithm(method: Element<'_>) -> bool {
    method.attribute("", "Algorithm").is_some()
}

/// Text may stand between the keys.
fn is_key_info(info: Element<'_>) -> bool {
    let is_key = |key: Element<'_>| match key.name() {
        _ if is_foreign(key) => true,
        "X509Data" => key.is(SIGNATURE, "X509Data") && is_x509_data(key),
        name => key.is(SIGNATURE, name) && OTHER_KEYS.contains(&name),
    };
    info.children().next().is_some() && info.children().all(is_key)
}

fn is_x509_data(data: Element<'_>) -> bool {
    let is_part = |part: Element<'_>| match part.name() {
        _ if is_foreign(part) => true,
        "X509Certificate" | "X509CRL" | "X509SKI" => part.is(SIGNATURE, part.name()) && holds_base64(part),
        "X509IssuerSerial" | "X509SubjectName" => part.is(SIGNATURE, part.name()),
        _ => false,
    };
    data.children().next().is_some() && data.children().all(is_part) && !data.has_text()
}

/// Whether an element is of some other vocabulary, as the schema allows here and there.
fn is_foreign(element: Element<'_>) -> bool {
    !matches!(element.namespace(), "" | SIGNATURE)
}

/// What stands in an element, taken from first to last.
struct Parts<'d> {
    whole: Element<'d>,
    left: Peekable<IntoIter<Element<'d>>>,
}

impl<'d> Parts<'d> {
    fn of(whole: Element<'d>) -> Parts<'d> {
        Parts { whole, left: whole.children().collect::<Vec<_>>().into_iter().peekable() }
    }

    fn next(&mut self, name: &str) -> Option<Element<'d>> {
        self.left.next_if(|part| part.is(SIGNATURE, name))
    }

    /// The next part is this one.
    fn one(&mut self, name: &str, fits: fn(Element<'_>) -> bool) -> bool {
        self.next(name).is_some_and(fits)
    }

    /// It may be this one.
    fn perhaps(&mut self, name: &str, fits: fn(Element<'_>) -> bool) -> bool {
        self.next(name).is_none_or(fits)
    }

    /// Any number of this one follow.
    fn more(&mut self, name: &str, fits: fn(Element<'_>) -> bool) -> bool {
        std::iter::from_fn(|| self.next(name)).all(fits)
    }

    /// Nothing more, and no text in between.
    fn end(&mut self) -> bool {
        self.left.peek().is_none() && !self.whole.has_text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Document, Limits};

    const COMPLETE: &str = "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>\
        <CanonicalizationMethod Algorithm=\"c14n\"/><SignatureMethod Algorithm=\"rsa\"/>\
        <Reference URI=\"\"><Transforms><Transform Algorithm=\"enveloped\"/></Transforms>\
        <DigestMethod Algorithm=\"sha256\"/><DigestValue>AAAA</DigestValue></Reference></SignedInfo>\
        <SignatureValue>BBBB</SignatureValue><KeyInfo><X509Data><X509Certificate>CCCC</X509Certificate>\
        <X509CRL>DDDD</X509CRL></X509Data></KeyInfo></Signature>";

    fn keeps(signature: &str) -> bool {
        keeps_to_schema(Document::parse(signature, &Limits::default()).unwrap().root())
    }

    /// The signature with an element taken out, emptied, or without its tags.
    fn changed(name: &str, how: &str) -> String {
        let start = COMPLETE.find(&format!("<{name} ")).or_else(|| COMPLETE.find(&format!("<{name}>"))).unwrap();
        let open = start + COMPLETE[start..].find('>').unwrap() + 1;
        let is_closed = COMPLETE[..open].ends_with("/>");
        let close = if is_closed { open } else { open + COMPLETE[open..].find(&format!("</{name}>")).unwrap() };
        let end = if is_closed { open } else { close + name.len() + 3 };
        let instead = match how {
            "missing" => String::new(),
            "empty" => format!("{}</{name}>", &COMPLETE[start..open]),
            "unwrapped" => COMPLETE[open..close].to_owned(),
            text => format!("{}{text}</{name}>", &COMPLETE[start..open]),
        };
        format!("{}{instead}{}", &COMPLETE[..start], &COMPLETE[end..])
    }

    #[test]
    fn what_may_be_left_out_and_what_not() {
        assert!(keeps(COMPLETE));
        for (element, passes, does_not) in [
            ("SignedInfo", &[][..], &["missing", "empty", "unwrapped", "s"][..]),
            ("CanonicalizationMethod", &[], &["missing"]),
            ("SignatureMethod", &[], &["missing"]),
            ("Reference", &[], &["missing", "empty", "unwrapped"]),
            ("Transforms", &["missing"], &["empty", "unwrapped"]),
            ("Transform", &[], &["missing"]),
            ("DigestMethod", &[], &["missing"]),
            ("DigestValue", &["empty", "AAA="], &["missing", "unwrapped", "s", "AAAA="]),
            ("SignatureValue", &["empty", " B B\nBB "], &["missing", "unwrapped", "s", "<a/>"]),
            ("KeyInfo", &["missing", "<KeyName>k</KeyName>"], &["empty", "unwrapped", "s", "<Key/>"]),
            ("KeyInfo", &["<k:key xmlns:k='urn:k'/>"], &["<X509Certificate/>"]),
            ("X509Data", &["<X509SubjectName/>"], &["missing", "empty", "unwrapped", "s"]),
            ("X509Certificate", &["missing", "empty"], &["s"]),
            ("X509CRL", &["missing", "empty"], &["s", "unwrapped"]),
        ] {
            for (ways, expected) in [(passes, true), (does_not, false)] {
                for how in ways {
                    let signature = changed(element, how);
                    assert_eq!(keeps(&signature), expected, "{element} {how}: {signature}");
                }
            }
        }
    }

    #[test]
    fn what_may_be_there_twice_or_in_another_order() {
        for (from, to, expected) in [
            ("</KeyInfo>", "</KeyInfo><Object>any <thing/></Object><Object/>", true),
            ("<KeyInfo>", "<Object/><KeyInfo>", false),
            ("<KeyInfo>", "text<KeyInfo>", false),
            ("<Transform ", "<Transform Algorithm=\"base64\"/><Transform ", true),
            (" Algorithm=\"rsa\"", "", false),
            (" Algorithm=\"enveloped\"", "", false),
            ("<DigestMethod Algorithm=\"sha256\"/>", "<DigestMethod/>", false),
            ("<SignatureValue>", "<SignatureValue xmlns=\"\">", false),
        ] {
            let signature = COMPLETE.replace(from, to);
            assert_eq!(keeps(&signature), expected, "{signature}");
        }
    }
}
