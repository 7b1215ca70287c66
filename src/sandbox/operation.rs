//! One way to answer a PSP for all operations: the contract, the caller, the operation, and the only catch.

use std::sync::LazyLock;

use chrono::Duration;

use super::calls::message::Qr;
use super::calls::said::{optional, text_of};
use super::fault::{Code, Refusal};
use super::ledger::PspCaller;
use super::node::Node;
use super::once::Keyed;
use super::participants::Participants;
use super::story::{Between, Step};
use crate::domain::codes::NoticeNumber;
use crate::schema::Schema;
use crate::soap::envelope;
use crate::xml::{Element, Writer};

/// Namespace of the messages.
pub(super) const MESSAGES: &str = "http://pagopa-api.pagopa.gov.it/node/nodeForPsp.xsd";

static CONTRACT: LazyLock<Schema> = LazyLock::new(|| {
    let common = include_str!("../../xsd/commonTypes.xsd");
    Schema::read(include_str!("../../xsd/nodeForPsp.xsd"), &[("commonTypes.xsd", common)])
        .expect("our own schema can be read")
});

/// One primitive of nodeForPsp.
pub(super) trait Operation {
    /// Its name, which is also its SOAPAction.
    const NAME: &'static str;
    /// The element in the Body of its request.
    const REQUEST: &'static str;
    /// The element in the Body of its response.
    const RESPONSE: &'static str;

    /// How long what is said with an `idempotencyKey` is remembered; none: this operation has no such key.
    fn key_life(_node: &Node, _asked: &Asked<'_>) -> Option<Duration> {
        None
    }

    /// Answers a request that keeps to the contract, from a caller that is known: what follows the OK, or the no.
    async fn run(node: &Node, asked: &Asked<'_>) -> Result<Writer, Refusal>;
}

/// A request and who makes it.
pub(super) struct Asked<'m> {
    /// Who asks.
    pub(super) by: PspCaller,
    /// The operation's element in the Body.
    pub(super) root: Element<'m>,
    /// All the bytes.
    pub(super) raw: &'m [u8],
}

impl Asked<'_> {
    /// The text of a field, "" where it is absent.
    pub(super) fn text(&self, name: &str) -> String {
        text_of(self.root, name)
    }

    /// The text of a field that may be absent.
    pub(super) fn optional(&self, name: &str) -> Option<String> {
        optional(self.root, name)
    }

    /// The notice.
    pub(super) fn qr(&self) -> Result<Qr, Refusal> {
        let code = self.root.child("qrCode").ok_or(Code::SintassiExtraXsd)?;
        let notice = NoticeNumber::parse(&text_of(code, "noticeNumber")).map_err(|_| Code::SintassiExtraXsd)?;
        Ok(Qr { organization: text_of(code, "fiscalCode"), notice })
    }
}

/// What a PSP hears.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// In short, for the story.
    pub(super) what: String,
    /// All of it.
    pub(super) body: String,
}

impl Answer {
    fn of<O: Operation>(answered: Result<Writer, Refusal>) -> Answer {
        match answered {
            Ok(content) => {
                let body = envelope::around("nod", MESSAGES, O::RESPONSE, |xml| {
                    xml.element("outcome", "OK").raw(&content.finish());
                });
                Answer { what: "OK".to_owned(), body }
            }
            Err(refusal) => {
                let body = envelope::around("nod", MESSAGES, O::RESPONSE, |xml| refusal.write(xml));
                let described = refusal.description.as_deref().map(|text| format!(": {text}")).unwrap_or_default();
                Answer { what: format!("KO {}{described}", refusal.code.as_str()), body }
            }
        }
    }

    /// The same, to the same question.
    pub(super) fn again(&self) -> Answer {
        Answer { what: format!("{}, the first answer again", self.what), body: self.body.clone() }
    }
}

/// Answers a message that is for this operation. `action` is the SOAPAction, if there is one.
pub(super) async fn answer<O: Operation>(node: &Node, root: Element<'_>, raw: &[u8], action: Option<&str>) -> String {
    let notice = notice_of(node, root);
    node.story.tell(Step {
        notice: notice.clone(),
        message: Some(String::from_utf8_lossy(raw).into_owned()),
        ..Step::new(node.now(), Between::PspToNode, O::NAME)
    });
    let Answer { what, body } = run::<O>(node, root, raw, action).await;
    node.story.tell(Step {
        notice,
        message: Some(body.clone()),
        ..Step::new(node.now(), Between::NodeToPsp, format!("{} {what}", O::NAME))
    });
    body
}

