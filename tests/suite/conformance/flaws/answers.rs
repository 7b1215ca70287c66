//! Answers that the Node cannot use.

use std::time::Duration;

use super::{Broken, broken};
use crate::conformance::careless::Answer;
use crate::given::BANK;

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
    broken("writes & as it is", &["well-formed"], |call, station| {
        Some(station.ask(call).with("Tributi", "Tributi & C"))
    }),
    broken("answers in SOAP 1.2", &["envelope"], |call, station| {
        let answer = station.ask(call);
        Some(answer.with("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"))
    }),
    broken("answers without an envelope", &["envelope"], |call, station| {
        let answer = station.ask(call).with("</soapenv:Body></soapenv:Envelope>", "");
        let root = answer.body.find("<paf:").map_or(0, |at| at);
        let body =
            answer.body[root..].replacen('>', " xmlns:paf=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\">", 1);
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
        let option = format!(
            "<paymentOptionDescription>{}</paymentOptionDescription>",
            answer.element("paymentOptionDescription")
        );
        Some(answer.with(&option, &format!("{option}{option}")))
    }),
    broken("has neither an account nor a stamp", &["schema"], |call, station| Some(station.ask(call).without("IBAN"))),
    broken("says KO and not why", &["ko-has-fault"], |call, station| Some(station.ask(call).without("fault"))),
    broken("says OK with a fault", &["ok-has-no-fault"], |call, station| {
        let fault =
            "<fault><faultCode>PAA_SYSTEM_ERROR</faultCode><faultString>No</faultString><id>99000001018</id></fault>";
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
    broken("answers the notice number as the IUV", &["reference"], |call, station| {
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
