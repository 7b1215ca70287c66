//! `ec-station pay usage`: what each account has done in a month, and what is owed for it.

use std::process::ExitCode;

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Rome;
use clap::Args;
use rust_decimal::Decimal;
use serde_json::json;

use crate::cli::output::{plain, print_lines};
use crate::cli::{Failure, existing_store};
use crate::settings::Settings;
use crate::store::AccountStatement;

const EXAMPLES: &str = "\
Examples:
  ec-station pay usage
  ec-station pay usage --month 2026-11 --account account@portale.example.org
  ec-station pay usage --month 2026-11 --json";

/// What each account has done in a month, and what is owed for it.
///
/// calls are those of the API, billable those of them beyond the daily quota (quota.calls), and price is what they cost at
/// today's quota.call_price, without VAT. paid are the requests that ended with a payment, credit is what the account was
/// credited for them at the time (quota.payment_credit). The balance is credit less price: below zero the account owes it.
/// A month is one of Italy (Europe/Rome).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Usage {
    /// The month; this one unless you say otherwise.
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    month: Option<NaiveDate>,
    /// Only of this account.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// One JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
}

/// The first day of a month.
fn month(text: &str) -> Result<NaiveDate, String> {
    let of_month = text.len() == 7 && text.is_ascii();
    let first = of_month.then(|| NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()).flatten();
    first.filter(|day| day.year() >= 2000).ok_or_else(|| "must be a month, such as 2026-11".to_owned())
}

/// What an account owes and is owed, in euro.
struct Bill {
    price: Decimal,
    credit: Decimal,
}

impl Bill {
    fn of(statement: &AccountStatement, call_price: Decimal) -> Bill {
        let price = Decimal::from(statement.billable) * call_price;
        Bill { price, credit: Decimal::new(statement.credit, 3) }
    }

    fn balance(&self) -> Decimal {
        self.credit - self.price
    }
}

/// An amount with all its decimals, two at the least.
fn euro(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}

impl Usage {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let store = existing_store(settings).await?;
        let first = self.month.unwrap_or_else(|| this_month(Utc::now()));
        let days = (first, first + Months::new(1));
        let statements = store.account_statements(days, (begin(days.0), begin(days.1))).await?;
        let wanted = statements.iter().filter(|one| self.account.as_ref().is_none_or(|name| *name == one.account));
        let price = settings.quota.call_price;
        if self.json {
            print_lines(wanted.map(|statement| line(first, statement, &Bill::of(statement, price))))?;
        } else {
            let head = row("account", ["calls", "billable", "price", "paid", "credit", "balance"].map(str::to_owned));
            print_lines(
                std::iter::once(head).chain(wanted.map(|statement| shown(statement, &Bill::of(statement, price)))),
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn this_month(now: DateTime<Utc>) -> NaiveDate {
    let today = now.with_timezone(&Rome).date_naive();
    today.with_day(1).unwrap_or(today)
}

/// When a day begins in Rome.
fn begin(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    Rome.from_local_datetime(&local).earliest().map_or_else(|| local.and_utc(), |at| at.to_utc())
}

fn line(month: NaiveDate, statement: &AccountStatement, bill: &Bill) -> String {
    let AccountStatement { account, calls, billable, payments, .. } = statement;
    json!({
        "account": account, "month": month.format("%Y-%m").to_string(), "calls": calls, "billable": billable,
        "price": euro(bill.price), "paid": payments, "credit": euro(bill.credit), "balance": euro(bill.balance()),
    })
    .to_string()
}

fn shown(statement: &AccountStatement, bill: &Bill) -> String {
    let AccountStatement { account, calls, billable, payments, .. } = statement;
    let numbers = [calls.to_string(), billable.to_string(), euro(bill.price), payments.to_string()];
    let [calls, billable, price, paid] = numbers;
    row(&plain(account), [calls, billable, price, paid, euro(bill.credit), euro(bill.balance())])
}

fn row(account: &str, [calls, billable, price, paid, credit, balance]: [String; 6]) -> String {
    format!("{account:<32}  {calls:>9}  {billable:>9}  {price:>9}  {paid:>7}  {credit:>9}  {balance:>9}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_account_owes_and_is_owed() {
        for (billable, price, credit, told) in [
            (0, "0", 0, ["0.00", "0.00", "0.00"]),
            (3, "0.001", 200, ["0.003", "0.20", "0.197"]),
            (2000, "0.001", 0, ["2.00", "0.00", "-2.00"]),
            (1, "0.0000001", 1, ["0.0000001", "0.001", "0.0009999"]),
            (7, "10", 1_000_000, ["70.00", "1000.00", "930.00"]),
        ] {
            let statement = AccountStatement { account: "a".into(), calls: billable, billable, payments: 0, credit };
            let bill = Bill::of(&statement, price.parse().unwrap());
            assert_eq!([euro(bill.price), euro(bill.credit), euro(bill.balance())], told);
        }
    }

    #[test]
    fn a_month_is_one_of_rome() {
        assert_eq!(month("2026-11").unwrap().to_string(), "2026-11-01");
        for text in ["", "2026", "2026-13", "2026-1", "2026-011", "1999-12", "2026-11-01", "20२6-1"] {
            assert!(month(text).is_err(), "{text}");
        }
        assert_eq!(this_month("2026-11-30T23:00:00Z".parse().unwrap()).to_string(), "2026-12-01");
        assert_eq!(begin(month("2026-11").unwrap()).to_rfc3339(), "2026-10-31T23:00:00+00:00");
        assert_eq!(begin(month("2026-07").unwrap()).to_rfc3339(), "2026-06-30T22:00:00+00:00");
    }
}
