//! Webhooks of operators, and the secrets with which messages are signed.

use std::fmt;

use chrono::{DateTime, Utc};

use super::sql::{Row, sql};
use super::{Store, StoreError, failed_to, unreadable};
use crate::domain::codes::OrganizationCode;
use crate::domain::outbox::Topic;
use crate::domain::payment_request::{Callback, Method};
use crate::domain::signature::SigningSecret;

const INSERT: &str = "
    INSERT INTO webhook (organization, url, headers, events, created_at, created_by)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";

/// Of two who want one more at the same moment one looks again.
const TOUCH: &str = "UPDATE webhook SET organization = organization WHERE organization = $1 AND ended_at IS NULL";

const LIST: &str = "
    SELECT w.id, w.organization, w.url, w.headers, w.events, w.created_at, w.created_by FROM webhook w
    WHERE w.organization = $1 AND w.ended_at IS NULL ORDER BY w.id";

const FIND: &str = "
    SELECT w.id, w.organization, w.url, w.headers, w.events, w.created_at, w.created_by FROM webhook w
    WHERE w.id = $1 AND w.ended_at IS NULL";

const END: &str = "UPDATE webhook SET ended_at = $3 WHERE organization = $1 AND id = $2 AND ended_at IS NULL";

const KEEP_SECRET: &str = "
    INSERT INTO signing_secret (holder, secret, created_at) VALUES ($1, $2, $3) ON CONFLICT (holder) DO NOTHING";

const CHANGE_SECRET: &str = "
    INSERT INTO signing_secret (holder, secret, created_at) VALUES ($1, $2, $3)
    ON CONFLICT (holder) DO UPDATE SET secret = EXCLUDED.secret, created_at = EXCLUDED.created_at";

const SECRET: &str = "SELECT secret FROM signing_secret WHERE holder = $1";

/// Whom operators want to be told. Headers and URLs hold what opens the receiver's door: its `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its number.
    pub id: i64,
    /// Of whose payments it hears.
    pub organization: OrganizationCode,
    /// Where.
    pub url: String,
    /// Headers that go with each message.
    pub headers: Vec<(String, String)>,
    /// Of what it hears.
    pub events: Vec<Topic>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Who asked for it.
    pub created_by: String,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).field("events", &self.events).finish_non_exhaustive()
    }
}

/// Whose messages a secret signs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SecretHolder {
    /// An account of the front office, by its name.
    Account(String),
    /// A webhook, by its number.
    Webhook(i64),
}

impl SecretHolder {
    fn name(&self) -> String {
        match self {
            SecretHolder::Account(name) => format!("account {name}"),
            SecretHolder::Webhook(id) => format!("webhook {id}"),
        }
    }
}

impl Webhook {
    /// How it is called.
    pub fn callback(&self) -> Callback {
        let Webhook { url, headers, .. } = self.clone();
        Callback { url, method: Method::Post, field: "data".into(), headers }
    }
}

impl Store {
    /// Keeps a new webhook and the secret of its messages, unless its organization has as many as it may have; gives its
    /// number. That of the one handed over says nothing.
    pub async fn add_webhook(
        &self,
        new: &Webhook,
        secret: &SigningSecret,
        most: u64,
    ) -> Result<Option<i64>, StoreError> {
        self.retrying(StoreError::is_conflict, async || self.add(new, secret, most).await).await
    }

    async fn add(&self, new: &Webhook, secret: &SigningSecret, most: u64) -> Result<Option<i64>, StoreError> {
        let doing = "keep a webhook";
        let mut tx = self.write().await?;
        if tx.session.execute(doing, sql(TOUCH).bind(new.organization.as_str())).await? >= most {
            tx.rollback().await?;
            return Ok(None);
        }
        let events: Vec<_> = new.events.iter().map(|event| event.as_str()).collect();
        let insert = sql(INSERT)
            .bind(new.organization.as_str())
            .bind(&new.url)
            .bind(serde_json::to_string(&new.headers).expect("headers always have a JSON form"))
            .bind(events.join(","))
            .bind(new.created_at)
            .bind(&new.created_by);
        let id = tx.session.one(doing, insert).await?.get("id").map_err(failed_to(doing))?;
        let name = SecretHolder::Webhook(id).name();
        tx.session.execute(doing, sql(KEEP_SECRET).bind(&name).bind(secret.bytes()).bind(new.created_at)).await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// The webhooks of an organization.
    pub async fn webhooks(&self, organization: &OrganizationCode) -> Result<Vec<Webhook>, StoreError> {
        let doing = "list webhooks";
        let rows = self.rows(doing, || sql(LIST).bind(organization.as_str())).await?;
        rows.iter().map(webhook).collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    /// A webhook that has not ended.
    pub async fn webhook(&self, id: i64) -> Result<Option<Webhook>, StoreError> {
        let doing = "read a webhook";
        let rows = self.rows(doing, || sql(FIND).bind(id)).await?;
        rows.first().map(webhook).transpose().map_err(failed_to(doing))
    }

    /// Ends a webhook of an organization; tells whether it was there.
    pub async fn end_webhook(
        &self,
        organization: &OrganizationCode,
        id: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let end = || sql(END).bind(organization.as_str()).bind(id).bind(now);
        let ended = async || self.write_alone("end a webhook", end()).await;
        Ok(self.retrying(StoreError::is_conflict, ended).await? == 1)
    }

    /// The secret of somebody's messages, if there is one.
    pub async fn secret(&self, holder: &SecretHolder) -> Result<Option<SigningSecret>, StoreError> {
        let doing = "read a secret";
        let name = holder.name();
        let rows = self.rows(doing, || sql(SECRET).bind(&name)).await?;
        let secret = rows.first().map(|row| row.only::<Vec<u8>>()).transpose().map_err(failed_to(doing))?;
        Ok(secret.map(SigningSecret::new))
    }

    /// Keeps a secret for somebody who has none. A rival's that came first stays.
    pub async fn keep_secret(
        &self,
        holder: &SecretHolder,
        secret: &SigningSecret,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let name = holder.name();
        let keep = || sql(KEEP_SECRET).bind(&name).bind(secret.bytes()).bind(now);
        let kept = async || self.write_alone("keep a secret", keep()).await;
        self.retrying(StoreError::is_conflict, kept).await.map(drop)
    }

    /// Gives somebody another secret.
    pub async fn change_secret(
        &self,
        holder: &SecretHolder,
        secret: &SigningSecret,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let name = holder.name();
        let change = || sql(CHANGE_SECRET).bind(&name).bind(secret.bytes()).bind(now);
        let changed = async || self.write_alone("change a secret", change()).await;
        self.retrying(StoreError::is_conflict, changed).await.map(drop)
    }
}

fn webhook(row: &Row) -> Result<Webhook, sqlx::Error> {
    let events: &str = row.get("events")?;
    Ok(Webhook {
        id: row.get("id")?,
        organization: OrganizationCode::new(row.get::<&str>("organization")?),
        url: row.get("url")?,
        headers: serde_json::from_str(row.get("headers")?).map_err(|_| unreadable("headers"))?,
        events: Topic::ALL.into_iter().filter(|topic| events.split(',').any(|event| event == topic.as_str())).collect(),
        created_at: row.some_instant("created_at")?,
        created_by: row.get("created_by")?,
    })
}
