//! `ec-station outbox`: what the outside world is to hear, and what it would not.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{ArgGroup, Args, Subcommand};

use super::output::{plain, print_lines};
use super::{Failure, existing_store};
use crate::settings::Settings;
use crate::store::{ListedMessage, WhichMessages};

const LIST_EXAMPLES: &str = "\
Examples:
  ec-station outbox list
  ec-station outbox list --dead
  ec-station outbox list --waiting --json";

const REPLAY_EXAMPLES: &str = "\
Examples:
  ec-station outbox replay 12
  ec-station outbox replay --all-dead";

/// Callbacks of the front office and messages to webhooks: which wait, which were heard, which were given up.
///
/// A message is sent until its receiver answers 2xx: at once, then after 1 minute, 5 minutes, 30 minutes, 2 hours, 6 hours
/// and 24 hours. After that it is dead, until somebody has it sent anew. A receiver that answers 410 gets it no more.
#[derive(Debug, Args)]
pub(super) struct Outbox {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Replay(Replay),
}

/// List messages, the newest first: number, since when, state, attempts, kind, notice, and what came in between.
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct List {
    /// Only those that are still to be heard.
    #[arg(long)]
    waiting: bool,
    /// Only those that were given up.
    #[arg(long, conflicts_with = "waiting")]
    dead: bool,
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// One JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
}

/// Send messages anew that were given up, or one that its receiver has lost. Running stations take them within a second.
#[derive(Debug, Args)]
#[command(after_help = REPLAY_EXAMPLES, group = ArgGroup::new("which").required(true))]
struct Replay {
    /// The number of a message.
    #[arg(value_name = "NUMBER", group = "which")]
    id: Option<i64>,
    /// All that were given up.
    #[arg(long, group = "which")]
    all_dead: bool,
}

impl Outbox {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let store = existing_store(settings).await?;
        match self.command {
            Command::List(list) => {
                let messages = store.messages(list.which(), list.limit.into()).await?;
                print_lines(messages.iter().map(|message| line(message, list.json)))?;
            }
            Command::Replay(Replay { id: Some(id), .. }) => {
                if !store.replay_message(id, Utc::now()).await? {
                    let text = format!("no message {id} was heard or given up; `ec-station outbox list` shows them");
                    return Err(Failure::Usage(text));
                }
                print_lines([format!("message {id} is sent anew")])?;
            }
            Command::Replay(Replay { id: None, .. }) => {
                let count = store.replay_dead_messages(Utc::now()).await?;
                print_lines([format!("messages that are sent anew: {count}")])?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    fn which(&self) -> WhichMessages {
        match (self.waiting, self.dead) {
            (true, _) => WhichMessages::Waiting,
            (_, true) => WhichMessages::Dead,
            _ => WhichMessages::All,
        }
    }
}

fn line(message: &ListedMessage, json: bool) -> String {
    if json {
        return serde_json::to_string(message).expect("a message has a JSON form");
    }
    let minute = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M").to_string();
    let state = match (message.delivered_at, message.dead_at) {
        (Some(at), _) => format!("heard {}", minute(at)),
        (_, Some(at)) => format!("dead  {}", minute(at)),
        _ => format!("next  {}", minute(message.next_at)),
    };
    let to = match (&message.account, message.webhook) {
        (Some(account), _) => plain(account),
        (None, Some(webhook)) => format!("webhook {webhook}"),
        _ => "-".into(),
    };
    let nav = message.nav.as_deref().map_or("-".into(), plain);
    let trouble = message.trouble.as_deref().map(|text| format!(": {}", plain(text))).unwrap_or_default();
    let ListedMessage { id, kind, attempts, .. } = message;
    let created = minute(message.created_at);
    format!("{id:>6}  {created}  {state}  {attempts:>2}  {kind:<14}  {nav:<18}  {to}{trouble}")
}
