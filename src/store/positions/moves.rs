//! What time does to positions: published ones open, valid ones expire (`DebtPosition::status_at`). Whoever reads a
//! position computes it; it is stored so that a status can be looked for.

use chrono::{DateTime, Utc};
use tokio::sync::MutexGuard;

use crate::domain::codes::OrganizationCode;
use crate::journal::{Entry, Event};
use crate::store::sql::{Row, Statement, sql};
use crate::store::{Engine, Store, StoreError, Tx, failed_to};

/// The keys of positions that time has moved and that are stored as they were, as many as may be moved at once. The
/// order has the engines take the index of what time will do.
macro_rules! due {
    (of = $whose:literal) => {
        concat!(
            "SELECT d.id FROM (
                 SELECT * FROM (SELECT p.id FROM debt_position p WHERE p.status = 'PUBLISHED' AND p.opens_at IS NULL ",
            $whose,
            " ORDER BY p.opens_at LIMIT 1000) a
                 UNION ALL
                 SELECT * FROM (SELECT p.id FROM debt_position p WHERE p.status = 'PUBLISHED' AND p.opens_at <= $1 ",
            $whose,
            " ORDER BY p.opens_at LIMIT 1000) b
                 UNION ALL
                 SELECT * FROM (SELECT p.id FROM debt_position p WHERE p.status = 'VALID' AND p.expires_at < $1 ",
            $whose,
            " ORDER BY p.expires_at LIMIT 1000) c
             ) d LIMIT 1000"
        )
    };
}

/// The first part of the statement that moves them. No version begins: whoever read the position before has seen the
/// status that it has now, and what an operator wrote is as it was.
macro_rules! move_those {
    () => {
        "UPDATE debt_position
         SET status = CASE WHEN expires_at < $1 THEN 'EXPIRED' ELSE 'VALID' END, updated_at = $1
         WHERE id IN ("
    };
}

const DUE: &str = due!(of = "");
const MOVE: &str = concat!(move_those!(), due!(of = ""), ") RETURNING id");

// An expression, so that no engine takes an index of the organization's: that one leads to all it has.
const DUE_OF_ORGANIZATION: &str = due!(of = "AND p.organization || '' = $2");
const MOVE_OF_ORGANIZATION: &str = concat!(move_those!(), due!(of = "AND p.organization || '' = $2"), ") RETURNING id");

/// What the journal is told of positions whose keys are in a list.
macro_rules! moved {
    (in = $keys:literal) => {
        concat!(
            "SELECT p.organization, p.iupd, p.status, o.nav, o.iuv
             FROM debt_position p LEFT JOIN payment_option o ON o.position_id = p.id
             WHERE p.id IN (",
            $keys,
            ") ORDER BY p.id, o.ordinal"
        )
    };
}

const MOVED_SQLITE: &str = moved!(in = "SELECT value FROM json_each($1)");
const MOVED_POSTGRES: &str =
    moved!(in = "SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON))");

impl Store {
    /// The turn to store what time has done. One has it at a time: others of the same station would do the same again.
    pub async fn turn_to_move(&self) -> MutexGuard<'_, ()> {
        self.moving.lock().await
    }

    /// Whether time has done something to positions of one organization, or of all, that is not stored.
    pub async fn is_any_due(&self, of: Option<&OrganizationCode>, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let due = || of_organization(of, now, DUE, DUE_OF_ORGANIZATION);
        Ok(!self.rows("look for what time has moved", due).await?.is_empty())
    }

    /// Stores what time has done to positions of one organization or of all; no more than may be moved at once. After a
    /// conflict it is to be tried again: a rival was first, and what he has left is still to be done.
    pub async fn move_some(&self, of: Option<&OrganizationCode>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.move_on(of, now, matches!(self.engine, Engine::Sqlite(_))).await?;
        tx.commit().await
    }
}

impl Tx {
    async fn move_on(
        &mut self,
        of: Option<&OrganizationCode>,
        now: DateTime<Utc>,
        on_sqlite: bool,
    ) -> Result<(), StoreError> {
        let doing = "store what time has moved";
        let moves = of_organization(of, now, MOVE, MOVE_OF_ORGANIZATION);
        let rows = self.session.all(doing, moves).await?;
        let keys: Vec<i64> = rows.iter().map(Row::only).collect::<Result<_, _>>().map_err(failed_to(doing))?;
        let keys = serde_json::to_string(&keys).expect("numbers always have a JSON form");
        let moved = sql(if on_sqlite { MOVED_SQLITE } else { MOVED_POSTGRES }).bind(keys);
        for row in self.session.all(doing, moved).await? {
            self.note(event(&row, now).map_err(failed_to(doing))?);
        }
        Ok(())
    }
}

fn of_organization<'o>(
    of: Option<&'o OrganizationCode>,
    now: DateTime<Utc>,
    all: &'static str,
    one: &'static str,
) -> Statement<'o> {
    match of {
        None => sql(all).bind(now),
        Some(organization) => sql(one).bind(now).bind(organization.as_str()),
    }
}

/// What befell an option, or a position that has none.
fn event(row: &Row, now: DateTime<Utc>) -> Result<Entry, sqlx::Error> {
    let (name, why) = match row.get("status")? {
        "EXPIRED" => ("POSITION_EXPIRED", "its last due date has passed"),
        _ => ("POSITION_OPENED", "it is valid from now on"),
    };
    let text = |column| Ok::<_, sqlx::Error>(row.get::<Option<String>>(column)?.unwrap_or_default());
    Ok(Entry::Event(Event {
        at: now,
        name: name.to_owned(),
        organization: text("organization")?,
        nav: text("nav")?,
        iuv: text("iuv")?,
        iupd: text("iupd")?,
        receipt_id: String::new(),
        why: why.to_owned(),
    }))
}
