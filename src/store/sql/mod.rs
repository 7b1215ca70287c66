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
    text: Text,
    values: Vec<Value<'v>>,
}

/// The text of a statement.
#[derive(Debug)]
enum Text {
    /// A constant one.
    Constant(&'static str),
    /// Constant ones, put together. What is asked for has few shapes: they stay prepared like a constant one.
    Joined(String),
    /// One on as many rows as there are.
    Rows { before: &'static str, rows: usize, columns: usize, after: &'static str },
}

/// A statement from its constant text.
pub(super) fn sql<'v>(text: &'static str) -> Statement<'v> {
    Statement { text: Text::Constant(text), values: Vec::new() }
}

/// A part that holds where one of these conditions does; none of no conditions does.
pub(super) fn any_of<'v>(conditions: impl IntoIterator<Item = Statement<'v>>) -> Statement<'v> {
    let mut conditions = conditions.into_iter();
    let Some(first) = conditions.next() else { return sql("(1 = 0)") };
    let either = |so_far: Statement<'v>, condition| so_far.and(sql(" OR ")).and(condition);
    conditions.fold(sql("(").and(first), either).and(sql(")"))
}

/// A text after all those that begin with this one, in the order of bytes.
pub(super) fn end_of_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// A statement on as many rows as there are: `VALUES ($1, $2), ($3, $4)` stands between the two texts.
pub(super) fn sql_of_rows<'v, R>(
    before: &'static str,
    rows: impl ExactSizeIterator<Item = R>,
    after: &'static str,
    values_of: impl Fn(R, &mut Vec<Value<'v>>),
) -> Statement<'v> {
    let count = rows.len();
    let mut values = Vec::new();
    for row in rows {
        values_of(row, &mut values);
    }
    let columns = values.len().checked_div(count).unwrap_or_default();
    Statement { text: Text::Rows { before, rows: count, columns, after }, values }
}

impl<'v> Statement<'v> {
    /// Gives the next parameter its value.
    pub(super) fn bind(mut self, value: impl Into<Value<'v>>) -> Statement<'v> {
        self.values.push(value.into());
        self
    }

    /// Goes on with a constant part and its values. Each part counts its own parameters from `$1`, so that what is asked
    /// for is written and nothing else: a condition that may be absent keeps an engine from its indexes.
    pub(super) fn and(self, part: Statement<'v>) -> Statement<'v> {
        let mut text = self.text.numbered().as_str().to_owned();
        text.push_str(&renumbered(part.text.numbered().as_str(), self.values.len()));
        let values = self.values.into_iter().chain(part.values).collect();
        Statement { text: Text::Joined(text), values }
    }

    /// The same for a part that may not be asked for.
    pub(super) fn and_if(self, part: Option<Statement<'v>>) -> Statement<'v> {
        match part {
            Some(part) => self.and(part),
            None => self,
        }
    }

    /// Several writes as one statement, which PostgreSQL takes: all but the last as `WITH` clauses. They must neither
    /// read what another one writes nor write the same row.
    fn joined(statements: Vec<Statement<'v>>) -> Statement<'v> {
        let count = statements.len();
        let mut text = String::new();
        let mut values = Vec::new();
        for (at, statement) in statements.into_iter().enumerate() {
            let clause = renumbered(statement.text.numbered().as_str(), values.len());
            match at {
                _ if at + 1 == count => text.push_str(&clause),
                0 => text.push_str(&format!("WITH w0 AS ({clause})\n")),
                _ => text.push_str(&format!(", w{at} AS ({clause})\n")),
            }
            values.extend(statement.values);
        }
        Statement { text: Text::Joined(text), values }
    }
}

impl Text {
    /// With numbered parameters, as PostgreSQL has them.
    fn numbered(self) -> SqlStr {
        self.spelled(|number, text| text.push_str(&format!("${number}")))
    }

    /// As SQLite likes them. To it `$1` is a name, and it looks through all the names for each: where there are
    /// thousands of parameters they stand in their order without one.
    fn unnamed(self) -> SqlStr {
        self.spelled(|_, text| text.push('?'))
    }

    fn spelled(self, parameter: impl Fn(usize, &mut String)) -> SqlStr {
        let (before, rows, columns, after) = match self {
            Text::Constant(text) => return SqlStr::from_static(text),
            Text::Joined(text) => return AssertSqlSafe(text).into_sql_str(),
            Text::Rows { before, rows, columns, after } => (before, rows, columns, after),
        };
        let mut text = String::with_capacity(before.len() + rows * columns * 6 + after.len());
        text.push_str(before);
        text.push_str("VALUES ");
        for number in 0..rows * columns {
            text.push_str(match number {
                0 => "(",
                _ if number % columns == 0 => "), (",
                _ => ", ",
            });
            parameter(number + 1, &mut text);
        }
        text.push(')');
        text.push_str(after);
        AssertSqlSafe(text).into_sql_str()
    }

    /// Whether the statement stays prepared. Each number of rows is a text of its own: only the one for a single row
    /// comes again and again.
    fn stays(&self) -> bool {
        !matches!(self, Text::Rows { rows, .. } if *rows != 1)
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
        assert_eq!((joined.values.len(), joined.text.numbered().as_str()), (3, text));
    }

    #[test]
    fn parts_are_numbered_through() {
        let either = |texts: &'static [&str]| any_of(texts.iter().map(|text| sql("(x >= $1 AND x < $1)").bind(*text)));
        let statement = sql("SELECT x FROM a WHERE y = $1")
            .bind("y")
            .and_if(Some(sql(" AND z = $2 AND w = $1").bind(1i64).bind(2i64)))
            .and_if(None)
            .and(sql(" AND "))
            .and(either(&["4", "5"]))
            .and(sql(" LIMIT $1").bind(6i64));
        let text = "SELECT x FROM a WHERE y = $1 AND z = $3 AND w = $2 AND ((x >= $4 AND x < $4) OR (x >= $5 AND x < $5)) \
                    LIMIT $6";
        assert_eq!((statement.values.len(), statement.text.numbered().as_str()), (6, text));
        assert_eq!(either(&[]).text.numbered().as_str(), "(1 = 0)");
    }

    #[test]
    fn a_prefix_ends_after_its_last_text() {
        for text in ["07", "070", "07\u{10FFFE}", "07à😀"] {
            assert!("07" <= text && text < end_of_prefix("07").as_str(), "{text}");
        }
        assert!("08" > end_of_prefix("07").as_str());
    }

    #[test]
    fn rows_are_numbered_through() {
        let rows = [(1i64, "a"), (2, "b")];
        let statement = sql_of_rows("INSERT INTO t (n, s) ", rows.into_iter(), " RETURNING n", |(n, s), values| {
            values.extend([n.into(), s.into()]);
        });
        assert_eq!(statement.text.numbered().as_str(), "INSERT INTO t (n, s) VALUES ($1, $2), ($3, $4) RETURNING n");
        let statement = sql_of_rows("INSERT INTO t (n) ", [1i64, 2].into_iter(), "", |n, values| values.push(n.into()));
        assert_eq!(statement.text.unnamed().as_str(), "INSERT INTO t (n) VALUES (?), (?)");
    }
}
