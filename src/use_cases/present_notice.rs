//! Find a notice and prove that it may be paid now: what verify and both gets have in common.

use std::time::Duration;

use tracing::{error, warn};

use super::{Error, admit};
use crate::domain::anomaly::{Anomaly, AnomalyKind};
use crate::domain::bill::{Bill, Defect};
use crate::domain::codes::{NoticeNumber, OrganizationCode};
use crate::domain::payable::{payable, payable_in_gpd};
use crate::domain::position::Notice;
use crate::domain::refusal::Refusal;
use crate::domain::registry::Caller;
use crate::station::Station;
use crate::store::StoreError;

/// How long the Node is kept waiting for an anomaly to be written: a bulk load may hold the store for longer, and the
/// next one who asks for the notice writes it just as well.
const ALARM_PATIENCE: Duration = Duration::from_secs(1);

/// A notice as the Node asks for it.
#[derive(Clone, Debug)]
pub struct AskedNotice {
    /// Who is called.
    pub caller: Caller,
    /// The creditor on the notice (`qrCode/fiscalCode`).
    pub fiscal_code: String,
    /// The notice.
    pub notice: NoticeNumber,
}

/// Tables B and C of `domain` 4.4-4.5, on one statement to the store.
pub async fn present_notice(station: &Station, asked: &AskedNotice) -> Result<Bill, Error> {
    let reading = station.store.notice(&asked.caller, &asked.notice).await?;
    // The probe wants to know that the store answers, for whatever creditor and station it names.
    if asked.notice.is_probe() {
        return Err(Refusal::Probe.into());
    }
    admit(&station.settings, reading.standing)?;
    if asked.fiscal_code != asked.caller.organization && !station.settings.follows_gpd() {
        return Err(Refusal::OtherOrganization.into());
    }
    let organization = OrganizationCode::new(&asked.caller.organization);
    presentable(station, &organization, &asked.notice, reading.notice).await
}

/// The same for somebody who stands before the organization itself, and names no station of its.
pub async fn look_at_notice(
    station: &Station,
    organization: &OrganizationCode,
    notice: &NoticeNumber,
) -> Result<Bill, Error> {
    let reading = station.store.notice_of(organization, notice).await?;
    if !reading.standing.organization && !station.settings.follows_gpd() {
        return Err(Refusal::UnknownOrganization.into());
    }
    presentable(station, organization, notice, reading.notice).await
}

/// Table C: whether what was found may be paid, and can be told.
async fn presentable(
    station: &Station,
    organization: &OrganizationCode,
    number: &NoticeNumber,
    found: Result<Option<Notice>, StoreError>,
) -> Result<Bill, Error> {
    let now = station.clock.now();
    let notice = match found {
        Ok(notice) if station.settings.follows_gpd() => payable_in_gpd(notice, now)?,
        Ok(notice) => payable(notice, now)?,
        // One notice's trouble, not the store's.
        Err(cause) => {
            error!(cause = crate::telemetry::chain(&cause), notice = %number, "a notice cannot be read");
            return Err(raise_alarm(station, organization, number, Defect::Unreadable).await.into());
        }
    };
    match Bill::of(notice) {
        Ok(bill) => Ok(bill),
        Err(defect) => Err(raise_alarm(station, organization, number, defect).await.into()),
    }
}

/// Nobody can pay such a notice: tell the operators. The refusal stands whether or not the anomaly could be written.
pub(super) async fn raise_alarm(
    station: &Station,
    organization: &OrganizationCode,
    notice: &NoticeNumber,
    defect: Defect,
) -> Refusal {
    warn!(%notice, organization = organization.as_str(), "notice cannot be presented: {defect}");
    let anomaly = Anomaly::new(AnomalyKind::UnpresentableNotice, defect.to_string());
    let now = station.clock.now();
    let written = station.store.open_anomaly_once(organization.as_str(), notice.as_str(), &anomaly, now);
    match tokio::time::timeout(ALARM_PATIENCE, written).await {
        Ok(Ok(())) => {}
        Ok(Err(cause)) => {
            error!(cause = crate::telemetry::chain(&cause), "the anomaly of an unpresentable notice was not written");
        }
        Err(_) => warn!("the anomaly of an unpresentable notice was not written: the store is busy"),
    }
    Refusal::Unpresentable(defect)
}
