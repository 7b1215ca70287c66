//! A PSP on the line: it asks the Node as banks do, and reads what it hears (`domain` 15).

use std::time::Duration;

use super::calls::line::{Exchange, Line, Silence};
use super::calls::message::{self, Qr};
use super::calls::said::{Transfer, amount, optional, text_of, transfers};
use super::ledger::{BoughtStamp, OutcomeDetails, PspCaller};
use super::operation::{MESSAGES, Operation};
use super::primitives::{Activate, ActivateV2, SendOutcome, SendOutcomeV2, Verify};
use crate::domain::amount::AmountOrZero;
use crate::domain::receipt::Version;
use crate::soap::envelope;
use crate::xml::{Document, Element, Limits, Writer, decode};

/// Where the Node is below its address.
pub const PATH: &str = "/nodo/node-for-psp/v1";

/// Letters and digits at the end of an idempotency key.
const KEY_ENDS_WITH: usize = 10;

/// A PSP that calls one Node over one of its channels.
#[derive(Clone)]
pub struct Psp {
    /// The line to the Node.
    pub line: Line,
    /// The Node's address, without a path.
    pub node: String,
    /// As whom it calls.
    pub by: PspCaller,
    /// The channel's password.
    pub password: String,
    /// The PSP's fiscal code, with which its idempotency keys begin; none: it sends no keys.
    pub fiscal_code: Option<String>,
    /// How long it waits for the Node, which waits for a station meanwhile.
    pub patience: Duration,
}

/// What the Node answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer<T> {
    /// OK, and what came with it.
    Ok(T),
    /// KO.
    Ko(Fault),
    /// Nothing that a PSP could use; the text says what there was.
    Nothing(String),
}

/// The fault of a KO.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// `faultCode`.
    pub code: String,
    /// `faultString`.
    pub text: String,
    /// `id`: who issues it.
    pub id: String,
    /// `description`.
    pub description: Option<String>,
    /// `originalFaultCode`: what the station said.
    pub original_code: Option<String>,
}

/// A notice that can be paid.
#[derive(Clone, Debug, PartialEq)]
pub struct Payable {
    /// What is due.
    pub amount: AmountOrZero,
    /// The reason.
    pub description: String,
    /// Who is paid.
    pub company_name: String,
}

/// What a PSP tells when it begins to pay.
#[derive(Clone, Debug)]
pub struct Activation<'a> {
    /// The notice.
    pub qr: &'a Qr,
    /// What it believes is due.
    pub amount: AmountOrZero,
    /// For how long it wants the notice; none: as long as the platform gives it.
    pub life: Option<Duration>,
}

/// That money has moved.
#[derive(Clone, Debug)]
pub struct Paid {
    /// How.
    pub details: OutcomeDetails,
    /// The stamps that were bought with it; only V2 can tell.
    pub stamps: Vec<BoughtStamp>,
}

/// A payment that was begun.
#[derive(Clone, Debug, PartialEq)]
pub struct Activated {
    /// `paymentToken`.
    pub token: String,
    /// `totalAmount`.
    pub amount: AmountOrZero,
    /// The shares.
    pub transfers: Vec<Transfer>,
}

impl Psp {
    /// `verifyPaymentNotice`.
    pub async fn verify(&self, qr: &Qr) -> Answer<Payable> {
        let content = |xml: &mut Writer| message::qr_code(xml, qr);
        self.ask::<Verify, _>(content, payable).await
    }

    /// `activatePaymentNotice` or `activatePaymentNoticeV2`.
    pub async fn activate(&self, version: Version, activation: &Activation<'_>) -> Answer<Activated> {
        let key = self.fresh_key();
        let content = |xml: &mut Writer| {
            message::optional(xml, "idempotencyKey", key.as_deref());
            message::qr_code(xml, activation.qr);
            let life = activation.life.map(|life| life.as_millis().to_string());
            message::optional(xml, "expirationTime", life.as_deref());
            xml.element("amount", &activation.amount.euro());
        };
        match version {
            Version::V1 => self.ask::<Activate, _>(content, activated).await,
            Version::V2 => self.ask::<ActivateV2, _>(content, activated).await,
        }
    }

    /// `sendPaymentOutcome` or `sendPaymentOutcomeV2`: OK, or KO where nothing was paid.
    pub async fn outcome(&self, version: Version, token: &str, paid: Option<&Paid>) -> Answer<()> {
        let key = self.fresh_key();
        let content = |xml: &mut Writer| {
            message::optional(xml, "idempotencyKey", key.as_deref());
            match version {
                Version::V1 => write_outcome_v1(xml, token, paid),
                Version::V2 => write_outcome(xml, [token].into_iter(), paid),
            }
        };
        match version {
            Version::V1 => self.ask::<SendOutcome, _>(content, |_| Some(())).await,
            Version::V2 => self.ask::<SendOutcomeV2, _>(content, |_| Some(())).await,
        }
    }

