//! `ec-station pay secret`: with what the callbacks of an account are signed.

use std::process::ExitCode;

use chrono::Utc;
use clap::Args;

use crate::cli::output::print_lines;
use crate::cli::{Failure, existing_store};
use crate::domain::access::{Role, is_key_name};
use crate::outbox::{change_secret, secret_of};
use crate::settings::Settings;
use crate::store::SecretHolder;

const EXAMPLES: &str = "\
Examples:
  ec-station pay secret PORTALE
  ec-station pay secret PORTALE --rotate";

/// Print the secret with which callbacks of an account are signed, as Standard Webhooks has it.
///
/// The secret alone goes to the standard output. The receiver computes an HMAC-SHA256 of the headers webhook-id and
/// webhook-timestamp and the body, with points in between, and compares it with the header webhook-signature.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Secret {
    /// The account: the name of its key.
    account: String,
    /// Make another one. Callbacks that are sent from now on are signed with it.
    #[arg(long)]
    rotate: bool,
}

impl Secret {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let Secret { account, rotate } = self;
        if !is_key_name(&account) {
            return Err(Failure::Usage("ACCOUNT must be the name of a key".into()));
        }
        let store = existing_store(settings).await?;
        let is_its = |key: &crate::store::StoredKey| key.access.name == account && key.access.role == Role::Pay;
        if !store.keys().await?.iter().any(is_its) {
            eprintln!("note: no key of the front office is called {account}");
        }
        let holder = SecretHolder::Account(account);
        let secret = if rotate {
            change_secret(&store, &holder, Utc::now()).await?
        } else {
            secret_of(&store, &holder, Utc::now()).await?
        };
        print_lines([secret.shown()])?;
        Ok(ExitCode::SUCCESS)
    }
}
