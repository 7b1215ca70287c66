//! How many messages go to one receiver at a time. Whoever does not answer has few in front of the door, so that the others
//! never wait behind them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Calls to one receiver at the same time.
const TURNS: usize = 8;
/// Messages in front of a receiver's door, those that have their turn included.
const IN_FRONT: usize = 128;
/// The same where the receiver is slow: the last call took all the time that it was given.
const IN_FRONT_OF_A_SLOW_ONE: usize = 2;
/// For how long a message is put aside for which there is no room.
pub(super) const SOON: TimeDelta = TimeDelta::milliseconds(250);
/// The same where the receiver is slow.
const LATER: TimeDelta = TimeDelta::seconds(30);
/// From how many doors on those are forgotten where nobody stands.
const MANY: usize = 1000;

/// The doors of all receivers.
#[derive(Default)]
pub(super) struct Doors(Mutex<HashMap<String, Arc<Door>>>);

struct Door {
    turns: Arc<Semaphore>,
    in_front: AtomicUsize,
    is_slow: AtomicBool,
}

/// A place in front of a door.
struct Place(Arc<Door>);

/// A turn at a door.
pub(super) struct Turn {
    place: Place,
    _permit: OwnedSemaphorePermit,
}

impl Doors {
    /// A turn at a receiver's door, once there is one; or how long to stay away.
    pub(super) async fn enter(&self, name: &str) -> Result<Turn, TimeDelta> {
        let door = self.door(name);
        let before = door.in_front.fetch_add(1, Ordering::SeqCst);
        let place = Place(door);
        let door = &place.0;
        match door.is_slow() {
            true if before >= IN_FRONT_OF_A_SLOW_ONE => return Err(LATER),
            false if before >= IN_FRONT => return Err(SOON),
            _ => {}
        }
        let waits = door.turns.available_permits() == 0;
        let permit = door.turns.clone().acquire_owned().await.map_err(|_| SOON)?;
        // It may have turned out to be slow meanwhile: those who waited do not go on waiting one by one.
        if waits && door.is_slow() {
            return Err(LATER);
        }
        Ok(Turn { place, _permit: permit })
    }

    fn door(&self, name: &str) -> Arc<Door> {
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if doors.len() >= MANY {
            doors.retain(|_, door| Arc::strong_count(door) > 1);
        }
        let new = || Door {
            turns: Arc::new(Semaphore::new(TURNS)),
            in_front: AtomicUsize::new(0),
            is_slow: AtomicBool::new(false),
        };
        doors.entry(name.to_owned()).or_insert_with(|| Arc::new(new())).clone()
    }
}

impl Door {
    fn is_slow(&self) -> bool {
        self.is_slow.load(Ordering::SeqCst)
    }
}

impl Turn {
    /// The call is over, in time or too late.
    pub(super) fn over(self, in_time: bool) {
        self.place.0.is_slow.store(!in_time, Ordering::SeqCst);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.in_front.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_receiver_keeps_few_in_front_of_its_door() {
        let doors = Arc::new(Doors::default());
        let mut inside = Vec::new();
        for _ in 0..TURNS {
            inside.push(doors.enter("slow").await.ok().unwrap());
        }
        let waiting: Vec<_> = (TURNS..IN_FRONT)
            .map(|_| {
                let doors = doors.clone();
                tokio::spawn(async move { doors.enter("slow").await.map(drop) })
            })
            .collect();
        while doors.door("slow").in_front.load(Ordering::SeqCst) < IN_FRONT {
            tokio::task::yield_now().await;
        }
        assert_eq!(doors.enter("slow").await.map(drop), Err(SOON));
        assert_eq!(doors.enter("other").await.map(drop), Ok(()));
        inside.into_iter().for_each(|turn| turn.over(false));
        for waiting in waiting {
            assert_eq!(waiting.await.unwrap(), Err(LATER));
        }
        let two = [doors.enter("slow").await, doors.enter("slow").await];
        assert_eq!(doors.enter("slow").await.map(drop), Err(LATER));
        two.into_iter().for_each(|turn| turn.ok().unwrap().over(true));
        for _ in 0..TURNS {
            assert!(doors.enter("slow").await.is_ok(), "it is quick again");
        }
    }
}
