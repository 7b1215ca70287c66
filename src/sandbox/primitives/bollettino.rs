//! `verificaBollettino`: the same as a verify, by the account and the notice number on a postal slip.

use super::payable;
use super::verify::{Verified, verified};
use crate::domain::codes::NoticeNumber;
use crate::sandbox::calls::message::Qr;
use crate::sandbox::fault::{Code, Refusal};
use crate::sandbox::node::Node;
use crate::sandbox::operation::{Asked, Operation};
use crate::xml::Writer;

pub(in crate::sandbox) struct Bollettino;

impl Operation for Bollettino {
    const NAME: &'static str = "verificaBollettino";
    const REQUEST: &'static str = "verificaBollettinoReq";
    const RESPONSE: &'static str = "verificaBollettinoRes";

    async fn run(node: &Node, asked: &Asked<'_>) -> Result<Writer, Refusal> {
        let notice = NoticeNumber::parse(&asked.text("noticeNumber")).map_err(|_| Code::SintassiExtraXsd)?;
        let organization = node.participants.of_postal_account(&asked.text("ccPost"));
        let organization =
            organization.ok_or_else(|| Refusal::because(Code::Semantica, "Codifica non riconosciuta"))?;
        let qr = Qr { organization: organization.to_owned(), notice };
        // This answer has no word for the archive's.
        let Verified { payable, .. } = verified(node, &qr).await?;
        let mut xml = Writer::new();
        xml.open("paymentBollettinoList");
        payable::option(&mut xml, &payable, Some(payable.all_ccp));
        xml.close("paymentBollettinoList").element("paymentDescription", &payable.description);
        xml.element("fiscalCodePA", &payable.organization).element("noticeNumber", qr.notice.as_str());
        payable::payee(&mut xml, &payable);
        Ok(xml)
    }
}
