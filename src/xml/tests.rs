//! What we accept and what we refuse, rule by rule, and what no document may ever do to us.

use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits { depth: 4, attributes: 3, elements: 8 };

/// A receipt as the node sends it, cut short.
const SOAP: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:pafn="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd">
  <soapenv:Body>
    <pafn:paSendRTReq>
      <idPA>99000001018</idPA><!-- - --><?a b?>
      <receipt a="1" pafn:b='&#9;"'>
        <description>TARI &amp; co. <![CDATA[<2026>]]> &#xE8;</description>
        <fullName>Pancrazio Verdelli</fullName>
      </receipt>
    </pafn:paSendRTReq>
  </soapenv:Body>
</soapenv:Envelope>
"#;

fn verdict(text: &str) -> Result<(), XmlError> {
    Document::parse(text, &Limits::default()).map(|_| ())
}

/// The documents of a table, set apart by two blanks; white space that matters is drawn.
fn documents(table: &str) -> impl Iterator<Item = String> {
    let cells = table.lines().flat_map(|line| line.split("  ")).map(str::trim).filter(|cell| !cell.is_empty());
    cells.map(|cell| cell.replace('␠', " ").replace('␤', "\n").replace('␉', "\t"))
}

#[track_caller]
fn accepts(table: &str) {
    for text in documents(table) {
        assert_eq!(verdict(&text), Ok(()), "{text}");
    }
}

#[track_caller]
fn refuses(table: &str) {
    for text in documents(table) {
        assert!(verdict(&text).is_err(), "{text}");
    }
}

#[test]
fn documents_have_one_root_and_nothing_but_remarks_around_it() {
    assert!(verdict("").is_err());
    accepts("<a/>  <a></a>  <a></a >  <a␤>␤</a␉>  ␠␉␤<a/>␤  <!--x--><?p?><a/><!--x--> <?p?>");
    refuses(
        "␠  <!--x-->  <a/><b/>  <a></a><a></a>  x<a/>  <a/>x  \u{feff}<a/>  &#32;<a/>  <a/>&#32;  <![CDATA[]]><a/>
         <a/><![CDATA[ ]]>  <a/>\0  <a/>&amp;  <a>  <a  <  <a><b></a></b>  <a></b>  </a>  <a/></a>  <a></a  <a></ a>
         <a></a b>  <p:a xmlns:p='u' xmlns:q='u'></q:a>  <a></A>  <a></a/>  <a></>  <></>  <a>&amp  <a><b/>",
    );
}

#[test]
fn names_follow_the_fifth_edition() {
    accepts("<_/>  <a-b.c_1/>  <è/>  <aè·/>  <中/>  <\u{10000}/>  <a\u{301}/>  <xmlns/>  <xMl/>");
    refuses(
        "< a/>  <1/>  <-a/>  <.a/>  <·a/>  <\u{301}a/>  <×/>  <a÷/>  <a!/>  <a\u{37e}/>  <a/ >  <:a/>  <a:/>  <:/>
         <p:q:a xmlns:p='u'/>  <p:1 xmlns:p='u'/>  <a\"b/>  <a<b/>  <a/b/>",
    );
}

#[test]
fn attributes_are_quoted_apart_and_unique() {
    accepts("<a b=''/>  <a b='\"'/>  <a b=\"'>\"/>  <a b = '1'␤c␉=␉'2' />  <a b=']]>'/>");
    refuses(
        "<a b/>  <a b=/>  <a b=1/>  <a b='1/>  <a b='1\"/>  <a b='<'/>  <a b='1'c='2'/>  <a='1'/>  <a b='&'/>
         <a b='&x;'/>  <a b='&#1;'/>  <a b='&lt'/>  <a 1='1'/>  <a b c='1'/>  <a b=''=''/>  <a :b=''/>  <a b:=''/>
         <a b='1' 'c'/>  <a / b=''>  <a b='&a b;'/>  <a></a b=''>  <a,b=''/>",
    );
    accepts("<a b='' B=''/>  <a b='' p:b='' xmlns:p='u'/>  <p:a p:b='' b='' xmlns:p='u' xmlns='u'/>");
    refuses(
        "<a b='' b=''/>  <a b='' c='' b=''/>  <a xmlns='u' xmlns='u'/>  <a xmlns:p='u' xmlns:p='v'/>
         <a p:b='' q:b='' xmlns:p='u' xmlns:q='u'/>  <a p:b='' q:b='' xmlns:p='u' xmlns:q='&#117;'/>",
    );
}

