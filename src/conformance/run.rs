//! Goes through the cases one by one, as the Node would: no two calls at a time, and no more patience than it has.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::case::{Case, NoticeWanted, Outcome, Recipient, State, Step};
use super::cures::PAID_BEFORE;
use super::fixtures::Fixtures;
use super::judge::{About, Answer, Breach, breaches};
use super::message::{self, Message, Words};
use super::notice::Notice;
use super::receipt::Paid;
use super::report::{CaseReport, Exchanged, Latency, Report, Result as Ended};
use super::stock::Stock;
use crate::domain::receipt::Version;
use crate::domain::registry::Caller;
use crate::sandbox::calls::Primitive;
use crate::sandbox::calls::answer::{Asked, PAID, judge};
use crate::sandbox::calls::line::{Exchange, Line, LineError, Silence};
use crate::sandbox::calls::message::{Activation, Demand, demand, get, receipt, verify};
use crate::sandbox::calls::said::{Payment, Said};

/// How a suite is run.
#[derive(Debug)]
pub struct Suite<'a> {
    /// The line to the station.
    pub line: &'a Line,
    /// Where it is.
    pub url: &'a str,
    /// What it holds.
    pub fixtures: &'a Fixtures,
    /// What is tried, in the order of the report.
    pub cases: &'a [Case],
    /// Cases that change the station are left out.
    pub read_only: bool,
    /// How long to wait for an answer, where not as long as the Node.
    pub patience: Option<Duration>,
    /// The prefixes of the envelope and of the root.
    pub prefixes: [String; 2],
}

/// Why a suite ends before its end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Nobody has taken a call.
    #[error("nobody answers at {url}: {why}")]
    Unreachable {
        /// The address.
        url: String,
        /// Why.
        why: String,
    },
}

impl Suite<'_> {
    /// Runs the cases and tells `watch` of each as it ends. First those that leave the station as it is; then those that
    /// change it, the choosiest first, so that none takes the only notice that another can do with.
    pub async fn run(&self, now: DateTime<Utc>, mut watch: impl FnMut(&CaseReport)) -> Result<Report, RunError> {
        let (wanted, left_out): (Vec<_>, Vec<_>) =
            self.cases.iter().enumerate().partition(|(_, case)| !(self.read_only && case.changes_the_station()));
        let mut order = wanted;
        order.sort_by_key(|(at, case)| {
            let traits = case.notice.as_ref().map_or(0, |wanted| wanted.with.len() + wanted.without.len());
            (case.changes_the_station(), if case.changes_the_station() { usize::MAX - traits } else { 0 }, *at)
        });
        let mut runner = Runner { suite: self, stock: Stock::new(self.fixtures), latency: Latency::default(), now };
        let mut reports = Vec::new();
        for (at, case) in order {
            let report = runner.case(case).await;
            if runner.latency.rows().is_empty()
                && let Some(why) = &report.unreachable
            {
                return Err(RunError::Unreachable { url: self.url.to_owned(), why: why.clone() });
            }
            watch(&report);
            reports.push((at, report));
        }
        reports.sort_by_key(|(at, _)| *at);
        let cases = reports.into_iter().map(|(_, report)| report).collect();
        Ok(Report::new(self.url, now, cases, left_out.len(), runner.latency, self.fixtures.remarks.clone()))
    }
}

struct Runner<'a> {
    suite: &'a Suite<'a>,
    stock: Stock<'a>,
    latency: Latency,
    now: DateTime<Utc>,
}

/// What is the same for all steps of a case.
struct Scene<'a> {
    case: &'a Case,
    notice: Notice,
    owner: Caller,
    receipt_id: String,
    /// What the station told at the activation.
    payment: Option<Payment>,
    /// Whether the notice was paid before anything was done with it.
    paid_before: bool,
    before: Option<Answer>,
}

