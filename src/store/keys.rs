//! The keys of the operators' API, without their secrets.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};

use super::journal::events;
use super::sql::{Row, sql};
use super::{Store, StoreError, Tx, failed_to, unreadable};
use crate::domain::access::{Access, Grant, KeyDigest, Role};
use crate::domain::codes::{OrganizationCode, SegregationCodes};

const KEYS: &str = "
    SELECT k.id, k.name, k.role, k.digest, k.created_at, k.last_used_at, k.revoked_at, g.organization, g.segregation_codes
    FROM api_key k
    LEFT JOIN api_key_grant g ON g.key_id = k.id
    ORDER BY k.id, g.organization";

/// The keys that are alive, or one row without any; and in each whether there ever was one.
const KEYS_ALIVE: &str = "
    SELECT e.made, k.id, k.name, k.role, k.digest, k.created_at, k.last_used_at, k.revoked_at, g.organization,
           g.segregation_codes
    FROM (SELECT EXISTS (SELECT 1 FROM api_key) AS made) e
    LEFT JOIN api_key k ON k.revoked_at IS NULL
    LEFT JOIN api_key_grant g ON g.key_id = k.id
    ORDER BY k.id, g.organization";

const ALIVE: &str = "SELECT id, place FROM api_key WHERE name = $1 AND revoked_at IS NULL ORDER BY created_at, id";

const INSERT: &str = "
    INSERT INTO api_key (name, role, digest, place, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id";

const INSERT_GRANT: &str = "INSERT INTO api_key_grant (key_id, organization, segregation_codes) VALUES ($1, $2, $3)";

const REVOKE: &str = "UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING name";

const USED: &str = "UPDATE api_key SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";

/// Keys of one name that are alive at the most: the one in use and the one that takes over.
const MOST_ALIVE: usize = 2;

/// A key as it is stored.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// What it is called and what it opens.
    pub access: Access,
    /// What its secret is recognised by.
    pub digest: KeyDigest,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was used last, give or take a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A key that is to be.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Whose it is.
    pub name: String,
    /// What its holder is.
    pub role: Role,
    /// For which organizations.
    pub grants: Vec<Grant>,
    /// What its secret is recognised by.
    pub digest: KeyDigest,
    /// Whether the oldest one of the name ends where there are two already.
    pub replace_oldest: bool,
}

/// What came of making a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// It is there; another one may have ended for it.
    Key {
        /// Its number.
        id: i64,
        /// The one that ended.
        replaced: Option<i64>,
    },
    /// The name has two already: their numbers, the oldest first.
    TooMany(Vec<i64>),
}

/// Which keys are meant.
#[derive(Clone, Debug)]
pub enum WhichKeys {
    /// One, by its number.
    Id(i64),
    /// All of a name.
    Name(String),
}

impl Store {
    /// Every key there ever was.
    pub async fn keys(&self) -> Result<Vec<StoredKey>, StoreError> {
        let doing = "read the keys";
        keys(&self.rows(doing, || sql(KEYS)).await?).map_err(failed_to(doing))
    }

    /// The keys that are alive; none where there never was a key.
    pub async fn keys_alive(&self) -> Result<Option<Vec<StoredKey>>, StoreError> {
        let doing = "read the keys";
        let rows = self.rows(doing, || sql(KEYS_ALIVE)).await?;
        let alive = || -> Result<_, sqlx::Error> {
            let made = rows.first().map_or(Ok(false), |row| row.get::<bool>("made"))?;
            Ok(if made { Some(keys(&rows)?) } else { None })
        };
        alive().map_err(failed_to(doing))
    }

    /// Makes a key, unless its name has two.
    pub async fn make_key(&self, new: &NewKey, now: DateTime<Utc>) -> Result<Made, StoreError> {
        self.retrying(StoreError::is_conflict, async || {
            let mut tx = self.write().await?;
            let made = tx.make_key(new, now).await?;
            match made {
                Made::Key { .. } => tx.commit().await?,
                Made::TooMany(_) => tx.rollback().await?,
            }
            Ok(made)
        })
        .await
    }

    /// Ends keys, and gives the numbers of those that were alive.
    pub async fn revoke_keys(&self, which: &WhichKeys, now: DateTime<Utc>) -> Result<Vec<i64>, StoreError> {
        self.retrying(StoreError::is_conflict, async || {
            let mut tx = self.write().await?;
            let ids = match which {
                WhichKeys::Id(id) => vec![*id],
                WhichKeys::Name(name) => tx.alive(name).await?.into_iter().map(|(id, _)| id).collect(),
            };
            let mut revoked = Vec::new();
            for id in ids {
                if tx.revoke(id, now).await? {
                    revoked.push(id);
                }
            }
            tx.commit().await?;
            Ok(revoked)
        })
        .await
    }

