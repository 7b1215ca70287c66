//! What GPD lets a path name (`gpd-api` 2). Where it looks at nothing, organizations, keys and numbers are any text.

use super::operator::Operator;
use super::problem::Problem;

/// What a part of a path must be.
pub(super) struct Pattern {
    /// As GPD's message shows it.
    shown: &'static str,
    fits: fn(&str) -> bool,
}

/// The key of a position, or its organization.
const KEY: Pattern = Pattern {
    shown: r"[\w*\h-]+",
    fits: |text| !text.is_empty() && text.chars().all(|c| is_word(c) || matches!(c, '*' | '-') || is_blank(c)),
};

/// An organization whose position is looked for by an IUV.
pub(super) const ELEVEN_DIGITS: Pattern =
    Pattern { shown: r"\d{11}", fits: |text| text.len() == 11 && is_number(text) };

/// An organization of which many positions are deleted.
pub(super) const ELEVEN_CHARACTERS: Pattern =
    Pattern { shown: r"\b\w{11}\b", fits: |text| text.len() == 11 && text.chars().all(is_word) };

/// An IUV.
pub(super) const IUV: Pattern =
    Pattern { shown: r"\b\w{0,35}\b", fits: |text| (1..=35).contains(&text.len()) && text.chars().all(is_word) };

/// A notice number or IUV, or the organization that issued it.
pub(super) const NUMBER: Pattern =
    Pattern { shown: r"\d{1,30}", fits: |text| (1..=30).contains(&text.len()) && is_number(text) };

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{A0}' | '\u{1680}' | '\u{180E}' | '\u{2000}'..='\u{200A}')
        || matches!(c, '\u{202F}' | '\u{205F}' | '\u{3000}')
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Declines the parts of a path that are not what they must be; method and parameters as GPD's messages name them.
pub(super) fn check(method: &str, parts: &[(&str, &str, &Pattern)]) -> Result<(), Problem> {
    let wrong = parts.iter().filter(|(_, text, pattern)| !(pattern.fits)(text));
    let told: Vec<_> =
        wrong.map(|(name, _, pattern)| format!("{method}.{name}: must match \"{}\"", pattern.shown)).collect();
    if told.is_empty() { Ok(()) } else { Err(Problem::bad_request(told.join(", "))) }
}

/// The same for a position that is named by its key.
pub(super) fn position(method: &str, operator: &Operator, iupd: &str) -> Result<(), Problem> {
    check(method, &[("organizationFiscalCode", operator.organization.as_str(), &KEY), ("iupd", iupd, &KEY)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_path_may_name() {
        let long = "1".repeat(31);
        let longer = "x".repeat(36);
        for (pattern, text, fits) in [
            (&KEY, "TARI 2026_1-a*", true),
            (&KEY, "TARI/1", false),
            (&KEY, "città", false),
            (&KEY, "a.b", false),
            (&KEY, "", false),
            (&ELEVEN_DIGITS, "99000001018", true),
            (&ELEVEN_DIGITS, "9900000101", false),
            (&ELEVEN_DIGITS, "9900000101A", false),
            (&ELEVEN_CHARACTERS, "9900000101A", true),
            (&ELEVEN_CHARACTERS, "99000001018x", false),
            (&IUV, "07_A", true),
            (&IUV, "07-A", false),
            (&IUV, &longer, false),
            (&NUMBER, "1", true),
            (&NUMBER, "30700000000123457A", false),
            (&NUMBER, &long, false),
        ] {
            assert_eq!((pattern.fits)(text), fits, "{text} as {}", pattern.shown);
        }
    }
}
