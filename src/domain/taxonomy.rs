//! pagoPA's catalogue of collection services: which taxonomy codes may be used, and when (`domain` 6.5).

use std::collections::HashMap;

use chrono::NaiveDate;

use super::codes::TaxonomyCode;

/// One code and when it may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxonomyEntry {
    /// The bare nine characters.
    pub code: TaxonomyCode,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none when it is open.
    pub valid_to: Option<NaiveDate>,
    /// The name of the service.
    pub service: String,
}

/// The codes that may be used, and when.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    spans: HashMap<String, Vec<(NaiveDate, Option<NaiveDate>)>>,
}

impl FromIterator<TaxonomyEntry> for Catalogue {
    fn from_iter<I: IntoIterator<Item = TaxonomyEntry>>(entries: I) -> Catalogue {
        let mut catalogue = Catalogue::default();
        for entry in entries {
            let spans = catalogue.spans.entry(entry.code.as_str().to_owned()).or_default();
            spans.push((entry.valid_from, entry.valid_to));
        }
        catalogue
    }
}

impl Catalogue {
    /// Whether a code may be used on a day, or why not.
    pub fn accepts(&self, code: &TaxonomyCode, on: NaiveDate) -> Result<(), String> {
        let Some(spans) = self.spans.get(code.as_str()) else { return self.knows(code) };
        if spans.iter().any(|(from, to)| *from <= on && to.is_none_or(|to| on <= to)) {
            return Ok(());
        }
        let code = code.as_str();
        match spans.iter().map(|(from, _)| from).filter(|from| **from > on).min() {
            Some(from) => Err(format!("the taxonomy code {code} is valid from {from}")),
            None => {
                let end = spans.iter().filter_map(|(_, to)| *to).max().map(|to| to.to_string());
                Err(format!("the taxonomy code {code} was valid until {}", end.unwrap_or_default()))
            }
        }
    }

    /// Whether a code is or was in the taxonomy.
    pub fn knows(&self, code: &TaxonomyCode) -> Result<(), String> {
        match self.spans.contains_key(code.as_str()) {
            true => Ok(()),
            false => Err(format!("the taxonomy code {} is not in the imported catalogue", code.as_str())),
        }
    }
}
