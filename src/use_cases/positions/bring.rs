//! Bring in positions as operators hand them in: completed, judged, stored; all of them or none.

use super::numbering::{TRIES, number};
use super::{Desk, Error, create, rules, weighed};
use crate::domain::denial::Denial;
use crate::domain::position::ServiceType;
use crate::intake::Handed;
use crate::station::Station;
use crate::store::StoredPosition;

/// Stores new positions as drafts, or published at once. An option without an IUV gets the next free number of its
/// segregation code.
pub async fn bring<H: Handed + Clone>(
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
        let mut positions = Vec::with_capacity(completed.len());
        for handed in &completed {
            let judged = handed.judge(&rules);
            let mut position = weighed(judged, desk, handed.iupd(), handed.iuvs().into_iter())?;
            position.service_type = service;
            positions.push(position);
        }
        match create(station, desk, positions, to_publish).await {
            // A loaded notice has the number already.
            Err(Error::Denied(Denial::NotUnique(Some(nav)))) if attempt < TRIES && made.contains(&nav) => attempt += 1,
            done => return done,
        }
    }
}
