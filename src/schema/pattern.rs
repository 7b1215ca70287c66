//! The regular expressions of XML Schema (part 2, appendix F), said again in the dialect of the `regex` crate.
//!
//! The two differ in small ways that a pattern handed over as it stands would get wrong: here `^` and `$` are letters,
//! the whole value must match, there are no lazy quantifiers, and a class may have another one taken out of it. What
//! is not translated (`\i`, `\c`, blocks of Unicode) is refused.

use std::iter::Peekable;
use std::str::Chars;

use regex::Regex;

/// The white space of `\s`, inside a class.
const BLANKS: &str = r"\x20\t\n\r";

/// A pattern, as written and as it is matched.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) source: String,
    regex: Regex,
}

impl Pattern {
    /// The patterns of one restriction: a value must match one of them.
    pub(super) fn any_of(sources: &[&str]) -> Result<Pattern, String> {
        let mut translated = Vec::new();
        for source in sources {
            translated.push(translate(source).map_err(|reason| format!("the pattern {source}: {reason}"))?);
        }
        let source = sources.join("|");
        let regex = Regex::new(&format!(r"\A(?:{})\z", translated.join("|")))
            .map_err(|_| format!("the pattern {source} is not a regular expression"))?;
        Ok(Pattern { source, regex })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

fn translate(source: &str) -> Result<String, String> {
    let mut translator = Translator { rest: source.chars().peekable(), depth: 0, out: String::new() };
    translator.alternatives()?;
    match translator.rest.next() {
        None => Ok(translator.out),
        Some(_) => Err("a parenthesis closes that was never opened".into()),
    }
}

/// As many groups and classes inside one another as anyone writes.
const DEEPEST: usize = 20;

struct Translator<'p> {
    rest: Peekable<Chars<'p>>,
    depth: usize,
    out: String,
}

impl Translator<'_> {
    /// Up to the end, or to the parenthesis that closes.
    fn alternatives(&mut self) -> Result<(), String> {
        while let Some(&next) = self.rest.peek() {
            match next {
                ')' => return Ok(()),
                '|' => self.pass(),
                _ => {
                    self.atom()?;
                    self.quantifier()?;
                }
            }
        }
        Ok(())
    }

    fn atom(&mut self) -> Result<(), String> {
        match self.rest.next() {
            Some('(') => {
                self.deeper()?;
                self.out.push_str("(?:");
                self.alternatives()?;
                if self.rest.next() != Some(')') {
                    return Err("a parenthesis is not closed".into());
                }
                self.out.push(')');
                self.depth -= 1;
            }
            Some('[') => self.class()?,
            Some('\\') => {
                let escape = self.escape()?;
                self.out.push_str(&escape);
            }
            Some('.') => self.out.push_str(r"[^\n\r]"),
            Some(c @ ('?' | '*' | '+' | '{' | '}' | ']')) => return Err(format!("{c} stands where it means nothing")),
            Some(c) => self.out.push_str(&literal(c)),
            None => {}
        }
        Ok(())
    }

    fn quantifier(&mut self) -> Result<(), String> {
        match self.rest.peek() {
            Some('?' | '*' | '+') => self.pass(),
            Some('{') => {
                let text = self.braced().unwrap_or_default();
                let (least, most) = text.split_once(',').unwrap_or((&text, &text));
                let is_count = |count: &str| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
                if !is_count(least) || !(most.is_empty() || is_count(most)) {
                    return Err("a quantity is not {n}, {n,} or {n,m}".into());
                }
                self.out.push_str(&format!("{{{text}}}"));
            }
            _ => {}
        }
        Ok(())
    }

    /// After `[`, up to and with the `]` that closes.
    fn class(&mut self) -> Result<(), String> {
        self.deeper()?;
        let start = self.out.len();
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut members = 0;
        loop {
            let first = match self.rest.next() {
                Some(']') if members > 0 => break,
                Some('-') if members > 0 && self.rest.next_if_eq(&'[').is_some() => {
                    // What is negated is what stands before, not the difference.
                    self.out.insert(start, '[');
                    self.out.push_str("]--");
                    self.class()?;
                    if self.rest.next() != Some(']') {
                        return Err("something follows the class that is taken out".into());
                    }
                    break;
                }
                Some('\\') => self.escape()?,
                // Only at one of its ends is a hyphen a letter.
                Some('-') if members > 0 && self.rest.peek() != Some(&']') => {
                    return Err("a hyphen stands between two members".into());
                }
                Some('[' | ']') | None => return Err("a class is empty or is not closed".into()),
                Some(c) => literal(c),
            };
            self.out.push_str(&first);
            members += 1;
            self.range()?;
        }
        self.out.push(']');
        self.depth -= 1;
        Ok(())
    }

    /// `-z` after the first letter of a range.
    fn range(&mut self) -> Result<(), String> {
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('-') || matches!(ahead.next(), Some(']' | '[') | None) {
            return Ok(());
        }
        self.pass();
        let last = match self.rest.next() {
            Some('\\') => self.escape()?,
            Some(c) if c != '-' => literal(c),
            _ => return Err("a range has no end".into()),
        };
        self.out.push_str(&last);
        Ok(())
    }

    fn escape(&mut self) -> Result<String, String> {
        match self.rest.next() {
            Some('n') => Ok(r"\n".into()),
            Some('r') => Ok(r"\r".into()),
            Some('t') => Ok(r"\t".into()),
            Some(c @ ('\\' | '|' | '.' | '-' | '^' | '?' | '*' | '+' | '{' | '}' | '(' | ')' | '[' | ']')) => {
                Ok(literal(c))
            }
            Some('d') => Ok(r"\p{Nd}".into()),
            Some('D') => Ok(r"\P{Nd}".into()),
            Some('s') => Ok(format!("[{BLANKS}]")),
            Some('S') => Ok(format!("[^{BLANKS}]")),
            Some('w') => Ok(r"[^\p{P}\p{Z}\p{C}]".into()),
            Some('W') => Ok(r"[\p{P}\p{Z}\p{C}]".into()),
            Some(p @ ('p' | 'P')) => self.category(p),
            Some(c) => Err(format!("\\{c} is not known here")),
            None => Err("it ends in a backslash".into()),
        }
    }

