//! The receipts on their way: one copy for each recipient, sent until there is an answer (`domain` 2, 15).

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Ledger, PaymentState};
use crate::domain::receipt::Receipt;
use crate::domain::registry::Caller;
use crate::sandbox::calls::message::Qr;

/// All copies; their numbers count from 1.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    all: Vec<Delivery>,
    /// Those that wait to be sent, the first to go first.
    waiting: BTreeSet<(DateTime<Utc>, u64)>,
    /// How many copies of each payment's receipt have no answer yet.
    unanswered: HashMap<String, usize>,
}

/// A receipt for one recipient.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its number.
    pub id: u64,
    /// The notice that was paid.
    pub qr: Qr,
    /// To whom it goes.
    pub to: Caller,
    /// What it says.
    pub receipt: Receipt,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: u32,
    /// When it is sent next; none: when somebody asks for it, if ever.
    pub next: Option<DateTime<Utc>>,
    /// What came back the last time.
    pub last: Option<LastAnswer>,
    /// Whether it goes out with another amount the next time, which a station has to notice.
    pub changed: bool,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is written.
    NoticeGenerated,
    /// It is out, and the answer is not here yet.
    NoticeSent,
    /// The station has answered, OK or KO: both are final.
    Notified,
    /// No answer came that means anything.
    NoticePending,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastAnswer {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub heard: Heard,
    /// What the Node thinks of it.
    pub thought: String,
}

/// What a station says to a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// OK.
    Ok,
    /// KO, and its code.
    Ko(String),
    /// Nothing, or nothing that can be used.
    Nothing,
}

/// How a copy without an answer is sent again.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// So often in all.
    pub attempts: u32,
    /// After so long.
    pub after: Duration,
}

/// Why a copy cannot be sent again right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// There is no such copy.
    Unknown,
    /// It is on its way.
    OnItsWay,
}

impl DeliveryState {
    /// The state's name.
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::NoticeGenerated => "NOTICE_GENERATED",
            DeliveryState::NoticeSent => "NOTICE_SENT",
            DeliveryState::Notified => "NOTIFIED",
            DeliveryState::NoticePending => "NOTICE_PENDING",
        }
    }
}

impl Delivery {
    /// Whether it waits for somebody to ask for it, never sent yet.
    pub fn is_held(&self) -> bool {
        self.state == DeliveryState::NoticeGenerated && self.next.is_none()
    }

    /// Whether the Node has given up on it.
    pub fn is_parked(&self) -> bool {
        self.state == DeliveryState::NoticePending && self.next.is_none()
    }
}

impl Ledger {
    /// Keeps the copies of a payment's receipt. `first` is when they go out; none: when somebody asks.
    pub fn write_receipts(&mut self, deliveries: Vec<(Caller, Receipt)>, first: Option<DateTime<Utc>>) {
        for (to, receipt) in deliveries {
            if let Some(payment) = self.payments.get_mut(&receipt.receipt_id) {
                payment.state = PaymentState::NoticeGenerated;
            }
            let id = self.deliveries.all.len() as u64 + 1;
            let qr = Qr { organization: receipt.organization.as_str().into(), notice: receipt.notice_number.clone() };
            *self.deliveries.unanswered.entry(receipt.receipt_id.clone()).or_default() += 1;
            let state = DeliveryState::NoticeGenerated;
            let delivery =
                Delivery { id, qr, to, receipt, state, attempts: 0, next: first, last: None, changed: false };
            self.deliveries.all.push(delivery);
            self.deliveries.waiting.extend(first.map(|at| (at, id)));
        }
    }

