//! Brings exchanges into the journal that no transaction brings there itself: verify, get, and what was no operation at
//! all. Many share a segment and a commit. A queue that is bounded in number and bytes stands before the writer, so that
//! no answer ever waits for it; what does not fit is dropped, and the journal says how much and when.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tracing::{error, info, warn};

use crate::journal::{Entry, Gap};
use crate::store::{Store, StoreError};
use crate::telemetry::chain;

/// Between two attempts at a segment. There are as many as it takes; meanwhile the queue fills up.
const PAUSE: Duration = Duration::from_secs(1);
/// The same, and for how long, once the station is about to stop.
const LAST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PATIENCE: Duration = Duration::from_secs(3);
/// How long whoever needs an entry to be durable waits for that.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the log notes where the chains end.
const WATCH: Duration = Duration::from_secs(3600);

/// What may wait, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Entries that wait at the most.
    pub waiting: usize,
    /// Bytes of entries that wait at the most.
    pub waiting_bytes: usize,
    /// Entries that share a segment at the most.
    pub segment: usize,
    /// Bytes of entries at which a segment is closed.
    pub segment_bytes: usize,
    /// How long an entry waits for others to share its segment with.
    pub linger: Duration,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            waiting: 8192,
            waiting_bytes: 24 << 20,
            // Every commit empties the page caches of SQLite's readers: few large ones cost the reads less.
            segment: 4000,
            segment_bytes: 12 << 20,
            linger: Duration::from_secs(1),
        }
    }
}

/// The way to the journal's writer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Archivist {
    bounds: Bounds,
    queue: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
    dropped: Arc<Mutex<Option<Gap>>>,
    /// Whether nobody has time for another attempt.
    closing: Arc<AtomicBool>,
}

/// How somebody hears whether an entry is durable.
type Tell = oneshot::Sender<Result<(), StoreError>>;

/// What goes to the writer.
#[derive(Debug)]
enum Waiting {
    /// An entry, its weight, and whoever waits for it.
    Entry(Entry, u32, Option<Tell>),
    /// Everything before this is to be written now.
    End(oneshot::Sender<()>),
}

impl Archivist {
    /// Starts the writer on a store.
    pub fn start(store: &Store, bounds: Bounds) -> Archivist {
        let (queue, waiting) = mpsc::channel(bounds.waiting);
        let archivist = Archivist {
            bounds,
            queue,
            room: Arc::new(Semaphore::new(bounds.waiting_bytes)),
            dropped: Arc::default(),
            closing: Arc::default(),
        };
        let writer = Writer {
            bounds,
            store: store.of_a_task(),
            waiting,
            room: archivist.room.clone(),
            dropped: archivist.dropped.clone(),
            closing: archivist.closing.clone(),
            closing_since: None,
            entries: Vec::new(),
            weight: 0,
            ends: Vec::new(),
        };
        tokio::spawn(writer.write());
        archivist
    }

    /// Hands an entry over, or drops it where there is no room. Never waits.
    pub fn offer(&self, entry: Entry) {
        self.send(entry, None);
    }

    /// Hands an entry over and waits until it is durable. After a failure it is not written any more, unless it was
    /// being written when patience ended: whoever then says something else hands that over too.
    pub async fn keep(&self, entry: Entry) -> Result<(), StoreError> {
        let (tell, kept) = oneshot::channel();
        self.send(entry, Some(tell));
        let late = || StoreError::Late("write to the journal");
        timeout(PATIENCE, kept).await.map_err(|_| late())?.unwrap_or_else(|_| Err(late()))
    }

    /// Writes everything that was handed over so far. Where the store fails it is not tried for long.
    pub async fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        let (tell, done) = oneshot::channel();
        if self.queue.send(Waiting::End(tell)).await.is_ok() {
            let _ = done.await;
        }
    }

    fn send(&self, entry: Entry, tell: Option<Tell>) {
        let weight = entry.weight().min(self.bounds.waiting_bytes) as u32;
        let Ok(room) = self.room.try_acquire_many(weight) else { return self.drop_entry(&entry, tell.is_some()) };
        match self.queue.try_send(Waiting::Entry(entry, weight, tell)) {
            // The writer gives the room back.
            Ok(()) => room.forget(),
            Err(
                TrySendError::Full(Waiting::Entry(entry, _, tell))
                | TrySendError::Closed(Waiting::Entry(entry, _, tell)),
            ) => self.drop_entry(&entry, tell.is_some()),
            Err(_) => {}
        }
    }

    /// Whoever waits for an entry hears that it is not kept, and hands over what is said instead: that counts.
    fn drop_entry(&self, entry: &Entry, waited_for: bool) {
        if !waited_for {
            drop_from(&self.dropped, entry.span(), 1);
        }
    }
}

/// Counts entries that are dropped; the next segment tells of them.
fn drop_from(dropped: &Mutex<Option<Gap>>, (from, to): (DateTime<Utc>, DateTime<Utc>), count: u64) {
    let mut dropped = dropped.lock().unwrap_or_else(PoisonError::into_inner);
    let why = || "the journal could not keep up, or could not be written".to_owned();
    let gap = dropped.get_or_insert_with(|| Gap { from, to, count: 0, why: why() });
    gap.from = gap.from.min(from);
    gap.to = gap.to.max(to);
    gap.count += count;
}

