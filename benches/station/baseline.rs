//! The baselines: servers of the station's kind that do less than it does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use deadpool::managed;
use ec_station::domain::codes::NoticeNumber;
use ec_station::domain::registry::Caller;
use ec_station::store::{Pools, Store};
use serde::{Deserialize, Serialize};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::Result;
use crate::messages::find;
use crate::notices::{ORGANIZATION, STATION};

/// The argument that makes this program a baseline.
pub const ROLE: &str = "--baseline";

/// Reads the body and answers.
pub const FIXED: &str = "/fixed";
/// And reads a row by its key.
pub const ONE_ROW: &str = "/one-row";
/// And reads what the station reads.
pub const OWN_READ: &str = "/own-read";
/// And inserts a row.
pub const ONE_INSERT: &str = "/one-insert";

/// What a baseline is to do.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Orders {
    /// What it always answers.
    pub answer: String,
    /// A filled store to read from.
    pub reads: Option<String>,
    /// An empty database to write to.
    pub writes: Option<String>,
}

/// Starts a baseline in a process of its own.
pub fn start(orders: &Orders) -> Result<(Child, SocketAddr)> {
    let mut child =
        Command::new(std::env::current_exe()?).arg(ROLE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().expect("it is piped").write_all(&serde_json::to_vec(orders)?)?;
    let mut address = String::new();
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut address)?;
    let address = address.trim().parse().map_err(|_| "a baseline did not start")?;
    Ok((child, address))
}

/// The baseline itself: orders from the standard input, its address to the standard output.
pub fn run() -> Result<()> {
    let mut orders = Vec::new();
    std::io::stdin().read_to_end(&mut orders)?;
    let orders: Orders = serde_json::from_slice(&orders)?;
    actix_web::rt::System::new().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let baseline = Data::new(Baseline::open(orders).await?);
        println!("{}", listener.local_addr()?);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(baseline.clone())
                .route(FIXED, web::post().to(fixed))
                .route(ONE_ROW, web::post().to(one_row))
                .route(OWN_READ, web::post().to(own_read))
                .route(ONE_INSERT, web::post().to(one_insert))
        });
        Ok(server.listen(listener)?.run().await?)
    })
}

struct Baseline {
    answer: Bytes,
    caller: Caller,
    store: Option<Store>,
    readers: Option<Readers>,
    writer: Option<Pool>,
}

/// Connections that read, kept as the station's store keeps them: nobody asks them how they are.
enum Readers {
    Sqlite(managed::Pool<Opener<SqliteConnection>>),
    Postgres(managed::Pool<Opener<PgConnection>>),
}

/// Opens connections for such a pool.
struct Opener<C: Connection>(C::Options);

impl<C: Connection> managed::Manager for Opener<C> {
    type Type = C;
    type Error = sqlx::Error;

    async fn create(&self) -> std::result::Result<C, sqlx::Error> {
        C::connect_with(&self.0).await
    }

    async fn recycle(&self, _: &mut C, _: &managed::Metrics) -> managed::RecycleResult<sqlx::Error> {
        Ok(())
    }
}

impl Readers {
    fn of(url: &str) -> Result<Readers> {
        fn pool<C: Connection>(options: C::Options) -> Result<managed::Pool<Opener<C>>> {
            let most = Pools::default().read_connections as usize;
            Ok(managed::Pool::builder(Opener(options)).max_size(most).build()?)
        }
        Ok(match url.strip_prefix("sqlite://") {
            Some(path) => Readers::Sqlite(pool(sqlite(path).read_only(true))?),
            None => Readers::Postgres(pool(postgres_options(url)?)?),
        })
    }

    async fn read_one_row(&self, nav: &str) -> Result<Vec<u8>> {
        let one = "SELECT o.description FROM payment_option o WHERE o.organization = $1 AND o.nav = $2";
        let text: String = match self {
            Readers::Sqlite(pool) => {
                let mut connection = pool.get().await?;
                sqlx::query_scalar(one).bind(ORGANIZATION).bind(nav).fetch_one(&mut *connection).await?
            }
            Readers::Postgres(pool) => {
                let mut connection = pool.get().await?;
                sqlx::query_scalar(one).bind(ORGANIZATION).bind(nav).fetch_one(&mut *connection).await?
            }
        };
        Ok(text.into_bytes())
    }
}

