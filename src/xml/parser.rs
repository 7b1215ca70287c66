//! From text to tree: `quick-xml` finds where each token begins and ends, everything else is decided here.
//!
//! `quick-xml` answers questions other than ours (it repairs, it tolerates), so of its events we keep only
//! the kind and the place. A token is then read again from the text itself, by the grammar. Nothing recurses,
//! and every loop moves forward: the work is proportional to the text, whatever the text is.

use std::borrow::Cow;

use quick_xml::errors::{Error as QuickXmlError, IllFormedError, SyntaxError};
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::XmlError;
use super::declaration::{self, quoted};
use super::document::{Attribute, Content, Document, Limits, Node, Piece};
use super::error::malformed;
use super::names::{illegal_character, is_blank, is_name, is_ncname, is_space, is_xml_char, split_qname};
use super::namespaces::{NONE, Scope, XMLNS_ID};

type Result<T> = std::result::Result<T, XmlError>;

/// Every number in a tree is at most the length of the text, so this keeps them all below [`NONE`].
const LONGEST: usize = NONE as usize - 1;

/// The state of reading one document.
pub(super) struct Parser<'a, 'l> {
    text: &'a str,
    limits: &'l Limits,
    document: Document<'a>,
    scope: Scope<'a>,
    open: Vec<Open<'a>>,
    /// The attributes of the tag at hand, kept to be filled again.
    attributes: Vec<Unresolved<'a>>,
    /// Their names, kept for the same reason.
    names: Vec<(u32, &'a str)>,
    /// Whether `]]>` occurs anywhere, so that most documents need not look for it in every text.
    has_cdata_end: bool,
}

/// An element whose end tag is still to come.
struct Open<'a> {
    /// The name as written, prefix included.
    name: &'a str,
    index: u32,
    last_child: u32,
    last_piece: u32,
    /// The innermost declaration outside the element.
    declaration: u32,
}

/// An attribute whose prefix waits for all declarations of its tag.
struct Unresolved<'a> {
    prefix: &'a str,
    name: &'a str,
    value: Cow<'a, str>,
}

impl<'a, 'l> Parser<'a, 'l> {
    pub(super) fn new(text: &'a str, limits: &'l Limits) -> Result<Self> {
        if text.len() > LONGEST {
            return Err(XmlError::Limit { what: "bytes", limit: LONGEST, at: LONGEST });
        }
        if let Some(at) = illegal_character(text) {
            return Err(XmlError::IllegalCharacter { at });
        }
        // A message of the node has an element every 40 bytes or so, and at most two texts for each. The
        // guess is kept modest, because it is made before the text has shown what it is.
        let elements = (text.len() / 40).min(1024);
        Ok(Parser {
            text,
            limits,
            document: Document {
                elements: Vec::with_capacity(elements),
                attributes: Vec::new(),
                pieces: Vec::with_capacity(elements * 2),
                declarations: Vec::new(),
                namespaces: Vec::new(),
            },
            scope: Scope::new(),
            open: Vec::with_capacity(16),
            attributes: Vec::new(),
            names: Vec::new(),
            has_cdata_end: text.contains("]]>"),
        })
    }

