//! Messages that are read badly.

use super::{Broken, as_payable, broken};
use crate::conformance::careless::{Answer, between};

/// Stations that read badly.
pub const MESSAGES: &[Broken] = &[
    broken(
        "reads what it can",
        &[
            "mandatory-element",
            "value-shape",
            "element-order",
            "unknown-element",
            "qualified-children",
            "receipt-syntax",
            "unknown-operation",
            "not-soap",
            "document-type",
            "entities",
            "nesting",
            "must-understand",
            "soap-version",
        ],
        |call, station| {
            let answer = station.ask(call);
            let refused =
                answer.says("PAA_SINTASSI_EXTRAXSD") || answer.says("PAA_SINTASSI_XSD") || answer.status == 500;
            Some(if refused { as_payable(call, station) } else { answer })
        },
    ),
    broken("calls a fault of syntax an internal one", &["mandatory-element", "receipt-syntax"], |call, station| {
        Some(
            station
                .ask(call)
                .with("PAA_SINTASSI_EXTRAXSD", "PAA_SYSTEM_ERROR")
                .with("PAA_SINTASSI_XSD", "PAA_SYSTEM_ERROR"),
        )
    }),
    broken("puts entities in", &["entities"], |call, station| {
        let nav = between(&call.text(), "<!ENTITY nav \"", "\"");
        let call = call.without("<!DOCTYPE", "]>");
        Some(station.ask(&nav.map_or(call.clone(), |nav| call.with("&nav;", &nav))))
    }),
    broken("knows prefixes, not namespaces", &["namespaces"], |call, station| {
        let strange = call.says("Envelope") && !(call.says("<soapenv:Envelope") && call.says("<pafn:"));
        Some(if strange { Answer::fault() } else { station.ask(call) })
    }),
    broken("reads XML with regular expressions", &["xml"], |call, station| {
        let strange = call.says("<![CDATA[") || call.says("<!--");
        Some(if strange { Answer::ko(call, "PAA_SINTASSI_EXTRAXSD") } else { station.ask(call) })
    }),
    broken("does not want header blocks", &["envelope-header"], |call, station| {
        Some(if call.says("<t:trace") { Answer::fault() } else { station.ask(call) })
    }),
    broken("answers GET as if it were asked", &["post-only"], |call, station| {
        let asked = call.method == "POST";
        Some(if asked { station.ask(call) } else { as_payable(call, station) })
    }),
    broken("takes one label only", &["request-type", "encoding"], |call, station| {
        let label = call.header("content-type");
        Some(if label == "text/xml; charset=utf-8" { station.ask(call) } else { Answer::bare(415) })
    }),
    broken("wants quotes around SOAPAction", &["soap-action"], |call, station| {
        Some(if call.header("soapaction").starts_with('"') { station.ask(call) } else { Answer::fault() })
    }),
    broken("does not answer demands", &["demand"], |call, station| {
        Some(if call.root() == "paDemandPaymentNoticeRequest" { Answer::bare(404) } else { station.ask(call) })
    }),
];
