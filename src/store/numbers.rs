//! The sequences that generated notice numbers are made of.

use super::postgres::PostgresServer;
use super::session::{Held, Session};
use super::sql::{Row, Statement, sql};
use super::{Engine, Store, StoreError, failed_to};
use crate::domain::codes::SegregationCodes;

const TAKE: &str = "
    INSERT INTO iuv_sequence (organization, segregation_code, next_number) VALUES ($1, $2, 1 + $3)
    ON CONFLICT (organization, segregation_code) DO UPDATE SET next_number = iuv_sequence.next_number + $3
    RETURNING next_number";

const CODES: &str = "
    SELECT DISTINCT segregation_code FROM organization_station WHERE organization = $1 AND aux_digit = 3";

impl Store {
    /// Takes so many numbers that follow each other and gives the first. They are nobody else's from now on: numbers
    /// that are not used leave a gap. Which of them stand on loaded notices is not looked at: whoever finds one taken
    /// takes another.
    pub async fn next_numbers(&self, organization: &str, code: &str, count: u32) -> Result<i64, StoreError> {
        let doing = "take numbers for notices";
        let count = i64::from(count);
        let take = || sql(TAKE).bind(organization).bind(code).bind(count);
        let row = match &self.engine {
            Engine::Sqlite(_) => {
                let mut tx = self.write().await?;
                let row = tx.session.one(doing, take()).await?;
                tx.commit().await?;
                row
            }
            Engine::Postgres(server) => {
                self.retrying(StoreError::is_conflict, async || self.alone(server, doing, take).await).await?
            }
        };
        let next: i64 = row.only().map_err(failed_to(doing))?;
        Ok(next - count)
    }

    /// The segregation codes of the notices that an organization issues; every one where a station of it takes them all.
    pub async fn codes_issued(&self, organization: &str) -> Result<SegregationCodes, StoreError> {
        let doing = "read the segregation codes of an organization";
        let rows = self.rows(doing, || sql(CODES).bind(organization)).await?;
        let codes: Result<Vec<String>, _> = rows.iter().map(Row::only).collect();
        let codes = codes.map_err(failed_to(doing))?;
        Ok(if codes.iter().any(String::is_empty) { SegregationCodes::all() } else { SegregationCodes::only(codes) })
    }

    /// One write by itself, outside any transaction: PostgreSQL then lets rivals wait for each other on the row and go
    /// on with what it has become. After a lost connection it is sent again: at worst numbers are skipped.
    async fn alone<'v>(
        &self,
        server: &PostgresServer,
        doing: &'static str,
        statement: impl Fn() -> Statement<'v>,
    ) -> Result<Row, StoreError> {
        let mut session = Session::new(Held::Server(server.write().await?), self.pools.server_patience());
        match session.one(doing, statement()).await {
            Err(error) if error.is_lost_connection() => {
                // Given back first: it may be the only one there is.
                drop(session);
                server.forget_idle();
                let mut fresh = Session::new(Held::Server(server.write().await?), self.pools.server_patience());
                fresh.one(doing, statement()).await
            }
            answer => answer,
        }
    }
}
