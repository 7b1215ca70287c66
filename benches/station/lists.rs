//! The first hundred pages of every filter and every order, on a small store and on a large one.

use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use ec_station::domain::codes::{Iupd, Iuv, Nav};
use ec_station::domain::position::{DebtPosition, PositionStatus, ServiceType};
use hdrhistogram::Histogram;

use crate::Result;
use crate::arguments::Arguments;
use crate::database::{Databases, Engine};
use crate::notices::{self, ORGANIZATION};
use crate::process::Server;
use crate::table;

/// Positions of the small store.
const SMALL: u64 = 10_000;
/// Pages of each list, and how many positions stand on each.
const PAGES: u64 = 100;
const LIMIT: u64 = 10;
/// How much longer a list may take on the large store.
const LONGER: f64 = 2.0;

pub fn run(arguments: &Arguments, databases: &Databases, engine: Engine) -> Result<()> {
    let sizes = [SMALL, arguments.positions()];
    let [small, large] = sizes.map(|size| table::number(size as f64, 0));
    table::heading(format_args!("lists · {engine} · the first {PAGES} pages, {small} positions and {large}"));
    let now = Utc::now();
    let mut servers = Vec::new();
    for size in sizes {
        let database =
            databases.filled_with(engine, &[notices::single(size)], |number, now| varied(number, size, now))?;
        servers.push(Server::station(&database, &[])?);
    }
    println!("  {:<40}{:>14}{:>14}{:>14}{:>14}", "", "p50 ms", "p99 ms", "p50 ms", "p99 ms");
    for (name, query) in filters(now.date_naive()).into_iter().filter(|(name, _)| name.contains(&arguments.only)) {
        let minute = || Histogram::new_with_bounds(1, 60_000_000, 3);
        let mut times = [minute()?, minute()?];
        // Servers take turns; the first round warms them up.
        for round in 0..=arguments.rounds() {
            for (server, times) in servers.iter().zip(&mut times) {
                for page in 0..PAGES {
                    let time = ask(server, &format!("{query}&limit={LIMIT}&page={page}"))?;
                    if round > 0 {
                        times.saturating_record(time.as_micros() as u64);
                    }
                }
            }
        }
        let milliseconds = |times: &Histogram<u64>, quantile| times.value_at_quantile(quantile) as f64 / 1e3;
        let [small, large] = times.each_ref().map(|times| [milliseconds(times, 0.5), milliseconds(times, 0.99)]);
        let ratio = large[1] / small[1];
        let met = if ratio <= LONGER { "met" } else { "MISSED" };
        println!(
            "  {name:<40}{:>14.2}{:>14.2}{:>14.2}{:>14.2}   p99 {ratio:.2} ≤ {LONGER} {met}",
            small[0], small[1], large[0], large[1]
        );
    }
    Ok(())
}

/// What can be asked for.
fn filters(today: NaiveDate) -> Vec<(&'static str, String)> {
    let month = |from: &str, to: &str| format!("{from}={today}&{to}={}", today + chrono::Days::new(29));
    let past = format!("payment_date_from={}&payment_date_to={today}", today - chrono::Days::new(29));
    vec![
        ("no filter", String::new()),
        ("by IUPD", "orderby=IUPD".into()),
        ("by IUPD, ascending", "orderby=IUPD&ordering=ASC".into()),
        ("by status", "orderby=STATUS".into()),
        ("by company name", "orderby=COMPANY_NAME".into()),
        ("status VALID", "status=VALID".into()),
        ("status PAID", "status=PAID".into()),
        ("status DRAFT", "status=DRAFT".into()),
        ("due in a month", month("due_date_from", "due_date_to")),
        ("due on a day", format!("due_date_from={today}&due_date_to={today}")),
        ("due in a month, status VALID", format!("{}&status=VALID", month("due_date_from", "due_date_to"))),
        ("paid in a month", past),
        ("segregation code of most", "segregationCodes=07".into()),
        ("segregation code of few", "segregationCodes=08".into()),
        ("service ACA", "serviceType=ACA".into()),
    ]
}

/// A position of its own kind: of a hundred two come from the archive and one has another code, a quarter are paid, some
/// are drafts; they are due over a year.
fn varied(number: u64, of: u64, now: DateTime<Utc>) -> DebtPosition {
    let mut position = notices::position(number, now);
    let days = |days: u64| chrono::Duration::days(days as i64);
    // Spread without a pattern that an order would follow.
    let chance = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    position.iupd = Iupd::new(format!("{:08x}-{number}", chance as u32));
    let option = &mut position.options[0];
    option.due_date = now + days(chance % 365) - days(100);
    if chance.is_multiple_of(97) {
        option.iuv = Iuv::new(format!("08{}", &option.iuv.as_str()[2..]));
        option.nav = Nav::new(format!("3{}", option.iuv));
    }
    if chance.is_multiple_of(53) {
        position.service_type = ServiceType::Aca;
    }
    match number % 8 {
        0 | 4 => {
            position.status = PositionStatus::Paid;
            position.payment_date = Some(now - days(365 * number / of));
        }
        7 => position.status = PositionStatus::Draft,
        _ => {}
    }
    position
}

/// Asks for a page; gives how long the answer took.
fn ask(server: &Server, query: &str) -> Result<Duration> {
    let url = format!("http://{}/organizations/{ORGANIZATION}/debtpositions?{query}", server.address);
    let begin = Instant::now();
    let mut answer = server.agent().get(url).call()?;
    answer.body_mut().read_to_vec()?;
    Ok(begin.elapsed())
}
