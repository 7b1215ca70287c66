//! Answers that are kept for those who may ask again. Their bodies name people; [`Store::forget_answers`] ends them.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};

use super::sql::{Row, sql};
use super::{Store, StoreError, Tx, failed_to, unreadable};

const FIND: &str = "SELECT request_sha256, begun_at, status, headers, body FROM kept_answer WHERE slot = $1";

const BEGIN: &str = "
    INSERT INTO kept_answer (slot, request_sha256, begun_at) VALUES ($1, $2, $3)
    ON CONFLICT (slot) DO UPDATE
    SET request_sha256 = excluded.request_sha256, begun_at = excluded.begun_at, status = NULL, headers = NULL, body = NULL";

/// The first answer stays.
const KEEP: &str = "
    UPDATE kept_answer SET status = $3, headers = $4, body = $5
    WHERE slot = $1 AND request_sha256 = $2 AND status IS NULL";

const GIVE_UP: &str = "DELETE FROM kept_answer WHERE slot = $1 AND request_sha256 = $2 AND status IS NULL";

const FORGET: &str = "DELETE FROM kept_answer WHERE begun_at <= $1";

/// An answer over HTTP, as far as it matters.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The status.
    pub status: u16,
    /// The headers that matter.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Silent: bodies are people's data.
impl fmt::Debug for KeptAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptAnswer({})", self.status)
    }
}

/// What is known of a request that came before.
#[derive(Clone, Debug)]
pub struct EarlierRequest {
    /// The digest of the request.
    pub request: Vec<u8>,
    /// When it was begun.
    pub begun_at: DateTime<Utc>,
    /// How it was answered, unless it is still on its way.
    pub answer: Option<KeptAnswer>,
}

impl Tx {
    /// The request that came before in this slot.
    pub async fn earlier_request(&mut self, slot: &[u8; 32]) -> Result<Option<EarlierRequest>, StoreError> {
        let doing = "look for a kept answer";
        let rows = self.session.all(doing, sql(FIND).bind(slot)).await?;
        rows.first().map(earlier).transpose().map_err(failed_to(doing))
    }

    /// A request begins in this slot, in place of any that came before.
    pub async fn begin_request(
        &mut self,
        slot: &[u8; 32],
        request: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let begin = sql(BEGIN).bind(slot).bind(request).bind(now);
        self.session.execute("begin a request", begin).await.map(drop)
    }

    /// Keeps how a request was answered.
    pub async fn keep_answer(
        &mut self,
        slot: &[u8; 32],
        request: &[u8; 32],
        answer: &KeptAnswer,
    ) -> Result<(), StoreError> {
        let headers = serde_json::to_string(&answer.headers).unwrap_or_default();
        let keep = sql(KEEP).bind(slot).bind(request).bind(i64::from(answer.status)).bind(headers).bind(&answer.body);
        self.session.execute("keep an answer", keep).await.map(drop)
    }

    /// Gives the slot of a request free again that had no answer worth keeping.
    pub async fn give_up_request(&mut self, slot: &[u8; 32], request: &[u8; 32]) -> Result<(), StoreError> {
        self.session.execute("give up a request", sql(GIVE_UP).bind(slot).bind(request)).await.map(drop)
    }
}

impl Store {
    /// Forgets the answers to what was begun up to a moment, and tells how many there were.
    pub async fn forget_answers(&self, up_to: DateTime<Utc>) -> Result<u64, StoreError> {
        let work = async || {
            let mut tx = self.write().await?;
            let forgotten = tx.session.execute("forget kept answers", sql(FORGET).bind(up_to)).await?;
            tx.commit().await?;
            Ok(forgotten)
        };
        self.retrying(StoreError::is_conflict, work).await
    }
}

fn earlier(row: &Row) -> Result<EarlierRequest, sqlx::Error> {
    let answer = match row.get::<Option<i64>>("status")? {
        None => None,
        Some(status) => Some(KeptAnswer {
            status: status.try_into().map_err(|_| unreadable("status of an answer"))?,
            headers: serde_json::from_str(row.get("headers")?).map_err(|_| unreadable("headers of an answer"))?,
            body: row.get("body")?,
        }),
    };
    Ok(EarlierRequest { request: row.get("request_sha256")?, begun_at: row.some_instant("begun_at")?, answer })
}
