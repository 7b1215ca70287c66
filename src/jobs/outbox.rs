//! Carries messages from the outbox to those who are to hear them.
//!
//! Every station has one task for it. Where several share a database the rows say who has which message in hand: its
//! lease is renewed as long as its station lives, and outlasts every attempt by far.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tracing::{info, warn};

use super::end;
use crate::outbox::Courier;
use crate::station::Clock;
use crate::store::{Fate, Store, StoreError};
use crate::telemetry::chain;

/// How often the task looks for what nobody told it of: messages that are due again, and those of other stations.
const PAUSE: Duration = Duration::from_secs(1);
/// Messages in hand at a time. Most of them wait for an answer.
const IN_HAND: usize = 512;
/// How long a lease is, and how often it is renewed.
const LEASE: Duration = Duration::from_secs(300);
const RENEWAL: Duration = Duration::from_secs(60);
/// How soon what became of a message is noted again that could not be noted.
const NOTING: Duration = Duration::from_millis(250);
/// How long nothing is taken after the store was away, so that other stations can note what they have in hand.
const AFTER_AN_OUTAGE: Duration = Duration::from_secs(5);
/// How much longer than an attempt the station waits for what is in hand when it ends.
const LAST_PATIENCE: Duration = Duration::from_secs(5);

/// The way to the task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outbox(mpsc::Sender<Word>);

/// What the task is told.
#[derive(Debug)]
enum Word {
    /// There is something to do.
    Look,
    /// It is to end after what it has in hand.
    End(oneshot::Sender<()>),
}

impl Outbox {
    /// Starts the task. It ends with the last way to it.
    pub fn start(store: Store, courier: Courier, clock: Clock) -> Outbox {
        let (words, heard) = mpsc::channel(16);
        let round = Round {
            store,
            clock,
            courier,
            worker: uuid::Uuid::new_v4().simple().to_string(),
            in_hand: Mutex::default(),
            held_until: Mutex::new(Instant::now()),
            ending: AtomicBool::new(false),
        };
        tokio::spawn(run(Arc::new(round), heard));
        Outbox(words)
    }

    /// Tells the task that there is something to do. Where it has not come to hear the last word, it will look anyway.
    pub fn look(&self) {
        let _ = self.0.try_send(Word::Look);
    }

    /// Ends the task after what it has in hand.
    pub async fn close(&self) {
        end(&self.0, Word::End).await;
    }
}

/// What the task and those who carry for it share.
struct Round {
    store: Store,
    clock: Clock,
    courier: Courier,
    /// Who this is, in the rows.
    worker: String,
    /// The numbers of the messages that are in hand.
    in_hand: Mutex<HashSet<i64>>,
    /// Until when nobody else takes them.
    held_until: Mutex<Instant>,
    ending: AtomicBool,
}

async fn run(round: Arc<Round>, mut heard: mpsc::Receiver<Word>) {
    let mut turns = interval(PAUSE);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut in_hand = JoinSet::new();
    let mut away: Option<Instant> = None;
    loop {
        tokio::select! {
            biased;
            word = heard.recv() => match word {
                Some(Word::Look) => {}
                Some(Word::End(tell)) => {
                    round.end(in_hand).await;
                    let _ = tell.send(());
                    return;
                }
                None => return,
            },
            Some(_) = in_hand.join_next() => while in_hand.try_join_next().is_some() {},
            _ = turns.tick() => {}
        }
        if away.is_some_and(|since| since.elapsed() < AFTER_AN_OUTAGE) {
            continue;
        }
        match round.take_turn(&mut in_hand).await {
            Ok(()) => {
                if away.take().is_some() {
                    info!("messages are taken from the outbox again");
                }
            }
            // A rival was faster again and again.
            Err(cause) if cause.is_conflict() => {}
            Err(cause) => {
                if away.replace(Instant::now()).is_none() {
                    warn!(cause = chain(&cause), "the outbox has to wait; trying again until it works");
                }
            }
        }
    }
}

impl Round {
    /// Takes what there is to take, and has it carried.
    async fn take_turn(self: &Arc<Round>, in_hand: &mut JoinSet<()>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let lease_ends_at = now + TimeDelta::from_std(LEASE).expect("a few minutes");
        if in_hand.is_empty() {
            self.hold();
        } else if self.held_until().saturating_duration_since(Instant::now()) < LEASE - RENEWAL {
            let ids: Vec<i64> = locked(&self.in_hand).iter().copied().collect();
            self.store.renew_messages(&self.worker, &ids, lease_ends_at).await?;
            self.hold();
        }
        if self.store.is_anything_untold().await? {
            self.store.tell_webhooks(now).await?;
        }
        let room = IN_HAND - in_hand.len();
        if room == 0 || !self.store.is_any_message_due(now).await? {
            return Ok(());
        }
        for message in self.store.take_messages(&self.worker, now, lease_ends_at, room as i64).await? {
            // Its lease ran out, or the clock was set: whoever has it in hand goes on.
            if !locked(&self.in_hand).insert(message.id) {
                continue;
            }
            let round = self.clone();
            in_hand.spawn(async move {
                let _held = Held { round: &round, id: message.id };
                let may_go = || !round.ending.load(Ordering::SeqCst) && round.courier.is_back_by(round.held_until());
                let fate = round.courier.carry(&message, || round.clock.now(), may_go).await;
                round.note(message.id, &fate).await;
            });
        }
        Ok(())
    }

    /// Notes what became of a message, however long the store is away: whoever has heard it is not to hear it again.
    async fn note(&self, id: i64, fate: &Fate) {
        let mut told = false;
        while let Err(cause) = self.store.settle_message(id, &self.worker, fate, self.clock.now()).await {
            if !std::mem::replace(&mut told, true) {
                warn!(cause = chain(&cause), message = id, "what became of a message cannot be noted; trying again");
            }
            sleep(NOTING).await;
        }
    }

    /// Ends what is in hand: who has a turn is waited for, the others are for the next station.
    async fn end(&self, mut in_hand: JoinSet<()>) {
        self.ending.store(true, Ordering::SeqCst);
        let all = async { while in_hand.join_next().await.is_some() {} };
        if timeout(self.courier.patience() + LAST_PATIENCE, all).await.is_err() {
            warn!("some messages of the outbox may be told once more");
        }
        in_hand.shutdown().await;
        if let Err(cause) = self.store.let_messages_go(&self.worker).await {
            warn!(cause = chain(&cause), "other stations have to wait before they take what is in the outbox");
        }
    }

    fn hold(&self) {
        *locked(&self.held_until) = Instant::now() + LEASE;
    }

    fn held_until(&self) -> Instant {
        *locked(&self.held_until)
    }
}

/// A message in hand.
struct Held<'r> {
    round: &'r Round,
    id: i64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        locked(&self.round.in_hand).remove(&self.id);
    }
}

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
