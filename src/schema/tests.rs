//! What a schema may say and what it makes of messages, as tables; and that no message and no schema breaks the reader.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::xml::{Document, Limits};

const PA_FOR_NODE: &str = include_str!("../../xsd/paForNode.xsd");
const COMMON_TYPES: &str = include_str!("../../xsd/commonTypes.xsd");

/// A schema around these declarations, whose target namespace is `urn:t`, prefix `t`.
fn around(declarations: &str) -> String {
    format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:t='urn:t' xmlns:o='urn:o' \
         targetNamespace='urn:t'>{declarations}</xs:schema>"
    )
}

#[track_caller]
fn read(declarations: &str) -> Schema {
    Schema::read(&around(declarations), &[]).unwrap_or_else(|error| panic!("{declarations}: {error}"))
}

/// A schema whose one element `t:a` has the content given.
#[track_caller]
fn of_content(content: &str) -> Schema {
    read(&format!("<xs:element name='a'><xs:complexType>{content}</xs:complexType></xs:element>"))
}

/// A schema whose one element `t:a` is of a simple type, restricted by these facets.
#[track_caller]
fn of_facets(base: &str, facets: &str) -> Schema {
    read(&format!(
        "<xs:element name='a'><xs:simpleType><xs:restriction base='{base}'>{facets}</xs:restriction></xs:simpleType>\
         </xs:element>"
    ))
}

fn faults(schema: &Schema, text: &str) -> Vec<Fault> {
    let document = Document::parse(text, &Limits::default()).unwrap_or_else(|error| panic!("{text}: {error}"));
    schema.judge(document.root(), 100)
}

/// The faults of `t:a` with such attributes and content, one a line.
fn told(schema: &Schema, inside: &str) -> String {
    let (attributes, content) = inside.split_once('>').filter(|_| inside.starts_with('@')).unwrap_or(("@", inside));
    let text = format!(
        "<t:a xmlns:t='urn:t' xmlns:xs='http://www.w3.org/2001/XMLSchema' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' {}>{content}</t:a>",
        &attributes[1..]
    );
    let told: Vec<String> =
        faults(schema, &text).iter().map(|it| format!("{:?} {} {}", it.kind, it.path, it.rule)).collect();
    told.join("; ")
}

#[track_caller]
fn judges(schema: &Schema, table: &[(&str, &str)]) {
    for (inside, expected) in table {
        assert_eq!(told(schema, inside), *expected, "{inside}");
    }
}

#[test]
fn sequences_keep_their_order() {
    let schema = of_content(
        "<xs:sequence><xs:element name='b' type='xs:string'/><xs:element name='c' type='xs:string' minOccurs='0'/>
         <xs:element name='d' type='xs:int' maxOccurs='2'/><xs:element name='e' type='xs:string' minOccurs='0'
         maxOccurs='unbounded'/></xs:sequence>",
    );
    judges(
        &schema,
        &[
            ("<b/><d>1</d>", ""),
            (" <b/>\n<c/><d>1</d><d>2</d><e/><e/><e/>\t<!--x--><?y?>", ""),
            ("<b/>", "Missing a/d is missing"),
            ("", "Missing a/b is missing; Missing a/d is missing"),
            ("<d>1</d>", "Missing a/b is missing"),
            ("<c/><b/><d>1</d>", "Unexpected a/b is not expected here; expected d"),
            ("<d>1</d><b/>", "Unexpected a/b is not expected here; expected d or e"),
            ("<b/><b/><d>1</d>", "TooMany a/b[2] must not be repeated"),
            ("<b/><d>1</d><d>1</d><d>1</d>", "TooMany a/d[3] must not occur more than 2 times"),
            ("<b/><d>x</d><d>1</d>", "Value a/d[1] must be a whole number"),
            ("<b/><z/><d>1</d>", "Unexpected a/z is not expected here; expected c or d"),
            ("<b/><d>1</d><z/><e/>", "Unexpected a/z is not expected here; expected d or e"),
            ("<b/><d>1</d><e/><z/>", "Unexpected a/z is not expected here; expected e"),
            ("<t:b/><d>1</d>", "Unexpected a/b is not expected here; expected b; Missing a/b is missing"),
            ("<b/>x<d>1</d>", "Text a must hold elements only, no text"),
            ("<b><d/></b><d>1</d>", "Unexpected a/b/d is not expected here; expected a value"),
            ("<b/><d></d>", "Value a/d must be a whole number"),
            (
                "x<b/><z/><d>x</d><d y=''>1</d>",
                "Text a must hold elements only, no text; Unexpected a/z is not expected here; expected c or d; \
                 Value a/d[1] must be a whole number; Attribute a/d[2]/@y is not expected here",
            ),
        ],
    );
}

