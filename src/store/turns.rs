//! Whose turn it is with a notice. Writers who all change the row of one notice would undo each other's work on PostgreSQL
//! until some give up; at one station they come one after the other instead. Rivals at other stations still try again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};

use super::{Engine, Store};
use crate::domain::codes::{NoticeNumber, OrganizationCode};

/// Notices that may be written about at the same time; two that share a place wait for each other in vain, and briefly.
const PLACES: usize = 64;

/// The places. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Turns(Arc<[Mutex<()>; PLACES]>);

impl Turns {
    pub(super) fn new() -> Turns {
        Turns(Arc::new(std::array::from_fn(|_| Mutex::default())))
    }
}

impl Store {
    /// Waits for the turn with a notice, which ends when the guard is dropped. SQLite has one pen: there whoever waited
    /// here would only miss the commit that others share.
    pub async fn turn_with(
        &self,
        organization: &OrganizationCode,
        notice: &NoticeNumber,
    ) -> Option<MutexGuard<'_, ()>> {
        if let Engine::Sqlite(_) = self.engine {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        (organization.as_str(), notice.as_str()).hash(&mut hasher);
        Some(self.turns.0[hasher.finish() as usize % PLACES].lock().await)
    }
}
