//! `ec-station receipts`: what was received, as understood or as it came.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use super::Failure;
use crate::domain::amount::AmountOrZero;
use crate::store::{ReceiptFilter, Store};

const EXAMPLES: &str = "\
Examples:
  ec-station receipts --notice 307000000001234573
  ec-station receipts --organization 99000001018 --json > receipts.jsonl
  ec-station receipts --raw 1 > receipt.xml";

/// Lists receipts, the newest first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Receipts {
    /// Only those sent to this organization (its fiscal code).
    #[arg(long, value_name = "CF")]
    organization: Option<String>,
    /// Only of this notice.
    #[arg(long, value_name = "NAV")]
    notice: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// One JSON object a line, with everything that was understood (people's data included).
    #[arg(long)]
    json: bool,
    /// Print the bytes of one receipt, by its number in the list, exactly as they came.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["organization", "notice", "json"])]
    raw: Option<i64>,
}

impl Receipts {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode, Failure> {
        if let Some(id) = self.raw {
            let raw = store.raw_receipt(id).await?;
            let raw = raw.ok_or_else(|| Failure::Usage(format!("there is no receipt number {id}")))?;
            std::io::stdout().write_all(&raw).map_err(Failure::io("print the receipt"))?;
            return Ok(ExitCode::SUCCESS);
        }
        let filter = ReceiptFilter { recipient: self.organization, nav: self.notice, limit: i64::from(self.limit) };
        for receipt in store.receipts(&filter).await? {
            if self.json {
                println!("{}", serde_json::to_string(&receipt).expect("a receipt has a JSON form"));
            } else {
                let when = receipt.received_at.format("%Y-%m-%d %H:%M:%S");
                let amount = AmountOrZero::from_cents(receipt.amount_cents).map(AmountOrZero::euro).unwrap_or_default();
                println!(
                    "{:>6}  {when}  {}  {}  {amount:>12}  {:<11}  {:<4}  {}",
                    receipt.id, receipt.recipient, receipt.nav, receipt.kind, receipt.rule, receipt.receipt_id
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
