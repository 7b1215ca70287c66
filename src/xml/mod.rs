//! XML in and out, and nothing about payments.
//!
//! On the way in, [`decode`] turns bytes into text and [`Document::parse`] turns text into a tree that
//! borrows from it. `quick-xml` cuts the text into tokens but is lax on purpose; `parser.rs` holds every
//! token to the letter of XML 1.0 (fifth edition) and Namespaces in XML 1.0 (third edition), and refuses
//! document types and entities altogether: SOAP 1.1 (section 3) forbids them, and they are how XML attacks.
//! On the way out, [`Writer`] writes what any parser reads back unchanged.
//!
//! The text of a document is people's data: no error and no `Debug` here repeats it.

mod declaration;
mod document;
mod encoding;
mod error;
mod names;
mod namespaces;
mod parser;
#[cfg(test)]
mod tests;
mod writer;

pub use document::{Attribute, Document, Element, Limits};
pub use encoding::decode;
pub use error::XmlError;
pub use names::{is_name, is_name_char, is_ncname, is_xml_char};
pub use writer::{Writer, escape_attribute, escape_text};
