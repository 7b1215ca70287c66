//! `verifyPaymentNotice`: whether a notice can be paid, and what is due.

use crate::sandbox::calls::Primitive;
use crate::sandbox::calls::message::{self, optional};
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
        let qr = asked.qr()?;
        let (organization, station) = node.target(&qr)?;
        node.ledger().verifiable(&qr)?;
        if let Some(archived) = node.from_archive(station, &qr)? {
            return Ok(write(&archived.as_payable(organization), true));
        }
        let message = message::verify(&station.addressed_for(&organization.fiscal_code), &qr);
        match node.ask(station, Primitive::Verify, Some(&qr), message).await? {
            Said::Payable(payable) => Ok(write(&payable, false)),
            _ => Err(Code::StazioneIntPaErroreResponse.into()),
        }
    }
}

fn write(payable: &Payable, stand_in: bool) -> Writer {
    let mut xml = Writer::new();
    xml.open("paymentList").open("paymentOptionDescription");
    xml.element("amount", &payable.amount.euro()).element("options", "EQ");
    optional(&mut xml, "dueDate", payable.due_date.as_deref());
    optional(&mut xml, "paymentNote", payable.detail.as_deref());
    xml.close("paymentOptionDescription").close("paymentList");
    xml.element("paymentDescription", &payable.description).element("fiscalCodePA", &payable.organization);
    xml.element("companyName", &payable.company_name);
    optional(&mut xml, "officeName", payable.office_name.as_deref());
    if stand_in {
        xml.element("standin", "true");
    }
    xml
}
