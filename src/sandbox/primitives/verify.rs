//! `verifyPaymentNotice`: whether a notice can be paid, and what is due.

use super::payable;
use crate::sandbox::calls::Primitive;
use crate::sandbox::calls::message::{self, Qr};
use crate::sandbox::calls::said::{Payable, Said};
use crate::sandbox::fault::{Code, Refusal};
use crate::sandbox::node::Node;
use crate::sandbox::operation::{Asked, Operation};
use crate::xml::Writer;

pub(in crate::sandbox) struct Verify;

impl Operation for Verify {
    const NAME: &'static str = "verifyPaymentNotice";
    const REQUEST: &'static str = "verifyPaymentNoticeReq";
    const RESPONSE: &'static str = "verifyPaymentNoticeRes";

    async fn run(node: &Node, asked: &Asked<'_>) -> Result<Writer, Refusal> {
        let payable = verified(node, &asked.qr()?).await?;
        let mut xml = Writer::new();
        xml.open("paymentList");
        payable::option(&mut xml, &payable, None);
        xml.close("paymentList").element("paymentDescription", &payable.description);
        xml.element("fiscalCodePA", &payable.organization);
        payable::payee(&mut xml, &payable);
        Ok(xml)
    }
}

/// What is due for a notice. One that was paid here is known to be paid: nobody is asked.
pub(super) async fn verified(node: &Node, qr: &Qr) -> Result<Payable, Refusal> {
    let (organization, station) = node.target(qr)?;
    node.ledger().verifiable(qr)?;
    let message = message::verify(&station.addressed_for(&organization.fiscal_code), qr);
    match node.ask(station, Primitive::Verify, Some(qr), message).await? {
        Said::Payable(payable) => Ok(payable),
        _ => Err(Code::StazioneIntPaErroreResponse.into()),
    }
}
