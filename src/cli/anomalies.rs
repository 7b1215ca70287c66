//! `ec-station anomalies`: what a person should look at.

use std::process::ExitCode;

use clap::Args;

use super::output::{plain, print_lines};
use super::{Failure, existing_store};
use crate::settings::Settings;
use crate::store::{AnomalyFilter, StoredAnomaly};

const EXAMPLES: &str = "\
Examples:
  ec-station anomalies --organization 99000001018 --limit 20
  ec-station anomalies --notice 307000000001234573 --json";

/// Lists anomalies, the newest first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Anomalies {
    /// Only of this organization (its fiscal code).
    #[arg(long, value_name = "CF")]
    organization: Option<String>,
    /// Only of this notice.
    #[arg(long, value_name = "NAV")]
    notice: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// One JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
}

impl Anomalies {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let store = existing_store(settings).await?;
        let filter = AnomalyFilter { organization: self.organization, nav: self.notice, limit: i64::from(self.limit) };
        let anomalies = store.anomalies(&filter).await?;
        print_lines(anomalies.iter().map(|anomaly| line(anomaly, self.json)))?;
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
