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
        let Verified { payable, stand_in } = verified(node, &asked.qr()?).await?;
        let mut xml = Writer::new();
        xml.open("paymentList");
        payable::option(&mut xml, &payable, None);
        xml.close("paymentList").element("paymentDescription", &payable.description);
        xml.element("fiscalCodePA", &payable.organization);
        payable::payee(&mut xml, &payable);
        if stand_in {
            xml.element("standin", "true");
        }
        Ok(xml)
    }
}

/// A notice that can be paid.
pub(super) struct Verified {
    pub(super) payable: Payable,
    /// Whether the archive says so, in the station's stead.
    pub(super) stand_in: bool,
}

/// What is due for a notice. One that was paid here is known to be paid: nobody is asked.
pub(super) async fn verified(node: &Node, qr: &Qr) -> Result<Verified, Refusal> {
    let (organization, station) = node.target(qr)?;
    node.ledger().verifiable(qr)?;
    if let Some(archived) = node.archived(station, qr)? {
        return Ok(Verified { payable: archived.as_payable(organization), stand_in: true });
    }
    let message = message::verify(&station.addressed_for(&organization.fiscal_code), qr);
    match node.ask(station, Primitive::Verify, Some(qr), message).await? {
        Said::Payable(payable) => Ok(Verified { payable, stand_in: false }),
        _ => Err(Code::StazioneIntPaErroreResponse.into()),
    }
}
