//! Why a document was refused.

use thiserror::Error;

/// Why a document was refused: words for a log line, never the document's own text.
///
/// `at` counts bytes of the decoded text, from its first character after a byte order mark.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum XmlError {
    /// The document names an encoding other than those we read.
    #[error("the encoding {0:?} is not supported")]
    UnsupportedEncoding(String),
    /// The bytes do not make sense in the document's encoding.
    #[error("not valid {encoding} at byte {at}")]
    Undecodable {
        /// The encoding the bytes were read in.
        encoding: &'static str,
        /// Where the first such byte stands among the bytes received, a byte order mark not counted.
        at: usize,
    },
    /// The document claims 16-bit characters and is written in 8 bits, or the other way round.
    #[error("the document is not written in the encoding it claims")]
    EncodingMismatch,
    /// A document type declaration, refused without reading it.
    #[error("a document type declaration at byte {at}")]
    Doctype {
        /// Where it begins.
        at: usize,
    },
    /// A reference to an entity other than the five XML predefines.
    #[error("a reference to an unknown entity at byte {at}")]
    Entity {
        /// Where the reference, or the tag that holds it, begins.
        at: usize,
    },
    /// A character XML does not allow, written as itself or as a reference.
    #[error("a character XML does not allow at byte {at}")]
    IllegalCharacter {
        /// Where the character, its reference or the tag that holds it begins.
        at: usize,
    },
    /// A prefix no declaration in scope binds.
    #[error("an undeclared namespace prefix at byte {at}")]
    UndeclaredPrefix {
        /// Where the tag begins.
        at: usize,
    },
    /// Any other breach of XML 1.0 or of Namespaces in XML.
    #[error("{reason} at byte {at}")]
    Malformed {
        /// What is wrong, in words.
        reason: &'static str,
        /// Where the offending token begins.
        at: usize,
    },
    /// The document is fine, and larger than we are willing to read.
    #[error("more {what} than the {limit} allowed, at byte {at}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much would have been allowed.
        limit: usize,
        /// Where the limit was passed.
        at: usize,
    },
}

/// Shorthand for the commonest refusal.
pub(super) fn malformed<T>(reason: &'static str, at: usize) -> Result<T, XmlError> {
    Err(XmlError::Malformed { reason, at })
}
