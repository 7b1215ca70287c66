//! From the files of a schema to its elements and types, in the order in which one asks for the other.

use std::collections::{HashMap, HashSet};

use super::builtin::{BUILTINS, XS};
use super::content::{Content, Declaration, Particle};
use super::simple::SimpleType;
use super::source::{Construct, File, SchemaError};
use super::{AttributeUse, Kind, Name, Schema, Type, TypeId};

const FACETS: [&str; 12] = [
    "enumeration",
    "pattern",
    "length",
    "minLength",
    "maxLength",
    "minInclusive",
    "minExclusive",
    "maxInclusive",
    "maxExclusive",
    "totalDigits",
    "fractionDigits",
    "whiteSpace",
];
const PARTICLES: [&str; 4] = ["element", "group", "sequence", "choice"];

pub(super) fn compile(files: &[File<'_>]) -> Result<Schema, SchemaError> {
    let mut compiler = Compiler::default();
    compiler.add_builtins();
    for file in files {
        compiler.index(file.root(), files)?;
    }
    if let Some(idle) = files.iter().skip(1).find(|file| !compiler.imported.contains(file.location)) {
        return Err(idle.root().error("no file imports it"));
    }
    for (name, construct) in compiler.types.clone() {
        compiler.named_type(&name, construct)?;
    }
    // A group nobody refers to must be right as well.
    for construct in compiler.groups.clone().into_values() {
        compiler.group(construct)?;
    }
    let mut elements = HashMap::new();
    for (name, construct) in compiler.elements.clone() {
        elements.insert(name.clone(), compiler.global_element(name, construct)?);
    }
    // Whatever was reserved has been filled: nothing above returns without it.
    let types = compiler.compiled.into_iter().flatten().collect();
    Ok(Schema { elements, types, names: compiler.names })
}

/// What has been found so far, by name, and what has been made of it.
#[derive(Default)]
struct Compiler<'d> {
    elements: HashMap<Name, Construct<'d>>,
    types: HashMap<Name, Construct<'d>>,
    groups: HashMap<Name, Construct<'d>>,
    /// The types made; none for one that is being made.
    compiled: Vec<Option<Type>>,
    names: HashMap<Name, TypeId>,
    /// How many groups we are inside of, so that one which holds itself is found out.
    groups_deep: usize,
    /// Where the files are that others import.
    imported: HashSet<&'d str>,
}

impl<'d> Compiler<'d> {
    fn add_builtins(&mut self) {
        for builtin in &BUILTINS {
            let base = builtin.base.and_then(|base| self.names.get(&Name::new(XS, base)).copied());
            let id = self.reserve(Some(&Name::new(XS, builtin.name)));
            self.compiled[id.0] = Some(Type { base, kind: Kind::Simple(SimpleType::of(builtin)) });
        }
    }

