//! A document as a tree of elements, all in one vector and borrowing from the text they were read from.
//! Comments and processing instructions are checked and forgotten; `parser.rs` does the reading.

use std::borrow::Cow;
use std::fmt;
use std::iter::successors;
use std::sync::Arc;

use super::XmlError;
use super::names::{is_blank, is_space};
use super::namespaces::{Declaration, XML};
use super::parser::Parser;

/// How large a document we are willing to read, beyond its length in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Elements inside one another, the root included.
    pub depth: usize,
    /// Attributes of one element, namespace declarations included.
    pub attributes: usize,
    /// Elements in all.
    pub elements: usize,
}

impl Default for Limits {
    /// Several times what the largest message of the node needs: a receipt of five transfers, each with its
    /// metadata, is nine levels deep and has some four hundred elements.
    fn default() -> Self {
        Limits { depth: 64, attributes: 64, elements: 20_000 }
    }
}

/// A well-formed document.
pub struct Document<'a> {
    /// In document order, so that an element's first child is its neighbour.
    pub(super) elements: Vec<Node<'a>>,
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) pieces: Vec<Piece<'a>>,
    pub(super) declarations: Vec<Declaration<'a>>,
    pub(super) namespaces: Vec<Arc<str>>,
}

/// An element as it is kept. Numbers are indices into the vectors of [`Document`]; `NONE` is no index.
pub(super) struct Node<'a> {
    pub(super) name: &'a str,
    pub(super) namespace: u32,
    pub(super) parent: u32,
    pub(super) next_sibling: u32,
    pub(super) first_attribute: u32,
    pub(super) attributes: u32,
    pub(super) first_piece: u32,
    pub(super) innermost_declaration: u32,
}

/// A stretch of the character data directly inside an element.
pub(super) struct Piece<'a> {
    pub(super) content: Content<'a>,
    /// The element's next piece.
    pub(super) next: u32,
}

/// Character data as it stands in the text, or a character written as a reference.
#[derive(Clone, Copy)]
pub(super) enum Content<'a> {
    Text(&'a str),
    Char(char),
}

impl<'a> Document<'a> {
    /// Reads a document from text that [`decode`](super::decode) has prepared.
    pub fn parse(text: &'a str, limits: &Limits) -> Result<Document<'a>, XmlError> {
        Parser::new(text, limits)?.run()
    }

    /// The outermost element.
    pub fn root(&self) -> Element<'_> {
        Element { document: self, index: 0 }
    }
}

/// An element of a document; a cheap handle to be passed by value.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document<'d>,
    index: u32,
}

/// The same element of the same document; what it says is not compared.
impl PartialEq for Element<'_> {
    fn eq(&self, other: &Element<'_>) -> bool {
        self.index == other.index && std::ptr::addr_eq(self.document, other.document)
    }
}

impl<'d> Element<'d> {
    /// The name without its prefix.
    pub fn name(self) -> &'d str {
        self.node().name
    }

    /// The name of the namespace, "" for none.
    pub fn namespace(self) -> &'d str {
        &self.document.namespaces[self.node().namespace as usize]
    }

    /// Whether this is the element of that name in that namespace.
    pub fn is(self, namespace: &str, name: &str) -> bool {
        self.name() == name && self.namespace() == namespace
    }

    /// The element this one stands in; none for the root.
    pub fn parent(self) -> Option<Element<'d>> {
        self.at(self.node().parent)
    }

    /// The elements directly inside this one, in order.
    pub fn children(self) -> impl Iterator<Item = Element<'d>> {
        let first = self.at(self.index + 1).filter(|next| next.node().parent == self.index);
        successors(first, |child| child.at(child.node().next_sibling))
    }

    /// The first child of that name in no namespace, as the node's messages have them (domain.md 3.0).
    pub fn child(self, name: &str) -> Option<Element<'d>> {
        self.children().find(|child| child.is("", name))
    }

    /// The character data directly inside this element, joined; that of its children is theirs.
    pub fn text(self) -> Cow<'d, str> {
        let mut pieces = self.pieces();
        match (pieces.next(), pieces.next()) {
            (None, _) => Cow::Borrowed(""),
            (Some(Content::Text(text)), None) => Cow::Borrowed(text),
            _ => Cow::Owned(self.pieces().fold(String::new(), |mut joined, piece| {
                match piece {
                    Content::Text(text) => joined.push_str(text),
                    Content::Char(c) => joined.push(c),
                }
                joined
            })),
        }
    }

    /// Whether there is any character data other than white space directly inside this element.
    pub fn has_text(self) -> bool {
        self.pieces().any(|piece| match piece {
            Content::Text(text) => !is_blank(text),
            Content::Char(c) => !is_space(c),
        })
    }

    /// The attributes in order, namespace declarations left out.
    pub fn attributes(self) -> &'d [Attribute<'d>] {
        let (first, count) = (self.node().first_attribute as usize, self.node().attributes as usize);
        &self.document.attributes[first..first + count]
    }

    /// The value of the attribute of that name in that namespace ("" for none).
    pub fn attribute(self, namespace: &str, name: &str) -> Option<&'d str> {
        let mut attributes = self.attributes().iter();
        attributes.find(|a| a.name() == name && a.namespace() == namespace).map(Attribute::value)
    }

    /// The namespace a prefix stands for here, as needed for the value of `xsi:type`.
    ///
    /// The prefix "" asks for the default namespace, which is "" when none is declared.
    pub fn resolve(self, prefix: &str) -> Option<&'d str> {
        let document = self.document;
        let innermost = document.declarations.get(self.node().innermost_declaration as usize);
        let mut in_force = successors(innermost, |inner| document.declarations.get(inner.outer as usize));
        match in_force.find(|declaration| declaration.prefix == prefix) {
            Some(declaration) => Some(&document.namespaces[declaration.namespace as usize]),
            None if prefix.is_empty() => Some(""),
            None => (prefix == "xml").then_some(XML),
        }
    }

    /// The local names from the root to this element, as in `Envelope/Body/paSendRTReq`.
    pub fn path(self) -> String {
        let up = successors(Some(self), |element| element.parent());
        let mut names: Vec<&str> = up.map(Element::name).collect();
        names.reverse();
        names.join("/")
    }

    fn pieces(self) -> impl Iterator<Item = Content<'d>> {
        let pieces = &self.document.pieces;
        let first = pieces.get(self.node().first_piece as usize);
        successors(first, |piece| pieces.get(piece.next as usize)).map(|piece| piece.content)
    }

    fn node(self) -> &'d Node<'d> {
        &self.document.elements[self.index as usize]
    }

    fn at(self, index: u32) -> Option<Element<'d>> {
        ((index as usize) < self.document.elements.len()).then_some(Element { index, ..self })
    }
}

/// An attribute that is not a namespace declaration.
pub struct Attribute<'a> {
    pub(super) namespace: Arc<str>,
    pub(super) name: &'a str,
    pub(super) value: Cow<'a, str>,
}

impl Attribute<'_> {
    /// The name of the namespace, "" for none; an attribute does not take on the default namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name without its prefix.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The value, references replaced and white space normalised.
    pub fn value(&self) -> &str {
        &self.value
    }
}

// Documents hold people's data, so what `{:?}` shows is their shape.

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("elements", &self.elements.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Element").field(&self.name()).finish()
    }
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Attribute").field(&self.name).finish()
    }
}
