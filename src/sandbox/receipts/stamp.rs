//! The document of a digital stamp: whether a PSP's may pass, and one for the desk (`domain` 7.3).
//!
//! The station reads such a document leniently, because the money has moved; the Node takes none that breaks its schema.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Europe::Rome;

use super::signature::{self, SIGNATURE, holds_base64};
use crate::domain::amount::AmountOrZero;
use crate::soap::read_stamp;
use crate::xml::{Document, Element, Limits, Writer, decode};

const STAMP: &str = "http://www.agenziaentrate.gov.it/2014/MarcaDaBollo";
const SHA_256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const CANONICAL: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// The elements of a stamp, in their order.
const PARTS: [(&str, &str); 7] = [
    (STAMP, "PSP"),
    (STAMP, "IUBD"),
    (STAMP, "OraAcquisto"),
    (STAMP, "Importo"),
    (STAMP, "TipoBollo"),
    (STAMP, "ImprontaDocumento"),
    (SIGNATURE, "Signature"),
];

/// Whether a document keeps to the schema of stamps.
pub(in crate::sandbox) fn check(bytes: &[u8]) -> bool {
    let Ok(stamp) = read_stamp(bytes) else { return false };
    let Ok(text) = decode(bytes, None) else { return false };
    let Ok(document) = Document::parse(&text, &Limits::default()) else { return false };
    let root = document.root();
    let part = |namespace, name| root.children().find(|child| child.is(namespace, name));
    let Some(psp) = part(STAMP, "PSP") else { return false };
    let Some(print) = part(STAMP, "ImprontaDocumento") else { return false };
    let Some(signature) = part(SIGNATURE, "Signature") else { return false };
    consists_of(root, &PARTS)
        && consists_of(psp, &[(STAMP, "CodiceFiscale"), (STAMP, "Denominazione")])
        && psp.children().all(|part| !part.text().trim().is_empty())
        && consists_of(print, &[(STAMP, "DigestMethod"), (SIGNATURE, "DigestValue")])
        && print.children().last().is_some_and(holds_base64)
        && signature::keeps_to_schema(signature)
        && is_date_time(&stamp.bought_at)
        && stamp.kind == "01"
}

fn consists_of(element: Element<'_>, parts: &[(&str, &str)]) -> bool {
    let mut children = element.children();
    parts.iter().all(|(namespace, name)| children.next().is_some_and(|child| child.is(namespace, name)))
        && children.next().is_none()
        && !element.has_text()
}

/// `xs:dateTime`, with or without a zone.
fn is_date_time(text: &str) -> bool {
    let without_zone = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok();
    DateTime::parse_from_rfc3339(text).is_ok() || without_zone()
}

/// A stamp as a PSP sells it, with a signature that nobody can check: for the desk, and worth nothing elsewhere.
pub fn a_stamp(hash: &str, amount: AmountOrZero, psp: &str, now: DateTime<Utc>) -> Vec<u8> {
    let iubd = uuid::Uuid::new_v4().as_u128() % 100_000_000_000_000;
    let bought_at = now.with_timezone(&Rome).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string();
    let mut xml = Writer::new();
    xml.open_with("marcaDaBollo", &[("xmlns", STAMP), ("xmlns:ns2", SIGNATURE)]);
    xml.open("PSP").element("CodiceFiscale", psp).element("Denominazione", psp).close("PSP");
    xml.element("IUBD", &format!("{iubd:014}")).element("OraAcquisto", &bought_at);
    xml.element("Importo", &amount.euro()).element("TipoBollo", "01");
    xml.open("ImprontaDocumento");
    xml.open_with("DigestMethod", &[("Algorithm", SHA_256)]).close("DigestMethod");
    xml.element("ns2:DigestValue", hash).close("ImprontaDocumento");
    sign(&mut xml);
    xml.close("marcaDaBollo");
    xml.finish().into_bytes()
}

fn sign(xml: &mut Writer) {
    let method = |name: &str, algorithm: &str, xml: &mut Writer| {
        xml.open_with(name, &[("Algorithm", algorithm)]).close(name);
    };
    xml.open_with("Signature", &[("xmlns", SIGNATURE)]).open("SignedInfo");
    method("CanonicalizationMethod", CANONICAL, xml);
    method("SignatureMethod", RSA, xml);
    xml.open_with("Reference", &[("URI", "")]).open("Transforms");
    method("Transform", ENVELOPED, xml);
    xml.close("Transforms");
    method("DigestMethod", SHA_256, xml);
    xml.element("DigestValue", "AAAA").close("Reference").close("SignedInfo");
    xml.element("SignatureValue", "AAAA").close("Signature");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::ledger::tests::noon;

    fn stamp() -> String {
        let amount = AmountOrZero::from_cents(1_600).unwrap();
        String::from_utf8(a_stamp("Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=", amount, "99000003030", noon()))
            .unwrap()
    }

    #[test]
    fn the_desks_own_stamp_passes() {
        assert!(check(stamp().as_bytes()));
        let read = read_stamp(stamp().as_bytes()).unwrap();
        assert_eq!(read.digest, "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=");
        assert_eq!(
            (read.importo.to_string().as_str(), read.bought_at.as_str()),
            ("16.00", "2026-11-22T13:00:00.000+01:00")
        );
        assert_ne!(read.iubd, read_stamp(stamp().as_bytes()).unwrap().iubd);
    }

    #[test]
    fn what_passes_and_what_does_not() {
        let stamp = stamp();
        let iubd = read_stamp(stamp.as_bytes()).unwrap().iubd;
        let without = |from: &str, to: &str| {
            let (start, end) = (stamp.find(from).unwrap(), stamp.find(to).unwrap() + to.len());
            format!("{}{}", &stamp[..start], &stamp[end..])
        };
        let with = |from: &str, to: &str| {
            assert!(stamp.contains(from), "{from}");
            stamp.replace(from, to)
        };
        for good in [
            with(">16.00<", ">5<"),
            with(">16.00<", ">5.8<"),
            with(">Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=<", "><"),
            with("<SignatureValue>AAAA", "<SignatureValue>"),
            with(".000+01:00", ""),
        ] {
            assert!(check(good.as_bytes()), "{good}");
        }
        for bad in [
            with(">16.00<", ">5.845<"),
            with(">16.00<", ">5,84<"),
            with(">01<", ">02<"),
            with("2026-11-22T", "T"),
            with("T13:00:00.000+01:00", ""),
            with(&iubd, ""),
            with("<CodiceFiscale>99000003030", "<CodiceFiscale>"),
            without("<PSP>", "</PSP>"),
            without("<Denominazione>", "</Denominazione>"),
            without("<ImprontaDocumento>", "</ImprontaDocumento>"),
            without("<ns2:DigestValue>", "</ns2:DigestValue>"),
            with(">Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=<", ">s<"),
            with("<PSP>", "text<PSP>"),
            without("<Signature ", "</Signature>"),
            without("<SignedInfo>", "</SignedInfo>"),
            without("<SignatureValue>", "</SignatureValue>"),
            without("<Reference ", "</Reference>"),
            "no XML".into(),
        ] {
            assert!(!check(bad.as_bytes()), "{bad}");
        }
    }
}
