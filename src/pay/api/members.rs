//! The members of a JSON object in their order, each as it was written: a number is never more or less than its digits.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The members of an object.
#[derive(Default)]
pub(super) struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl Members {
    /// The members of a text that is an object. To PHP an object without members is an empty list.
    pub(super) fn of(text: &str) -> Option<Members> {
        match serde_json::from_str(text) {
            Ok(members) => Some(members),
            Err(_) if serde_json::from_str::<[Value; 0]>(text).is_ok() => Some(Members::default()),
            Err(_) => None,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// A name that more than one has.
    pub(super) fn twin(&self) -> Option<&str> {
        let mut names = HashSet::new();
        self.0.iter().map(|(name, _)| name.as_str()).find(|name| !names.insert(*name))
    }

    /// Takes a member out. One that is null is as good as none.
    pub(super) fn take(&mut self, name: &str) -> Option<Box<RawValue>> {
        self.take_even_null(name).filter(|value| value.get() != "null")
    }

    /// Takes a member out, whatever it is.
    pub(super) fn take_even_null(&mut self, name: &str) -> Option<Box<RawValue>> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// What is left, in its order.
    pub(super) fn rest(self) -> Vec<(String, Box<RawValue>)> {
        self.0
    }
}

/// A value that is a text, or a number taken as its digits; none where it is neither.
pub(super) fn text_of(value: &RawValue) -> Option<String> {
    match value.get().as_bytes().first()? {
        b'"' => serde_json::from_str(value.get()).ok(),
        b'-' | b'0'..=b'9' => Some(value.get().to_owned()),
        _ => None,
    }
}

/// How deep the lists and objects of a JSON text stand in each other.
pub(super) fn depth(text: &str) -> usize {
    let (mut open, mut deepest, mut quoted, mut escaped) = (0usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
