//! A property as it was given: absent, of the wrong type, or a value. One wrong type spoils one property, not the
//! whole position, so that the operator hears of every defect at once.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::defect::{Complaint, Sort};

/// A property as it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// Not there, or `null`.
    #[default]
    Absent,
    /// Something that is no `T`.
    Wrong(Complaint),
    /// A value.
    Value(T),
}

impl<T> Given<T> {
    /// The value, when there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Given::Value(value) => Some(value),
            Given::Absent | Given::Wrong(_) => None,
        }
    }

    /// The value, when there is one, to be changed.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Given::Value(value) => Some(value),
            Given::Absent | Given::Wrong(_) => None,
        }
    }

    /// Whether nothing was given.
    pub fn is_absent(&self) -> bool {
        matches!(self, Given::Absent)
    }
}

impl<T> From<Option<T>> for Given<T> {
    fn from(value: Option<T>) -> Given<T> {
        value.map_or(Given::Absent, Given::Value)
    }
}

impl<T> From<Result<T, Complaint>> for Given<T> {
    fn from(value: Result<T, Complaint>) -> Given<T> {
        value.map_or_else(Given::Wrong, Given::Value)
    }
}

/// What a type is called when something else was given, and what to do then.
pub trait Wanted {
    /// What was wanted, after "must be".
    const NAME: &'static str;
    /// What to do.
    const CURE: &'static str;
}

impl Wanted for String {
    const NAME: &'static str = "a text";
    const CURE: &'static str = "put the value in quotes";
}

impl Wanted for i64 {
    const NAME: &'static str = "a whole number";
    const CURE: &'static str = "write the amount in cents, without quotes: 12050 for 120.50 euro";
}

impl Wanted for bool {
    const NAME: &'static str = "true or false";
    const CURE: &'static str = "write true or false, without quotes";
}

impl<T> Wanted for Vec<T> {
    const NAME: &'static str = "a list";
    const CURE: &'static str = "put the elements in square brackets";
}

// Works on borrowed text only (`from_str`, `from_slice`): nothing is copied on the way down.
impl<'de, T: Deserialize<'de> + Wanted> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Given<T>, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?.get();
        Ok(match raw {
            "null" => Given::Absent,
            // serde would take the elements of a list for properties, in the order of the code.
            _ if T::NAME == "an object" && raw.starts_with('[') => Given::Wrong(wrong::<T>(raw).sorted(Sort::Form)),
            _ => serde_json::from_str(raw)
                .map_or_else(|_| Given::Wrong(wrong::<T>(raw).sorted(Sort::Form)), Given::Value),
        })
    }
}

/// serde's own message would repeat the value, which may name a person.
fn wrong<T: Wanted>(raw: &str) -> Complaint {
    let found = match raw.as_bytes().first() {
        Some(b'{') if T::NAME == "an object" => {
            return Complaint::new("has a property twice", "keep only one of the two");
        }
        Some(b'"') if T::NAME == "a text" => {
            return Complaint::new("has a broken \\u escape", "write the character itself, in UTF-8");
        }
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "true or false",
        _ if raw.contains(['.', 'e', 'E']) => "a number with decimals",
        _ => "a number out of range",
    };
    // A number where another type is wanted is just a number.
    let found = if T::NAME != "a whole number" && found.starts_with("a number") { "a number" } else { found };
    Complaint::new(format!("must be {}, not {found}", T::NAME), T::CURE)
}
