//! Payments that are locked or lost.

use super::{Broken, broken};
use crate::conformance::careless::Answer;

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
        Some(if stranger { Answer::ko(call, "PAA_SYSTEM_ERROR") } else { station.ask(call) })
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
