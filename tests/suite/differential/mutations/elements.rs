//! Which elements a request has, and in which order: missing, doubled, moved, renamed, unknown.
//!
//! The schema's sequences leave no freedom, so nearly all of these are errors; leaving out an optional one is not.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};

use super::super::message::{Draft, Element, Node};
use super::Mutation;

pub fn all() -> Vec<Mutation> {
    let element = |detail, change: fn(&mut Draft, &mut StdRng) -> Option<()>| Mutation::new("element", detail, change);
    vec![
        element("missing", |draft, rng| on_siblings(draft, rng, |children, at, _| drop(children.remove(at)))),
        element("doubled", |draft, rng| {
            on_siblings(draft, rng, |children, at, _| children.insert(at, children[at].clone()))
        }),
        element("swapped with the next", |draft, rng| {
            on_siblings(draft, rng, |children, at, _| {
                let next = (at + 1) % children.len();
                children.swap(at, next);
            })
        }),
        element("all shuffled", |draft, rng| on_siblings(draft, rng, |children, _, rng| children.shuffle(rng))),
        element("none left", |draft, rng| on_siblings(draft, rng, |children, _, _| children.clear())),
        element("an unknown one", |draft, rng| insert(draft, rng, Element::new("unknown"))),
        element("an unknown one of the contract's namespace", |draft, rng| {
            let name = format!("{}:idPA", draft.request()?.prefix()?);
            insert(draft, rng, Element::new(name))
        }),
        element("an unknown one of a foreign namespace", |draft, rng| {
            let mut foreign = Element::new("foreign:extension");
            foreign.attributes.push("xmlns:foreign=\"urn:foreign\"".into());
            insert(draft, rng, foreign)
        }),
        element("an optional one of another operation", |draft, rng| {
            let mut amount = Element::new("amount");
            amount.content.push(Node::Text("1.00".into()));
            insert(draft, rng, amount)
        }),
        element("inside a value", |draft, rng| {
            let value = draft.pick_value(rng)?;
            let at = rng.random_range(0..=value.content.len());
            value.content.insert(at, Node::Element(Element::new("b")));
            Some(())
        }),
        element("a value in one more element", |draft, rng| {
            let value = draft.pick_value(rng)?;
            let mut inner = Element::new(value.name.clone());
            inner.content = std::mem::take(&mut value.content);
            value.content.push(Node::Element(inner));
            Some(())
        }),
        element("name in another case", |draft, rng| {
            let value = draft.pick_value(rng)?;
            value.rename(if rng.random() { value.name.to_uppercase() } else { value.name.to_lowercase() })
        }),
        element("name one letter longer", |draft, rng| {
            draft.pick_value(rng)?.name.push('s');
            Some(())
        }),
        element("the qrCode dissolved", |draft, rng| {
            let request = draft.request()?;
            let at = request.children().find(|(_, child)| child.name == "qrCode")?.0;
            if let Node::Element(qr_code) = request.content.remove(at) {
                request.content.splice(at..at, qr_code.content);
            }
            draft.pick_value(rng).map(|_| ())
        }),
        element("the request of another operation", |draft, rng| {
            let other = [
                "paVerifyPaymentNoticeReq",
                "paGetPaymentReq",
                "paGetPaymentV2Request",
                "paDemandPaymentNoticeRequest",
            ];
            rename_request(draft, other.choose(rng)?)
        }),
        element("no request of the contract", |draft, rng| {
            let other =
                ["paVerifyPaymentNotice", "paGetPaymentRequest", "paGetPaymentV2Req", "paGetPaymentV3Request", "Fault"];
            rename_request(draft, other.choose(rng)?)
        }),
        element("a reply for a request", |draft, rng| {
            let other = [
                "paVerifyPaymentNoticeRes",
                "paGetPaymentRes",
                "paGetPaymentV2Response",
                "paDemandPaymentNoticeResponse",
            ];
            rename_request(draft, other.choose(rng)?)
        }),
    ]
}

/// Does something to the children of the request or of one of its structures.
fn on_siblings(draft: &mut Draft, rng: &mut StdRng, change: impl Fn(&mut Vec<Node>, usize, &mut StdRng)) -> Option<()> {
    let parent = draft.pick(rng, |element| element.is_structure() && !element.content.is_empty())?;
    let at = rng.random_range(0..parent.content.len());
    change(&mut parent.content, at, rng);
    Some(())
}

fn insert(draft: &mut Draft, rng: &mut StdRng, new: Element) -> Option<()> {
    let parent = draft.pick(rng, Element::is_structure)?;
    let at = rng.random_range(0..=parent.content.len());
    parent.content.insert(at, Node::Element(new));
    Some(())
}

fn rename_request(draft: &mut Draft, name: &str) -> Option<()> {
    let request = draft.request()?;
    request.rename(format!("{}:{name}", request.prefix()?))
}
