//! `ec-station anomalies`: what a person should look at.

use std::process::ExitCode;

use clap::Args;

use super::Failure;
use crate::store::{AnomalyFilter, Store};

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
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode, Failure> {
        let filter = AnomalyFilter { organization: self.organization, nav: self.notice, limit: i64::from(self.limit) };
        for anomaly in store.anomalies(&filter).await? {
            if self.json {
                println!("{}", serde_json::to_string(&anomaly).expect("an anomaly has a JSON form"));
            } else {
                let when = anomaly.opened_at.format("%Y-%m-%d %H:%M:%S");
                let nav = anomaly.nav.as_deref().unwrap_or("-");
                println!("{when}  {:<22}  {}  {nav:<18}  {}", anomaly.kind, anomaly.organization, anomaly.note);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
