//! `ec-station key`: who may call the operators' API, and the front office.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

use super::output::print_lines;
use super::{Failure, existing_store, open_store, watched};
use crate::domain::access::{Access, Grant, KeyDigest, Role, is_key_name};
use crate::domain::codes::{OrganizationCode, SegregationCodes, is_organization_code};
use crate::intake::{Validation, shown};
use crate::settings::Settings;
use crate::store::{Made, NewKey, Store, StoredKey, WhichKeys};

/// What a secret begins with, so that whoever finds one somewhere knows what it opens.
const PREFIX: &str = "ecs_";

/// Bytes of a secret, from the system's source of randomness.
const SECRET_BYTES: usize = 20;

const CREATE_EXAMPLES: &str = "\
Examples:
  ec-station key create --name BACKOFFICE --role write --organization 99000001018
  ec-station key create --name TARI --role write --organization 99000001018 --codes 47,48
  ec-station key create --name PARTNER --role write --organization 99000001018:47 --organization 99000002024
  ec-station key create --name CONSOLE --role admin --all-organizations
  ec-station key create --name account@portale.example.org --role pay --all-organizations
  ec-station key create --name BACKOFFICE --role write --organization 99000001018 --replace-oldest";

const LIST_EXAMPLES: &str = "\
Examples:
  ec-station key list
  ec-station key list --all --json";

const REVOKE_EXAMPLES: &str = "\
Examples:
  ec-station key revoke 3
  ec-station key revoke BACKOFFICE";

/// The keys of the operators' API and of the front office: who may call, and for which organizations.
#[derive(Debug, Args)]
pub(super) struct Key {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(Create),
    List(List),
    Revoke(Revoke),
}

/// Make a key and print it, this once.
///
/// The key alone goes to the standard output. Clients send it in the header Ocp-Apim-Subscription-Key, or as Authorization:
/// Bearer. Only its digest is stored: a key that is lost is replaced. From the first key on every call needs one.
///
/// A name may have two keys, so that one can be changed without a pause: make the second, give it to the client, revoke the
/// first by its id.
#[derive(Debug, Args)]
#[command(after_help = CREATE_EXAMPLES, group = ArgGroup::new("whose").required(true))]
struct Create {
    /// Whose key it is: a letter, then letters, digits and . _ - @ (64 at the most).
    #[arg(long)]
    name: String,
    /// read looks, write also changes positions, admin also the registry; pay is for the front office alone, where the
    /// name is the account.
    #[arg(long, value_parser = PossibleValuesParser::new(Role::ALL.map(Role::as_str)).try_map(|text| text.parse::<Role>()))]
    role: Role,
    /// Fiscal code of an organization it opens, perhaps with segregation codes: 99000001018:47,48. May come again.
    #[arg(long, value_name = "CF[:CODES]", group = "whose")]
    organization: Vec<String>,
    /// It opens every organization, also those that are yet to come.
    #[arg(long, group = "whose")]
    all_organizations: bool,
    /// Segregation codes it is confined to, with commas, wherever an organization has none of its own.
    #[arg(long, value_name = "CODES")]
    codes: Option<String>,
    /// If the name has two keys already, revoke the older one.
    #[arg(long)]
    replace_oldest: bool,
}

/// List the keys that are alive: id, name, role, when it was made and used last, and what it opens.
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct List {
    /// Also those that are revoked.
    #[arg(long)]
    all: bool,
    /// One JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
}

/// Revoke one key by its id, or all of a name. Every station refuses it within seconds.
#[derive(Debug, Args)]
#[command(after_help = REVOKE_EXAMPLES)]
struct Revoke {
    /// The id of a key, or a name.
    #[arg(value_name = "ID|NAME")]
    key: String,
}

impl Key {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        match self.command {
            Command::Create(create) => {
                let grants = create.grants(settings.validation)?;
                let store = open_store(settings).await?;
                watched(&store, create.run(&store, grants, Utc::now()).await)
            }
            Command::List(list) => list.run(&existing_store(settings).await?).await,
            Command::Revoke(revoke) => {
                let store = existing_store(settings).await?;
                watched(&store, revoke.run(&store, Utc::now()).await)
            }
        }
    }
}

impl Create {
    async fn run(self, store: &Store, grants: Vec<Grant>, now: DateTime<Utc>) -> Result<ExitCode, Failure> {
        let known = store.organizations().await?;
        for organization in grants.iter().filter_map(|grant| grant.organization.as_ref()) {
            if !known.iter().any(|known| known.fiscal_code == organization.as_str()) {
                eprintln!("note: organization {} is not in the registry", shown(organization.as_str()));
            }
        }
        let secret = fresh_secret()?;
        let digest = KeyDigest::of(secret.as_bytes());
        let Create { name, role, replace_oldest, .. } = self;
        let new = NewKey { name: name.clone(), role, grants, digest, replace_oldest };
        match store.make_key(&new, now).await? {
            Made::Key { id, replaced } => {
                if let Some(replaced) = replaced {
                    eprintln!("the key {name} with id {replaced} is revoked");
                }
                eprintln!("the key {name} has id {id}; it is shown this once:");
                print_lines([secret])?;
                Ok(ExitCode::SUCCESS)
            }
            Made::TooMany(ids) => {
                let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
                Err(Failure::Usage(format!(
                    "{name} has two keys already (ids {}): revoke one with `ec-station key revoke ID`, or add \
                     --replace-oldest",
                    ids.join(" and ")
                )))
            }
        }
    }