async fn run<O: Operation>(node: &Node, root: Element<'_>, raw: &[u8], action: Option<&str>) -> Answer {
    if let Err(refusal) = keeps_to_contract::<O>(root, action) {
        return Answer::of::<O>(Err(refusal));
    }
    let by = PspCaller {
        psp: text_of(root, "idPSP"),
        broker: text_of(root, "idBrokerPSP"),
        channel: text_of(root, "idChannel"),
    };
    let asked = Asked { by, root, raw };
    let admitted = admit(&node.participants, &asked.by, &asked.text("password"));
    let Some((key, life)) = asked.optional("idempotencyKey").zip(O::key_life(node, &asked)) else {
        return Answer::of::<O>(match admitted {
            Ok(()) => O::run(node, &asked).await,
            Err(refusal) => Err(refusal),
        });
    };
    let keyed = Keyed::new(&asked.by.psp, key, root, life);
    if let Err(refusal) = admitted {
        return keyed.refuse(node, Answer::of::<O>(Err(refusal)));
    }
    let first = async || {
        let answered = O::run(node, &asked).await;
        let is_malformed = matches!(&answered, Err(refusal) if refusal.code.is_about_syntax());
        let answer = Answer::of::<O>(answered);
        // What is malformed was not said: the key is still free.
        if is_malformed { Err(answer) } else { Ok(answer) }
    };
    keyed.once(node, first).await.unwrap_or_else(|refusal| Answer::of::<O>(Err(refusal)))
}

fn keeps_to_contract<O: Operation>(root: Element<'_>, action: Option<&str>) -> Result<(), Refusal> {
    if let Some(action) = action.filter(|action| *action != O::NAME) {
        let action: String = action.chars().filter(|c| !c.is_control()).take(60).collect();
        return Err(Refusal::because(Code::SoapActionErrata, format!("{action} invece di {}", O::NAME)));
    }
    if let Some(fault) = CONTRACT.judge(root, 1).first() {
        return Err(Refusal::because(Code::SintassiExtraXsd, format!("{}: {}", fault.path, fault.rule)));
    }
    Ok(())
}

/// Who calls, and whether he may (`domain` 15, 2).
pub(super) fn admit(participants: &Participants, by: &PspCaller, password: &str) -> Result<(), Refusal> {
    let psp = participants.psp(&by.psp).ok_or(Code::PspSconosciuto)?;
    if !psp.active {
        return Err(Code::PspDisabilitato.into());
    }
    if !participants.knows_broker(&by.broker) {
        return Err(Code::IntermediarioPspSconosciuto.into());
    }
    if !participants.broker_is_active(&by.broker) {
        return Err(Code::IntermediarioPspDisabilitato.into());
    }
    let channel = participants.channel(&by.channel).ok_or(Code::CanaleSconosciuto)?;
    if !channel.active {
        return Err(Code::CanaleDisabilitato.into());
    }
    if channel.password != password {
        return Err(Code::Autenticazione.into());
    }
    if channel.id_broker_psp != by.broker {
        return Err(Refusal::because(Code::Autorizzazione, "Il canale non è dell'intermediario indicato"));
    }
    if !psp.channels.iter().any(|own| own.id_channel == by.channel) {
        return Err(Refusal::because(Code::Autorizzazione, "Il PSP non può usare il canale indicato"));
    }
    if !channel.pays_notices {
        return Err(Refusal::because(Code::Autorizzazione, "Il canale non è abilitato al pagamento di avvisi"));
    }
    Ok(())
}

/// The notice a message is about, for the story: named, or known by the first token.
fn notice_of(node: &Node, root: Element<'_>) -> Option<String> {
    let holder = root.child("qrCode").unwrap_or(root);
    let by_token = || {
        let token = optional(root.child("paymentTokens").unwrap_or(root), "paymentToken")?;
        node.ledger().payment(&token).map(|payment| payment.qr.notice.to_string())
    };
    optional(holder, "noticeNumber").or_else(by_token)
}
