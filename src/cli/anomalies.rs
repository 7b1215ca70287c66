//! `ec-station anomalies`: what a person should look at.

use std::process::ExitCode;

use clap::Args;

use super::output::{Wanted, plain, print_lines};
use super::{Failure, existing_store};
use crate::settings::Settings;
use crate::store::StoredAnomaly;

const EXAMPLES: &str = "\
Examples:
  ec-station anomalies --organization 99000001018 --limit 20
  ec-station anomalies --notice 307000000001234573 --json";

/// Lists anomalies, the newest first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Anomalies {
    #[command(flatten)]
    wanted: Wanted,
}

impl Anomalies {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let store = existing_store(settings).await?;
        let anomalies = store.anomalies(&self.wanted.filter()).await?;
        print_lines(anomalies.iter().map(|anomaly| line(anomaly, self.wanted.json)))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn line(anomaly: &StoredAnomaly, json: bool) -> String {
    if json {
        return serde_json::to_string(anomaly).expect("an anomaly has a JSON form");
    }
    let when = anomaly.opened_at.format("%Y-%m-%d %H:%M:%S");
    let state = if anomaly.closed_at.is_some() { "closed" } else { "open" };
    let (organization, nav) = (plain(&anomaly.organization), anomaly.nav.as_deref().map_or("-".into(), plain));
    let subject = match (anomaly.receipt, anomaly.refused) {
        (Some(receipt), _) => format!("receipt {receipt}"),
        (None, Some(refused)) => format!("refused receipt {refused}"),
        (None, None) => "notice".into(),
    };
    let (kind, note) = (&anomaly.kind, plain(&anomaly.note));
    format!("{when}  {state:<6}  {kind:<22}  {organization}  {nav:<18}  {subject}: {note}")
}
