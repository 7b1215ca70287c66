//! A message while it is being made: a tree whose text may be anything, legal or not, until it becomes bytes.
//!
//! A [`Draft`] starts valid, in one of the many ways callers write the same message; the mutations then change it.
//! Markup is kept as written, so a draft can hold what no XML writer would let through.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::contract::{Field, Kind, OPERATIONS, Operation};

pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub const PAFN: &str = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd";
pub const COMMON: &str = "http://pagopa-api.pagopa.gov.it/xsd/common-types/v1.0.0/";
pub const XS: &str = "http://www.w3.org/2001/XMLSchema";
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A character that stands for bytes which no text can hold.
pub const PLACEHOLDER: &str = "\u{f8ff}";

/// A finished message, and the names of what was done to it.
#[derive(Clone)]
pub struct Message {
    pub operation: &'static str,
    pub bytes: Vec<u8>,
    pub content_type: String,
    pub charset: Option<&'static str>,
    pub what: Vec<String>,
}

#[derive(Clone)]
pub struct Element {
    /// As written, with its prefix.
    pub name: String,
    /// As written: `name="value"`, or whatever a mutation made of it.
    pub attributes: Vec<String>,
    pub content: Vec<Node>,
    /// What the schema says of this element, for the mutations that need to know.
    pub field: Option<&'static Field>,
}

#[derive(Clone)]
pub enum Node {
    Element(Element),
    /// Text that is escaped when it is written.
    Text(String),
    /// Text that is written as it is.
    Markup(String),
}

#[derive(Clone, Copy, PartialEq)]
pub enum Encoding {
    Utf8,
    Utf8WithMark,
    Utf16Le,
    Utf16Be,
    Latin1,
}

#[derive(Clone, Copy)]
pub enum Noise {
    Replace,
    Insert,
    Remove,
}

/// Where an element is: the positions to follow from the request down.
type Place = Vec<usize>;

#[derive(Clone)]
pub struct Draft {
    pub operation: &'static Operation,
    pub prolog: String,
    pub envelope: Element,
    pub epilog: String,
    pub encoding: Encoding,
    pub charset: Option<&'static str>,
    /// Written in place of each [`PLACEHOLDER`], once the text is bytes.
    pub raw: &'static [u8],
    /// What happens to one byte, where in the message (0 to 1), and the new byte.
    pub noise: Option<(Noise, f64, u8)>,
    /// How much of the message is sent (0 to 1).
    pub cut_at: Option<f64>,
}

impl Element {
    pub fn new(name: impl Into<String>) -> Element {
        Element { name: name.into(), attributes: Vec::new(), content: Vec::new(), field: None }
    }

    fn with(mut self, child: Element) -> Element {
        self.content.push(Node::Element(child));
        self
    }

    /// An element for a field and, if it is a structure, all its fields, filled with valid values.
    pub fn of(field: &'static Field, rng: &mut StdRng) -> Element {
        let mut element = Element { field: Some(field), ..Element::new(field.name) };
        if let Kind::Structure(fields) = field.kind {
            element.content = fields.iter().map(|field| Node::Element(Element::of(field, rng))).collect();
        } else {
            element.content = vec![Node::Text(field.valid_value(rng))];
        }
        element
    }

    pub fn local_name(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or_default()
    }

    pub fn prefix(&self) -> Option<&str> {
        self.name.split_once(':').map(|(prefix, _)| prefix)
    }

    pub fn kind(&self) -> Option<Kind> {
        self.field.map(|field| field.kind)
    }

    pub fn is_structure(&self) -> bool {
        matches!(self.kind(), None | Some(Kind::Structure(_)))
    }

    pub fn children(&self) -> impl Iterator<Item = (usize, &Element)> {
        self.content.iter().enumerate().filter_map(|(at, node)| match node {
            Node::Element(child) => Some((at, child)),
            _ => None,
        })
    }

