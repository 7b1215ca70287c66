//! Attributes on the elements of a request: the schema's own, which may stand anywhere, and all others, which may not.
//!
//! `xsi:type` above all, which can be right in many ways and wrong in more.

use rand::rngs::StdRng;

use super::super::message::{COMMON, Draft, Element, Node, PAFN, XS, XSI};
use super::Mutation;
use super::namespaces::default_namespace;

/// Attributes anywhere in the request. Those of the schema-instance namespace are the schema's own business, so some
/// are allowed on every element; nothing is nillable, so even `xsi:nil="false"` is not.
const ATTRIBUTES: &[&str] = &[
    r#"xsi:nil="true""#,
    r#"xsi:nil="false""#,
    r#"xsi:nil="1""#,
    r#"xsi:nil="0""#,
    r#"xsi:nil="""#,
    r#"xsi:schemaLocation="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd paForNode.xsd""#,
    r#"xsi:schemaLocation="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd""#,
    r#"xsi:schemaLocation="""#,
    r#"xsi:schemaLocation="a b" xsi:noNamespaceSchemaLocation="c""#,
    r#"xsi:noNamespaceSchemaLocation="paForNode.xsd""#,
    r#"xsi:noNamespaceSchemaLocation="""#,
    r#"xsi:foo="1""#,
    r#"xsi:Type="pafn:x""#,
    r#"xml:lang="it""#,
    r#"xml:space="preserve""#,
    r#"xml:id="a""#,
    r#"foo="1""#,
    r#"id="1""#,
    r#"type="xs:string""#,
    r#"nil="true""#,
    r#"xs:foo="1""#,
    r#"common:foo="1""#,
    r#"xmlns:unused="urn:unused""#,
    r#"xmlns:unused="unused""#,
    r#"xmlns:xml="http://www.w3.org/XML/1998/namespace""#,
];

const ATTRIBUTES_AGAINST_XML: &[&str] = &[
    r#"a="1" a="2""#,
    r#"a="1" a="1""#,
    r#"xmlns:a="urn:a" xmlns:a="urn:a""#,
    r#"xsi:schemaLocation="a b" xsi:schemaLocation="a b""#,
    r#"xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" i:schemaLocation="a b""#,
    r#"a"#,
    r#"a="#,
    r#"a=1"#,
    r#"a="1"#,
    r#"a="<""#,
    r#"a="&nbsp;""#,
    r#"a="&""#,
    r#"a="&#0;""#,
    r#"a="1"b="2""#,
    r#"xmlns:a="urn:a"xmlns:b="urn:b""#,
    r#"="1""#,
    r#"1a="1""#,
    r#"a:b:c="1""#,
    r#":a="1""#,
    r#"a:="1""#,
    r#"nobody:a="1""#,
    r#"xmlns:a="""#,
    r#"xmlns:xml="urn:a""#,
    r#"xmlns:xmlns="urn:a""#,
    r#"xmlns:a="http://www.w3.org/XML/1998/namespace""#,
    r#"xmlns:a="http://www.w3.org/2000/xmlns/""#,
    r#"xmlns="http://www.w3.org/2000/xmlns/""#,
    r#"xmlns="http://www.w3.org/XML/1998/namespace""#,
    "a=\"\u{1}\"",
    "a=\"\u{ffff}\"",
];

/// What `xsi:type` may say besides the truth.
#[rustfmt::skip] // one case a line would fill pages
const TYPES: &[&str] = &[
    "xs:string", "xs:token", "xs:decimal", "xs:date", "xs:anyType", "xs:anySimpleType", "xs:hexBinary",
    "xs:base64Binary", "common:stText16", "common:stText140", "common:stAmount", "pafn:stAmountNotZero",
    "common:stISODateTime", "pafn:stIBAN", "common:stBase64Binary72", "pafn:ctQrCode", "pafn:ctSubject",
    "common:ctQrCode", "common:stUnknown", "nobody:stText35", "stText35", "ctQrCode", "base64Binary", "", ":",
    ":stText35", "common:", "common:a:b", "common:stText35 xs:string", "common :stText35",
    "pafn:paVerifyPaymentNoticeReq", "pafn:paGetPaymentReq", "common:ctResponse",
];

pub fn all() -> Vec<Mutation> {
    [attributes(), types(), derived_types()].into_iter().flatten().collect()
}

fn attributes() -> Vec<Mutation> {
    let anywhere = |group, attribute: &'static str| {
        Mutation::new(group, attribute, move |draft, rng| {
            declare_schema_prefixes(draft, rng)?;
            draft.pick(rng, |_| true)?.add_attribute(attribute)
        })
    };
    let mut all: Vec<Mutation> = ATTRIBUTES.iter().map(|it| anywhere("attribute", it)).collect();
    all.extend(ATTRIBUTES_AGAINST_XML.iter().map(|it| anywhere("attribute against XML", it)));
    all.push(Mutation::new("attribute", "nil and no content", |draft, rng| {
        declare_schema_prefixes(draft, rng)?;
        let value = draft.pick_value(rng)?;
        value.content.clear();
        value.add_attribute("xsi:nil=\"true\"")
    }));
    all.push(Mutation::new("attribute", "the envelope's, on an element of the request", |draft, rng| {
        let attribute = format!("{}:mustUnderstand=\"0\"", draft.envelope.prefix()?);
        draft.pick(rng, |_| true)?.add_attribute(attribute)
    }));
    all
}

