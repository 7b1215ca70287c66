//! What careless stations do wrong, one thing each, and the rules that catch them.

mod answers;
mod messages;
mod notices;
mod payments;

pub use self::answers::ANSWERS;
pub use self::messages::MESSAGES;
pub use self::notices::NOTICES;
pub use self::payments::{MOODS, RECEIPTS};
use super::careless::{Answer, Behind, Call, Flaw};
use super::nav_of;

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

/// What the station says of a notice that can be paid, in place of what was asked.
fn as_payable(call: &Call, station: &Behind) -> Answer {
    if call.is_receipt() {
        return Answer::to(call, "<outcome>OK</outcome>");
    }
    let root = if call.is_get() { call.root() } else { "paVerifyPaymentNoticeReq" };
    // The last one, which no case pays.
    let nav = nav_of("TARI 2026, utenza 60");
    let content = format!("{}{}", crate::given::comune(), crate::given::qr_code(crate::given::COMUNE, &nav));
    let headers = vec![("content-type".into(), "text/xml; charset=utf-8".into())];
    let body = crate::given::request(root, &content).into_bytes();
    let answer = station.ask(&Call { method: "POST".into(), headers, body });
    // Whatever else is asked of it, its IUV is right.
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
