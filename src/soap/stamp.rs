//! Reads the XML of a digital stamp (*marca da bollo digitale*, `domain` 7.3). Its elements are qualified, unlike
//! those of the message that carries it.

use std::str::FromStr;

use rust_decimal::Decimal;
use yaserde::YaDeserialize;

use crate::domain::stamp::Stamp;
use crate::schema::lexical::is_blank;
use crate::xml::{self, Document};

/// Namespace of the stamp.
const STAMP: &str = "http://www.agenziaentrate.gov.it/2014/MarcaDaBollo";
/// The only digest there is.
const SHA_256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

#[derive(Debug, Default, YaDeserialize)]
#[yaserde(
    rename = "marcaDaBollo",
    prefix = "mdb",
    default_namespace = "mdb",
    namespaces = { "mdb" = "http://www.agenziaentrate.gov.it/2014/MarcaDaBollo", "ds" = "http://www.w3.org/2000/09/xmldsig#" }
)]
struct MarcaDaBollo {
    #[yaserde(rename = "PSP", prefix = "mdb")]
    psp: Psp,
    #[yaserde(rename = "IUBD", prefix = "mdb")]
    iubd: String,
    #[yaserde(rename = "OraAcquisto", prefix = "mdb")]
    bought_at: String,
    #[yaserde(rename = "Importo", prefix = "mdb")]
    importo: String,
    #[yaserde(rename = "TipoBollo", prefix = "mdb")]
    kind: String,
    #[yaserde(rename = "ImprontaDocumento", prefix = "mdb")]
    digest: ImprontaDocumento,
}

#[derive(Debug, Default, YaDeserialize)]
#[yaserde(prefix = "mdb", namespaces = { "mdb" = "http://www.agenziaentrate.gov.it/2014/MarcaDaBollo" })]
struct Psp {
    #[yaserde(rename = "CodiceFiscale", prefix = "mdb")]
    fiscal_code: String,
}

#[derive(Debug, Default, YaDeserialize)]
#[yaserde(
    prefix = "mdb",
    namespaces = { "mdb" = "http://www.agenziaentrate.gov.it/2014/MarcaDaBollo", "ds" = "http://www.w3.org/2000/09/xmldsig#" }
)]
struct ImprontaDocumento {
    #[yaserde(rename = "DigestMethod", prefix = "mdb")]
    method: DigestMethod,
    #[yaserde(rename = "DigestValue", prefix = "ds")]
    value: String,
}

#[derive(Debug, Default, YaDeserialize)]
#[yaserde(prefix = "mdb", namespaces = { "mdb" = "http://www.agenziaentrate.gov.it/2014/MarcaDaBollo" })]
struct DigestMethod {
    #[yaserde(rename = "Algorithm", attribute = true)]
    algorithm: String,
}

/// Reads a stamp, or says why it cannot be read.
pub fn read_stamp(bytes: &[u8]) -> Result<Stamp, String> {
    let text = xml::decode(bytes, None).map_err(|error| error.to_string())?;
    // The same guard as for messages: no document type, no entities, bounded depth. A signature nests deeper.
    let document = Document::parse(&text, &xml::Limits::default()).map_err(|error| error.to_string())?;
    if !document.root().is(STAMP, "marcaDaBollo") {
        return Err("the document is not a marcaDaBollo".into());
    }
    let read: MarcaDaBollo = yaserde::de::from_str(&text).map_err(|_| "a field of the stamp is missing".to_owned())?;
    let value = |text: &str| text.trim_matches(is_blank).to_owned();
    if read.iubd.is_empty() {
        return Err("the stamp has no IUBD".into());
    }
    if read.digest.method.algorithm != SHA_256 {
        return Err("the stamp's digest is not a SHA-256".into());
    }
    Ok(Stamp {
        iubd: read.iubd,
        bought_at: value(&read.bought_at),
        importo: importo(&value(&read.importo))?,
        kind: read.kind,
        psp_fiscal_code: read.psp.fiscal_code,
        digest: value(&read.digest.value),
    })
}

/// A decimal with two places at most.
fn importo(text: &str) -> Result<Decimal, String> {
    Decimal::from_str(text)
        .ok()
        .filter(|importo| importo.scale() <= 2 && !text.contains(['e', 'E', '_']))
        .ok_or_else(|| "the stamp's Importo is not an amount".into())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn a_stamp(importo: &str) -> String {
        format!(
            r##"<?xml version="1.0" encoding="UTF-8"?>
<marcaDaBollo xmlns="{STAMP}" xmlns:ns2="http://www.w3.org/2000/09/xmldsig#">
  <PSP><CodiceFiscale>99000003030</CodiceFiscale><Denominazione>Banca Esempio S.p.A.</Denominazione></PSP>
  <IUBD>01234567890123</IUBD><OraAcquisto>2026-03-10T10:02:44.000+01:00</OraAcquisto><Importo>{importo}</Importo>
  <TipoBollo>01</TipoBollo>
  <ImprontaDocumento><DigestMethod Algorithm="{SHA_256}"/>
    <ns2:DigestValue>Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=</ns2:DigestValue></ImprontaDocumento>
  <Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><Reference URI=""><Transforms>
    <Transform Algorithm="x"/></Transforms><DigestValue>AAAA</DigestValue></Reference></SignedInfo>
    <SignatureValue>AAAA</SignatureValue></Signature>
</marcaDaBollo>"##
        )
    }

    #[test]
    fn a_stamp_is_read_past_its_signature() {
        let stamp = read_stamp(a_stamp("16.00").as_bytes()).unwrap();
        assert_eq!(stamp.iubd, "01234567890123");
        assert_eq!(stamp.importo, Decimal::new(1600, 2));
        assert_eq!(stamp.kind, "01");
        assert_eq!(stamp.psp_fiscal_code, "99000003030");
        assert_eq!(stamp.digest, "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=");
    }

    #[test]
    fn any_prefix_will_do() {
        let prefixed =
            a_stamp("16").replace("<marcaDaBollo xmlns=", "<m:marcaDaBollo xmlns:m=").replace("</marca", "</m:marca");
        let prefixed = [
            "PSP",
            "CodiceFiscale",
            "Denominazione",
            "IUBD",
            "OraAcquisto",
            "Importo",
            "TipoBollo",
            "ImprontaDocumento",
            "DigestMethod",
        ]
        .iter()
        .fold(prefixed, |text, name| {
            text.replace(&format!("<{name}>"), &format!("<m:{name}>"))
                .replace(&format!("<{name} "), &format!("<m:{name} "))
                .replace(&format!("</{name}>"), &format!("</m:{name}>"))
        });
        assert_eq!(read_stamp(prefixed.as_bytes()).unwrap().iubd, "01234567890123");
    }

    #[test]
    fn what_is_no_stamp() {
        for (document, reason) in [
            ("<marcaDaBollo/>".to_owned(), "not a marcaDaBollo"),
            (a_stamp("sixteen"), "Importo"),
            (a_stamp("16.001"), "Importo"),
            (a_stamp("16").replace("<IUBD>01234567890123</IUBD>", ""), "missing"),
            (a_stamp("16").replace("xmlenc#sha256", "xmlenc#md5"), "SHA-256"),
            (format!("<!DOCTYPE x>{}", a_stamp("16").split_once("?>").unwrap().1), "type"),
            ("not XML".into(), ""),
        ] {
            let error = read_stamp(document.as_bytes()).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
