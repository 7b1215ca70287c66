//! Payments and receipts as the Node shows them in JSON. No debtor and no payer in them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::sandbox::ledger::{Delivery, Heard, Ledger, Payment};
use crate::soap::knows_the_receipt;

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentPage {
    /// Its token.
    pub payment_token: String,
    /// The creditor.
    pub organization: String,
    /// The notice.
    pub notice: String,
    /// Who activated it.
    #[serde(rename = "idPSP")]
    pub id_psp: String,
    /// The station that was asked.
    pub station: String,
    /// What is paid, in euro.
    pub amount: String,
    /// `PAYING`, `PAID`, `NOTICE_GENERATED`, `NOTICE_SENT`, `NOTIFIED`, `CANCELLED`.
    pub state: String,
    /// When it was activated.
    pub activated_at: DateTime<Utc>,
    /// Until when its token lives.
    pub expires_at: DateTime<Utc>,
    /// `OK` or `KO`, when the PSP has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Whether the archive answered in the station's stead.
    pub stand_in: bool,
}

/// A receipt for one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptPage {
    /// Its number, by which it can be sent again.
    pub id: u64,
    /// The token of the payment, which is the receipt's own id.
    pub payment_token: String,
    /// The creditor whose notice was paid.
    pub organization: String,
    /// The notice.
    pub notice: String,
    /// The creditor it is for.
    pub recipient: String,
    /// The station it goes to.
    pub station: String,
    /// 1 or 2: `paSendRT` or `paSendRTV2`.
    pub version: i64,
    /// `NOTICE_GENERATED`, `NOTICE_SENT`, `NOTIFIED`, `NOTICE_PENDING`.
    pub state: String,
    /// Whether it waits for somebody to ask for it.
    pub held: bool,
    /// Whether the Node has given up on it.
    pub parked: bool,
    /// How often it was sent.
    pub attempts: u32,
    /// When it is sent next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<DateTime<Utc>>,
    /// What came back the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_answer: Option<AnswerPage>,
}

/// What a station said to a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerPage {
    /// When it was heard.
    pub at: DateTime<Utc>,
    /// `OK`, `KO`, or `NOTHING` that could be used.
    pub outcome: String,
    /// The code of a KO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault_code: Option<String>,
    /// What the Node thinks of it.
    pub thought: String,
}

/// The payments, of one notice or all, the oldest first.
pub(in crate::sandbox) fn payments(ledger: &Ledger, notice: Option<&str>, now: DateTime<Utc>) -> Vec<PaymentPage> {
    let wanted = |payment: &&Payment| notice.is_none_or(|notice| payment.qr.notice.as_str() == notice);
    ledger.all_payments().filter(wanted).map(|payment| PaymentPage::of(payment, now)).collect()
}

/// The receipts, of one notice or all, the oldest first.
pub(in crate::sandbox) fn receipts(ledger: &Ledger, notice: Option<&str>) -> Vec<ReceiptPage> {
    let wanted = |delivery: &&Delivery| notice.is_none_or(|notice| delivery.qr.notice.as_str() == notice);
    ledger.deliveries().iter().filter(wanted).map(ReceiptPage::of).collect()
}

impl PaymentPage {
    fn of(payment: &Payment, now: DateTime<Utc>) -> PaymentPage {
        PaymentPage {
            payment_token: payment.token.clone(),
            organization: payment.qr.organization.clone(),
            notice: payment.qr.notice.to_string(),
            id_psp: payment.by.psp.clone(),
            station: payment.station.clone(),
            amount: payment.due.amount.euro(),
            state: payment.state_at(now).as_str().into(),
            activated_at: payment.activated_at,
            expires_at: payment.expires_at,
            outcome: payment.outcome.as_ref().map(|outcome| if outcome.ok { "OK" } else { "KO" }.into()),
            stand_in: payment.stand_in,
        }
    }
}

impl ReceiptPage {
    /// The code of a KO by which the station says that it will not have the receipt; not one that it has it already.
    pub fn refusal(&self) -> Option<&str> {
        let code = self.last_answer.as_ref()?.fault_code.as_deref()?;
        (!knows_the_receipt(code)).then_some(code)
    }

    /// What the station said the last time, in a word or two.
    pub fn last_word(&self) -> String {
        let Some(answer) = &self.last_answer else { return "silence".into() };
        let code = answer.fault_code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
        format!("{}{code}", answer.outcome)
    }

    /// How a receipt is shown.
    pub(in crate::sandbox) fn of(delivery: &Delivery) -> ReceiptPage {
        let answer = delivery.last.as_ref().map(|last| {
            let (outcome, fault_code) = match &last.heard {
                Heard::Ok => ("OK", None),
                Heard::Ko(code) => ("KO", Some(code.clone())),
                Heard::Nothing => ("NOTHING", None),
            };
            AnswerPage { at: last.at, outcome: outcome.into(), fault_code, thought: last.thought.clone() }
        });
        ReceiptPage {
            id: delivery.id,
            payment_token: delivery.receipt.receipt_id.clone(),
            organization: delivery.qr.organization.clone(),
            notice: delivery.qr.notice.to_string(),
            recipient: delivery.to.organization.clone(),
            station: delivery.to.station.clone(),
            version: delivery.receipt.version.number(),
            state: delivery.state.as_str().into(),
            held: delivery.is_held(),
            parked: delivery.is_parked(),
            attempts: delivery.attempts,
            next: delivery.next,
            last_answer: answer,
        }
    }
}