impl<'a> Runner<'a> {
    async fn case(&mut self, case: &'a Case) -> CaseReport {
        let mut report = CaseReport::of(case);
        let mut scene = match self.scene(case) {
            Ok(scene) => scene,
            Err(lacking) => return CaseReport { result: Ended::NotRun(lacking), ..report },
        };
        for (number, step) in case.steps.iter().enumerate() {
            let last = number + 1 == case.steps.len();
            let broken = match self.step(&mut scene, step, &mut report).await {
                Ok(broken) => broken,
                Err(Obstacle::Lacking(what)) => return CaseReport { result: Ended::NotRun(what), ..report },
                Err(Obstacle::Unsendable(what)) => {
                    return CaseReport { result: Ended::NotRun(format!("the case cannot be sent: {what}")), ..report };
                }
            };
            if !broken.is_empty() {
                // What comes after a step that went wrong tells nothing.
                let place = |breach: Breach| match last {
                    true => breach,
                    false => Breach { what: format!("step {}: {}", number + 1, breach.what), ..breach },
                };
                let mut broken: Vec<_> = broken.into_iter().map(place).collect();
                if scene.paid_before {
                    broken.iter_mut().for_each(|breach| breach.cure = Some(PAID_BEFORE.into()));
                    report.paid_before = true;
                }
                report.result = Ended::Broken(broken);
                return report;
            }
        }
        report
    }

