//! pagoPA's catalogue of taxonomy codes, as CSV or JSON (`domain` 6.5).
//!
//! The two published forms name the same things in many ways, so headings are compared without case, accents and
//! punctuation, and the order of day and month is taken from the heading, or found out from the dates themselves.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use chrono::NaiveDate;
use serde_json::Value;

use super::dates;
use super::defect::{Complaint, Rejection, shown};
use crate::domain::codes::TaxonomyCode;
use crate::domain::taxonomy::TaxonomyEntry;

/// What a file of the catalogue holds.
#[derive(Debug)]
pub struct Taxonomy {
    /// The entries, without repetitions.
    pub entries: Vec<TaxonomyEntry>,
    /// The rows that are no entries.
    pub rejections: Vec<Rejection>,
}

/// Why a file is no catalogue.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    /// Neither JSON nor a CSV with headings.
    #[error("this is neither pagoPA's taxonomy as CSV nor as JSON: {0}")]
    Form(String),
    /// The dates cannot be understood.
    #[error("{0}")]
    Dates(String),
}

/// The four cells of a row that matter, as text, and its line (its number in a JSON list).
struct Row {
    line: u64,
    code: String,
    from: String,
    to: String,
    service: String,
}

/// The columns that matter, as far as they were found.
#[derive(Default)]
struct Headings {
    code: Option<String>,
    from: Option<String>,
    to: Option<String>,
    service: Option<String>,
}

/// The order of the first two numbers of `01/02/2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    MonthFirst,
    DayFirst,
}

/// Reads the catalogue, whichever form it has.
pub fn parse(file: &[u8]) -> Result<Taxonomy, TaxonomyError> {
    let text = decode(file);
    let (headings, rows) = match text.trim_start().as_bytes().first() {
        Some(b'{' | b'[') => from_json(&text)?,
        _ => from_csv(&text)?,
    };
    let order = date_order(&headings, &rows)?;
    let mut taxonomy = Taxonomy { entries: vec![], rejections: vec![] };
    let mut known = HashMap::new();
    for row in rows {
        match entry(&row, order) {
            Ok(entry) => taxonomy.add(entry, &mut known),
            Err((field, complaint)) => taxonomy.rejections.push(rejection(&row, field, complaint)),
        }
    }
    Ok(taxonomy)
}

impl Taxonomy {
    /// Adds an entry. The same code from the same day on is one entry, which lasts as long as the longest.
    fn add(&mut self, entry: TaxonomyEntry, known: &mut HashMap<(String, NaiveDate), usize>) {
        match known.entry((entry.code.as_str().to_owned(), entry.valid_from)) {
            Slot::Vacant(slot) => {
                slot.insert(self.entries.len());
                self.entries.push(entry);
            }
            Slot::Occupied(slot) => {
                let same = &mut self.entries[*slot.get()];
                same.valid_to = same.valid_to.zip(entry.valid_to).map(|(one, other)| one.max(other));
            }
        }
    }
}

/// The published CSV has been seen in both encodings.
fn decode(file: &[u8]) -> String {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    match std::str::from_utf8(file) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(file).0.into_owned(),
    }
}

impl Headings {
    fn find<'h>(names: impl Iterator<Item = &'h str>) -> Result<Headings, TaxonomyError> {
        let mut headings = Headings::default();
        for name in names {
            let place = match plain(name).as_str() {
                n if n.starts_with("datispecifici") || n == "specificbuiltindata" => &mut headings.code,
                n if n.starts_with("datainiziovalidita") || n.starts_with("startdatevalidity") => &mut headings.from,
                n if n.starts_with("datafinevalidita") || n.starts_with("enddatevalidity") => &mut headings.to,
                n if n == "tiposervizio" || n == "servicetype" => &mut headings.service,
                _ => continue,
            };
            place.get_or_insert_with(|| name.to_owned());
        }
        let missing = |what: &str| Err(TaxonomyError::Form(format!("there is no \"{what}\"")));
        match headings {
            Headings { code: None, .. } => missing("DATI SPECIFICI INCASSO"),
            Headings { from: None, .. } => missing("DATA INIZIO VALIDITA"),
            Headings { to: None, .. } => missing("DATA FINE VALIDITA"),
            headings => Ok(headings),
        }
    }

    /// What the headings say of the order of dates.
    fn order(&self) -> Option<Order> {
        [&self.from, &self.to].into_iter().flatten().find_map(|heading| {
            let heading = plain(heading);
            let says = |order: &str| heading.contains(order);
            if says("mmdd") || says("mmgg") {
                Some(Order::MonthFirst)
            } else if says("ddmm") || says("ggmm") {
                Some(Order::DayFirst)
            } else {
                None
            }
        })
    }
}

