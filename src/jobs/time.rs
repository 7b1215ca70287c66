//! Stores what time does to positions, and brings their counters together. Every station does it: where several share a
//! database, what a rival has done is not done again.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{info, warn};

use super::end;
use crate::station::Clock;
use crate::store::{Store, StoreError};
use crate::telemetry::chain;
use crate::use_cases::positions::move_on;

/// How often. Nobody waits for it: whoever reads a position computes what time has done to it.
const PAUSE: Duration = Duration::from_secs(10);

/// The way to the task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Timekeeper(mpsc::Sender<oneshot::Sender<()>>);

impl Timekeeper {
    /// Starts the task on a store. It ends with the last way to it.
    pub fn start(store: &Store, clock: Clock) -> Timekeeper {
        let (end, ends) = mpsc::channel(1);
        tokio::spawn(keep_time(store.of_a_task(), clock, ends));
        Timekeeper(end)
    }

    /// Ends the task after what it has in hand.
    pub async fn close(&self) {
        end(&self.0, |tell| tell).await;
    }
}

async fn keep_time(store: Store, clock: Clock, mut ends: mpsc::Receiver<oneshot::Sender<()>>) {
    let mut turns = interval_at(Instant::now() + PAUSE, PAUSE);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            biased;
            end = ends.recv() => {
                // Whoever closes the station hears of it; whoever drops it does not care.
                if let Some(tell) = end {
                    let _ = tell.send(());
                }
                return;
            }
            _ = turns.tick() => {
                let done = take_turn(&store, &clock).await;
                match &done {
                    Err(cause) if !failing => {
                        warn!(cause = chain(cause), "what time does to positions cannot be stored; trying again")
                    }
                    Ok(()) if failing => info!("what time does to positions is stored again"),
                    _ => {}
                }
                failing = done.is_err();
            }
        }
    }
}

async fn take_turn(store: &Store, clock: &Clock) -> Result<(), StoreError> {
    move_on(store, None, clock.now()).await?;
    while store.count_together().await? {}
    Ok(())
}