fn declare_schema_prefixes(draft: &mut Draft, rng: &mut StdRng) -> Option<()> {
    for (prefix, uri) in [("xsi", XSI), ("xs", XS), ("common", COMMON)] {
        draft.declare(rng, prefix, uri)?;
    }
    // The draft's own prefix for this namespace may be another one, or this one already.
    if draft.request()?.prefix() != Some("pafn") {
        draft.declare(rng, "pafn", PAFN)?;
    }
    Some(())
}

/// `xsi:type` may name the declared type or one derived from it, with the prefixes that hold where it stands.
fn types() -> Vec<Mutation> {
    let typed = |group, detail: &str, change: fn(&mut Element, &str)| {
        Mutation::new(group, detail, move |draft, rng| {
            declare_schema_prefixes(draft, rng)?;
            let of_request = format!("pafn:{}", draft.request()?.local_name());
            let element = draft.pick(rng, |_| true)?;
            let truth = element.field.map_or(of_request, |field| field.type_name.to_owned());
            change(element, &truth);
            Some(())
        })
    };
    let mut all = vec![
        typed("xsi:type", "the truth", |element, truth| element.attributes.push(format!("xsi:type=\"{truth}\""))),
        typed("xsi:type", "the truth, with another prefix for xsi", |element, truth| {
            element.attributes.push(format!("xmlns:i=\"{XSI}\" i:type='{truth}'"));
        }),
        typed("xsi:type", "the truth, with a prefix of its own", |element, truth| {
            let (prefix, local) = truth.split_once(':').unwrap_or(("", truth));
            let uri = if prefix == "pafn" {
                PAFN
            } else if prefix == "xs" {
                XS
            } else {
                COMMON
            };
            element.attributes.push(format!("xsi:type=\"own:{local}\" xmlns:own=\"{uri}\""));
        }),
        typed("xsi:type", "the truth, with its prefix bound to another namespace", |element, truth| {
            let prefix = truth.split(':').next().unwrap_or_default();
            element.attributes.push(format!("xsi:type=\"{truth}\" xmlns:{prefix}=\"urn:foreign\""));
        }),
        typed("xsi:type", "the truth without its prefix", |element, truth| {
            let local = truth.rsplit(':').next().unwrap_or_default();
            element.attributes.push(format!("xsi:type=\"{local}\""));
        }),
        typed("xsi:type", "the truth in another case", |element, truth| {
            let (prefix, local) = truth.split_once(':').unwrap_or(("", truth));
            element.attributes.push(format!("xsi:type=\"{prefix}:{}\"", local.to_uppercase()));
        }),
        typed("xsi:type", "the truth, in a namespace that was XML Schema's in 1999", |element, truth| {
            element
                .attributes
                .push(format!("xmlns:i=\"http://www.w3.org/1999/XMLSchema-instance\" i:type=\"{truth}\""));
        }),
        typed("xsi:type in blanks", "around the truth", |element, truth| {
            element.attributes.push(format!("xsi:type=\" {truth}&#10; \""));
        }),
        Mutation::new("xsi:type", "the truth, by the default namespace", |draft, rng| {
            declare_schema_prefixes(draft, rng)?;
            let request = draft.request()?;
            let local = request.local_name().to_owned();
            default_namespace(request, PAFN)?;
            request.attributes.push(format!("xsi:type=\"{local}\""));
            request.children_mut().for_each(|child| child.attributes.push("xmlns=\"\"".into()));
            Some(())
        }),
    ];
    all.extend(TYPES.iter().map(|name| {
        Mutation::new("xsi:type", name, move |draft, rng| {
            declare_schema_prefixes(draft, rng)?;
            draft.pick(rng, |_| true)?.add_attribute(format!("xsi:type=\"{name}\""))
        })
    }));
    all
}

/// The one type of the contract with a derived one, which is narrower: it counts the characters of the text.
fn derived_types() -> Vec<Mutation> {
    let derived = |detail, value: fn() -> String| {
        Mutation::new("derived base64", detail, move |draft, rng| {
            declare_schema_prefixes(draft, rng)?;
            let element = draft.pick(rng, |element| element.name == "datiSpecificiServizioRequest")?;
            element.content = vec![Node::Text(value())];
            element.add_attribute("xsi:type=\"common:stBase64Binary72\"")
        })
    };
    vec![
        derived("empty", String::new),
        derived("three characters", || "QUI".into()),
        derived("four characters", || "QUJD".into()),
        derived("four characters and a blank", || "QU JD".into()),
        derived("four characters that are not canonical", || "QR==".into()),
        derived("72 characters", || "QUJD".repeat(18)),
        derived("76 characters", || "QUJD".repeat(19)),
        derived("72 characters with their blanks", || "QUJD ".repeat(12) + &"QUJD".repeat(3)),
        derived("73 characters with their blanks", || "QUJD ".repeat(13) + &"QUJD".repeat(2)),
        derived("72 characters and blanks around", || format!("\n{}  ", "QUJD".repeat(18))),
    ]
}
