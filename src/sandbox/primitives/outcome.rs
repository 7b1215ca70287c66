//! `sendPaymentOutcome` and `sendPaymentOutcomeV2`: how a payment ended. The receipts go out afterwards.

use chrono::{Duration, NaiveDate};

use crate::domain::stamp::decode_base64;
use crate::sandbox::calls::said::{amount, optional, subject, text_of};
use crate::sandbox::fault::{Code, Refusal};
use crate::sandbox::ledger::idempotency::KEY_LIFE;
use crate::sandbox::ledger::{BoughtStamp, OutcomeDetails, Told};
use crate::sandbox::node::Node;
use crate::sandbox::operation::{Asked, Operation};
use crate::sandbox::receipts;
use crate::sandbox::story::{Between, Step};
use crate::xml::{Element, Writer};

pub(in crate::sandbox) struct SendOutcome;
pub(in crate::sandbox) struct SendOutcomeV2;

impl Operation for SendOutcome {
    const NAME: &'static str = "sendPaymentOutcome";
    const REQUEST: &'static str = "sendPaymentOutcomeReq";
    const RESPONSE: &'static str = "sendPaymentOutcomeRes";

    fn key_life(_node: &Node, _asked: &Asked<'_>) -> Option<Duration> {
        Some(KEY_LIFE)
    }

    async fn run(node: &Node, asked: &Asked<'_>) -> Result<Writer, Refusal> {
        conclude(node, asked, vec![asked.text("paymentToken")])
    }
}

impl Operation for SendOutcomeV2 {
    const NAME: &'static str = "sendPaymentOutcomeV2";
    const REQUEST: &'static str = "sendPaymentOutcomeV2Request";
    const RESPONSE: &'static str = "sendPaymentOutcomeV2Response";

    fn key_life(_node: &Node, _asked: &Asked<'_>) -> Option<Duration> {
        Some(KEY_LIFE)
    }

    async fn run(node: &Node, asked: &Asked<'_>) -> Result<Writer, Refusal> {
        let mut tokens: Vec<String> = Vec::new();
        for token in asked.root.child("paymentTokens").into_iter().flat_map(Element::children) {
            let token = token.text().into_owned();
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        conclude(node, asked, tokens)
    }
}

fn conclude(node: &Node, asked: &Asked<'_>, tokens: Vec<String>) -> Result<Writer, Refusal> {
    let told = read(asked, tokens)?;
    // Before the token is looked at, as the platform does.
    if told.stamps.iter().any(|stamp| !receipts::check_stamp(&stamp.document)) {
        return Err(Refusal::because(Code::SintassiXsd, "Errore validazione marca da bollo"));
    }
    if told.ok && told.details.is_none() {
        return Err(Refusal::because(Code::Semantica, "details è obbligatorio con outcome OK"));
    }
    let now = node.now();
    let mut ledger = node.ledger();
    let concluded = ledger.conclude(&told, now);
    let written = receipts::write(node, &mut ledger, &concluded.paid, now);
    let notices = concluded.paid.iter().filter_map(|token| ledger.payment(token));
    let notices: Vec<_> = notices.map(|payment| payment.qr.notice.to_string()).collect();
    drop(ledger);
    for notice in notices {
        let what = format!("the notice is paid; receipts to send: {written}");
        node.story.tell(Step { notice: Some(notice), ..Step::new(now, Between::Node, what) });
    }
    node.queue.wake();
    concluded.answer.map(|()| Writer::new())
}

fn read(asked: &Asked<'_>, tokens: Vec<String>) -> Result<Told, Refusal> {
    let details = asked.root.child("details");
    let stamps = details.and_then(|details| details.child("marcheDaBollo"));
    Ok(Told {
        by: asked.by.clone(),
        tokens,
        ok: asked.text("outcome") == "OK",
        details: details.map(read_details).transpose()?,
        stamps: stamps.into_iter().flat_map(Element::children).map(read_stamp).collect::<Result<_, _>>()?,
    })
}

fn read_details(details: Element<'_>) -> Result<OutcomeDetails, Refusal> {
    let optional_amount = |name| details.child(name).map(|_| amount(details, name));
    Ok(OutcomeDetails {
        payment_method: text_of(details, "paymentMethod"),
        payment_channel: optional(details, "paymentChannel"),
        fee: amount(details, "fee"),
        primary_ci_incurred_fee: optional_amount("primaryCiIncurredFee"),
        id_bundle: optional(details, "idBundle"),
        id_ci_bundle: optional(details, "idCiBundle"),
        payer: details.child("payer").map(subject),
        application_date: date(details, "applicationDate")?,
        transfer_date: date(details, "transferDate")?,
    })
}

fn read_stamp(stamp: Element<'_>) -> Result<BoughtStamp, Refusal> {
    let unreadable = || Refusal::because(Code::SintassiExtraXsd, "marcaDaBollo non leggibile");
    Ok(BoughtStamp {
        token: text_of(stamp, "paymentToken"),
        transfer: text_of(stamp, "idTransfer").trim().parse().map_err(|_| unreadable())?,
        document: decode_base64(&text_of(stamp, "MBDAttachment")).ok_or_else(unreadable)?,
    })
}

/// A day. A zone, which the schema allows, says nothing about it.
fn date(details: Element<'_>, name: &str) -> Result<NaiveDate, Refusal> {
    let text = text_of(details, name);
    let day = text.trim().get(..10).and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
    day.ok_or_else(|| Refusal::because(Code::SintassiExtraXsd, format!("{name} non è una data")))
}
