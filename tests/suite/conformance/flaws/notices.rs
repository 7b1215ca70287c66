//! Notices that are known badly.

use super::{Broken, as_payable, broken, payable_if, payable_instead};
use crate::conformance::careless::Answer;
use crate::given::{BANK, POSTAL};

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
        Some(station.ask(&if postal {
            call.with("</qrCode>", "</qrCode><transferType>POSTAL</transferType>")
        } else {
            call.clone()
        }))
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
        let stamp =
            format!("<richiestaMarcaDaBollo>{}</richiestaMarcaDaBollo>", answer.element("richiestaMarcaDaBollo"));
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
