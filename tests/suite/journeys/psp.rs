//! PSPs at their counters: each speaks one generation of nodeForPsp, and every word of theirs goes over the wire.

use crate::given::COMUNE;
use crate::node::{BANK_HEAD, Node};
use crate::sandbox::activate::POSTE_HEAD;
use crate::sandbox::psp::{DAYS, DETAILS, receipts_that_are};
use crate::station::Reply;

/// A PSP.
#[derive(Clone, Copy, Debug)]
pub struct Psp {
    head: &'static str,
    generation: u8,
}

/// The bank, which speaks the first generation or the second.
pub fn bank(generation: u8) -> Psp {
    Psp { head: BANK_HEAD, generation }
}

/// The post office.
pub fn poste(generation: u8) -> Psp {
    Psp { head: POSTE_HEAD, generation }
}

impl Psp {
    /// Whether a notice of the town can be paid.
    pub fn verify(&self, node: &Node, nav: &str) -> Reply {
        let content = format!("{}{}", self.head, qr_code(nav));
        node.ask("verifyPaymentNotice", "verifyPaymentNoticeReq", &content)
    }

    /// The same of a postal slip.
    pub fn look_up_slip(&self, node: &Node, account: &str, nav: &str) -> Reply {
        let content = format!("{}<ccPost>{account}</ccPost><noticeNumber>{nav}</noticeNumber>", self.head);
        node.ask("verificaBollettino", "verificaBollettinoReq", &content)
    }

    /// Begins to pay.
    pub fn activate(&self, node: &Node, nav: &str) -> Reply {
        self.activate_with(node, nav, "")
    }

    /// The same, with what may come after the amount.
    pub fn activate_with(&self, node: &Node, nav: &str, more: &str) -> Reply {
        let content = format!("{}{}<amount>120.50</amount>{more}", self.head, qr_code(nav));
        match self.generation {
            1 => node.ask("activatePaymentNotice", "activatePaymentNoticeReq", &content),
            _ => node.ask("activatePaymentNoticeV2", "activatePaymentNoticeV2Request", &content),
        }
    }

    /// The token of a notice that can be paid.
    #[track_caller]
    pub fn begin(&self, node: &Node, nav: &str) -> String {
        let reply = self.activate(node, nav);
        assert_eq!(reply.outcome(), "OK", "{}", reply.body);
        reply.element("paymentToken").unwrap()
    }

    /// Says how it ended.
    pub fn conclude(&self, node: &Node, token: &str, outcome: &str) -> Reply {
        self.conclude_with(node, &[token], outcome, "")
    }

    /// The same of several tokens, and with what may stand at the end of the details; both only in V2.
    pub fn conclude_with(&self, node: &Node, tokens: &[&str], outcome: &str, last: &str) -> Reply {
        let tokens: String = tokens.iter().map(|token| format!("<paymentToken>{token}</paymentToken>")).collect();
        let ended = format!("<outcome>{outcome}</outcome><details>{DETAILS}{DAYS}{last}</details>");
        let head = self.head;
        match self.generation {
            1 => node.ask("sendPaymentOutcome", "sendPaymentOutcomeReq", &format!("{head}{tokens}{ended}")),
            _ => {
                let content = format!("{head}<paymentTokens>{tokens}</paymentTokens>{ended}");
                node.ask("sendPaymentOutcomeV2", "sendPaymentOutcomeV2Request", &content)
            }
        }
    }

    /// Pays a notice, from the first question until the station has the receipt.
    #[track_caller]
    pub fn pay(&self, node: &Node, nav: &str) -> String {
        assert_eq!(self.verify(node, nav).outcome(), "OK");
        let token = self.begin(node, nav);
        assert_eq!(self.conclude(node, &token, "OK").outcome(), "OK");
        receipts_that_are(node, nav, "NOTIFIED");
        token
    }
}

fn qr_code(nav: &str) -> String {
    format!("<qrCode><fiscalCode>{COMUNE}</fiscalCode><noticeNumber>{nav}</noticeNumber></qrCode>")
}
