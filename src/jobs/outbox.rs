//! Carries messages from the outbox to those who are to hear them.
//!
//! Every station has one task for it. Where several share a database the rows say what is in somebody's hand: its lease is
//! renewed as long as its station lives, and outlasts every attempt by far.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tracing::{error, info, warn};

use super::end;
use crate::outbox::Courier;
use crate::station::Clock;
use crate::store::{Fate, Store, StoreError};
use crate::telemetry::chain;

/// How often the task looks for what nobody told it of: messages that are due again, and those of other stations.
const PAUSE: Duration = Duration::from_secs(1);
/// Messages in hand at a time. Most of them wait for an answer.
const IN_HAND: usize = 512;
/// How soon what became of a message is noted again that could not be noted.
const NOTING: Duration = Duration::from_millis(250);
/// How much longer than an attempt the station waits for what is in hand when it ends.
const LAST_PATIENCE: Duration = Duration::from_secs(5);

/// For how long messages are taken.
#[derive(Clone, Copy, Debug)]
pub struct Leases {
    /// How long a lease is.
    pub length: Duration,
    /// How often it is renewed.
    pub renewal: Duration,
    /// How much of it is left, beyond two attempts, to whoever still begins one.
    pub reserve: Duration,
    /// How long nothing is taken once the store is back that was away, so that other stations can note what they have in
    /// hand: their leases may have ended meanwhile.
    pub quiet: Duration,
}

impl Default for Leases {
    fn default() -> Leases {
        Leases {
            length: Duration::from_secs(300),
            renewal: Duration::from_secs(60),
            reserve: Duration::from_secs(10),
            quiet: Duration::from_secs(5),
        }
    }
}

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
    pub fn start(store: Store, courier: Courier, clock: Clock, leases: Leases) -> Outbox {
        let (words, heard) = mpsc::channel(16);
        let round = Round {
            store,
            clock,
            courier,
            leases,
            in_hand: Mutex::default(),
            lost: Mutex::default(),
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
    leases: Leases,
    /// The numbers of the messages that are in hand, and the names of the leases under which the rows have them.
    in_hand: Mutex<HashMap<i64, String>>,
    /// Leases under which messages may have been taken that nobody has in hand.
    lost: Mutex<Vec<String>>,
    /// Until when nobody else takes them.
    held_until: Mutex<Instant>,
    ending: AtomicBool,
}

async fn run(round: Arc<Round>, mut heard: mpsc::Receiver<Word>) {
    let mut turns = interval(PAUSE);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut in_hand = JoinSet::new();
    let mut away: Option<Instant> = None;
    let mut quiet_until = Instant::now();
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
            Some(ended) = in_hand.join_next() => {
                tell_of_a_crash(ended);
                while let Some(ended) = in_hand.try_join_next() {
                    tell_of_a_crash(ended);
                }
            }
            _ = turns.tick() => {}
        }
        if away.is_some_and(|since| since.elapsed() < PAUSE) {
            continue;
        }
        let may_take = away.is_none() && Instant::now() >= quiet_until;
        match round.take_turn(&mut in_hand, may_take).await {
            Ok(()) => {
                if away.take().is_some() {
                    quiet_until = Instant::now() + round.leases.quiet;
                    info!("the outbox is there again");
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
    /// Keeps what is in hand. Takes what there is to take, if it may, and has it carried.
    async fn take_turn(self: &Arc<Round>, in_hand: &mut JoinSet<()>, may_take: bool) -> Result<(), StoreError> {
        let Leases { length, renewal, reserve, .. } = self.leases;
        let now = self.clock.now();
        let lease_ends_at = now + TimeDelta::from_std(length).expect("a few minutes");
        if in_hand.is_empty() {
            self.hold();
        } else if self.held_until().saturating_duration_since(Instant::now()) < length - renewal {
            let kept = locked(&self.in_hand).clone();
            self.store.renew_messages(&kept, lease_ends_at).await?;
            self.hold();
        }
        if self.store.is_anything_untold().await? {
            self.store.tell_webhooks(now).await?;
        }
        let room = IN_HAND - in_hand.len();
        let any_due = self.store.is_any_message_due(now).await?;
        if !may_take {
            return Ok(());
        }
        self.let_lost_go().await?;
        if room == 0 || !any_due {
            return Ok(());
        }
        let lease = uuid::Uuid::new_v4().simple().to_string();
        let taken = self.store.take_messages(&lease, now, lease_ends_at, room as i64).await;
        if taken.as_ref().is_err_and(|cause| !cause.is_conflict()) {
            // It may have been committed all the same.
            locked(&self.lost).push(lease.clone());
        }
        for message in taken? {
            // Its lease ran out, or the clock was set: whoever has it in hand goes on, under the new lease.
            if locked(&self.in_hand).insert(message.id, lease.clone()).is_some() {
                continue;
            }
            let round = self.clone();
            in_hand.spawn(async move {
                let _held = Held { round: &round, id: message.id };
                let may_go =
                    || !round.ending.load(Ordering::SeqCst) && round.courier.is_back_by(round.held_until() - reserve);
                let fate = round.courier.carry(&message, || round.clock.now(), may_go).await;
                round.note(message.id, &fate).await;
            });
        }
        Ok(())
    }

    /// Notes what became of a message, however long the store is away: whoever has heard it is not to hear it again.
    async fn note(&self, id: i64, fate: &Fate) {
        let mut told = false;
        while let Some(lease) = self.lease_of(id) {
            match self.store.settle_message(id, &lease, fate, self.clock.now()).await {
                Ok(noted) if noted || self.lease_of(id).as_ref() == Some(&lease) => return,
                // It has another lease meanwhile.
                Ok(_) => continue,
                Err(cause) => {
                    if !std::mem::replace(&mut told, true) {
                        let what = "what became of a message cannot be noted; trying again";
                        warn!(cause = chain(&cause), message = id, what);
                    }
                }
            }
            sleep(NOTING).await;
        }
    }

    fn lease_of(&self, id: i64) -> Option<String> {
        locked(&self.in_hand).get(&id).cloned()
    }

    /// Lets go of what was perhaps taken without anybody's knowing.
    async fn let_lost_go(&self) -> Result<(), StoreError> {
        while let Some(lease) = { locked(&self.lost).last().cloned() } {
            self.store.let_messages_go(&lease).await?;
            locked(&self.lost).pop();
        }
        Ok(())
    }

    /// Ends what is in hand: who has a turn is waited for, the others are for the next station.
    async fn end(&self, mut in_hand: JoinSet<()>) {
        self.ending.store(true, Ordering::SeqCst);
        let all = async { while in_hand.join_next().await.is_some() {} };
        if timeout(self.courier.patience() + LAST_PATIENCE, all).await.is_err() {
            warn!("some messages of the outbox may be told once more");
        }
        let left: BTreeSet<String> = locked(&self.in_hand).values().cloned().collect();
        in_hand.shutdown().await;
        locked(&self.lost).extend(left);
        if let Err(cause) = self.let_lost_go().await {
            warn!(cause = chain(&cause), "other stations have to wait before they take what is in the outbox");
        }
    }

    fn hold(&self) {
        *locked(&self.held_until) = Instant::now() + self.leases.length;
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

/// What a task had in hand that crashed is told anew when its lease ends.
fn tell_of_a_crash(ended: Result<(), JoinError>) {
    if let Err(cause) = ended {
        error!(cause = chain(&cause), "whoever carried a message of the outbox came to grief");
    }
}

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
