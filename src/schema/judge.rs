//! Walks a message along a schema. A fault does not end the walk: it goes on where the rest still makes sense.

use super::content::{Content, Declaration, Particle};
use super::lexical::{collapse, is_blank, is_boolean};
use super::{AttributeUse, Fault, FaultKind, Kind, Name, Schema, TypeId};
use crate::xml::Element;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// A name is as long as its sender likes.
const LONGEST_PATH: usize = 200;

pub(super) fn judge(schema: &Schema, top: Element<'_>, most: usize) -> Vec<Fault> {
    let mut judge = Judge { schema, top, most, faults: Vec::new() };
    match schema.elements.get(&Name::new(top.namespace(), top.name())) {
        Some(declaration) => judge.element(top, declaration),
        None => judge.fault(top, FaultKind::Unknown, "is no element of the contract"),
    }
    judge.faults
}

struct Judge<'s, 'd> {
    schema: &'s Schema,
    top: Element<'d>,
    most: usize,
    faults: Vec<Fault>,
}

/// The children of an element on their way through its content model.
struct Children<'s, 'd> {
    parent: Element<'d>,
    all: Vec<Element<'d>>,
    next: usize,
    /// What was taken last, and how often it may be.
    last: Option<(&'s Name, Option<usize>)>,
    /// Those that stand where nothing wants them.
    strangers: Vec<Element<'d>>,
    /// Those that are wanted and were seen further on, where they will be strangers.
    displaced: Vec<&'s Name>,
}

/// What of a content model is still to come: parts of a sequence, then those of the sequence around it.
#[derive(Clone, Copy)]
struct Later<'s, 'l> {
    parts: &'s [Particle],
    outer: Option<&'l Later<'s, 'l>>,
}

impl<'s> Later<'s, '_> {
    fn mentions(&self, element: Element<'_>) -> bool {
        self.parts.iter().any(|part| part.mentions(element)) || self.outer.is_some_and(|outer| outer.mentions(element))
    }

    /// Adds the names that may come next, in order, and tells whether the parent may also end.
    fn expected(&self, names: &mut Vec<&'s str>) -> bool {
        let may_end = self.parts.iter().all(|part| {
            names.extend(local_names(part));
            part.may_be_empty()
        });
        may_end && self.outer.is_none_or(|outer| outer.expected(names))
    }
}

/// The names a part may begin with.
fn local_names(part: &Particle) -> Vec<&str> {
    part.starts().into_iter().map(|name| name.local.as_str()).collect()
}

impl<'d> Children<'_, 'd> {
    fn peek(&self) -> Option<Element<'d>> {
        self.all.get(self.next).copied()
    }

    fn has_later(&self, name: &Name) -> bool {
        self.all[self.next..].iter().any(|child| name.is_of(*child))
    }

    fn is_stranger(&self, name: &Name) -> bool {
        self.strangers.iter().any(|stranger| name.is_of(*stranger))
    }
}

impl<'s, 'd> Judge<'s, 'd> {
    fn element(&mut self, element: Element<'d>, declaration: &Declaration) {
        if self.is_full() {
            return;
        }
        let type_id = self.type_of(element, declaration.type_id);
        let nil = self.is_nil(element, declaration.nillable);
        let schema = self.schema;
        match &schema.types[type_id.0].kind {
            Kind::Simple(_) => {
                self.attributes(element, &[]);
                if nil { self.nothing(element) } else { self.value(element, type_id) }
            }
            Kind::Complex { content, attributes } => {
                self.attributes(element, attributes);
                if nil { self.nothing(element) } else { self.content(element, content) }
            }
        }
    }

    fn content(&mut self, element: Element<'d>, content: &'s Content) {
        match content {
            Content::Empty => self.nothing(element),
            Content::Simple(type_id) => self.value(element, *type_id),
            Content::Elements { particle, mixed } => {
                if !mixed && element.has_text() {
                    self.fault(element, FaultKind::Text, "must hold elements only, no text");
                }
                self.children(element, particle);
            }
        }
    }

    /// Holds an element to being empty, blanks included.
    fn nothing(&mut self, element: Element<'d>) {
        if !element.text().is_empty() {
            self.fault(element, FaultKind::Text, "must be empty");
        }
        if let Some(child) = element.children().next() {
            self.fault(child, FaultKind::Unexpected, "is not expected here; its parent must be empty");
        }
    }

