//! Parameters that several operations have: those in the paths, and the headers with which a caller insists on something.

use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Required};

use super::examples::{IBAN, IUPD, IUV, NAV, ORGANIZATION, UPLOAD};
use crate::rest::idempotency;

/// The segments of paths: name, what it is, the pattern it has, an example.
const SEGMENTS: &[(&str, &str, Option<&str>, &str)] = &[
    ("organization", "The fiscal code of the creditor.", None, ORGANIZATION),
    ("iupd", "The creditor's own key of the position.", None, IUPD),
    ("nav", "A notice number; an IUV is taken too.", None, NAV),
    ("iuv", "An IUV.", None, IUV),
    ("iban", "An account.", None, IBAN),
    ("broker", "The fiscal code of the broker.", None, ORGANIZATION),
    ("upload", "The id of the upload.", None, UPLOAD),
    ("id", "Its number.", Some("^[0-9]{1,18}$"), "1"),
];

/// What stands in the path of an operation.
pub(super) fn of_path(path: &str) -> Vec<Parameter> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    names.map(segment).collect()
}

fn segment(name: &str) -> Parameter {
    let known = SEGMENTS.iter().find(|(known, ..)| *known == name);
    let (_, meaning, pattern, example) = known.unwrap_or_else(|| panic!("{{{name}}} is not described"));
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).pattern(*pattern);
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(*meaning))
        .schema(Some(schema))
        .example(Some(json!(example)))
        .build()
}

/// To which segregation codes a call confines itself.
pub(super) fn segregation_codes() -> Parameter {
    optional(
        "segregationCodes",
        ParameterIn::Query,
        "Confines the call to these segregation codes: two digits each, with commas between.",
        Some(r"^\d{2}(,\d{2})*$"),
        None,
    )
}

/// `If-Match`: the version of a position on which the caller insists.
pub(in crate::rest) struct IfMatch;

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![optional(
            IF_MATCH,
            ParameterIn::Header,
            "The ETag of the position that was read: should it have changed since, the answer is 412.",
            Some(r#"^("[0-9]{1,18}"|\*)$"#),
            None,
        )]
    }
}

/// The header of [`IfMatch`].
pub(super) const IF_MATCH: &str = "If-Match";

/// `Idempotency-Key`: what is sent twice is carried out once.
pub(in crate::rest) struct Once;

impl IntoParams for Once {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![optional(
            idempotency::KEY,
            ParameterIn::Header,
            "A key of your own, such as a UUID: the same request with the same key is carried out once within 24 hours.",
            Some("^[!-~]{1,255}$"),
            None,
        )]
    }
}

fn optional(name: &str, place: ParameterIn, meaning: &str, pattern: Option<&str>, example: Option<Value>) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).pattern(pattern);
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(meaning))
        .schema(Some(RefOr::T(schema.build().into())))
        .example(example)
        .build()
}
