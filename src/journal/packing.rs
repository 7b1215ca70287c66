//! Compression: zstd with a dictionary of what our messages have in common, so that also one exchange alone gets small.
//!
//! The first byte of packed bytes says how they were packed. A better dictionary is a new file and a new number; the
//! old one stays, because what was packed with it stays. Four bytes of SHA-256 follow, over the frame: zstd has bits
//! that change nothing, and in an archive nothing may change.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{find_frame_compressed_size, get_frame_content_size};

/// A zstd frame made with the first dictionary.
const FORMAT: u8 = 1;
/// Where the frame begins.
const FRAME: usize = 5;

/// What requests and answers have in common; fictional throughout. Frozen: every byte of it is part of the format. zstd
/// reaches what stands last at the least cost, so the reads do.
const DICTIONARY: &[u8] = include_bytes!("dictionary_1.txt");

/// Measured: in batches, where the load is, the levels above take twice the time and more to come to the same size. An
/// exchange alone would gain a twentieth from the next.
const LEVEL: i32 = 2;

static ENCODER: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

// Making a context costs more than packing an exchange: each thread keeps its own.
thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Why bytes cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unpackable {
    /// Packed by another release.
    #[error("format {0} is not known")]
    Format(u8),
    /// The bytes are not those that were written.
    #[error("the bytes have changed")]
    Changed,
    /// It would be larger than anything that is written here.
    #[error("the bytes unpack to too much")]
    TooLarge,
    /// zstd says no.
    #[error("the bytes are no packed content")]
    Zstd(#[source] io::Error),
}

/// Packs bytes.
pub(super) fn pack(raw: &[u8]) -> io::Result<Vec<u8>> {
    let frame = COMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(compressor) => compressor.compress(raw),
        None => kept.insert(Compressor::with_prepared_dictionary(&ENCODER)?).compress(raw),
    })?;
    let mut packed = Vec::with_capacity(FRAME + frame.len());
    packed.push(FORMAT);
    packed.extend_from_slice(&check(&frame));
    packed.extend_from_slice(&frame);
    Ok(packed)
}

/// Unpacks bytes to at most so many. Room is made only for what the frame says of itself, within that bound.
pub(super) fn unpack(packed: &[u8], most: usize) -> Result<Vec<u8>, Unpackable> {
    match packed.first() {
        Some(&FORMAT) => {}
        Some(format) => return Err(Unpackable::Format(*format)),
        None => return Err(Unpackable::Changed),
    }
    let (head, frame) = packed.split_at_checked(FRAME).ok_or(Unpackable::Changed)?;
    if head[1..] != check(frame) {
        return Err(Unpackable::Changed);
    }
    // One frame and nothing after it, which says how long its content is.
    if find_frame_compressed_size(frame) != Ok(frame.len()) {
        return Err(Unpackable::Changed);
    }
    let size = get_frame_content_size(frame).ok().flatten().ok_or(Unpackable::Changed)?;
    let size = usize::try_from(size).ok().filter(|size| *size <= most).ok_or(Unpackable::TooLarge)?;
    let unpacked = DECOMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(decompressor) => decompressor.decompress(frame, size),
        None => kept.insert(Decompressor::with_prepared_dictionary(&DECODER)?).decompress(frame, size),
    });
    unpacked.map_err(Unpackable::Zstd)
}

fn check(frame: &[u8]) -> [u8; FRAME - 1] {
    let mut check = [0; FRAME - 1];
    check.copy_from_slice(&Sha256::digest(frame)[..FRAME - 1]);
    check
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOST: usize = 1 << 20;

    proptest! {
        #[test]
        fn what_is_packed_unpacks(raw in prop::collection::vec(any::<u8>(), 0..3000)) {
            let packed = pack(&raw).unwrap();
            prop_assert_eq!(unpack(&packed, MOST).unwrap(), raw);
        }

        /// Also behind a check that is right.
        #[test]
        fn any_frame_is_unpacked_or_refused(frame in prop::collection::vec(any::<u8>(), 0..200), zstd: bool) {
            let magic: &[u8] = if zstd { &[0x28, 0xb5, 0x2f, 0xfd] } else { &[] };
            let frame = [magic, &frame].concat();
            let packed = [&[FORMAT][..], &check(&frame), &frame].concat();
            if let Ok(raw) = unpack(&packed, MOST) {
                prop_assert!(raw.len() <= MOST);
            }
        }

        #[test]
        fn a_damaged_frame_is_unpacked_or_refused(
            raw in prop::collection::vec(0u8..4, 0..600),
            at in any::<prop::sample::Index>(),
            flip in 1u8..,
        ) {
            let mut frame = pack(&raw).unwrap().split_off(FRAME);
            let at = at.index(frame.len());
            frame[at] ^= flip;
            let packed = [&[FORMAT][..], &check(&frame), &frame].concat();
            if let Ok(raw) = unpack(&packed, MOST) {
                prop_assert!(raw.len() <= MOST);
            }
        }
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let packed = pack(&vec![0; MOST + 1]).unwrap();
        assert!(packed.len() < 1000);
        assert!(matches!(unpack(&packed, MOST), Err(Unpackable::TooLarge)));
        assert!(unpack(&packed, MOST + 1).is_ok());
    }

    #[test]
    fn two_frames_are_not_one() {
        let frame = pack(b"a frame").unwrap().split_off(FRAME);
        // A frame that is to be skipped: it changes nothing, and yet it was not written.
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 7][..], &frame].concat();
        for frames in [[&frame[..], &frame].concat(), skipped] {
            let packed = [&[FORMAT][..], &check(&frames), &frames].concat();
            assert!(matches!(unpack(&packed, MOST), Err(Unpackable::Changed)));
        }
    }

    #[test]
    fn the_dictionary_is_frozen() {
        let digest: String = Sha256::digest(DICTIONARY).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            digest, "00a116490d564eab69b3b04c15146d7f5d07a44de9f69856e4f8da09617d23f6",
            "what was packed with another dictionary cannot be read any more"
        );
    }
}