#[test]
fn choices_take_one() {
    let choice = |occurs: &str| {
        of_content(&format!(
            "<xs:sequence><xs:choice {occurs}><xs:element name='b' type='xs:int'/><xs:sequence><xs:element name='c' \
             type='xs:int' minOccurs='0'/><xs:element name='d' type='xs:int'/></xs:sequence></xs:choice><xs:element \
             name='e' type='xs:int'/></xs:sequence>"
        ))
    };
    judges(
        &choice(""),
        &[
            ("<b>1</b><e>1</e>", ""),
            ("<d>1</d><e>1</e>", ""),
            ("<c>1</c><d>1</d><e>1</e>", ""),
            ("<c>1</c><e>1</e>", "Missing a/d is missing"),
            ("<e>1</e>", "Missing a/b|c|d is missing"),
            ("<b>1</b><d>1</d><e>1</e>", "Unexpected a/d is not expected here; expected e"),
            ("<b>1</b><b>1</b><e>1</e>", "TooMany a/b[2] must not be repeated"),
            ("<e>1</e><b>1</b>", "Unexpected a/b is not expected here"),
        ],
    );
    judges(
        &choice("minOccurs='0'"),
        &[("<e>1</e>", ""), ("<d>1</d><e>1</e>", ""), ("<b>1</b>", "Missing a/e is missing")],
    );
}

#[test]
fn groups_extensions_and_references_are_seen_through() {
    let schema = read(
        "<xs:group name='g'><xs:sequence><xs:element name='b' type='xs:int'/></xs:sequence></xs:group>
         <xs:complexType name='base'><xs:sequence><xs:group ref='t:g' minOccurs='0'/></xs:sequence>
         <xs:attribute name='x' type='xs:int' use='required'/></xs:complexType>
         <xs:complexType name='more'><xs:complexContent><xs:extension base='t:base'><xs:sequence><xs:element ref='t:g'
         minOccurs='0'/></xs:sequence><xs:attribute name='y'><xs:simpleType><xs:restriction base='xs:string'>
         <xs:enumeration value='q'/></xs:restriction></xs:simpleType></xs:attribute></xs:extension></xs:complexContent>
         </xs:complexType><xs:complexType name='same'><xs:complexContent><xs:extension base='t:base'/></xs:complexContent>
         </xs:complexType><xs:complexType name='none'/>
         <xs:element name='g' type='t:more'/><xs:element name='a' type='t:base'/>",
    );
    judges(
        &schema,
        &[
            ("@x='1'>", ""),
            ("", "Attribute a/@x is missing"),
            ("@x='z'><b>1</b>", "Attribute a/@x must be a whole number"),
            ("@x='1' t:x='1'><b>1</b>", "Attribute a/@x is not expected here"),
            ("@x='1' y='q'>", "Attribute a/@y is not expected here"),
            ("@x='1'><t:g/>", "Unexpected a/g is not expected here; expected b"),
            ("@x='1' xsi:type='t:more'><b>1</b><t:g x='1'><t:g x='1' y='r'/></t:g>", "Attribute a/g/g/@y must be q"),
            ("@x='1' xsi:type=' t:same '>", ""),
            ("@x='1' xsi:type='t:base'>", ""),
            ("@x='1' xsi:type='t:none'>", "Attribute a/@xsi:type names a type that is not derived from the one here"),
            ("@x='1' xsi:type='xs:int'>", "Attribute a/@xsi:type names a type that is not derived from the one here"),
            ("@x='1' xsi:type='t:nobody'>", "Attribute a/@xsi:type is not the name of a type"),
            ("@x='1' xsi:type='base'>", "Attribute a/@xsi:type is not the name of a type"),
            ("@x='1' xsi:type='p:base'>", "Attribute a/@xsi:type is not the name of a type"),
            ("@x='1' xsi:type=':base'>", "Attribute a/@xsi:type is not the name of a type"),
            ("@x='1' xsi:schemaLocation='' xsi:noNamespaceSchemaLocation=''>", ""),
            (
                "@x='1' xsi:foo='' xml:lang='it'>",
                "Attribute a/@foo is not expected here; Attribute a/@lang is not expected here",
            ),
            ("@x='1' xsi:nil='false'>", "Attribute a/@xsi:nil is not allowed here"),
        ],
    );
    let text = "<b xmlns='urn:t'/>";
    assert_eq!(faults(&schema, text)[0].to_string(), "b is no element of the contract");
    assert_eq!(faults(&schema, "<a/>")[0].kind, FaultKind::Unknown);
}

