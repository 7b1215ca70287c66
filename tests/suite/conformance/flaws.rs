//! What careless stations do wrong, one thing each, and the rules that catch them.

use std::time::Duration;

use super::careless::{Answer, Behind, Call, Flaw};
use super::nav_of;
use crate::given::{BANK, POSTAL};

/// A careless station.
#[derive(Clone, Copy)]
pub struct Broken {
    /// What it does.
    pub what: &'static str,
    /// The rules that it breaks.
    pub rules: &'static [&'static str],
    /// How.
    pub flaw: Flaw,
}

const fn broken(what: &'static str, rules: &'static [&'static str], flaw: Flaw) -> Broken {
    Broken { what, rules, flaw }
}

/// Stations whose answers the Node cannot use.
pub const ANSWERS: &[Broken] = &[
    broken("drops the connection", &["reachable"], |call, station| {
        let first = call.is_get() && station.count("gets") == 1;
        if first { None } else { Some(station.ask(call)) }
    }),
    broken("answers too late", &["in-time"], |call, station| {
        if station.count("calls") == 1 {
            std::thread::sleep(Duration::from_secs(4));
        }
        Some(station.ask(call))
    }),
    broken("answers a KO with 404", &["http-status"], |call, station| {
        let answer = station.ask(call);
        Some(if answer.is_ko() { Answer { status: 404, ..answer } } else { answer })
    }),
    broken("answers an OK with 500", &["http-status"], |call, station| {
        Some(Answer { status: 500, ..station.ask(call) })
    }),
    broken("says that its XML is text", &["content-type"], |call, station| {
        Some(Answer { content_type: "text/plain; charset=utf-8".into(), ..station.ask(call) })
    }),
    broken("says that its XML is JSON", &["content-type"], |call, station| {
        Some(Answer { content_type: "application/json".into(), ..station.ask(call) })
    }),
    broken("does not say what it answers", &["content-type"], |call, station| {
        Some(Answer { content_type: String::new(), ..station.ask(call) })
    }),
    broken("does not close what it opens", &["well-formed"], |call, station| {
        Some(station.ask(call).with("</soapenv:Envelope>", ""))
    }),
    broken("answers with a document type", &["well-formed"], |call, station| {
        let answer = station.ask(call);
        Some(Answer { body: format!("<!DOCTYPE Envelope>{}", answer.body), ..answer })
    }),
    broken("writes & as it is", &["well-formed"], |call, station| Some(station.ask(call).with("Tributi", "Tributi & C"))),
    broken("answers in SOAP 1.2", &["envelope"], |call, station| {
        let answer = station.ask(call);
        Some(answer.with("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"))
    }),
    broken("answers without an envelope", &["envelope"], |call, station| {
        let answer = station.ask(call).with("</soapenv:Body></soapenv:Envelope>", "");
        let root = answer.body.find("<paf:").map_or(0, |at| at);
        let body = answer.body[root..].replacen('>', " xmlns:paf=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\">", 1);
        Some(Answer { body, ..answer })
    }),
    broken("answers paGetPaymentV2 as paGetPayment", &["response"], |call, station| {
        Some(station.ask(call).with("paGetPaymentV2Response", "paGetPaymentRes"))
    }),
    broken("answers paSendRTV2 as the prose spells it", &["response"], |call, station| {
        Some(station.ask(call).with("paSendRTV2Response", "paSendRTV2Res"))
    }),
    broken("answers in no namespace", &["response"], |call, station| {
        Some(station.ask(call).with("<paf:", "<").with("</paf:", "</"))
    }),
    broken("has a default namespace on its roots", &["schema"], |call, station| {
        let answer = station.ask(call);
        let namespace = "xmlns=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"";
        let at = answer.body.find("<paf:").unwrap_or(0);
        let body = format!("{}{}", &answer.body[..at], answer.body[at..].replacen('>', &format!(" {namespace}>"), 1));
        Some(Answer { body, ..answer })
    }),
    broken("writes amounts with one decimal", &["schema"], |call, station| Some(station.ask(call).with(".50<", ".5<"))),
    broken("writes amounts with a comma", &["schema"], |call, station| Some(station.ask(call).with(".50<", ",50<"))),
    broken("writes dates as people do", &["schema"], |call, station| {
        Some(station.ask(call).with("2099-12-31", "31/12/2099"))
    }),
    broken("writes empty elements", &["schema"], |call, station| {
        Some(station.ask(call).with_element("officeName", ""))
    }),
    broken("forgets allCCP", &["schema"], |call, station| Some(station.ask(call).without("allCCP"))),
    broken("forgets dueDate in a payment", &["schema"], |call, station| {
        let answer = station.ask(call);
        Some(if call.is_get() { answer.without("dueDate") } else { answer })
    }),
    broken("adds an element of its own", &["schema"], |call, station| {
        Some(station.ask(call).with("<outcome>", "<version>1</version><outcome>"))
    }),
    broken("offers two options", &["schema"], |call, station| {
        let answer = station.ask(call);
        let option = format!("<paymentOptionDescription>{}</paymentOptionDescription>", answer.element("paymentOptionDescription"));
        Some(answer.with(&option, &format!("{option}{option}")))
    }),
    broken("has neither an account nor a stamp", &["schema"], |call, station| {
        Some(station.ask(call).without("IBAN"))
    }),
    broken("says KO and not why", &["ko-has-fault"], |call, station| Some(station.ask(call).without("fault"))),
    broken("says OK with a fault", &["ok-has-no-fault"], |call, station| {
        let fault = "<fault><faultCode>PAA_SYSTEM_ERROR</faultCode><faultString>No</faultString><id>99000001018</id></fault>";
        Some(station.ask(call).with("<outcome>OK</outcome>", &format!("<outcome>OK</outcome>{fault}")))
    }),
    broken("says OK and no more to a verify", &["ok-has-data"], |call, station| {
        Some(station.ask(call).without("paymentList"))
    }),
    broken("says OK and no more to a get", &["ok-has-data"], |call, station| Some(station.ask(call).without("data"))),
    broken("does not say who is paid", &["ok-has-data"], |call, station| {
        let answer = station.ask(call);
        Some(if call.is_get() { answer } else { answer.without("companyName") })
    }),
    broken("speaks as the Node does", &["fault-code"], |call, station| {
        Some(station.ask(call).with("<faultCode>PAA_", "<faultCode>PPT_"))
    }),
    broken("takes less than is due", &["exact-amount"], |call, station| {
        Some(station.ask(call).with("<options>EQ</options>", "<options>LS</options>"))
    }),
    broken("answers for another creditor", &["organization"], |call, station| {
        let answer = station.ask(call);
        Some(if call.is_get() { answer } else { answer.with_element("fiscalCodePA", "99000002024") })
    }),
    broken("answers the notice number as the IUV", &["reference", "iuv"], |call, station| {
        let answer = station.ask(call);
        let nav = call.element("noticeNumber");
        Some(answer.with_element("creditorReferenceId", &nav))
    }),
    broken("adds up wrongly", &["sum"], |call, station| {
        Some(station.ask(call).with_element("paymentAmount", "120.49"))
    }),
    broken("numbers every transfer 1", &["transfer-ids"], |call, station| {
        Some(station.ask(call).with("<idTransfer>2<", "<idTransfer>1<"))
    }),
    broken("pays somebody that nobody knows", &["beneficiary"], |call, station| {
        let answer = station.ask(call);
        let to = "<fiscalCodePA>00000000000</fiscalCodePA>";
        Some(if call.is_get() { answer.with("<fiscalCodePA>99000002024</fiscalCodePA>", to) } else { answer })
    }),
    broken("pays to an account that is not registered", &["account"], |call, station| {
        Some(station.ask(call).with(BANK, "IT93I9999922222000000654321"))
    }),
    broken("offers a payment without its notice", &["demanded-notice"], |call, station| {
        if call.root() != "paDemandPaymentNoticeRequest" {
            return Some(station.ask(call));
        }
        let option = "<amount>35.00</amount><options>EQ</options><allCCP>false</allCCP>";
        let list = format!("<paymentList><paymentOptionDescription>{option}</paymentOptionDescription></paymentList>");
        let rest = "<paymentDescription>Mensa</paymentDescription><fiscalCodePA>99000001018</fiscalCodePA>";
        let name = "<companyName>Comune di Borgolieve</companyName>";
        Some(Answer::to(call, &format!("<outcome>OK</outcome>{list}{rest}{name}")))
    }),
];

/// Stations that know their notices badly.
pub const NOTICES: &[Broken] = &[
    broken("refuses what can be paid", &["payable"], |call, station| {
        let answer = station.ask(call);
        Some(if answer.is_ok() && !call.is_receipt() { Answer::ko(call, "PAA_SYSTEM_ERROR") } else { answer })
    }),
    broken("tells an amount of yesterday", &["amount"], |call, station| {
        Some(station.ask(call).with_element("amount", "119.50"))
    }),
    broken("tells another name", &["company-name"], |call, station| {
        Some(station.ask(call).with_element("companyName", "Comune"))
    }),
    broken("lets everything expire", &["overdue"], |call, station| {
        let answer = station.ask(call);
        Some(if answer.says("<dueDate>2020-") { Answer::ko(call, "PAA_PAGAMENTO_SCADUTO") } else { answer })
    }),
    broken("forgets who owes it", &["debtor"], |call, station| {
        Some(station.ask(call).with("VRDPNC70A01Z999J", "ANONIMO"))
    }),
    broken("shares out otherwise", &["transfers"], |call, station| {
        Some(station.ask(call).with(">100.00<", ">100.01<").with(">20.50<", ">20.49<").with(">25.50<", ">25.49<"))
    }),
    broken("loses the creditor's entries", &["metadata"], |call, station| Some(station.ask(call).without("metadata"))),
    broken("does not mind POSTAL", &["postal"], |call, station| {
        Some(station.ask(&call.without("<transferType>", "</transferType>")))
    }),
    broken("does not mind PAGOPA", &["postal-beside"], |call, station| {
        Some(station.ask(&call.with("<transferType>PAGOPA</transferType>", "")))
    }),
    broken("wants a postal account for every POSTAL", &["postal-wish"], |call, station| {
        let answer = station.ask(call);
        let refused = call.says("<transferType>") && answer.is_ok() && !answer.says(POSTAL);
        Some(if refused { Answer::ko(call, "PAA_SEMANTICA") } else { answer })
    }),
    broken("always names the postal account", &["accounts"], |call, station| {
        let postal = call.is_get() && !call.says("<transferType>");
        Some(station.ask(&if postal { call.with("</qrCode>", "</qrCode><transferType>POSTAL</transferType>") } else { call.clone() }))
    }),
    broken("says that nothing can be paid by slip", &["all-ccp"], |call, station| {
        Some(station.ask(call).with_element("allCCP", "false"))
    }),
    broken("says that everything can be paid by slip", &["all-ccp"], |call, station| {
        Some(station.ask(call).with_element("allCCP", "true"))
    }),
    broken("forgets which document is stamped", &["stamp"], |call, station| {
        Some(station.ask(call).with_element("provinciaResidenza", "ZZ"))
    }),
    broken("sells stamps as transfers", &["stamp-v1"], |call, station| {
        let answer = station.ask(call);
        if call.root() != "paGetPaymentReq" || !answer.says("PAA_SEMANTICA") {
            return Some(answer);
        }
        let answer = station.ask(&call.with("paGetPaymentReq", "paGetPaymentV2Request"));
        let stamp = format!("<richiestaMarcaDaBollo>{}</richiestaMarcaDaBollo>", answer.element("richiestaMarcaDaBollo"));
        let answer = answer.with(&stamp, &format!("<IBAN>{BANK}</IBAN>"));
        Some(answer.with("paGetPaymentV2Response", "paGetPaymentRes"))
    }),
    broken("wants the PSP to know the amount", &["request-amount"], |call, station| {
        let answer = station.ask(call);
        let told = call.element("amount");
        let wrong = call.is_get() && answer.is_ok() && !told.is_empty() && told != answer.element("paymentAmount");
        Some(if wrong { Answer::ko(call, "PAA_ATTIVA_RPT_IMPORTO_NON_VALIDO") } else { answer })
    }),
    broken("wants an amount in every request", &["request-optional"], |call, station| {
        let missing = call.is_get() && !call.says("<amount>");
        Some(if missing { Answer::ko(call, "PAA_SINTASSI_EXTRAXSD") } else { station.ask(call) })
    }),
    broken("makes up what it does not know", &["unknown-notice"], |call, station| {
        let answer = station.ask(call);
        let unknown = answer.says("PAA_PAGAMENTO_SCONOSCIUTO") && !call.says("000000000000000000");
        Some(if unknown { as_payable(call, station) } else { answer })
    }),
    broken("says that what it does not know has expired", &["unknown-notice"], |call, station| {
        Some(station.ask(call).with("PAA_PAGAMENTO_SCONOSCIUTO", "PAA_PAGAMENTO_SCADUTO"))
    }),
    broken("checks the digits of the probe", &["probe"], |call, station| {
        let probe = call.says("<noticeNumber>000000000000000000<");
        Some(if probe { Answer::ko(call, "PAA_SINTASSI_EXTRAXSD") } else { station.ask(call) })
    }),
    broken("lets drafts be paid", &["draft-notice"], |call, station| Some(payable_if(call, station, "Bozza"))),
    broken("does not look when a notice begins", &["not-yet-valid-notice"], |call, station| {
        Some(payable_if(call, station, "Valido tra molti anni"))
    }),
    broken("lets what has expired be paid", &["expired-notice"], |call, station| {
        Some(payable_instead(call, station, "PAA_PAGAMENTO_SCADUTO"))
    }),
    broken("lets what was cancelled be paid", &["cancelled-notice"], |call, station| {
        Some(payable_instead(call, station, "PAA_PAGAMENTO_ANNULLATO"))
    }),
    broken("does not know what was cancelled", &["cancelled-notice"], |call, station| {
        Some(station.ask(call).with("PAA_PAGAMENTO_ANNULLATO", "PAA_PAGAMENTO_SCONOSCIUTO"))
    }),
    broken("lets a debt be paid twice, another way", &["superseded-notice"], |call, station| {
        Some(payable_if(call, station, "Oneri di urbanizzazione"))
    }),
    broken("lets what is paid be paid again", &["paid-notice", "settled"], |call, station| {
        Some(payable_instead(call, station, "PAA_PAGAMENTO_DUPLICATO"))
    }),
    broken("forgets what is paid", &["paid-notice"], |call, station| {
        Some(station.ask(call).with("PAA_PAGAMENTO_DUPLICATO", "PAA_PAGAMENTO_SCONOSCIUTO"))
    }),
    broken("serves every creditor", &["unknown-organization"], |call, station| {
        Some(station.ask(&call.with(">00000000000<", ">99000001018<")))
    }),
    broken("serves every broker", &["unknown-broker"], |call, station| {
        Some(station.ask(&call.with("<idBrokerPA>00000000000<", "<idBrokerPA>99000001018<")))
    }),
    broken("serves every station", &["unknown-station"], |call, station| {
        Some(station.ask(&call.with(">00000000000_99<", ">99000001018_01<")))
    }),
];

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
            let refused = answer.says("PAA_SINTASSI_EXTRAXSD") || answer.says("PAA_SINTASSI_XSD") || answer.status == 500;
            Some(if refused { as_payable(call, station) } else { answer })
        },
    ),
    broken("calls a fault of syntax an internal one", &["mandatory-element", "receipt-syntax"], |call, station| {
        Some(station.ask(call).with("PAA_SINTASSI_EXTRAXSD", "PAA_SYSTEM_ERROR").with("PAA_SINTASSI_XSD", "PAA_SYSTEM_ERROR"))
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

/// Stations that change their mind.
pub const MOODS: &[Broken] = &[
    broken("locks a notice when its payment begins", &["no-lock"], |call, station| {
        let nav = call.element("noticeNumber");
        let locked = station.has_seen(&nav);
        if call.is_get() {
            station.count(&nav);
        }
        let asks = !call.is_receipt();
        Some(if locked && asks { Answer::ko(call, "PAA_PAGAMENTO_IN_CORSO") } else { station.ask(call) })
    }),
    broken("never says the same twice", &["repeatable"], |call, station| {
        let office = format!("Sportello {}", station.count("calls"));
        Some(station.ask(call).with_element("officeName", &office))
    }),
    broken("asks more than it said", &["agreement", "amount"], |call, station| {
        let answer = station.ask(call);
        Some(if call.is_get() { answer.with(">120.50<", ">121.50<") } else { answer })
    }),
];

/// Stations that lose money.
pub const RECEIPTS: &[Broken] = &[
    broken("refuses receipts", &["receipt"], |call, station| {
        let answer = station.ask(call);
        Some(if call.is_receipt() && answer.is_ok() { Answer::ko(call, "PAA_SEMANTICA") } else { answer })
    }),
    broken("breaks when a receipt comes again", &["receipt-again"], |call, station| {
        let answer = station.ask(call);
        Some(if answer.says("PAA_RECEIPT_DUPLICATA") { Answer::fault() } else { answer })
    }),
    broken("throws receipts away", &["settled"], |call, station| {
        Some(if call.is_receipt() { Answer::to(call, "<outcome>OK</outcome>") } else { station.ask(call) })
    }),
    broken("breaks at a second payment", &["second-payment"], |call, station| {
        let second = call.is_receipt() && station.count(call.element("noticeNumber")) > 1;
        Some(if second { Answer::fault() } else { station.ask(call) })
    }),
    broken("wants to have begun every payment", &["unknown-receipt", "broadcast"], |call, station| {
        if call.is_get() {
            station.count(call.element("noticeNumber"));
        }
        let own = call.element("idPA") == call.element("fiscalCode");
        let stranger = call.is_receipt() && !(own && station.has_seen(&call.element("noticeNumber")));
        Some(if stranger { Answer::ko(call, "PAA_RPT_SCONOSCIUTA") } else { station.ask(call) })
    }),
    broken("breaks at the receipts of others", &["receipt-for-nobody"], |call, station| {
        let stranger = call.is_receipt() && call.element("idPA") == "00000000000";
        Some(if stranger { Answer::fault() } else { station.ask(call) })
    }),
    broken("wants the version that it began with", &["generations"], |call, station| {
        let nav = call.element("noticeNumber");
        let second = call.root().contains("V2");
        if call.is_get() {
            station.count(format!("{nav} {second}"));
        }
        let other = call.is_receipt() && station.has_seen(&format!("{nav} {}", !second));
        Some(if other { Answer::ko(call, "PAA_SEMANTICA") } else { station.ask(call) })
    }),
    broken("has no place for stamps", &["stamp-receipt"], |call, station| {
        Some(if call.says("<MBDAttachment>") { Answer::ko(call, "PAA_SEMANTICA") } else { station.ask(call) })
    }),
    broken("wants a fee in every receipt", &["receipt-optional"], |call, station| {
        let missing = call.is_receipt() && !call.says("<fee>");
        Some(if missing { Answer::ko(call, "PAA_SINTASSI_EXTRAXSD") } else { station.ask(call) })
    }),
    broken("knows true and false only", &["booleans"], |call, station| {
        let number = call.says("<standIn>0<") || call.says("<standIn>1<");
        Some(if number { Answer::ko(call, "PAA_SINTASSI_EXTRAXSD") } else { station.ask(call) })
    }),
    broken("does not want the stand-in's receipts", &["stand-in"], |call, station| {
        Some(if call.says("<standIn>true<") { Answer::ko(call, "PAA_SEMANTICA") } else { station.ask(call) })
    }),
    broken("knows one place of standIn", &["stand-in-spelling"], |call, station| {
        let strange = call.says("<standin>") || call.says("</receipt><standIn>");
        Some(if strange { Answer::ko(call, "PAA_SINTASSI_EXTRAXSD") } else { station.ask(call) })
    }),
    broken("refuses receipts for their form", &["lenient-receipt"], |call, station| {
        let strange = call.says("<touchPoint>") || call.element("description").len() > 140;
        Some(if call.is_receipt() && strange { Answer::fault() } else { station.ask(call) })
    }),
    broken("refuses money that is not due", &["money-has-moved"], |call, station| {
        let other = call.is_receipt() && call.element("paymentAmount") == "0.50";
        Some(if other { Answer::ko(call, "PAA_SEMANTICA") } else { station.ask(call) })
    }),
    broken("takes every receipt for a payment", &["ko-receipt"], |call, station| {
        Some(station.ask(&call.with("<outcome>KO</outcome>", "<outcome>OK</outcome>")))
    }),
];

/// What the station says of a notice that can be paid, in place of what was asked.
fn as_payable(call: &Call, station: &Behind) -> Answer {
    if call.is_receipt() {
        return Answer::to(call, "<outcome>OK</outcome>");
    }
    let root = if call.is_get() { call.root() } else { "paVerifyPaymentNoticeReq" };
    let nav = nav_of("TARI 2026, utenza 1");
    let content = format!("{}{}", crate::given::comune(), crate::given::qr_code(crate::given::COMUNE, &nav));
    let headers = vec![("content-type".into(), "text/xml; charset=utf-8".into())];
    let body = crate::given::request(root, &content).into_bytes();
    let answer = station.ask(&Call { method: "POST".into(), headers, body });
    // So that it is the right notice, as far as that can be told.
    let asked = call.element("noticeNumber");
    if asked.len() == 18 { answer.with_element("creditorReferenceId", &asked[1..]) } else { answer }
}

/// The same for one notice only.
fn payable_if(call: &Call, station: &Behind, description: &str) -> Answer {
    let its = !call.is_receipt() && call.element("noticeNumber") == nav_of(description);
    if its { as_payable(call, station) } else { station.ask(call) }
}

/// The same where the answer would have this code.
fn payable_instead(call: &Call, station: &Behind, code: &str) -> Answer {
    let answer = station.ask(call);
    if answer.says(code) && !call.is_receipt() { as_payable(call, station) } else { answer }
}

fn between(text: &str, from: &str, to: &str) -> Option<String> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(inner, _)| inner.to_owned())
}
