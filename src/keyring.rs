//! The keys of the operators' API as one station knows them. What the store says is remembered for a moment: most calls
//! ask no database, and a key that is revoked anywhere ends everywhere within seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tracing::warn;

use crate::domain::access::{Access, KeyDigest, Role};
use crate::domain::codes::OrganizationCode;
use crate::lately::Lately;
use crate::settings::Api;
use crate::store::{Store, StoreError};

/// How long what the store said is believed.
const BELIEVED: Duration = Duration::from_secs(2);

/// How often the store is told that a key is in use.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// Whose a secret is.
#[derive(Clone, Debug)]
pub enum Holder {
    /// There was never a key: nobody has one to show.
    NobodyHasKeys,
    /// Of a key that is alive.
    Known(Arc<Access>),
    /// Of no key, or of one that is revoked; or there is none.
    Unknown,
}

/// The keys, shared by all who answer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Keyring(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    limit: Api,
    known: Lately<Arc<Known>>,
    uses: Mutex<HashMap<i64, Uses>>,
}

/// What the store said.
#[derive(Debug)]
struct Known {
    any: bool,
    alive: HashMap<KeyDigest, Arc<Access>>,
}

/// How a key is used at this station.
#[derive(Debug, Default)]
struct Uses {
    /// When the window began, and the calls in it.
    window: Option<(Instant, u32)>,
    noted: Option<Instant>,
}

impl Keyring {
    /// Nothing is known yet.
    pub fn new(store: Store, limit: Api) -> Keyring {
        Keyring(Arc::new(Inner { store, limit, known: Lately::default(), uses: Default::default() }))
    }

    /// Whose a secret is. Without an answer of the store nobody is believed.
    pub async fn holder(&self, secret: Option<&[u8]>) -> Result<Holder, StoreError> {
        let known = self.known().await?;
        if !known.any {
            return Ok(Holder::NobodyHasKeys);
        }
        // Looked up by digest: how long that takes tells nothing of a secret, whose digest nobody can steer.
        let access = secret.and_then(|secret| known.alive.get(&KeyDigest::of(secret)));
        Ok(access.map_or(Holder::Unknown, |access| Holder::Known(access.clone())))
    }

    /// Whether an account of the front office may collect a notice: whether one of its keys that are alive opens the
    /// organization and the code. Where there never was a key, whoever is on this machine may.
    pub async fn may_collect(
        &self,
        account: &str,
        organization: &OrganizationCode,
        iuv: &str,
    ) -> Result<bool, StoreError> {
        let known = self.known().await?;
        let mut own = known.alive.values().filter(|access| access.role == Role::Pay && access.name == account);
        Ok(!known.any || own.any(|access| access.opens(organization, iuv)))
    }

    async fn known(&self) -> Result<Arc<Known>, StoreError> {
        let read = async || {
            let keys = self.0.store.keys_alive().await?;
            let any = keys.is_some();
            let alive = keys.into_iter().flatten().map(|key| (key.digest, Arc::new(key.access)));
            Ok(Arc::new(Known { any, alive: alive.collect() }))
        };
        self.0.known.get(BELIEVED, read).await
    }

    /// Counts a call of a key: how many more it has in this window, where they are counted, or how long until the next.
    pub fn count(&self, key: i64) -> Result<Option<u32>, Duration> {
        let Some(most) = self.0.limit.calls else { return Ok(None) };
        let mut uses = self.0.uses.lock().unwrap_or_else(PoisonError::into_inner);
        let window = &mut uses.entry(key).or_default().window;
        count(window, Instant::now(), most, self.0.limit.window).map(Some)
    }

    /// Notes that a key is in use, now and then, without keeping anybody waiting.
    pub fn note_use(&self, key: i64, now: DateTime<Utc>) {
        let mut uses = self.0.uses.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = &mut uses.entry(key).or_default().noted;
        if noted.is_some_and(|noted| noted.elapsed() < NOTED_EVERY) {
            return;
        }
        *noted = Some(Instant::now());
        let store = self.0.store.clone();
        tokio::spawn(async move {
            if let Err(cause) = store.key_was_used(key, now).await {
                warn!(%cause, key, "it could not be noted that a key was used");
            }
        });
    }
}

/// Counts one more call in a window that begins with the first.
fn count(window: &mut Option<(Instant, u32)>, now: Instant, most: u32, length: Duration) -> Result<u32, Duration> {
    let (begun, calls) = window.filter(|(begun, _)| now.duration_since(*begun) < length).unwrap_or((now, 0));
    if calls >= most {
        return Err(length.saturating_sub(now.duration_since(begun)));
    }
    *window = Some((begun, calls + 1));
    Ok(most - calls - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_windows() {
        let (begun, length) = (Instant::now(), Duration::from_secs(10));
        let mut window = None;
        for (second, answer) in
            [(0, Ok(1)), (4, Ok(0)), (4, Err(6)), (9, Err(1)), (10, Ok(1)), (19, Ok(0)), (19, Err(1)), (100, Ok(1))]
        {
            let counted = count(&mut window, begun + Duration::from_secs(second), 2, length);
            assert_eq!(counted.map_err(|wait| wait.as_secs()), answer, "after {second} s");
        }
    }
}