    /// Sends a request and reads the answer.
    async fn ask<O: Operation, T>(
        &self,
        content: impl FnOnce(&mut Writer),
        read: impl FnOnce(Element<'_>) -> Option<T>,
    ) -> Answer<T> {
        let message = request::<O>(&self.by, &self.password, content);
        let url = format!("{}{PATH}", self.node);
        let exchange = self.line.call(&url, O::NAME, message.into_bytes(), self.patience).await;
        heard(&exchange, O::RESPONSE, read).unwrap_or_else(Answer::Nothing)
    }

    /// A key that no other request of this PSP has.
    fn fresh_key(&self) -> Option<String> {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        let mut random = [0; KEY_ENDS_WITH];
        getrandom::fill(&mut random).ok()?;
        let end: String = random.iter().map(|byte| LETTERS[usize::from(*byte) % LETTERS.len()] as char).collect();
        self.fiscal_code.as_ref().map(|code| format!("{code}_{end}"))
    }
}

/// A message to the Node, in its envelope.
pub(super) fn request<O: Operation>(by: &PspCaller, password: &str, content: impl FnOnce(&mut Writer)) -> String {
    envelope::around("nod", MESSAGES, O::REQUEST, |xml| {
        xml.element("idPSP", &by.psp).element("idBrokerPSP", &by.broker);
        xml.element("idChannel", &by.channel).element("password", password);
        content(xml);
    })
}

/// What follows the key in `sendPaymentOutcomeV2`: one outcome for one payment, or for all of a cart.
pub(super) fn write_outcome<'t>(xml: &mut Writer, tokens: impl Iterator<Item = &'t str>, paid: Option<&Paid>) {
    xml.open("paymentTokens");
    for token in tokens {
        xml.element("paymentToken", token);
    }
    xml.close("paymentTokens");
    write_end(xml, Version::V2, paid);
}

fn write_outcome_v1(xml: &mut Writer, token: &str, paid: Option<&Paid>) {
    xml.element("paymentToken", token);
    write_end(xml, Version::V1, paid);
}

fn write_end(xml: &mut Writer, version: Version, paid: Option<&Paid>) {
    xml.element("outcome", if paid.is_some() { "OK" } else { "KO" });
    if let Some(paid) = paid {
        write_details(xml, version, paid);
    }
}

fn write_details(xml: &mut Writer, version: Version, Paid { details, stamps }: &Paid) {
    xml.open("details").element("paymentMethod", &details.payment_method);
    message::optional(xml, "paymentChannel", details.payment_channel.as_deref());
    xml.element("fee", &details.fee.euro());
    if version == Version::V2 {
        let incurred = details.primary_ci_incurred_fee.map(AmountOrZero::euro);
        message::optional(xml, "primaryCiIncurredFee", incurred.as_deref());
        message::optional(xml, "idBundle", details.id_bundle.as_deref());
        message::optional(xml, "idCiBundle", details.id_ci_bundle.as_deref());
    }
    message::subject(xml, "payer", details.payer.as_ref());
    xml.element("applicationDate", &details.application_date.to_string());
    xml.element("transferDate", &details.transfer_date.to_string());
    if version == Version::V2 && !stamps.is_empty() {
        use base64::Engine;
        xml.open("marcheDaBollo");
        for stamp in stamps {
            xml.open("marcaDaBollo").element("paymentToken", &stamp.token);
            xml.element("idTransfer", &stamp.transfer.to_string());
            xml.element("MBDAttachment", &base64::engine::general_purpose::STANDARD.encode(&stamp.document));
            xml.close("marcaDaBollo");
        }
        xml.close("marcheDaBollo");
    }
    xml.close("details");
}

