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

/// The notices and IUVs seen so far. As a rule a notice is `3` and its IUV: such a pair is one key, not two.
#[derive(Debug, Default)]
pub struct Numbers(Seen);

impl Numbers {
    /// Remembers the numbers of an option; tells which one came before, if one did.
    pub fn repeated(&mut self, nav: &str, iuv: &str) -> Option<&'static str> {
        let pair = |iuv: &str| format!("pair {iuv}");
        let (nav_alone, iuv_alone) = (format!("nav {nav}"), format!("iuv {iuv}"));
        let paired = nav.strip_prefix('3');
        let nav_came = self.0.holds(&nav_alone) || paired.is_some_and(|iuv| self.0.holds(&pair(iuv)));
        let iuv_came = self.0.holds(&iuv_alone) || self.0.holds(&pair(iuv));
        if paired == Some(iuv) {
            self.0.is_new(&pair(iuv));
        } else {
            self.0.is_new(&nav_alone);
            self.0.is_new(&iuv_alone);
        }
        if nav_came { Some("nav") } else { iuv_came.then_some("iuv") }
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

    #[test]
    fn numbers_come_once() {
        let mut numbers = Numbers::default();
        for (nav, iuv, repeated) in [
            ("307", "07", None),
            ("307", "07", Some("nav")),
            ("307", "08", Some("nav")),
            ("309", "07", Some("iuv")),
            ("309", "09", Some("nav")),
            ("001", "01", None),
            ("301", "01", Some("iuv")),
            ("001", "02", Some("nav")),
            ("302", "03", None),
            ("303", "04", None),
        ] {
            assert_eq!(numbers.repeated(nav, iuv), repeated, "{nav} {iuv}");
        }
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
