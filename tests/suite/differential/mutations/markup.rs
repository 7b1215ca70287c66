//! How text and markup are written: the same value in other words, and what XML forbids.
//!
//! A reader must put a value together from all its pieces before it looks at it, and must look at every piece.

use rand::RngExt;
use rand::rngs::StdRng;

use super::super::message::{Draft, Element, Node};
use super::Mutation;

/// Written into a text that may hold any characters, where some of these mean something and some are errors.
#[rustfmt::skip] // one case a line would fill pages
const IN_TEXT: &[&str] = &[
    "&amp;&lt;&gt;&quot;&apos;", "&AMP;", "&nbsp;", "&euro;", "&foo;", "&", "& b", "&;", "&a", "&amp", "&#48;&#x41;",
    "&#x1F600;", "&#xe8;", "&#xE8;", "&#10;", "&#13;", "&#x85;", "&#x7F;", "&#xFFFD;", "&#x10FFFF;", "&#x110000;",
    "&#xD800;", "&#xDFFF;", "&#xFFFE;", "&#xFFFF;", "&#0;", "&#1;", "&#8;", "&#11;", "&#31;", "&#X41;", "&#x;", "&#;",
    "&#-1;", "&#+1;", "&# 48;", "&#48 ;", "&#48", "&#x4G;", "&#4A;", "&#00000048;", "&#x00000041;",
    "&#99999999999999999999;", "&#x100000041;", "&#4294967344;", "<", "< b", "<b", "<b>", "</b>", "<b></c>", "<b/>",
    "<>", "</>", "<1/>", ">", "a]]>b", "]]", "]>", "]]&gt;", "]]&#62;", "<![CDATA[a]]>", "<![CDATA[<b>&amp;&nbsp;]]>",
    "<![CDATA[a]]><![CDATA[b]]>", "a<![CDATA[]]>b", "<![CDATA[a]]>]]>", "<![CDATA[a]]",
    "<![CDATA[ ]]]]><![CDATA[>]]>", "<![cdata[a]]>", "<! [CDATA[a]]>", "a<!---->b", "a<!-- b -->",
    "a<!-- <b> & ]]> -->", "a<!-- b -- c -->", "a<!-- b --->", "a<!--->b", "a<!- b ->", "a<!-- b", "a<!b>", "a<?pi?>",
    "a<?pi x?>b", "a<?pi x ? > ??>", "a<?xml-stylesheet x?>", "a<?xml version=\"1.0\"?>", "a<?XmL x?>", "a<? pi?>",
    "a<??>", "a<?pi", "a<?1?>", "a<?a:b?>", "a<!DOCTYPE b>", "a<!ENTITY b 'c'>", "\u{1}", "\u{8}", "\u{b}", "\u{c}",
    "\u{1f}", "\u{0}", "\u{fffe}", "\u{ffff}", "<!-- \u{1} -->", "<!-- \u{ffff} -->", "<?pi \u{1}?>",
    "<![CDATA[\u{1}]]>", "\u{7f}", "\u{85}", "\u{9f}", "\u{feff}", "a\rb", "a\r\nb",
];

/// Between elements, where only blanks may stand, however they are written.
#[rustfmt::skip] // one case a line would fill pages
const BETWEEN_ELEMENTS: &[&str] = &[
    " ", "\n\t ", "\r\n", "\r", "&#32;", "&#x9;&#10;&#13;", "<!-- comment -->", "<?pi x?>", "<![CDATA[]]>",
    "<![CDATA[ \n]]>", "x", "0", "&#88;", "&amp;", "<![CDATA[x]]>", "\u{feff}", "\u{200b}", "&#xFEFF;", "&nbsp;",
    "]]>", "<", "<!-- a -- b -->", "\u{1}",
];

const OTHER_BLANKS: &[&str] = &["\u{a0}", "&#160;", "\u{85}", "\u{2003}", "\u{3000}", "\u{2028}"];

pub fn all() -> Vec<Mutation> {
    let mut all: Vec<Mutation> = IN_TEXT.iter().map(|markup| in_text(markup)).collect();
    all.extend(BETWEEN_ELEMENTS.iter().map(|markup| between_elements("between elements", markup)));
    all.extend(OTHER_BLANKS.iter().map(|markup| between_elements("other blanks between elements", markup)));
    all.extend(rewritings());
    all.extend(tags());
    all
}

fn in_text(markup: &'static str) -> Mutation {
    Mutation::new("in a text", markup, move |draft, rng| {
        let name = if rng.random() { "paymentNote" } else { "idPA" };
        let element = draft.pick(rng, |element| element.name == name)?;
        element.content = vec![Node::Markup(markup.to_owned())];
        Some(())
    })
}