    fn value(&mut self, element: Element<'d>, type_id: TypeId) {
        if let Some(child) = element.children().next() {
            return self.fault(child, FaultKind::Unexpected, "is not expected here; expected a value");
        }
        let Kind::Simple(simple) = &self.schema.types[type_id.0].kind else { return };
        if let Err(rule) = simple.judge(element.text()) {
            self.fault(element, FaultKind::Value, rule);
        }
    }

    fn children(&mut self, parent: Element<'d>, particle: &'s Particle) {
        let all = parent.children().collect();
        let mut children = Children { parent, all, next: 0, last: None, strangers: Vec::new(), displaced: Vec::new() };
        let nothing = Later { parts: &[], outer: None };
        self.particle(particle, nothing, &mut children);
        while children.peek().is_some() && !self.is_full() {
            self.stranger(&[], &mut children);
        }
        // A displaced element is told of where it stands, unless another place of the same name took it there.
        for name in std::mem::take(&mut children.displaced) {
            if !children.is_stranger(name) {
                self.missing(&name.local, 1, &children);
            }
        }
    }

    fn particle(&mut self, particle: &'s Particle, later: Later<'s, '_>, children: &mut Children<'s, 'd>) {
        self.pass_strangers(particle, particle.may_be_empty(), later, children);
        match particle {
            Particle::Element { declaration, least, most } => {
                let mut count = 0;
                while let Some(child) = children.peek().filter(|child| declaration.name.is_of(*child)) {
                    if most.is_some_and(|most| count == most) {
                        break;
                    }
                    count += 1;
                    children.next += 1;
                    children.last = Some((&declaration.name, *most));
                    self.element(child, declaration);
                    if most.is_none_or(|most| count < most) {
                        self.pass_strangers(particle, count >= *least, later, children);
                    }
                }
                if count < *least {
                    self.absent(&[&declaration.name], *least, children);
                }
            }
            Particle::Sequence { parts, optional } => {
                if *optional && !children.peek().is_some_and(|child| particle.starts_with(child)) {
                    return;
                }
                for (at, part) in parts.iter().enumerate() {
                    self.particle(part, Later { parts: &parts[at + 1..], outer: Some(&later) }, children);
                }
            }
            Particle::Choice { parts, .. } => {
                let next = children.peek();
                match parts.iter().find(|part| next.is_some_and(|child| part.starts_with(child))) {
                    Some(part) => self.particle(part, later, children),
                    None if particle.may_be_empty() => {}
                    None => self.absent(&particle.starts(), 1, children),
                }
            }
        }
    }

    /// Blames and passes over the elements that have a place neither here nor later. Whether what comes later may
    /// already come is told in the blame.
    fn pass_strangers(
        &mut self,
        particle: &'s Particle,
        may_go_on: bool,
        later: Later<'s, '_>,
        children: &mut Children<'s, 'd>,
    ) {
        while let Some(child) = children.peek() {
            if self.is_full() || particle.mentions(child) || later.mentions(child) {
                return;
            }
            let mut names = local_names(particle);
            if may_go_on {
                later.expected(&mut names);
            }
            self.stranger(&names, children);
        }
    }

    /// Blames the next element and passes over it.
    fn stranger(&mut self, expected: &[&str], children: &mut Children<'s, 'd>) {
        let Some(child) = children.peek() else { return };
        let (kind, rule) = match (children.last, expected) {
            (Some((last, Some(1))), _) if last.is_of(child) => (FaultKind::TooMany, "must not be repeated".into()),
            (Some((last, Some(most))), _) if last.is_of(child) => {
                (FaultKind::TooMany, format!("must not occur more than {most} times"))
            }
            (_, []) => (FaultKind::Unexpected, "is not expected here".into()),
            (_, [one]) => (FaultKind::Unexpected, format!("is not expected here; expected {one}")),
            (_, [first @ .., last]) => {
                (FaultKind::Unexpected, format!("is not expected here; expected {} or {last}", first.join(", ")))
            }
        };
        children.strangers.push(child);
        children.next += 1;
        self.fault(child, kind, rule);
    }

