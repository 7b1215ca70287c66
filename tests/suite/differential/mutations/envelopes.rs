//! What SOAP 1.1 puts around a request: an Envelope, perhaps a Header, a Body with one element.
//!
//! What a Header says is not for the station; where it stands is.

use rand::rngs::StdRng;

use super::super::message::{Draft, Element, Node};
use super::Mutation;

pub fn all() -> Vec<Mutation> {
    let envelope =
        |detail, change: fn(&mut Draft, &mut StdRng) -> Option<()>| Mutation::new("envelope", detail, change);
    vec![
        envelope("SOAP 1.2", |draft, _| {
            let soap = draft.envelope.prefix()?.to_owned();
            draft.envelope.attributes[0] = format!("xmlns:{soap}=\"http://www.w3.org/2003/05/soap-envelope\"");
            Some(())
        }),
        envelope("in no namespace", |draft, _| draft.envelope.rename("Envelope")),
        envelope("under another name", |draft, _| {
            draft.envelope.name.push('s');
            Some(())
        }),
        envelope("left out", |draft, _| {
            let declarations = draft.envelope.attributes.clone();
            let inherited = draft.body()?.attributes.clone();
            draft.envelope = draft.request()?.clone();
            draft.envelope.attributes.extend(declarations.into_iter().chain(inherited));
            Some(())
        }),
        envelope("with a Header that says something", |draft, _| {
            let mut header = Element::new(format!("{}:Header", draft.envelope.prefix()?));
            header
                .content
                .push(Node::Markup("<w:Security xmlns:w=\"urn:w\"> <w:Token a='1'>x</w:Token></w:Security>".into()));
            draft.envelope.content.retain(|node| matches!(node, Node::Element(e) if e.local_name() == "Body"));
            draft.envelope.content.insert(0, Node::Element(header));
            Some(())
        }),
        envelope("with two Headers", |draft, _| {
            let header = Element::new(format!("{}:Header", draft.envelope.prefix()?));
            draft.envelope.content.retain(|node| matches!(node, Node::Element(e) if e.local_name() == "Body"));
            draft.envelope.content.splice(0..0, [Node::Element(header.clone()), Node::Element(header)]);
            Some(())
        }),
        envelope("with a Header after the Body", |draft, _| {
            let header = Element::new(format!("{}:Header", draft.envelope.prefix()?));
            draft.envelope.append(Node::Element(header))
        }),
        envelope("with a foreign Header", |draft, _| {
            draft.envelope.content.insert(0, Node::Element(Element::new("Header")));
            Some(())
        }),
        envelope("with the request in the Header", |draft, _| {
            let body = draft.body()?;
            body.rename(body.name.replace("Body", "Header"))
        }),
        envelope("without a Body", |draft, _| {
            draft.envelope.content.retain(|node| !matches!(node, Node::Element(e) if e.local_name() == "Body"));
            Some(())
        }),
        envelope("with two Bodies", |draft, _| {
            let body = draft.body()?.clone();
            draft.envelope.append(Node::Element(body))
        }),
        envelope("with an empty Body", |draft, _| {
            draft.body()?.content.clear();
            Some(())
        }),
        envelope("with two requests", |draft, _| {
            let request = draft.request()?.clone();
            draft.body()?.append(Node::Element(request))
        }),
        envelope("with the request one level deeper", |draft, _| {
            let mut wrapper = Element::new("wrapper");
            wrapper.content = std::mem::take(&mut draft.body()?.content);
            draft.body()?.append(Node::Element(wrapper))
        }),
        envelope("with text in the Body", |draft, _| draft.body()?.append(Node::Text("text".into()))),
        envelope("with text beside the Body", |draft, _| draft.envelope.append(Node::Text("text".into()))),
        envelope("with something after the Body", |draft, _| {
            draft.envelope.append(Node::Element(Element::new("more")))
        }),
        envelope("with an encodingStyle", |draft, _| {
            let attribute = format!("{}:encodingStyle=\"\"", draft.envelope.prefix()?);
            draft.envelope.add_attribute(attribute)
        }),
        envelope("with the Body's own attributes", |draft, _| {
            draft.body()?.add_attribute("xmlns:u=\"urn:u\" u:Id=\"id-1\"")
        }),
    ]
}