    /// Reads the whole text.
    pub(super) fn run(mut self) -> Result<Document<'a>> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        loop {
            let at = reader.buffer_position() as usize;
            self.refuse_before_reading(at)?;
            let event = reader.read_event().map_err(|error| in_our_words(&error, at))?;
            let token = &self.text[at..reader.buffer_position() as usize];
            match event {
                Event::Start(_) => self.start(&token[1..token.len() - 1], at)?,
                Event::Empty(_) => {
                    self.start(&token[1..token.len() - 2], at)?;
                    self.leave();
                }
                Event::End(_) => self.end(token, at)?,
                Event::Text(_) => self.characters(token, at)?,
                Event::GeneralRef(_) => self.reference(token, at)?,
                Event::CData(_) => self.cdata(token, at)?,
                Event::Comment(_) => comment(token, at)?,
                Event::PI(_) | Event::Decl(_) => instruction(token, at)?,
                Event::DocType(_) => return Err(XmlError::Doctype { at }),
                Event::Eof => break,
            }
        }
        self.finish()
    }

    /// What must not even be tokenised: a document type can be long and intricate, and a byte order mark
    /// would be skipped in silence.
    fn refuse_before_reading(&self, at: usize) -> Result<()> {
        let rest = &self.text.as_bytes()[at..];
        match rest {
            [b'<', b'!', b'D' | b'd', ..] => Err(XmlError::Doctype { at }),
            [0xEF, 0xBB, 0xBF, ..] if at == 0 => malformed("text outside the root element", at),
            _ => Ok(()),
        }
    }

    fn start(&mut self, inside: &'a str, at: usize) -> Result<()> {
        self.check_place(at)?;
        let (name, attributes) = inside.split_at(inside.find(is_space).unwrap_or(inside.len()));
        let Some((prefix, local)) = split_qname(name) else {
            return malformed("an ill-formed element name", at);
        };
        let declaration = self.scope.innermost;
        self.read_attributes(attributes, at)?;
        let namespace = self.scope.of_element(prefix).ok_or(XmlError::UndeclaredPrefix { at })?;
        let first_attribute = self.document.attributes.len() as u32;
        self.keep_attributes(at)?;

        let index = self.document.elements.len() as u32;
        let parent = self.adopt(index);
        self.document.elements.push(Node {
            name: local,
            namespace,
            parent,
            next_sibling: NONE,
            first_attribute,
            attributes: self.document.attributes.len() as u32 - first_attribute,
            first_piece: NONE,
            innermost_declaration: self.scope.innermost,
        });
        self.open.push(Open { name, index, last_child: NONE, last_piece: NONE, declaration });
        Ok(())
    }

    /// Whether an element may begin here.
    fn check_place(&self, at: usize) -> Result<()> {
        let (depth, elements) = (self.open.len(), self.document.elements.len());
        if depth == 0 && elements > 0 {
            return malformed("a second root element", at);
        }
        check_limit("levels of elements", depth, self.limits.depth, at)?;
        check_limit("elements", elements, self.limits.elements, at)
    }

    /// Hangs a new element under the innermost open one, and tells which that is.
    fn adopt(&mut self, child: u32) -> u32 {
        let Some(parent) = self.open.last_mut() else { return NONE };
        let elder = std::mem::replace(&mut parent.last_child, child);
        if let Some(elder) = self.document.elements.get_mut(elder as usize) {
            elder.next_sibling = child;
        }
        parent.index
    }

    /// Reads the attributes of a tag: declarations into the scope, the others aside.
    fn read_attributes(&mut self, mut rest: &'a str, at: usize) -> Result<()> {
        self.attributes.clear();
        self.names.clear();
        loop {
            let trimmed = rest.trim_start_matches(is_space);
            if trimmed.is_empty() {
                return Ok(());
            }
            if trimmed.len() == rest.len() {
                return malformed("attributes without white space between them", at);
            }
            let Some((name, value, after)) = split_attribute(trimmed) else {
                return malformed("an ill-formed attribute", at);
            };
            let read = self.attributes.len() + self.names.len();
            check_limit("attributes", read, self.limits.attributes, at)?;
            self.read_attribute(name, value, at)?;
            rest = after;
        }
    }

    fn read_attribute(&mut self, name: &'a str, value: &'a str, at: usize) -> Result<()> {
        let Some((prefix, name)) = split_qname(name) else {
            return malformed("an ill-formed attribute name", at);
        };
        let value = attribute_value(value, at)?;
        let declared = match (prefix, name) {
            ("", "xmlns") => "",
            ("xmlns", prefix) => prefix,
            _ => {
                self.attributes.push(Unresolved { prefix, name, value });
                return Ok(());
            }
        };
        self.names.push((XMLNS_ID, name));
        self.scope.declare(declared, &value).or_else(|reason| malformed(reason, at))
    }

    /// Resolves the attributes read aside and keeps them, unless two are the same once resolved.
    fn keep_attributes(&mut self, at: usize) -> Result<()> {
        for Unresolved { prefix, name, value } in self.attributes.drain(..) {
            let id = self.scope.of_attribute(prefix).ok_or(XmlError::UndeclaredPrefix { at })?;
            let namespace = self.scope.names[id as usize].clone();
            self.names.push((id, name));
            self.document.attributes.push(Attribute { namespace, name, value });
        }
        if self.names.len() > 1 {
            self.names.sort_unstable();
            if self.names.windows(2).any(|pair| pair[0] == pair[1]) {
                return malformed("an attribute given twice", at);
            }
        }
        Ok(())
    }

    fn end(&mut self, token: &str, at: usize) -> Result<()> {
        let name = token[2..token.len() - 1].trim_end_matches(is_space);
        match self.open.last() {
            Some(open) if open.name == name => {
                self.leave();
                Ok(())
            }
            Some(_) => malformed("an end tag that does not match its start tag", at),
            None => malformed("an end tag without a start tag", at),
        }
    }

    fn leave(&mut self) {
        if let Some(open) = self.open.pop() {
            self.scope.leave(open.declaration);
        }
    }

    fn characters(&mut self, text: &'a str, at: usize) -> Result<()> {
        if self.has_cdata_end && text.contains("]]>") {
            return malformed("]]> in text", at);
        }
        if self.open.is_empty() && is_blank(text) { Ok(()) } else { self.keep(Content::Text(text), at) }
    }

    fn reference(&mut self, token: &str, at: usize) -> Result<()> {
        let c = referenced(&token[1..token.len() - 1], at)?;
        self.keep(Content::Char(c), at)
    }

    fn cdata(&mut self, token: &'a str, at: usize) -> Result<()> {
        self.keep(Content::Text(&token["<![CDATA[".len()..token.len() - "]]>".len()]), at)
    }

    /// Adds to the character data of the innermost open element.
    fn keep(&mut self, content: Content<'a>, at: usize) -> Result<()> {
        let Some(open) = self.open.last_mut() else {
            return malformed("text outside the root element", at);
        };
        let index = self.document.pieces.len() as u32;
        self.document.pieces.push(Piece { content, next: NONE });
        let before = std::mem::replace(&mut open.last_piece, index);
        match self.document.pieces.get_mut(before as usize) {
            Some(before) => before.next = index,
            None => self.document.elements[open.index as usize].first_piece = index,
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Document<'a>> {
        let end = self.text.len();
        if !self.open.is_empty() {
            return malformed("the document ends inside an element", end);
        }
        if self.document.elements.is_empty() {
            return malformed("a document without a root element", end);
        }
        self.document.declarations = self.scope.declarations;
        self.document.namespaces = self.scope.names;
        Ok(self.document)
    }
}