#[test]
fn nothing_values_and_mixtures() {
    let must_be_empty = "Unexpected a/b is not expected here; its parent must be empty";
    for empty in [
        "",
        "<xs:sequence/>",
        "<xs:sequence><xs:element name='b' type='xs:int' maxOccurs='0' minOccurs='0'/></xs:sequence>",
    ] {
        judges(
            &of_content(empty),
            &[("", ""), ("<!--x-->", ""), (" ", "Text a must be empty"), ("<b/>", must_be_empty)],
        );
    }
    let nillable = read("<xs:element name='a' type='xs:int' nillable='true'/>");
    judges(
        &nillable,
        &[
            ("1", ""),
            ("@xsi:nil='false'>1", ""),
            ("@xsi:nil=' true '>", ""),
            ("@xsi:nil='1'><!--x-->", ""),
            ("@xsi:nil='1'>1", "Text a must be empty"),
            ("@xsi:nil='1'><b/>", must_be_empty),
            ("@xsi:nil='yes'>1", "Attribute a/@xsi:nil must be true or false"),
            ("@xsi:nil='0'>", "Value a must be a whole number"),
            ("@xsi:type='xs:byte'>127", ""),
            ("@xsi:type='xs:byte'>128", "Value a must be at most 127"),
            ("@xsi:type='xs:integer'>1", "Attribute a/@xsi:type names a type that is not derived from the one here"),
        ],
    );
    let valued = of_content(
        "<xs:simpleContent><xs:extension base='xs:boolean'><xs:attribute name='x' type='xs:string'/></xs:extension>\
         </xs:simpleContent>",
    );
    judges(
        &valued,
        &[
            ("@x=''> 1 ", ""),
            ("yes", "Value a must be true or false"),
            ("@y=''>1", "Attribute a/@y is not expected here"),
        ],
    );
    let mixed = read(
        "<xs:element name='a'><xs:complexType mixed='true'><xs:sequence><xs:element name='b' type='xs:int'/></xs:sequence>\
         </xs:complexType></xs:element>",
    );
    judges(&mixed, &[("x<b>1</b>y", ""), ("x", "Missing a/b is missing")]);
}