/// Takes entries from the queue and writes them.
struct Writer {
    bounds: Bounds,
    store: Store,
    waiting: mpsc::Receiver<Waiting>,
    room: Arc<Semaphore>,
    dropped: Arc<Mutex<Option<Gap>>>,
    closing: Arc<AtomicBool>,
    /// Since when nobody has time for many attempts.
    closing_since: Option<Instant>,
    /// What the next segment has so far, with those who wait for it.
    entries: Vec<(Entry, Option<Tell>)>,
    weight: usize,
    /// Who waits until everything is written.
    ends: Vec<oneshot::Sender<()>>,
}

impl Writer {
    async fn write(mut self) {
        let mut watch = interval_at(Instant::now() + WATCH, WATCH);
        watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut due = None;
        loop {
            let lingering = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = lingering => {
                    self.write_segment().await;
                    due = None;
                }
                _ = watch.tick() => note_heads(&self.store),
                next = self.waiting.recv() => match next {
                    Some(Waiting::Entry(entry, weight, tell)) => {
                        due = due.or(Some(Instant::now() + self.bounds.linger));
                        let in_a_hurry = tell.is_some();
                        self.add(entry, weight, tell);
                        if in_a_hurry {
                            self.add_all_that_wait();
                        }
                        if in_a_hurry || self.is_full() {
                            self.write_segment().await;
                            due = None;
                        }
                    }
                    Some(Waiting::End(tell)) => {
                        self.ends.push(tell);
                        self.write_segment().await;
                        due = None;
                    }
                    None => return self.write_segment().await,
                },
            }
        }
    }

    fn add(&mut self, entry: Entry, weight: u32, tell: Option<Tell>) {
        self.room.add_permits(weight as usize);
        self.weight += weight as usize;
        self.entries.push((entry, tell));
    }

    /// Those who are in a hurry share a commit.
    fn add_all_that_wait(&mut self) {
        while !self.is_full() {
            match self.waiting.try_recv() {
                Ok(Waiting::Entry(entry, weight, tell)) => self.add(entry, weight, tell),
                Ok(Waiting::End(tell)) => self.ends.push(tell),
                Err(_) => return,
            }
        }
    }

    fn is_full(&self) -> bool {
        self.entries.len() >= self.bounds.segment || self.weight >= self.bounds.segment_bytes
    }

    /// Writes what has come together, and tells those who wait until everything is written.
    async fn write_segment(&mut self) {
        // Who has gone away has said something else meanwhile.
        self.entries.retain(|(_, tell)| tell.as_ref().is_none_or(|tell| !tell.is_closed()));
        self.weight = 0;
        let (entries, mut told): (Vec<_>, Vec<_>) = std::mem::take(&mut self.entries).into_iter().unzip();
        let gap = self.dropped.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut entries: Vec<Entry> = entries;
        entries.extend(gap.map(Entry::Gap));
        if entries.is_empty() || self.insist(&mut entries, &mut told).await {
            told.into_iter().flatten().for_each(|tell| drop(tell.send(Ok(()))));
        } else {
            entries.iter().for_each(|entry| self.drop_again(entry));
        }
        if !self.ends.is_empty() {
            note_heads(&self.store);
            for tell in self.ends.drain(..) {
                let _ = tell.send(());
            }
        }
    }

    /// Writes entries, again and again until it succeeds, unless nobody has time for that or no attempt can help.
    /// Whoever waits for one hears of the first failure, and it is written no more: the answer will be another one.
    async fn insist(&mut self, entries: &mut Vec<Entry>, told: &mut Vec<Option<Tell>>) -> bool {
        let mut attempt = 1;
        while let Err(error) = self.store.append_to_journal(entries).await {
            let (text, hopeless) = (chain(&error), matches!(error, StoreError::Journal(_)));
            let mut waited = told.iter().map(Option::is_some).chain(std::iter::repeat(false));
            entries.retain(|_| !waited.next().unwrap_or_default());
            let mut cause = Some(error);
            for tell in told.drain(..).flatten() {
                let _ = tell.send(Err(cause.take().unwrap_or(StoreError::Late("write to the journal"))));
            }
            let closing = self.closing.load(Ordering::Relaxed);
            let late = closing && self.closing_since.get_or_insert_with(Instant::now).elapsed() >= LAST_PATIENCE;
            if entries.is_empty() {
                return false;
            }
            if late || hopeless {
                error!(cause = text, entries = entries.len(), "calls are missing in the journal");
                return false;
            }
            if attempt == 1 {
                warn!(cause = text, "the journal cannot be written; trying again until it can");
            }
            attempt += 1;
            tokio::time::sleep(if closing { LAST_PAUSE } else { PAUSE }).await;
        }
        if attempt > 1 {
            info!(attempt, "the journal is written again");
        }
        true
    }

    /// What is given up is told by the next segment that can be written.
    fn drop_again(&self, entry: &Entry) {
        let count = if let Entry::Gap(gap) = entry { gap.count } else { 1 };
        drop_from(&self.dropped, entry.span(), count);
    }
}

/// Notes in the log where the chains of this process end: `ec-station journal verify --head` shows against it that a
/// journal was cut off.
pub fn note_heads(store: &Store) {
    for end in store.journal_heads() {
        info!(head = %end, "the journal's chain ends here");
    }
}