    /// Notes that a key was used.
    pub async fn key_was_used(&self, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.retrying(StoreError::is_conflict, async || {
            let mut tx = self.write().await?;
            tx.session.execute("note that a key was used", sql(USED).bind(id).bind(now)).await?;
            tx.commit().await
        })
        .await
    }
}

impl Tx {
    async fn make_key(&mut self, new: &NewKey, now: DateTime<Utc>) -> Result<Made, StoreError> {
        let doing = "make a key";
        let alive = self.alive(&new.name).await?;
        let mut replaced = None;
        let place = match alive[..] {
            [(oldest, place), ..] if alive.len() >= MOST_ALIVE && new.replace_oldest => {
                self.revoke(oldest, now).await?;
                replaced = Some(oldest);
                place
            }
            // Two rivals both choose this place, and one of them looks again.
            [] => 1,
            [(_, place)] => 3 - place,
            _ => return Ok(Made::TooMany(alive.into_iter().map(|(id, _)| id).collect())),
        };
        let insert = sql(INSERT).bind(&new.name).bind(new.role.as_str()).bind(new.digest.0).bind(place).bind(now);
        let id: i64 = self.session.one(doing, insert).await?.only().map_err(failed_to(doing))?;
        for grant in &new.grants {
            let insert = sql(INSERT_GRANT)
                .bind(id)
                .bind(grant.organization.as_ref().map_or("", OrganizationCode::as_str))
                .bind(grant.codes.listed().map(|codes| codes.join(",")));
            self.session.execute(doing, insert).await?;
        }
        let role = new.role.as_str();
        self.note(events::of_the_station("KEY_CREATED", format!("key {} (id {id}), role {role}", new.name), now));
        Ok(Made::Key { id, replaced })
    }

    /// The keys of a name that are alive, the oldest first, with their places.
    async fn alive(&mut self, name: &str) -> Result<Vec<(i64, i64)>, StoreError> {
        let doing = "look for the keys of a name";
        let rows = self.session.all(doing, sql(ALIVE).bind(name)).await?;
        let alive = rows.iter().map(|row| Ok((row.get("id")?, row.get("place")?)));
        alive.collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    /// Ends a key; tells whether it was alive.
    async fn revoke(&mut self, id: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let doing = "revoke a key";
        let rows = self.session.all(doing, sql(REVOKE).bind(id).bind(now)).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let name: &str = row.only().map_err(failed_to(doing))?;
        self.note(events::of_the_station("KEY_REVOKED", format!("key {name} (id {id})"), now));
        Ok(true)
    }
}

/// Keys from their rows, one for each grant; a row without a key is none.
fn keys(rows: &[Row]) -> Result<Vec<StoredKey>, sqlx::Error> {
    let mut keys: BTreeMap<i64, StoredKey> = BTreeMap::new();
    for row in rows {
        let Some(id) = row.get("id")? else { continue };
        let stored = match keys.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(key(id, row)?),
        };
        stored.access.grants.extend(grant(row)?);
    }
    Ok(keys.into_values().collect())
}

fn key(id: i64, row: &Row) -> Result<StoredKey, sqlx::Error> {
    let digest: Vec<u8> = row.get("digest")?;
    let role: &str = row.get("role")?;
    Ok(StoredKey {
        access: Access {
            id,
            name: row.get("name")?,
            role: role.parse().map_err(|_| unreadable("the role of a key"))?,
            grants: Vec::new(),
        },
        digest: KeyDigest(digest.try_into().map_err(|_| unreadable("the digest of a key"))?),
        created_at: row.some_instant("created_at")?,
        last_used_at: row.instant("last_used_at")?,
        revoked_at: row.instant("revoked_at")?,
    })
}

fn grant(row: &Row) -> Result<Option<Grant>, sqlx::Error> {
    let Some(organization) = row.get::<Option<String>>("organization")? else { return Ok(None) };
    let codes = match row.get::<Option<&str>>("segregation_codes")? {
        None => SegregationCodes::all(),
        Some(text) => SegregationCodes::parse(text).ok_or_else(|| unreadable("the codes of a key"))?,
    };
    let organization = (!organization.is_empty()).then(|| OrganizationCode::new(organization));
    Ok(Some(Grant { organization, codes }))
}
