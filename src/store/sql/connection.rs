//! Runs statements on either engine.

use sqlx::postgres::{PgConnection, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnection};

use super::{Row, Statement, Value};

/// A connection to either engine, borrowed for as long as a statement runs.
pub(in crate::store) enum Connection<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// A driver's query from a statement: written once, compiled for each driver.
macro_rules! query {
    ($driver:ty, $spelled:ident, $statement:expr) => {{
        let Statement { text, values } = $statement;
        let stays = text.stays();
        let mut query = sqlx::query::<$driver>(text.$spelled()).persistent(stays);
        for value in values {
            query = match value {
                Value::Integer(value) => query.bind(value),
                Value::Flag(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
                Value::Instant(value) => query.bind(value),
                Value::Date(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Connection<'_> {
    /// All the rows.
    pub(in crate::store) async fn all(&mut self, statement: Statement<'_>) -> Result<Vec<Row>, sqlx::Error> {
        Ok(match self {
            Connection::Sqlite(connection) => {
                let rows = query!(Sqlite, unnamed, statement).fetch_all(&mut **connection).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Connection::Postgres(connection) => {
                let rows = query!(Postgres, numbered, statement).fetch_all(&mut **connection).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The one row that the statement always gives.
    pub(in crate::store) async fn one(&mut self, statement: Statement<'_>) -> Result<Row, sqlx::Error> {
        self.all(statement).await?.into_iter().next().ok_or(sqlx::Error::RowNotFound)
    }

    /// Runs a statement without rows; tells how many it changed.
    pub(in crate::store) async fn execute(&mut self, statement: Statement<'_>) -> Result<u64, sqlx::Error> {
        Ok(match self {
            Connection::Sqlite(connection) => {
                query!(Sqlite, unnamed, statement).execute(&mut **connection).await?.rows_affected()
            }
            Connection::Postgres(connection) => {
                query!(Postgres, numbered, statement).execute(&mut **connection).await?.rows_affected()
            }
        })
    }

    /// Runs writes that belong together and gives the rows of the last one: in one round trip where there are any.
    pub(in crate::store) async fn together(
        &mut self,
        mut statements: Vec<Statement<'_>>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        if statements.len() > 1 && matches!(self, Connection::Postgres(_)) {
            return self.all(Statement::joined(statements)).await;
        }
        let Some(last) = statements.pop() else { return Ok(Vec::new()) };
        for statement in statements {
            self.execute(statement).await?;
        }
        self.all(last).await
    }
}
