//! A value that is read again when it is older than a while: what changes rarely and is needed often.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A value and when it was read. Cheap to clone; the clones share it.
#[derive(Debug)]
pub struct Lately<T>(Arc<Mutex<Option<(Instant, T)>>>);

impl<T> Clone for Lately<T> {
    fn clone(&self) -> Lately<T> {
        Lately(self.0.clone())
    }
}

impl<T> Default for Lately<T> {
    fn default() -> Lately<T> {
        Lately(Arc::default())
    }
}

impl<T: Clone> Lately<T> {
    /// The value as it was at most so long ago.
    pub async fn get<E>(&self, life: Duration, read: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E> {
        if let Some((read_at, value)) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner)
            && read_at.elapsed() < life
        {
            return Ok(value.clone());
        }
        let value = read().await?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), value.clone()));
        Ok(value)
    }
}
