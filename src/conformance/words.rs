//! The words for how a notice stands: our own, and those of GPD.

use super::case::State;

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// How the notice stands.
    Exactly(State),
    /// That it is open, which dates may qualify.
    Open,
}

impl Word {
    /// Reads a word, ours or GPD's with or without its `PO_`.
    pub(super) fn parse(text: &str) -> Result<Word, String> {
        let bare = text.trim().to_ascii_uppercase();
        let bare = bare.strip_prefix("POI_").or_else(|| bare.strip_prefix("PO_")).unwrap_or(&bare);
        Ok(Word::Exactly(match bare {
            "PAYABLE" | "EXPIRED_UNPAID" => State::Payable,
            "PAID" | "REPORTED" | "PARTIALLY_REPORTED" => State::Paid,
            "EXPIRED" | "EXPIRED_NOT_PAYABLE" => State::Expired,
            "CANCELLED" | "INVALID" => State::Cancelled,
            "DRAFT" => State::Draft,
            "NOT_YET_VALID" => State::NotYetValid,
            "SUPERSEDED" => State::Superseded,
            "UNKNOWN" => State::Unknown,
            "VALID" | "PUBLISHED" | "UNPAID" | "PARTIALLY_PAID" => return Ok(Word::Open),
            _ => return Err(format!("{} is no state; write one of {OURS}", crate::intake::shown(text))),
        }))
    }
}

const OURS: &str = "PAYABLE, PAID, EXPIRED, CANCELLED, DRAFT, NOT_YET_VALID, SUPERSEDED, UNKNOWN, or GPD's";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_words_are_understood() {
        for (text, means) in [
            ("PAYABLE", Some(Word::Exactly(State::Payable))),
            ("paid", Some(Word::Exactly(State::Paid))),
            ("PO_PAID", Some(Word::Exactly(State::Paid))),
            ("POI_EXPIRED_NOT_PAYABLE", Some(Word::Exactly(State::Expired))),
            ("PO_EXPIRED_UNPAID", Some(Word::Exactly(State::Payable))),
            ("INVALID", Some(Word::Exactly(State::Cancelled))),
            ("PO_UNPAID", Some(Word::Open)),
            ("VALID", Some(Word::Open)),
            ("PAYED", None),
            ("", None),
        ] {
            assert_eq!(Word::parse(text).ok(), means, "{text}");
        }
    }
}