/// Small letters and digits only, without accents.
fn plain(heading: &str) -> String {
    let bare = |c: char| match c {
        'à' | 'á' => 'a',
        'è' | 'é' => 'e',
        'ì' | 'í' => 'i',
        'ò' | 'ó' => 'o',
        'ù' | 'ú' => 'u',
        other => other,
    };
    heading.to_lowercase().chars().map(bare).filter(char::is_ascii_alphanumeric).collect()
}

fn from_csv(text: &str) -> Result<(Headings, Vec<Row>), TaxonomyError> {
    let first = text.lines().next().unwrap_or_default();
    let separator = if first.matches(';').count() >= first.matches(',').count() { b';' } else { b',' };
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .trim(::csv::Trim::All)
        .from_reader(text.as_bytes());
    let form = |error: ::csv::Error| TaxonomyError::Form(error.to_string());
    let names = reader.headers().map_err(form)?.clone();
    let headings = Headings::find(names.iter())?;
    let at = |heading: &Option<String>| heading.as_ref().and_then(|name| names.iter().position(|n| n == name));
    let places = [&headings.code, &headings.from, &headings.to, &headings.service].map(at);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(form)?;
        let line = record.position().map_or(0, |position| position.line());
        let [code, from, to, service] =
            places.map(|place| place.and_then(|at| record.get(at)).unwrap_or_default().to_owned());
        if !record.iter().all(str::is_empty) {
            rows.push(Row { line, code, from, to, service });
        }
    }
    Ok((headings, rows))
}

fn from_json(text: &str) -> Result<(Headings, Vec<Row>), TaxonomyError> {
    let value: Value = serde_json::from_str(text).map_err(|error| TaxonomyError::Form(error.to_string()))?;
    let list = match &value {
        Value::Array(list) => Some(list),
        Value::Object(wrapper) => wrapper.values().find_map(Value::as_array),
        _ => None,
    };
    let list = list.ok_or_else(|| TaxonomyError::Form("there is no list of codes".into()))?;
    // An element may lack what another one has: an open end is often left out.
    let names = list.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys);
    let headings = Headings::find(names.map(String::as_str))?;
    let rows = list.iter().enumerate().map(|(at, item)| {
        let cell = |heading: &Option<String>| heading.as_ref().map(|name| as_text(&item[name])).unwrap_or_default();
        Row {
            line: at as u64 + 1,
            code: cell(&headings.code),
            from: cell(&headings.from),
            to: cell(&headings.to),
            service: cell(&headings.service),
        }
    });
    let rows = rows.collect();
    Ok((headings, rows))
}

fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

/// The order of day and month: what the heading says, unless a date disproves it, else what the dates prove, else
/// pagoPA's own, month first.
fn date_order(headings: &Headings, rows: &[Row]) -> Result<Order, TaxonomyError> {
    let (mut month_first, mut day_first) = (None, None);
    for text in rows.iter().flat_map(|row| [&row.from, &row.to]) {
        match slashed(text) {
            Some((first, second, _)) if first <= 12 && second > 12 => month_first = month_first.or(Some(text)),
            Some((first, second, _)) if first > 12 && second <= 12 => day_first = day_first.or(Some(text)),
            _ => {}
        }
    }
    let disproved = |what: &str, date: &String| {
        let date = shown(date);
        Err(TaxonomyError::Dates(format!("the heading says {what}, but {date} is not: write all dates as YYYY-MM-DD")))
    };
    match (headings.order(), month_first, day_first) {
        (Some(Order::MonthFirst), _, Some(date)) => return disproved("month first", date),
        (Some(Order::DayFirst), Some(date), _) => return disproved("day first", date),
        (Some(order), ..) => return Ok(order),
        (None, ..) => {}
    }
    match (month_first, day_first) {
        (Some(one), Some(other)) => Err(TaxonomyError::Dates(format!(
            "{} has the month first and {} the day: write all dates as YYYY-MM-DD",
            shown(one),
            shown(other)
        ))),
        (None, Some(_)) => Ok(Order::DayFirst),
        _ => Ok(Order::MonthFirst),
    }
}

/// The three numbers of `1/2/2026`, whatever follows after a blank.
fn slashed(text: &str) -> Option<(u32, u32, i32)> {
    let date = text.split([' ', 'T']).next()?;
    let mut parts = date.split('/');
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || !short(first) || !short(second) || year.len() != 4 {
        return None;
    }
    Some((first.parse().ok()?, second.parse().ok()?, year.parse().ok()?))
}