#[test]
fn namespaces_are_declared_and_the_reserved_ones_left_alone() {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
    accepts(
        "<p:a xmlns:p='u'/>  <a xmlns=''/>  <a xml:lang='it'/>  <xml:a/>  <a xmlns:p='u'><p:b/></a>
         <a xmlns:p='u'><b xmlns:p='v'/><p:c/></a>  <a xmlns:xmlfoo='u'/>  <a xmlns:p='not a uri>'/>",
    );
    refuses(
        "<p:a/>  <a p:b=''/>  <a><b xmlns:p='u'/><p:c/></a>  <a xmlns:p=''/>  <a xmlns:p='u'><b xmlns:p=''/></a>
         <xmlns:a/>  <a xmlns:xmlns='u'/>  <a xmlns:xml='u'/>  <a xmlns:=''/>  <a xmlns:p:q='u'/>",
    );
    accepts(&format!("<a xmlns:xml='{XML}'/>"));
    refuses(&format!("<a xmlns='{XML}'/>  <a xmlns:p='{XML}'/>"));
    refuses(&format!("<a xmlns='{XMLNS}'/>  <a xmlns:p='{XMLNS}'/>  <a xmlns:xmlns='{XMLNS}'/>"));
}

#[test]
fn text_holds_legal_characters_and_known_references() {
    accepts(
        "<a>]]</a>  <a>]]&gt;</a>  <a>]></a>  <a>&amp;&lt;&gt;&apos;&quot;</a>  <a><![CDATA[]]]]></a>  <a>></a>
         <a>\u{7f}\u{85}\u{fffd}\u{10ffff}</a>  <a>&#9;&#10;&#13;&#x10FFFF;&#x00041;</a>  <a><![CDATA[&x;<]]></a>",
    );
    refuses(
        "<a>]]></a>  <a>x]]>y</a>  <a><![CDATA[]]>]]></a>  <a><![CDATA[</a>  <a><![cdata[]]></a>
         <a><![CDATA []]></a>  <a>\0</a>  <a>\u{1}</a>  <a>\u{b}</a>  <a>\u{1f}</a>  <a>\u{fffe}</a>  <a>\u{ffff}</a>
         <a b='\u{8}'/>  <a>&#0;</a>  <a>&#11;</a>  <a>&#xD800;</a>  <a>&#xFFFF;</a>  <a>&#x110000;</a>
         <a>&#4294967361;</a>  <a><!--\u{1}--></a>  <a><?p \u{1}?></a>  <a><![CDATA[\u{1}]]></a>  <a>&</a>  <a>& </a>
         <a>&;</a>  <a>&#;</a>  <a>&#x;</a>  <a>&#xg;</a>  <a>&#X41;</a>  <a>&#-1;</a>  <a>&amp</a>  <a>&amp ;</a>
         <a>& amp;</a>  <a>&#6 5;</a>  <a>&#+65;</a>  <a>&1;</a>  <a>&a&b;</a>",
    );
}