    /// `\p{Lu}` and its like: a general category of Unicode, one capital letter or that and a small one.
    fn category(&mut self, p: char) -> Result<String, String> {
        let name = self.braced().unwrap_or_default();
        match name.as_bytes() {
            [b'L' | b'M' | b'N' | b'P' | b'Z' | b'S' | b'C'] => Ok(format!("\\{p}{{{name}}}")),
            [major, minor] if major.is_ascii_uppercase() && minor.is_ascii_lowercase() => {
                Ok(format!("\\{p}{{{name}}}"))
            }
            _ => Err(format!("\\{p}{{{name}}} is not known here")),
        }
    }

    fn braced(&mut self) -> Option<String> {
        self.rest.next_if_eq(&'{')?;
        let mut text = String::new();
        loop {
            match self.rest.next()? {
                '}' => return Some(text),
                c => text.push(c),
            }
        }
    }

    fn pass(&mut self) {
        self.out.extend(self.rest.next());
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEEPEST { Err("it is nested too deeply".into()) } else { Ok(()) }
    }
}

/// A character that stands for itself, in a class or outside.
fn literal(c: char) -> String {
    if c.is_ascii_alphanumeric() { c.into() } else { format!("\\x{{{:X}}}", u32::from(c)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_values_match() {
        for (pattern, right, wrong) in [
            (
                "[0-9]{11}",
                &["00000000000"][..],
                &["", "0000000000", "000000000000", "00000000000\n", "0000000000a"][..],
            ),
            (r"\d+\.\d{2}", &["0.00", "12.34", "\u{661}.\u{661}\u{661}"], &["12", "12.3", "a.00", "12x34", ".00"]),
            ("[A-Z]{2,2}", &["IT"], &["it", "I", "ITA", "I\u{c8}"]),
            (
                r"[a-zA-Z0-9_\.\+\-]+@[a-zA-Z0-9\-]+(\.[a-zA-Z0-9\-]+)*",
                &["a@b", "a.b+c-d_e@f-g.h.i"],
                &["", "a", "@b", "a@", "a@b.", "a b@c", "a@b\n", "a\\@b"],
            ),
            (".{4,72}", &["abcd", "\u{1f600}\u{1f600}\u{1f600}\u{1f600}"], &["abc", "ab\ncd", "ab\rcd"]),
            ("a|b", &["a", "b"], &["", "ab", "xa", "bx", "a|b"]),
            ("a|", &["a", ""], &["b"]),
            ("", &[""], &["a"]),
            ("^a$", &["^a$"], &["a"]),
            ("[^a]", &["b", "^", "\n"], &["a", ""]),
            ("[a^]", &["a", "^"], &["b"]),
            ("[-a]", &["-", "a"], &["b"]),
            ("[a-]", &["-", "a"], &["b"]),
            ("[a-c-[b]]", &["a", "c"], &["b", "-", "d"]),
            ("[^a-c-[x]]", &["d", "-"], &["a", "c", "x"]),
            ("[&~#-]{1,3}", &["&&&", "~~", "#-"], &["a"]),
            (r"[\s\d]", &[" ", "1", "\u{661}"], &["\u{a0}", "a"]),
            (r"\s\S", &["\ta", " \u{a0}"], &["\u{a0}a", "  "]),
            (r"\w+", &["abc1\u{e8}"], &["", "a b", "a,b"]),
            (r"\p{Lu}\P{L}", &["A1", "\u{c8}-"], &["a1", "AA"]),
            ("(a(b|c))*", &["", "ab", "abac"], &["a", "abc"]),
            ("a b#c", &["a b#c"], &["ab", "abc"]),
            ("a{0,}b?", &["", "aaab"], &["bb"]),
        ] {
            let compiled = Pattern::any_of(&[pattern]).unwrap();
            right.iter().for_each(|value| assert!(compiled.matches(value), "{pattern}: {value:?}"));
            wrong.iter().for_each(|value| assert!(!compiled.matches(value), "{pattern}: {value:?}"));
        }
        let either = Pattern::any_of(&["[0-9]{2}", "x"]).unwrap();
        assert!(either.matches("12") && either.matches("x") && !either.matches("12x") && !either.matches("1"));
    }

    #[test]
    fn what_is_no_pattern_or_is_not_known_is_refused() {
        for pattern in [
            "(",
            ")",
            "a)",
            "(a",
            "[",
            "[]",
            "[^]",
            "[a",
            "a]",
            "*",
            "a**",
            "a+?",
            "a{,2}",
            "a{2",
            "a{}",
            "a{x}",
            "a{3,2}",
            "{2}",
            "}",
            "\\",
            "\\b",
            "\\1",
            "\\i",
            "\\c",
            "\\u0041",
            "\\p{IsGreek}",
            "\\p{L",
            "\\pL",
            "\\p{greek}",
            "(?i)a",
            "(?:a)",
            "[z-a]",
            "[a-c-e]",
            "[[a]]",
            "[a-[b]c]",
            "a{999999999}",
            "a|*",
        ] {
            assert!(Pattern::any_of(&[pattern]).is_err(), "{pattern}");
        }
        assert!(Pattern::any_of(&[&"(".repeat(5000)]).is_err());
    }
}
