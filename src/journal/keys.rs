//! How the entries of a notice are found without an index row for each: every segment carries the digests of what its
//! entries are found by.
//!
//! A digest has 32 bits. A hundred thousand segments of a thousand entries hold some 3·10^8 of them, so a look through
//! them all opens 3·10^8 / 2^32 = 0.07 segments in vain; with 24 bits it would be 18. More bits would cost disk for
//! every entry and spare nothing. That a segment may speak of a notice is never the answer: the entries themselves are.

use sha2::{Digest, Sha256};

use super::Entry;

/// Bytes of a digest.
const WIDTH: usize = 4;

fn digest(text: &str) -> [u8; WIDTH] {
    let mut digest = [0; WIDTH];
    digest.copy_from_slice(&Sha256::digest(text.as_bytes())[..WIDTH]);
    digest
}

/// The digest of a notice number, IUV or receipt id, for the store's index.
pub fn key_of(text: &str) -> i64 {
    u32::from_be_bytes(digest(text)).into()
}

/// The digests of a segment, as [`key_of`] gives them.
pub fn keys_in(keys: &[u8]) -> impl Iterator<Item = i64> {
    keys.as_chunks::<WIDTH>().0.iter().map(|key| u32::from_be_bytes(*key).into())
}

/// The key of the notice that entries speak of, when it is one.
pub(super) fn notice_key_of(entries: &[Entry]) -> Option<i64> {
    let mut notices = entries.iter().map(Entry::notice).filter(|nav| !nav.is_empty());
    let first = notices.next()?;
    notices.all(|nav| nav == first).then(|| key_of(first))
}

/// The sorted distinct digests of what entries are found by.
pub(super) fn keys_of(entries: &[Entry]) -> Vec<u8> {
    let names = entries.iter().flat_map(Entry::names).filter(|name| !name.is_empty());
    let mut digests: Vec<_> = names.map(digest).collect();
    digests.sort_unstable();
    digests.dedup();
    digests.into_flattened()
}

/// Whether a digest is among a segment's. Keys that are no whole number of digests are damaged: they may speak of
/// anything.
pub(super) fn contain(keys: &[u8], name: &str) -> bool {
    let (digests, rest) = keys.as_chunks::<WIDTH>();
    !rest.is_empty() || digests.binary_search(&digest(name)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::given;
    use super::*;

    #[test]
    fn every_name_is_found_and_hardly_any_other() {
        let entries: Vec<_> = (0..500).map(|number| given::a_verify(&given::nav(number))).collect();
        let keys = keys_of(&entries);
        for entry in &entries {
            for name in entry.names().into_iter().filter(|name| !name.is_empty()) {
                assert!(contain(&keys, name), "{name}");
            }
        }
        let strangers = (500..5_500).filter(|number| contain(&keys, &given::nav(*number))).count();
        assert!(strangers <= 1, "{strangers} of 5000");
    }

    #[test]
    fn keys_are_sorted_distinct_and_those_of_the_index() {
        let entry = given::a_receipt("307000000001234573");
        let keys = keys_of(&[entry.clone(), entry]);
        assert_eq!(keys.len(), 3 * WIDTH);
        let listed: Vec<_> = keys_in(&keys).collect();
        assert!(listed.is_sorted());
        assert!(listed.contains(&key_of("307000000001234573")));
        // The digest is part of the format: it may not change.
        assert_eq!(key_of("307000000001234573"), 353_960_980);
    }

    #[test]
    fn damaged_keys_may_speak_of_anything() {
        assert!(contain(&[1, 2, 3], "307000000001234573"));
        assert!(!contain(&[], "307000000001234573"));
    }
}
