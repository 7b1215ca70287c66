//! Find a notice and prove that it may be paid now: what verify and both gets have in common.

use std::time::Duration;

use tracing::{error, warn};

use super::{Error, admit};
use crate::domain::anomaly::{Anomaly, AnomalyKind};
use crate::domain::bill::{Bill, Defect};
use crate::domain::codes::NoticeNumber;
use crate::domain::payable::{payable, payable_in_gpd};
use crate::domain::refusal::Refusal;
use crate::domain::registry::Caller;
use crate::station::Station;

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
    let now = station.clock.now();
    let reading = station.store.notice(&asked.caller, &asked.notice).await?;
    // The probe wants to know that the store answers, for whatever creditor and station it names.
    if asked.notice.is_probe() {
        return Err(Refusal::Probe.into());
    }
    admit(&station.settings, reading.standing)?;
    let in_gpd = station.settings.follows_gpd();
    if asked.fiscal_code != asked.caller.organization && !in_gpd {
        return Err(Refusal::OtherOrganization.into());
    }
    let notice = match reading.notice {
        Ok(notice) if in_gpd => payable_in_gpd(notice, now)?,
        Ok(notice) => payable(notice, now)?,
        // One notice's trouble, not the store's.
        Err(cause) => {
            error!(cause = crate::telemetry::chain(&cause), notice = %asked.notice, "a notice cannot be read");
            return Err(raise_alarm(station, asked, Defect::Unreadable).await.into());
        }
    };
    match Bill::of(notice) {
        Ok(bill) => Ok(bill),
        Err(defect) => Err(raise_alarm(station, asked, defect).await.into()),
    }
}

/// Nobody can pay such a notice: tell the operators. The refusal stands whether or not the anomaly could be written.
pub(super) async fn raise_alarm(station: &Station, asked: &AskedNotice, defect: Defect) -> Refusal {
    warn!(notice = %asked.notice, organization = asked.caller.organization, "notice cannot be presented: {defect}");
    let anomaly = Anomaly::new(AnomalyKind::UnpresentableNotice, defect.to_string());
    let (organization, nav) = (&asked.caller.organization, asked.notice.as_str());
    let written = station.store.open_anomaly_once(organization, nav, &anomaly, station.clock.now());
    match tokio::time::timeout(ALARM_PATIENCE, written).await {
        Ok(Ok(())) => {}
        Ok(Err(cause)) => {
            error!(cause = crate::telemetry::chain(&cause), "the anomaly of an unpresentable notice was not written");
        }
        Err(_) => warn!("the anomaly of an unpresentable notice was not written: the store is busy"),
    }
    Refusal::Unpresentable(defect)
}
