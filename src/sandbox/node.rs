//! The running Node: who takes part, what it remembers, the line to the stations, the time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::calls::Primitive;
use super::calls::answer::{Asked, Finding, Verdict, judge};
use super::calls::line::{Exchange, Heard, Line, Silence};
use super::calls::message::Qr;
use super::calls::rule::Rule;
use super::calls::said::Said;
use super::checkout::Shelf;
use super::fault::{Code, Refusal};
use super::ledger::Ledger;
use super::participants::{Organization, Participants, Station};
use super::receipts::Queue;
use super::standin::StandIns;
use super::story::{Between, Step, Story};
use crate::settings;
use crate::station::Clock;

/// A small Node. Cheap to clone.
#[derive(Clone)]
pub struct Node(Arc<Inner>);

/// What the Node is made of.
pub struct Inner {
    /// Who takes part.
    pub participants: Participants,
    /// Where stations are that have no address of their own.
    pub station_url: String,
    /// How it behaves.
    pub settings: settings::Sandbox,
    /// The time.
    pub clock: Clock,
    /// The line to the stations.
    pub line: Line,
    /// What it has told.
    pub story: Story,
    /// The way to whoever sends receipts.
    pub(super) queue: Queue,
    ledger: Mutex<Ledger>,
    stand_ins: Mutex<StandIns>,
    carts: Mutex<Shelf>,
    /// So many answers to receipts will not arrive.
    losing: AtomicU32,
}

impl std::ops::Deref for Node {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Node {
    /// A Node that has seen nothing yet.
    pub fn new(
        participants: Participants,
        station_url: String,
        settings: settings::Sandbox,
        clock: Clock,
        line: Line,
    ) -> Node {
        Node(Arc::new(Inner {
            participants,
            station_url,
            settings,
            clock,
            line,
            story: Story::default(),
            queue: Queue::default(),
            ledger: Mutex::default(),
            stand_ins: Mutex::default(),
            carts: Mutex::default(),
            losing: AtomicU32::default(),
        }))
    }

    /// The same Node on a bad line: the next answers to receipts are lost on their way, after the station gave them.
    pub fn losing_answers(self, answers: u32) -> Node {
        self.losing.store(answers, Ordering::Relaxed);
        self
    }

