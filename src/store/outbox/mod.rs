//! The outbox: what is to be told, who is about to tell it, and what came of it.
//!
//! Two stations may share a database: whoever takes messages gives them a lease with a name of its own, and renews it for
//! those that are in hand. What was taken and is in nobody's hand is free when the lease ends. Messages of one lane are
//! taken in their order, the next one when the one before is done.

mod listing;
mod telling;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde::Serialize;

pub use self::listing::{ListedMessage, WhichMessages};
use super::sql::{Row, sql};
use super::{Engine, Store, StoreError, failed_to};
use crate::domain::outbox::{Message, Subject};

/// Whose turn it is, of messages that are called `m`; the first parameter is the time.
macro_rules! is_due {
    () => {
        "m.delivered_at IS NULL AND m.dead_at IS NULL AND m.next_at <= $1
         AND (m.worker IS NULL OR m.lease_ends_at <= $1)
         AND NOT EXISTS (SELECT 1 FROM outbox_message e
                         WHERE e.lane = m.lane AND e.id < m.id AND e.delivered_at IS NULL AND e.dead_at IS NULL)"
    };
}

const IS_ANY_DUE: &str = concat!("SELECT EXISTS (SELECT 1 FROM outbox_message m WHERE ", is_due!(), ") AS due");

const TAKE: &str = concat!(
    "UPDATE outbox_message SET worker = $2, lease_ends_at = $3
     WHERE id IN (SELECT m.id FROM outbox_message m WHERE ",
    is_due!(),
    " ORDER BY m.next_at, m.id LIMIT $4)
     RETURNING id, kind, request_id, webhook, receipt_ref, anomaly_ref, attempts",
);

/// Keeps messages whose numbers are in a list, as far as they are under leases that are in another one.
const RENEW_SQLITE: &str = "
    UPDATE outbox_message SET lease_ends_at = $2
    WHERE delivered_at IS NULL AND dead_at IS NULL AND worker IN (SELECT value FROM json_each($1))
    AND id IN (SELECT value FROM json_each($3))";

const RENEW_POSTGRES: &str = "
    UPDATE outbox_message SET lease_ends_at = $2
    WHERE delivered_at IS NULL AND dead_at IS NULL
    AND worker IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))
    AND id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($3 AS JSON)))";

const LET_GO: &str = "
    UPDATE outbox_message SET worker = NULL, lease_ends_at = NULL
    WHERE worker = $1 AND delivered_at IS NULL AND dead_at IS NULL";

const PUT_BACK: &str = "
    UPDATE outbox_message SET worker = NULL, lease_ends_at = NULL, next_at = $3 WHERE id = $1 AND worker = $2";

const DELIVERED: &str = "
    UPDATE outbox_message SET worker = NULL, lease_ends_at = NULL, attempts = attempts + 1, delivered_at = $3,
                              trouble = NULL
    WHERE id = $1 AND worker = $2";

const TRY_AGAIN: &str = "
    UPDATE outbox_message SET worker = NULL, lease_ends_at = NULL, attempts = attempts + 1, next_at = $3, trouble = $4
    WHERE id = $1 AND worker = $2";

const GIVE_UP: &str = "
    UPDATE outbox_message SET worker = NULL, lease_ends_at = NULL, attempts = attempts + 1, dead_at = $3, trouble = $4
    WHERE id = $1 AND worker = $2";

/// What becomes of a message that somebody has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Somebody has heard it.
    Delivered,
    /// It is tried again at this time, because of a trouble.
    TryAgain(DateTime<Utc>, String),
    /// Nobody will hear it, because of a trouble.
    GivenUp(String),
    /// It was not tried, and may be from this time on.
    PutBack(DateTime<Utc>),
}

impl Store {
    /// Whether there is a message that may be taken.
    pub async fn is_any_message_due(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let doing = "look into the outbox";
        self.one(doing, || sql(IS_ANY_DUE).bind(now)).await?.only().map_err(failed_to(doing))
    }

