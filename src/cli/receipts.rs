//! `ec-station receipts`: what was received, as understood or as it came.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::output::{Wanted, plain, print_lines};
use super::{Failure, existing_store};
use crate::domain::amount::AmountOrZero;
use crate::settings::Settings;
use crate::store::{Kept, KeptReceipt, ListedReceipt};

const EXAMPLES: &str = "\
Examples:
  ec-station receipts --notice 307000000001234573
  ec-station receipts --organization 99000001018 --json > receipts.jsonl
  ec-station receipts --raw 1 > receipt.xml
  ec-station receipts --of refused";

/// Lists receipts, the newest first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Receipts {
    /// Which receipts: a KO is final for the Node, so what was refused or came altered is kept too.
    #[arg(long, value_enum, default_value_t = Of::Received)]
    of: Of,
    #[command(flatten)]
    wanted: Wanted,
    /// Print the bytes of one receipt, by its number in the list, exactly as they came.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["organization", "notice", "json"])]
    raw: Option<i64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// Those that were stored under their key.
    Received,
    /// Those that were refused before: unreadable, or for a wrong address.
    Refused,
    /// Those that came with a known id and another content.
    Altered,
}

impl Receipts {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let store = existing_store(settings).await?;
        let kept = match self.of {
            Of::Received => Kept::Received,
            Of::Refused => Kept::Refused,
            Of::Altered => Kept::Altered,
        };
        if let Some(id) = self.raw {
            let raw = store.raw_receipt(kept, id).await?;
            let raw = raw.ok_or_else(|| Failure::Usage(format!("there is no receipt number {id}")))?;
            std::io::stdout().write_all(&raw.bytes).map_err(Failure::io("print the receipt"))?;
            return Ok(ExitCode::SUCCESS);
        }
        let (filter, json) = (self.wanted.filter(), self.wanted.json);
        match kept {
            Kept::Received => print_lines(store.receipts(&filter).await?.iter().map(|r| received(r, json)))?,
            _ => print_lines(store.kept_receipts(kept, &filter).await?.iter().map(|r| refused(r, json)))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn received(receipt: &ListedReceipt, json: bool) -> String {
    if json {
        return serde_json::to_string(receipt).expect("a receipt has a JSON form");
    }
    let when = receipt.received_at.format("%Y-%m-%d %H:%M:%S");
    let amount = AmountOrZero::from_cents(receipt.amount_cents).map(AmountOrZero::euro).unwrap_or_default();
    format!(
        "{:>6}  {when}  {}  {}  {amount:>12}  {:<11}  {:<4}  {}",
        receipt.id,
        receipt.recipient,
        receipt.nav,
        receipt.kind,
        receipt.rule,
        plain(&receipt.receipt_id)
    )
}

fn refused(receipt: &KeptReceipt, json: bool) -> String {
    if json {
        return serde_json::to_string(receipt).expect("a receipt has a JSON form");
    }
    let when = receipt.received_at.format("%Y-%m-%d %H:%M:%S");
    let recipient = plain(receipt.recipient.as_deref().unwrap_or("-"));
    format!(
        "{:>6}  {when}  {recipient}  {:<4}  {:>7} bytes  {}",
        receipt.id,
        receipt.rule,
        receipt.bytes,
        plain(&receipt.reason)
    )
}
