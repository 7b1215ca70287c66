//! The person or company that owes or pays. Its `Debug` tells nothing, so that no log can.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Natural (`F`) or legal (`G`) person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PersonKind {
    /// *Persona fisica*.
    #[serde(rename = "F")]
    Natural,
    /// *Persona giuridica*.
    #[serde(rename = "G")]
    Legal,
}

impl PersonKind {
    /// `F` or `G`.
    pub fn letter(self) -> &'static str {
        match self {
            PersonKind::Natural => "F",
            PersonKind::Legal => "G",
        }
    }

    /// Reads `F` or `G`.
    pub fn from_letter(letter: &str) -> Option<PersonKind> {
        match letter {
            "F" => Some(PersonKind::Natural),
            "G" => Some(PersonKind::Legal),
            _ => None,
        }
    }
}

/// A debtor or a payer (`ctSubject`). Texts are as they were given: they are fitted to the wire when written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Debtor {
    /// Natural or legal person.
    #[serde(rename = "type")]
    pub kind: PersonKind,
    /// Fiscal code, VAT number or `ANONIMO`.
    pub fiscal_code: String,
    /// Name and surname, or company name.
    pub full_name: String,
    /// Street, without the number.
    pub street_name: Option<String>,
    /// House number.
    pub civic_number: Option<String>,
    /// *CAP*.
    pub postal_code: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Province code.
    pub province: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone; never sent to the Node.
    pub phone: Option<String>,
}

impl fmt::Debug for Debtor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Debtor(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debtor_never_shows_itself() {
        let debtor = Debtor {
            kind: PersonKind::Natural,
            fiscal_code: "VRDPNC70A01Z999J".into(),
            full_name: "Pancrazio Verdelli".into(),
            street_name: None,
            civic_number: None,
            postal_code: None,
            city: Some("Borgolieve".into()),
            province: None,
            region: None,
            country: None,
            email: None,
            phone: None,
        };
        assert_eq!(format!("{debtor:?}"), "Debtor(not shown)");
    }
}