fn between_elements(group: &'static str, markup: &'static str) -> Mutation {
    Mutation::new(group, markup, move |draft, rng| {
        let parent = draft.pick(rng, Element::is_structure)?;
        let at = rng.random_range(0..=parent.content.len());
        parent.content.insert(at, Node::Markup(markup.to_owned()));
        Some(())
    })
}

/// The same value written otherwise: what a reader must put together again before it looks at it.
fn rewritings() -> Vec<Mutation> {
    let rewrite = |detail, write: fn(&str, &mut StdRng) -> String| {
        Mutation::new("the same value", detail, move |draft, rng| {
            let element = draft.pick_value(rng)?;
            let markup = write(element.plain_value()?, rng);
            element.content = vec![Node::Markup(markup)];
            Some(())
        })
    };
    vec![
        rewrite("in CDATA", |value, _| cdata(value)),
        rewrite("half in CDATA", |value, rng| in_two(value, rng, |left, right| references(left) + &cdata(right))),
        rewrite("in two CDATA sections", |value, rng| in_two(value, rng, |left, right| cdata(left) + &cdata(right))),
        rewrite("in character references", |value, _| references(value)),
        rewrite("in hexadecimal references", |value, _| {
            value.chars().map(|c| format!("&#x{:X};", u32::from(c))).collect()
        }),
        rewrite("around a comment", |value, rng| {
            in_two(value, rng, |a, b| references(a) + "<!-- here -->" + &references(b))
        }),
        rewrite("around an instruction", |value, rng| {
            in_two(value, rng, |a, b| references(a) + "<?here x?>" + &references(b))
        }),
        rewrite("after a comment", |value, _| "<!-- here -->".to_owned() + &references(value)),
        rewrite("before a comment", |value, _| references(value) + "<!-- here -->"),
        rewrite("lost in a comment", |_, _| "<!-- here -->".into()),
        rewrite("lost in an instruction", |_, _| "<?here x?>".into()),
        rewrite("lost in an empty CDATA section", |_, _| "<![CDATA[]]>".into()),
    ]
}

fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

fn references(text: &str) -> String {
    text.chars().map(|character| format!("&#{};", u32::from(character))).collect()
}

fn in_two(text: &str, rng: &mut StdRng, write: fn(&str, &str) -> String) -> String {
    let middle = rng.random_range(0..=text.chars().count());
    let at = text.char_indices().nth(middle).map_or(text.len(), |(at, _)| at);
    write(&text[..at], &text[at..])
}

fn tags() -> Vec<Mutation> {
    let tag = |detail, change: fn(&mut Draft, &mut StdRng) -> Option<()>| Mutation::new("tag", detail, change);
    vec![
        tag("blanks in it", |draft, rng| {
            let element = draft.pick(rng, |_| true)?;
            element.name.push_str(if rng.random() { " \n" } else { "\t" });
            Some(())
        }),
        tag("a blank before its name", |draft, rng| {
            let element = draft.pick_value(rng)?;
            element.name.insert(0, ' ');
            Some(())
        }),
        tag("empty, in one", |draft, rng| {
            draft.pick_value(rng)?.content.clear();
            Some(())
        }),
        tag("empty, with blanks in it", |draft, rng| {
            let element = draft.pick_value(rng)?;
            element.content.clear();
            element.name.push(' ');
            Some(())
        }),
        tag("closed under another name", |draft, rng| around(draft, rng, "<a>", "</b>")),
        tag("closed in another case", |draft, rng| around(draft, rng, "<a>", "</A>")),
        tag("closed with an attribute", |draft, rng| around(draft, rng, "<a>", "</a b=\"1\">")),
        tag("never closed", |draft, rng| around(draft, rng, "<a>", "")),
        tag("never opened", |draft, rng| around(draft, rng, "", "</a>")),
        tag("closed in the wrong order", |draft, rng| around(draft, rng, "<a><b>", "</a></b>")),
        tag("closed under another prefix", |draft, rng| {
            around(draft, rng, "<a:c xmlns:a=\"urn:a\" xmlns:b=\"urn:a\">", "</b:c>")
        }),
    ]
}

/// Writes something on both sides of a value. Outside the Header an extra element is an error in any case, so these
/// go into one, where anything well-formed may stand.
fn around(draft: &mut Draft, rng: &mut StdRng, before: &str, after: &str) -> Option<()> {
    let markup = format!("{before}x{after}");
    let prefix = draft.envelope.prefix()?.to_owned();
    if rng.random() {
        let header = draft.envelope.children_mut().find(|part| part.local_name() == "Header")?;
        header.content.push(Node::Markup(markup));
    } else {
        draft.envelope.content.insert(0, Node::Markup(format!("<{prefix}:Header>{markup}</{prefix}:Header>")));
    }
    Some(())
}
