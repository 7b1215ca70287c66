//! What a parameter may be: the few types that both engines store.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

/// The value of a parameter.
pub(in crate::store) enum Value<'v> {
    Integer(Option<i64>),
    Flag(bool),
    Text(Option<Cow<'v, str>>),
    Bytes(Option<Cow<'v, [u8]>>),
    Instant(Option<DateTime<Utc>>),
    Date(Option<NaiveDate>),
}

/// Silent: values are people's data.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Value")
    }
}

macro_rules! from {
    ($($type:ty, $value:ident => $converted:expr;)+) => {
        $(impl<'v> From<$type> for Value<'v> {
            fn from($value: $type) -> Value<'v> {
                $converted
            }
        })+
    };
}

from! {
    i64, value => Value::Integer(Some(value));
    Option<i64>, value => Value::Integer(value);
    bool, value => Value::Flag(value);
    &'v str, value => Value::Text(Some(value.into()));
    &'v String, value => Value::Text(Some(value.into()));
    String, value => Value::Text(Some(value.into()));
    Option<&'v str>, value => Value::Text(value.map(Cow::from));
    Option<String>, value => Value::Text(value.map(Cow::from));
    &'v Option<String>, value => Value::Text(value.as_deref().map(Cow::from));
    &'v [u8], value => Value::Bytes(Some(value.into()));
    Vec<u8>, value => Value::Bytes(Some(value.into()));
    &'v Vec<u8>, value => Value::Bytes(Some(value.into()));
    &'v [u8; 32], value => Value::Bytes(Some(value.as_slice().into()));
    [u8; 32], value => Value::Bytes(Some(value.to_vec().into()));
    Option<[u8; 32]>, value => Value::Bytes(value.map(|digest| digest.to_vec().into()));
    DateTime<Utc>, value => Value::Instant(Some(value));
    Option<DateTime<Utc>>, value => Value::Instant(value);
    NaiveDate, value => Value::Date(Some(value));
    Option<NaiveDate>, value => Value::Date(value);
}
