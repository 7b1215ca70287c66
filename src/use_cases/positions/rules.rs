//! The rules that what is handed in must obey: those of the installation, the organization and the day.

use super::{Desk, Error};
use crate::domain::denial::Denial;
use crate::domain::position::DebtPosition;
use crate::intake::{Complaint, Defect, Handed, Rules, Sort, Validation};
use crate::station::Station;

/// The rules for positions of an organization. Under strict validation it must be registered here.
pub async fn rules(station: &Station, desk: Desk<'_>) -> Result<Rules, Error> {
    let validation = station.settings.validation;
    let accounts = match validation {
        Validation::Strict => station.store.accounts_served(desk.organization).await?,
        Validation::Gpd => Some(Vec::new()),
    };
    let Some(registered_ibans) = accounts else {
        let cure = "register it with `ec-station registry import`, or correct the code in the path";
        let complaint = Complaint::new("the organization is not served here, or not active", cure);
        return Err(Error::Wrong(vec![Defect::of("organizationFiscalCode", complaint)]));
    };
    Ok(Rules {
        organization: desk.organization.clone(),
        validation,
        history: false,
        now: station.clock.now(),
        catalogue: station.catalogue().await?,
        registered_ibans,
    })
}

/// A position that was judged, or what GPD would say of it first: a segregation code that the caller may not use comes
/// before what is merely incongruent.
pub fn weighed<'i>(
    judged: Result<DebtPosition, Vec<Defect>>,
    desk: Desk<'_>,
    iupd: &str,
    mut iuvs: impl Iterator<Item = &'i str>,
) -> Result<DebtPosition, Error> {
    let defects = match judged {
        Ok(position) => {
            desk.may_touch(&position)?;
            return Ok(position);
        }
        Err(defects) => defects,
    };
    let readable = defects.iter().all(|defect| defect.complaint.sort > Sort::Value);
    if readable && !iuvs.all(|iuv| desk.codes.allow(iuv)) {
        return Err(Denial::CodeNotAllowed(crate::domain::codes::Iupd::new(iupd)).into());
    }
    Err(Error::Wrong(defects))
}

/// Verdicts with the number of their position on every defect, unless the form or a value is wrong somewhere: that is
/// said of all before anything else.
pub fn well_formed(
    verdicts: impl Iterator<Item = Result<DebtPosition, Vec<Defect>>>,
) -> Result<Vec<Result<DebtPosition, Vec<Defect>>>, Error> {
    let numbered = |(at, verdict): (usize, Result<DebtPosition, Vec<Defect>>)| {
        verdict.map_err(|mut defects| {
            defects.iter_mut().for_each(|defect| defect.place.position = Some(at));
            defects
        })
    };
    let judged: Vec<_> = verdicts.enumerate().map(numbered).collect();
    let defects = || judged.iter().filter_map(|verdict| verdict.as_ref().err()).flatten();
    match defects().any(|defect| defect.complaint.sort <= Sort::Value) {
        true => Err(Error::Wrong(defects().cloned().collect())),
        false => Ok(judged),
    }
}

/// All of several positions, or what is said of them first, or else everything that is wrong with them.
pub(super) fn all_weighed<H: Handed>(
    handed: &[H],
    judged: Vec<Result<DebtPosition, Vec<Defect>>>,
    desk: Desk<'_>,
) -> Result<Vec<DebtPosition>, Error> {
    let (mut right, mut wrong) = (Vec::with_capacity(handed.len()), Vec::new());
    for (handed, judged) in handed.iter().zip(judged) {
        match weighed(judged, desk, handed.iupd(), handed.iuvs().into_iter()) {
            Ok(position) => right.push(position),
            Err(Error::Wrong(defects)) => wrong.extend(defects),
            Err(other) => return Err(other),
        }
    }
    if wrong.is_empty() { Ok(right) } else { Err(Error::Wrong(wrong)) }
}
