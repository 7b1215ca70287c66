//! Texts as the interfaces can carry them: which characters, and how many.

use std::borrow::Cow;

/// Whether XML 1.0 can carry a character at all, escaped or not.
pub fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// A text that fits a field: what XML cannot carry becomes a space, what is too long is cut, by characters. None
/// when nothing but blanks is left.
pub fn fitted(text: &str, most: usize) -> Option<Cow<'_, str>> {
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    let cut = &text[..end];
    if cut.trim().is_empty() {
        return None;
    }
    if cut.chars().all(is_xml_char) {
        return Some(cut.into());
    }
    let clean: String = cut.chars().map(|c| if is_xml_char(c) { c } else { ' ' }).collect();
    (!clean.trim().is_empty()).then_some(clean.into())
}

/// Two capital letters: a country or a province (`stNazioneProvincia`).
pub fn is_two_capitals(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// The longest e-mail address of the contract, in bytes.
pub const LONGEST_EMAIL: usize = 256;

/// The pattern of an e-mail address in the SOAP messages (`stEMail`), its length aside.
pub fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let name_fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.+-".contains(&b));
    let label_fits = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    name_fits && domain.split('.').all(label_fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn which_addresses_the_contract_takes() {
        for (text, right) in [
            ("p.verdelli@example.org", true),
            ("a+b_c-d@localhost", true),
            ("a@b.", false),
            ("a@.b", false),
            ("a@b@c", false),
            ("@b", false),
            ("perché@example.org", false),
            ("a b@example.org", false),
            ("", false),
        ] {
            assert_eq!(is_email(text), right, "{text}");
        }
    }

    #[test]
    fn how_texts_are_fitted() {
        for (text, fits) in [
            ("TARI", Some("TARI")),
            ("perché", Some("perch")),
            ("àèìòùé", Some("àèìòù")),
            ("a\u{0}b", Some("a b")),
            ("     later", None),
            ("\u{1}\u{2}", None),
            ("", None),
            ("😀😀😀😀😀😀", Some("😀😀😀😀😀")),
        ] {
            assert_eq!(fitted(text, 5).as_deref(), fits, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_was_loaded_fits(text in any::<String>(), most in 1usize..20) {
            if let Some(fits) = fitted(&text, most) {
                prop_assert!((1..=most).contains(&fits.chars().count()));
                prop_assert!(fits.chars().all(is_xml_char));
            }
        }
    }
}
