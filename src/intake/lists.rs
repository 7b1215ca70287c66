//! How many elements the lists of a JSON have, counted before anything is made of them.
//!
//! An element of three bytes becomes a thousand in memory, so that a bound on the bytes of a text is none on what it
//! takes to read it.

use super::defect::{Complaint, Sort};

/// Most elements of all lists together: the largest text that is read has no room for more right ones.
const MOST_ELEMENTS: usize = 50_000;

/// Refuses a text whose lists have too many elements. Whether it is JSON at all is for others to say.
pub(super) fn are_bounded(text: &str) -> Result<(), Complaint> {
    if elements(text) <= MOST_ELEMENTS {
        return Ok(());
    }
    let reason = format!("has more than {MOST_ELEMENTS} elements in its lists");
    Err(Complaint::new(reason, "take some of them out").sorted(Sort::Form))
}

/// Counts them, an empty list as one.
fn elements(text: &str) -> usize {
    let (mut open, mut quoted, mut escaped, mut count) = (Vec::new(), false, false, 0);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' => open.push(byte),
            b'[' => {
                open.push(byte);
                count += 1;
            }
            b'}' | b']' => drop(open.pop()),
            b',' if open.last() == Some(&b'[') => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_all_lists_are_counted() {
        for (text, count) in [
            (r#"{"a":1,"b":{"c":2,"d":3}}"#, 0),
            (r#"{"a":[]}"#, 1),
            (r#"{"a":[{}],"b":[1,2]}"#, 3),
            (r#"[{"a":1,"b":2},{"c":[1,2,3]},[]]"#, 7),
            (r#"["[,,,]","\"[,","\\",",[1]"]"#, 4),
            ("[[[[", 4),
            ("]]]],,,", 0),
        ] {
            assert_eq!(elements(text), count, "{text}");
        }
    }

    #[test]
    fn as_many_as_there_may_be() {
        let list = |count| format!("[{}]", vec!["{}"; count].join(","));
        assert!(are_bounded(&list(MOST_ELEMENTS)).is_ok());
        assert!(are_bounded(&list(MOST_ELEMENTS + 1)).is_err());
    }
}
