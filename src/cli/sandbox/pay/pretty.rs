//! A message as people like to see one: an element a line.

use quick_xml::Writer;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// The message, indented; what is no XML stays as it is.
pub(super) fn pretty(message: &str) -> String {
    indented(message).unwrap_or_else(|| message.to_owned())
}

fn indented(message: &str) -> Option<String> {
    let mut reader = Reader::from_str(message);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    loop {
        match reader.read_event().ok()? {
            Event::Eof => break,
            Event::Text(text) if text.trim_ascii().is_empty() => {}
            event => writer.write_event(event).ok()?,
        }
    }
    String::from_utf8(writer.into_inner()).ok()
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn an_element_a_line_and_texts_as_they_were() {
        let message = "<a x=\"1\"><b> two  words &amp; one </b>\n\n <c/><d><e>1</e></d></a>";
        assert_eq!(
            pretty(message),
            "<a x=\"1\">\n  <b> two  words &amp; one </b>\n  <c/>\n  <d>\n    <e>1</e>\n  </d>\n</a>"
        );
        for message in ["", "no XML", "<a", "<a></b>"] {
            assert_eq!(pretty(message), message);
        }
    }
}
