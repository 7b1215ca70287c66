//! A value that is read again when it is older than a while: what changes rarely and is needed often.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Mutex as Turn;

/// A value and when it was asked for. Cheap to clone; the clones share it.
#[derive(Debug)]
pub struct Lately<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    known: Mutex<Option<(Instant, T)>>,
    /// One reads for all who need it.
    turn: Turn<()>,
    /// How many of their reads have failed.
    failures: AtomicU64,
}

impl<T> Clone for Lately<T> {
    fn clone(&self) -> Lately<T> {
        Lately(self.0.clone())
    }
}

impl<T> Default for Lately<T> {
    fn default() -> Lately<T> {
        let (known, turn, failures) = (Mutex::default(), Turn::default(), AtomicU64::default());
        Lately(Arc::new(Inner { known, turn, failures }))
    }
}

impl<T: Clone> Lately<T> {
    /// The value as it was at most so long ago.
    pub async fn get<E>(&self, life: Duration, read: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E> {
        if let Some(value) = self.known(life) {
            return Ok(value);
        }
        let failures = self.0.failures.load(Ordering::Relaxed);
        let turn = self.0.turn.lock().await;
        if let Some(value) = self.known(life) {
            return Ok(value);
        }
        // Whoever has waited for a read that failed does not wait for the next one, which may take as long.
        if self.0.failures.load(Ordering::Relaxed) != failures {
            drop(turn);
            return self.ask(read).await;
        }
        let read = self.ask(read).await;
        if read.is_err() {
            self.0.failures.fetch_add(1, Ordering::Relaxed);
        }
        read
    }

    /// The value, where it is young enough.
    fn known(&self, life: Duration) -> Option<T> {
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(asked_at, _)| asked_at.elapsed() < life).map(|(_, value)| value.clone())
    }

    /// Reads the value. It is as old as the question, and takes the place of no younger one.
    async fn ask<E>(&self, read: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E> {
        let asked_at = Instant::now();
        let value = read().await?;
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|(younger, _)| *younger <= asked_at) {
            *known = Some((asked_at, value.clone()));
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use std::sync::atomic::AtomicU32;
    use tokio::sync::Barrier;
    use tokio::time::{sleep, timeout};

    const LIFE: Duration = Duration::from_secs(3600);

    /// Asks so often at the same moment; each read takes a moment and says whether it works.
    async fn at_once(lately: &Lately<u32>, readers: usize, works: bool) -> (u32, Vec<Result<u32, ()>>) {
        let (reads, ready) = (Arc::new(AtomicU32::new(0)), Arc::new(Barrier::new(readers)));
        let asked = (0..readers).map(|_| {
            let (lately, reads, ready) = (lately.clone(), reads.clone(), ready.clone());
            tokio::spawn(async move {
                ready.wait().await;
                let read = async || {
                    let read = reads.fetch_add(1, Ordering::SeqCst) + 1;
                    sleep(Duration::from_millis(200)).await;
                    if works { Ok(read) } else { Err(()) }
                };
                lately.get(LIFE, read).await
            })
        });
        let asked: Vec<_> = asked.collect();
        let mut answers = Vec::new();
        for answer in asked {
            answers.push(answer.await.unwrap());
        }
        (reads.load(Ordering::SeqCst), answers)
    }

    #[tokio::test]
    async fn one_reads_for_all() {
        assert_eq!(at_once(&Lately::default(), 10, true).await, (1, vec![Ok(1); 10]));
    }

    /// Twenty that fail one after the other would take four seconds.
    #[tokio::test]
    async fn nobody_waits_for_many_that_fail() {
        let lately = Lately::default();
        let failed = timeout(Duration::from_secs(2), at_once(&lately, 20, false)).await;
        assert_eq!(failed.unwrap(), (20, vec![Err(()); 20]));
        assert_eq!(at_once(&lately, 20, true).await.0, 1, "nothing is left of it");
    }

    #[tokio::test]
    async fn whoever_goes_away_leaves_the_turn_to_the_next() {
        let lately: Lately<u32> = Lately::default();
        let gone = lately.get(LIFE, async || pending::<Result<u32, ()>>().await);
        assert!(timeout(Duration::from_millis(50), gone).await.is_err());
        assert_eq!(lately.get(LIFE, async || Ok::<_, ()>(7)).await, Ok(7));
    }

    #[tokio::test]
    async fn a_value_is_as_old_as_the_question() {
        let lately = Lately::default();
        let slow = async || {
            sleep(Duration::from_millis(100)).await;
            Ok::<_, ()>(1)
        };
        assert_eq!(lately.get(LIFE, slow).await, Ok(1));
        assert_eq!(lately.get(Duration::from_millis(100), async || Ok::<_, ()>(2)).await, Ok(2));
    }

    #[tokio::test]
    async fn what_was_asked_for_before_takes_the_place_of_nothing() {
        let lately = Lately::default();
        let overtaken = lately.ask(async || {
            lately.ask(async || Ok(2)).await?;
            Ok::<_, ()>(1)
        });
        assert_eq!(overtaken.await, Ok(1));
        assert_eq!(lately.get(LIFE, async || Ok::<_, ()>(3)).await, Ok(2));
    }
}