    /// What must be here is not: it is missing, or it stands elsewhere and is told of there.
    fn absent(&mut self, names: &[&'s Name], least: usize, children: &mut Children<'s, 'd>) {
        if names.iter().any(|name| children.is_stranger(name)) {
            return;
        }
        if let Some(displaced) = names.iter().find(|name| children.has_later(name)) {
            return children.displaced.push(displaced);
        }
        let names: Vec<&str> = names.iter().map(|name| name.local.as_str()).collect();
        self.missing(&names.join("|"), least, children);
    }

    fn missing(&mut self, name: &str, least: usize, children: &Children<'s, 'd>) {
        let path = format!("{}/{name}", self.path(children.parent));
        let rule = if least > 1 { format!("must occur at least {least} times") } else { "is missing".into() };
        self.push(path, FaultKind::Missing, rule);
    }

    fn attributes(&mut self, element: Element<'d>, declared: &[AttributeUse]) {
        for attribute in element.attributes() {
            let is_it =
                |it: &&AttributeUse| it.name.namespace == attribute.namespace() && it.name.local == attribute.name();
            match (attribute.namespace(), attribute.name(), declared.iter().find(is_it)) {
                (XSI, "type" | "nil" | "schemaLocation" | "noNamespaceSchemaLocation", _) => {}
                (.., Some(known)) => {
                    let Kind::Simple(simple) = &self.schema.types[known.type_id.0].kind else { continue };
                    if let Err(rule) = simple.judge(attribute.value().into()) {
                        self.attribute_fault(element, attribute.name(), rule);
                    }
                }
                (.., None) => self.attribute_fault(element, attribute.name(), "is not expected here"),
            }
        }
        for missing in declared.iter().filter(|it| it.required) {
            if element.attribute(&missing.name.namespace, &missing.name.local).is_none() {
                self.attribute_fault(element, &missing.name.local, "is missing");
            }
        }
    }

    /// The type an element has: the declared one, or the one its `xsi:type` asks for instead.
    fn type_of(&mut self, element: Element<'d>, declared: TypeId) -> TypeId {
        let Some(asked) = element.attribute(XSI, "type") else { return declared };
        let name = qualified_name(element, asked);
        match name.and_then(|name| self.schema.names.get(&name).copied()) {
            Some(id) if self.schema.is_derived(id, declared) => return id,
            Some(_) => self.attribute_fault(element, "xsi:type", "names a type that is not derived from the one here"),
            None => self.attribute_fault(element, "xsi:type", "is not the name of a type"),
        }
        declared
    }

    fn is_nil(&mut self, element: Element<'d>, nillable: bool) -> bool {
        let Some(nil) = element.attribute(XSI, "nil") else { return false };
        let nil = collapse(nil.into());
        if !nillable {
            self.attribute_fault(element, "xsi:nil", "is not allowed here");
        } else if !is_boolean(&nil) {
            self.attribute_fault(element, "xsi:nil", "must be true or false");
        }
        nillable && matches!(&*nil, "true" | "1")
    }

    fn is_full(&self) -> bool {
        self.faults.len() >= self.most
    }

    fn fault(&mut self, element: Element<'d>, kind: FaultKind, rule: impl Into<String>) {
        if !self.is_full() {
            self.push(self.path(element), kind, rule.into());
        }
    }

    fn attribute_fault(&mut self, element: Element<'d>, name: &str, rule: impl Into<String>) {
        if !self.is_full() {
            self.push(format!("{}/@{name}", self.path(element)), FaultKind::Attribute, rule.into());
        }
    }

    fn push(&mut self, path: String, kind: FaultKind, rule: String) {
        if !self.is_full() {
            self.faults.push(Fault { path: shortened(path), kind, rule });
        }
    }

    fn path(&self, element: Element<'d>) -> String {
        let mut steps = Vec::new();
        let mut here = Some(element);
        while let Some(step) = here.filter(|step| *step != self.top) {
            steps.push(numbered(step));
            here = step.parent();
        }
        steps.push(self.top.name().to_owned());
        steps.reverse();
        steps.join("/")
    }
}

/// The name of an element, with its number where its parent has several of that name.
fn numbered(element: Element<'_>) -> String {
    let siblings = element.parent().into_iter().flat_map(Element::children);
    let namesakes: Vec<Element<'_>> = siblings.filter(|it| it.is(element.namespace(), element.name())).collect();
    match namesakes.iter().position(|it| *it == element) {
        Some(at) if namesakes.len() > 1 => format!("{}[{}]", element.name(), at + 1),
        _ => element.name().to_owned(),
    }
}

/// The value of an `xsi:type`, with the prefixes in force.
fn qualified_name(element: Element<'_>, text: &str) -> Option<Name> {
    let text = text.trim_matches(is_blank);
    let (prefix, local) = match text.split_once(':') {
        Some(("", _)) => return None,
        Some(parts) => parts,
        None => ("", text),
    };
    element.resolve(prefix).map(|namespace| Name::new(namespace, local))
}

fn shortened(path: String) -> String {
    match path.char_indices().nth(LONGEST_PATH) {
        Some((end, _)) => format!("{}…", &path[..end]),
        None => path,
    }
}