    /// Takes messages that are due, at most so many, under a lease of this name. Where it fails nobody knows whether they
    /// are taken.
    pub async fn take_messages(
        &self,
        lease: &str,
        now: DateTime<Utc>,
        lease_ends_at: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<Message>, StoreError> {
        let doing = "take messages from the outbox";
        let take = async || {
            let mut tx = self.write().await?;
            let take = sql(TAKE).bind(now).bind(lease).bind(lease_ends_at).bind(most);
            let rows = tx.session.all(doing, take).await?;
            tx.commit().await?;
            Ok(rows)
        };
        let rows = self.retrying(StoreError::is_conflict, take).await?;
        let mut messages = rows.iter().map(message).collect::<Result<Vec<_>, _>>().map_err(failed_to(doing))?;
        messages.sort_by_key(|message| message.id);
        Ok(messages)
    }

    /// Keeps messages that are in hand: their numbers, and the leases under which they were taken.
    pub async fn renew_messages(
        &self,
        in_hand: &HashMap<i64, String>,
        lease_ends_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let text = if matches!(self.engine, Engine::Sqlite(_)) { RENEW_SQLITE } else { RENEW_POSTGRES };
        let ids = json(in_hand.keys().collect());
        let leases = json(in_hand.values().collect());
        let renew = || sql(text).bind(&leases).bind(lease_ends_at).bind(&ids);
        let renew = async || self.write_alone("keep messages", renew()).await;
        self.retrying(StoreError::is_conflict, renew).await.map(drop)
    }

    /// Lets go of all that is under a lease.
    pub async fn let_messages_go(&self, lease: &str) -> Result<(), StoreError> {
        let let_go = async || self.write_alone("let go of messages", sql(LET_GO).bind(lease)).await;
        self.retrying(StoreError::is_conflict, let_go).await.map(drop)
    }

    /// Notes what became of a message; tells whether it was still under the lease.
    pub async fn settle_message(
        &self,
        id: i64,
        lease: &str,
        fate: &Fate,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let statement = || match fate {
            Fate::Delivered => sql(DELIVERED).bind(id).bind(lease).bind(now),
            Fate::TryAgain(at, trouble) => sql(TRY_AGAIN).bind(id).bind(lease).bind(*at).bind(trouble),
            Fate::GivenUp(trouble) => sql(GIVE_UP).bind(id).bind(lease).bind(now).bind(trouble),
            Fate::PutBack(at) => sql(PUT_BACK).bind(id).bind(lease).bind(*at),
        };
        let settle = async || self.write_alone("note what became of a message", statement()).await;
        Ok(self.retrying(StoreError::is_conflict, settle).await? == 1)
    }
}

fn json<T: Ord + Serialize>(values: BTreeSet<T>) -> String {
    serde_json::to_string(&values).expect("numbers and names always have a JSON form")
}

/// What a message speaks of may be unreadable: that is its own trouble, and none of those that were taken with it.
fn message(row: &Row) -> Result<Message, sqlx::Error> {
    Ok(Message {
        id: row.get("id")?,
        subject: subject(row).unwrap_or(Subject::Unknown),
        attempts: row.get("attempts")?,
    })
}

fn subject(row: &Row) -> Result<Subject, sqlx::Error> {
    let webhook = row.get::<Option<i64>>("webhook")?;
    Ok(match row.get("kind")? {
        "PAYMENT_REPORT" => row.get::<&str>("request_id")?.parse().map_or(Subject::Unknown, Subject::Report),
        "RECEIPT" => {
            let found = webhook.zip(row.get::<Option<i64>>("receipt_ref")?);
            found.map_or(Subject::Unknown, |(webhook, receipt)| Subject::Receipt { webhook, receipt })
        }
        "ANOMALY" => {
            let found = webhook.zip(row.get::<Option<i64>>("anomaly_ref")?);
            found.map_or(Subject::Unknown, |(webhook, anomaly)| Subject::Anomaly { webhook, anomaly })
        }
        _ => Subject::Unknown,
    })
}
