//! Simple types: what a value must look like, through the whole chain of restrictions that led to its type.

use std::borrow::Cow;

use super::builtin::{Builtin, Values, WhiteSpace};
use super::lexical::{collapse, replace};
use super::number::Number;
use super::pattern::Pattern;

/// A simple type with all the facets it has itself or from its bases.
#[derive(Clone, Debug)]
pub(super) struct SimpleType {
    builtin: &'static Builtin,
    white_space: WhiteSpace,
    /// Of each restriction the values it lists, as written and as they are compared.
    enumerations: Vec<Vec<(String, Value)>>,
    /// One of each restriction.
    patterns: Vec<Pattern>,
    length: Option<usize>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    least: Option<Bound>,
    most: Option<Bound>,
    total_digits: Option<usize>,
    fraction_digits: Option<usize>,
}

/// An end of a range: the number, as it was written, and whether it is still in.
#[derive(Clone, Debug)]
struct Bound {
    number: Number,
    written: String,
    inclusive: bool,
}

/// A value as it is compared with another one of its type.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Text(String),
    Number(Number),
}

impl SimpleType {
    pub(super) fn of(builtin: &'static Builtin) -> SimpleType {
        let bound = |text: Option<&str>| text.and_then(|text| Bound::read(text, true));
        SimpleType {
            builtin,
            white_space: builtin.white_space,
            enumerations: Vec::new(),
            patterns: Vec::new(),
            length: None,
            min_length: None,
            max_length: None,
            least: bound(builtin.range.0),
            most: bound(builtin.range.1),
            total_digits: None,
            fraction_digits: None,
        }
    }

    /// This type with the facets of one restriction more; the error says which of them cannot be.
    pub(super) fn restricted(&self, facets: &[(&str, &str)]) -> Result<SimpleType, String> {
        let mut narrower = self.clone();
        let (mut listed, mut patterns) = (Vec::new(), Vec::new());
        for (facet, value) in facets {
            match *facet {
                "enumeration" if self.builtin.values != Values::Time => {
                    let text = self.normalised((*value).into());
                    self.check(&text).map_err(|rule| format!("a listed value {rule}"))?;
                    listed.push((text.clone().into_owned(), self.value(&text)));
                }
                "pattern" => patterns.push(*value),
                _ => narrower.set(facet, value)?,
            }
        }
        if !listed.is_empty() {
            narrower.enumerations.push(listed);
        }
        if !patterns.is_empty() {
            narrower.patterns.push(Pattern::any_of(&patterns)?);
        }
        Ok(narrower)
    }

    /// Sets a facet; one that is wider than that of the base is no restriction.
    fn set(&mut self, facet: &str, value: &str) -> Result<(), String> {
        let count = || value.parse::<usize>().ok();
        let at_least = |old: Option<usize>| count().filter(|new| old.is_none_or(|old| *new >= old));
        let at_most = |old: Option<usize>| count().filter(|new| old.is_none_or(|old| *new <= old));
        let bound = || Bound::read(value, facet.ends_with("Inclusive"));
        let set = match (facet, self.builtin.values) {
            ("length", Values::Text | Values::Octets) => count().map(|new| self.length = Some(new)),
            ("minLength", Values::Text | Values::Octets) => {
                at_least(self.min_length).map(|new| self.min_length = Some(new))
            }
            ("maxLength", Values::Text | Values::Octets) => {
                at_most(self.max_length).map(|new| self.max_length = Some(new))
            }
            ("minInclusive" | "minExclusive", Values::Number) => bound()
                .filter(|new| self.least.as_ref().is_none_or(|old| new.number >= old.number))
                .map(|new| self.least = Some(new)),
            ("maxInclusive" | "maxExclusive", Values::Number) => bound()
                .filter(|new| self.most.as_ref().is_none_or(|old| new.number <= old.number))
                .map(|new| self.most = Some(new)),
            ("totalDigits", Values::Number) => at_most(self.total_digits).map(|new| self.total_digits = Some(new)),
            ("fractionDigits", Values::Number) => {
                at_most(self.fraction_digits).map(|new| self.fraction_digits = Some(new))
            }
            ("whiteSpace", _) => {
                WhiteSpace::named(value).filter(|new| *new >= self.white_space).map(|new| self.white_space = new)
            }
            _ => return Err(format!("the facet {facet} is not known for {}", self.builtin.name)),
        };
        set.ok_or_else(|| format!("the facet {facet} cannot be {value}"))
    }

    /// Whether a text, as it stands in a message, is a value of the type; the error is the rule it breaks.
    pub(super) fn judge(&self, text: Cow<'_, str>) -> Result<(), String> {
        self.check(&self.normalised(text))
    }