/// Whether there may be one more, `count` of them being there.
fn check_limit(what: &'static str, count: usize, limit: usize, at: usize) -> Result<()> {
    if count < limit { Ok(()) } else { Err(XmlError::Limit { what, limit, at }) }
}

/// The tokeniser's complaints, whose own words repeat names and text.
fn in_our_words(error: &QuickXmlError, at: usize) -> XmlError {
    let reason = match error {
        QuickXmlError::Syntax(SyntaxError::UnclosedComment) => "an ill-formed comment, or one without an end",
        QuickXmlError::Syntax(SyntaxError::UnclosedCData) => "an ill-formed CDATA section, or one without an end",
        QuickXmlError::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl) => {
            "a processing instruction without an end"
        }
        QuickXmlError::Syntax(SyntaxError::InvalidBangMarkup) => "markup that belongs in a document type",
        QuickXmlError::IllFormed(IllFormedError::UnclosedReference) => "an ampersand that begins no reference",
        _ => "a tag without an end",
    };
    XmlError::Malformed { reason, at }
}

/// An attribute's name, its raw value, and what follows.
fn split_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once('=')?;
    let (value, rest) = quoted(rest)?;
    Some((name.trim_end_matches(is_space), value, rest))
}

/// Replaces references and normalises white space (XML 1.0, section 3.3.3, for attributes of no known type).
fn attribute_value(raw: &str, at: usize) -> Result<Cow<'_, str>> {
    if !raw.bytes().any(|b| matches!(b, b'<' | b'&' | b'\t' | b'\n' | b'\r')) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(special) = rest.find(['<', '&', '\t', '\n', '\r']) {
        let (before, from) = rest.split_at(special);
        value.push_str(before);
        rest = &from[1..];
        if from.starts_with('<') {
            return malformed("a < in an attribute", at);
        }
        if from.starts_with('&') {
            let Some((name, after)) = rest.split_once(';') else {
                return malformed("an ampersand that begins no reference", at);
            };
            value.push(referenced(name, at)?);
            rest = after;
        } else {
            value.push(' ');
        }
    }
    value.push_str(rest);
    Ok(Cow::Owned(value))
}

/// The character a reference stands for, given what is between `&` and `;`.
fn referenced(name: &str, at: usize) -> Result<char> {
    let number = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "apos" => return Ok('\''),
        "quot" => return Ok('"'),
        _ => match (name.strip_prefix("#x"), name.strip_prefix('#')) {
            (Some(digits), _) => code_point(digits, 16),
            (None, Some(digits)) => code_point(digits, 10),
            _ if is_name(name) => return Err(XmlError::Entity { at }),
            _ => None,
        },
    };
    match number {
        Some(number) => char::from_u32(number).filter(|c| is_xml_char(*c)).ok_or(XmlError::IllegalCharacter { at }),
        None => malformed("an ampersand that begins no reference", at),
    }
}

/// Digits to a number, however many zeros lead; `None` if they are not digits.
fn code_point(digits: &str, radix: u32) -> Option<u32> {
    let add = |number: u32, c: char| Some(number.saturating_mul(radix).saturating_add(c.to_digit(radix)?));
    if digits.is_empty() { None } else { digits.chars().try_fold(0, add) }
}

fn comment(token: &str, at: usize) -> Result<()> {
    let text = &token["<!--".len()..token.len() - "-->".len()];
    if text.contains("--") || text.ends_with('-') {
        return malformed("-- in a comment", at);
    }
    Ok(())
}

fn instruction(token: &str, at: usize) -> Result<()> {
    let inside = &token[2..token.len() - 2];
    let target = inside.split(is_space).next().unwrap_or_default();
    if target == "xml" && at == 0 {
        return declaration::encoding(inside).map(|_| ());
    }
    if target.eq_ignore_ascii_case("xml") {
        return malformed("an XML declaration that is not at the start", at);
    }
    if is_ncname(target) { Ok(()) } else { malformed("an ill-formed processing instruction", at) }
}
