//! How many positions there are of each kind. Triggers count them as they change (migration `0011_lists`), so that a list
//! knows its pages without looking at all of them.

use super::listing::{Listing, has_code, on_days};
use crate::store::sql::{Statement, sql};
use crate::store::{Engine, Store, StoreError};

/// Brings changes together that are counted apart, and no more than can be done in a moment.
const COUNT_TOGETHER_POSTGRES: &str = "
    WITH counted AS (DELETE FROM position_count_change
                     WHERE id IN (SELECT id FROM position_count_change ORDER BY id LIMIT 10000)
                     RETURNING organization, service_type, segregation, due_day, status, positions)
    INSERT INTO position_count (organization, service_type, segregation, due_day, status, positions)
    SELECT organization, service_type, segregation, due_day, status, SUM(positions)
    FROM counted GROUP BY organization, service_type, segregation, due_day, status
    ON CONFLICT (organization, service_type, segregation, due_day, status)
    DO UPDATE SET positions = position_count.positions + EXCLUDED.positions";

impl Store {
    /// Brings together what was counted apart; tells whether there may be more. What a rival does is left to it.
    pub async fn count_together(&self) -> Result<bool, StoreError> {
        if matches!(self.engine, Engine::Sqlite(_)) {
            return Ok(false);
        }
        let mut tx = self.write().await?;
        let counted = match tx.session.execute("count positions", sql(COUNT_TOGETHER_POSTGRES)).await {
            Ok(kinds) => tx.commit().await.map(|()| kinds > 0),
            Err(cause) => Err(cause),
        };
        match counted {
            Err(cause) if cause.is_conflict() => Ok(false),
            counted => counted,
        }
    }
}

impl Listing<'_> {
    /// How many positions the whole list has, where that is counted. Those whose options are of several days or codes
    /// are counted apart: they must be looked at.
    pub(super) fn counted(&self) -> Option<Statement<'_>> {
        if self.paid.is_some() {
            return None;
        }
        let counted = sql("SELECT CAST(COALESCE(SUM(p.positions), 0) AS BIGINT)")
            .and_if(self.of_several().map(|several| sql(" + (SELECT COUNT(*)").and(several).and(sql(")"))))
            .and(sql(" FROM (SELECT organization, service_type, segregation, due_day, status, positions
                             FROM position_count
                             UNION ALL
                             SELECT organization, service_type, segregation, due_day, status, positions
                             FROM position_count_change) p"))
            .and(self.of_kind())
            .and_if(self.due.as_ref().map(|due| sql(" AND ").and(on_days(due))))
            .and_if(self.codes.listed().map(|codes| sql(" AND ").and(has_code(codes))));
        Some(counted)
    }

    /// The positions of the list whose options are of several days or codes, as far as that matters.
    fn of_several(&self) -> Option<Statement<'_>> {
        let several = match (&self.due, self.codes.listed()) {
            (None, None) => return None,
            (None, Some(_)) => sql(" AND p.segregation = ''").and_if(self.with_option()),
            (Some(_), None) => sql(" AND p.due_day = ''").and_if(self.with_due_option()),
            (Some(_), Some(_)) => sql(" AND (p.due_day = '' OR p.segregation = '')").and_if(self.with_due_option()),
        };
        Some(sql(" FROM debt_position p").and(self.of_kind()).and(several))
    }
}
