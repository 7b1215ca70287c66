//! Where the journal's chains of this process stand. A chain has one writer at a time: SQLite's pen has one, on
//! PostgreSQL each transaction takes one that is free, or begins another.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::journal::Chain;

/// The chains that this process writes.
#[derive(Clone, Debug)]
pub(super) struct Chains(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// What the names of this process's writers begin with.
    process: String,
    begun: u32,
    free: Vec<Chain>,
    /// The last durable place of each chain.
    heads: BTreeMap<String, Chain>,
}

impl Chains {
    /// None yet. Every process has names of its own: two that went on with the same chain would break it.
    pub(super) fn new() -> Chains {
        // The standard library seeds its hasher at random; nothing here is a secret.
        let process = format!("{:016x}", RandomState::new().build_hasher().finish());
        Chains(Arc::new(Mutex::new(State { process, begun: 0, free: Vec::new(), heads: BTreeMap::new() })))
    }

    /// A chain that nobody else writes.
    pub(super) fn take(&self) -> Chain {
        let mut state = self.state();
        state.free.pop().unwrap_or_else(|| {
            state.begun += 1;
            Chain::start(format!("{}-{}", state.process, state.begun))
        })
    }

    /// Gives a chain back, at a place that is durable. One whose last segment may or may not be is never given back.
    pub(super) fn give_back(&self, chain: Chain) {
        let mut state = self.state();
        if chain.next > 1 {
            state.heads.insert(chain.writer.clone(), chain.clone());
        }
        state.free.push(chain);
    }

    /// The last durable place of each chain that has any entry.
    pub(super) fn heads(&self) -> Vec<Chain> {
        self.state().heads.values().cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
