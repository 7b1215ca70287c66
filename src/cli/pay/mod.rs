//! `ec-station pay`: the accounts of the front office.

mod secret;
mod usage;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Failure;
use crate::settings::Settings;

/// The accounts of the front office. One is made with `ec-station key create --role pay`: the key's name is the account.
#[derive(Debug, Args)]
pub(super) struct Pay {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Secret(secret::Secret),
    Usage(usage::Usage),
}

impl Pay {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        match self.command {
            Command::Secret(secret) => secret.run(settings).await,
            Command::Usage(usage) => usage.run(settings).await,
        }
    }
}