/// A base and a facet, what is right by them, what is wrong, and what is said of that.
type Row = (&'static str, String, &'static [&'static str], &'static [&'static str], &'static str);

#[test]
fn every_facet_is_held() {
    let facet = |name: &str, value: &str| format!("<xs:{name} value='{value}'/>");
    let both = |one: (&str, &str), other: (&str, &str)| facet(one.0, one.1) + &facet(other.0, other.1);
    #[rustfmt::skip] // a table
    let table: &[Row] = &[
        ("xs:string", facet("length", "2"), &["ab", "  ", "\u{1f600}\u{e8}"], &["", "a", "abc"], "must have two characters"),
        ("xs:string", both(("minLength", "1"), ("maxLength", "3")), &["a", "abc"], &["", "abcd"], "must have 1 to 3 characters"),
        ("xs:string", facet("minLength", "1"), &["a"], &[""], "must have at least 1 characters"),
        ("xs:string", facet("maxLength", "256"), &["", "a"], &[], ""),
        ("xs:token", facet("maxLength", "3"), &["  a b  ", "a\n\nb"], &["a b c"], "must have at most 3 characters"),
        ("xs:base64Binary", facet("length", "2"), &["QUI=", "Q U I ="], &["", "QUJD", "QQ=="], "must have two octets"),
        ("xs:base64Binary", facet("enumeration", "QUJD"), &["QUJD", "Q UJD"], &["QUI="], "must be QUJD"),
        ("xs:string", facet("pattern", "[0-9]{11}"), &["12345678901"], &["", "1234567890", " 12345678901", "123456789012"], "must be eleven digits"),
        ("xs:string", facet("pattern", r"\d{20}"), &["12345678901234567890"], &[""], "must be 20 digits"),
        ("xs:string", facet("pattern", "[A-Z]{2,3}"), &["AB"], &["ab"], "must match the pattern [A-Z]{2,3}"),
        ("xs:string", both(("pattern", "a"), ("pattern", "b")), &["a", "b"], &["", "c"], "must match the pattern a|b"),
        ("xs:string", facet("enumeration", "A"), &["A"], &["a", "A ", ""], "must be A"),
        ("xs:string", both(("enumeration", "A"), ("enumeration", "B")), &["A", "B"], &["AB"], "must be A or B"),
        ("xs:int", both(("enumeration", "1"), ("enumeration", "2")), &["1", "+1", " 02 "], &["3", "0"], "must be 1 or 2"),
        ("xs:boolean", facet("enumeration", "true"), &["true", "1"], &["false", "0"], "must be true"),
        ("xs:decimal", facet("minInclusive", "0.01"), &["0.01", "5"], &["0", "0.009", "-1"], "must be at least 0.01"),
        ("xs:decimal", facet("minExclusive", "0"), &["0.001"], &["0", "-0.0", "-1"], "must be more than 0"),
        ("xs:decimal", facet("maxInclusive", "9.99"), &["9.990", "-10"], &["9.991", "10"], "must be at most 9.99"),
        ("xs:decimal", facet("maxExclusive", "10"), &["9.9999"], &["10", "10.0"], "must be less than 10"),
        ("xs:decimal", facet("fractionDigits", "2"), &["1", "1.25", "1.2500"], &["1.255"], "must have at most 2 digits after the point"),
        ("xs:decimal", facet("totalDigits", "3"), &["123", "0012.30"], &["1234", "12.34"], "must have at most 3 digits"),
        ("xs:decimal", String::new(), &["1", "+.5", " 1. "], &["", "1e2", "1,5"], "must be a number such as 120.50"),
        ("xs:int", String::new(), &["-2147483648", "2147483647"], &["1.0", "x", ""], "must be a whole number"),
        ("xs:int", facet("maxInclusive", "5"), &["5"], &["6"], "must be at most 5"),
        ("xs:unsignedByte", String::new(), &["0", "255"], &["256"], "must be at most 255"),
        ("xs:positiveInteger", String::new(), &["1"], &["0"], "must be at least 1"),
        ("xs:string", facet("whiteSpace", "collapse") + &facet("length", "1"), &[" a "], &["a b"], "must have one characters"),
        ("xs:normalizedString", facet("pattern", "a b"), &["a\tb", "a\nb"], &["a  b"], "must match the pattern a b"),
        ("xs:language", String::new(), &["it", "x-klingon1"], &["", "i_t", "1t"], "must be a language such as it"),
        ("xs:NMTOKEN", String::new(), &["1.a-b:c"], &["", "a b"], "must be a word as XML has them"),
        ("xs:Name", String::new(), &["a:b"], &["1a"], "must be a name as XML has them"),
        ("xs:NCName", String::new(), &["ab"], &["a:b"], "must be a name without a colon"),
        ("xs:date", String::new(), &["2026-12-31"], &["2026-02-29"], "must be a date such as 2026-12-31"),
        ("xs:dateTime", String::new(), &["2026-12-31T00:00:00"], &["2026-12-31"], "must be a date and time such as 2026-12-31T12:00:00"),
    ];
    for (base, facets, right, wrong, rule) in table {
        let schema = of_facets(base, facets);
        right.iter().for_each(|value| assert_eq!(told(&schema, value), "", "{base} {facets} {value:?}"));
        wrong
            .iter()
            .for_each(|value| assert_eq!(told(&schema, value), format!("Value a {rule}"), "{base} {facets} {value:?}"));
    }
}

#[test]
fn restrictions_add_up() {
    let schema = read(
        "<xs:simpleType name='wide'><xs:restriction base='xs:string'><xs:pattern value='[a-z]*'/><xs:maxLength value='4'/>
         </xs:restriction></xs:simpleType><xs:simpleType name='narrow'><xs:restriction base='t:wide'><xs:pattern
         value='.*z'/><xs:minLength value='2'/></xs:restriction></xs:simpleType><xs:element name='a' type='t:narrow'/>",
    );
    judges(
        &schema,
        &[
            ("az", ""),
            ("aaaz", ""),
            ("Az", "Value a must match the pattern [a-z]*"),
            ("aa", "Value a must match the pattern .*z"),
            ("z", "Value a must have 2 to 4 characters"),
            ("aaaaz", "Value a must have 2 to 4 characters"),
        ],
    );
}

#[test]
fn names_are_qualified_where_the_schema_says_so() {
    let schema = Schema::read(
        "<schema xmlns='http://www.w3.org/2001/XMLSchema' xmlns:t='urn:t' targetNamespace='urn:t' version='1'
         elementFormDefault='qualified' attributeFormDefault='qualified'><element name='a'><complexType><sequence>
         <element name='b' type='int'/><element name='c' type='int' form='unqualified'/></sequence>
         <attribute name='x' type='int'/></complexType></element></schema>",
        &[],
    );
    judges(
        &schema.unwrap(),
        &[
            ("@t:x='1'><t:b>1</t:b><c>1</c>", ""),
            ("@x='1'><t:b>1</t:b><c>1</c>", "Attribute a/@x is not expected here"),
            ("<b>1</b><c>1</c>", "Unexpected a/b is not expected here; expected b; Missing a/b is missing"),
        ],
    );
}

#[test]
fn what_is_not_known_is_refused_and_named() {
    let typed = |facets: &str| {
        format!("<xs:simpleType name='s'><xs:restriction base='xs:int'>{facets}</xs:restriction></xs:simpleType>")
    };
    let model = |content: &str| format!("<xs:complexType name='c'>{content}</xs:complexType>");
    let b = "<xs:element name='b' type='xs:int'/>";
    let optional = "<xs:element name='b' type='xs:int' minOccurs='0'/>";
    let sequence = |parts: String| model(&format!("<xs:sequence>{parts}</xs:sequence>"));
    let table: &[(String, &str)] = &[
        ("<xs:include schemaLocation='x'/>".into(), "schema/include: is not known here"),
        ("<xs:attribute name='x' type='xs:int'/>".into(), "schema/attribute x: is not known here"),
        ("<xs:import namespace='urn:o' schemaLocation='x.xsd'/>".into(), "schema/import: x.xsd was not given"),
        ("<xs:import namespace='urn:o'/>".into(), "schema/import: schemaLocation is missing"),
        ("<t:element/>".into(), "schema/element: is not known here"),
        ("text".into(), "schema: holds text"),
        ("<xs:element type='xs:int'/>".into(), "schema/element: name is missing"),
        ("<xs:element name='a'/>".into(), "schema/element a: has no type"),
        (
            "<xs:element name='a' type='xs:int'/><xs:element name='a' type='xs:int'/>".into(),
            "schema/element a: is declared twice",
        ),
        (
            "<xs:element name='a' type='xs:int' abstract='true'/>".into(),
            "schema/element a: the attribute abstract is not known here",
        ),
        (
            "<xs:element name='a' type='xs:int' nillable='yes'/>".into(),
            "schema/element a: nillable is neither true nor false",
        ),
        (
            "<xs:element name='a' type='xs:int' default='1'/>".into(),
            "schema/element a: the attribute default is not known here",
        ),
        (
            "<xs:element name='a' type='xs:duration'/>".into(),
            "schema/element a: xs:duration is no type that is known here",
        ),
        ("<xs:element name='a' type='t:b'/>".into(), "schema/element a: t:b is no type that is known here"),
        ("<xs:element name='a' type='p:b'/>".into(), "schema/element a: p:b has a prefix that is not declared"),
        ("<xs:element name='a' type='xs:int'><xs:simpleType/></xs:element>".into(), "schema/element a: has two types"),
        (
            "<xs:element name='a' type='xs:int'><xs:key name='k'/></xs:element>".into(),
            "schema/element a/key k: is not known here",
        ),
        (
            "<xs:simpleType name='s'><xs:list itemType='xs:int'/></xs:simpleType>".into(),
            "schema/simpleType s/list: is not known here",
        ),
        ("<xs:simpleType name='s'/>".into(), "schema/simpleType s: is no restriction"),
        (
            "<xs:simpleType name='s'><xs:restriction base='t:s'/></xs:simpleType>".into(),
            "schema/simpleType s/restriction: is built upon itself",
        ),
        (typed("<xs:length value='1'/>"), "schema/simpleType s/restriction: the facet length is not known for int"),
        (typed("<xs:minInclusive value='x'/>"), "schema/simpleType s/restriction: the facet minInclusive cannot be x"),
        (
            typed("<xs:maxInclusive value='2147483648'/>"),
            "schema/simpleType s/restriction: the facet maxInclusive cannot be 2147483648",
        ),
        (
            typed("<xs:whiteSpace value='preserve'/>"),
            "schema/simpleType s/restriction: the facet whiteSpace cannot be preserve",
        ),
        (
            typed("<xs:enumeration value='x'/>"),
            "schema/simpleType s/restriction: a listed value must be a whole number",
        ),
        (typed("<xs:pattern value='\\i'/>"), "schema/simpleType s/restriction: the pattern \\i: \\i is not known here"),
        (
            typed("<xs:pattern value='a' fixed='true'/>"),
            "schema/simpleType s/restriction/pattern: the attribute fixed is not known here",
        ),
        (typed("<xs:pattern/>"), "schema/simpleType s/restriction/pattern: value is missing"),
        (typed("<xs:assertion value='a'/>"), "schema/simpleType s/restriction/assertion: is not known here"),
        (model("<xs:all/>"), "schema/complexType c/all: is not known here"),
        (model("<xs:anyAttribute/>"), "schema/complexType c/anyAttribute: is not known here"),
        (model("<xs:sequence/><xs:sequence/>"), "schema/complexType c/sequence: is one too many"),
        (
            model("<xs:attribute name='x' type='xs:int'/><xs:sequence/>"),
            "schema/complexType c/sequence: does not belong there",
        ),
        (
            model("<xs:attribute name='x' type='t:c'/>"),
            "schema/complexType c/attribute x: an attribute has a complex type",
        ),
        (
            model("<xs:complexContent><xs:restriction base='t:c'/></xs:complexContent>"),
            "schema/complexType c/complexContent/restriction: is not known here",
        ),
        (
            model("<xs:complexContent><xs:extension base='t:c'/></xs:complexContent>"),
            "schema/complexType c/complexContent/extension: is built upon itself",
        ),
        (
            model("<xs:complexContent><xs:extension base='xs:int'/></xs:complexContent>"),
            "schema/complexType c/complexContent/extension: does not fit what it extends",
        ),
        (
            model("<xs:sequence maxOccurs='2'/>"),
            "schema/complexType c/sequence: is a group that repeats, which is not known here",
        ),
        (
            model("<xs:choice maxOccurs='unbounded'/>"),
            "schema/complexType c/choice: is a group that repeats, which is not known here",
        ),
        (model("<xs:choice/>"), "schema/complexType c/choice: is a choice of nothing"),
        (model("<xs:group ref='t:g'/>"), "schema/complexType c/group: there is no group g"),
        (sequence("<xs:any/>".into()), "schema/complexType c/sequence/any: is not known here"),
        (sequence("<xs:element ref='t:x'/>".into()), "schema/complexType c/sequence/element: there is no element x"),
        (
            sequence("<xs:element name='b' type='xs:int' minOccurs='2'/>".into()),
            "schema/complexType c/sequence/element b: minOccurs or maxOccurs is wrong",
        ),
        (
            sequence("<xs:element name='b' type='xs:int' maxOccurs='-1'/>".into()),
            "schema/complexType c/sequence/element b: minOccurs or maxOccurs is wrong",
        ),
        (sequence(format!("{optional}{b}")), "schema/complexType c: it is open which place in it takes b"),
        (
            sequence(format!(
                "<xs:element name='b' type='xs:int' maxOccurs='2'/><xs:choice minOccurs='0'>{b}</xs:choice>"
            )),
            "schema/complexType c: it is open which place in it takes b",
        ),
        (
            sequence(format!("<xs:sequence minOccurs='0'>{b}</xs:sequence>{b}")),
            "schema/complexType c: it is open which place in it takes b",
        ),
        (
            sequence(format!("<xs:choice>{b}<xs:sequence>{b}</xs:sequence></xs:choice>")),
            "schema/complexType c: it is open which place in it takes b",
        ),
        (
            sequence(format!("<xs:choice>{optional}</xs:choice>{b}")),
            "schema/complexType c: it is open which place in it takes b",
        ),
        (
            "<xs:group name='g'><xs:sequence><xs:group ref='t:g'/></xs:sequence></xs:group>".into(),
            "schema/group g: holds itself",
        ),
        ("<xs:group name='g'/>".into(), "schema/group g: is empty"),
    ];
    for (declarations, expected) in table {
        let error = Schema::read(&around(declarations), &[]).expect_err(declarations).to_string();
        assert_eq!(error, format!("main, {expected}"), "{declarations}");
    }
    // One after the other is no question, whatever their names.
    read(&sequence(format!("{b}{b}{optional}")));
    assert!(Schema::read("<a/>", &[]).unwrap_err().reason.contains("is not a schema"));
    assert!(Schema::read("<a", &[]).is_err());
}

#[test]
fn files_import_each_other_by_location() {
    let main = around("<xs:import namespace='urn:o' schemaLocation='o.xsd'/><xs:element name='a' type='o:s'/>");
    let other = around("<xs:simpleType name='s'><xs:restriction base='xs:int'/></xs:simpleType>");
    let right = other.replace("targetNamespace='urn:t'", "targetNamespace='urn:o'");
    judges(&Schema::read(&main, &[("o.xsd", &right)]).unwrap(), &[("1", ""), ("x", "Value a must be a whole number")]);
    for imports in [
        &[][..],
        &[("p.xsd", right.as_str())],
        &[("o.xsd", other.as_str())],
        &[("o.xsd", "<")],
        &[("o.xsd", right.as_str()), ("p.xsd", right.as_str())],
    ] {
        assert!(Schema::read(&main, imports).is_err());
    }
}

#[test]
fn the_contracts_can_be_read() {
    let node_for_psp = include_str!("../../xsd/nodeForPsp.xsd");
    let common = ("commonTypes.xsd", COMMON_TYPES);
    for (main, imports, elements) in [
        (PA_FOR_NODE, &[common][..], 12),
        (node_for_psp, &[common], 22),
        (include_str!("../../xsd/nodoPerPsp.xsd"), &[("nodeForPsp.xsd", node_for_psp), common], 28),
    ] {
        assert_eq!(Schema::read(main, imports).unwrap().elements.len(), elements);
    }
}

fn pa_for_node() -> &'static Schema {
    static READ: LazyLock<Schema> =
        LazyLock::new(|| Schema::read(PA_FOR_NODE, &[("commonTypes.xsd", COMMON_TYPES)]).unwrap());
    &READ
}

const REPLY: &str =
    "<p:paGetPaymentRes xmlns:p='http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd'><outcome>OK</outcome>
    <data><creditorReferenceId>02000000000000001</creditorReferenceId><paymentAmount>10.00</paymentAmount>
    <dueDate>2026-12-31</dueDate><description>TARI</description><debtor><uniqueIdentifier>
    <entityUniqueIdentifierType>G</entityUniqueIdentifierType>
    <entityUniqueIdentifierValue>99000001018</entityUniqueIdentifierValue></uniqueIdentifier><fullName>x</fullName>
    </debtor><transferList><transfer><idTransfer>1</idTransfer><transferAmount>5.00</transferAmount>
    <fiscalCodePA>99000001018</fiscalCodePA><IBAN>IT57N0760114800000011050036</IBAN>
    <remittanceInformation>x</remittanceInformation><transferCategory>9/0101</transferCategory></transfer><transfer>
    <idTransfer>2</idTransfer><transferAmount>5.00</transferAmount><fiscalCodePA>99000001018</fiscalCodePA>
    <IBAN>IT57N0760114800000011050036</IBAN><remittanceInformation>x</remittanceInformation>
    <transferCategory>9/0101</transferCategory></transfer></transferList></data></p:paGetPaymentRes>";

#[test]
fn a_reply_is_judged_by_the_contract() {
    let schema = pa_for_node();
    assert_eq!(faults(schema, REPLY), []);
    for (old, new, expected) in [
        ("<outcome>OK</outcome>", "<outcome>ok</outcome>", "paGetPaymentRes/outcome must be OK or KO"),
        ("<dueDate>2026-12-31</dueDate>", "", "paGetPaymentRes/data/dueDate is missing"),
        (">10.00<", ">10.0<", "paGetPaymentRes/data/paymentAmount must match the pattern \\d+\\.\\d{2}"),
        (">10.00<", ">0.00<", "paGetPaymentRes/data/paymentAmount must be at least 0.01"),
        ("<description>TARI<", "<description><", "paGetPaymentRes/data/description must have 1 to 140 characters"),
        (">G<", ">g<", "paGetPaymentRes/data/debtor/uniqueIdentifier/entityUniqueIdentifierType must be F or G"),
        (
            "<idTransfer>2<",
            "<idTransfer>6<",
            "paGetPaymentRes/data/transferList/transfer[2]/idTransfer must be one of 1, 2, 3, 4, 5",
        ),
        (
            "<description>",
            "<idPA/><description>",
            "paGetPaymentRes/data/idPA is not expected here; expected retentionDate, lastPayment or description",
        ),
    ] {
        let told: Vec<String> = faults(schema, &REPLY.replacen(old, new, 1)).iter().map(Fault::to_string).collect();
        assert_eq!(told, [expected], "{old} {new}");
    }
    let strange = REPLY.replace("<idTransfer>", "<x/><idTransfer>");
    let document = Document::parse(&strange, &Limits::default()).unwrap();
    assert_eq!([0, 1, 2, 3].map(|most| schema.judge(document.root(), most).len()), [0, 1, 2, 2]);
}

/// What is inside may be judged on its own if the schema knows it, wherever it stands: paths start there.
#[test]
fn paths_start_at_the_element_that_is_judged() {
    let text = format!("<s><x/><x/>{}</s>", REPLY.replace(">OK<", "><"));
    let document = Document::parse(&text, &Limits::default()).unwrap();
    let reply = document.root().children().last().unwrap();
    assert_eq!(pa_for_node().judge(reply, 9)[0].path, "paGetPaymentRes/outcome");
}

proptest! {
    #[test]
    fn no_message_breaks_the_judge(cuts in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64, 0.0..1.0f64), 1..6)) {
        // Whole elements and texts change places, so that most of what comes of it is still XML.
        let mut parts: Vec<&str> = REPLY.split_inclusive('>').collect();
        for (from, to, how) in cuts {
            let at = |share: f64| (share * parts.len() as f64) as usize;
            let (from, to) = (at(from), at(to));
            match (how * 3.0) as u8 {
                0 => { parts.remove(from); }
                1 => parts.insert(to, parts[from]),
                _ => parts.swap(from, to),
            }
        }
        let schema = pa_for_node();
        if let Ok(document) = Document::parse(&parts.concat(), &Limits::default()) {
            let all = schema.judge(document.root(), usize::MAX);
            prop_assert_eq!(&schema.judge(document.root(), 1)[..], &all[..all.len().min(1)]);
        }
    }
}

proptest! {
    // Each case reads a whole contract.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_schema_breaks_the_reader(at in 0.0..1.0f64, length in 0usize..400, new in "[<>/a-z:='&{]{0,5}") {
        let from = (at * PA_FOR_NODE.len() as f64) as usize;
        let to = (from + length).min(PA_FOR_NODE.len());
        if let (Some(start), Some(end)) = (PA_FOR_NODE.get(..from), PA_FOR_NODE.get(to..)) {
            let _ = Schema::read(&format!("{start}{new}{end}"), &[("commonTypes.xsd", COMMON_TYPES)]);
        }
    }
}
