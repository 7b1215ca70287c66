//! Bring in positions as operators hand them in: completed, judged, stored; all of them or none.

use super::numbering::{TRIES, number};
use super::rules::{all_weighed, well_formed};
use super::{Desk, Error, create, rules};
use crate::domain::denial::Denial;
use crate::domain::position::ServiceType;
use crate::intake::Handed;
use crate::station::Station;
use crate::store::StoredPosition;

/// Stores new positions as drafts, or published at once. An option without an IUV gets the next free number of its
/// segregation code. What is wrong with one of them says which.
pub async fn bring_all<H: Handed + Clone>(
    station: &Station,
    desk: Desk<'_>,
    handed: &[H],
    service: ServiceType,
    to_publish: bool,
) -> Result<Vec<StoredPosition>, Error> {
    let rules = rules(station, desk).await?;
    let mut attempt = 0;
    loop {
        let mut completed = handed.to_vec();
        let made = number(station, desk, &mut completed, attempt).await?;
        let judged = well_formed(completed.iter().map(|handed| handed.judge(&rules)))?;
        let mut positions = all_weighed(&completed, judged, desk)?;
        positions.iter_mut().for_each(|position| position.service_type = service);
        match create(station, desk, positions, to_publish).await {
            // A loaded notice has the number already.
            Err(Error::Denied(Denial::NotUnique(Some(nav)))) if attempt < TRIES && made.contains(&nav) => attempt += 1,
            done => return done,
        }
    }
}

/// The same where it needs no saying which of them is wrong: there is only one.
pub async fn bring<H: Handed + Clone>(
    station: &Station,
    desk: Desk<'_>,
    handed: &[H],
    service: ServiceType,
    to_publish: bool,
) -> Result<Vec<StoredPosition>, Error> {
    let brought = bring_all(station, desk, handed, service, to_publish).await;
    brought.map_err(|error| match error {
        Error::Wrong(mut defects) => {
            defects.iter_mut().for_each(|defect| defect.place.position = None);
            Error::Wrong(defects)
        }
        other => other,
    })
}
