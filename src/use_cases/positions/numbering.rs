//! Notice numbers for options that came without one (`domain` 6.1). GPD has no such service; under its rules a missing
//! IUV is a defect.

use std::collections::HashSet;

use super::{Desk, Error};
use crate::domain::codes::{Iupd, Nav};
use crate::domain::denial::Denial;
use crate::domain::numbering;
use crate::intake::{Complaint, Defect, Handed, Validation};
use crate::station::Station;

/// Times that other numbers are taken where the first ones stand on loaded notices. Each time twice as many are passed
/// over: this reaches past any number of them.
pub(super) const TRIES: u32 = 40;

/// Gives a number to every option that has none, and tells which numbers were made.
pub(super) async fn number<H: Handed>(
    station: &Station,
    desk: Desk<'_>,
    handed: &mut [H],
    attempt: u32,
) -> Result<HashSet<Nav>, Error> {
    let mut made = HashSet::new();
    if station.settings.validation == Validation::Gpd {
        return Ok(made);
    }
    let named = handed.first().map(|handed| Iupd::new(handed.iupd()));
    let numbers = handed.iter_mut().flat_map(Handed::numbers);
    let mut wanted: Vec<_> = numbers.filter_map(|mut numbers| numbers.are_wanted().then_some(numbers)).collect();
    if wanted.is_empty() {
        return Ok(made);
    }
    if let Some(iupd) = named.filter(|_| desk.codes.are_none()) {
        return Err(Denial::CodeNotAllowed(iupd).into());
    }
    let code = segregation_code(station, desk).await?;
    let count = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
    let passed_over = if attempt == 0 { 0 } else { 1u32 << attempt.min(30) };
    let taken = count.saturating_add(passed_over);
    let first = station.store.next_numbers(desk.organization.as_str(), &code, taken).await?;
    // The last ones of what was taken.
    for (number, numbers) in (first + i64::from(taken - count)..).zip(&mut wanted) {
        let notice = u64::try_from(number).ok().and_then(|number| numbering::notice(&code, number));
        let notice = notice.ok_or_else(|| {
            let complaint = Complaint::new(
                format!("the numbers of segregation code {code} are used up"),
                "ask for a new segregation code, or write your own numbers",
            );
            Error::Wrong(vec![Defect::of("iuv", complaint)])
        })?;
        numbers.set(&notice);
        made.insert(Nav::new(notice.as_str()));
    }
    Ok(made)
}

/// The one code that can be meant: of those that the organization issues notices with, the only one within the caller's
/// bounds.
async fn segregation_code(station: &Station, desk: Desk<'_>) -> Result<String, Error> {
    let issued = station.store.codes_issued(desk.organization.as_str()).await?;
    let choice = issued.clone().within(desk.codes.clone());
    let complaint = match (choice.listed(), issued.listed()) {
        (Some([code]), _) => return Ok(code.clone()),
        (Some([]), Some(issued @ [_, ..])) => Complaint::new(
            "is missing, and the organization does not issue notices with this segregation code",
            format!("give the IUV, or choose with the query parameter segregationCodes: {}", issued.join(", ")),
        ),
        (Some([]), _) => Complaint::new(
            "is missing, and the organization has no segregation code here",
            "give the IUV, or register its stations with `ec-station registry import` or over the API",
        ),
        (Some(several), _) => Complaint::new(
            "is missing, and more than one segregation code could be meant",
            format!("give the IUV, or choose with the query parameter segregationCodes: {}", several.join(", ")),
        ),
        (None, _) => Complaint::new(
            "is missing, and more than one segregation code could be meant",
            "give the IUV, or say which code with the query parameter segregationCodes",
        ),
    };
    Err(Error::Wrong(vec![Defect::of("iuv", complaint)]))
}
