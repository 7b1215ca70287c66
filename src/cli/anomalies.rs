//! `ec-station anomalies`: what a person should look at, and that somebody has.

use std::process::ExitCode;

use chrono::Utc;
use clap::Args;

use super::output::{Wanted, plain, print_lines};
use super::{Failure, existing_store, watched};
use crate::settings::Settings;
use crate::store::{Store, StoredAnomaly};
use crate::use_cases::{LONGEST_NOTE, Resolution, Resolved, resolve_anomaly};

const EXAMPLES: &str = "\
Examples:
  ec-station anomalies --organization 99000001018 --limit 20
  ec-station anomalies --notice 307000000001234573 --json
  ec-station anomalies --resolve 12 --note 'refunded on 3 March'";

/// Lists anomalies, the newest first, or closes one that somebody has dealt with.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Anomalies {
    #[command(flatten)]
    wanted: Wanted,
    /// Close the anomaly with this number.
    #[arg(long, value_name = "NUMBER", requires = "note", conflicts_with_all = ["organization", "notice"])]
    resolve: Option<i64>,
    /// How it was dealt with, up to 500 characters.
    #[arg(long, requires = "resolve", value_parser = note)]
    note: Option<String>,
}

fn note(text: &str) -> Result<String, String> {
    let fits = !text.trim().is_empty() && text.chars().count() <= LONGEST_NOTE && !text.contains('\0');
    if fits { Ok(text.to_owned()) } else { Err(format!("must have between 1 and {LONGEST_NOTE} characters")) }
}

impl Anomalies {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let store = existing_store(settings).await?;
        if let (Some(id), Some(note)) = (self.resolve, &self.note) {
            return watched(&store, resolved(&store, Resolution { id, note, by: "a command" }).await);
        }
        let anomalies = store.anomalies(&self.wanted.filter()).await?;
        print_lines(anomalies.iter().map(|anomaly| line(anomaly, self.wanted.json)))?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn resolved(store: &Store, resolution: Resolution<'_>) -> Result<ExitCode, Failure> {
    match resolve_anomaly(store, resolution, Utc::now()).await? {
        Resolved::Now(_) => Ok(ExitCode::SUCCESS),
        Resolved::Before => Err(Failure::Usage(format!("anomaly {} is closed already", resolution.id))),
        Resolved::Unknown => Err(Failure::Usage(format!("there is no anomaly number {}", resolution.id))),
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
    let id = anomaly.id;
    format!("{id:>6}  {when}  {state:<6}  {kind:<22}  {organization}  {nav:<18}  {subject}: {note}")
}
