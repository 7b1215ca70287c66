//! Which positions credit an account. Transfers stand in the rows of their options: what is found is a first guess, to
//! be judged by whoever reads the position.

use chrono::{DateTime, Utc};

use crate::domain::codes::{Iupd, OrganizationCode};
use crate::store::sql::{Row, sql};
use crate::store::{Store, StoreError, failed_to};

/// The next positions of an organization in the order in which they came, and whether some unpaid option of each may
/// credit an account. Some thousand at a time, so that no statement is long, however many positions there are.
const HOLDERS_OF_ACCOUNT: &str = "
    SELECT p.id, p.iupd, p.inserted_at,
           EXISTS (SELECT 1 FROM payment_option o WHERE o.position_id = p.id AND o.status = 'PO_UNPAID'
                   AND o.transfers LIKE $2 ESCAPE '!') AS holds
    FROM debt_position p
    WHERE p.organization = $1 AND (p.inserted_at, p.id) > ($3, $4)
    ORDER BY p.inserted_at, p.id LIMIT 2000";

/// How far the positions of an organization have been looked through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Read(Option<(DateTime<Utc>, i64)>);

/// Some positions that may credit an account.
#[derive(Debug)]
pub struct Holders {
    /// Their keys.
    pub iupds: Vec<Iupd>,
    /// From where to look on; none where all were looked through.
    pub next: Option<Read>,
}

impl Store {
    /// The next positions with an unpaid option that may credit an account.
    pub async fn holders_of_account(
        &self,
        organization: &OrganizationCode,
        account: &str,
        read: Read,
    ) -> Result<Holders, StoreError> {
        let doing = "look for an account";
        let like = quoted(account);
        let (after, id) = read.0.unwrap_or((DateTime::UNIX_EPOCH, 0));
        let ask = || sql(HOLDERS_OF_ACCOUNT).bind(organization.as_str()).bind(like.as_str()).bind(after).bind(id);
        let rows = self.rows(doing, ask).await?;
        let last = rows.last().map(|row| Ok((row.some_instant("inserted_at")?, row.get("id")?)));
        let next = last.transpose().map_err(failed_to(doing))?.map(|last| Read(Some(last)));
        let holder = |row: &Row| Ok((row.get("holds")?, Iupd::new(row.get::<String>("iupd")?)));
        let all: Vec<(bool, Iupd)> = rows.iter().map(holder).collect::<Result<_, _>>().map_err(failed_to(doing))?;
        Ok(Holders { iupds: all.into_iter().filter_map(|(holds, iupd)| holds.then_some(iupd)).collect(), next })
    }
}

/// Any text that holds this one as JSON writes it, as `LIKE` says so with `!` before what is meant literally.
fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let literal = json.chars().flat_map(|c| matches!(c, '!' | '%' | '_').then_some('!').into_iter().chain([c]));
    std::iter::once('%').chain(literal).chain(['%']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_account_can_be_looked_for() {
        for (text, like) in [
            ("IT41P9999911111000000123456", "%\"IT41P9999911111000000123456\"%"),
            ("100%_!", "%\"100!%!_!!\"%"),
            ("a\"b\\c", "%\"a\\\"b\\\\c\"%"),
        ] {
            assert_eq!(quoted(text), like);
        }
    }
}