    /// The next copy that is due. From here to [`Ledger::heard`] it is on its way.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Option<Delivery> {
        let (at, id) = self.deliveries.waiting.first().copied().filter(|(at, _)| *at <= now)?;
        self.deliveries.waiting.remove(&(at, id));
        let delivery = self.deliveries.get_mut(id)?;
        let taken = delivery.clone();
        (delivery.state, delivery.next, delivery.changed) = (DeliveryState::NoticeSent, None, false);
        if let Some(payment) = self.payments.get_mut(&taken.receipt.receipt_id)
            && payment.state == PaymentState::NoticeGenerated
        {
            payment.state = PaymentState::NoticeSent;
        }
        Some(taken)
    }

    /// Notes what came back for a copy that was as `sent` says when it went out, and when it goes again.
    pub fn heard(&mut self, sent: &Delivery, answer: LastAnswer, retry: Retry) -> Option<DateTime<Utc>> {
        let now = answer.at;
        let delivery = self.deliveries.get_mut(sent.id)?;
        delivery.attempts += 1;
        // What was answered once stays answered, whatever becomes of a copy sent for the sake of it.
        let answered = sent.state == DeliveryState::Notified || answer.heard != Heard::Nothing;
        delivery.last = Some(answer);
        if answered {
            delivery.state = DeliveryState::Notified;
        } else {
            delivery.state = DeliveryState::NoticePending;
            delivery.next = (delivery.attempts < retry.attempts).then(|| now + retry.after);
        }
        let next = delivery.next;
        self.deliveries.waiting.extend(next.map(|at| (at, sent.id)));
        if answered && sent.state != DeliveryState::Notified {
            self.count_answer(&sent.receipt.receipt_id);
        }
        next
    }

    /// A payment is notified when the last of its recipients has answered.
    fn count_answer(&mut self, token: &str) {
        let Some(unanswered) = self.deliveries.unanswered.get_mut(token) else { return };
        *unanswered -= 1;
        if *unanswered == 0
            && let Some(payment) = self.payments.get_mut(token)
        {
            payment.state = PaymentState::Notified;
        }
    }

    /// Has a copy sent now, whatever became of it before: held, parked, waiting, or answered long since.
    pub fn send_now(&mut self, id: u64, changed: bool, now: DateTime<Utc>) -> Result<&Delivery, Busy> {
        let Deliveries { all, waiting, .. } = &mut self.deliveries;
        let delivery = position(id).and_then(|at| all.get_mut(at)).ok_or(Busy::Unknown)?;
        if delivery.state == DeliveryState::NoticeSent {
            return Err(Busy::OnItsWay);
        }
        if let Some(at) = delivery.next.replace(now) {
            waiting.remove(&(at, id));
        }
        waiting.insert((now, id));
        delivery.changed = changed;
        Ok(delivery)
    }

    /// Has all copies sent that are held, and says which.
    pub fn send_held(&mut self, now: DateTime<Utc>) -> Vec<u64> {
        let held: Vec<_> =
            self.deliveries.all.iter().filter(|delivery| delivery.is_held()).map(|delivery| delivery.id).collect();
        for id in &held {
            // Nobody else has the ledger, so none of them is on its way.
            let _ = self.send_now(*id, false, now);
        }
        held
    }

    /// A copy, by its number.
    pub fn delivery(&self, id: u64) -> Option<&Delivery> {
        self.deliveries.all.get(position(id)?)
    }

    /// All copies, the oldest first.
    pub fn deliveries(&self) -> &[Delivery] {
        &self.deliveries.all
    }
}

impl Deliveries {
    fn get_mut(&mut self, id: u64) -> Option<&mut Delivery> {
        self.all.get_mut(position(id)?)
    }
}

