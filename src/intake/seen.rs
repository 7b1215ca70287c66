//! Which keys came before in a file, in eight bytes each.
//!
//! A set that doubles would hold twice its size while it grows; here a sorted list takes in a small one, in place.
//! Two keys in a million share a hash once in thirty million files.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Keys to gather before they are merged.
const RECENT: usize = 4096;

/// The keys seen so far.
#[derive(Debug, Default)]
pub struct Seen {
    sorted: Vec<u64>,
    recent: Vec<u64>,
}

impl Seen {
    /// Remembers a key, and tells whether it was new.
    pub fn is_new(&mut self, key: &str) -> bool {
        self.remember(hash(key))
    }

    /// Whether a key came before.
    pub fn holds(&self, key: &str) -> bool {
        let hash = hash(key);
        self.sorted.binary_search(&hash).is_ok() || self.recent.binary_search(&hash).is_ok()
    }

    fn remember(&mut self, hash: u64) -> bool {
        if self.sorted.binary_search(&hash).is_ok() {
            return false;
        }
        let Err(at) = self.recent.binary_search(&hash) else { return false };
        self.recent.insert(at, hash);
        if self.recent.len() == RECENT {
            self.merge();
        }
        true
    }

    /// Both lists are sorted: from the back, the larger of the two last ones goes to the end.
    fn merge(&mut self) {
        let mut old = self.sorted.len();
        let mut end = old + self.recent.len();
        self.sorted.reserve_exact(self.recent.len());
        self.sorted.resize(end, 0);
        while let Some(&last) = self.recent.last() {
            end -= 1;
            if old > 0 && self.sorted[old - 1] > last {
                old -= 1;
                self.sorted[end] = self.sorted[old];
            } else {
                self.sorted[end] = last;
                self.recent.pop();
            }
        }
    }
}

fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn a_key_is_new_once() {
        let mut seen = Seen::default();
        for at in 0..20_000 {
            assert!(seen.is_new(&format!("TARI-2026-{at}")));
        }
        for at in 0..20_000 {
            assert!(seen.holds(&format!("TARI-2026-{at}")) && !seen.is_new(&format!("TARI-2026-{at}")));
        }
        assert!(seen.sorted.is_sorted() && seen.sorted.len() + seen.recent.len() == 20_000);
        assert!(seen.sorted.capacity() < 21_000, "it does not double");
    }

    proptest! {
        #[test]
        fn it_is_a_set(hashes in proptest::collection::vec(0u64..9_000, 0..20_000)) {
            let (mut seen, mut set) = (Seen::default(), HashSet::new());
            for hash in hashes {
                prop_assert_eq!(seen.remember(hash), set.insert(hash));
            }
        }
    }
}
