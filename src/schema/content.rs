//! Content models: which elements a complex type has, in which order and how often.

use super::{Name, TypeId};
use crate::xml;

/// What an element of a complex type holds.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Nothing, not even a blank.
    Empty,
    /// A value.
    Simple(TypeId),
    /// Elements, and text between them if it is mixed.
    Elements { particle: Particle, mixed: bool },
}

/// What a schema says of an element.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    pub(super) name: Name,
    pub(super) type_id: TypeId,
    pub(super) nillable: bool,
}

/// A part of a content model. Only elements repeat.
#[derive(Clone, Debug)]
pub(super) enum Particle {
    Element { declaration: Declaration, least: usize, most: Option<usize> },
    Sequence { parts: Vec<Particle>, optional: bool },
    Choice { parts: Vec<Particle>, optional: bool },
}

impl Particle {
    /// The names of the elements it may begin with.
    pub(super) fn starts(&self) -> Vec<&Name> {
        match self {
            Particle::Element { declaration, .. } => vec![&declaration.name],
            Particle::Choice { parts, .. } => parts.iter().flat_map(Particle::starts).collect(),
            Particle::Sequence { parts, .. } => {
                let skipped = parts.iter().take_while(|part| part.may_be_empty()).count();
                parts[..parts.len().min(skipped + 1)].iter().flat_map(Particle::starts).collect()
            }
        }
    }

    /// Whether it may begin with this element.
    pub(super) fn starts_with(&self, element: xml::Element<'_>) -> bool {
        match self {
            Particle::Element { declaration, .. } => declaration.name.is_of(element),
            Particle::Choice { parts, .. } => parts.iter().any(|part| part.starts_with(element)),
            Particle::Sequence { parts, .. } => {
                for part in parts {
                    if part.starts_with(element) {
                        return true;
                    }
                    if !part.may_be_empty() {
                        return false;
                    }
                }
                false
            }
        }
    }

    /// Whether nothing at all satisfies it.
    pub(super) fn may_be_empty(&self) -> bool {
        match self {
            Particle::Element { least, .. } => *least == 0,
            Particle::Sequence { parts, optional } => *optional || parts.iter().all(Particle::may_be_empty),
            Particle::Choice { parts, optional } => *optional || parts.iter().any(Particle::may_be_empty),
        }
    }

    /// Whether an element of that name has a place anywhere in it.
    pub(super) fn mentions(&self, element: xml::Element<'_>) -> bool {
        match self {
            Particle::Element { declaration, .. } => declaration.name.is_of(element),
            Particle::Sequence { parts, .. } | Particle::Choice { parts, .. } => {
                parts.iter().any(|part| part.mentions(element))
            }
        }
    }

    /// A name of which it would be open, given what may follow, which place in the model takes it.
    pub(super) fn ambiguity<'p>(&'p self, follow: &[&'p Name]) -> Option<&'p Name> {
        let starts = self.starts();
        let common = || starts.iter().find(|name| follow.contains(name)).copied();
        match self {
            Particle::Element { least, most, .. } => common().filter(|_| *most != Some(*least)),
            Particle::Sequence { parts, optional } => {
                let mut follow = follow.to_vec();
                let outer = common().filter(|_| *optional);
                for part in parts.iter().rev() {
                    if let Some(name) = part.ambiguity(&follow) {
                        return Some(name);
                    }
                    if !part.may_be_empty() {
                        follow.clear();
                    }
                    follow.extend(part.starts());
                }
                outer
            }
            Particle::Choice { parts, .. } => {
                let twice = starts.iter().enumerate().find(|(at, name)| starts[..*at].contains(name));
                let inner = parts.iter().find_map(|part| part.ambiguity(follow));
                inner.or(twice.map(|(_, name)| *name)).or(common().filter(|_| self.may_be_empty()))
            }
        }
    }
}
