//! One way to answer a PSP for all operations: the contract, the caller, the operation, and the only catch.

use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;

use chrono::Duration;
use futures_util::FutureExt;

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
/// How the Node abbreviates it: some clients look for elements by their prefix.
const PREFIX: &str = "nfp";

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
#[derive(Clone)]
pub(super) struct Answer {
    /// In short, for the story.
    pub(super) what: String,
    /// All of it.
    pub(super) body: String,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("what", &self.what).finish_non_exhaustive()
    }
}

impl Answer {
    /// `extended`: with a station's own fault in fields of their own.
    fn of<O: Operation>(answered: Result<Writer, Refusal>, extended: bool) -> Answer {
        match answered {
            Ok(content) => {
                let body = envelope::around(PREFIX, MESSAGES, O::RESPONSE, |xml| {
                    xml.element("outcome", "OK").raw(&content.finish());
                });
                Answer { what: "OK".to_owned(), body }
            }
            Err(refusal) => {
                let body = envelope::around(PREFIX, MESSAGES, O::RESPONSE, |xml| refusal.write(xml, extended));
                Answer { what: refusal.in_a_sentence(), body }
            }
        }
    }

    /// A no of the Node itself.
    fn no<O: Operation>(refusal: impl Into<Refusal>) -> Answer {
        Answer::of::<O>(Err(refusal.into()), false)
    }

    /// The same, to the same question.
    pub(super) fn again(&self) -> Answer {
        Answer { what: format!("{}, the first answer again", self.what), body: self.body.clone() }
    }
}

/// Answers a message that is for this operation: with its element in the Body, or with what is wrong with the message.
pub(super) async fn answer<O: Operation>(node: &Node, root: Result<Element<'_>, Refusal>, raw: &[u8]) -> String {
    let notice = root.as_ref().ok().and_then(|root| notice_of(node, *root));
    node.story.tell(Step {
        notice: notice.clone(),
        message: Some(String::from_utf8_lossy(raw).into_owned()),
        ..Step::new(node.now(), Between::PspToNode, O::NAME)
    });
    // The catch is for bugs: a PSP that hears nothing would not know whether somebody is paying.
    let answered = AssertUnwindSafe(run::<O>(node, root)).catch_unwind().await;
    let Answer { what, body } = answered.unwrap_or_else(|_| Answer::no::<O>(Code::SystemError));
    node.story.tell(Step {
        notice,
        message: Some(body.clone()),
        ..Step::new(node.now(), Between::NodeToPsp, format!("{} {what}", O::NAME))
    });
    body
}

async fn run<O: Operation>(node: &Node, root: Result<Element<'_>, Refusal>) -> Answer {
    let root = match root.and_then(keeps_to_contract) {
        Ok(root) => root,
        Err(refusal) => return Answer::no::<O>(refusal),
    };
    let by = PspCaller {
        psp: text_of(root, "idPSP"),
        broker: text_of(root, "idBrokerPSP"),
        channel: text_of(root, "idChannel"),
    };
    let extended = wants_extended_faults(&node.participants, &by);
    let asked = Asked { by, root };
    let admitted = admit(&node.participants, &asked.by, &asked.text("password"));
    let Some((key, life)) = asked.optional("idempotencyKey").zip(O::key_life(node, &asked)) else {
        return match admitted {
            Ok(()) => Answer::of::<O>(O::run(node, &asked).await, extended),
            Err(refusal) => Answer::no::<O>(refusal),
        };
    };
    let keyed = Keyed::new(&asked.by.psp, key, root, life);
    if let Err(refusal) = admitted {
        return keyed.refuse(node, Answer::no::<O>(refusal));
    }
    let first = async || {
        let answered = O::run(node, &asked).await;
        let is_malformed = matches!(&answered, Err(refusal) if refusal.code.is_about_syntax());
        let answer = Answer::of::<O>(answered, extended);
        // What is malformed was not said: the key is still free.
        if is_malformed { Err(answer) } else { Ok(answer) }
    };
    keyed.once(node, first).await.unwrap_or_else(Answer::no::<O>)
}

