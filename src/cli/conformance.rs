//! `ec-station conformance`: whether a station answers as the Node expects.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Failure;
use super::output::print_lines;
use crate::conformance::case::{self, Case};

/// Try a station, this one or another's, and say where it breaks the rules.
#[derive(Debug, Args)]
pub(super) struct Conformance {
    /// Only cases whose name or rule holds this text.
    #[arg(long, value_name = "PATTERN")]
    only: Option<String>,
    /// Cases of your own, besides those that are built in.
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// List the cases and run none.
    #[arg(long)]
    list: bool,
}

impl Conformance {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let cases = self.chosen()?;
        if self.list {
            let line =
                |case: &Case| format!("{:<7} {:<20} {:<45} {}", case.severity.as_str(), case.rule, case.id, case.title);
            print_lines(cases.iter().map(line))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn chosen(&self) -> Result<Vec<Case>, Failure> {
        let misuse = |error: case::CaseError| Failure::Usage(error.to_string());
        let mut cases = case::built_in().map_err(misuse)?;
        if let Some(folder) = &self.cases {
            cases.extend(case::in_folder(folder).map_err(misuse)?);
        }
        if let Some(pattern) = &self.only {
            cases.retain(|case| case.id.contains(pattern.as_str()) || case.rule.contains(pattern.as_str()));
        }
        Ok(cases)
    }
}
