//! `activatePaymentNotice` and its V2: how much is to be paid now and to whom, and the token to pay it with.
//!
//! The notice is taken before the station is asked and given back on every way out, so that of two PSPs one pays.

use chrono::Duration;

use crate::domain::codes::is_postal_iban;
use crate::domain::receipt::Version;
use crate::sandbox::calls::Primitive;
use crate::sandbox::calls::message::{self, Activation, Qr, metadata, optional};
use crate::sandbox::calls::said::{self, Said, amount};
use crate::sandbox::fault::{Code, Refusal};
use crate::sandbox::ledger::idempotency::KEY_LIFE;
use crate::sandbox::ledger::{Payment, PaymentState};
use crate::sandbox::node::Node;
use crate::sandbox::operation::{Asked, Operation};
use crate::sandbox::participants::{Organization, Station};
use crate::sandbox::story::{Between, Step};
use crate::xml::Writer;

/// The first generation.
pub(in crate::sandbox) struct Activate;

/// The second, which also knows stamps and how the payer pays.
pub(in crate::sandbox) struct ActivateV2;

impl Operation for Activate {
    const NAME: &'static str = "activatePaymentNotice";
    const REQUEST: &'static str = "activatePaymentNoticeReq";
    const RESPONSE: &'static str = "activatePaymentNoticeRes";

    fn key_life(node: &Node, asked: &Asked<'_>) -> Option<Duration> {
        Some(life(node, asked).unwrap_or(KEY_LIFE))
    }

    async fn run(node: &Node, asked: &Asked<'_>) -> Result<Writer, Refusal> {
        activate(node, asked, Version::V1).await.map(|payment| write(&payment))
    }
}

impl Operation for ActivateV2 {
    const NAME: &'static str = "activatePaymentNoticeV2";
    const REQUEST: &'static str = "activatePaymentNoticeV2Request";
    const RESPONSE: &'static str = "activatePaymentNoticeV2Response";

    fn key_life(node: &Node, asked: &Asked<'_>) -> Option<Duration> {
        Some(life(node, asked).unwrap_or(KEY_LIFE))
    }

    async fn run(node: &Node, asked: &Asked<'_>) -> Result<Writer, Refusal> {
        activate(node, asked, Version::V2).await.map(|payment| write(&payment))
    }
}

async fn activate(node: &Node, asked: &Asked<'_>, version: Version) -> Result<Payment, Refusal> {
    let life = life(node, asked)?;
    let qr = asked.qr()?;
    let (organization, station) = node.target(&qr)?;
    let reservation = Reservation::of(node, &qr)?;
    let archived = node.archived(station, &qr)?;
    let stand_in = archived.is_some();
    let due = match archived {
        Some(archived) => archived.as_payment(&qr, organization, is_at_the_post(node, asked)),
        None => due(node, asked, &qr, organization, station).await?,
    };
    // Only V2 has words for a stamp: a PSP that activates with V1 could neither sell nor deliver one.
    if version == Version::V1 && due.transfers.iter().any(|transfer| transfer.stamp.is_some()) {
        return Err(Refusal::because(Code::Semantica, "Marca da bollo pagabile solo con activatePaymentNoticeV2"));
    }
    let now = node.now();
    let payment = Payment {
        token: token()?,
        qr: qr.clone(),
        by: asked.by.clone(),
        version,
        station: station.link.id_station.clone(),
        activated_at: now,
        expires_at: now + life,
        due,
        stand_in,
        payment_note: asked.optional("paymentNote"),
        payment_method: asked.optional("paymentMethod"),
        touch_point: asked.optional("touchPoint"),
        state: PaymentState::Paying,
        outcome: None,
    };
    reservation.keep(payment.clone())?;
    let until = payment.expires_at.format("%Y-%m-%dT%H:%M:%SZ");
    node.story.tell(Step {
        notice: Some(qr.notice.to_string()),
        ..Step::new(now, Between::Node, format!("token {} lives until {}", payment.token, until))
    });
    Ok(payment)
}

/// How long the token lives: as the PSP asks, but no longer than the platform allows.
fn life(node: &Node, asked: &Asked<'_>) -> Result<Duration, Refusal> {
    let most = node.settings.token.as_millis() as i64;
    let Some(wanted) = asked.optional("expirationTime") else { return Ok(Duration::milliseconds(most)) };
    // The schema takes zero and less. A token that is born dead is no use: a fault of form that is not in the schema.
    let wanted = wanted.trim().parse().ok().filter(|wanted: &i64| *wanted > 0);
    let wanted = wanted.ok_or_else(|| Refusal::because(Code::SintassiExtraXsd, "expirationTime deve essere > 0"))?;
    if wanted > most {
        return Err(Refusal::because(Code::Autorizzazione, format!("expirationTime deve essere <= {most}")));
    }
    Ok(Duration::milliseconds(wanted))
}

