//! The PSP's side of a cart: each notice is activated unasked, and one outcome ends them all (`domain` 2, 10).
//!
//! The Node hears the messages that a PSP would send it, word for word, without a wire between them.

use chrono::Days;
use chrono_tz::Europe::Rome;

use super::cart::{Cart, CartNotice};
use crate::domain::amount::AmountOrZero;
use crate::sandbox::calls::message;
use crate::sandbox::calls::said::Transfer;
use crate::sandbox::ledger::{BoughtStamp, OutcomeDetails, PspCaller};
use crate::sandbox::node::Node;
use crate::sandbox::operation::{Operation, answer};
use crate::sandbox::participants::{Participants, Psp};
use crate::sandbox::primitives::{ActivateV2, SendOutcomeV2};
use crate::sandbox::psp::{self, Activated, Answer, Fault, Paid};
use crate::sandbox::receipts::a_stamp;
use crate::soap::envelope;
use crate::xml::{Document, Element, Limits, Writer};

/// What every PSP takes here for a cart, in cents.
pub(super) const FEE_CENTS: i64 = 150;

/// A PSP that takes a cart's money.
pub(super) struct Till {
    pub(super) node: Node,
    by: PspCaller,
    password: String,
    /// Who sells stamps.
    issuer: String,
}

/// A cart whose notices are all held.
pub(super) struct Begun(Vec<Activated>);

/// Why a cart is not paid.
pub(super) enum Stopped {
    /// A notice cannot be: which one, and what the Node said.
    Refused(Box<CartNotice>, Box<Fault>),
    /// The stations want something else than the cart says.
    OtherAmount,
}

impl Begun {
    /// What is to be paid, notice by notice.
    pub(super) fn amounts(&self) -> impl Iterator<Item = AmountOrZero> {
        self.0.iter().map(|activated| activated.amount)
    }
}

/// Who can take a cart's money: whoever has a channel for notices that is no post office's counter.
pub(super) fn psps(participants: &Participants) -> impl Iterator<Item = (&Psp, PspCaller, &str)> {
    participants.psps().into_iter().filter(|psp| psp.active).filter_map(|psp| {
        let channel = psp.channels.iter().find(|it| it.active && it.pays_notices() && !it.postal)?;
        let (broker, id) = (channel.id_broker_psp.clone(), channel.id_channel.clone());
        Some((psp, PspCaller { psp: psp.id_psp.clone(), broker, channel: id }, channel.password.as_str()))
    })
}

impl Till {
    /// That of a PSP, if there is one.
    pub(super) fn of(node: &Node, id: &str) -> Option<Till> {
        let (psp, by, password) = psps(&node.participants).find(|(psp, ..)| psp.id_psp == id)?;
        let issuer = psp.fiscal_code.clone().unwrap_or_else(|| by.psp.clone());
        Some(Till { node: node.clone(), by, password: password.to_owned(), issuer })
    }

    /// Activates one notice after the other. If one cannot be paid, all are free again.
    pub(super) async fn begin(&self, cart: &Cart) -> Result<Begun, Stopped> {
        let mut begun = Begun(Vec::new());
        for notice in &cart.notices {
            match self.activate(cart, notice).await {
                Answer::Ok(activated) => begun.0.push(activated),
                answer => {
                    self.give_back(&begun).await;
                    let fault = if let Answer::Ko(fault) = answer { fault } else { Fault::default() };
                    return Err(Stopped::Refused(Box::new(notice.clone()), Box::new(fault)));
                }
            }
        }
        Ok(begun)
    }

    /// Says that all were paid, by card. Whether the Node takes it.
    pub(super) async fn pay(&self, begun: &Begun) -> bool {
        let (now, mut stamps) = (self.node.now(), Vec::new());
        for activated in &begun.0 {
            let stamp_of = |transfer: &Transfer| {
                let document = a_stamp(&transfer.stamp.as_ref()?.hash, transfer.amount, &self.issuer, now);
                Some(BoughtStamp { token: activated.token.clone(), transfer: transfer.id, document })
            };
            stamps.extend(activated.transfers.iter().filter_map(stamp_of));
        }
        let today = now.with_timezone(&Rome).date_naive();
        let details = OutcomeDetails {
            payment_method: "creditCard".into(),
            payment_channel: Some("onLine".into()),
            fee: AmountOrZero::from_cents(FEE_CENTS).unwrap_or_default(),
            primary_ci_incurred_fee: None,
            id_bundle: None,
            id_ci_bundle: None,
            payer: None,
            application_date: today,
            transfer_date: today.checked_add_days(Days::new(1)).unwrap_or(today),
        };
        matches!(self.conclude(begun, Some(&Paid { details, stamps })).await, Answer::Ok(()))
    }

    /// Says that nothing was paid.
    pub(super) async fn give_back(&self, begun: &Begun) {
        if !begun.0.is_empty() {
            self.conclude(begun, None).await;
        }
    }

    async fn activate(&self, cart: &Cart, notice: &CartNotice) -> Answer<Activated> {
        let content = |xml: &mut Writer| {
            message::qr_code(xml, &notice.qr);
            xml.element("amount", &notice.amount.euro());
            message::optional(xml, "paymentNote", cart.id.as_deref());
            xml.element("paymentMethod", "CP").element("touchPoint", "CHECKOUT");
        };
        self.ask::<ActivateV2, _>(content, psp::activated).await
    }

    async fn conclude(&self, begun: &Begun, paid: Option<&Paid>) -> Answer<()> {
        let tokens = begun.0.iter().map(|activated| activated.token.as_str());
        let content = |xml: &mut Writer| psp::write_outcome(xml, tokens, paid);
        self.ask::<SendOutcomeV2, _>(content, |_| Some(())).await
    }

    async fn ask<O: Operation, T>(
        &self,
        content: impl FnOnce(&mut Writer),
        read: impl FnOnce(Element<'_>) -> Option<T>,
    ) -> Answer<T> {
        let message = psp::request::<O>(&self.by, &self.password, content);
        let nothing = || Answer::Nothing("no answer of nodeForPsp".to_owned());
        let Ok(document) = Document::parse(&message, &Limits::default()) else { return nothing() };
        let Ok(root) = envelope::open(&document) else { return nothing() };
        let body = answer::<O>(&self.node, Ok(root), message.as_bytes()).await;
        psp::read_answer(&body, O::RESPONSE, read).unwrap_or_else(nothing)
    }
}
