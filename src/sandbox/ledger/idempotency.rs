//! The keys with which PSPs say the same thing twice: the first answer is remembered (`domain` 15, 3).

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use tokio::sync::OnceCell;

/// How long a key is remembered where the request does not say: as long as the longest token lives.
pub const KEY_LIFE: Duration = Duration::minutes(30);

/// So many keys are remembered; the oldest is forgotten first.
const MOST_KEYS: usize = 5_000;

/// A key belongs to the PSP that chose it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// `idPSP`.
    pub psp: String,
    /// `idempotencyKey`.
    pub key: String,
}

/// What was said with a key.
#[derive(Clone, Debug)]
pub struct Kept<A> {
    /// Tells one request from another.
    pub digest: [u8; 32],
    /// The answer to it.
    pub answer: A,
    /// Until when it is good.
    pub until: DateTime<Utc>,
}

/// The place of an answer. It is empty as long as the first to ask is being answered; others wait for that.
pub type Slot<A> = Arc<OnceCell<Kept<A>>>;

/// The keys that are remembered.
#[derive(Debug)]
pub struct Keys<A> {
    slots: HashMap<Key, Slot<A>>,
    order: VecDeque<Key>,
}

impl<A> Default for Keys<A> {
    fn default() -> Self {
        Keys { slots: HashMap::new(), order: VecDeque::new() }
    }
}

impl<A> Keys<A> {
    /// The slot of a key: an empty one where nothing was said with it, or what was said is good no more.
    pub fn slot(&mut self, key: &Key, now: DateTime<Utc>) -> Slot<A> {
        if let Some(slot) = self.slots.get_mut(key) {
            if slot.get().is_some_and(|kept| kept.until <= now) {
                *slot = Slot::default();
            }
            return slot.clone();
        }
        if self.slots.len() >= MOST_KEYS {
            // Not one that is being answered: whoever waits for it would do the same once more.
            let is_answered = |key: &Key| self.slots.get(key).is_none_or(|slot| slot.initialized());
            if let Some(oldest) = self.order.iter().position(is_answered).and_then(|at| self.order.remove(at)) {
                self.slots.remove(&oldest);
            }
        }
        self.order.push_back(key.clone());
        self.slots.entry(key.clone()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
    }

    fn key(psp: &str, key: &str) -> Key {
        Key { psp: psp.into(), key: key.into() }
    }

    fn say(keys: &mut Keys<u32>, key: &Key, answer: u32) {
        let kept = Kept { digest: [0; 32], answer, until: noon() + KEY_LIFE };
        keys.slot(key, noon()).set(kept).unwrap();
    }

    #[test]
    fn a_key_is_its_psps_own_and_has_an_end() {
        let mut keys = Keys::default();
        say(&mut keys, &key("one", "k"), 1);
        for (psp, minutes, answer) in
            [("one", 0, Some(1)), ("one", 29, Some(1)), ("other", 0, None), ("one", 30, None), ("one", 0, None)]
        {
            let slot = keys.slot(&key(psp, "k"), noon() + Duration::minutes(minutes));
            assert_eq!(slot.get().map(|kept| kept.answer), answer, "{psp} after {minutes} minutes");
        }
    }

    #[test]
    fn what_is_being_answered_has_no_end_yet() {
        let mut keys = Keys::<u32>::default();
        let waiting = keys.slot(&key("one", "k"), noon());
        let late = keys.slot(&key("one", "k"), noon() + Duration::days(1));
        assert!(Arc::ptr_eq(&waiting, &late));
    }

    #[test]
    fn the_oldest_keys_are_forgotten() {
        let mut keys = Keys::default();
        for number in 0..=MOST_KEYS {
            say(&mut keys, &key("one", &number.to_string()), 1);
        }
        assert_eq!((keys.slots.len(), keys.order.len()), (MOST_KEYS, MOST_KEYS));
        assert!(keys.slot(&key("one", "1"), noon()).get().is_some());
        assert!(keys.slot(&key("one", "0"), noon()).get().is_none());
    }
}
