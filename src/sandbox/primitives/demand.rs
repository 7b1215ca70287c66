//! `demandPaymentNotice`: a notice for somebody who has none, made by the creditor of a service (`domain` 3.6).

use chrono_tz::Europe::Rome;

use super::payable;
use crate::sandbox::calls::Primitive;
use crate::sandbox::calls::message;
use crate::sandbox::calls::said::Said;
use crate::sandbox::fault::{Code, Refusal};
use crate::sandbox::node::Node;
use crate::sandbox::operation::{Asked, Operation};
use crate::sandbox::participants::Service;
use crate::xml::Writer;

pub(in crate::sandbox) struct Demand;

/// The version of the services whose notices are made on demand.
const OF_NOTICES: u8 = 2;

impl Operation for Demand {
    const NAME: &'static str = "demandPaymentNotice";
    const REQUEST: &'static str = "demandPaymentNoticeRequest";
    const RESPONSE: &'static str = "demandPaymentNoticeResponse";

    async fn run(node: &Node, asked: &Asked<'_>) -> Result<Writer, Refusal> {
        let service = service(node, &asked.text("idSoggettoServizio"))?;
        let offers = |station: &&_| service.is_offered_by(station);
        let (organization, station) = node.serving(&service.organization, |it| it.stations.iter().find(offers))?;
        let demand = message::Demand {
            service: service.id_servizio.clone(),
            subject: service.id_soggetto_servizio.clone(),
            data: asked.text("datiSpecificiServizio"),
        };
        let message = message::demand(&station.addressed_for(&organization.fiscal_code), &demand);
        let said = node.ask_for(&organization.fiscal_code, station, Primitive::Demand, None, message).await?;
        let Said::Demanded(qr, payable) = said else { return Err(Code::StazioneIntPaErroreResponse.into()) };
        let mut xml = Writer::new();
        xml.open("qrCode").element("fiscalCode", &qr.organization);
        xml.element("noticeNumber", qr.notice.as_str()).close("qrCode").open("paymentList");
        payable::option(&mut xml, &payable, None);
        xml.close("paymentList").element("paymentDescription", &payable.description);
        xml.element("fiscalCodePA", &payable.organization);
        payable::payee(&mut xml, &payable);
        Ok(xml)
    }
}

/// The service, if it is offered today and makes notices (`domain` 15, 4).
fn service<'n>(node: &'n Node, id_soggetto_servizio: &str) -> Result<&'n Service, Refusal> {
    let service = node.participants.service(id_soggetto_servizio).ok_or(Code::ServizioSconosciuto)?;
    if !service.is_offered_on(node.now().with_timezone(&Rome).date_naive()) {
        return Err(Code::ServizioNonAttivo.into());
    }
    if service.version < OF_NOTICES {
        return Err(Code::VersioneServizio.into());
    }
    Ok(service)
}
