//! How far the tests go, and what is random in them.
//!
//! A usual run takes a few rounds of what could go on for ever; `STATION_TEST_FULL=1` takes all of them. What is random
//! comes from a seed that is printed; `STATION_TEST_SEED` repeats it.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// The first in a usual run, the second in a full one.
pub fn usual_or_full<T>(usual: T, full: T) -> T {
    if std::env::var("STATION_TEST_FULL").is_ok_and(|value| value == "1") { full } else { usual }
}

/// The seed that was asked for, or one that nobody has seen yet.
pub fn seed() -> u64 {
    match std::env::var("STATION_TEST_SEED") {
        Ok(seed) => seed.parse().expect("STATION_TEST_SEED is a number"),
        Err(_) => rand::rng().random_range(0..1_000_000_000),
    }
}

/// Chance from a fresh seed. The test's name is printed with it, and shown when the test fails.
pub fn chance(test: &str) -> StdRng {
    let seed = seed();
    println!("{test}: STATION_TEST_SEED={seed} repeats this");
    StdRng::seed_from_u64(seed)
}

/// Waits for something that is going to happen.
pub fn wait_until(what: &str, patience: Duration, mut happened: impl FnMut() -> bool) {
    let started = Instant::now();
    while !happened() {
        assert!(started.elapsed() < patience, "{what}: not within {patience:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