/// What the station says is to be paid; its word counts, whatever amount the PSP has in mind.
async fn due(
    node: &Node,
    asked: &Asked<'_>,
    qr: &Qr,
    organization: &Organization,
    station: &Station,
) -> Result<said::Payment, Refusal> {
    let generation = station.get_version();
    let activation = Activation {
        amount: Some(amount(asked.root, "amount")),
        payment_note: asked.optional("paymentNote"),
        transfer_type: transfer_type(node, asked, generation),
        due_date: asked.optional("dueDate").map(|date| date.trim().to_owned()),
    };
    let message = message::get(generation, &station.addressed_for(&organization.fiscal_code), qr, &activation);
    let primitive = match generation {
        Version::V1 => Primitive::Get,
        Version::V2 => Primitive::GetV2,
    };
    match node.ask(station, primitive, Some(qr), message).await? {
        Said::Payment(payment) => Ok(*payment),
        _ => Err(Code::StazioneIntPaErroreResponse.into()),
    }
}

/// Which accounts the station is asked for (`domain` 7.1): postal ones where the slip is paid at the post office.
/// Who pays at Checkout has still to choose where, so the station may show both kinds, which only V2 can say.
/// Anybody else takes whatever account the creditor prefers.
fn transfer_type(node: &Node, asked: &Asked<'_>, generation: Version) -> Option<&'static str> {
    if is_at_the_post(node, asked) {
        return Some("POSTAL");
    }
    let at_checkout = asked.optional("touchPoint").as_deref() == Some("CHECKOUT");
    (at_checkout && generation == Version::V2).then_some("PAGOPA")
}

/// Whether it is the post office that asks.
fn is_at_the_post(node: &Node, asked: &Asked<'_>) -> bool {
    node.participants.channel(&asked.by.channel).is_some_and(|channel| channel.postal)
}

/// 32 lower-case hexadecimal digits.
fn token() -> Result<String, Refusal> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Code::SystemError)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// A notice that is taken while its station is asked. Whatever comes of that, it is given back, or held by a token.
struct Reservation<'n> {
    node: &'n Node,
    qr: &'n Qr,
}

impl<'n> Reservation<'n> {
    fn of(node: &'n Node, qr: &'n Qr) -> Result<Reservation<'n>, Refusal> {
        node.ledger().reserve(qr, node.now())?;
        Ok(Reservation { node, qr })
    }

    /// The token holds the notice from now on, unless an older one was paid with after all in the meantime.
    fn keep(self, payment: Payment) -> Result<(), Refusal> {
        let mut ledger = self.node.ledger();
        ledger.verifiable(self.qr)?;
        ledger.activate(payment);
        drop(ledger);
        std::mem::forget(self);
        Ok(())
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.node.ledger().release(self.qr);
    }
}

fn write(payment: &Payment) -> Writer {
    let (due, version) = (&payment.due, payment.version);
    let mut xml = Writer::new();
    xml.element("totalAmount", &due.amount.euro()).element("paymentDescription", &due.description);
    xml.element("fiscalCodePA", &payment.qr.organization);
    optional(&mut xml, "companyName", due.company_name.as_deref());
    optional(&mut xml, "officeName", due.office_name.as_deref());
    xml.element("paymentToken", &payment.token);
    xml.open("transferList");
    for each in &due.transfers {
        transfer(&mut xml, each, version);
    }
    xml.close("transferList");
    if version == Version::V2 {
        metadata(&mut xml, &due.metadata);
    }
    xml.element("creditorReferenceId", &due.iuv);
    // Said where it is certain: a station that shows bank accounts here may still have postal ones.
    if version == Version::V2 && due.transfers.iter().all(is_postal) {
        xml.element("allCCP", "true");
    }
    if payment.stand_in {
        xml.element("standin", "true");
    }
    xml
}

fn transfer(xml: &mut Writer, transfer: &said::Transfer, version: Version) {
    xml.open("transfer");
    xml.element("idTransfer", &transfer.id.to_string()).element("transferAmount", &transfer.amount.euro());
    xml.element("fiscalCodePA", &transfer.organization);
    if version == Version::V2 {
        optional(xml, "companyName", transfer.company_name.as_deref());
    }
    optional(xml, "IBAN", transfer.iban.as_deref());
    if let Some(stamp) = &transfer.stamp {
        xml.open("richiestaMarcaDaBollo").element("hashDocumento", &stamp.hash);
        xml.element("tipoBollo", &stamp.kind).element("provinciaResidenza", &stamp.province);
        xml.close("richiestaMarcaDaBollo");
    }
    xml.element("remittanceInformation", &transfer.remittance_information);
    if version == Version::V2 {
        xml.element("transferCategory", &transfer.category);
    }
    metadata(xml, &transfer.metadata);
    xml.close("transfer");
}

/// Whether a transfer can go to a postal account that it shows.
fn is_postal(transfer: &said::Transfer) -> bool {
    let other = transfer.metadata.iter().find(|entry| entry.key == "IBANAPPOGGIO").map(|entry| entry.value.as_str());
    transfer.iban.as_deref().into_iter().chain(other).any(is_postal_iban)
}
