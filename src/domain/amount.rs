//! Money: whole euro cents, never a float.
//!
//! No `Display` and no `FromStr` on purpose: the Node wants `12.00`, GPD wants `1200` and the Data Matrix wants ten
//! digits, so every edge says aloud which form it means.

use serde::{Deserialize, Serialize};

/// The largest amount the pagoPA interfaces can carry, in cents: 999 999 999.99 euro.
pub const LARGEST_CENTS: i64 = 99_999_999_999;

/// Why a text or a number is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits, a dot and exactly two digits.
    #[error("not an amount in euro with a dot and two decimals, such as 120.50")]
    Shape,
    /// Zero, negative or too large.
    #[error("an amount must be between 0.01 and 999999999.99 euro")]
    Range,
}

/// What is owed or paid: at least one cent.
///
/// A stored amount may exceed [`LARGEST_CENTS`] where data came in under GPD's own loose rules; such a notice
/// cannot be spoken on the wire, see [`Amount::fits_the_wire`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Amount(i64);

impl Amount {
    /// An amount of at least one cent.
    pub fn from_cents(cents: i64) -> Result<Amount, AmountError> {
        if cents >= 1 { Ok(Amount(cents)) } else { Err(AmountError::Range) }
    }

    /// Reads `120.50`: digits, a dot, two digits, at most [`LARGEST_CENTS`].
    pub fn from_euro(text: &str) -> Result<Amount, AmountError> {
        Amount::from_cents(AmountOrZero::from_euro(text)?.cents())
    }

    /// The value in cents.
    pub fn cents(self) -> i64 {
        self.0
    }

    /// The form of the SOAP interfaces: `120.50`.
    pub fn euro(self) -> String {
        AmountOrZero(self.0).euro()
    }

    /// Whether the pagoPA interfaces can carry it.
    pub fn fits_the_wire(self) -> bool {
        self.0 <= LARGEST_CENTS
    }
}

impl TryFrom<i64> for Amount {
    type Error = AmountError;
    fn try_from(cents: i64) -> Result<Amount, AmountError> {
        Amount::from_cents(cents)
    }
}

impl From<Amount> for i64 {
    fn from(amount: Amount) -> i64 {
        amount.0
    }
}

/// What a request or a receipt may carry: zero is possible there (`stAmount`, `domain` 3.0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct AmountOrZero(i64);

impl From<Amount> for AmountOrZero {
    fn from(amount: Amount) -> AmountOrZero {
        AmountOrZero(amount.0)
    }
}

impl AmountOrZero {
    /// Nothing.
    pub const ZERO: AmountOrZero = AmountOrZero(0);

    /// Zero or more, at most [`LARGEST_CENTS`].
    pub fn from_cents(cents: i64) -> Result<AmountOrZero, AmountError> {
        if (0..=LARGEST_CENTS).contains(&cents) { Ok(AmountOrZero(cents)) } else { Err(AmountError::Range) }
    }

    /// Reads `120.50` or `0.00`. Leading zeros are legal, signs and exponents are not.
    pub fn from_euro(text: &str) -> Result<AmountOrZero, AmountError> {
        let (euro, cents) = text.split_once('.').ok_or(AmountError::Shape)?;
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(euro) || !digits(cents) || cents.len() != 2 {
            return Err(AmountError::Shape);
        }
        // Twelve digits cannot overflow; more than eleven significant ones are out of range anyway.
        let significant = euro.trim_start_matches('0');
        if significant.len() > 9 {
            return Err(AmountError::Range);
        }
        let value =
            significant.bytes().chain(cents.bytes()).fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
        AmountOrZero::from_cents(value)
    }

    /// The value in cents.
    pub fn cents(self) -> i64 {
        self.0
    }

    /// The form of the SOAP interfaces: `120.50`.
    pub fn euro(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl TryFrom<i64> for AmountOrZero {
    type Error = AmountError;
    fn try_from(cents: i64) -> Result<AmountOrZero, AmountError> {
        AmountOrZero::from_cents(cents)
    }
}

impl From<AmountOrZero> for i64 {
    fn from(amount: AmountOrZero) -> i64 {
        amount.0
    }
}

impl PartialEq<AmountOrZero> for Amount {
    fn eq(&self, other: &AmountOrZero) -> bool {
        self.0 == other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_an_amount() {
        for (text, cents) in [
            ("0.01", Ok(1)),
            ("120.50", Ok(12_050)),
            ("999999999.99", Ok(LARGEST_CENTS)),
            ("0000000000012.00", Ok(1_200)),
            ("0.00", Err(AmountError::Range)),
            ("1000000000.00", Err(AmountError::Range)),
            ("99999999999999999999999999.00", Err(AmountError::Range)),
            ("10", Err(AmountError::Shape)),
            ("10.5", Err(AmountError::Shape)),
            ("10,50", Err(AmountError::Shape)),
            ("1e1", Err(AmountError::Shape)),
            ("+1.00", Err(AmountError::Shape)),
            ("-1.00", Err(AmountError::Shape)),
            (".50", Err(AmountError::Shape)),
            (" 1.00", Err(AmountError::Shape)),
            ("١.00", Err(AmountError::Shape)),
        ] {
            assert_eq!(Amount::from_euro(text).map(Amount::cents), cents, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_we_write_we_can_read(cents in 0..=LARGEST_CENTS) {
            let amount = AmountOrZero::from_cents(cents).unwrap();
            prop_assert_eq!(AmountOrZero::from_euro(&amount.euro()), Ok(amount));
        }

        #[test]
        fn any_text_is_an_amount_or_an_error(text in ".*") {
            if let Ok(amount) = AmountOrZero::from_euro(&text) {
                prop_assert!(amount.cents() <= LARGEST_CENTS);
            }
        }
    }
}
