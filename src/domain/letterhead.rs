//! What a creditor prints on its notices beside its name.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stamp::decode_base64;

/// What a creditor prints on its notices: how to reach it, and what they need to be paid at the counter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Letterhead {
    /// Its code on CBILL, the banks' circuit of bills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cbill: Option<String>,
    /// How debtors reach it: telephone, e-mail, opening hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<String>,
    /// Its own site, where notices can be paid online.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Its postal account, for the slip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_account: Option<PostalAccount>,
    /// The languages of its notices.
    #[serde(default, skip_serializing_if = "Language::is_italian")]
    pub language: Language,
    /// Its logo: a PNG in base64, of 64 KiB and 1000 pixels on a side at the most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

/// The languages a notice speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Language {
    /// Italian alone.
    #[default]
    #[serde(rename = "it")]
    Italian,
    /// Italian, with German beside it.
    #[serde(rename = "it-de")]
    ItalianAndGerman,
}

impl Language {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::Italian => "it",
            Language::ItalianAndGerman => "it-de",
        }
    }

    /// The language of a text.
    pub fn parse(text: &str) -> Option<Language> {
        [Language::Italian, Language::ItalianAndGerman].into_iter().find(|language| language.as_str() == text)
    }

    fn is_italian(&self) -> bool {
        *self == Language::Italian
    }
}

/// A postal account (*conto corrente postale*).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostalAccount {
    /// Its number: twelve digits.
    pub number: String,
    /// In whose name it is.
    pub holder: String,
    /// The words with which Poste Italiane allows the slip to be printed; without them none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
}

impl Letterhead {
    /// The bytes of the logo.
    pub fn logo_png(&self) -> Option<Vec<u8>> {
        self.logo.as_deref().and_then(decode_base64)
    }
}
