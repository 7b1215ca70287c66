//! Reads a request exactly as the contract's schema would: order, cardinality, namespaces, attributes, facets.
//!
//! [`Fields`] walks the children of a structure; every child is asked for once, in the schema's order, and
//! [`Fields::end`] refuses what is left. Nothing of a message's content gets into an error: it may be personal.

use std::borrow::Cow;

use super::facets::{MESSAGES, SimpleType};
use crate::schema::lexical::{collapse, is_blank};
use crate::xml::Element;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Where and how a message breaks the contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {rule}")]
pub(super) struct Malformed {
    /// The element, from the operation's root on.
    pub(super) path: String,
    /// The rule it breaks.
    pub(super) rule: Cow<'static, str>,
}

impl Malformed {
    pub(super) fn at(element: Element<'_>, rule: impl Into<Cow<'static, str>>) -> Malformed {
        // The Body's path is Envelope/Body: what interests starts below. A name is as long as its sender likes.
        let path: String = element.path().split('/').skip(2).collect::<Vec<_>>().join("/");
        Malformed { path: shortened(&path), rule: rule.into() }
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 200 { text.to_owned() } else { text.chars().take(200).chain("…".chars()).collect() }
}

/// The children of a structure, asked for in the schema's order.
pub(super) struct Fields<'d> {
    structure: Element<'d>,
    children: Box<dyn Iterator<Item = Element<'d>> + 'd>,
    next: Option<Element<'d>>,
}

impl<'d> Fields<'d> {
    /// Opens a structure of a named type: no text, no attributes of its own.
    pub(super) fn of(structure: Element<'d>, type_name: &str) -> Result<Fields<'d>, Malformed> {
        if asked_type(structure)?.is_some_and(|asked| asked != (MESSAGES, type_name)) {
            return Err(Malformed::at(structure, "xsi:type names another type"));
        }
        if structure.has_text() {
            return Err(Malformed::at(structure, "must hold elements only, no text"));
        }
        let mut children: Box<dyn Iterator<Item = Element<'d>> + 'd> = Box::new(structure.children());
        let next = children.next();
        Ok(Fields { structure, children, next })
    }

    /// The value of a mandatory field.
    pub(super) fn required(&mut self, name: &'static str, wanted: &SimpleType) -> Result<Cow<'d, str>, Malformed> {
        match self.optional(name, wanted)? {
            Some(value) => Ok(value),
            None => Err(self.missing(name)),
        }
    }

    /// The value of an optional field, if it comes next.
    pub(super) fn optional(
        &mut self,
        name: &'static str,
        wanted: &SimpleType,
    ) -> Result<Option<Cow<'d, str>>, Malformed> {
        self.take(name).map(|element| value(element, wanted)).transpose()
    }

    /// A mandatory structure.
    pub(super) fn structure(&mut self, name: &'static str, type_name: &'static str) -> Result<Fields<'d>, Malformed> {
        match self.take(name) {
            Some(element) => Fields::of(element, type_name),
            None => Err(self.missing(name)),
        }
    }

    /// Makes sure that nothing is left.
    pub(super) fn end(self) -> Result<(), Malformed> {
        match self.next {
            Some(element) => Err(Malformed::at(element, "is not expected here")),
            None => Ok(()),
        }
    }

    fn take(&mut self, name: &str) -> Option<Element<'d>> {
        let element = self.next.filter(|element| element.is("", name))?;
        self.next = self.children.next();
        Some(element)
    }

    /// Blames what stands in the field's place, or the structure when nothing does.
    fn missing(&self, name: &str) -> Malformed {
        match self.next {
            Some(element) => Malformed::at(element, format!("is not expected here, {name} is")),
            None => Malformed::at(self.structure, format!("{name} is missing")),
        }
    }
}

fn value<'d>(element: Element<'d>, declared: &SimpleType) -> Result<Cow<'d, str>, Malformed> {
    let wanted = match asked_type(element)? {
        None => declared,
        Some(asked) if asked == declared.name => declared,
        Some(asked) => match declared.narrower.filter(|narrower| narrower.name == asked) {
            Some(narrower) => narrower,
            None => return Err(Malformed::at(element, "xsi:type names another type")),
        },
    };
    if element.children().next().is_some() {
        return Err(Malformed::at(element, "must hold a value, no elements"));
    }
    wanted.value(element.text()).map_err(|rule| Malformed::at(element, rule))
}

/// The type that an `xsi:type` asks for. The schema lets no other attribute in, save hints at where schemas are.
fn asked_type<'d>(element: Element<'d>) -> Result<Option<(&'d str, &'d str)>, Malformed> {
    let mut asked = None;
    for attribute in element.attributes() {
        match (attribute.namespace(), attribute.name()) {
            (XSI, "schemaLocation" | "noNamespaceSchemaLocation") => {}
            (XSI, "type") => asked = Some(qualified_name(element, attribute.value())?),
            (XSI, "nil") => return Err(Malformed::at(element, "xsi:nil is not allowed: the element is not nillable")),
            _ => return Err(Malformed::at(element, "has an attribute that the contract does not know")),
        }
    }
    Ok(asked)
}

/// Resolves a QName with the prefixes in scope.
fn qualified_name<'d>(element: Element<'d>, text: &'d str) -> Result<(&'d str, &'d str), Malformed> {
    let text = text.trim_matches(is_blank);
    let (prefix, name) = text.split_once(':').unwrap_or(("", text));
    let bad = || Malformed::at(element, "xsi:type is not the name of a type");
    if name.is_empty() || (text.contains(':') && prefix.is_empty()) || collapse(name.into()) != name {
        return Err(bad());
    }
    match element.resolve(prefix) {
        Some(namespace) => Ok((namespace, name)),
        None if prefix.is_empty() => Ok(("", name)),
        None => Err(bad()),
    }
}