    /// Notes what a file declares.
    fn index(&mut self, root: Construct<'d>, files: &[File<'_>]) -> Result<(), SchemaError> {
        let known = ["version", "targetNamespace", "elementFormDefault", "attributeFormDefault"];
        let children = root.only(&known, &["import", "element", "complexType", "simpleType", "group"])?;
        if root.name() != "schema" {
            return Err(root.error("is not a schema"));
        }
        for child in children {
            let globals = match child.name() {
                "import" => {
                    self.imported.insert(import(child, files)?);
                    continue;
                }
                "element" => &mut self.elements,
                "group" => &mut self.groups,
                _ => &mut self.types,
            };
            let name = Name::new(root.target_namespace(), child.required("name")?);
            if globals.insert(name, child).is_some() {
                return Err(child.error("is declared twice"));
            }
        }
        Ok(())
    }

    fn reserve(&mut self, name: Option<&Name>) -> TypeId {
        let id = TypeId(self.compiled.len());
        self.compiled.push(None);
        if let Some(name) = name {
            self.names.insert(name.clone(), id);
        }
        id
    }

    /// A type by its name. It may still be in the making, if it holds itself.
    fn type_by(&mut self, construct: Construct<'d>, attribute: &str) -> Result<TypeId, SchemaError> {
        let name = construct.reference(attribute)?;
        match self.types.get(&name) {
            Some(found) => self.named_type(&name, *found),
            None => self.names.get(&name).copied().ok_or_else(|| {
                construct
                    .error(format!("{} is no type that is known here", construct.get(attribute).unwrap_or_default()))
            }),
        }
    }

    /// A type one builds upon, so it must be complete.
    fn base(&mut self, construct: Construct<'d>) -> Result<(TypeId, Kind), SchemaError> {
        let id = self.type_by(construct, "base")?;
        match &self.compiled[id.0] {
            Some(base) => Ok((id, base.kind.clone())),
            None => Err(construct.error("is built upon itself")),
        }
    }

    fn named_type(&mut self, name: &Name, construct: Construct<'d>) -> Result<TypeId, SchemaError> {
        match self.names.get(name) {
            Some(id) => Ok(*id),
            None => {
                let id = self.reserve(Some(name));
                self.fill(id, construct, &["name"])
            }
        }
    }

    fn fill(&mut self, id: TypeId, construct: Construct<'d>, named: &[&str]) -> Result<TypeId, SchemaError> {
        let made = match construct.name() {
            "simpleType" => self.simple_type(construct, named)?,
            _ => self.complex_type(construct, named)?,
        };
        self.compiled[id.0] = Some(made);
        Ok(id)
    }

    fn simple_type(&mut self, construct: Construct<'d>, named: &[&str]) -> Result<Type, SchemaError> {
        let children = construct.only(named, &["restriction"])?;
        let Some(restriction) = construct.at_most_one(&children)? else {
            return Err(construct.error("is no restriction"));
        };
        let facets = restriction.only(&["base"], &FACETS)?;
        let (base, Kind::Simple(wider)) = self.base(restriction)? else {
            return Err(restriction.error("restricts a complex type"));
        };
        let mut given = Vec::new();
        for facet in facets {
            facet.only(&["value"], &[])?;
            given.push((facet.name(), facet.required("value")?));
        }
        let narrower = wider.restricted(&given).map_err(|reason| restriction.error(reason))?;
        Ok(Type { base: Some(base), kind: Kind::Simple(narrower) })
    }

    fn complex_type(&mut self, construct: Construct<'d>, named: &[&str]) -> Result<Type, SchemaError> {
        let known = [named, &["mixed"]].concat();
        let allowed = ["sequence", "choice", "group", "attribute", "complexContent", "simpleContent"];
        let children = construct.only(&known, &allowed)?;
        let made = match children.as_slice() {
            [derived] if derived.name().ends_with("Content") => self.extension(construct, *derived)?,
            all => {
                let (content, attributes) = self.body(construct, all, construct.flag("mixed")?)?;
                Type { base: None, kind: Kind::Complex { content, attributes } }
            }
        };
        if let Kind::Complex { content: Content::Elements { particle, .. }, .. } = &made.kind
            && let Some(name) = particle.ambiguity(&[])
        {
            return Err(construct.error(format!("it is open which place in it takes {}", name.local)));
        }
        Ok(made)
    }

    fn extension(&mut self, construct: Construct<'d>, derived: Construct<'d>) -> Result<Type, SchemaError> {
        let children = derived.only(&["mixed"], &["extension"])?;
        let Some(extension) = derived.at_most_one(&children)? else {
            return Err(derived.error("is no extension"));
        };
        let mixed = construct.flag("mixed")? || derived.flag("mixed")?;
        let children = extension.only(&["base"], &["sequence", "choice", "group", "attribute"])?;
        let (base, kind) = self.base(extension)?;
        let (own, own_attributes) = self.body(extension, &children, mixed)?;
        let (content, mut attributes) = match (derived.name(), kind, own) {
            ("simpleContent", Kind::Simple(_), Content::Empty) => (Content::Simple(base), Vec::new()),
            ("simpleContent", Kind::Complex { content: content @ Content::Simple(_), attributes }, Content::Empty) => {
                (content, attributes)
            }
            ("complexContent", Kind::Complex { content, attributes }, own) => {
                let both = both(content, own).ok_or_else(|| extension.error("does not fit what it extends"))?;
                (both, attributes)
            }
            _ => return Err(extension.error("does not fit what it extends")),
        };
        for attribute in own_attributes {
            if attributes.iter().any(|known| known.name == attribute.name) {
                return Err(extension.error(format!("the attribute {} is declared twice", attribute.name.local)));
            }
            attributes.push(attribute);
        }
        Ok(Type { base: Some(base), kind: Kind::Complex { content, attributes } })
    }

    /// The content model and the attributes that stand in a type or an extension.
    fn body(
        &mut self,
        construct: Construct<'d>,
        children: &[Construct<'d>],
        mixed: bool,
    ) -> Result<(Content, Vec<AttributeUse>), SchemaError> {
        let models = children.iter().take_while(|child| PARTICLES.contains(&child.name())).count();
        let model = construct.at_most_one(&children[..models])?;
        let mut attributes: Vec<AttributeUse> = Vec::new();
        for child in &children[models..] {
            if child.name() != "attribute" {
                return Err(child.error("does not belong there"));
            }
            let Some(attribute) = self.attribute(*child)? else { continue };
            if attributes.iter().any(|known| known.name == attribute.name) {
                return Err(child.error("is declared twice"));
            }
            attributes.push(attribute);
        }
        let particle = match model {
            Some(model) => self.particle(model)?,
            None => None,
        };
        let is_empty = |particle: &Particle| matches!(particle, Particle::Sequence { parts, .. } if parts.is_empty());
        let content = match particle.filter(|particle| mixed || !is_empty(particle)) {
            Some(particle) => Content::Elements { particle, mixed },
            None if mixed => {
                Content::Elements { particle: Particle::Sequence { parts: Vec::new(), optional: false }, mixed }
            }
            None => Content::Empty,
        };
        Ok((content, attributes))
    }

    fn attribute(&mut self, construct: Construct<'d>) -> Result<Option<AttributeUse>, SchemaError> {
        let inline = construct.only(&["name", "type", "use", "form"], &["simpleType"])?;
        let namespace = if construct.is_qualified("attributeFormDefault")? { construct.target_namespace() } else { "" };
        let name = Name::new(namespace, construct.required("name")?);
        let type_id = self.own_type(construct, &inline)?;
        if !matches!(self.compiled[type_id.0], Some(Type { kind: Kind::Simple(_), .. })) {
            return Err(construct.error("an attribute has a complex type"));
        }
        let required = match construct.get("use") {
            None | Some("optional") => false,
            Some("required") => true,
            Some("prohibited") => return Ok(None),
            Some(_) => return Err(construct.error("use is not known")),
        };
        Ok(Some(AttributeUse { name, type_id, required }))
    }

    /// The type of an element or an attribute, by name or on the spot.
    fn own_type(&mut self, construct: Construct<'d>, inline: &[Construct<'d>]) -> Result<TypeId, SchemaError> {
        match (construct.get("type"), construct.at_most_one(inline)?) {
            (Some(_), None) => self.type_by(construct, "type"),
            (None, Some(inline)) => {
                let id = self.reserve(None);
                self.fill(id, inline, &[])
            }
            (None, None) => Err(construct.error("has no type")),
            (Some(_), Some(_)) => Err(construct.error("has two types")),
        }
    }

    fn global_element(&mut self, name: Name, construct: Construct<'d>) -> Result<Declaration, SchemaError> {
        let inline = construct.only(&["name", "type", "nillable"], &["simpleType", "complexType"])?;
        let type_id = self.own_type(construct, &inline)?;
        Ok(Declaration { name, type_id, nillable: construct.flag("nillable")? })
    }

    /// A part of a content model; none if it may not occur.
    fn particle(&mut self, construct: Construct<'d>) -> Result<Option<Particle>, SchemaError> {
        let (least, most) = occurrence(construct)?;
        if construct.name() == "element" {
            let declaration = self.element(construct)?;
            return Ok((most != Some(0)).then_some(Particle::Element { declaration, least, most }));
        }
        if most.is_none_or(|most| most > 1) {
            return Err(construct.error("is a group that repeats, which is not known here"));
        }
        let optional = least == 0;
        let particle = match construct.name() {
            "group" => {
                construct.only(&["ref", "minOccurs", "maxOccurs"], &[])?;
                let name = construct.reference("ref")?;
                let Some(group) = self.groups.get(&name).copied() else {
                    return Err(construct.error(format!("there is no group {}", name.local)));
                };
                let inner = self.group(group)?;
                Particle::Sequence { parts: inner.into_iter().collect(), optional }
            }
            "sequence" => Particle::Sequence { parts: self.parts(construct)?, optional },
            _ => {
                let parts = self.parts(construct)?;
                if parts.is_empty() {
                    return Err(construct.error("is a choice of nothing"));
                }
                Particle::Choice { parts, optional }
            }
        };
        Ok((most != Some(0)).then_some(particle))
    }

    fn parts(&mut self, construct: Construct<'d>) -> Result<Vec<Particle>, SchemaError> {
        let children = construct.only(&["minOccurs", "maxOccurs"], &PARTICLES)?;
        let mut parts = Vec::new();
        for child in children {
            parts.extend(self.particle(child)?);
        }
        Ok(parts)
    }

    fn group(&mut self, construct: Construct<'d>) -> Result<Option<Particle>, SchemaError> {
        let children = construct.only(&["name"], &["sequence", "choice"])?;
        let Some(model) = construct.at_most_one(&children)? else { return Err(construct.error("is empty")) };
        self.groups_deep += 1;
        if self.groups_deep > self.groups.len() {
            return Err(construct.error("holds itself"));
        }
        let particle = self.particle(model);
        self.groups_deep -= 1;
        particle
    }

    /// A local element, or a reference to a global one.
    fn element(&mut self, construct: Construct<'d>) -> Result<Declaration, SchemaError> {
        if construct.get("ref").is_some() {
            construct.only(&["ref", "minOccurs", "maxOccurs"], &[])?;
            let name = construct.reference("ref")?;
            let Some(global) = self.elements.get(&name).copied() else {
                return Err(construct.error(format!("there is no element {}", name.local)));
            };
            return self.global_element(name, global);
        }
        let known = ["name", "type", "minOccurs", "maxOccurs", "nillable", "form"];
        let inline = construct.only(&known, &["simpleType", "complexType"])?;
        let namespace = if construct.is_qualified("elementFormDefault")? { construct.target_namespace() } else { "" };
        let name = Name::new(namespace, construct.required("name")?);
        let type_id = self.own_type(construct, &inline)?;
        Ok(Declaration { name, type_id, nillable: construct.flag("nillable")? })
    }
}

