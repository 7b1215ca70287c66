//! Rows of either engine, and what a column of theirs can be read as.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, Type, ValueRef};

/// A row that a statement gave.
pub(in crate::store) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A type that a column of either engine can be read as. Instants and days are not among them: PostgreSQL's may be
/// infinite, which its driver does not expect, so [`Row::instant`] and [`Row::day`] read those.
pub(in crate::store) trait Column<'r>:
    Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

macro_rules! columns {
    ($($type:ty),+) => {
        $(impl<'r> Column<'r> for $type {}
        impl<'r> Column<'r> for Option<$type> {})+
    };
}

columns!(i64, bool, String, &'r str, Vec<u8>, &'r [u8]);

impl Row {
    /// A column by its name.
    pub(in crate::store) fn get<'r, T: Column<'r>>(&'r self, column: &str) -> Result<T, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
    }

    /// The first column, of a statement that has no other.
    pub(in crate::store) fn only<'r, T: Column<'r>>(&'r self) -> Result<T, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(0),
            Row::Postgres(row) => row.try_get(0),
        }
    }

    /// A column that holds an instant, or nothing.
    pub(in crate::store) fn instant(&self, column: &str) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => {
                let Some(bytes) = bytes(row, column)? else { return Ok(None) };
                let micros = TimeDelta::microseconds(i64::from_be_bytes(bytes));
                epoch()
                    .and_hms_opt(0, 0, 0)
                    .and_then(|epoch| epoch.and_utc().checked_add_signed(micros))
                    .map_or_else(|| Err(unreadable(column, "is no instant")), |instant| Ok(Some(instant)))
            }
        }
    }

    /// A column that always holds an instant.
    pub(in crate::store) fn some_instant(&self, column: &str) -> Result<DateTime<Utc>, sqlx::Error> {
        self.instant(column)?.ok_or_else(|| unreadable(column, "is missing"))
    }

    /// A column that holds a day, or nothing.
    pub(in crate::store) fn day(&self, column: &str) -> Result<Option<NaiveDate>, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => {
                let Some(bytes) = bytes(row, column)? else { return Ok(None) };
                let days = i32::from_be_bytes(bytes);
                let distance = Days::new(days.unsigned_abs().into());
                let day =
                    if days < 0 { epoch().checked_sub_days(distance) } else { epoch().checked_add_days(distance) };
                day.map_or_else(|| Err(unreadable(column, "is no day")), |day| Ok(Some(day)))
            }
        }
    }
}

/// From when PostgreSQL counts.
fn epoch() -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, 1).expect("the year 2000 began")
}

/// The bytes of a number as the server sends it.
fn bytes<const N: usize>(row: &PgRow, column: &str) -> Result<Option<[u8; N]>, sqlx::Error> {
    let value = row.try_get_raw(column)?;
    if value.is_null() {
        return Ok(None);
    }
    let bytes = value.as_bytes().map_err(sqlx::Error::Decode)?;
    bytes.try_into().map(Some).map_err(|_| unreadable(column, "has another length"))
}

fn unreadable(column: &str, why: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: why.into() }
}