    /// What the key is to open.
    fn grants(&self, validation: Validation) -> Result<Vec<Grant>, Failure> {
        if !is_key_name(&self.name) {
            let what = "--name must be a letter, then letters, digits and . _ - @ (64 at the most)";
            return Err(Failure::Usage(what.into()));
        }
        let general = self.codes.as_deref().map_or(Ok(SegregationCodes::all()), codes)?;
        let mut grants: Vec<Grant> = Vec::new();
        if self.all_organizations {
            grants.push(Grant { organization: None, codes: general.clone() });
        }
        for text in &self.organization {
            let (organization, codes) = match text.split_once(':') {
                Some((organization, own)) => (organization, codes(own)?),
                None => (text.as_str(), general.clone()),
            };
            if organization.trim().is_empty() || validation == Validation::Strict && !is_organization_code(organization)
            {
                return Err(Failure::Usage("--organization must be eleven digits, perhaps with :CODES behind".into()));
            }
            let organization = Some(OrganizationCode::new(organization));
            if grants.iter().any(|grant| grant.organization == organization) {
                return Err(Failure::Usage(format!("--organization {} came before", shown(text))));
            }
            grants.push(Grant { organization, codes });
        }
        if self.role == Role::Admin && grants.iter().any(|grant| grant.codes.listed().is_some()) {
            return Err(Failure::Usage("an admin key has every segregation code: leave --codes out".into()));
        }
        Ok(grants)
    }
}

fn codes(text: &str) -> Result<SegregationCodes, Failure> {
    let wrong = || Failure::Usage("segregation codes are two digits each, with commas: 47,48".into());
    SegregationCodes::parse(text).ok_or_else(wrong)
}

fn fresh_secret() -> Result<String, Failure> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Failure::io("ask the system for randomness")(error.into()))?;
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    Ok(std::iter::once(PREFIX.to_owned()).chain(digits).collect())
}

impl List {
    async fn run(self, store: &Store) -> Result<ExitCode, Failure> {
        let keys = store.keys().await?;
        print_lines(keys.iter().filter(|key| self.all || key.revoked_at.is_none()).map(|key| self.line(key)))?;
        Ok(ExitCode::SUCCESS)
    }

    fn line(&self, key: &StoredKey) -> String {
        let StoredKey { access: Access { id, name, role, grants }, created_at, last_used_at, revoked_at, .. } = key;
        if self.json {
            let grants =
                grants.iter().map(|grant| json!({ "organization": grant.organization, "codes": grant.codes.listed() }));
            let grants: Vec<_> = grants.collect();
            return json!({
                "id": id, "name": name, "role": role, "grants": grants,
                "createdAt": created_at, "lastUsedAt": last_used_at, "revokedAt": revoked_at,
            })
            .to_string();
        }
        let day = |at: &DateTime<Utc>| at.format("%Y-%m-%d %H:%M").to_string();
        let used = last_used_at.as_ref().map_or("never".into(), day);
        let opens: Vec<String> = grants.iter().map(opened).collect();
        let end = revoked_at.as_ref().map(|at| format!("  revoked {}", day(at))).unwrap_or_default();
        let created = day(created_at);
        format!("{id:>4}  {name:<20}  {:<5}  {created}  {used:<16}  {}{end}", role.as_str(), opens.join(" "))
    }
}

fn opened(grant: &Grant) -> String {
    let organization = grant.organization.as_ref().map_or("all".into(), |organization| shown(organization.as_str()));
    match grant.codes.listed() {
        None => organization,
        Some(codes) => format!("{organization}:{}", codes.join(",")),
    }
}

impl Revoke {
    async fn run(self, store: &Store, now: DateTime<Utc>) -> Result<ExitCode, Failure> {
        let which = self.key.parse().map_or_else(|_| WhichKeys::Name(self.key.clone()), WhichKeys::Id);
        let revoked = store.revoke_keys(&which, now).await?;
        if revoked.is_empty() {
            let key = shown(&self.key);
            return Err(Failure::Usage(format!(
                "no key that is alive is called {key}; `ec-station key list` shows them"
            )));
        }
        print_lines(revoked.iter().map(|id| format!("revoked: key with id {id}")))?;
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_printable_and_never_the_same() {
        let (one, other) = (fresh_secret().unwrap(), fresh_secret().unwrap());
        for secret in [&one, &other] {
            let digits = secret.strip_prefix(PREFIX).unwrap();
            assert!(digits.len() == 40 && digits.bytes().all(|b| b.is_ascii_hexdigit()), "{secret}");
        }
        assert_ne!(one, other);
    }
}
