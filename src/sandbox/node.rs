//! The running Node: who takes part, what it remembers, the line to the stations, the time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::calls::answer::{Asked, Verdict, judge};
use super::calls::line::{Exchange, Heard, Line, Silence};
use super::calls::message::Qr;
use super::calls::rule::Rule;
use super::calls::said::Said;
use super::calls::{Primitive, answer};
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

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Who has a notice: the creditor and its station, both served by the platform (`domain` 15, 4).
    pub fn target(&self, qr: &Qr) -> Result<(&Organization, &Station), Refusal> {
        let organization = self.participants.organization(&qr.organization);
        let organization = organization.ok_or(Code::DominioSconosciuto)?;
        if !organization.active {
            return Err(Code::DominioDisabilitato.into());
        }
        let station = organization.station_of(&qr.notice).ok_or_else(|| {
            Refusal::because(
                Code::StazioneIntPaSconosciuta,
                "Nessuna stazione per il codice di segregazione dell'avviso",
            )
        })?;
        if !station.active {
            return Err(Code::StazioneIntPaDisabilitata.into());
        }
        if !station.broker_active {
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
        let (exchange, verdict) = self.call(station, primitive, qr, message).await;
        let refusal = refusal_of(station, &exchange, &verdict);
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
        if primitive.is_receipt() && self.loses_an_answer() {
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

/// What a PSP hears of an answer that is no good, or of a KO.
fn refusal_of(station: &Station, exchange: &Exchange, verdict: &answer::Verdict) -> Option<Refusal> {
    let described = || verdict.findings.iter().map(|finding| finding.what.as_str()).collect::<Vec<_>>().join("; ");
    match &exchange.heard {
        Err(Silence::TimedOut) => return Some(Code::StazioneIntPaTimeout.into()),
        Err(Silence::Unreachable(_) | Silence::Broken(_)) => return Some(Code::StazioneIntPaIrraggiungibile.into()),
        Ok(heard) if matches!(heard.status, 502..=504) || heard.status == 404 => {
            let description = format!("HTTP {}", heard.status);
            return Some(Refusal::because(Code::StazioneIntPaServizioNonAttivo, description));
        }
        Ok(_) => {}
    }
    if let Said::Ko(bean) = &verdict.said
        && verdict.is_sound()
    {
        let original = station.extended_fault.then(|| bean.clone());
        let description = bean.description.clone().unwrap_or_else(|| bean.code.clone());
        return Some(Refusal { code: Code::ErroreEmessoDaPaa, description: Some(description), original });
    }
    if let Said::Fault { code, .. } = &verdict.said {
        return Some(Refusal::because(Code::StazioneIntPaErroreResponse, format!("SOAP Fault {code}")));
    }
    (!verdict.is_sound()).then(|| Refusal::because(Code::StazioneIntPaErroreResponse, described()))
}

/// What the Node thinks of an answer, in a sentence.
pub(super) fn thought(verdict: &Verdict) -> String {
    if !verdict.is_sound() {
        let told = |rule: Rule, what: &str| format!("{}: {what}", rule.name());
        return verdict.findings.iter().map(|it| told(it.rule, &it.what)).collect::<Vec<_>>().join("; ");
    }
    match &verdict.said {
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
    }
}
