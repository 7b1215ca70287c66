//! What the outside world is to hear: a message is composed, signed and sent (`domain` 11.4). The store remembers what is
//! to be sent, [`crate::jobs`] drives the sending.
//!
//! [`Courier`] carries one message: `parcel` composes it from the rows it speaks of, `holders` sees to it that
//! nobody's messages fill all places, `doors` has it wait its turn at the receiver, `line` sends it, by `names` only to whom the settings allow.

mod doors;
mod holders;
mod line;
mod names;
mod parcel;
mod secrets;
mod trouble;

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tracing::{debug, error, warn};

use self::doors::{Doors, SOON};
use self::holders::Holders;
use self::line::Line;
use self::parcel::compose;
pub use self::secrets::{change_secret, fresh_secret, secret_of};
use self::trouble::Trouble;
use crate::domain::outbox::{Message, wait_after};
use crate::domain::payment_request::Reach;
use crate::settings::Outbox;
use crate::store::{Fate, Store, StoreError};
use crate::telemetry::chain;

/// How long a message is put aside that could not be composed because the store was away.
const STORE_AWAY: TimeDelta = TimeDelta::seconds(5);
/// How long for, where no client could be made.
const NO_LINE: TimeDelta = TimeDelta::seconds(30);

/// Carries messages to their receivers.
pub struct Courier {
    store: Store,
    settings: Outbox,
    /// Made when it is first needed: a station that tells nobody anything needs no certificates.
    line: OnceCell<Line>,
    doors: Doors,
    holders: Holders,
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Courier")
    }
}

impl Courier {
    /// One who reads what messages speak of from a store, and goes where the settings allow.
    pub fn new(store: Store, settings: Outbox) -> Courier {
        Courier { store, settings, line: OnceCell::new(), doors: Doors::default(), holders: Holders::default() }
    }

    /// How long an attempt may take.
    pub fn patience(&self) -> Duration {
        self.settings.timeout
    }

    /// Whether an attempt that begins now is sure to be over by this time.
    pub fn is_back_by(&self, time: Instant) -> bool {
        Instant::now() + 2 * self.patience() < time
    }

    /// Carries a message, once its receiver has a turn for it; tells what is to become of it. Whether it may still go is
    /// asked when the turn has come.
    pub async fn carry(&self, message: &Message, now: impl Fn() -> DateTime<Utc>, may_go: impl Fn() -> bool) -> Fate {
        let reach = Reach { http: self.settings.http, private_addresses: self.settings.private_addresses };
        let tried = match compose(&self.store, message, reach, now()).await {
            Err(Refusal::Store(cause)) => {
                debug!(cause = chain(&cause), message = message.id, "a message cannot be composed");
                return Fate::PutBack(now() + STORE_AWAY);
            }
            Err(Refusal::Trouble(trouble)) => Err(trouble),
            Ok(parcel) => {
                let Some(_place) = self.holders.place_for(&parcel.holder) else {
                    return Fate::PutBack(now() + SOON);
                };
                let turn = match self.doors.enter(&parcel.door()).await {
                    Ok(turn) => turn,
                    Err(wait) => return Fate::PutBack(now() + wait),
                };
                if !may_go() {
                    return Fate::PutBack(now());
                }
                let line = match self.line.get_or_try_init(async || Line::new(&self.settings)).await {
                    Ok(line) => line,
                    Err(cause) => {
                        error!(cause = chain(&cause), "there is no way to call the receivers of the outbox");
                        return Fate::PutBack(now() + NO_LINE);
                    }
                };
                let tried = line.send(parcel, now()).await;
                turn.over(tried != Err(Trouble::Late));
                tried
            }
        };
        fate(message, tried, now())
    }
}

/// Why a message could not be composed.
enum Refusal {
    /// The store is away: that says nothing about the message.
    Store(StoreError),
    /// It has its own trouble.
    Trouble(Trouble),
}

/// What becomes of a message after an attempt.
fn fate(message: &Message, tried: Result<(), Trouble>, now: DateTime<Utc>) -> Fate {
    let Err(trouble) = tried else { return Fate::Delivered };
    let (id, attempts) = (message.id, message.attempts + 1);
    let wait = if trouble.is_final() { None } else { wait_after(attempts, trouble.asked(now)) };
    let trouble = trouble.to_string();
    match wait {
        Some(wait) => {
            debug!(message = id, attempts, trouble, "a message will be tried again");
            Fate::TryAgain(now + wait, trouble)
        }
        None => {
            warn!(message = id, attempts, trouble, "a message of the outbox is given up; `ec-station outbox` shows it");
            Fate::GivenUp(trouble)
        }
    }
}