fn keeps_to_contract(root: Element<'_>) -> Result<Element<'_>, Refusal> {
    match CONTRACT.judge(root, 1).first() {
        Some(fault) => Err(Refusal::because(Code::SintassiExtraXsd, format!("{}: {}", fault.path, fault.rule))),
        None => Ok(root),
    }
}

/// Who calls, and whether he may (`domain` 15, 2).
pub(super) fn admit(participants: &Participants, by: &PspCaller, password: &str) -> Result<(), Refusal> {
    let psp = participants.psp(&by.psp).ok_or(Code::PspSconosciuto)?;
    if !psp.active {
        return Err(Code::PspDisabilitato.into());
    }
    if !participants.knows_psp_broker(&by.broker) {
        return Err(Code::IntermediarioPspSconosciuto.into());
    }
    if !participants.psp_broker_is_active(&by.broker) {
        return Err(Code::IntermediarioPspDisabilitato.into());
    }
    let channel = participants.channel(&by.channel).ok_or(Code::CanaleSconosciuto)?;
    if !channel.active {
        return Err(Code::CanaleDisabilitato.into());
    }
    if channel.password != password {
        return Err(Code::Autenticazione.into());
    }
    if channel.id_broker_psp != by.broker || !psp.channels.iter().any(|own| own.id_channel == by.channel) {
        return Err(Refusal::because(Code::Autorizzazione, "Configurazione intermediario-canale non corretta"));
    }
    if !channel.pays_notices() {
        return Err(Refusal::because(Code::Autorizzazione, "Il canale non è di tipo 'ATTIVATO_PRESSO_PSP'"));
    }
    Ok(())
}

/// Whether the channel that asks hears a station's own fault in fields of their own (`domain` 4.2).
fn wants_extended_faults(participants: &Participants, by: &PspCaller) -> bool {
    participants.channel(&by.channel).is_none_or(|channel| channel.extended_fault)
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

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::sandbox::calls::line::{Credentials, Line};
    use crate::settings::Settings;
    use crate::station::Clock;
    use crate::xml::{Document, Limits};

    struct Breaking;

    impl Operation for Breaking {
        const NAME: &'static str = "verifyPaymentNotice";
        const REQUEST: &'static str = "verifyPaymentNoticeReq";
        const RESPONSE: &'static str = "verifyPaymentNoticeRes";

        async fn run(_: &Node, _: &Asked<'_>) -> Result<Writer, Refusal> {
            panic!("as a bug would")
        }
    }

    #[tokio::test]
    async fn a_bug_is_told_as_a_ko() {
        let participants = Participants::parse(br#"{"organizations": []}"#).unwrap();
        let line = Line::new(&Credentials::default()).unwrap();
        let clock = Clock::driven_by(|| DateTime::UNIX_EPOCH);
        let node = Node::new(participants, String::new(), Settings::defaults().sandbox, clock, line);
        let request = format!(
            "<n:verifyPaymentNoticeReq xmlns:n=\"{MESSAGES}\"><idPSP>99000003030</idPSP>\
             <idBrokerPSP>99000003030</idBrokerPSP><idChannel>99000003030_01</idChannel><password>pwdpwdpwd</password>\
             <qrCode><fiscalCode>99000001018</fiscalCode><noticeNumber>307000000001234573</noticeNumber></qrCode>\
             </n:verifyPaymentNoticeReq>"
        );
        let document = Document::parse(&request, &Limits::default()).unwrap();
        let answer = answer::<Breaking>(&node, Ok(document.root()), request.as_bytes()).await;
        assert!(answer.contains("<faultCode>PPT_SYSTEM_ERROR</faultCode>"), "{answer}");
        let last = node.story.after(0, None).pop().unwrap();
        assert_eq!(last.what, "verifyPaymentNotice KO PPT_SYSTEM_ERROR");
    }
}