    fn check(&self, text: &str) -> Result<(), String> {
        if !(self.builtin.is_right)(text) {
            return Err(self.builtin.rule.into());
        }
        if !self.enumerations.is_empty() {
            let value = self.value(text);
            if let Some(listed) = self.enumerations.iter().find(|listed| listed.iter().all(|(_, one)| *one != value)) {
                return Err(one_of(listed.iter().map(|(text, _)| text.as_str())));
            }
        }
        if let Some(pattern) = self.patterns.iter().find(|pattern| !pattern.matches(text)) {
            return Err(in_words(&pattern.source));
        }
        if !self.is_long_enough(text) {
            return Err(self.length_rule());
        }
        match Number::read(text).filter(|_| self.builtin.values == Values::Number) {
            Some(number) => self.check_number(&number),
            None => Ok(()),
        }
    }

    fn check_number(&self, number: &Number) -> Result<(), String> {
        if let Some(least) = self.least.as_ref().filter(|least| *number < least.number || !least.may_be(number)) {
            let relation = if least.inclusive { "at least" } else { "more than" };
            return Err(format!("must be {relation} {}", least.written));
        }
        if let Some(most) = self.most.as_ref().filter(|most| *number > most.number || !most.may_be(number)) {
            let relation = if most.inclusive { "at most" } else { "less than" };
            return Err(format!("must be {relation} {}", most.written));
        }
        if let Some(digits) = self.total_digits.filter(|digits| number.total_digits() > *digits) {
            return Err(format!("must have at most {digits} digits"));
        }
        if let Some(digits) = self.fraction_digits.filter(|digits| number.fraction_digits() > *digits) {
            return Err(format!("must have at most {digits} digits after the point"));
        }
        Ok(())
    }

    fn is_long_enough(&self, text: &str) -> bool {
        if self.length.is_none() && self.min_length.is_none() && self.max_length.is_none() {
            return true;
        }
        let length = match self.builtin.values {
            Values::Octets => octets(text),
            _ => text.chars().count(),
        };
        self.length.is_none_or(|exact| length == exact)
            && self.min_length.is_none_or(|least| length >= least)
            && self.max_length.is_none_or(|most| length <= most)
    }

    fn length_rule(&self) -> String {
        let unit = if self.builtin.values == Values::Octets { "octets" } else { "characters" };
        match (self.length, self.min_length, self.max_length) {
            (Some(exact), ..) => format!("must have {} {unit}", count(exact)),
            (None, Some(least), Some(most)) => format!("must have {least} to {most} {unit}"),
            (None, Some(least), None) => format!("must have at least {least} {unit}"),
            (None, None, most) => format!("must have at most {} {unit}", most.unwrap_or_default()),
        }
    }

    fn normalised<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        match self.white_space {
            WhiteSpace::Preserve => text,
            WhiteSpace::Replace => replace(text),
            WhiteSpace::Collapse => collapse(text),
        }
    }

    /// The value of a text that is right.
    fn value(&self, text: &str) -> Value {
        match self.builtin.values {
            Values::Number => Number::read(text).map_or_else(|| Value::Text(text.into()), Value::Number),
            Values::Boolean => Value::Text(if matches!(text, "1" | "true") { "true" } else { "false" }.into()),
            Values::Octets => Value::Text(text.replace(' ', "")),
            Values::Text | Values::Time => Value::Text(text.into()),
        }
    }
}

impl Bound {
    fn read(text: &str, inclusive: bool) -> Option<Bound> {
        Some(Bound { number: Number::read(text)?, written: text.into(), inclusive })
    }

    fn may_be(&self, number: &Number) -> bool {
        self.inclusive || *number != self.number
    }
}

/// How many octets a text in base64 stands for.
fn octets(text: &str) -> usize {
    text.bytes().filter(|b| !matches!(b, b' ' | b'=')).count() * 3 / 4
}

fn one_of<'t>(values: impl Iterator<Item = &'t str>) -> String {
    let values: Vec<&str> = values.collect();
    match values.as_slice() {
        [one] => format!("must be {one}"),
        [one, other] => format!("must be {one} or {other}"),
        all => format!("must be one of {}", all.join(", ")),
    }
}

/// The rule of a pattern: in plain words where it only asks for so many digits.
fn in_words(pattern: &str) -> String {
    match digits_asked(pattern) {
        Some(digits) => format!("must be {} digits", count(digits)),
        None => format!("must match the pattern {pattern}"),
    }
}

/// Eleven for `[0-9]{11}` and `\d{11,11}`.
fn digits_asked(pattern: &str) -> Option<usize> {
    let quantity = pattern.strip_prefix("[0-9]{").or_else(|| pattern.strip_prefix(r"\d{"))?.strip_suffix('}')?;
    let (least, most) = quantity.split_once(',').unwrap_or((quantity, quantity));
    most.parse().ok().filter(|_| least == most)
}

fn count(number: usize) -> String {
    const WORDS: [&str; 19] = [
        "no",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
    ];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}
