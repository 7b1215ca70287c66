//! The databases of a benchmark: made, filled, counted and removed.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Range;
use std::path::Path;

use chrono::{DateTime, Utc};
use ec_station::domain::position::DebtPosition;
use ec_station::store::{DatabaseUrl, Pools, Save, Store};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::Result;
use crate::arguments::{Arguments, Engines};
use crate::disk;
use crate::notices;
use crate::spread::Spread;

/// Positions of one transaction.
const BATCH: u64 = 100;

/// What keeps the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file of ours.
    Sqlite,
    /// A server.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        })
    }
}

/// Where databases come from; what was made is removed with it.
pub struct Databases {
    folder: TempDir,
    sync_micros: Spread,
    server: Option<String>,
    engines: Vec<Engine>,
    runtime: Runtime,
    count: Cell<u32>,
    on_server: RefCell<Vec<String>>,
}

/// One database.
#[derive(Clone, Debug)]
pub struct Database {
    /// Its address, as the station's settings take it.
    pub url: String,
    engine: Engine,
}

impl Databases {
    /// A folder for SQLite, and the server if there is one.
    pub fn open(arguments: &Arguments) -> Result<Databases> {
        let mut engines = Vec::new();
        if arguments.engine != Engines::Postgres {
            engines.push(Engine::Sqlite);
        }
        if arguments.engine != Engines::Sqlite {
            match &arguments.postgres {
                Some(url) if url.parse::<DatabaseUrl>().is_ok() => engines.push(Engine::Postgres),
                Some(_) => eprintln!("note: this station cannot use that server; PostgreSQL is left out"),
                None => eprintln!("note: STATION_TEST_POSTGRES names no server; PostgreSQL is left out"),
            }
        }
        std::fs::create_dir_all(&arguments.folder)?;
        let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(&arguments.folder)?;
        Ok(Databases {
            sync_micros: disk::sync_micros(folder.path())?,
            folder,
            server: arguments.postgres.clone(),
            engines,
            runtime: tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?,
            count: Cell::new(0),
            on_server: RefCell::default(),
        })
    }

    /// Which can be measured.
    pub fn engines(&self) -> &[Engine] {
        &self.engines
    }

    /// Where SQLite's files are, and whatever else a part needs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// How long the disk takes to be sure of 4 KiB, in microseconds.
    pub fn sync_micros(&self) -> Spread {
        self.sync_micros
    }

    /// A new database without tables.
    pub fn empty(&self, engine: Engine) -> Result<Database> {
        self.count.set(self.count.get() + 1);
        let name = format!("ec_station_bench_{}_{}", std::process::id(), self.count.get());
        let url = match engine {
            Engine::Sqlite => format!("sqlite://{}", self.folder().join(name).with_extension("db").display()),
            Engine::Postgres => {
                let server = self.server.as_deref().ok_or("there is no server")?;
                self.tell_server(server, format!("CREATE DATABASE {name}"))?;
                let url = with_database(server, &name);
                self.on_server.borrow_mut().push(name);
                url
            }
        };
        Ok(Database { url, engine })
    }

    /// A new store with a registry and these positions.
    pub fn filled(&self, engine: Engine, numbers: &[Range<u64>]) -> Result<Database> {
        self.filled_with(engine, numbers, notices::position)
    }

    /// The same with positions of another kind.
    pub fn filled_with(
        &self,
        engine: Engine,
        numbers: &[Range<u64>],
        position: impl Fn(u64, DateTime<Utc>) -> DebtPosition,
    ) -> Result<Database> {
        let database = self.empty(engine)?;
        self.runtime.block_on(async {
            let store = Store::open(&database.url.parse()?, &Pools::default()).await?;
            store.import_organizations(&[notices::organization()], chrono::Utc::now()).await?;
            let now = Utc::now();
            let save = Save { now, publish: false, history: true, dry_run: false };
            for range in numbers {
                for start in range.clone().step_by(BATCH as usize) {
                    let batch = start..range.end.min(start + BATCH);
                    let positions: Vec<_> = batch.map(|number| position(number, now)).collect();
                    store.save_positions(&positions, &save).await?;
                }
            }
            store.close().await;
            Ok::<_, Box<dyn std::error::Error>>(())
        })?;
        if engine == Engine::Postgres {
            self.tell_server(&database.url, "VACUUM ANALYZE".into())?;
        }
        Ok(database)
    }

    /// A number from a database.
    pub fn number(&self, database: &Database, sql: &'static str) -> Result<i64> {
        self.runtime.block_on(async {
            Ok(match database.engine {
                Engine::Sqlite => {
                    let mut connection = SqliteConnection::connect(&database.url).await?;
                    sqlx::query_scalar(sql).fetch_one(&mut connection).await?
                }
                Engine::Postgres => {
                    let mut connection = PgConnection::connect(&database.url).await?;
                    sqlx::query_scalar(sql).fetch_one(&mut connection).await?
                }
            })
        })
    }

    /// Does something that waits for a database.
    pub fn wait_for<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.runtime.block_on(work)
    }

    fn tell_server(&self, url: &str, sql: String) -> Result<()> {
        self.runtime.block_on(async {
            let mut connection = PgConnection::connect(url).await?;
            connection.execute(AssertSqlSafe(sql)).await?;
            Ok(())
        })
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        let Some(server) = &self.server else { return };
        for name in self.on_server.borrow().iter() {
            if let Err(error) = self.tell_server(server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")) {
                eprintln!("note: the database {name} is still there: {error}");
            }
        }
    }
}

/// The address of another database of the same server.
fn with_database(server: &str, name: &str) -> String {
    let (address, parameters) = server.split_once('?').map_or((server, ""), |(address, rest)| (address, rest));
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let host = rest.split('/').next().unwrap_or_default();
    let mark = if parameters.is_empty() { "" } else { "?" };
    format!("{scheme}://{host}/{name}{mark}{parameters}")
}
