//! How often each account calls the front office on a day of Rome (`domain` 11.6).
//!
//! Calls are counted in memory and written about every second; what could not be written stays and is written later.
//! Which calls are beyond the quota the database says when it adds them up, so that several stations count as one. A hard
//! quota is decided before a call is let through, from what the database said at most `BELIEVED` ago and what this
//! station has counted since: of N stations each may let through what the others have had in that time. A station that
//! dies takes with it what it has not written, a second's worth.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Rome;
use tokio::sync::Mutex as Turn;
use tracing::warn;

use crate::settings::Quota;
use crate::store::{Store, StoreError};
use crate::telemetry::chain;

/// How long what the store said of an account's calls is believed.
const BELIEVED: Duration = Duration::from_secs(1);

/// The counters, shared by all who answer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Meter(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    quota: Quota,
    counts: Mutex<BTreeMap<(String, NaiveDate), Count>>,
    /// One asks the store or writes to it: what it says then holds none of what is still to be written.
    turn: Turn<()>,
}

/// The calls of an account on a day.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    /// Those the store knows, of all stations.
    stored: i64,
    /// Those that it does not know yet.
    pending: i64,
    /// When the store said so.
    heard: Option<Instant>,
}

impl Meter {
    /// Nothing is counted yet.
    pub fn new(store: Store, quota: Quota) -> Meter {
        Meter(Arc::new(Inner { store, quota, counts: Mutex::default(), turn: Turn::default() }))
    }

    /// Counts a call, unless the account has had its calls and may have no more: then tells how long until it has.
    pub async fn count(&self, account: &str, now: DateTime<Utc>) -> Result<(), Duration> {
        let key = (account.to_owned(), day_of(now));
        if self.0.quota.hard {
            self.hear(&key).await;
        }
        let mut counts = self.counts();
        let count = counts.entry(key).or_default();
        if self.0.quota.hard && count.stored + count.pending >= i64::from(self.0.quota.calls) {
            return Err(until_midnight(now));
        }
        count.pending += 1;
        Ok(())
    }

    /// Asks the store what it knows, unless it has said so a moment ago. Without an answer the last one holds.
    async fn hear(&self, key: &(String, NaiveDate)) {
        let is_fresh = || self.counts().get(key).and_then(|c| c.heard).is_some_and(|at| at.elapsed() < BELIEVED);
        if is_fresh() {
            return;
        }
        let _turn = self.0.turn.lock().await;
        if is_fresh() {
            return;
        }
        let stored = self.0.store.calls_of(&key.0, key.1).await;
        let mut counts = self.counts();
        let count = counts.entry(key.clone()).or_default();
        count.heard = Some(Instant::now());
        match stored {
            Ok(stored) => count.stored = stored,
            Err(cause) => warn!(cause = chain(&cause), "the calls of an account could not be read"),
        }
    }

    /// Writes what is not written yet to a store, and forgets the days that are over.
    pub async fn write(&self, store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
        let _turn = self.0.turn.lock().await;
        let pending: Vec<_> = {
            let mut counts = self.counts();
            counts.retain(|(_, day), count| count.pending > 0 || *day >= day_of(now));
            let pending = counts.iter().filter(|(_, count)| count.pending > 0);
            pending.map(|((account, day), count)| (account.clone(), *day, count.pending)).collect()
        };
        if pending.is_empty() {
            return Ok(());
        }
        // Where calls beyond are refused, none is billed.
        let free = if self.0.quota.hard { i64::MAX } else { i64::from(self.0.quota.calls) };
        let totals = store.add_calls(&pending, free).await?;
        let mut counts = self.counts();
        for ((account, day, written), total) in pending.into_iter().zip(totals) {
            let count = counts.entry((account, day)).or_default();
            *count = Count { stored: total, pending: count.pending - written, heard: Some(Instant::now()) };
        }
        Ok(())
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<(String, NaiveDate), Count>> {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The day that it is in Rome.
fn day_of(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&Rome).date_naive()
}

/// How long it is until the next day begins in Rome, in whole seconds and at least one.
fn until_midnight(now: DateTime<Utc>) -> Duration {
    let midnight = (day_of(now) + Days::new(1)).and_time(NaiveTime::MIN);
    let midnight = Rome.from_local_datetime(&midnight).earliest().map_or(now, |at| at.to_utc());
    let left = (midnight - now).to_std().unwrap_or_default();
    Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0)).max(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_of_rome() {
        for (now, day, left) in [
            ("2026-11-22T12:00:00Z", "2026-11-22", 11 * 3600),
            ("2026-11-22T22:59:59.5Z", "2026-11-22", 1),
            ("2026-11-22T23:00:00Z", "2026-11-23", 24 * 3600),
            ("2026-07-01T21:59:00Z", "2026-07-01", 60),
            // The clocks go forward and back.
            ("2026-03-28T23:00:00Z", "2026-03-29", 23 * 3600),
            ("2026-10-24T22:00:00Z", "2026-10-25", 25 * 3600),
        ] {
            let now = now.parse().unwrap();
            assert_eq!(day_of(now).to_string(), day, "{now}");
            assert_eq!(until_midnight(now).as_secs(), left, "{now}");
        }
    }
}
