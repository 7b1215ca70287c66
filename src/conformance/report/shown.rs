//! What was said and heard, so short that it can be read, and without the people who owe and pay.

use serde::Serialize;

use crate::sandbox::calls::Primitive;
use crate::sandbox::calls::line::Exchange;

/// So many characters of a message are shown.
const MOST: usize = 1_500;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchanged {
    /// What was asked.
    pub primitive: &'static str,
    /// What was sent, shortened.
    pub sent: String,
    /// The status that came back, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The label of what came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// What came back, shortened; or why nothing did.
    pub heard: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

impl Exchanged {
    pub(in crate::conformance) fn of(primitive: Primitive, exchange: &Exchange) -> Exchanged {
        use crate::sandbox::calls::line::Silence;
        let heard = exchange.heard.as_ref();
        Exchanged {
            primitive: primitive.name(),
            sent: shown(&exchange.sent),
            status: heard.ok().map(|heard| heard.status),
            content_type: heard.ok().and_then(|heard| heard.content_type.clone()),
            heard: match heard {
                Ok(heard) if heard.body.is_empty() => "(no body)".into(),
                Ok(heard) => shown(&heard.body),
                Err(Silence::TimedOut) => "(no answer in time)".into(),
                Err(Silence::Unreachable(why) | Silence::Broken(why)) => format!("({why})"),
            },
            took_ms: u64::try_from(exchange.took.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// A message in a line or two.
fn shown(bytes: &[u8]) -> String {
    let text = match bytes {
        // The lower byte first, as we send it.
        [0xFF, 0xFE, rest @ ..] => {
            let units = rest.as_chunks::<2>().0.iter().copied().map(u16::from_le_bytes);
            char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("> <", "><");
    let plain: String = line.chars().filter(|c| !c.is_control()).collect();
    let nameless = without(&without(&plain, "debtor"), "payer");
    match nameless.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}… ({} bytes)", &nameless[..at], bytes.len()),
        None => nameless,
    }
}

/// The text without what is in elements of that name, whatever their prefix; one that does not end goes on to the end.
fn without(text: &str, name: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(inside) = after_tag(rest, name, false) {
        kept.push_str(&rest[..inside]);
        if rest[..inside].ends_with("/>") {
            rest = &rest[inside..];
            continue;
        }
        kept.push('…');
        rest = &rest[inside..];
        let Some(end) = after_tag(rest, name, true) else { return kept };
        let close = rest[..end].rfind('<').unwrap_or(end);
        kept.push_str(&rest[close..end]);
        rest = &rest[end..];
    }
    kept.push_str(rest);
    kept
}

/// Where the first start or end tag of that name ends, whatever its prefix and its attributes. One that is not closed
/// ends with its name: what follows may be anything.
fn after_tag(text: &str, name: &str, end_tag: bool) -> Option<usize> {
    text.match_indices('<').find_map(|(at, _)| {
        let tag = &text[at + 1..];
        let from = at + 1 + usize::from(tag.starts_with('/'));
        let length = text[from..].find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '/'));
        let named = &text[from..length.map_or(text.len(), |length| from + length)];
        let local = named.rsplit(':').next().unwrap_or(named);
        let found = local == name && tag.starts_with('/') == end_tag;
        let till = from + named.len();
        found.then(|| text[till..].find('>').map_or(till, |more| till + more + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_not_shown() {
        for (message, told) in [
            ("<a>\n  <b>1</b>\n</a>", "<a><b>1</b></a>"),
            ("<a><debtor><fullName>Pancrazio</fullName></debtor><b>1</b></a>", "<a><debtor>…</debtor><b>1</b></a>"),
            ("<a><p:debtor>x</p:debtor><payer>y</payer></a>", "<a><p:debtor>…</p:debtor><payer>…</payer></a>"),
            ("<a><debtor><fullName>Pancrazio", "<a><debtor>…"),
            ("<a><debtor x:type=\"t\"><n>Pancrazio</n></debtor><b/>", "<a><debtor x:type=\"t\">…</debtor><b/>"),
            ("<a><debtor ><n>Pancrazio</n></debtor ><b/>", "<a><debtor >…</debtor ><b/>"),
            ("<a><debtor/><b>1</b></a>", "<a><debtor/><b>1</b></a>"),
            ("<a><debtors>1</debtors></a>", "<a><debtors>1</debtors></a>"),
        ] {
            assert_eq!(shown(message.as_bytes()), told);
        }
    }

    #[test]
    fn a_long_message_is_cut() {
        let long = "è".repeat(MOST + 1);
        assert_eq!(shown(long.as_bytes()), format!("{}… ({} bytes)", "è".repeat(MOST), 2 * (MOST + 1)));
        assert_eq!(
            shown("\u{FEFF}<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().as_slice()),
            "<a/>"
        );
    }
}
