//! Positions that operators create over HTTP, one at a time and many, beside bare inserts of the same rows.

use std::time::Instant;

use chrono::Utc;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::Result;
use crate::arguments::Arguments;
use crate::database::{Database, Databases, Engine};
use crate::notices::{IBAN, ORGANIZATION, nav};
use crate::process::Server;
use crate::spread::Spread;
use crate::table::{self, Target};

/// Positions of a call of many.
const MANY: u64 = 100;

pub fn run(arguments: &Arguments, databases: &Databases, engine: Engine) -> Result<()> {
    table::heading(format_args!("creates · {engine} · 1 connection, published at once"));
    let database = databases.filled(engine, &[])?;
    let bare = databases.filled(engine, &[])?;
    let server = Server::station(&database, &[])?;
    let path = format!("http://{}/organizations/{ORGANIZATION}/debtpositions", server.address);
    let (mut next, mut next_bare) = (0, 0);
    for (name, at_once) in [("one at a time", 1), ("a hundred at a time", MANY)] {
        let (mut rates, mut shares) = (vec![], vec![]);
        for _ in 0..arguments.rounds() {
            let begin = Instant::now();
            let mut count = 0;
            while begin.elapsed() < arguments.run() {
                let (url, body) = match at_once {
                    1 => (format!("{path}?toPublish=true"), position(next)),
                    _ => {
                        let many: Vec<_> = (next..next + at_once).map(position).collect();
                        (format!("{path}/bulk?toPublish=true"), json!({ "paymentPositions": many }))
                    }
                };
                let agent = server.agent();
                let answer = agent.post(url).header("Content-Type", "application/json").send(body.to_string())?;
                if answer.status() != 201 {
                    println!("  {name}: void, an answer was {}", answer.status());
                    return Ok(());
                }
                (next, count) = (next + at_once, count + at_once);
            }
            let rate = count as f64 / begin.elapsed().as_secs_f64();
            let (inserted, baseline) = databases.wait_for(insert(arguments, &bare, next_bare, at_once))?;
            next_bare += inserted;
            rates.push(rate);
            shares.push(rate / baseline);
        }
        table::verdict(&format!("{name}, positions in a second"), Spread::of(rates), "", 0, Target::None);
        table::verdict("  as a share of bare inserts", Spread::of(shares), "", 2, Target::None);
    }
    Ok(())
}

/// A position as an operator writes it.
fn position(number: u64) -> Value {
    let nav = nav(number);
    let due = (Utc::now() + chrono::Duration::days(30)).format("%Y-%m-%dT%H:%M:%S").to_string();
    json!({
        "iupd": format!("IUPD-{nav}"), "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli",
        "companyName": "Comune di Borgolieve", "officeName": "Ufficio Tributi", "switchToExpired": false,
        "paymentOption": [{
            "nav": nav, "iuv": nav[1..], "amount": 12050, "description": "TARI 2026", "isPartialPayment": false,
            "dueDate": due,
            "transfer": [{
                "idTransfer": "1", "amount": 12050, "remittanceInformation": "TARI 2026", "category": "0101101IM",
                "iban": IBAN,
            }],
        }],
    })
}

/// The rows of such positions as they are stored, without anybody who looks at them: how many, and how many in a second.
async fn insert(arguments: &Arguments, database: &Database, first: u64, at_once: u64) -> Result<(u64, f64)> {
    let begin = Instant::now();
    let mut next = first;
    macro_rules! insert {
        ($connection:expr, $begin:literal) => {{
            let mut connection = $connection;
            while begin.elapsed() < arguments.run() {
                let mut tx = connection.begin_with($begin).await?;
                for number in next..next + at_once {
                    let nav = nav(number);
                    let (now, due) = (Utc::now(), Utc::now() + chrono::Duration::days(30));
                    let id: i64 = sqlx::query_scalar(POSITION)
                        .bind(ORGANIZATION)
                        .bind(format!("IUPD-{nav}"))
                        .bind(now)
                        .bind(due.format("%Y-%m-%d").to_string())
                        .fetch_one(&mut *tx)
                        .await?;
                    let option = sqlx::query(OPTION).bind(id).bind(ORGANIZATION).bind(&nav).bind(&nav[1..]).bind(due);
                    option.bind(now).execute(&mut *tx).await?;
                }
                tx.commit().await?;
                next += at_once;
            }
        }};
    }
    match database.url.strip_prefix("sqlite://") {
        Some(path) => insert!(SqliteConnection::connect_with(&crate::baseline::sqlite(path)).await?, "BEGIN IMMEDIATE"),
        None => insert!(PgConnection::connect(&database.url).await?, "BEGIN"),
    }
    Ok((next - first, (next - first) as f64 / begin.elapsed().as_secs_f64()))
}

const POSITION: &str = "
    INSERT INTO debt_position (organization, iupd, company_name, office_name, pay_stand_in, status, publish_date,
                               service_type, inserted_at, updated_at, segregation, due_day)
    VALUES ($1, $2, 'Comune di Borgolieve', 'Ufficio Tributi', TRUE, 'VALID', $3, 'GPD', $3, $3, '07', $4) RETURNING id";

const OPTION: &str = r#"
    INSERT INTO payment_option (position_id, ordinal, organization, nav, iuv, amount_cents, description, debtor,
                                is_partial_payment, plan, validity_date, due_date, switch_to_expired, metadata, status,
                                transfers, inserted_at, updated_at)
    VALUES ($1, 0, $2, $3, $4, 12050, 'TARI 2026',
            '{"type":"F","fiscalCode":"VRDPNC70A01Z999J","fullName":"Pancrazio Verdelli"}', FALSE, 0, $6, $5, FALSE, '[]',
            'PO_UNPAID', '[{"id":1,"amountCents":12050,"organization":"99000001018",
                            "remittanceInformation":"TARI 2026","category":"0101101IM",
                            "iban":"IT41P9999911111000000123456"}]', $6, $6)"#;