    /// Whether this answer to a receipt is one that gets lost.
    fn loses_an_answer(&self) -> bool {
        self.losing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    /// What the Node remembers of payments. Held for moments only, never while somebody is asked.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which stations are stood in for. Held for moments only, too, and never while the ledger is.
    pub(super) fn stand_ins(&self) -> MutexGuard<'_, StandIns> {
        self.stand_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The carts of its Checkout. Held for moments only, and never while one of the others is.
    pub(super) fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.carts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Who has a notice: the creditor and its station, both served by the platform (`domain` 15, 4).
    pub fn target(&self, qr: &Qr) -> Result<(&Organization, &Station), Refusal> {
        self.serving(&qr.organization, |organization| organization.station_of(&qr.notice))
    }

    /// A creditor and the one of its stations that is sought, both served by the platform (`domain` 15, 4).
    pub fn serving<'n>(
        &'n self,
        organization: &str,
        sought: impl FnOnce(&'n Organization) -> Option<&'n Station>,
    ) -> Result<(&'n Organization, &'n Station), Refusal> {
        let organization = self.participants.organization(organization).ok_or(Code::DominioSconosciuto)?;
        if !organization.active {
            return Err(Code::DominioDisabilitato.into());
        }
        let station = sought(organization).ok_or(Code::StazioneIntPaSconosciuta)?;
        if !station.active {
            return Err(Code::StazioneIntPaDisabilitata.into());
        }
        if !self.participants.broker_is_active(&station.link.id_broker) {
            return Err(Code::IntermediarioPaDisabilitato.into());
        }
        Ok((organization, station))
    }

    /// Asks a station about a notice. What it says is sound, or this is what the PSP hears (`domain` 15, 6).
    pub async fn ask(
        &self,
        station: &Station,
        primitive: Primitive,
        qr: Option<&Qr>,
        message: String,
    ) -> Result<Said, Refusal> {
        let organization = qr.map(|qr| qr.organization.as_str()).unwrap_or_default();
        self.ask_for(organization, station, primitive, qr, message).await
    }

    /// The same for a creditor, where there is no notice yet to tell whose it is.
    pub async fn ask_for(
        &self,
        organization: &str,
        station: &Station,
        primitive: Primitive,
        qr: Option<&Qr>,
        message: String,
    ) -> Result<Said, Refusal> {
        if !station.service_active {
            let what = format!("the service of {} is not active: it is not called", station.link.id_station);
            let notice = qr.map(|qr| qr.notice.to_string());
            self.story.tell(Step { notice, ..Step::new(self.now(), Between::Node, what) });
            let refusal = Refusal::from(Code::StazioneIntPaServizioNonAttivo);
            self.count_answer(station, primitive, Some(&refusal));
            return Err(refusal);
        }
        let (exchange, verdict) = self.call(station, primitive, qr, message).await;
        let refusal = refusal_of(organization, &exchange.heard, &verdict);
        self.count_answer(station, primitive, refusal.as_ref());
        refusal.map_or(Ok(verdict.said), Err)
    }

    /// Calls a station, tells the story of it, and judges what it says.
    pub async fn call(
        &self,
        station: &Station,
        primitive: Primitive,
        qr: Option<&Qr>,
        message: String,
    ) -> (Exchange, Verdict) {
        let url = station.url.as_deref().unwrap_or(&self.station_url);
        let notice = qr.map(|qr| qr.notice.to_string());
        let what = format!("{} to {} at {url}", primitive.name(), station.link.id_station);
        let message_sent = Some(message.clone());
        self.story.tell(Step {
            notice: notice.clone(),
            message: message_sent,
            ..Step::new(self.now(), Between::NodeToStation, what)
        });
        let patience = match (primitive.is_receipt(), station.timeout_ms, station.receipt_timeout_ms) {
            (true, _, Some(ms)) | (false, Some(ms), _) => std::time::Duration::from_millis(ms),
            (true, _, None) => self.settings.receipt_timeout,
            (false, None, _) => self.settings.timeout,
        };
        let mut exchange = self.line.call(url, primitive.name(), message.into_bytes(), patience).await;
        if primitive.is_receipt() && exchange.heard.is_ok() && self.loses_an_answer() {
            exchange.heard = Err(Silence::Broken("the answer was lost on its way".into()));
        }
        let asked = Asked { primitive, qr, participants: Some(&self.participants) };
        let verdict = judge(asked, &exchange);
        let (what, message) = match &exchange.heard {
            Ok(Heard { status, body, .. }) => {
                (format!("HTTP {status} after {} ms", exchange.took.as_millis()), String::from_utf8_lossy(body).into())
            }
            Err(Silence::Unreachable(why)) => (format!("nobody there: {why}"), None),
            Err(Silence::TimedOut) => (format!("no answer within {} ms", patience.as_millis()), None),
            Err(Silence::Broken(why)) => (format!("the connection broke: {why}"), None),
        };
        self.story.tell(Step {
            notice,
            thought: Some(thought(&verdict)),
            message: message.map(|text: std::borrow::Cow<'_, str>| text.into_owned()),
            ..Step::new(self.now(), Between::StationToNode, what)
        });
        (exchange, verdict)
    }
}

/// What a PSP hears of an answer that is no good, or of a KO. The envelope counts before the status: stations do say KO
/// with 404. Where there is no envelope, a status other than 200 is somebody in between who says that nobody is there.
fn refusal_of(organization: &str, heard: &Result<Heard, Silence>, verdict: &Verdict) -> Option<Refusal> {
    let heard = match heard {
        Ok(heard) => heard,
        Err(Silence::TimedOut) => return Some(Code::StazioneIntPaTimeout.into()),
        Err(Silence::Unreachable(_) | Silence::Broken(_)) => return Some(Code::StazioneIntPaIrraggiungibile.into()),
    };
    let no_envelope = |it: &Finding| matches!(it.rule, Rule::WellFormed | Rule::Envelope);
    if heard.status != 200 && verdict.findings.iter().any(no_envelope) {
        return Some(Refusal::because(Code::StazioneIntPaIrraggiungibile, format!("HTTP {}", heard.status)));
    }
    if !verdict.is_usable() {
        return Some(Refusal::because(Code::StazioneIntPaErroreResponse, broken_rules(verdict)));
    }
    match &verdict.said {
        Said::Ko(fault) => Some(Refusal::of_station(organization, fault.clone())),
        Said::Fault { code, .. } => {
            Some(Refusal::because(Code::StazioneIntPaErroreResponse, format!("SOAP Fault {code}")))
        }
        _ => None,
    }
}

fn broken_rules(verdict: &Verdict) -> String {
    verdict.findings.iter().map(|it| format!("{}: {}", it.rule.name(), it.what)).collect::<Vec<_>>().join("; ")
}

/// What the Node thinks of an answer, in a sentence.
pub(super) fn thought(verdict: &Verdict) -> String {
    let said = match &verdict.said {
        Said::Payable(payable) => format!("{} EUR can be paid", payable.amount.euro()),
        Said::Payment(payment) => {
            let shares = payment.transfers.len();
            let word = if shares == 1 { "transfer" } else { "transfers" };
            format!("{} EUR to pay, in {shares} {word}", payment.amount.euro())
        }
        Said::Taken => "the receipt was taken".into(),
        Said::Demanded(qr, payable) => format!("notice {} over {} EUR", qr.notice, payable.amount.euro()),
        Said::Ko(bean) => format!("a KO: {}", bean.code),
        Said::Fault { code, .. } => format!("a SOAP Fault: {code}"),
        Said::Nothing => "nothing".into(),
    };
    match (verdict.is_sound(), verdict.is_usable()) {
        (true, _) => said,
        (false, true) => format!("{said}; {}", broken_rules(verdict)),
        (false, false) => broken_rules(verdict),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::codes::NoticeNumber;

    const COMUNE: &str = "99000001018";

    fn answer(content: &str) -> String {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <p:paVerifyPaymentNoticeRes xmlns:p=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\">{content}\
             </p:paVerifyPaymentNoticeRes></s:Body></s:Envelope>"
        )
    }

    /// What a PSP hears, of a status, a label and a body.
    fn heard(status: u16, content_type: &str, body: &str) -> Option<Refusal> {
        let body = body.as_bytes().to_vec();
        after(Ok(Heard { status, content_type: Some(content_type.into()), body }))
    }

    fn after(heard: Result<Heard, Silence>) -> Option<Refusal> {
        let qr = Qr { organization: COMUNE.into(), notice: NoticeNumber::parse("307000000001234573").unwrap() };
        let asked = Asked { primitive: Primitive::Verify, qr: Some(&qr), participants: None };
        let exchange = Exchange { sent: vec![], heard, took: Duration::ZERO };
        let verdict = judge(asked, &exchange);
        refusal_of(COMUNE, &exchange.heard, &verdict)
    }

    #[test]
    fn what_a_psp_hears_of_what_came_back() {
        let ok = answer(
            "<outcome>OK</outcome><paymentList><paymentOptionDescription><amount>1.00</amount><options>EQ</options>\
             <allCCP>true</allCCP></paymentOptionDescription></paymentList><paymentDescription>TARI</paymentDescription>\
             <fiscalCodePA>99000001018</fiscalCodePA><companyName>Comune</companyName>",
        );
        let ko = answer(
            "<outcome>KO</outcome><fault><faultCode>PAA_PAGAMENTO_SCADUTO</faultCode><faultString>Scaduto</faultString>\
             <id>99000001018</id></fault>",
        );
        let relayed = ko.replace("PAA_", "ALTRO_");
        let bare = answer("<outcome>KO</outcome>");
        let other = ok.replace("99000001018", "99000002024");
        let soap_fault = crate::soap::envelope::fault("Server", "Rotto");
        let nothing = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>";
        let html = "<html><body>Not here</body></html>";
        let (xml, page) = ("text/xml", "text/html");
        use Code::*;
        for (status, kind, body, code) in [
            (200, xml, ok.as_str(), None),
            (200, page, &ok, None),
            (404, xml, &ok, None),
            (200, xml, &ko, Some(ErroreEmessoDaPaa)),
            (404, xml, &ko, Some(ErroreEmessoDaPaa)),
            (500, xml, &ko, Some(ErroreEmessoDaPaa)),
            (200, xml, &relayed, Some(ErroreEmessoDaPaa)),
            (200, xml, &bare, Some(StazioneIntPaErroreResponse)),
            (200, xml, &other, Some(StazioneIntPaErroreResponse)),
            (200, xml, &soap_fault, Some(StazioneIntPaErroreResponse)),
            (500, xml, &soap_fault, Some(StazioneIntPaErroreResponse)),
            (200, xml, &ok.replace("NoticeRes", "NoticeRsp"), Some(StazioneIntPaErroreResponse)),
            (500, xml, &ok.replace("NoticeRes", "NoticeRsp"), Some(StazioneIntPaErroreResponse)),
            (200, xml, nothing, Some(StazioneIntPaErroreResponse)),
            (200, page, html, Some(StazioneIntPaErroreResponse)),
            (200, xml, "", Some(StazioneIntPaErroreResponse)),
            (200, xml, &ok[..ok.len() - 5], Some(StazioneIntPaErroreResponse)),
            (301, page, html, Some(StazioneIntPaIrraggiungibile)),
            (404, page, html, Some(StazioneIntPaIrraggiungibile)),
            (500, page, "", Some(StazioneIntPaIrraggiungibile)),
            (503, page, "", Some(StazioneIntPaIrraggiungibile)),
        ] {
            assert_eq!(heard(status, kind, body).map(|refusal| refusal.code), code, "{status} {kind} {body}");
        }
        for (silence, code) in [
            (Silence::TimedOut, StazioneIntPaTimeout),
            (Silence::Unreachable("refused".into()), StazioneIntPaIrraggiungibile),
            (Silence::Broken("reset".into()), StazioneIntPaIrraggiungibile),
        ] {
            assert_eq!(after(Err(silence)), Some(Refusal::from(code)));
        }
    }
}