#[test]
fn comments_and_instructions_are_checked_before_they_vanish() {
    accepts("<a><!----></a>  <a><!-- - --></a>  <a><!--->--></a>  <a><!--<b>&x;]]>--></a>");
    refuses(
        "<a><!-- -- --></a>  <a><!-----></a>  <a><!--x---></a>  <a><!--></a>  <a><!---></a>  <a><!-x-></a>
         <a><! -- --></a>  <a><!></a>  <a><!  <!--  <a b='<!-- -->'/>  <a <!-- -->/>",
    );
    accepts("<?p?><a/>  <a><?p ??></a>  <a><?p <b>&x;?></a>  <?xml-stylesheet href='x'?><a/>  <?xmlx?><a/>");
    refuses(
        "<a><??></a>  <a><?></a>  <a><? p?></a>  <a><?1?></a>  <a><?p:q?></a>  <a><?p</a>  <a><?p/?></a>
         <a><?xml?></a>  <a><?XML x?></a>  <a><?xMl?></a>  <a/><?xml version='1.0'?>",
    );
}

#[test]
fn the_xml_declaration_has_its_place_and_its_order() {
    let declared = |declaration: &str| verdict(&format!("<?xml{declaration}?><a/>")).is_ok();
    for good in [
        " version='1.0'",
        " version=\"1.0\" ",
        "\n version = '1.0'",
        " version='1.1'",
        " version='1.99'",
        " version='1.0' encoding='x-Y_1.2'",
        " version='1.0' encoding='UTF-8' standalone='yes'",
        " version='1.0' standalone='no'",
    ] {
        assert!(declared(good), "{good}");
    }
    for bad in [
        "",
        " ",
        " version='2.0'",
        " version='1.'",
        " version='1'",
        " version=''",
        " version=1.0",
        " version='1.0\"",
        " encoding='UTF-8'",
        " version='1.0'encoding='UTF-8'",
        " encoding='UTF-8' version='1.0'",
        " version='1.0' standalone='yes' encoding='UTF-8'",
        " version='1.0' version='1.0'",
        " version='1.0' encoding=''",
        " version='1.0' encoding='8'",
        " version='1.0' encoding='a b'",
        " version='1.0' standalone='Yes'",
        " version='1.0' standalone=''",
        " version='1.0' x='y'",
        " version='1.0' ?",
        " Version='1.0'",
        " version",
    ] {
        assert!(!declared(bad), "{bad}");
    }
    refuses("␠<?xml version='1.0'?><a/>  <!----><?xml version='1.0'?><a/>  <a><?xml version='1.0'?></a>");
}

#[test]
fn document_types_and_entities_are_refused_by_name() {
    for text in [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<!DOCTYPE",
        "<!doctype a><a/>",
        "<a><!DOCTYPE a></a>",
    ] {
        assert!(matches!(verdict(text), Err(XmlError::Doctype { .. })), "{text}");
    }
    for text in ["<a>&b;</a>", "<a b='&nbsp;'/>", "<a>&xè;</a>"] {
        assert!(matches!(verdict(text), Err(XmlError::Entity { .. })), "{text}");
    }
    refuses("<!ENTITY b 'c'><a/>  <a><!ELEMENT a ANY></a>  <a>%b;<![INCLUDE[]]></a>");
}

#[test]
fn limits_are_the_largest_that_pass() {
    let passes = |text: &str| match Document::parse(text, &LIMITS) {
        Ok(_) => true,
        Err(XmlError::Limit { .. }) => false,
        Err(other) => panic!("{other}: {text}"),
    };
    assert!(passes("<a><b><c><d/></c></b></a>") && !passes("<a><b><c><d><e/></d></c></b></a>"));
    assert!(passes("<r><b/><b/><b/><b/><b/><b/><b/></r>") && !passes("<r><b/><b/><b/><b/><b/><b/><b/><b/></r>"));
    assert!(passes("<a b='' c='' d=''/>") && !passes("<a b='' c='' d='' e=''/>"));
    assert!(passes("<a xmlns='u' xmlns:p='u' d=''/>") && !passes("<a xmlns='u' xmlns:p='u' d='' e=''/>"));
}

