//! In which namespace the elements are, and how that is said.
//!
//! The request is qualified and nothing in it is. Clients get this wrong more often than anything else, and there are
//! right ways of saying it that look wrong.

use rand::RngExt;
use rand::rngs::StdRng;

use super::super::message::{COMMON, Draft, Element, PAFN, SOAP};
use super::Mutation;

pub fn all() -> Vec<Mutation> {
    let namespace =
        |detail, change: fn(&mut Draft, &mut StdRng) -> Option<()>| Mutation::new("namespace", detail, change);
    vec![
        namespace("one child qualified", |draft, rng| {
            let prefix = draft.request()?.prefix()?.to_owned();
            let child = draft.pick(rng, |element| element.field.is_some())?;
            child.rename(format!("{prefix}:{}", child.local_name()))
        }),
        namespace("all children qualified", |draft, _| {
            let request = draft.request()?;
            let prefix = request.prefix()?.to_owned();
            request.children_mut().for_each(|child| child.name = format!("{prefix}:{}", child.name));
            Some(())
        }),
        namespace("a default one on the request", |draft, _| default_namespace(draft.request()?, PAFN)),
        namespace("a default one on the request, undone on its children", |draft, _| {
            let request = draft.request()?;
            default_namespace(request, PAFN)?;
            request.children_mut().for_each(|child| child.attributes.push("xmlns=\"\"".into()));
            Some(())
        }),
        namespace("a default one on the request, undone on some children", |draft, rng| {
            let request = draft.request()?;
            default_namespace(request, PAFN)?;
            request
                .children_mut()
                .filter(|_| rng.random())
                .for_each(|child| child.attributes.push("xmlns=\"\"".into()));
            Some(())
        }),
        namespace("a default one on the Envelope, undone on the request", |draft, _| {
            draft.envelope.attributes.push(format!("xmlns=\"{SOAP}\""));
            draft.request()?.attributes.push("xmlns=\"\"".into());
            Some(())
        }),
        namespace("a default one on the Envelope", |draft, _| {
            draft.envelope.add_attribute(format!("xmlns=\"{SOAP}\""))
        }),
        namespace("xmlns=\"\" on one element", |draft, rng| draft.pick(rng, |_| true)?.add_attribute("xmlns=\"\"")),
        namespace("a default one on one element", |draft, rng| {
            draft.pick(rng, |_| true)?.add_attribute("xmlns=\"urn:foreign\"")
        }),
        namespace("none on the request", |draft, _| {
            let request = draft.request()?;
            request.rename(request.local_name().to_owned())
        }),
        namespace("the common types' on the request", |draft, _| redeclare(draft, COMMON)),
        namespace("the WSDL's on the request", |draft, _| {
            redeclare(draft, "http://pagopa-api.pagopa.gov.it/paForNode")
        }),
        namespace("a blank after the request's", |draft, _| redeclare(draft, &format!("{PAFN} "))),
        namespace("the request's in another case", |draft, _| redeclare(draft, &PAFN.to_uppercase())),
        namespace("the request's in character references", |draft, _| redeclare(draft, &PAFN.replace('/', "&#x2F;"))),
        namespace("a prefix nobody declared on the request", |draft, _| {
            let request = draft.request()?;
            request.rename(format!("nobody:{}", request.local_name()))
        }),
        namespace("a prefix nobody declared on a child", |draft, rng| {
            let value = draft.pick_value(rng)?;
            value.rename(format!("nobody:{}", value.name))
        }),
        namespace("two prefixes on one element", |draft, rng| {
            let value = draft.pick_value(rng)?;
            value.rename(format!("a:b:{}", value.name))
        }),
        namespace("a prefix declared after its use ends", |draft, _| {
            let request = draft.request()?;
            request.name = format!("late:{}", request.local_name());
            request.children_mut().next()?.attributes.push(format!("xmlns:late=\"{PAFN}\""));
            Some(())
        }),
        namespace("the prefix of the request bound anew on a child", |draft, rng| {
            let prefix = draft.request()?.prefix()?.to_owned();
            let child = draft.pick(rng, |element| element.field.is_some())?;
            child.attributes.push(format!("xmlns:{prefix}=\"urn:foreign\""));
            Some(())
        }),
        namespace("a prefix of many characters", |draft, _| rename_prefix(draft, "p\u{e8}-._1\u{b7}\u{4e00}")),
        Mutation::new("name of the fifth edition", "in the request's prefix", |draft, _| {
            rename_prefix(draft, "p\u{1000}")
        }),
        Mutation::new("name of the fifth edition", "in a prefix nobody needs", |draft, rng| {
            draft.declare(rng, "\u{10000}", "urn:unused")
        }),
        Mutation::new("namespace that is no URI", "a blank", |draft, rng| draft.declare(rng, "odd", " ")),
        Mutation::new("namespace that is no URI", "two words", |draft, rng| draft.declare(rng, "odd", "urn a")),
        Mutation::new("namespace that is no URI", "markup", |draft, rng| draft.declare(rng, "odd", "a&lt;b")),
    ]
}

pub(super) fn default_namespace(element: &mut Element, uri: &str) -> Option<()> {
    element.name = element.local_name().to_owned();
    element.attributes.push(format!("xmlns=\"{uri}\""));
    Some(())
}

fn rename_prefix(draft: &mut Draft, prefix: &str) -> Option<()> {
    let request = draft.request()?;
    request.name = format!("{prefix}:{}", request.local_name());
    request.attributes.push(format!("xmlns:{prefix}=\"{PAFN}\""));
    Some(())
}

/// Gives the request's prefix another meaning, on the request itself.
fn redeclare(draft: &mut Draft, uri: &str) -> Option<()> {
    let request = draft.request()?;
    let prefix = request.prefix()?.to_owned();
    let declaration = format!("xmlns:{prefix}=");
    request.attributes.retain(|attribute| !attribute.starts_with(&declaration));
    request.attributes.push(format!("{declaration}\"{uri}\""));
    Some(())
}
