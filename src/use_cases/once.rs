//! Carry out once what a caller sends twice.
//!
//! The key is taken before anything else happens, in a transaction of its own, and the answer is kept after: whoever
//! asks again meanwhile, at whichever station, is told to wait. A crash in between leaves a key without an answer.
//! After `PATIENCE` the next one with the same request carries it out himself, and nothing happens twice for all
//! that: what can be asked for with a key is declined by the state it has already brought about (a position that is
//! there, published, invalid or paid), which is what the caller then hears.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::station::Station;
use crate::store::{EarlierRequest, KeptAnswer, StoreError};

/// How long an answer is kept.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

/// After which time a request without an answer is taken for lost. One that lives longer and is sent again is carried
/// out beside itself, and the state decides which of the two comes first.
const PATIENCE: TimeDelta = TimeDelta::seconds(120);

/// A request that is to be carried out once.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    slot: [u8; 32],
    request: [u8; 32],
}

/// What is to be done with a request.
#[derive(Debug)]
pub enum Turn {
    /// Carry it out.
    First,
    /// Answer what was answered before.
    Again(KeptAnswer),
    /// The key was used for another request.
    Other,
    /// The first one is still on its way.
    OnItsWay,
}

impl Attempt {
    /// A request, by what tells its key from others (who calls, for whom, what for, the key) and what tells it from
    /// other requests.
    pub fn new(slot: &[&[u8]], request: &[&[u8]]) -> Attempt {
        Attempt { slot: digest(slot), request: digest(request) }
    }
}

/// One digest of several parts, each with its length: their borders count.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// Takes the key, or tells what became of the request that took it before.
pub async fn begin(station: &Station, attempt: Attempt) -> Result<Turn, StoreError> {
    let now = station.clock.now();
    let work = async || {
        let mut tx = station.store.write().await?;
        let turn = turn(tx.earlier_request(&attempt.slot).await?, &attempt.request, now);
        if let Turn::First = turn {
            tx.begin_request(&attempt.slot, &attempt.request, now).await?;
        }
        tx.commit().await?;
        Ok(turn)
    };
    station.store.retrying(StoreError::is_conflict, work).await
}

/// What comes next where this came before.
fn turn(earlier: Option<EarlierRequest>, request: &[u8; 32], now: DateTime<Utc>) -> Turn {
    match earlier {
        None => Turn::First,
        Some(earlier) if earlier.begun_at + KEPT_FOR <= now => Turn::First,
        Some(earlier) if earlier.request != request => Turn::Other,
        Some(EarlierRequest { answer: Some(answer), .. }) => Turn::Again(answer),
        Some(earlier) if earlier.begun_at + PATIENCE <= now => Turn::First,
        Some(_) => Turn::OnItsWay,
    }
}

/// Keeps the answer, or gives the key free where there is none worth keeping.
pub async fn end(station: &Station, attempt: Attempt, answer: Option<&KeptAnswer>) -> Result<(), StoreError> {
    let work = async || {
        let mut tx = station.store.write().await?;
        match answer {
            Some(answer) => tx.keep_answer(&attempt.slot, &attempt.request, answer).await?,
            None => tx.give_up_request(&attempt.slot, &attempt.request).await?,
        }
        tx.commit().await
    };
    station.store.retrying(StoreError::is_conflict, work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_what() {
        let begun_at: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let answer = KeptAnswer { status: 201, headers: Default::default(), body: Vec::new() };
        let earlier = |answer| Some(EarlierRequest { request: vec![7; 32], begun_at, answer });
        let after = |earlier, request: u8, seconds| {
            let now = begun_at + TimeDelta::seconds(seconds);
            match turn(earlier, &[request; 32], now) {
                Turn::First => "first",
                Turn::Again(_) => "again",
                Turn::Other => "other",
                Turn::OnItsWay => "on its way",
            }
        };
        let day = 24 * 3600;
        assert_eq!(after(None, 7, 0), "first");
        for (answered, request, seconds, expected) in [
            (false, 7, 119, "on its way"),
            (false, 7, 120, "first"),
            (false, 8, 119, "other"),
            (false, 8, 120, "other"),
            (true, 7, 0, "again"),
            (true, 8, 0, "other"),
            (true, 7, day - 1, "again"),
            (true, 8, day - 1, "other"),
            (true, 7, day, "first"),
            (true, 8, day, "first"),
        ] {
            let earlier = earlier(answered.then(|| answer.clone()));
            assert_eq!(after(earlier, request, seconds), expected, "{answered} {request} {seconds}");
        }
    }

    #[test]
    fn the_borders_of_parts_count() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
        assert_ne!(digest(&[b"ab"]), digest(&[b"ab", b""]));
    }
}