fn date(text: &str, order: Order) -> Result<Option<NaiveDate>, Complaint> {
    if text.is_empty() {
        return Ok(None);
    }
    let iso = text.get(..10).filter(|_| text.len() == 10 || text.as_bytes()[10] == b'T' || text.as_bytes()[10] == b' ');
    let found = iso.and_then(dates::day).or_else(|| {
        let (first, second, year) = slashed(text)?;
        let (month, day) = if order == Order::MonthFirst { (first, second) } else { (second, first) };
        NaiveDate::from_ymd_opt(year, month, day)
    });
    let wanted = if order == Order::MonthFirst { "MM/DD/YYYY" } else { "DD/MM/YYYY" };
    found.map(Some).ok_or_else(|| {
        Complaint::new(format!("{} is not a date", shown(text)), format!("write it as {wanted} or YYYY-MM-DD"))
    })
}

fn entry(row: &Row, order: Order) -> Result<TaxonomyEntry, (&'static str, Complaint)> {
    let cure = "correct the row, or download the taxonomy again";
    let code = TaxonomyCode::parse(&row.code)
        .map_err(|error| ("DATI SPECIFICI INCASSO", Complaint::new(error.to_string(), cure)))?;
    let from = date(&row.from, order).map_err(|complaint| ("DATA INIZIO VALIDITA", complaint))?;
    let valid_from = from.ok_or_else(|| ("DATA INIZIO VALIDITA", Complaint::new("is missing", cure)))?;
    let valid_to = date(&row.to, order).map_err(|complaint| ("DATA FINE VALIDITA", complaint))?;
    if valid_to.is_some_and(|to| to < valid_from) {
        return Err(("DATA FINE VALIDITA", Complaint::new("is before the start", cure)));
    }
    Ok(TaxonomyEntry { code, valid_from, valid_to, service: row.service.clone() })
}

