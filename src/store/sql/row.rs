//! Rows of either engine.

use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, Type, TypeInfo, ValueRef};

/// A row that a statement gave.
pub(in crate::store) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A type that a column of either engine can be read as.
pub(in crate::store) trait Column<'r>:
    Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl<'r, T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>> Column<'r> for T {}

impl Row {
    /// A column by its name.
    pub(in crate::store) fn get<'r, T: Column<'r>>(&'r self, column: &str) -> Result<T, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => {
                assert_in_calendar(row, column)?;
                row.try_get(column)
            }
        }
    }

    /// The first column, of a statement that has no other.
    pub(in crate::store) fn only<'r, T: Column<'r>>(&'r self) -> Result<T, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(0),
            Row::Postgres(row) => row.try_get(0),
        }
    }
}

/// PostgreSQL's calendar is longer than chrono's and has infinity at its ends: its driver would panic at such an instant.
fn assert_in_calendar(row: &PgRow, column: &str) -> Result<(), sqlx::Error> {
    let value = row.try_get_raw(column)?;
    if value.is_null() || value.type_info().name() != "TIMESTAMPTZ" {
        return Ok(());
    }
    const YEAR_2000: i64 = 946_684_800_000_000;
    let micros: i64 = row.try_get_unchecked(column)?;
    match micros.checked_add(YEAR_2000).and_then(chrono::DateTime::from_timestamp_micros) {
        Some(_) => Ok(()),
        None => Err(sqlx::Error::Decode("an instant beyond the calendar".into())),
    }
}
