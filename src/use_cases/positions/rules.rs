//! The rules that what is handed in must obey: those of the installation, the organization and the day.

use super::{Desk, Error};
use crate::domain::denial::Denial;
use crate::domain::position::DebtPosition;
use crate::intake::{Complaint, Defect, Rules, Sort, Validation};
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