    pub fn children_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.content.iter_mut().filter_map(|node| match node {
            Node::Element(child) => Some(child),
            _ => None,
        })
    }

    /// The text of a value, as long as nothing has been done to it.
    pub fn plain_value(&self) -> Option<&str> {
        match self.content.as_slice() {
            [Node::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Adds an attribute, as written. Always `Some`, so that a mutation can end with it.
    pub fn add_attribute(&mut self, attribute: impl Into<String>) -> Option<()> {
        self.attributes.push(attribute.into());
        Some(())
    }

    /// Adds something after all there is. Always `Some`, so that a mutation can end with it.
    pub fn append(&mut self, node: Node) -> Option<()> {
        self.content.push(node);
        Some(())
    }

    /// Changes the name. Always `Some`, so that a mutation can end with it.
    pub fn rename(&mut self, name: impl Into<String>) -> Option<()> {
        self.name = name.into();
        Some(())
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for attribute in &self.attributes {
            out.push(' ');
            out.push_str(attribute);
        }
        if self.content.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for node in &self.content {
            match node {
                Node::Element(child) => child.write(out),
                Node::Text(text) => escape(text, out),
                Node::Markup(markup) => out.push_str(markup),
            }
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
}

impl Draft {
    /// A valid request, written in one of the ways that mean the same.
    pub fn valid(rng: &mut StdRng) -> Draft {
        let operation = OPERATIONS.choose(rng).unwrap();
        let soap = *["soapenv", "soap", "s", "SOAP-ENV", "S"].choose(rng).unwrap();
        let pafn = *["pafn", "paf", "p", "ns0", "tns"].choose(rng).unwrap();

        let mut request = Element::new(format!("{pafn}:{}", operation.request));
        for field in operation.fields {
            if !field.optional || rng.random() {
                request.content.push(Node::Element(Element::of(field, rng)));
            }
        }
        let mut envelope = Element::new(format!("{soap}:Envelope"));
        envelope.attributes.push(format!("xmlns:{soap}=\"{SOAP}\""));
        if rng.random() {
            envelope = envelope.with(Element::new(format!("{soap}:Header")));
        }
        let envelope = envelope.with(Element::new(format!("{soap}:Body")).with(request));

        let prolog =
            *["", "", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<?xml version='1.0' encoding='utf-8'?>\n"]
                .choose(rng)
                .unwrap();
        let mut draft = Draft {
            operation,
            prolog: prolog.into(),
            envelope,
            epilog: String::new(),
            encoding: Encoding::Utf8,
            charset: *[None, Some("utf-8"), Some("UTF-8")].choose(rng).unwrap(),
            raw: b"",
            noise: None,
            cut_at: None,
        };
        draft.declare(rng, pafn, PAFN);
        draft
    }

    /// The bytes to send; none if the text does not exist in the draft's encoding.
    pub fn into_message(self, what: Vec<String>) -> Option<Message> {
        let mut text = self.prolog.clone();
        self.envelope.write(&mut text);
        text.push_str(&self.epilog);
        let mut bytes = self.encoding.encode(&text)?;
        if !self.raw.is_empty() {
            bytes = replace_all(&bytes, &self.encoding.encode_characters(PLACEHOLDER)?, self.raw);
        }
        if let Some((change, share, byte)) = self.noise {
            let at = part(&bytes, share);
            match change {
                Noise::Replace => bytes[at] = byte,
                Noise::Insert => bytes.insert(at, byte),
                Noise::Remove => drop(bytes.remove(at)),
            }
        }
        if let Some(share) = self.cut_at {
            bytes.truncate(part(&bytes, share));
        }
        let content_type = self.charset.map_or("text/xml".into(), |charset| format!("text/xml; charset={charset}"));
        Some(Message { operation: self.operation.name, bytes, content_type, charset: self.charset, what })
    }

    /// Declares a prefix on the Envelope, the Body or the request: wherever it is, it holds inside the request.
    pub fn declare(&mut self, rng: &mut StdRng, prefix: &str, uri: &str) -> Option<()> {
        let declaration = format!("xmlns:{prefix}=\"{uri}\"");
        let holder = match rng.random_range(0..3) {
            0 => &mut self.envelope,
            1 => self.body()?,
            _ => self.request()?,
        };
        holder.attributes.push(declaration);
        Some(())
    }

    pub fn body(&mut self) -> Option<&mut Element> {
        self.envelope.children_mut().find(|part| part.local_name() == "Body")
    }

    pub fn request(&mut self) -> Option<&mut Element> {
        self.body()?.children_mut().next()
    }

    /// A random element of the request, itself included, among those that are wanted.
    pub fn pick(&mut self, rng: &mut StdRng, wanted: impl Fn(&Element) -> bool) -> Option<&mut Element> {
        let mut places = Vec::new();
        let request = self.request()?;
        collect(request, &mut Vec::new(), &wanted, &mut places);
        let place = places.choose(rng)?;
        Some(place.iter().fold(self.request()?, |element, at| match &mut element.content[*at] {
            Node::Element(child) => child,
            _ => unreachable!("a place leads through elements"),
        }))
    }

    /// A random value of the request, of any kind, that is still as it was made.
    pub fn pick_value(&mut self, rng: &mut StdRng) -> Option<&mut Element> {
        self.pick(rng, |element| element.plain_value().is_some())
    }
}

fn collect(element: &Element, here: &mut Place, wanted: &impl Fn(&Element) -> bool, found: &mut Vec<Place>) {
    if wanted(element) {
        found.push(here.clone());
    }
    for (at, child) in element.children() {
        here.push(at);
        collect(child, here, wanted, found);
        here.pop();
    }
}

impl Encoding {
    fn encode(self, text: &str) -> Option<Vec<u8>> {
        let mark: &[u8] = match self {
            Encoding::Utf8 | Encoding::Latin1 => b"",
            Encoding::Utf8WithMark => b"\xEF\xBB\xBF",
            Encoding::Utf16Le => b"\xFF\xFE",
            Encoding::Utf16Be => b"\xFE\xFF",
        };
        Some([mark, &self.encode_characters(text)?].concat())
    }

    fn encode_characters(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Encoding::Utf8 | Encoding::Utf8WithMark => Some(text.into()),
            Encoding::Utf16Le => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Encoding::Utf16Be => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Encoding::Latin1 => text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect(),
        }
    }
}

/// The position that is so much (0 to 1) of the way through.
fn part(bytes: &[u8], share: f64) -> usize {
    (bytes.len() as f64 * share) as usize
}

fn replace_all(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut rest = bytes;
    let mut replaced = Vec::with_capacity(bytes.len());
    while let Some(first) = rest.first() {
        if rest.starts_with(old) {
            replaced.extend_from_slice(new);
            rest = &rest[old.len()..];
        } else {
            replaced.push(*first);
            rest = &rest[1..];
        }
    }
    replaced
}
