//! Sends receipts: several at once, none twice at once, and again what gets no answer that means anything.

use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::domain::amount::AmountOrZero;
use crate::domain::receipt::{Receipt, Version};
use crate::domain::registry::Caller;
use crate::sandbox::calls::answer::Verdict;
use crate::sandbox::calls::rule::Rule;
use crate::sandbox::calls::said::Said;
use crate::sandbox::calls::{Primitive, message};
use crate::sandbox::ledger::{Busy, Delivery, Heard, LastAnswer, Retry};
use crate::sandbox::node::{Node, thought};
use crate::sandbox::participants::{Participants, Station};
use crate::sandbox::story::{Between, Step};

/// So many are on their way at the same time.
const AT_ONCE: usize = 8;
/// The Node's clock says what is due, which may be a clock that jumps; so often somebody looks.
const LOOK: Duration = Duration::from_millis(200);

/// How the sender hears that there is something to do, and how others hear that it is done.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Queue {
    woken: Notify,
    answered: Notify,
    stopped: Notify,
}

impl Queue {
    /// There is something to send.
    pub(in crate::sandbox) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Nothing more is to be sent.
    pub(in crate::sandbox) fn stop(&self) {
        self.stopped.notify_one();
    }
}

/// Sends what is due until it is stopped, then finishes what is on its way.
pub(in crate::sandbox) async fn run(node: Node) {
    let look = node.settings.retry.min(LOOK);
    let mut sending = JoinSet::new();
    loop {
        while sending.len() < AT_ONCE {
            let Some(delivery) = node.ledger().take_due(node.now()) else { break };
            sending.spawn(send(node.clone(), delivery));
        }
        tokio::select! {
            () = node.queue.stopped.notified() => break,
            Some(_) = sending.join_next() => {}
            () = node.queue.woken.notified() => {}
            () = tokio::time::sleep(look) => {}
        }
    }
    while sending.join_next().await.is_some() {}
}

/// Has one sent now and waits for what comes back.
pub(in crate::sandbox) async fn send_now(node: &Node, id: u64, changed: bool) -> Result<(), Busy> {
    let before = node.ledger().send_now(id, changed, node.now())?.attempts;
    node.queue.wake();
    loop {
        let mut answered = std::pin::pin!(node.queue.answered.notified());
        answered.as_mut().enable();
        if node.ledger().delivery(id).is_none_or(|delivery| delivery.attempts > before) {
            return Ok(());
        }
        answered.await;
    }
}

async fn send(node: Node, delivery: Delivery) {
    let Some(station) = station_of(&node.participants, &delivery.to) else { return };
    let receipt = if delivery.changed { &changed(&delivery.receipt) } else { &delivery.receipt };
    let primitive = match receipt.version {
        Version::V1 => Primitive::SendRt,
        Version::V2 => Primitive::SendRtV2,
    };
    let message = message::receipt(&delivery.to, receipt);
    let (_, verdict) = node.call(station, primitive, Some(&delivery.qr), message).await;
    let (at, heard) = (node.now(), heard(&verdict));
    let nothing = heard == Heard::Nothing;
    let answer = LastAnswer { at, heard, thought: thought(&verdict) };
    let retry = Retry { attempts: node.settings.attempts, after: node.settings.retry };
    let next = node.ledger().heard(&delivery, answer, retry);
    if nothing {
        let to = &delivery.to.station;
        let what = match next {
            Some(next) => format!("the receipt goes to {to} again at {}", next.format("%Y-%m-%dT%H:%M:%SZ")),
            None => format!("the receipt for {to} is not sent again by itself"),
        };
        let notice = Some(delivery.qr.notice.to_string());
        node.story.tell(Step { notice, ..Step::new(at, Between::Node, what) });
    }
    node.queue.answered.notify_waiters();
}

/// Whether the station has answered. A KO is an answer, and final; that its code is of another kind does not matter.
fn heard(verdict: &Verdict) -> Heard {
    // An answer that came with an error's status is none: whoever stands in between may have said it.
    let usable = verdict.is_usable() && verdict.findings.iter().all(|finding| finding.rule != Rule::HttpStatus);
    match &verdict.said {
        Said::Taken if usable => Heard::Ok,
        Said::Ko(bean) if usable => Heard::Ko(bean.code.clone()),
        _ => Heard::Nothing,
    }
}

fn station_of<'p>(participants: &'p Participants, to: &Caller) -> Option<&'p Station> {
    let stations = &participants.organization(&to.organization)?.stations;
    stations.iter().find(|station| station.link.id_station == to.station)
}

/// The same receipt over a cent more: what a station should notice when it has the first.
fn changed(receipt: &Receipt) -> Receipt {
    let more = |amount: AmountOrZero| AmountOrZero::from_cents(amount.cents() + 1).unwrap_or(amount);
    let mut changed = receipt.clone();
    changed.amount = more(changed.amount);
    if let Some(first) = changed.transfers.first_mut() {
        first.amount = more(first.amount);
    }
    changed
}
