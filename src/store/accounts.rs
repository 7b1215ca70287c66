//! The accounts of the front office: how often they call, and what they are owed.

use chrono::{DateTime, NaiveDate, Utc};

use super::sql::{Row, sql};
use super::{Store, StoreError, failed_to};

const CALLS: &str = "SELECT calls FROM account_usage WHERE account = $1 AND day = $2";

/// Adds calls; billable are those beyond as many as the fourth parameter says, whichever station counted the others.
const ADD_CALLS: &str = "
    INSERT INTO account_usage (account, day, calls, billable)
    VALUES ($1, $2, CAST($3 AS BIGINT),
            CASE WHEN CAST($3 AS BIGINT) > CAST($4 AS BIGINT) THEN CAST($3 AS BIGINT) - CAST($4 AS BIGINT) ELSE 0 END)
    ON CONFLICT (account, day) DO UPDATE SET
        calls = account_usage.calls + excluded.calls,
        billable = account_usage.billable + CASE
            WHEN account_usage.calls >= CAST($4 AS BIGINT) THEN excluded.calls
            WHEN account_usage.calls + excluded.calls > CAST($4 AS BIGINT)
                THEN account_usage.calls + excluded.calls - CAST($4 AS BIGINT)
            ELSE 0 END
    RETURNING calls";

/// The accounts that had anything to do with the front office from one day and moment to others.
const STATEMENTS: &str = "
    SELECT account, CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(billable) AS BIGINT) AS billable,
           CAST(SUM(payments) AS BIGINT) AS payments, CAST(SUM(credit) AS BIGINT) AS credit
    FROM (SELECT account, calls, billable, 0 AS payments, 0 AS credit
          FROM account_usage WHERE day >= $1 AND day < $2
          UNION ALL
          SELECT account, 0, 0, COUNT(DISTINCT organization || ' ' || nav), 0
          FROM payment_request WHERE outcome = 'OK' AND closed_at >= $3 AND closed_at < $4 GROUP BY account
          UNION ALL
          SELECT account, 0, 0, 0, thousandths
          FROM account_credit WHERE at >= $3 AND at < $4) AS entries
    GROUP BY account ORDER BY account";

/// What an account has done in some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountStatement {
    /// Its name.
    pub account: String,
    /// Calls of the front office.
    pub calls: i64,
    /// Those of them beyond the quota.
    pub billable: i64,
    /// Notices that were paid by its requests.
    pub payments: i64,
    /// What it was credited for them, in thousandths of a euro.
    pub credit: i64,
}

impl Store {
    /// The calls of an account on a day, as far as they are written.
    pub async fn calls_of(&self, account: &str, day: NaiveDate) -> Result<i64, StoreError> {
        let doing = "read the calls of an account";
        let rows = self.rows(doing, || sql(CALLS).bind(account).bind(day.to_string())).await?;
        rows.first().map_or(Ok(0), Row::only).map_err(failed_to(doing))
    }

    /// Adds calls of accounts on days, those beyond the free ones as billable; gives the new totals in the same order.
    pub async fn add_calls(&self, calls: &[(String, NaiveDate, i64)], free: i64) -> Result<Vec<i64>, StoreError> {
        let doing = "count the calls of accounts";
        self.retrying(StoreError::is_conflict, async || {
            let mut tx = self.write().await?;
            let mut totals = Vec::new();
            for (account, day, calls) in calls {
                let add = sql(ADD_CALLS).bind(account).bind(day.to_string()).bind(*calls).bind(free);
                totals.push(tx.session.one(doing, add).await?.only().map_err(failed_to(doing))?);
            }
            tx.commit().await?;
            Ok(totals)
        })
        .await
    }

    /// What each account has done from a day until another, and between the moments at which they begin.
    pub async fn account_statements(
        &self,
        days: (NaiveDate, NaiveDate),
        moments: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<AccountStatement>, StoreError> {
        let doing = "add up what accounts have done";
        let (from, until) = (days.0.to_string(), days.1.to_string());
        let ask = || sql(STATEMENTS).bind(&from).bind(&until).bind(moments.0).bind(moments.1);
        let rows = self.rows(doing, ask).await?;
        rows.iter().map(statement).collect::<Result<_, _>>().map_err(failed_to(doing))
    }
}

fn statement(row: &Row) -> Result<AccountStatement, sqlx::Error> {
    Ok(AccountStatement {
        account: row.get("account")?,
        calls: row.get("calls")?,
        billable: row.get("billable")?,
        payments: row.get("payments")?,
        credit: row.get("credit")?,
    })
}
