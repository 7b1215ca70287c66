//! The outbox as an operator looks at it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::store::sql::{Row, sql};
use crate::store::{Store, StoreError, failed_to};

const LIST: &str = "
    SELECT m.id, m.kind, m.created_at, m.attempts, m.next_at, m.delivered_at, m.dead_at, m.trouble, q.account, m.webhook,
           COALESCE(q.organization, w.organization) AS organization, COALESCE(q.nav, r.nav, a.nav) AS nav
    FROM outbox_message m
    LEFT JOIN payment_request q ON q.id = m.request_id
    LEFT JOIN webhook w ON w.id = m.webhook
    LEFT JOIN receipt r ON r.id = m.receipt_ref
    LEFT JOIN anomaly a ON a.id = m.anomaly_ref
    WHERE TRUE";

const WAITING: &str = " AND m.delivered_at IS NULL AND m.dead_at IS NULL";
const DEAD: &str = " AND m.dead_at IS NOT NULL";
const NEWEST: &str = " ORDER BY m.id DESC LIMIT $1";

const REPLAY: &str = "
    UPDATE outbox_message SET dead_at = NULL, delivered_at = NULL, attempts = 0, next_at = $2, trouble = NULL
    WHERE id = $1 AND (dead_at IS NOT NULL OR delivered_at IS NOT NULL)";

const REPLAY_ALL_DEAD: &str = "
    UPDATE outbox_message SET dead_at = NULL, attempts = 0, next_at = $1, trouble = NULL WHERE dead_at IS NOT NULL";

/// Which messages to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhichMessages {
    /// All of them.
    All,
    /// Those that are still to be heard.
    Waiting,
    /// Those that were given up.
    Dead,
}

/// A message as an operator sees it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedMessage {
    /// Its number.
    pub id: i64,
    /// `PAYMENT_REPORT`, `RECEIPT` or `ANOMALY`.
    pub kind: String,
    /// The account of the front office whose callback it is.
    pub account: Option<String>,
    /// The number of the webhook that it goes to.
    pub webhook: Option<i64>,
    /// Whose notice it is about.
    pub organization: Option<String>,
    /// The notice.
    pub nav: Option<String>,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it waits.
    pub next_at: DateTime<Utc>,
    /// When somebody heard it.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it was given up.
    pub dead_at: Option<DateTime<Utc>>,
    /// What came in between, the last time.
    pub trouble: Option<String>,
}

impl Store {
    /// Messages, the newest first.
    pub async fn messages(&self, which: WhichMessages, limit: i64) -> Result<Vec<ListedMessage>, StoreError> {
        let doing = "list the outbox";
        let narrowed = match which {
            WhichMessages::All => None,
            WhichMessages::Waiting => Some(WAITING),
            WhichMessages::Dead => Some(DEAD),
        };
        let ask = || sql(LIST).and_if(narrowed.map(sql)).and(sql(NEWEST).bind(limit));
        let rows = self.rows(doing, ask).await?;
        rows.iter().map(listed).collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    /// Has a message sent anew that was given up or heard; tells whether there is such a one.
    pub async fn replay_message(&self, id: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let replay = async || self.write_alone("replay a message", sql(REPLAY).bind(id).bind(now)).await;
        Ok(self.retrying(StoreError::is_conflict, replay).await? == 1)
    }

    /// Has all messages sent anew that were given up; tells how many.
    pub async fn replay_dead_messages(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let replay = async || self.write_alone("replay messages", sql(REPLAY_ALL_DEAD).bind(now)).await;
        self.retrying(StoreError::is_conflict, replay).await
    }
}

fn listed(row: &Row) -> Result<ListedMessage, sqlx::Error> {
    Ok(ListedMessage {
        id: row.get("id")?,
        kind: row.get("kind")?,
        account: row.get("account")?,
        webhook: row.get("webhook")?,
        organization: row.get("organization")?,
        nav: row.get("nav")?,
        created_at: row.some_instant("created_at")?,
        attempts: row.get("attempts")?,
        next_at: row.some_instant("next_at")?,
        delivered_at: row.instant("delivered_at")?,
        dead_at: row.instant("dead_at")?,
        trouble: row.get("trouble")?,
    })
}