fn position(id: u64) -> Option<usize> {
    usize::try_from(id.checked_sub(1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::AmountOrZero;
    use crate::domain::codes::{Iuv, OrganizationCode};
    use crate::domain::receipt::{Details, Outcome, Version};
    use crate::sandbox::ledger::tests::{a_payment, later, noon};

    const RETRY: Retry = Retry { attempts: 3, after: Duration::from_secs(60) };

    fn a_delivery(station: &str) -> (Caller, Receipt) {
        let payment = a_payment("token");
        let to = Caller { organization: "99000001018".into(), broker: "b".into(), station: station.into() };
        let receipt = Receipt {
            version: Version::V2,
            recipient: OrganizationCode::new("99000001018"),
            receipt_id: payment.token,
            notice_number: payment.qr.notice,
            organization: OrganizationCode::new("99000001018"),
            outcome: Outcome::Ok,
            iuv: Iuv::new("1"),
            amount: AmountOrZero::default(),
            transfers: vec![],
            details: Details::default(),
        };
        (to, receipt)
    }

    fn a_ledger(stations: &[&str], first: Option<DateTime<Utc>>) -> Ledger {
        let mut ledger = Ledger::default();
        ledger.activate(a_payment("token"));
        ledger.write_receipts(stations.iter().map(|station| a_delivery(station)).collect(), first);
        ledger
    }

    fn heard(ledger: &mut Ledger, delivery: &Delivery, heard: Heard, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        ledger.heard(delivery, LastAnswer { at, heard, thought: String::new() }, RETRY)
    }

    #[test]
    fn a_payment_is_notified_when_all_have_answered() {
        let mut ledger = a_ledger(&["one", "two"], Some(noon()));
        let state = |ledger: &Ledger| ledger.payment("token").unwrap().state;
        assert_eq!(state(&ledger), PaymentState::NoticeGenerated);
        assert!(ledger.take_due(later(-1)).is_none());
        let (one, two) = (ledger.take_due(noon()).unwrap(), ledger.take_due(noon()).unwrap());
        assert!(ledger.take_due(later(99)).is_none(), "both are on their way");
        assert_eq!(ledger.send_now(one.id, false, noon()).unwrap_err(), Busy::OnItsWay);
        assert_eq!(heard(&mut ledger, &one, Heard::Ok, noon()), None);
        assert_eq!(state(&ledger), PaymentState::NoticeSent);
        assert_eq!(heard(&mut ledger, &two, Heard::Ko("PAA_SEMANTICA".into()), noon()), None);
        assert_eq!(state(&ledger), PaymentState::Notified);
    }

    #[test]
    fn without_an_answer_it_goes_again_and_is_parked_in_the_end() {
        let mut ledger = a_ledger(&["one"], Some(noon()));
        for attempt in 1..=3 {
            let at = later(attempt - 1);
            let delivery = ledger.take_due(at).unwrap();
            let next = heard(&mut ledger, &delivery, Heard::Nothing, at);
            assert_eq!(next, (attempt < 3).then(|| later(attempt)));
            assert!(ledger.take_due(at).is_none());
        }
        let parked = ledger.delivery(1).unwrap();
        assert_eq!((parked.attempts, parked.is_parked()), (3, true));
        ledger.send_now(1, false, later(90)).unwrap();
        let delivery = ledger.take_due(later(90)).unwrap();
        heard(&mut ledger, &delivery, Heard::Ok, later(90));
        assert_eq!(ledger.delivery(1).unwrap().state, DeliveryState::Notified);
        assert_eq!(ledger.payment("token").unwrap().state, PaymentState::Notified);
    }

    #[test]
    fn what_is_held_goes_when_somebody_asks() {
        let mut ledger = a_ledger(&["one", "two"], None);
        assert!(ledger.delivery(2).unwrap().is_held() && ledger.take_due(later(99)).is_none());
        assert_eq!(ledger.send_held(noon()), [1, 2]);
        assert_eq!(ledger.send_held(noon()), [0_u64; 0]);
        assert_eq!(ledger.take_due(noon()).unwrap().id, 1);
        for unknown in [0, 3, u64::MAX] {
            assert_eq!(ledger.send_now(unknown, false, noon()).unwrap_err(), Busy::Unknown);
        }
    }

    #[test]
    fn one_that_was_answered_can_go_again_and_stays_answered() {
        let mut ledger = a_ledger(&["one"], Some(noon()));
        let delivery = ledger.take_due(noon()).unwrap();
        heard(&mut ledger, &delivery, Heard::Ok, noon());
        ledger.send_now(1, true, later(1)).unwrap();
        let again = ledger.take_due(later(1)).unwrap();
        assert!(again.changed && !ledger.delivery(1).unwrap().changed);
        assert_eq!(heard(&mut ledger, &again, Heard::Nothing, later(1)), None);
        let delivery = ledger.delivery(1).unwrap();
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Notified, 2));
    }
}
