//! One face for two drivers: a [`Statement`] is a text with `$1` parameters and its values, a [`Connection`] runs it on
//! whichever engine it leads to, a [`Row`] is what comes back. Values are bound when a statement runs, so that several
//! statements can be put together and sent in one round trip.

mod connection;
mod row;
mod value;

pub(super) use self::connection::Connection;
pub(super) use self::row::Row;
pub(super) use self::value::Value;

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// A statement on its way to the database.
#[derive(Debug)]
pub(super) struct Statement<'v> {
    text: SqlStr,
    values: Vec<Value<'v>>,
    prepared: bool,
}

/// A statement from its constant text.
pub(super) fn sql<'v>(text: &'static str) -> Statement<'v> {
    Statement { text: SqlStr::from_static(text), values: Vec::new(), prepared: true }
}

/// A statement on as many rows as there are: `VALUES ($1, $2), ($3, $4)` stands between the two texts. Each number of
/// rows is a text of its own, so only the one for a single row, which comes again and again, stays prepared.
pub(super) fn sql_of_rows<'v, R>(
    before: &'static str,
    rows: impl ExactSizeIterator<Item = R>,
    after: &'static str,
    values_of: impl Fn(R, &mut Vec<Value<'v>>),
) -> Statement<'v> {
    let prepared = rows.len() == 1;
    let mut values = Vec::new();
    let mut text = String::with_capacity(before.len() + rows.len() * 64 + after.len());
    text.push_str(before);
    text.push_str("VALUES ");
    for (at, row) in rows.enumerate() {
        let first = values.len();
        values_of(row, &mut values);
        text.push_str(if at == 0 { "(" } else { ", (" });
        for number in first + 1..=values.len() {
            text.push_str(if number == first + 1 { "$" } else { ", $" });
            text.push_str(&number.to_string());
        }
        text.push(')');
    }
    text.push_str(after);
    Statement { text: AssertSqlSafe(text).into_sql_str(), values, prepared }
}

impl<'v> Statement<'v> {
    /// Gives the next parameter its value.
    pub(super) fn bind(mut self, value: impl Into<Value<'v>>) -> Statement<'v> {
        self.values.push(value.into());
        self
    }

    /// Several writes as one statement, which PostgreSQL takes: all but the last as `WITH` clauses. They must neither
    /// read what another one writes nor write the same row.
    fn joined(statements: Vec<Statement<'v>>) -> Statement<'v> {
        let count = statements.len();
        let mut text = String::new();
        let mut values = Vec::new();
        for (at, statement) in statements.into_iter().enumerate() {
            let clause = renumbered(statement.text.as_str(), values.len());
            match at {
                _ if at + 1 == count => text.push_str(&clause),
                0 => text.push_str(&format!("WITH w0 AS ({clause})\n")),
                _ => text.push_str(&format!(", w{at} AS ({clause})\n")),
            }
            values.extend(statement.values);
        }
        Statement { text: AssertSqlSafe(text).into_sql_str(), values, prepared: true }
    }
}

/// The same text with its parameters counted from further on. No literal of ours holds a `$`.
fn renumbered(text: &str, shift: usize) -> String {
    let mut parts = text.split('$');
    let mut renumbered = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = part[..digits].parse().expect("a parameter has a number");
        renumbered.push_str(&format!("${}{}", number + shift, &part[digits..]));
    }
    renumbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_put_together_in_their_order() {
        let first = sql("UPDATE a SET x = $2 WHERE id = $1").bind(1i64).bind("x");
        let second = sql("INSERT INTO b (y, z) VALUES ($1, $1)").bind(2i64);
        let joined = Statement::joined(vec![first, second]);
        let text = "WITH w0 AS (UPDATE a SET x = $2 WHERE id = $1)\nINSERT INTO b (y, z) VALUES ($3, $3)";
        assert_eq!((joined.text.as_str(), joined.values.len()), (text, 3));
    }

    #[test]
    fn rows_are_numbered_through() {
        let rows = [(1i64, "a"), (2, "b")];
        let statement = sql_of_rows("INSERT INTO t (n, s) ", rows.into_iter(), " RETURNING n", |(n, s), values| {
            values.extend([n.into(), s.into()]);
        });
        assert_eq!(statement.text.as_str(), "INSERT INTO t (n, s) VALUES ($1, $2), ($3, $4) RETURNING n");
    }
}
