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

/// Entries that wait at the most.
const MOST_WAITING: usize = 8192;
/// Bytes of entries that wait at the most.
const MOST_BYTES: usize = 24 << 20;
/// Entries that share a segment at the most, and their bytes.
const SEGMENT: (usize, usize) = (1000, 4 << 20);
/// How long an entry waits for others to share its segment with.
const LINGER: Duration = Duration::from_secs(1);
/// Between two attempts at a segment. There are as many as it takes; meanwhile the queue fills up.
const PAUSE: Duration = Duration::from_secs(1);
/// How long whoever needs an entry to be durable waits for that.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the log notes where the chains end.
const WATCH: Duration = Duration::from_secs(3600);

/// The way to the journal's writer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Archivist {
    queue: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
    dropped: Arc<Mutex<Option<Gap>>>,
    /// Whether nobody has time for another attempt.
    closing: Arc<AtomicBool>,
}

/// What goes to the writer.
#[derive(Debug)]
enum Waiting {
    /// An entry, its weight, and whoever waits for it.
    Entry(Entry, u32, Option<oneshot::Sender<Result<(), StoreError>>>),
    /// Everything before this is to be written now.
    End(oneshot::Sender<()>),
}

impl Archivist {
    /// Starts the writer on a store.
    pub fn start(store: Store) -> Archivist {
        let (queue, waiting) = mpsc::channel(MOST_WAITING);
        let archivist = Archivist {
            queue,
            room: Arc::new(Semaphore::new(MOST_BYTES)),
            dropped: Arc::default(),
            closing: Arc::default(),
        };
        let writer = Writer {
            store,
            waiting,
            room: archivist.room.clone(),
            dropped: archivist.dropped.clone(),
            closing: archivist.closing.clone(),
            entries: Vec::new(),
            weight: 0,
            told: Vec::new(),
        };
        tokio::spawn(writer.write());
        archivist
    }

    /// Hands an entry over, or drops it where there is no room. Never waits.
    pub fn offer(&self, entry: Entry) {
        self.send(entry, None);
    }

    /// Hands an entry over and waits until it is durable.
    pub async fn keep(&self, entry: Entry) -> Result<(), StoreError> {
        let (tell, kept) = oneshot::channel();
        self.send(entry, Some(tell));
        let late = || StoreError::Late("write to the journal");
        timeout(PATIENCE, kept).await.map_err(|_| late())?.unwrap_or_else(|_| Err(late()))
    }

    /// Writes everything that was handed over so far, and no more after that where the store fails.
    pub async fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        let (tell, done) = oneshot::channel();
        if self.queue.send(Waiting::End(tell)).await.is_ok() {
            let _ = done.await;
        }
    }

    fn send(&self, entry: Entry, tell: Option<oneshot::Sender<Result<(), StoreError>>>) {
        let weight = entry.weight().min(MOST_BYTES) as u32;
        let Ok(room) = self.room.try_acquire_many(weight) else { return self.drop_entry(&entry) };
        match self.queue.try_send(Waiting::Entry(entry, weight, tell)) {
            // The writer gives the room back.
            Ok(()) => room.forget(),
            Err(TrySendError::Full(Waiting::Entry(entry, ..)) | TrySendError::Closed(Waiting::Entry(entry, ..))) => {
                self.drop_entry(&entry);
            }
            Err(_) => {}
        }
    }

    fn drop_entry(&self, entry: &Entry) {
        drop_from(&self.dropped, entry.span(), 1);
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
    store: Store,
    waiting: mpsc::Receiver<Waiting>,
    room: Arc<Semaphore>,
    dropped: Arc<Mutex<Option<Gap>>>,
    closing: Arc<AtomicBool>,
    /// What the next segment has so far.
    entries: Vec<Entry>,
    weight: usize,
    told: Vec<oneshot::Sender<Result<(), StoreError>>>,
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
                _ = watch.tick() => self.note_heads(),
                next = self.waiting.recv() => match next {
                    Some(Waiting::Entry(entry, weight, tell)) => {
                        due = due.or(Some(Instant::now() + LINGER));
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
                        self.write_segment().await;
                        self.note_heads();
                        due = None;
                        let _ = tell.send(());
                    }
                    None => return self.write_segment().await,
                },
            }
        }
    }

    fn add(&mut self, entry: Entry, weight: u32, tell: Option<oneshot::Sender<Result<(), StoreError>>>) {
        self.room.add_permits(weight as usize);
        self.weight += weight as usize;
        self.entries.push(entry);
        self.told.extend(tell);
    }

    /// Those who are in a hurry share a commit.
    fn add_all_that_wait(&mut self) {
        while !self.is_full() {
            match self.waiting.try_recv() {
                Ok(Waiting::Entry(entry, weight, tell)) => self.add(entry, weight, tell),
                Ok(Waiting::End(tell)) => drop(tell.send(())),
                Err(_) => return,
            }
        }
    }

    fn is_full(&self) -> bool {
        self.entries.len() >= SEGMENT.0 || self.weight >= SEGMENT.1
    }

    /// Writes what has come together. Whoever waits for it hears of a failure at once; for the others it is tried again
    /// before it is dropped.
    async fn write_segment(&mut self) {
        let gap = self.dropped.lock().unwrap_or_else(PoisonError::into_inner).take();
        let kept = self.entries.len();
        self.entries.extend(gap.clone().map(Entry::Gap));
        if self.entries.is_empty() {
            return;
        }
        let mut attempt = 1;
        let written = loop {
            let error = match self.store.append_to_journal(&self.entries).await {
                Ok(()) => break true,
                Err(error) => error,
            };
            let text = chain(&error);
            let mut told = self.told.drain(..);
            if let Some(first) = told.next() {
                let _ = first.send(Err(error));
                told.for_each(|tell| drop(tell.send(Err(StoreError::Late("write to the journal")))));
            }
            if self.closing.load(Ordering::Relaxed) {
                error!(cause = text, entries = kept, "calls are missing in the journal");
                break false;
            }
            if attempt == 1 {
                warn!(cause = text, "the journal cannot be written; trying again until it can");
            }
            attempt += 1;
            tokio::time::sleep(PAUSE).await;
        };
        if written && attempt > 1 {
            info!(attempt, "the journal is written again");
        }
        if written {
            self.told.drain(..).for_each(|tell| drop(tell.send(Ok(()))));
        } else {
            self.entries.truncate(kept);
            let spans = self.entries.iter().map(Entry::span);
            let span = spans.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)));
            span.into_iter().for_each(|span| drop_from(&self.dropped, span, kept as u64));
            gap.into_iter().for_each(|gap| drop_from(&self.dropped, (gap.from, gap.to), gap.count));
        }
        self.entries.clear();
        self.weight = 0;
    }

    /// Notes where the chains end: that a journal was cut off shows against its log.
    fn note_heads(&self) {
        for end in self.store.journal_heads() {
            let head: String = end.head.iter().map(|byte| format!("{byte:02x}")).collect();
            info!(writer = end.writer, entries = end.next - 1, head, "the journal's chain ends here");
        }
    }
}
