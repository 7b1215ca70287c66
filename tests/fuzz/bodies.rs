//! What every parser of bytes must keep to, whatever the bytes: the bodies of the fuzz targets.
//!
//! No body may panic; some also say what must hold of an input that was accepted.

use chrono::{TimeZone, Utc};
use ec_station::domain::bill::Bill;
use ec_station::domain::codes::OrganizationCode;
use ec_station::domain::payment_request::{Given, Reach};
use ec_station::domain::position::{DebtPosition, Notice, PaymentOption};
use ec_station::intake::{self, Format, Rules, Validation};
use ec_station::pay::read_opening;
use ec_station::soap::{self, Read};
use ec_station::xml::{self, Document, Limits};

const LIMITS: Limits = Limits { depth: 32, attributes: 64, elements: 20_000 };

/// A SOAP message: with or without a charset from HTTP it is a request, a malformed one, or none.
pub fn message(bytes: &[u8]) {
    for charset in [None, Some("utf-8"), Some("iso-8859-1"), Some("utf-16")] {
        let read = soap::read(bytes, charset, &LIMITS);
        // A document type never gets as far as an operation.
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.trim_start_matches('\u{FEFF}').starts_with("<!DOCTYPE") || read == Read::NoOperation);
    }
}

/// A digital stamp.
pub fn stamp(bytes: &[u8]) {
    if let Ok(stamp) = soap::read_stamp(bytes) {
        assert!(!stamp.iubd.is_empty());
        assert!(stamp.importo.scale() <= 2);
    }
}

/// The body of a call that opens a payment request: what was told can be kept, and a callback can be sent.
pub fn opening(bytes: &[u8]) {
    let reach = Reach { http: false, private_addresses: false };
    for is_form in [false, true] {
        let Ok(opening) = read_opening(bytes, is_form, reach) else { continue };
        let kept = serde_json::to_string(&opening.given).expect("what was told has a JSON form");
        assert!(!kept.contains("\\u0000"), "{kept}");
        assert_eq!(serde_json::from_str::<Given>(&kept).expect("it reads back"), opening.given, "{kept}");
        assert!(opening.callback.is_none_or(|callback| callback.faults(reach).is_empty()));
    }
}

/// Any XML: what was read can be written and read again, and says the same.
pub fn xml(bytes: &[u8]) {
    let Ok(text) = xml::decode(bytes, None) else { return };
    let Ok(document) = Document::parse(&text, &LIMITS) else { return };
    let mut waiting = vec![document.root()];
    while let Some(element) = waiting.pop() {
        let said = element.text();
        assert!(said.chars().all(xml::is_xml_char));
        let written = format!("<x>{}</x>", xml::escape_text(&said));
        let again = xml::decode(written.as_bytes(), Some("utf-8")).expect("text is UTF-8");
        let again = Document::parse(&again, &LIMITS).expect("what we write is well-formed");
        assert_eq!(again.root().text(), said);
        waiting.extend(element.children());
    }
}

/// A file of positions, in every form and under both rules: what strict validation takes can be told to the Node.
pub fn positions(bytes: &[u8]) {
    for format in [Format::Json, Format::Jsonl, Format::Csv] {
        for (validation, history) in [(Validation::Strict, false), (Validation::Gpd, false), (Validation::Strict, true)]
        {
            let rules = Rules {
                organization: OrganizationCode::new("99000001018"),
                validation,
                history,
                now: Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap(),
                catalogue: None,
                registered_ibans: vec![],
            };
            let Ok(items) = intake::read(format, bytes, rules) else { continue };
            let taken = items.filter_map(Result::ok).filter_map(|item| item.result.ok());
            taken.filter(|_| validation == Validation::Strict).for_each(can_be_told);
        }
    }
}

fn can_be_told(position: DebtPosition) {
    let DebtPosition { company_name, office_name, status, options, .. } = position;
    let notice = |option: PaymentOption| Notice {
        company_name: company_name.clone(),
        office_name: office_name.clone(),
        status,
        rival_paid: false,
        option,
    };
    for option in options {
        let bill = Bill::of(notice(option));
        assert!(bill.is_ok(), "{bill:?}");
    }
}
