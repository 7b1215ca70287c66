//! What texts may hold and how long they may be, counted in characters.

use super::defect::Complaint;
use crate::domain::text::is_xml_char;

/// U+0000, which no database column can hold.
pub(crate) fn without_nul(text: &str) -> Result<(), Complaint> {
    if text.contains('\0') { Err(Complaint::new("holds the character U+0000", "remove the character")) } else { Ok(()) }
}

/// Only what an XML message can say.
pub(super) fn sayable(text: &str) -> Result<(), Complaint> {
    match text.chars().find(|c| !is_xml_char(*c)) {
        None => Ok(()),
        Some(c) => Err(Complaint::new(
            format!("holds the character U+{:04X}, which no message can carry", u32::from(c)),
            "remove the character",
        )),
    }
}

/// At most so many characters.
pub(super) fn at_most(most: usize, text: &str) -> Result<(), Complaint> {
    match text.chars().count() {
        length if length > most => Err(Complaint::new(
            format!("has {length} characters, but only {most} fit"),
            format!("shorten it to {most} characters"),
        )),
        _ => Ok(()),
    }
}

/// GPD's looser idea of an address: something, an `@`, a host without blanks. Nothing at all passes too.
pub(super) fn is_loose_email(text: &str) -> bool {
    text.is_empty()
        || text.rsplit_once('@').is_some_and(|(user, host)| {
            let bare = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
            bare(user) && bare(host) && host.split('.').all(|label| !label.is_empty())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::is_email;

    #[test]
    fn which_addresses_pass() {
        for (text, wire, loose) in [
            ("pancrazio@example.com", true, true),
            ("p.v+tari_1-2@posta.example", true, true),
            ("pancrazio@localhost", true, true),
            ("pàncrazio@example.com", false, true),
            ("pancrazio@exam ple.com", false, false),
            ("pancrazio@example..com", false, false),
            ("@example.com", false, false),
            ("pancrazio", false, false),
            ("", false, true),
        ] {
            assert_eq!((is_email(text), is_loose_email(text)), (wire, loose), "{text}");
        }
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert!(at_most(3, "àèì").is_ok());
        assert!(at_most(3, "abcd").is_err());
        assert!(sayable("a\u{1}").is_err() && without_nul("a\u{1}").is_ok() && without_nul("\0").is_err());
    }
}