/// Makes sure that an import names a file there is, of the namespace it says, and gives its location.
fn import<'d>(construct: Construct<'d>, files: &[File<'_>]) -> Result<&'d str, SchemaError> {
    construct.only(&["namespace", "schemaLocation"], &[])?;
    let location = construct.required("schemaLocation")?;
    let namespace = construct.get("namespace").unwrap_or_default();
    match files.iter().skip(1).find(|file| file.location == location) {
        Some(file) if file.root().target_namespace() == namespace => Ok(location),
        Some(_) => Err(construct.error("the imported file has another namespace")),
        None => Err(construct.error(format!("{location} was not given"))),
    }
}

fn occurrence(construct: Construct<'_>) -> Result<(usize, Option<usize>), SchemaError> {
    let wrong = || construct.error("minOccurs or maxOccurs is wrong");
    let least = construct.get("minOccurs").map_or(Ok(1), |text| text.parse().map_err(|_| wrong()))?;
    let most = match construct.get("maxOccurs") {
        None => Some(1),
        Some("unbounded") => None,
        Some(text) => Some(text.parse().map_err(|_| wrong())?),
    };
    if most.is_some_and(|most| most < least) { Err(wrong()) } else { Ok((least, most)) }
}

/// What a base holds and then what its extension adds; none if one of them is mixed and the other is not.
fn both(base: Content, own: Content) -> Option<Content> {
    match (base, own) {
        (base @ (Content::Empty | Content::Elements { .. }), Content::Empty) => Some(base),
        (Content::Empty, own) => Some(own),
        (Content::Elements { particle: base, mixed }, Content::Elements { particle: own, mixed: own_mixed }) => {
            let particle = Particle::Sequence { parts: vec![base, own], optional: false };
            (mixed == own_mixed).then_some(Content::Elements { particle, mixed })
        }
        _ => None,
    }
}
