//! Writes down how often accounts have called.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tracing::{error, info, warn};

use super::end;
use crate::metering::Meter;
use crate::station::Clock;
use crate::store::Store;
use crate::telemetry::chain;

/// How often. A station that dies forgets the calls of so long.
const PAUSE: Duration = Duration::from_secs(1);
/// Attempts that are made when the station is about to stop, and the time between them.
const LAST_ATTEMPTS: u32 = 10;
const LAST_PAUSE: Duration = Duration::from_millis(300);

/// The way to the task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metering(mpsc::Sender<oneshot::Sender<()>>);

impl Metering {
    /// Starts the task on a store. It ends with the last way to it.
    pub fn start(store: &Store, meter: Meter, clock: Clock) -> Metering {
        let (end, ends) = mpsc::channel(1);
        tokio::spawn(keep_writing(store.of_a_task(), meter, clock, ends));
        Metering(end)
    }

    /// Ends the task after it has written what was counted.
    pub async fn close(&self) {
        end(&self.0, |tell| tell).await;
    }
}

async fn keep_writing(store: Store, meter: Meter, clock: Clock, mut ends: mpsc::Receiver<oneshot::Sender<()>>) {
    let mut turns = interval_at(Instant::now() + PAUSE, PAUSE);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            biased;
            end = ends.recv() => {
                if let Some(tell) = end {
                    write_the_last(&store, &meter, &clock).await;
                    let _ = tell.send(());
                }
                return;
            }
            _ = turns.tick() => {
                let done = meter.write(&store, clock.now()).await;
                match &done {
                    Err(cause) if !failing => {
                        warn!(cause = chain(cause), "the calls of accounts cannot be written; trying again")
                    }
                    Ok(()) if failing => info!("the calls of accounts are written again"),
                    _ => {}
                }
                failing = done.is_err();
            }
        }
    }
}

async fn write_the_last(store: &Store, meter: &Meter, clock: &Clock) {
    for attempt in 1..=LAST_ATTEMPTS {
        match meter.write(store, clock.now()).await {
            Ok(()) => return,
            Err(_) if attempt < LAST_ATTEMPTS => sleep(LAST_PAUSE).await,
            Err(cause) => error!(cause = chain(&cause), "the last calls of accounts are lost"),
        }
    }
}