#[test]
fn a_document_reads_as_a_tree() {
    let document = Document::parse(SOAP, &Limits::default()).unwrap();
    let root = document.root();
    assert!(
        root.is("http://schemas.xmlsoap.org/soap/envelope/", "Envelope") && root.parent().is_none() && !root.has_text()
    );
    let request = root.children().next().unwrap().children().next().unwrap();
    assert!(request.is("http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd", "paSendRTReq"));
    assert_eq!(request.children().map(Element::name).collect::<Vec<_>>(), ["idPA", "receipt"]);
    assert_eq!(request.child("idPA").unwrap().text(), "99000001018");
    let receipt = request.child("receipt").unwrap();
    assert!(receipt.child("idPA").is_none() && root.child("Body").is_none());
    let description = receipt.child("description").unwrap();
    assert_eq!(description.text(), "TARI & co. <2026> è");
    assert!(description.has_text() && !receipt.has_text());
    assert_eq!(description.path(), "Envelope/Body/paSendRTReq/receipt/description");
    assert_eq!(description.parent().unwrap().path(), receipt.path());
}

#[test]
fn attributes_and_prefixes_read_as_declared() {
    let text = "<a xmlns='d' xmlns:p='u' xmlns:n='x&amp;y' b=' 1\t2\n3&#10;&lt;' p:b='4' xml:lang='it'><p:c xmlns='' xmlns:p='v'/><d n:e=''/></a>";
    let document = Document::parse(text, &Limits::default()).unwrap();
    let root = document.root();
    let all: Vec<_> = root.attributes().iter().map(|a| (a.namespace(), a.name(), a.value())).collect();
    let xml = "http://www.w3.org/XML/1998/namespace";
    assert_eq!(all, [("", "b", " 1 2 3\n<"), ("u", "b", "4"), (xml, "lang", "it")]);
    assert_eq!(root.attribute("u", "b"), Some("4"));
    assert_eq!(root.attribute("d", "b"), None);

    let scope = |element: Element<'_>| ["", "p", "n", "xml", "q"].map(|p| element.resolve(p).map(str::to_owned));
    let is = |namespaces: [Option<&str>; 5]| namespaces.map(|n| n.map(str::to_owned));
    let children: Vec<_> = root.children().collect();
    assert_eq!(scope(root), is([Some("d"), Some("u"), Some("x&y"), Some(xml), None]));
    assert_eq!(scope(children[0]), is([Some(""), Some("v"), Some("x&y"), Some(xml), None]));
    assert_eq!(scope(children[1]), scope(root));
    assert!(children[0].is("v", "c") && children[1].is("d", "d"));
    assert_eq!(children[1].attributes()[0].namespace(), "x&y");
}

#[test]
fn text_is_what_stands_directly_inside() {
    let document =
        Document::parse("<a>1<b>2</b>3<!--4--><?p 5?>6<c> \n</c><d>&#32;</d><e/></a>", &Limits::default()).unwrap();
    let root = document.root();
    assert_eq!(root.text(), "136");
    let texts: Vec<_> = root.children().map(|child| (child.text().into_owned(), child.has_text())).collect();
    assert_eq!(texts, [("2".into(), true), (" \n".into(), false), (" ".into(), false), (String::new(), false)]);
    assert!(matches!(root.child("b").unwrap().text(), std::borrow::Cow::Borrowed("2")));
}

