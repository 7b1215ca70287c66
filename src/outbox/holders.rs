//! How many messages of one holder are in hand at a time. An account that has callbacks led to hundreds of names, all of
//! which hang, does not take the places of everybody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::store::SecretHolder;

/// Messages of a holder in hand.
const MOST: usize = 256;

/// Those who have messages in hand, and how many.
#[derive(Default)]
pub(super) struct Holders(Arc<Mutex<HashMap<SecretHolder, usize>>>);

/// A place for a message, until it is dropped.
pub(super) struct Place {
    holders: Arc<Mutex<HashMap<SecretHolder, usize>>>,
    holder: SecretHolder,
}

impl Holders {
    /// A place for one of somebody's messages, if there is one.
    pub(super) fn place_for(&self, holder: &SecretHolder) -> Option<Place> {
        let mut holders = locked(&self.0);
        let in_hand = holders.entry(holder.clone()).or_default();
        if *in_hand >= MOST {
            return None;
        }
        *in_hand += 1;
        Some(Place { holders: self.0.clone(), holder: holder.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut holders = locked(&self.holders);
        if let Some(in_hand) = holders.get_mut(&self.holder) {
            *in_hand -= 1;
            if *in_hand == 0 {
                holders.remove(&self.holder);
            }
        }
    }
}

fn locked(holders: &Mutex<HashMap<SecretHolder, usize>>) -> MutexGuard<'_, HashMap<SecretHolder, usize>> {
    holders.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_places_of_the_others() {
        let holders = Holders::default();
        let [greedy, other] = ["greedy", "other"].map(|name| SecretHolder::Account(name.into()));
        let mut places: Vec<_> = (0..MOST).map(|_| holders.place_for(&greedy).unwrap()).collect();
        assert!(holders.place_for(&greedy).is_none());
        assert!(holders.place_for(&other).is_some());
        places.pop();
        places.push(holders.place_for(&greedy).unwrap());
        assert!(holders.place_for(&greedy).is_none());
        places.clear();
        assert!(locked(&holders.0).is_empty(), "whoever has nothing in hand is forgotten");
    }
}
