//! Which characters and which names XML allows: productions 2, 3, 4 and 4a of XML 1.0 (fifth edition)
//! and 4 and 7 of Namespaces in XML 1.0.

pub use crate::domain::text::is_xml_char;

/// Where the first character XML does not allow stands.
pub(super) fn illegal_character(text: &str) -> Option<usize> {
    // A sweep without branches, which the compiler turns into vector instructions, settles most documents:
    // in valid UTF-8 only the control characters and U+FFFE, U+FFFF (which begin with EF) can be illegal.
    let suspect = |b: u8| (b < b' ' && b != b'\t' && b != b'\n' && b != b'\r') || b == 0xEF;
    let clean = !text.bytes().fold(false, |found, b| found | suspect(b));
    if clean { None } else { text.find(|c| !is_xml_char(c)) }
}

/// XML's white space, which is narrower than Unicode's.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Whether there is nothing here but XML's white space.
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|b| is_space(char::from(b)))
}

/// Splits a qualified name into prefix ("" when there is none) and local name; `None` if it is not one.
pub(super) fn split_qname(name: &str) -> Option<(&str, &str)> {
    let (prefix, local) = match name.bytes().position(|b| b == b':') {
        None => ("", name),
        Some(0) => return None,
        Some(colon) => (&name[..colon], &name[colon + 1..]),
    };
    ((prefix.is_empty() || is_ncname(prefix)) && is_ncname(local)).then_some((prefix, local))
}

/// Whether this is a name without a colon.
pub fn is_ncname(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let starts = |b: u8| b.is_ascii_alphabetic() || b == b'_';
    match name.as_bytes() {
        [] => false,
        [first, rest @ ..] if starts(*first) && rest.iter().copied().all(plain) => true,
        _ if name.is_ascii() => false,
        _ => name.starts_with(is_name_start) && name.chars().all(is_name_char),
    }
}

/// Whether this is what XML itself calls a name, colons included.
pub fn is_name(name: &str) -> bool {
    name.starts_with(|c| c == ':' || is_name_start(c)) && name.chars().all(|c| c == ':' || is_name_char(c))
}

fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Whether a name may go on with this character; a colon is left to [`is_name`].
pub fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