#[test]
fn errors_and_debug_repeat_nothing_of_the_text() {
    for text in [
        "<a>Verdelli",
        "<a b='Verdelli' b=''/>",
        "<a>&Verdelli;</a>",
        "<a></a Verdelli>",
        "<a b=Verdelli/>",
        "<?Verdelli:?><a/>",
    ] {
        let error = verdict(text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("Verdelli"), "{error}");
    }
    let document = Document::parse("<a b='Verdelli'>Verdelli</a>", &Limits::default()).unwrap();
    let shown = format!("{document:?} {:?} {:?}", document.root(), document.root().attributes());
    assert!(!shown.contains("Verdelli"), "{shown}");
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

#[test]
fn the_encoding_is_found_and_obeyed() {
    let (le, be) = (u16::to_le_bytes, u16::to_be_bytes);
    let latin1 = |text: &str| text.chars().map(|c| c as u8).collect::<Vec<u8>>();
    let declared = |name: &str| format!("<?xml version='1.0' encoding='{name}'?><a>è</a>");
    let (plain, mark) = ("<a>è</a>", "\u{feff}");
    let good = [
        (plain.into(), None),
        (plain.into(), Some("\"UTF-8\"")),
        (plain.into(), Some("")),
        (format!("{mark}{plain}").into_bytes(), Some("iso-8859-1")),
        (format!("{mark}{}", declared("ISO-8859-1")).into_bytes(), None),
        (format!("{mark}{}", declared("windows-1252")).into_bytes(), None),
        (declared("utf-8").into_bytes(), Some("iso-8859-1")),
        (latin1(&declared("iso-8859-1")), Some("utf-8")),
        (latin1(plain), Some("'Iso-8859-1'")),
        (utf16(plain, le), None),
        (utf16(plain, be), Some("utf-8")),
        (utf16(&format!("{mark}{plain}"), le), None),
        (utf16(&format!("{mark}{plain}"), be), Some("utf-8")),
        (utf16(&declared("UTF-16"), le), None),
        (utf16(&declared("utf-16be"), be), None),
    ];
    for (bytes, charset) in good {
        let text = decode(&bytes, charset).unwrap_or_else(|error| panic!("{error}: {bytes:?}"));
        assert!(text.ends_with(plain) && text.starts_with('<'), "{text}");
    }
    let ascii = b"<?xml version='1.0' encoding='us-ascii'?><a>e</a>";
    assert_eq!(decode(ascii, None).unwrap().as_bytes(), ascii);
    assert_eq!(
        decode(b"<a>\x80\x93</a>", Some("ISO-8859-1")).unwrap(),
        "<a>\u{80}\u{93}</a>",
        "Latin-1 is not windows-1252"
    );
}

#[test]
fn encodings_that_cannot_be_are_refused() {
    let (le, be) = (u16::to_le_bytes, u16::to_be_bytes);
    let declared = |name: &str| format!("<?xml version='1.0' encoding='{name}'?><a>è</a>");
    let unsupported = |bytes: &[u8], charset| matches!(decode(bytes, charset), Err(XmlError::UnsupportedEncoding(_)));
    assert!(unsupported(declared("windows-1252").as_bytes(), None));
    assert!(unsupported(declared("UTF-7").as_bytes(), Some("utf-8")));
    assert!(unsupported(b"<a/>", Some("ebcdic-cp-it")));
    assert!(unsupported(&utf16(&declared("ucs-4"), le), None));

    let mismatch = |bytes: &[u8], charset| decode(bytes, charset) == Err(XmlError::EncodingMismatch);
    assert!(mismatch(declared("UTF-16").as_bytes(), None));
    assert!(mismatch(format!("\u{feff}{}", declared("utf-16le")).as_bytes(), None));
    assert!(mismatch(b"<a/>", Some("utf-16")));
    assert!(mismatch(&utf16(&declared("UTF-8"), be), None));
    assert!(mismatch(&utf16(&format!("\u{feff}{}", declared("UTF-8")), be), None));

    let undecodable = |bytes: &[u8], charset, at| matches!(decode(bytes, charset), Err(XmlError::Undecodable { at: found, .. }) if found == at);
    assert!(undecodable(b"<a>\xe8</a>", None, 3));
    assert!(undecodable(b"<a>\xed\xa0\x80</a>", None, 3), "a surrogate");
    assert!(undecodable(b"<a>\xc0\xbc</a>", None, 3), "an overlong form");
    assert!(undecodable("<a>è</a>".as_bytes(), Some("us-ascii"), 3));
    assert!(undecodable(b"\xff\xfe<\0\0\xd8a\0", None, 2), "half a surrogate pair");
    assert!(undecodable(b"<\0a\0/\0>", None, 6), "half a character");
}

#[test]
fn line_ends_become_line_feeds_once() {
    assert_eq!(decode(b"<a>\r\n\r\r\n\n\r</a>\r", None).unwrap(), "<a>\n\n\n\n\n</a>\n");
    assert!(matches!(decode(b"<a>\n</a>", None), Ok(std::borrow::Cow::Borrowed(_))));
    let text = decode(b"<a b='\r\n&#13;'>\r\n&#13;</a>", None).unwrap();
    let document = Document::parse(&text, &LIMITS).unwrap();
    assert_eq!((document.root().attribute("", "b"), &*document.root().text()), (Some(" \r"), "\n\r"));
}

#[test]
fn what_is_written_is_escaped_where_it_must_be() {
    let mut xml = Writer::with_capacity(100);
    xml.open_with("p:a", &[("xmlns:p", "u"), ("b", "\"<'\n")])
        .element("c", "1 < 2 & 3 > 2\r\u{0}")
        .element("d", "")
        .close("p:a");
    xml.raw("<!--x-->");
    let expected =
        "<p:a xmlns:p=\"u\" b=\"&quot;&lt;'&#10;\"><c>1 &lt; 2 &amp; 3 &gt; 2&#13; </c><d></d></p:a><!--x-->";
    assert_eq!(xml.finish(), expected);
    assert!(matches!(escape_text("perché \"no\"\n"), std::borrow::Cow::Borrowed(_)));
    assert_eq!(escape_text("\u{fffe}\u{ffee}\u{ffff}"), " \u{ffee} ");
    assert_eq!(escape_attribute("a\tb"), "a&#9;b");
}

/// Any text at all, with more than its share of what XML finds special.
fn any_text() -> impl Strategy<Value = String> {
    let special =
        prop::sample::select("<>&;\"'\r\n\t]\u{0}\u{1f}\u{7f}\u{fffe}\u{ffff}\u{ffee}".chars().collect::<Vec<_>>());
    let characters = prop::collection::vec(prop_oneof![any::<char>(), special], 0..60);
    characters.prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), charset in prop::option::of(".{0,12}")) {
        if let Ok(text) = decode(&bytes, charset.as_deref()) {
            let _ = Document::parse(&text, &LIMITS);
        }
    }

    #[test]
    fn no_markup_makes_it_panic(text in "[<>/!?&;#x'\"= \\[\\]\\-:aDCTéxmlns\\x00]{0,60}") {
        let _ = Document::parse(&text, &LIMITS);
        let _ = Document::parse(&format!("<a>{text}</a>"), &LIMITS);
    }

    #[test]
    fn no_damage_makes_it_panic(cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..9usize, "[<>/!?&;'\"=\\]\\-: a]{0,3}"), 1..5)) {
        let mut bytes = SOAP.as_bytes().to_vec();
        for (index, length, insert) in cuts {
            let at = index.index(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, insert.bytes());
        }
        if let Ok(text) = decode(&bytes, None)
            && let Err(error) = Document::parse(&text, &Limits::default())
        {
            let shown = format!("{error:?}");
            prop_assert!(!shown.contains("Verdelli"));
        }
    }

    #[test]
    fn what_we_write_we_can_read(text in any_text()) {
        let mut xml = Writer::new();
        xml.open_with("a", &[("b", &text)]).text(&text).close("a");
        let xml = xml.finish();
        let decoded = decode(xml.as_bytes(), None).unwrap();
        let document = Document::parse(&decoded, &LIMITS).unwrap();
        let expected: String = text.chars().map(|c| if is_xml_char(c) { c } else { ' ' }).collect();
        prop_assert_eq!(document.root().text(), expected.as_str());
        prop_assert_eq!(document.root().attribute("", "b").unwrap(), expected.as_str());
        prop_assert_eq!(xml, format!("<a b=\"{}\">{}</a>", escape_attribute(&text), escape_text(&text)));
    }

    #[test]
    fn every_encoding_reads_the_same(text in any_text()) {
        let xml = format!("<a>{}</a>", escape_text(&text));
        let expected = decode(xml.as_bytes(), None).unwrap();
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes = utf16(&xml, order);
            prop_assert_eq!(decode(&bytes, None).unwrap(), expected.as_ref());
        }
    }
}
