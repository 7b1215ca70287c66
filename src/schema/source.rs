//! The files of a schema as XML, read strictly: every construct is asked for by name, and what nobody asks for is
//! refused.

use std::borrow::Cow;

use super::Name;
use super::builtin::XS;
use crate::xml::{self, Document, Element, Limits};

/// Why a schema could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, {path}: {reason}")]
pub struct SchemaError {
    /// The `schemaLocation` of the file, or "main".
    pub file: String,
    /// The construct, from the root of the file on, by name where it has one.
    pub path: String,
    /// What is wrong, or what is not known here.
    pub reason: String,
}

/// The files with their locations.
pub(super) type Files<'t> = Vec<(&'t str, Cow<'t, str>)>;

pub(super) fn decode<'t>(main: &'t str, imports: &[(&'t str, &'t str)]) -> Result<Files<'t>, SchemaError> {
    let all = std::iter::once(("main", main)).chain(imports.iter().copied());
    all.map(|(file, text)| Ok((file, xml::decode(text.as_bytes(), None).map_err(|error| unreadable(file, error))?)))
        .collect()
}

pub(super) fn parse<'t>(files: &'t Files<'_>) -> Result<Vec<File<'t>>, SchemaError> {
    let parsed = |(location, text): &'t (&str, Cow<'_, str>)| {
        let document = Document::parse(text, &Limits::default()).map_err(|error| unreadable(location, error))?;
        Ok(File { location, document })
    };
    files.iter().map(parsed).collect()
}

fn unreadable(file: &str, error: xml::XmlError) -> SchemaError {
    SchemaError { file: file.into(), path: "/".into(), reason: error.to_string() }
}

/// A file of the schema.
pub(super) struct File<'t> {
    pub(super) location: &'t str,
    document: Document<'t>,
}

impl File<'_> {
    pub(super) fn root(&self) -> Construct<'_> {
        Construct { location: self.location, element: self.document.root() }
    }
}

/// An element of a schema file.
#[derive(Clone, Copy)]
pub(super) struct Construct<'d> {
    location: &'d str,
    element: Element<'d>,
}

impl<'d> Construct<'d> {
    pub(super) fn name(self) -> &'d str {
        self.element.name()
    }

    /// Its attribute of that name.
    pub(super) fn get(self, attribute: &str) -> Option<&'d str> {
        self.element.attribute("", attribute)
    }

    pub(super) fn required(self, attribute: &str) -> Result<&'d str, SchemaError> {
        self.get(attribute).ok_or_else(|| self.error(format!("{attribute} is missing")))
    }

    /// Whether an attribute, false when left out, is set.
    pub(super) fn flag(self, attribute: &str) -> Result<bool, SchemaError> {
        match self.get(attribute) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(self.error(format!("{attribute} is neither true nor false"))),
        }
    }

    /// Whether what is declared here is qualified: by its own word or, without one, by that of its file.
    pub(super) fn is_qualified(self, default: &str) -> Result<bool, SchemaError> {
        match self.get("form").or_else(|| self.file_root().attribute("", default)) {
            Some("qualified") => Ok(true),
            None | Some("unqualified") => Ok(false),
            Some(_) => Err(self.error("is neither qualified nor unqualified")),
        }
    }

    pub(super) fn target_namespace(self) -> &'d str {
        self.file_root().attribute("", "targetNamespace").unwrap_or_default()
    }

    /// The name that an attribute refers to.
    pub(super) fn reference(self, attribute: &str) -> Result<Name, SchemaError> {
        let text = self.required(attribute)?;
        let (prefix, local) = text.split_once(':').unwrap_or(("", text));
        match self.element.resolve(prefix) {
            Some(namespace) => Ok(Name::new(namespace, local)),
            None => Err(self.error(format!("{text} has a prefix that is not declared"))),
        }
    }

    /// Makes sure that it has no attributes but these, and gives its children, which must be among those; remarks
    /// may stand anywhere.
    pub(super) fn only(self, attributes: &[&str], children: &[&str]) -> Result<Vec<Construct<'d>>, SchemaError> {
        let known = |name: &str, namespace: &str| namespace.is_empty() && attributes.contains(&name);
        if let Some(unknown) = self.element.attributes().iter().find(|it| !known(it.name(), it.namespace())) {
            return Err(self.error(format!("the attribute {} is not known here", unknown.name())));
        }
        if self.element.has_text() {
            return Err(self.error("holds text"));
        }
        let all = self.element.children().map(|element| Construct { element, ..self });
        let (known, others): (Vec<_>, Vec<_>) = all
            .filter(|child| !child.element.is(XS, "annotation"))
            .partition(|child| child.element.namespace() == XS && children.contains(&child.name()));
        match others.first() {
            Some(unknown) => Err(unknown.error("is not known here")),
            None => Ok(known),
        }
    }

    /// The one child of a construct that cannot have several.
    pub(super) fn at_most_one(self, children: &[Construct<'d>]) -> Result<Option<Construct<'d>>, SchemaError> {
        match children {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            [_, other, ..] => Err(other.error("is one too many")),
        }
    }

    pub(super) fn error(self, reason: impl Into<String>) -> SchemaError {
        let up = std::iter::successors(Some(self.element), |element| element.parent());
        let mut steps: Vec<String> = up
            .map(|element| match element.attribute("", "name") {
                Some(name) => format!("{} {name}", element.name()),
                None => element.name().to_owned(),
            })
            .collect();
        steps.reverse();
        SchemaError { file: self.location.into(), path: steps.join("/"), reason: reason.into() }
    }

    fn file_root(self) -> Element<'d> {
        std::iter::successors(Some(self.element), |element| element.parent()).last().unwrap_or(self.element)
    }
}
