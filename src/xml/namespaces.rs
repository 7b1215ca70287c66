//! Which prefix means what, while a document is read.
//!
//! A hostile document can declare thousands of prefixes and name each namespace with a megabyte. So names
//! are interned and compared as numbers, and a prefix is found by hashing, never by walking the scope.

use std::collections::HashMap;
use std::sync::Arc;

/// The namespace the prefix `xml` is bound to, always.
pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of the declarations themselves.
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The number of no namespace at all.
pub(super) const NO_NAMESPACE: u32 = 0;
/// The number of [`XML`].
pub(super) const XML_ID: u32 = 1;
/// The number of [`XMLNS`].
pub(super) const XMLNS_ID: u32 = 2;
/// No declaration, or no namespace known for a prefix.
pub(super) const NONE: u32 = u32::MAX;

/// One `xmlns="…"` or `xmlns:prefix="…"`.
pub(super) struct Declaration<'a> {
    /// The prefix, "" for the default namespace.
    pub(super) prefix: &'a str,
    /// The number of the namespace.
    pub(super) namespace: u32,
    /// The declaration that was innermost before this one.
    pub(super) outer: u32,
    /// What the prefix meant before.
    shadowed: u32,
}

/// The declarations in force, and every namespace seen so far.
pub(super) struct Scope<'a> {
    /// The names of the namespaces by number.
    pub(super) names: Vec<Arc<str>>,
    ids: HashMap<Arc<str>, u32>,
    /// Every declaration ever made; those in force are chained from `innermost` by `outer`.
    pub(super) declarations: Vec<Declaration<'a>>,
    /// The last declaration in force.
    pub(super) innermost: u32,
    default: u32,
    bound: HashMap<&'a str, u32>,
}

impl<'a> Scope<'a> {
    /// The scope in which a root element stands.
    pub(super) fn new() -> Self {
        let mut scope = Scope {
            names: Vec::with_capacity(8),
            ids: HashMap::with_capacity(8),
            declarations: Vec::with_capacity(8),
            innermost: NONE,
            default: NO_NAMESPACE,
            bound: HashMap::with_capacity(8),
        };
        for reserved in ["", XML, XMLNS] {
            scope.intern(reserved);
        }
        scope
    }

    fn intern(&mut self, name: &str) -> u32 {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let (id, name) = (self.names.len() as u32, Arc::<str>::from(name));
        self.names.push(name.clone());
        self.ids.insert(name, id);
        id
    }

    /// Adds a declaration, or says why it cannot be (Namespaces in XML 1.0, sections 3 and 5).
    pub(super) fn declare(&mut self, prefix: &'a str, name: &str) -> Result<(), &'static str> {
        let namespace = self.intern(name);
        match (prefix, namespace) {
            ("xml", XML_ID) => return Ok(()),
            ("xml" | "xmlns", _) => return Err("a reserved namespace prefix declared anew"),
            (_, XML_ID | XMLNS_ID) => return Err("a reserved namespace bound to another prefix"),
            ("", _) => {}
            (_, NO_NAMESPACE) => return Err("a namespace prefix undeclared, which only version 1.1 allows"),
            _ => {}
        }
        let shadowed = self.bind(prefix, namespace);
        self.declarations.push(Declaration { prefix, namespace, outer: self.innermost, shadowed });
        self.innermost = self.declarations.len() as u32 - 1;
        Ok(())
    }

    /// Leaves an element: takes back the declarations made since `innermost` was this one.
    pub(super) fn leave(&mut self, innermost: u32) {
        while self.innermost != innermost {
            let Declaration { prefix, outer, shadowed, .. } = self.declarations[self.innermost as usize];
            self.bind(prefix, shadowed);
            self.innermost = outer;
        }
    }

    fn bind(&mut self, prefix: &'a str, namespace: u32) -> u32 {
        if prefix.is_empty() {
            std::mem::replace(&mut self.default, namespace)
        } else {
            self.bound.insert(prefix, namespace).unwrap_or(NONE)
        }
    }

    /// The namespace of an element with this prefix.
    pub(super) fn of_element(&self, prefix: &str) -> Option<u32> {
        if prefix.is_empty() { Some(self.default) } else { self.of_prefix(prefix) }
    }

    /// The namespace of an attribute with this prefix: the default namespace is for elements alone.
    pub(super) fn of_attribute(&self, prefix: &str) -> Option<u32> {
        if prefix.is_empty() { Some(NO_NAMESPACE) } else { self.of_prefix(prefix) }
    }

    fn of_prefix(&self, prefix: &str) -> Option<u32> {
        match prefix {
            "xml" => Some(XML_ID),
            _ => self.bound.get(prefix).copied().filter(|namespace| *namespace != NONE),
        }
    }
}