/// What an exchange brought, or why it brought nothing.
fn heard<T>(
    exchange: &Exchange,
    response: &str,
    read: impl FnOnce(Element<'_>) -> Option<T>,
) -> Result<Answer<T>, String> {
    let heard = exchange.heard.as_ref().map_err(|silence| match silence {
        Silence::Unreachable(why) => format!("the Node cannot be reached: {why}"),
        Silence::TimedOut => "the Node does not answer".to_owned(),
        Silence::Broken(why) => format!("the connection broke: {why}"),
    })?;
    let unusable = || format!("HTTP {} without an answer of nodeForPsp", heard.status);
    let text = decode(&heard.body, None).map_err(|_| unusable())?;
    read_answer(&text, response, read).ok_or_else(unusable)
}

/// What an answer says; nothing where it is no answer of nodeForPsp.
pub(super) fn read_answer<T>(
    text: &str,
    response: &str,
    read: impl FnOnce(Element<'_>) -> Option<T>,
) -> Option<Answer<T>> {
    let document = Document::parse(text, &Limits::default()).ok()?;
    let root = envelope::open(&document).ok()?;
    if root.is(envelope::SOAP, "Fault") {
        return Some(Answer::Nothing(format!("a SOAP Fault: {}", text_of(root, "faultstring"))));
    }
    if !root.is(MESSAGES, response) {
        return None;
    }
    if let Some(fault) = root.child("fault") {
        return Some(Answer::Ko(Fault {
            code: text_of(fault, "faultCode"),
            text: text_of(fault, "faultString"),
            id: text_of(fault, "id"),
            description: optional(fault, "description"),
            original_code: optional(fault, "originalFaultCode"),
        }));
    }
    read(root).filter(|_| text_of(root, "outcome") == "OK").map(Answer::Ok)
}

fn payable(root: Element<'_>) -> Option<Payable> {
    let option = root.child("paymentList")?.child("paymentOptionDescription")?;
    Some(Payable {
        amount: amount(option, "amount"),
        description: text_of(root, "paymentDescription"),
        company_name: text_of(root, "companyName"),
    })
}

/// What an activation brought.
pub(super) fn activated(root: Element<'_>) -> Option<Activated> {
    let token = optional(root, "paymentToken")?;
    Some(Activated { token, amount: amount(root, "totalAmount"), transfers: transfers(root) })
}

#[cfg(test)]
mod tests {
    use super::super::calls::line::Heard;
    use super::*;

    fn in_envelope(root: &str, content: &str) -> String {
        envelope::around("nod", MESSAGES, root, |xml| {
            xml.raw(content);
        })
    }

    fn verified(heard_was: Result<&str, Silence>) -> Result<Answer<Payable>, String> {
        let heard_was = heard_was.map(|content| {
            let root = "verifyPaymentNoticeRes";
            let body = match content.starts_with('<') {
                true => in_envelope(root, content),
                false => content.to_owned(),
            };
            Heard { status: 200, content_type: None, body: body.into_bytes() }
        });
        let exchange = Exchange { sent: vec![], heard: heard_was, took: Duration::ZERO };
        heard(&exchange, "verifyPaymentNoticeRes", payable)
    }

    #[test]
    fn what_is_no_answer_is_told_as_none() {
        let unusable = "HTTP 200 without an answer of nodeForPsp";
        let fault = envelope::fault("Client", "Operazione non supportata");
        let other = in_envelope("sendPaymentOutcomeRes", "<outcome>OK</outcome>");
        for (was, told) in [
            (Err(Silence::Unreachable("refused".into())), "the Node cannot be reached: refused"),
            (Err(Silence::TimedOut), "the Node does not answer"),
            (Err(Silence::Broken("reset".into())), "the connection broke: reset"),
            (Ok(""), unusable),
            (Ok("no XML"), unusable),
            (Ok("<outcome>OK</outcome>"), unusable),
            (Ok("<outcome>KO</outcome>"), unusable),
        ] {
            assert_eq!(verified(was.clone()), Err(told.to_owned()), "{was:?}");
        }
        let bytes = |body: String| Exchange {
            sent: vec![],
            heard: Ok(Heard { status: 500, content_type: None, body: body.into_bytes() }),
            took: Duration::ZERO,
        };
        let told = |body| heard(&bytes(body), "verifyPaymentNoticeRes", payable);
        assert_eq!(told(fault), Ok(Answer::Nothing("a SOAP Fault: Operazione non supportata".into())));
        assert_eq!(told(other), Err("HTTP 500 without an answer of nodeForPsp".into()));
    }

    #[test]
    fn a_ko_is_read_with_what_the_station_said() {
        let ko = "<outcome>KO</outcome><fault><faultCode>A</faultCode><faultString>B</faultString><id>C</id>\
                  <description>D</description><originalFaultCode>E</originalFaultCode></fault>";
        let fault = Fault {
            code: "A".into(),
            text: "B".into(),
            id: "C".into(),
            description: Some("D".into()),
            original_code: Some("E".into()),
        };
        assert_eq!(verified(Ok(ko)), Ok(Answer::Ko(fault)));
    }

    #[test]
    fn a_key_is_new_each_time_and_of_the_right_shape() {
        let by = PspCaller { psp: String::new(), broker: String::new(), channel: String::new() };
        let line = Line::new(&Default::default()).unwrap();
        let mut psp =
            Psp { line, node: String::new(), by, password: String::new(), fiscal_code: None, patience: Duration::ZERO };
        assert_eq!(psp.fresh_key(), None);
        psp.fiscal_code = Some("99000003030".into());
        let (one, other) = (psp.fresh_key().unwrap(), psp.fresh_key().unwrap());
        assert_ne!(one, other);
        let (code, end) = one.split_once('_').unwrap();
        assert!(code == "99000003030" && end.len() == 10 && end.bytes().all(|b| b.is_ascii_alphanumeric()), "{one}");
    }
}