/// Connections that write.
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Baseline {
    async fn open(orders: Orders) -> Result<Baseline> {
        let mut baseline = Baseline {
            answer: orders.answer.into(),
            caller: Caller { organization: ORGANIZATION.into(), broker: ORGANIZATION.into(), station: STATION.into() },
            store: None,
            readers: None,
            writer: None,
        };
        if let Some(url) = &orders.reads {
            baseline.store = Some(Store::open(&url.parse()?, &Pools::default()).await?);
            baseline.readers = Some(Readers::of(url)?);
        }
        if let Some(url) = &orders.writes {
            baseline.writer = Some(Pool::writer(url).await?);
        }
        Ok(baseline)
    }

    fn ok(&self) -> HttpResponse {
        HttpResponse::Ok().content_type("text/xml; charset=utf-8").body(self.answer.clone())
    }
}

impl Pool {
    async fn writer(url: &str) -> Result<Pool> {
        let pools = Pools::default();
        let pool = match url.strip_prefix("sqlite://") {
            Some(path) => {
                let options = sqlite(path).create_if_missing(true);
                Pool::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?)
            }
            None => Pool::Postgres(postgres(url, pools.write_connections).await?),
        };
        match &pool {
            Pool::Sqlite(pool) => {
                let table = "CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, nav TEXT NOT NULL, raw BLOB NOT NULL) STRICT";
                sqlx::query(table).execute(pool).await.map(drop)?
            }
            Pool::Postgres(pool) => {
                let table = "CREATE TABLE IF NOT EXISTS kept (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                                                nav TEXT NOT NULL, raw BYTEA NOT NULL)";
                sqlx::query(table).execute(pool).await.map(drop)?
            }
        }
        Ok(pool)
    }

    async fn insert_one_row(&self, nav: &str, raw: &[u8]) -> Result<()> {
        let one = "INSERT INTO kept (nav, raw) VALUES ($1, $2)";
        match self {
            Pool::Sqlite(pool) => {
                let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
                sqlx::query(one).bind(nav).bind(raw).execute(&mut *tx).await?;
                tx.commit().await?;
            }
            Pool::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                sqlx::query(one).bind(nav).bind(raw).execute(&mut *tx).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}

/// As the station opens its file.
pub fn sqlite(path: &str) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
}

/// As the station connects to a server.
fn postgres_options(url: &str) -> Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(url)?.options([("plan_cache_mode", "force_generic_plan")]))
}

async fn postgres(url: &str, connections: u32) -> Result<PgPool> {
    let options = postgres_options(url)?;
    let pool = PgPoolOptions::new().max_connections(connections).test_before_acquire(false);
    Ok(pool.connect_with(options).await?)
}

async fn fixed(_: Bytes, baseline: Data<Baseline>) -> HttpResponse {
    baseline.ok()
}

async fn one_row(body: Bytes, baseline: Data<Baseline>) -> HttpResponse {
    let Some(readers) = &baseline.readers else { return HttpResponse::NotFound().finish() };
    said(&baseline, readers.read_one_row(nav(&body)).await.map(drop))
}

async fn own_read(body: Bytes, baseline: Data<Baseline>) -> HttpResponse {
    let Some(store) = &baseline.store else { return HttpResponse::NotFound().finish() };
    let read = async {
        let reading = store.notice(&baseline.caller, &NoticeNumber::parse(nav(&body))?).await?;
        Ok(reading.notice?.map(drop).ok_or("the notice is missing")?)
    };
    said(&baseline, read.await)
}

async fn one_insert(body: Bytes, baseline: Data<Baseline>) -> HttpResponse {
    let Some(writer) = &baseline.writer else { return HttpResponse::NotFound().finish() };
    said(&baseline, writer.insert_one_row(nav(&body), &body).await)
}

fn said(baseline: &Baseline, done: Result<()>) -> HttpResponse {
    match done {
        Ok(()) => baseline.ok(),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

/// The notice in a message, found without reading XML.
fn nav(body: &[u8]) -> &str {
    const TAG: &[u8] = b"<noticeNumber>";
    let at = find(body, TAG).map_or(0, |at| at + TAG.len());
    std::str::from_utf8(body.get(at..at + 18).unwrap_or_default()).unwrap_or_default()
}