    fn scene(&mut self, case: &'a Case) -> Result<Scene<'a>, String> {
        let first_generation = case.steps.iter().any(|it| matches!(it.primitive, Primitive::Get | Primitive::SendRt));
        let notice = match &case.notice {
            Some(wanted) => self.stock.take(wanted, &case.facts(), first_generation)?,
            // Nothing may be paid by accident.
            None if case.changes_the_station() => self.stock.make_up()?,
            None => match self.stock.take(&NoticeWanted::default(), &[], first_generation) {
                Ok(notice) => notice,
                Err(_) => self.stock.make_up()?,
            },
        };
        let owner = self.suite.fixtures.owner_of(&notice).ok_or("the creditor has no station")?;
        let receipt_id = uuid::Uuid::new_v4().simple().to_string();
        Ok(Scene { case, notice, owner, receipt_id, payment: None, paid_before: false, before: None })
    }

    async fn step(
        &mut self,
        scene: &mut Scene<'_>,
        step: &Step,
        report: &mut CaseReport,
    ) -> Result<Vec<Breach>, Obstacle> {
        let message = self.message(scene, step).await?;
        let times = step.request.repeat.unwrap_or(1);
        for time in 1..=times {
            let exchange =
                self.send(step.primitive, &message).await.map_err(|error| Obstacle::Unsendable(error.to_string()))?;
            if let Err(Silence::Unreachable(why)) = &exchange.heard {
                report.unreachable = Some(why.clone());
            }
            let qr = scene.notice.qr();
            let about = About {
                case: scene.case,
                primitive: step.primitive,
                notice: &scene.notice,
                qr: &qr,
                participants: &self.suite.fixtures.participants,
            };
            let expect = if time < times { &step.expect_first } else { &step.expect };
            let (answer, broken) = breaches(about, expect, &exchange, scene.before.as_ref());
            if let Said::Payment(payment) = &answer.said {
                scene.payment = Some((**payment).clone());
            }
            let only_looked_at = scene.before.is_none() && !step.primitive.is_receipt();
            let not_refused_by_right = !expect.outcome.contains(&Outcome::Ko);
            if only_looked_at && not_refused_by_right && scene.notice.state == State::Payable {
                scene.paid_before |= answer.code.as_deref() == Some(PAID);
            }
            scene.before = Some(answer);
            report.heard(Exchanged::of(step.primitive, &exchange));
            if !broken.is_empty() {
                return Ok(broken);
            }
        }
        Ok(vec![])
    }

    async fn message(&mut self, scene: &mut Scene<'_>, step: &Step) -> Result<Message, Obstacle> {
        let to = match step.request.recipient {
            Recipient::Owner => scene.owner.clone(),
            Recipient::Beneficiary => {
                let other = self.suite.fixtures.beneficiary_of(&scene.notice);
                other.ok_or_else(|| Obstacle::Lacking("no beneficiary of such a notice has a station here".into()))?
            }
        };
        let good = self.good(scene, step.primitive, &to).await?;
        let amount = scene.payment.as_ref().map(|payment| payment.amount).or(scene.notice.amount);
        let words = Words {
            caller: to,
            nav: scene.notice.number.to_string(),
            iuv: scene.notice.iuv.clone(),
            amount: amount.unwrap_or_default().euro(),
            receipt_id: scene.receipt_id.clone(),
        };
        message::change(&good, step.primitive, &step.request, &words, &self.suite.prefixes)
            .map_err(Obstacle::Unsendable)
    }

    /// What the Node would send.
    async fn good(&mut self, scene: &mut Scene<'_>, primitive: Primitive, to: &Caller) -> Result<String, Obstacle> {
        let qr = scene.notice.qr();
        let activation = Activation { amount: scene.notice.amount, ..Activation::default() };
        Ok(match primitive {
            Primitive::Verify => verify(to, &qr),
            Primitive::Get => get(Version::V1, to, &qr, &activation),
            Primitive::GetV2 => get(Version::V2, to, &qr, &activation),
            Primitive::Demand => {
                let service = self.suite.fixtures.service();
                let (service, subject) =
                    service.map_or(("00001", "00001"), |it| (&it.id_servizio, &it.id_soggetto_servizio));
                demand(to, &Demand { service: service.into(), subject: subject.into(), data: SERVICE_DATA.into() })
            }
            Primitive::SendRt => self.receipt(scene, Version::V1, to).await?,
            Primitive::SendRtV2 => self.receipt(scene, Version::V2, to).await?,
        })
    }

    /// A receipt comes from what the station told at the activation; for a notice that cannot be activated, from the
    /// fixtures.
    async fn receipt(&mut self, scene: &mut Scene<'_>, version: Version, to: &Caller) -> Result<String, Obstacle> {
        if scene.payment.is_none() && scene.notice.state == State::Payable {
            scene.payment = self.activate(scene, version).await?;
        }
        let payment = scene.payment.clone().unwrap_or_else(|| scene.notice.as_payment());
        let psps = self.suite.fixtures.participants.psps();
        let psp = *psps.first().ok_or_else(|| Obstacle::Lacking("psps: name at least one".into()))?;
        let paid = Paid { notice: &scene.notice, payment: &payment, psp, receipt_id: &scene.receipt_id, at: self.now };
        Ok(receipt(to, &paid.receipt(version, to)))
    }

    async fn activate(&mut self, scene: &mut Scene<'_>, version: Version) -> Result<Option<Payment>, Obstacle> {
        let primitive = if version == Version::V1 { Primitive::Get } else { Primitive::GetV2 };
        let qr = scene.notice.qr();
        let activation = Activation { amount: scene.notice.amount, ..Activation::default() };
        let message = get(version, &scene.owner, &qr, &activation);
        let patience = self.suite.patience.unwrap_or(primitive.patience());
        let exchange = self.suite.line.call(self.suite.url, primitive.name(), message.into_bytes(), patience).await;
        self.latency.note(primitive, &exchange);
        let participants = Some(&self.suite.fixtures.participants);
        let verdict = judge(Asked { primitive, qr: Some(&qr), participants }, &exchange);
        Ok(match verdict.said {
            Said::Payment(payment) => Some(*payment),
            Said::Ko(bean) => {
                scene.paid_before |= scene.before.is_none() && bean.code == PAID;
                None
            }
            _ => None,
        })
    }

    async fn send(&mut self, primitive: Primitive, message: &Message) -> Result<Exchange, LineError> {
        let Message { method, headers, body } = message;
        let patience = self.suite.patience.unwrap_or(primitive.patience());
        let exchange = self.suite.line.send_as(self.suite.url, method, headers, body.clone(), patience).await?;
        self.latency.note(primitive, &exchange);
        Ok(exchange)
    }
}

/// The data of a service of which nothing is known, in base64: an empty XML document.
const SERVICE_DATA: &str = "PHNlcnZpemlvLz4=";

/// Why a step cannot be said.
enum Obstacle {
    /// The fixtures lack something.
    Lacking(String),
    /// The case asks for something that cannot be made of the request.
    Unsendable(String),
}
