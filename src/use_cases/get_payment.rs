//! Tell the Node all it needs to collect a payment. Nothing is locked or changed: a get may be repeated for ever.

use super::present_notice::raise_alarm;
use super::{AskedNotice, Error, present_notice};
use crate::domain::bill::{Bill, Defect};
use crate::domain::codes::OrganizationCode;
use crate::domain::receipt::Version;
use crate::station::Station;

/// Presents a notice for payment in one generation of the protocol; the first cannot carry stamps (`domain` 4.5, C8).
pub async fn get_payment(station: &Station, asked: &AskedNotice, version: Version) -> Result<Bill, Error> {
    let bill = present_notice(station, asked).await?;
    if version == Version::V1 && bill.has_stamp() {
        let organization = OrganizationCode::new(&asked.caller.organization);
        return Err(raise_alarm(station, &organization, &asked.notice, Defect::StampInV1).await.into());
    }
    Ok(bill)
}
