//! Reads XML Schema files, those of the contract, and judges messages by them: what is wrong, and where.
//!
//! [`Schema::read`] compiles a file and those it imports, once; [`Schema::judge`] holds an element against what was
//! compiled. Of XML Schema 1.0 it knows what our files use and the nearest neighbours of that: named and local
//! elements and types, sequences, choices and groups, extensions, attributes, simple types by restriction. Anything
//! else (`xs:any`, lists, unions, keys, substitution, groups that repeat) is an error when a schema is read, so that
//! no rule is ever passed over in silence.
//!
//! A message is walked once, greedily, with one element of look-ahead and no way back. That is enough because XML
//! Schema asks every content model to be unambiguous (part 1, "Unique Particle Attribution"): when an element comes,
//! at most one place in the model may take it, so a choice made by its name is never regretted. [`Schema::read`]
//! refuses a model of which that is not so. It must also refuse groups that may occur twice: only these could leave
//! open *how often* an inner particle should repeat before the outer one does.
//!
//! `lexical` holds the rules of dates, base64 and blanks, for whoever reads values by hand.

mod builtin;
mod compile;
mod content;
mod judge;
pub(crate) mod lexical;
mod number;
mod pattern;
mod simple;
mod source;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;

use crate::xml;
use content::{Content, Declaration};
use simple::SimpleType;
pub use source::SchemaError;

/// A compiled schema.
#[derive(Debug)]
pub struct Schema {
    /// The elements a message may be.
    elements: HashMap<Name, Declaration>,
    types: Vec<Type>,
    /// The types an `xsi:type` may name.
    names: HashMap<Name, TypeId>,
}

/// A fault in a message. It never repeats a value, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: the names from the judged element on, as in `paGetPaymentRes/data/transferList/transfer[2]/IBAN`. An
    /// attribute stands there as `@name`.
    pub path: String,
    /// What kind of fault it is.
    pub kind: FaultKind,
    /// The rule that is broken, as one would say it of what stands at the path.
    pub rule: String,
}

/// The kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The schema has no such global element.
    Unknown,
    /// An element that does not belong there.
    Unexpected,
    /// An element that is not there.
    Missing,
    /// An element that is there more often than it may.
    TooMany,
    /// A value its type does not allow.
    Value,
    /// An attribute that is wrong, missing or does not belong there; `xsi:type` and `xsi:nil` too.
    Attribute,
    /// Text where there may be elements only, or nothing.
    Text,
}

impl Schema {
    /// Compiles a schema from its main file and the files it imports, each with the `schemaLocation` it is imported
    /// by. What the reader does not know is an error, and so is a file that none of the others imports.
    pub fn read(main: &str, imports: &[(&str, &str)]) -> Result<Schema, SchemaError> {
        let files = source::decode(main, imports)?;
        compile::compile(&source::parse(&files)?)
    }

    /// Judges a global element and all in it. Gives the faults in document order, no more than `most` of them.
    ///
    /// The work is bounded by the size of the document and the recursion by its depth.
    pub fn judge(&self, element: xml::Element<'_>, most: usize) -> Vec<Fault> {
        judge::judge(self, element, most)
    }

    fn is_derived(&self, asked: TypeId, declared: TypeId) -> bool {
        std::iter::successors(Some(asked), |id| self.types[id.0].base).any(|id| id == declared)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.rule)
    }
}

/// A name in its namespace, "" for none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Name {
    namespace: String,
    local: String,
}

impl Name {
    fn new(namespace: &str, local: &str) -> Name {
        Name { namespace: namespace.into(), local: local.into() }
    }

    fn is_of(&self, element: xml::Element<'_>) -> bool {
        element.is(&self.namespace, &self.local)
    }
}

/// The place of a type among those of its schema. Types know each other by it, since one may hold itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TypeId(usize);

#[derive(Clone, Debug)]
struct Type {
    base: Option<TypeId>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Simple(SimpleType),
    Complex { content: Content, attributes: Vec<AttributeUse> },
}

/// An attribute that elements of a type may or must have.
#[derive(Clone, Debug)]
struct AttributeUse {
    name: Name,
    type_id: TypeId,
    required: bool,
}