fn rejection(row: &Row, field: &str, complaint: Complaint) -> Rejection {
    Rejection {
        line: row.line,
        iupd: String::new(),
        field: field.to_owned(),
        reason: complaint.reason.into_owned(),
        cure: complaint.cure.into_owned(),
        of_new_ones: complaint.of_new_ones,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::taxonomy::Catalogue;
    use proptest::prelude::*;

    fn code(text: &str) -> TaxonomyCode {
        TaxonomyCode::parse(text).unwrap()
    }

    fn ymd(text: &str) -> NaiveDate {
        dates::day(text).unwrap()
    }

    fn csv(start: &str, end: &str, rows: &[(&str, &str, &str)]) -> String {
        let head = "CODICE TIPO ENTE CREDITORE;TIPO ENTE CREDITORE;TIPO SERVIZIO;DATI SPECIFICI DI INCASSO";
        let rows = rows.iter().map(|(code, from, to)| format!("1;Comuni;Tassa;{code};{from};{to}\n"));
        format!("\u{FEFF}{head};{start};{end}\n{}", rows.collect::<String>())
    }

    #[test]
    fn which_order_the_dates_have() {
        let plain = ("DATA INIZIO VALIDITÀ", "Data fine validita'");
        for (head, dates, read) in [
            (plain, ("01/02/2026", "12/31/2099"), Ok(("2026-01-02", "2099-12-31"))),
            (plain, ("01/02/2026", "31/12/2099"), Ok(("2026-02-01", "2099-12-31"))),
            (plain, ("01/02/2026", "03/04/2099"), Ok(("2026-01-02", "2099-03-04"))),
            (plain, ("1/2/2026", "2099-12-31T00:00:00"), Ok(("2026-01-02", "2099-12-31"))),
            (plain, ("13/01/2026", "12/31/2099"), Err(())),
            (
                ("DATA INIZIO VALIDITA (MM/DD/YYYY)", plain.1),
                ("01/02/2026", "02/01/2099"),
                Ok(("2026-01-02", "2099-02-01")),
            ),
            (
                ("DATA INIZIO VALIDITA (GG/MM/AAAA)", plain.1),
                ("01/02/2026", "02/01/2099"),
                Ok(("2026-02-01", "2099-01-02")),
            ),
            (("DATA INIZIO VALIDITA (MM/DD/YYYY)", plain.1), ("01/02/2026", "31/12/2099"), Err(())),
            (("DATA INIZIO VALIDITA (GG/MM/AAAA)", plain.1), ("01/02/2026", "12/31/2099"), Err(())),
        ] {
            let found = parse(csv(head.0, head.1, &[("9/0101101IM/", dates.0, dates.1)]).as_bytes());
            let found = found.map_err(drop).map(|t| (t.entries[0].valid_from, t.entries[0].valid_to.unwrap()));
            assert_eq!(found, read.map(|(from, to)| (ymd(from), ymd(to))), "{head:?} {dates:?}");
        }
    }

    #[test]
    fn rows_that_are_no_entries_are_told() {
        let file = csv(
            "Data inizio validità",
            "Data fine validità",
            &[
                ("9/0101101IM/", "01/01/2026", ""),
                ("9/0101101XX/", "01/01/2026", "12/31/2099"),
                ("9/0101102TS/", "", "12/31/2099"),
                ("9/0101103TS/", "02/30/2026", ""),
                ("9/0101104TS/", "12/31/2026", "01/01/2026"),
                ("9/0101101IM/", "01/01/2026", ""),
            ],
        );
        let taxonomy = parse(file.as_bytes()).unwrap();
        assert_eq!(taxonomy.entries.len(), 1);
        assert_eq!((taxonomy.entries[0].valid_to, taxonomy.entries[0].service.as_str()), (None, "Tassa"));
        assert_eq!(taxonomy.rejections.iter().map(|r| r.line).collect::<Vec<_>>(), [3, 4, 5, 6]);
    }

    #[test]
    fn the_same_in_json() {
        for file in [
            r#"[{"DATI SPECIFICI INCASSO":"9/0101101IM/","DATA INIZIO VALIDITA":"01/31/2026","DATA FINE VALIDITA":"12/31/2099","TIPO SERVIZIO":"TARI"}]"#,
            r#"{"uuid":"x","taxonomyList":[{"specific_built_in_data":"9/0101101IM/","start_date_validity":"2026-01-31T00:00:00Z","end_date_validity":"2099-12-31","service_type":"TARI"}]}"#,
            r#"[{"specificBuiltInData":"0101101IM","startDateValidity":"31/01/2026","endDateValidity":"31/12/2099","serviceType":"TARI"}]"#,
        ] {
            let taxonomy = parse(file.as_bytes()).unwrap();
            let entry = TaxonomyEntry {
                code: code("0101101IM"),
                valid_from: ymd("2026-01-31"),
                valid_to: Some(ymd("2099-12-31")),
                service: "TARI".into(),
            };
            assert_eq!(taxonomy.entries, [entry], "{file}");
        }
    }

    #[test]
    fn an_element_of_a_json_may_lack_what_another_has() {
        let file = r#"[{"specificBuiltInData":"0101101IM","startDateValidity":"2026-01-31"},
            {"specificBuiltInData":"0101102TS","startDateValidity":"2026-01-31","endDateValidity":"2099-12-31"}]"#;
        assert_eq!(parse(file.as_bytes()).unwrap().entries.len(), 2);
    }

    #[test]
    fn what_is_no_taxonomy() {
        for file in ["", "iupd;nav\n1;2\n", "[]", "[1]", "{}", "{", "\u{0}", "DATI SPECIFICI INCASSO\n9/0101101IM/\n"] {
            assert!(parse(file.as_bytes()).is_err(), "{file}");
        }
    }

    #[test]
    fn when_a_code_may_be_used() {
        let entry = |text: &str, from: &str, to: Option<&str>| TaxonomyEntry {
            code: code(text),
            valid_from: ymd(from),
            valid_to: to.map(ymd),
            service: String::new(),
        };
        let catalogue = Catalogue::from_iter([
            entry("0101101IM", "2020-01-01", Some("2024-12-31")),
            entry("0101101IM", "2027-01-01", None),
            entry("0101102TS", "2020-01-01", Some("2024-12-31")),
        ]);
        for (text, on, refusal) in [
            ("0101101IM", "2024-12-31", None),
            ("0101101IM", "2025-06-01", Some("is valid from 2027-01-01")),
            ("0101101IM", "2027-01-01", None),
            ("0101102TS", "2019-12-31", Some("is valid from 2020-01-01")),
            ("0101102TS", "2025-01-01", Some("was valid until 2024-12-31")),
            ("0909909AP", "2025-01-01", Some("is not in the imported catalogue")),
        ] {
            let answer = catalogue.accepts(&code(text), ymd(on));
            match refusal {
                None => assert_eq!(answer, Ok(()), "{text} {on}"),
                Some(words) => assert!(answer.clone().is_err_and(|e| e.ends_with(words)), "{text} {on} {answer:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_taxonomy_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn any_dates_are_read_or_told(from in "[0-9/T -]{0,12}", to in ".{0,12}") {
            let _ = parse(csv("DATA INIZIO VALIDITA", "DATA FINE VALIDITA", &[("0101101IM", &from, &to)]).as_bytes());
        }
    }
}
