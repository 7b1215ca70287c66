//! How the request of a case differs from a good one.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How a request differs from a good one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Request {
    /// To whom it is addressed.
    pub recipient: Recipient,
    /// Texts of elements, by path.
    pub set: BTreeMap<String, String>,
    /// Elements that are left out.
    pub remove: Vec<String>,
    /// Elements that are called otherwise.
    pub rename: BTreeMap<String, String>,
    /// Elements that are added.
    pub insert: Vec<Insert>,
    /// So many elements inside one another, at the end.
    pub nested: Option<usize>,
    /// Another name of the root.
    pub root: Option<String>,
    /// Another namespace of the root.
    pub namespace: Option<String>,
    /// Whether the children of the root are in its namespace.
    pub body_is_child_qualified: bool,
    /// The prefixes of the envelope and of the root.
    pub prefixes: Option<[String; 2]>,
    /// The whole body instead.
    pub raw: Option<String>,
    /// Headers that are replaced, or left out where the text is empty.
    pub headers: BTreeMap<String, String>,
    /// Another method than POST.
    pub method: Option<String>,
    /// Another encoding than UTF-8.
    pub encoding: Encoding,
    /// How often it is sent.
    pub repeat: Option<usize>,
}

/// To whom a request is addressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recipient {
    /// The owner of the notice.
    #[default]
    Owner,
    /// Another beneficiary of it.
    Beneficiary,
}

/// An element that is added.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insert {
    /// The element before it.
    pub after: Option<String>,
    /// The element after it.
    pub before: Option<String>,
    /// The element around it; "" is the root.
    pub into: Option<String>,
    /// The element, as it is.
    pub xml: String,
}

/// How the bytes of a request are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// As the Node sends.
    #[default]
    #[serde(rename = "UTF-8")]
    Utf8,
    /// With a byte order mark.
    #[serde(rename = "UTF-8-BOM")]
    Utf8Marked,
    /// With a byte order mark, the lower byte first.
    #[serde(rename = "UTF-16")]
    Utf16,
    /// With a declaration; what it cannot say is a question mark.
    #[serde(rename = "ISO-8859-1")]
    Latin1,
}

impl Request {
    /// Whether it makes sense.
    pub(super) fn check(&self) -> Result<(), String> {
        let changes = !self.set.is_empty()
            || !self.remove.is_empty()
            || !self.rename.is_empty()
            || !self.insert.is_empty()
            || self.nested.is_some()
            || self.root.is_some()
            || self.namespace.is_some()
            || self.body_is_child_qualified
            || self.prefixes.is_some();
        if self.raw.is_some() && changes {
            return Err("request.raw is the whole body: nothing of it can be changed".into());
        }
        for insert in &self.insert {
            if [&insert.after, &insert.before, &insert.into].into_iter().flatten().count() != 1 {
                return Err("request.insert wants one of after, before, into".into());
            }
        }
        if self.repeat == Some(0) {
            return Err("request.repeat is at least 1".into());
        }
        Ok(())
    }
}
