//! Decimal numbers of any length, as `xs:decimal` has them: compared by value, never rounded.

use std::cmp::Ordering;

use super::lexical::is_integer;

/// A number without the zeros that say nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    negative: bool,
    whole: String,
    fraction: String,
}

impl Number {
    /// Reads `xs:decimal`: a sign perhaps, digits, a point perhaps; no exponent.
    pub(super) fn read(text: &str) -> Option<Number> {
        let (sign, digits) = text.split_at(usize::from(text.starts_with(['+', '-'])));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |part: &str| part.is_empty() || (part.as_bytes()[0].is_ascii_digit() && is_integer(part));
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Number { negative: sign == "-" && !zero, whole: whole.into(), fraction: fraction.into() })
    }

    pub(super) fn fraction_digits(&self) -> usize {
        self.fraction.len()
    }

    pub(super) fn total_digits(&self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    fn magnitude(&self) -> (usize, &str, &str) {
        (self.whole.len(), &self.whole, &self.fraction)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_order() {
        let groups: &[&[&str]] = &[
            &["-100", "-0100.0"],
            &["-99.5"],
            &["-1", "-1.", "-01.00"],
            &["-.5", "-0.5"],
            &["0", "-0", "+0.00", ".0", "0."],
            &["0.01", "+.010"],
            &["0.1"],
            &["1", "+1.0"],
            &["1.05"],
            &["1.5"],
            &["9.99"],
            &["10"],
            &["999999999.99"],
            &["123456789012345678901234567890123456789012345678901234567890.1"],
        ];
        let order: Vec<(usize, Number)> = groups
            .iter()
            .enumerate()
            .flat_map(|(at, group)| group.iter().map(move |text| (at, Number::read(text).unwrap())))
            .collect();
        for (left, one) in &order {
            for (right, other) in &order {
                assert_eq!(one.cmp(other), left.cmp(right), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn what_is_no_number() {
        for text in ["", "+", "-", ".", "+.", "1e2", "1,5", "1 ", "--1", "+-1", "1.-5", "1.5.", "INF", "\u{661}", "0x1"]
        {
            assert_eq!(Number::read(text), None, "{text}");
        }
    }

    #[test]
    fn digits_that_count() {
        for (text, total, fraction) in [("0010.50", 3, 1), ("0.00", 0, 0), ("1.25", 3, 2), ("100", 3, 0)] {
            let number = Number::read(text).unwrap();
            assert_eq!((number.total_digits(), number.fraction_digits()), (total, fraction), "{text}");
        }
    }
}
